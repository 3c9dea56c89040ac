"""Which rows are shown, where is the cursor, what is marked?

The view belongs to the screen's thread. `refresh` looks at what is new in the store, and goes on
matching a new filter against older rows, the newest first, as far as its time reaches.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siptui.filters import Filter, parse
from siptui.record import Record
from siptui.store import Store, Tallies
from siptui.store.chunk import Chunk


class _Part:
    """Hold which rows of one chunk are shown."""

    __slots__ = ("chunk", "rows", "scanned")

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.rows: NDArray[np.int32] = np.zeros(0, np.int32)
        self.scanned = 0
        """Rows of the chunk that were matched."""


class View:
    """Show the rows of a store that a filter lets through."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.perf_counter) -> None:
        """Show everything and follow; `clock` gives seconds for the budget of `refresh`."""
        self.store = store
        self.filter: Filter = parse("")
        self.following = True
        self.marks: set[int] = set()
        """Sequence numbers of the marked rows that are still held."""
        self.marks_gone = 0
        """Marked rows that had to go."""
        self._clock = clock
        self._cursor = -1
        self._frozen_at: int | None = None
        self._seen = 0
        """Rows shown when the user last looked at the newest."""
        self._parts: dict[int, _Part] = {}
        self._order: list[_Part] = []
        self._ends: list[int] = []
        self._tallies = Tallies()
        self._newest_scanned = 0

    # What is shown

    def set_filter(self, text: str) -> None:
        """Show what `text` lets through; raises FilterError and changes nothing if it is wrong."""
        new = parse(text)
        self.filter = new
        self._forget()

    def _forget(self) -> None:
        self._parts = {}
        self._order, self._ends = [], []
        self._tallies = Tallies()

    def refresh(self, budget: float = 0.02) -> bool:
        """Match what is new, then older rows for up to `budget` seconds.

        Return whether anything that is shown has changed.
        """
        deadline = self._clock() + budget
        chunks = self.store.chunks
        known = {chunk.first: chunk for chunk in chunks}
        changed = False
        for first in [first for first, part in self._parts.items()
                      if known.get(first) is not part.chunk]:  # fmt: skip
            del self._parts[first]
            changed = True
        for chunk in reversed(chunks):
            part = self._parts.get(chunk.first)
            if part is None:
                part = self._parts[chunk.first] = _Part(chunk)
            if part.scanned < chunk.count:
                self._match(part)
                changed = True
                if self._clock() > deadline:
                    break
        if changed:
            self._order = [self._parts[chunk.first] for chunk in chunks
                           if chunk.first in self._parts]  # fmt: skip
            self._count()
            self._drop_marks()
        if self.following and len(self):
            self._cursor = self.seq_at(len(self) - 1)
        return changed

    def _match(self, part: _Part) -> None:
        start, stop = part.scanned, part.chunk.count
        mask = self.filter.mask(part.chunk, start, stop)
        found = (np.flatnonzero(mask) + start).astype(np.int32)
        part.rows = np.concatenate((part.rows, found)) if len(part.rows) else found
        part.scanned = stop
        if not self.filter.is_empty:
            self._tallies.add(part.chunk, start, stop, mask)

    def _count(self) -> None:
        ends, total = [], 0
        for part in self._order:
            rows = part.rows
            if self._frozen_at is not None:
                limit = self._frozen_at - part.chunk.first
                total += int(np.searchsorted(rows, limit))
            else:
                total += len(rows)
            ends.append(total)
        self._ends = ends

    def _drop_marks(self) -> None:
        first = self.store.first
        gone = [seq for seq in self.marks if seq < first] if self.marks else []
        self.marks_gone += len(gone)
        self.marks.difference_update(gone)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @property
    def scanned(self) -> float:
        """How much of what is held was matched against the filter, 0 to 1."""
        total = self.store.kept
        done = sum(part.scanned for part in self._order)
        return 1.0 if total == 0 else min(1.0, done / total)

    @property
    def tallies(self) -> Tallies:
        """Counters of what is shown; without a filter, of all that ever came."""
        return self.store.tallies if self.filter.is_empty else self._tallies

    # Rows

    def seq_at(self, row: int) -> int:
        """Return the sequence number of the `row`-th row shown; raises IndexError."""
        if not 0 <= row < len(self):
            raise IndexError(row)
        at = bisect_right(self._ends, row)
        before = self._ends[at - 1] if at else 0
        part = self._order[at]
        return part.chunk.first + int(part.rows[row - before])

    def row_of(self, seq: int) -> int:
        """Return where a row is shown, or where it would be: its nearest later neighbour."""
        before = 0
        for part, end in zip(self._order, self._ends, strict=True):
            chunk = part.chunk
            if seq < chunk.first + chunk.count:
                inside = int(np.searchsorted(part.rows, max(0, seq - chunk.first)))
                return max(0, min(before + inside, len(self) - 1))
            before = end
        return max(0, len(self) - 1)

    def record(self, seq: int) -> Record | None:
        """Return a row, or None if it is held no more."""
        return self.store.record(seq)

    # Cursor, following, freezing

    @property
    def cursor(self) -> int:
        """The sequence number of the row under the cursor, or of the nearest that is shown.

        -1 where nothing is shown.
        """
        if not len(self):
            return -1
        return self.seq_at(self.row_of(self._cursor))

    @cursor.setter
    def cursor(self, seq: int) -> None:
        self._cursor = seq

    @property
    def frozen(self) -> bool:
        """Whether the rows stand still; counters go on."""
        return self._frozen_at is not None

    @frozen.setter
    def frozen(self, value: bool) -> None:
        self._frozen_at = self.store.received if value else None
        self._count()

    @property
    def new_count(self) -> int:
        """Rows that match and came while the user was not following, or while rows are frozen."""
        if self.following and not self.frozen:
            self._seen = self.store.received
            return 0
        since = self._frozen_at if self._frozen_at is not None else self._seen
        return sum(
            len(part.rows) - int(np.searchsorted(part.rows, since - part.chunk.first))
            for part in self._order
            if part.chunk.first + part.chunk.count > since
        )

    def clear(self) -> None:
        """Let all rows and marks go and count anew."""
        self.store.clear()
        self.marks.clear()
        self._frozen_at = None
        self._forget()

    # Selecting and finding

    def selection(self, which: str) -> list[int]:
        """Return sequence numbers: of the ``cursor``, the ``marked``, the ``shown`` or ``all``."""
        if which == "cursor":
            return [self.cursor] if len(self) else []
        if which == "marked":
            return sorted(self.marks)
        if which == "shown":
            return self._shown()
        if which == "all":
            return [seq for chunk in self.store.chunks
                    for seq in range(chunk.first, chunk.first + chunk.count)]  # fmt: skip
        raise ValueError(f"no such selection: {which}")

    def _shown(self) -> list[int]:
        found: list[int] = []
        for part in self._order:
            rows: Any = part.rows
            if self._frozen_at is not None:
                rows = rows[: int(np.searchsorted(rows, self._frozen_at - part.chunk.first))]
            found += (rows + part.chunk.first).tolist()
        return found

    def records(self, seqs: Iterable[int]) -> Iterable[Record]:
        """Yield the rows that are still held."""
        for seq in seqs:
            record = self.store.record(seq)
            if record is not None:
                yield record

    def find(self, what: Filter, start: int, step: int) -> int | None:
        """Return the next row shown that `what` lets through, or None.

        It is looked for behind row `start`, or before it where `step` is below 0.
        """
        rows = len(self)
        parts = list(zip(self._order, [0, *self._ends[:-1]], self._ends, strict=True))
        for part, begin, end in parts if step > 0 else reversed(parts):
            if (step > 0 and end <= start + 1) or (step < 0 and begin >= start) or begin == end:
                continue
            mask = what.mask(part.chunk, 0, part.chunk.count)
            shown = np.flatnonzero(mask[part.rows[: end - begin]]) + begin
            if step > 0:
                at = bisect_left(shown.tolist(), start + 1)
                if at < len(shown):
                    return int(shown[at])
            else:
                at = bisect_left(shown.tolist(), min(start, rows)) - 1
                if at >= 0:
                    return int(shown[at])
        return None
