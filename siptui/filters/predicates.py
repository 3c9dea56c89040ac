"""Which rows of a chunk does one term let through?

Each distinct value of a column is judged once; the verdict is spread by code.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from siptui.record import SPANS, Field

Mask = NDArray[np.bool_]


class Columns(Protocol):
    """Hold rows as columns, as a chunk of the store does."""

    numbers: dict[str, NDArray[Any]]
    words: dict[str, Any]
    blob: bytearray
    data_offsets: NDArray[Any]

    def span_texts(self, index: int, start: int, stop: int) -> Iterable[str]:
        """Return one of `SPANS` of rows `start` to `stop` as text."""
        ...


class Predicate(Protocol):
    """Judge rows."""

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return which of the rows `start` to `stop` are let through."""
        ...

    def describe(self) -> str:
        """Return it in words."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """Let every row through."""

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return all."""
        return np.ones(stop - start, bool)

    def describe(self) -> str:
        """Return it in words."""
        return "everything"


@dataclass(frozen=True, slots=True)
class Not:
    """Let through what another does not."""

    inner: Predicate

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return the others."""
        return ~self.inner.mask(columns, start, stop)

    def describe(self) -> str:
        """Return it in words."""
        return f"not ({self.inner.describe()})"


@dataclass(frozen=True, slots=True)
class All:
    """Let through what every one of several does."""

    parts: tuple[Predicate, ...]

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return what all return; a later part is not asked once nothing is left."""
        result = self.parts[0].mask(columns, start, stop)
        for part in self.parts[1:]:
            if not result.any():
                break
            result = result & part.mask(columns, start, stop)
        return result

    def describe(self) -> str:
        """Return it in words."""
        return " and ".join(part.describe() for part in self.parts)


@dataclass(frozen=True, slots=True)
class Some:
    """Let through what at least one of several does."""

    parts: tuple[Predicate, ...]

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return what any returns."""
        result = self.parts[0].mask(columns, start, stop)
        for part in self.parts[1:]:
            result = result | part.mask(columns, start, stop)
        return result

    def describe(self) -> str:
        """Return it in words."""
        return "(" + " or ".join(part.describe() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Judge a column of numbers."""

    field: Field
    judge: Callable[[NDArray[Any]], Mask]
    words: str

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return what the judge says."""
        return self.judge(columns.numbers[self.field.name][start:stop])

    def describe(self) -> str:
        """Return it in words."""
        return self.words


@dataclass(frozen=True, slots=True)
class Words:
    """Judge a column of repeating values."""

    field: Field
    judge: Callable[[Any], bool]
    words: str

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Judge each value once."""
        column = columns.words[self.field.name]
        values: Sequence[Hashable] = list(column.values)
        if not values:
            return np.zeros(stop - start, bool)
        table = np.fromiter((self.judge(value) for value in values), bool, len(values))
        codes = column.codes[start:stop]
        return np.asarray(table[codes], bool)

    def describe(self) -> str:
        """Return it in words."""
        return self.words


@dataclass(frozen=True, slots=True)
class Spans:
    """Judge a part of each message's bytes."""

    field: Field
    judge: Callable[[str], bool]
    words: str

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Read the part of each row."""
        judge = self.judge
        texts = columns.span_texts(SPANS.index(self.field.name), start, stop)
        return np.fromiter((judge(text) for text in texts), bool, stop - start)

    def describe(self) -> str:
        """Return it in words."""
        return self.words


@dataclass(frozen=True, slots=True)
class Text:
    """Look for text anywhere in the message, whatever its case."""

    pattern: re.Pattern[bytes]
    words: str

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Search the bytes of all rows at once."""
        result = np.zeros(stop - start, bool)
        if stop <= start:
            return result
        offsets = columns.data_offsets[start:stop]
        ends = offsets + columns.numbers["len"][start:stop]
        first, last = int(offsets.min()), int(ends.max())
        found = [each.span() for each in self.pattern.finditer(bytes(columns.blob[first:last]))]
        if found:
            begin, end = (np.array(found) + first).T
            order = np.argsort(offsets, kind="stable")
            near = np.searchsorted(offsets[order], begin, side="right") - 1
            inside = near >= 0
            rows = order[near[inside]]
            result[rows[end[inside] <= ends[rows]]] = True
        return result

    def describe(self) -> str:
        """Return it in words."""
        return self.words


def contains(value: str) -> Callable[[str], bool]:
    """Return a judge of texts that hold `value`, whatever the case; an empty one: of no text."""
    folded = value.casefold()
    if not folded:
        return lambda text: not text
    return lambda text: folded in text.casefold()


def equals(value: str) -> Callable[[str], bool]:
    """Return a judge of texts that are `value`."""
    return lambda text: text == value


def within(network: IPv4Network | IPv6Network) -> Callable[[str], bool]:
    """Return a judge of addresses that lie in `network`."""
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    wanted = int(network.network_address)
    netmask = int(network.netmask)
    colon = network.version == 6

    def judge(text: str) -> bool:
        if (":" in text) != colon:
            return False
        try:
            packed = socket.inet_pton(family, text)
        except (OSError, ValueError):
            return False
        return int.from_bytes(packed, "big") & netmask == wanted

    return judge


def local_date(nanoseconds: int) -> datetime:
    """Return the local time of a time stamp."""
    return datetime.fromtimestamp(nanoseconds / 1e9)
