"""Which rows of a batch share a key, and what do those of each key add up to?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from siptui.store.columns import Columns

_BITS = 17
"""Rows, keys and codes of one batch are fewer than two to the power of this."""
_LOW = (1 << _BITS) - 1
_Mask = NDArray[np.bool_]
_Value = TypeVar("_Value")


class Grouping:
    """Bring rows of a batch together by a key; empty keys are left out."""

    def __init__(self, columns: Columns, group: str, chosen: _Mask) -> None:
        """Group `chosen` rows by ``network``, ``as``, ``dials`` or a field of words."""
        keys, places = columns.keys(group)
        if not all(keys):
            chosen = chosen & np.array([bool(key) for key in keys])[places]
        self._columns = columns
        self._chosen = chosen
        self._places = places.astype(np.int64)
        rows = np.flatnonzero(chosen)
        ordered = np.sort(self._places[rows] << _BITS | rows)
        self._order = ordered & _LOW
        self._starts = np.flatnonzero(_changes(ordered >> _BITS))
        self._present = ordered[self._starts] >> _BITS
        self.keys = [keys[place] for place in self._present.tolist()]
        """Each key once; what the methods return has one item for each of them."""

    def totals(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Yield the number of rows, their bytes, the first and last time, and the last row."""
        order, starts = self._order, self._starts
        times = self._columns.times[order]
        ends = np.append(starts[1:], len(order))
        return zip(
            (ends - starts).tolist(),
            np.add.reduceat(self._columns.sizes[order], starts, dtype=np.int64).tolist(),
            np.minimum.reduceat(times, starts).tolist(),
            np.maximum.reduceat(times, starts).tolist(),
            order[ends - 1].tolist(),
            strict=True,
        )

    def rows(self) -> list[list[int]]:
        """Return the rows of each key, in order."""
        return _cut(self._order.tolist(), self._starts)

    def distinct(
        self, values: Sequence[_Value], codes: NDArray[Any], chosen: _Mask | None = None
    ) -> list[list[_Value]]:
        """Return the distinct values in the rows of each key, in order of appearance.

        `codes` says of all rows of the batch which of `values` they have, `chosen` which of the
        rows are looked at if not all.
        """
        rows = np.flatnonzero(self._chosen if chosen is None else self._chosen & chosen)
        packed = np.sort((self._places[rows] << _BITS | codes[rows]) << _BITS | rows)
        first = packed[_changes(packed >> _BITS)]
        ordered = np.sort(first >> 2 * _BITS << _BITS | first & _LOW)
        found = codes[ordered & _LOW].tolist()
        starts = np.searchsorted(ordered >> _BITS, self._present)
        return _cut(list(map(values.__getitem__, found)), starts)


def _changes(values: NDArray[np.int64]) -> _Mask:
    """Return where a value differs from the one before."""
    return np.concatenate(([True], values[1:] != values[:-1]))[: len(values)]


def _cut(values: list[_Value], starts: NDArray[np.intp]) -> list[list[_Value]]:
    bounds = pairwise((*starts.tolist(), len(values)))
    return [values[start:stop] for start, stop in bounds]
