"""Which rows of a chunk does one term let through?

Each distinct value of a column is judged once; the verdict is spread by code.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from itertools import repeat
from operator import methodcaller
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from siptui.record import SPANS, Field

Mask = NDArray[np.bool_]
_SMALL = 0x20
"""The bit by which a small letter differs from a capital one."""


class Columns(Protocol):
    """Hold rows as columns, as a chunk of the store does."""

    numbers: dict[str, NDArray[Any]]
    words: dict[str, Any]
    blob: bytes | bytearray
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
        inner = self.inner.describe()
        return f"not {inner}" if inner.startswith("(") else f"not ({inner})"


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
        table = np.fromiter(map(self.judge, values), bool, len(values))
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
        texts = columns.span_texts(SPANS.index(self.field.name), start, stop)
        return np.fromiter(map(self.judge, texts), bool, stop - start)

    def describe(self) -> str:
        """Return it in words."""
        return self.words


class Contains:
    """Look for text in a field, whatever the case."""

    def __init__(self, field: Field, value: str) -> None:
        """Look for `value`, which is not empty."""
        folded = value.casefold()
        shape = Spans if field.storage == "span" else Words
        words = f"{named(field)} contains {value!r}"
        self._each = shape(field, lambda text: folded in text.casefold(), words)

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return which rows hold it."""
        return self._each.mask(columns, start, stop)

    def describe(self) -> str:
        """Return it in words."""
        return self._each.describe()


class Text:
    """Look for text anywhere in the message; A to Z match in either case."""

    def __init__(self, value: str) -> None:
        """Look for `value`; raises UnicodeEncodeError for half a surrogate pair."""
        self._value = value
        forms = (value, value.lower(), value.upper()) if not value.isascii() else (value,)
        self._wanted = {each.encode("utf-8", "surrogateescape").lower() for each in forms}
        self._small = bytearray()
        """Where what is searched is written in small letters; kept, as new memory costs more than
        searching it."""

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Search the bytes of each row; where there is nothing in all of them, only once."""
        result = np.zeros(stop - start, bool)
        if stop <= start:
            return result
        offsets = columns.data_offsets[start:stop]
        ends = offsets + columns.numbers["len"][start:stop]
        first, last = int(offsets.min()), int(ends.max())
        held = columns.blob
        # What is still appended to must not be held on to.
        piece = memoryview(held)[first:last] if isinstance(held, bytes) else held[first:last]
        raw = np.frombuffer(piece, np.uint8)
        if len(self._small) < len(raw):
            self._small = bytearray(len(raw))
        small = self._small
        # A set bit makes a to z of A to Z faster than anything else, and few others alike.
        np.bitwise_or(raw, _SMALL, out=np.frombuffer(small, np.uint8, len(raw)))
        begin, end = offsets - first, ends - first
        for wanted in self._wanted:
            alike = bytes(byte | _SMALL for byte in wanted)
            if small.find(alike, 0, len(raw)) >= 0:
                places = np.fromiter(
                    map(small.find, repeat(alike), begin.tolist(), end.tolist()), np.int64
                )
                rows = np.flatnonzero(places >= 0)
                is_it = _agree(raw, places[rows], wanted)
                result[rows[is_it]] = True
                for row in rows[~is_it].tolist():
                    result[row] |= wanted in raw[begin[row] : end[row]].tobytes().lower()
        return result

    def describe(self) -> str:
        """Return it in words."""
        return f"message contains {self._value!r}"


def _agree(raw: NDArray[np.uint8], places: NDArray[np.int64], wanted: bytes) -> Mask:
    """Return at which places what is no letter stands as it is wanted."""
    result = np.ones(len(places), bool)
    for at, byte in enumerate(wanted):
        if not 0x61 <= byte <= 0x7A:
            result &= raw[places + at] == byte
    return result


def named(field: Field) -> str:
    """Return what a field is called in a sentence."""
    return max(field.name, field.title, key=len).replace("_", " ")


def equals(value: str) -> Callable[[str], bool]:
    """Return a judge of texts that are `value`."""
    return lambda text: text == value


def within(network: IPv4Network | IPv6Network) -> Callable[[str], bool]:
    """Return a judge of addresses, in their usual form, that lie in `network`."""
    start = ""
    if network.version == 4:
        # Most addresses differ in the first octets: to compare these is much quicker than to parse.
        whole, bits = divmod(network.prefixlen, 8)
        octets = str(network.network_address).split(".")[:whole]
        if whole == 4:
            return equals(".".join(octets))
        start = ".".join([*octets, ""])
        if whole and not bits:
            # No IPv6 address begins with an octet and a dot.
            return methodcaller("startswith", start)
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    wanted = int(network.network_address)
    netmask = int(network.netmask)
    colon = network.version == 6

    def judge(text: str) -> bool:
        if not text.startswith(start) or (":" in text) != colon:
            return False
        try:
            packed = socket.inet_pton(family, text)
        except (OSError, ValueError):
            return False
        return int.from_bytes(packed, "big") & netmask == wanted

    return judge
