"""What do the rows of one batch have in common? Columns, read by many at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property, lru_cache
from ipaddress import IPv6Address
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siptui.batch import Batch

MARKED = ("method", "kind", "tool", "labels", "shape", "ua", "country")
"""Fields whose distinct values are held for each sender."""
LONGEST = 200
"""Characters of a text that are kept; what senders write has no bounds."""
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Columns:
    """Give access to the columns of a batch."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.times: NDArray[np.int64] = np.asarray(batch.numbers["time"], np.int64)
        self.sizes: NDArray[np.uint32] = np.asarray(batch.data_lengths, np.uint32)
        self.status: NDArray[np.uint32] = np.asarray(batch.numbers["status"], np.uint32)
        self.ours: NDArray[np.uint8] = np.asarray(batch.numbers["ours"], np.uint8)
        self._asn = np.asarray(batch.numbers["asn"], np.uint32)
        self._codes: dict[str, NDArray[np.uint16]] = {}
        self._marks: dict[int, tuple[tuple[str, str], ...]] = {}
        self._keys: dict[str, tuple[list[Hashable], NDArray[Any]]] = {}

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

    def system(self, row: int) -> tuple[int, str]:
        """Return the number and name of a row's autonomous system."""
        return int(self._asn[row]), self.word("as_name", row)

    def named(self, *names: str) -> list[int]:
        """Return the rows in which one of these fields is not empty."""
        found = np.zeros(self._batch.count, np.bool_)
        for name in names:
            values = self.values(name)
            if any(values):
                found |= np.array([bool(each) for each in values])[self.codes(name)]
        rows: list[int] = np.flatnonzero(found).tolist()
        return rows

    def action(self, row: int) -> str:
        """Return what a row does, for somebody who was answered."""
        method = self.word("method", row) or "no SIP"
        return f"{method} with credentials" if self.word("auth_user", row) else method

    def credentials(self, row: int) -> str:
        """Return the credentials of a row: ``user at realm``, the password if it is known."""
        words = f"{self.word('auth_user', row)} at {self.word('auth_realm', row)}"
        password = self.word("auth_password", row)
        return f"{words}: {password}" if password else words

    def keys(self, group: str) -> tuple[Sequence[Hashable], NDArray[Any]]:
        """Return the keys of a grouping and each row's place in them."""
        found = self._keys.get(group)
        if found is None:
            if group == "network":
                networks: dict[Hashable, int] = {}
                places = [
                    networks.setdefault(network(each), len(networks)) for each in self.values("src")
                ]
                found = list(networks), np.array(places, np.int64)[self.codes("src")]
            elif group == "as":
                names = self.values("as_name")
                pairs = self._asn.astype(np.int64) << 16 | self.codes("as_name")
                distinct, inverse = np.unique(pairs, return_inverse=True)
                found = [(pair >> 16, names[pair & 0xFFFF]) for pair in distinct.tolist()], inverse
            else:
                values = self.values(group)
                found = [str(each)[:LONGEST] for each in values], self.codes(group)
            self._keys[group] = found
        return found

    def marks(self, row: int) -> tuple[tuple[str, str], ...]:
        """Return the values of `MARKED` in one row, with their kinds; alike rows share one."""
        number = int(self._written[row])
        found = self._marks.get(number)
        if found is None:
            words = self._batch.words
            marks: list[tuple[str, str]] = []
            for name in MARKED:
                values, codes = words[name]
                value = values[codes[row]]
                if name == "labels":
                    marks += [("labels", each) for each in value]  # type: ignore[attr-defined]
                elif value:
                    marks.append((name, str(value)[:LONGEST]))
            found = self._marks[number] = tuple(marks)
        return found

    @cached_property
    def _written(self) -> NDArray[np.uint64]:
        """Return a number a row that is the same where all of `MARKED` are."""
        mixed = np.zeros(self._batch.count, np.uint64)
        for name in MARKED:
            if len(self.values(name)) > 1:
                mixed = (mixed * _MIX) ^ (mixed >> np.uint64(29)) ^ self.codes(name)
        return mixed

    def together(self) -> Iterable[tuple[int, int, int, int, int]]:
        """Yield one row of each group of alike rows, and their number, bytes, first and last."""
        mixed = (self._written * _MIX) ^ self.codes("src")
        mixed = (mixed * _MIX) ^ (mixed >> np.uint64(29)) ^ self.codes("as_name")
        mixed = (mixed * _MIX) ^ self._asn ^ (self.ours.astype(np.uint64) << np.uint64(40))
        order = np.argsort(mixed, kind="stable")
        ordered = mixed[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        times = self.times[order]
        return zip(
            order[starts].tolist(),
            np.diff(starts, append=len(order)).tolist(),
            np.add.reduceat(self.sizes[order].astype(np.int64), starts).tolist(),
            np.minimum.reduceat(times, starts).tolist(),
            np.maximum.reduceat(times, starts).tolist(),
            strict=True,
        )

    def by_source(self) -> Iterable[tuple[str, NDArray[np.int64]]]:
        """Yield each source and its rows in order."""
        codes = self.codes("src")
        order = np.argsort(codes, kind="stable")
        ordered = codes[order]
        starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))).tolist()
        values = self.values("src")
        for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
            yield values[ordered[start]], order[start:stop]

    def message_hash(self, row: int) -> int:
        """Return the hash of a row's message."""
        batch = self._batch
        start = batch.data_offsets[row]
        return hash(batch.blob[start : start + batch.data_lengths[row]])


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
