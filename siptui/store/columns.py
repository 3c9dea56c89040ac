"""What do the rows of one batch have in common? Columns, read by many at once."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cached_property, lru_cache
from ipaddress import IPv6Address
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siptui.batch import Batch
from siptui.store.sender import Marks

MARKED = ("method", "kind", "tool", "labels", "shape", "ua", "country")
"""Fields whose distinct values are held for each sender."""
LONGEST = 200
"""Characters of a text that are kept; what senders write has no bounds."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


TEXTS = {
    "credentials": ("auth_user",), "password": ("tag_password", "tag_user"),
    "number": ("number",), "prefix": ("number_prefix",),
}  # fmt: skip
"""Kinds of texts, and the fields of which one is not empty where a row has such a text."""


class Texts(NamedTuple):
    """Hold texts of one kind, and in which rows they are."""

    values: list[str]
    codes: NDArray[Any]
    """The place of each row's text in `values`."""
    chosen: NDArray[np.bool_]
    """Which rows have one."""


class Columns:
    """Give access to the columns of a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.times: NDArray[np.int64] = np.asarray(batch.numbers["time"], np.int64)
        self.sizes: NDArray[np.uint32] = np.asarray(batch.data_lengths, np.uint32)
        self.status: NDArray[np.uint32] = np.asarray(batch.numbers["status"], np.uint32)
        self.ours: NDArray[np.uint8] = np.asarray(batch.numbers["ours"], np.uint8)
        self._codes: dict[str, NDArray[np.uint16]] = {}
        self._hashes: dict[str, list[int]] = {}

    def values(self, name: str) -> list[Any]:
        """Return the distinct values of a field of words."""
        return self._batch.words[name][0]

    def codes(self, name: str) -> NDArray[np.uint16]:
        """Return the code of each row in `values`."""
        found = self._codes.get(name)
        if found is None:
            found = self._codes[name] = np.asarray(self._batch.words[name][1], np.uint16)
        return found

    def word(self, name: str, row: int) -> str:
        """Return the value of one row, at most `LONGEST` characters of it."""
        values, codes = self._batch.words[name]
        return str(values[codes[row]])[:LONGEST]

    def number(self, name: str, row: int) -> int:
        """Return the value of one row in a field of numbers."""
        return self._batch.numbers[name][row]

    def system(self, row: int) -> tuple[int, str]:
        """Return the number and name of a row's autonomous system."""
        return self._batch.numbers["asn"][row], self.word("as_name", row)

    def named(self, *names: str) -> NDArray[np.bool_]:
        """Return for each row whether one of these fields is not empty."""
        found = np.zeros(self._batch.count, np.bool_)
        for name in names:
            values = self.values(name)
            if any(values):
                found |= np.array([bool(each) for each in values])[self.codes(name)]
        return found

    def hashes(self, name: str) -> tuple[list[int], NDArray[np.uint16]]:
        """Return the hashes of the distinct values of a field, and the code of each row there."""
        found = self._hashes.get(name)
        if found is None:
            found = self._hashes[name] = list(map(hash, self.values(name)))
        return found, self.codes(name)

    @cached_property
    def asking(self) -> NDArray[np.bool_]:
        """Whether each row is a request that names a user."""
        requests: NDArray[np.bool_] = self.status == 0
        return requests & self.named("user")

    def texts(self, kind: str) -> Texts | None:
        """Return the texts of one kind that rows hold, and which; None if there is none.

        ``number`` and ``prefix`` are what was dialled, ``credentials`` name user and realm, and
        ``password`` is ``user:password``, as tags tell it.
        """
        chosen = self.named(*TEXTS[kind])
        if not chosen.any():
            return None
        if kind in ("number", "prefix"):
            name = TEXTS[kind][0]
            return Texts([each[:LONGEST] for each in self.values(name)], self.codes(name), chosen)
        text = self._credentials if kind == "credentials" else self._password
        table: dict[str, int] = {}
        codes = np.zeros(self._batch.count, np.int64)
        for row in np.flatnonzero(chosen).tolist():
            codes[row] = table.setdefault(text(row), len(table))
        return Texts(list(table), codes, chosen)

    def action(self, row: int) -> str:
        """Return what a row does, for somebody who was answered."""
        method = self.word("method", row) or "no SIP"
        return f"{method} with credentials" if self.word("auth_user", row) else method

    def _credentials(self, row: int) -> str:
        words = f"{self.word('auth_user', row)} at {self.word('auth_realm', row)}"
        password = self.word("auth_password", row)
        return f"{words}: {password}" if password else words

    def _password(self, row: int) -> str:
        return f"{self.word('tag_user', row)}:{self.word('tag_password', row)}"

    def keys(self, group: str) -> tuple[Sequence[Hashable], NDArray[Any]]:
        """Return the keys of a grouping and each row's place in them; empty is no key."""
        if group == "network":
            networks: dict[Hashable, int] = {}
            places = [
                networks.setdefault(network(each), len(networks)) for each in self.values("src")
            ]
            return list(networks), np.array(places)[self.codes("src")]
        if group == "as":
            names = self.values("as_name")
            numbers = np.asarray(self._batch.numbers["asn"], np.int64)
            pairs, inverse = np.unique(numbers << 16 | self.codes("as_name"), return_inverse=True)
            systems = [(pair >> 16, names[pair & 0xFFFF]) for pair in pairs.tolist()]
            return [each if any(each) else "" for each in systems], inverse
        field = "number_country" if group == "dials" else group
        return [str(each)[:LONGEST] for each in self.values(field)], self.codes(field)

    @cached_property
    def marks(self) -> tuple[list[Marks], NDArray[np.int64]]:
        """The distinct sets of values of `MARKED`, with their kinds, and each row's place there."""
        mixed = np.zeros(self._batch.count, np.uint64)
        for name in MARKED:
            if len(self.values(name)) > 1:
                mixed = (mixed * _MIX) ^ (mixed >> np.uint64(29)) ^ self.codes(name)
        _, rows, places = np.unique(mixed, return_index=True, return_inverse=True)
        return [self._marks_of(row) for row in rows.tolist()], places

    def _marks_of(self, row: int) -> Marks:
        marks: list[tuple[str, str]] = []
        for name in MARKED:
            values, codes = self._batch.words[name]
            value = values[codes[row]]
            if name == "labels":
                marks += [("labels", each) for each in value]  # type: ignore[attr-defined]
            elif value:
                marks.append((name, str(value)[:LONGEST]))
        return _shared(tuple(marks))

    def message_hash(self, row: int) -> int:
        """Return the hash of a row's message."""
        batch = self._batch
        start = batch.data_offsets[row]
        return hash(batch.blob[start : start + batch.data_lengths[row]])


@lru_cache(1 << 12)
def _shared(marks: Marks) -> Marks:
    """Return the same object for marks that are alike, those of other batches included."""
    return marks


@lru_cache(1 << 14)
def network(address: str) -> str:
    """Return the /24 of an IPv4 address or the /48 of an IPv6 one; empty for what is neither."""
    if ":" not in address:
        head = address.rpartition(".")[0]
        return f"{head}.0/24" if head else ""
    try:
        number = int(IPv6Address(address.partition("%")[0]))
    except ValueError:
        return ""
    return f"{IPv6Address(number >> 80 << 80)}/48"
