"""Which rows of which chunks does a filter let through, and the how many-th is each?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from siptui.filters.predicates import Columns, Mask

Rows = NDArray[np.int32]


class Chunk(Columns, Protocol):
    """A chunk of the store: rows as columns, the first with sequence number `first`."""

    first: int
    count: int


Judge = Callable[[Chunk, int, int], Mask]


class Part:
    """Hold which rows of one chunk are let through."""

    __slots__ = ("chunk", "counts", "rows", "scanned")

    def __init__(self, chunk: Any) -> None:
        self.chunk = chunk
        self.rows: Rows = np.zeros(0, np.int32)
        self.scanned = 0
        """Rows of the chunk that were matched."""
        self.counts: dict[str, tuple[int, dict[Any, int]]] = {}
        """By field: for how many rows the values were counted, and how often each occurs."""

    def match(self, judge: Judge) -> None:
        """Match the rows that came since the last time."""
        start, stop = self.scanned, self.chunk.count
        found = (np.flatnonzero(judge(self.chunk, start, stop)) + start).astype(np.int32)
        self.rows = np.concatenate((self.rows, found)) if len(self.rows) else found
        self.scanned = stop

    def before(self, seq: int) -> int:
        """Return how many of the rows have a smaller sequence number."""
        return int(np.searchsorted(self.rows, seq - self.chunk.first))

    def count(self, field: str) -> dict[Any, int]:
        """Return how often each value of a field occurs in the rows."""
        size, found = self.counts.get(field, (-1, {}))
        if size != len(self.rows):
            if field in self.chunk.words:
                column = self.chunk.words[field]
                counts = np.bincount(column.codes[self.rows])
                codes = np.flatnonzero(counts)
                keys = [column.values[code] for code in codes.tolist()]
                found = dict(zip(keys, counts[codes].tolist(), strict=True))
            else:
                numbers, times = np.unique(self.chunk.numbers[field][self.rows], return_counts=True)
                found = dict(zip(numbers.tolist(), times.tolist(), strict=True))
            self.counts[field] = len(self.rows), found
        return found


class Matched:
    """Hold the rows of all chunks that were let through, in the order of their arrival."""

    def __init__(self) -> None:
        self._parts: dict[int, Part] = {}
        self.order: list[Part] = []
        """From the oldest to the newest."""
        self._firsts: list[int] = []
        self._ends: list[int] = []

    def keep(self, chunks: Sequence[Any]) -> bool:
        """Forget parts of chunks that are no longer there; return whether there were any."""
        known = {chunk.first: chunk for chunk in chunks}
        gone = [first for first, part in self._parts.items() if known.get(first) is not part.chunk]
        for first in gone:
            del self._parts[first]
        return bool(gone)

    def part(self, chunk: Any) -> Part:
        """Return the part of a chunk, a new one if it has none yet."""
        found = self._parts.get(chunk.first)
        if found is None:
            found = self._parts[chunk.first] = Part(chunk)
        return found

    def arrange(self, limit: int | None) -> None:
        """Count the rows through; those from sequence number `limit` on are left out."""
        self.order = [self._parts[first] for first in sorted(self._parts)]
        self._firsts = [part.chunk.first for part in self.order]
        ends, total = [], 0
        for part in self.order:
            total += len(part.rows) if limit is None else part.before(limit)
            ends.append(total)
        self._ends = ends

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def seq_at(self, row: int) -> int:
        """Return the sequence number of the `row`-th row; raises IndexError."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        at = bisect_right(self._ends, row)
        before = self._ends[at - 1] if at else 0
        part = self.order[at]
        return int(part.chunk.first) + int(part.rows[row - before])

    def row_of(self, seq: int) -> int:
        """Return the number of a row, or of its nearest later neighbour; the last if none is."""
        at = bisect_right(self._firsts, seq) - 1
        if at < 0:
            return 0
        before = self._ends[at - 1] if at else 0
        return max(0, min(before + self.order[at].before(seq), len(self) - 1))

    def since(self, seq: int) -> int:
        """Return how many rows there are from a sequence number on, left out or not."""
        at = max(0, bisect_right(self._firsts, seq) - 1)
        return sum(len(part.rows) - part.before(seq) for part in self.order[at:])

    def shown(self) -> Iterator[tuple[Any, Rows, int]]:
        """Yield each chunk with its rows that are numbered, and the number of the first."""
        begin = 0
        for part, end in zip(self.order, self._ends, strict=True):
            if end > begin:
                yield part.chunk, part.rows[: end - begin], begin
            begin = end
