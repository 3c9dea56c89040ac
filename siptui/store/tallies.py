"""Of which fields are values counted, and how do rows get into the counters?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from siptui.store.chunk import Chunk
from siptui.store.tally import STEP, WINDOW, Tally

COUNTED = ("country", "ua", "what", "src", "user", "tool", "labels", "dst", "dport", "number",
           "number_country", "shape", "kind", "as_name")  # fmt: skip
"""What is counted: fields, and ``what``: a request's method, a response's status, else the kind."""
_STEP = STEP * 1_000_000_000
_RECENT = WINDOW // STEP

Rows = NDArray[np.intp]


class _Counted(NamedTuple):
    """Hold distinct values with how often they occur and in how many bytes."""

    values: list[Any]
    counts: list[int]
    sizes: list[int]


class Tallies:
    """Count everything that is counted, for the rows of one filter."""

    def __init__(self) -> None:
        self.by_field = {name: Tally() for name in COUNTED}
        self._newest = 0

    def __getitem__(self, field: str) -> Tally:
        return self.by_field[field]

    def add(self, chunk: Chunk, start: int, stop: int) -> None:
        """Count rows `start` to `stop` of a chunk."""
        rows = np.arange(start, stop)
        if not len(rows):
            return
        parts = self._recent(chunk.numbers["time"][start:stop] // _STEP, rows)
        for name in self.by_field:
            self._add(name, chunk, rows, parts)

    def add_rows(self, name: str, chunk: Chunk, rows: NDArray[Any]) -> None:
        """Count some rows of a chunk for one field only."""
        if len(rows):
            self._add(name, chunk, rows, self._recent(chunk.numbers["time"][rows] // _STEP, rows))

    def _add(self, name: str, chunk: Chunk, rows: Rows, parts: list[tuple[int, Rows]]) -> None:
        counted = _count(chunk, name, rows)
        tally = self.by_field[name]
        tally.add(counted.values, counted.counts, counted.sizes, len(rows))
        for step, part in parts:
            recent = counted if len(part) == len(rows) else _count(chunk, name, part)
            tally.add_recent(step, recent.values, recent.counts)

    def _recent(self, steps: NDArray[np.int64], rows: Rows) -> list[tuple[int, Rows]]:
        """Return the rows of each step that is within the window of the newest."""
        self._newest = max(self._newest, int(steps.max()))
        recent = steps > self._newest - _RECENT
        return [(int(step), rows[steps == step]) for step in np.unique(steps[recent])]


def _count(chunk: Chunk, name: str, rows: Rows) -> _Counted:
    sizes = chunk.numbers["len"][rows]
    if name == "what":
        return _count_what(chunk, rows, sizes)
    if name in chunk.words:
        counted = _count_words(chunk, name, rows, sizes)
        return _members(counted) if name == "labels" else counted
    numbers, inverse = np.unique(chunk.numbers[name][rows], return_inverse=True)
    return _sums(numbers.tolist(), inverse, sizes)


def _sums(values: Sequence[Any], codes: NDArray[Any], sizes: NDArray[Any]) -> _Counted:
    """Count the values that occur and are not empty; `codes` are their places in `values`."""
    counts = np.bincount(codes)
    totals = np.bincount(codes, sizes).astype(np.int64)
    found = [code for code in np.flatnonzero(counts).tolist() if values[code] not in ("", ())]
    return _Counted(
        [values[code] for code in found], counts[found].tolist(), totals[found].tolist()
    )


def _count_words(chunk: Chunk, name: str, rows: Rows, sizes: NDArray[Any]) -> _Counted:
    words = chunk.words[name]
    return _sums(words.values, words.codes[rows], sizes)


def _count_what(chunk: Chunk, rows: Rows, sizes: NDArray[Any]) -> _Counted:
    status = chunk.numbers["status"][rows]
    responses = status > 0
    numbers, inverse = np.unique(status[responses], return_inverse=True)
    methods = chunk.words["method"]
    named = np.array([bool(value) for value in methods.values] or [False])
    requests = ~responses & named[methods.codes[rows]]
    rest = ~responses & ~requests
    return _merge(
        [
            _sums([str(number) for number in numbers.tolist()], inverse, sizes[responses]),
            _count_words(chunk, "method", rows[requests], sizes[requests]),
            _count_words(chunk, "kind", rows[rest], sizes[rest]),
        ]
    )


def _members(counted: _Counted) -> _Counted:
    """Return each member of tuples by itself."""
    return _merge(
        _Counted(members, [count] * len(members), [size] * len(members))
        for values, count, size in zip(*counted, strict=True)
        if (members := [each for each in values if each])
    )


def _merge(parts: Iterable[_Counted]) -> _Counted:
    sums: dict[Hashable, tuple[int, int]] = {}
    for part in parts:
        for value, count, size in zip(*part, strict=True):
            before = sums.get(value, (0, 0))
            sums[value] = before[0] + count, before[1] + size
    counts, sizes = zip(*sums.values(), strict=True) if sums else ((), ())
    return _Counted(list(sums), list(counts), list(sizes))
