"""Which rows are shown, where is the cursor, what is marked?

The view belongs to the screen's thread. `refresh` looks at what is new in the store, and goes on
matching a new filter against older rows, the newest first, as far as its time reaches.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, overload

import numpy as np

from siptui.filters import Filter, parse
from siptui.filters.matched import Matched
from siptui.record import Record
from siptui.store import Chunk, Store, Tallies
from siptui.store.tally import Tally

PINNED = 4
"""Chunks up to the newest that stay while rows are frozen, even if the store lets them go."""
_FIRST_LOOK = 0.01
"""Seconds for a counter that is asked for for the first time."""


class Selection(Sequence[int]):
    """Hold sequence numbers, and keep their rows until it is no longer used itself."""

    def __init__(self, parts: Iterable[tuple[Chunk, Sequence[int]]]) -> None:
        """Hold some rows of some chunks, both in order."""
        self._parts = [(chunk, np.asarray(rows, np.int64)) for chunk, rows in parts]
        self._seqs = np.concatenate(
            [np.zeros(0, np.int64), *(rows + chunk.first for chunk, rows in self._parts)]
        )

    def __len__(self) -> int:
        return len(self._seqs)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        found: int | list[int] = self._seqs[index].tolist()
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self._seqs.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def records(self) -> Iterator[Record]:
        """Yield the rows, whatever the store lets go meanwhile."""
        for chunk, rows in self._parts:
            yield from map(chunk.record, rows.tolist())


class Counting:
    """Count what is shown, for the fields that are asked for."""

    def __init__(self, matched: Matched, wanted: set[str], clock: Callable[[], float]) -> None:
        self._matched = matched
        self._wanted = wanted
        self._clock = clock
        self._tallies = Tallies()
        self._done: dict[str, dict[int, int]] = {name: {} for name in wanted}

    def __getitem__(self, field: str) -> Tally:
        tally = self._tallies[field]
        if field not in self._done:
            self._wanted.add(field)
            self._done[field] = {}
            self.go_on(self._clock() + _FIRST_LOOK)
        return tally

    def go_on(self, deadline: float) -> bool:
        """Count rows that were not counted yet, the newest first; return whether there were any."""
        changed = False
        for part in reversed(self._matched.order):
            for field, done in self._done.items():
                start, stop = done.get(part.chunk.first, 0), len(part.rows)
                if start < stop:
                    self._tallies.add_rows(field, part.chunk, part.rows[start:stop])
                    done[part.chunk.first] = stop
                    changed = True
            if changed and self._clock() > deadline:
                break
        return changed

    @property
    def left(self) -> int:
        """Rows that are still to be counted for some field."""
        return sum(
            len(part.rows) - min(done.get(part.chunk.first, 0) for done in self._done.values())
            for part in self._matched.order
            if self._done
        )


class View:
    """Show the rows of a store that a filter lets through."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.perf_counter,
        *,
        now: Callable[[], float] = time.time,
        utc: bool = False,
    ) -> None:
        """Show everything and follow.

        `clock` gives seconds for the budget of `refresh`, `now` seconds since the epoch for times
        back from now; `utc` says that filters mean times of UTC.
        """
        self.store = store
        self.now = now
        self.utc = utc
        self.filter: Filter = parse("")
        self.following = True
        """Whether the cursor goes with the newest row."""
        self.marks: set[int] = set()
        """Sequence numbers of the marked rows that are still held."""
        self.marks_gone = 0
        """Marked rows that had to go."""
        self._clock = clock
        self._cursor = -1
        self._frozen_at: int | None = None
        self._pinned: tuple[Chunk, ...] = ()
        self._seen = 0
        """The sequence number from which on rows are new to the user."""
        self._wanted: set[str] = set()
        self._forget()

    # What is shown

    def set_filter(self, text: str) -> None:
        """Show what `text` lets through; raises FilterError and changes nothing if it is wrong."""
        self.filter = parse(text, self.now, utc=self.utc)
        self._forget()

    def _forget(self) -> None:
        self._matched = Matched()
        self._counting = Counting(self._matched, self._wanted, self._clock)

    def refresh(self, budget: float = 0.02) -> bool:
        """Match what is new, then older rows and count them, for up to `budget` seconds.

        Return whether anything that is shown has changed.
        """
        deadline = self._clock() + budget
        chunks = self._chunks()
        changed = self._matched.keep(chunks)
        complete = True
        for chunk in self._in_order(chunks):
            part = self._matched.part(chunk)
            if part.scanned < chunk.count:
                part.match(self.filter.mask)
                changed = True
                if self._clock() > deadline:
                    complete = all(
                        each.count == self._matched.part(each).scanned for each in chunks
                    )
                    break
        if changed:
            self._matched.arrange(self._frozen_at)
            self._drop_marks()
        if complete and not self.filter.is_empty:
            changed = self._counting.go_on(deadline) or changed
        if self.following:
            if len(self):
                self._cursor = self.seq_at(len(self) - 1)
            if not self.frozen:
                self._seen = self.store.received
        return changed

    def _chunks(self) -> tuple[Chunk, ...]:
        """Return the chunks of the store, behind those that freezing keeps."""
        chunks = self.store.chunks
        held = {id(chunk) for chunk in chunks}
        return (*(chunk for chunk in self._pinned if id(chunk) not in held), *chunks)

    def _in_order(self, chunks: tuple[Chunk, ...]) -> Iterator[Chunk]:
        """Yield the newest chunk, then what the user looks at, then all from new to old."""
        yield from chunks[-1:]
        if not self.following and (looked_at := self._chunk_of(self._cursor)) is not None:
            yield looked_at
        yield from reversed(chunks)

    def _chunk_of(self, seq: int) -> Chunk | None:
        for chunk in self._pinned:
            if chunk.first <= seq < chunk.first + chunk.count:
                return chunk
        return self.store.chunk_of(seq)

    def _drop_marks(self) -> None:
        first = self.store.first
        gone = [seq for seq in self.marks if seq < first and self._chunk_of(seq) is None]
        self.marks_gone += len(gone)
        self.marks.difference_update(gone)

    def __len__(self) -> int:
        return len(self._matched)

    @property
    def scanned(self) -> float:
        """How much of what is held was matched against the filter and counted, 0 to 1."""
        total = sum(chunk.count for chunk in self._chunks())
        order = self._matched.order
        left = total - sum(part.scanned for part in order)
        if not self.filter.is_empty:
            left += self._counting.left
        return max(0.0, 1 - left / total) if total else 1.0

    @property
    def tallies(self) -> Tallies | Counting:
        """Counters of what the filter lets through; without one, of all that ever came."""
        return self.store.tallies if self.filter.is_empty else self._counting

    def counts(self, field: str) -> dict[Any, int]:
        """Return how often each value of a field of words or numbers occurs in the rows shown."""
        sums: dict[Any, int] = {}
        for part in self._matched.order:
            for value, count in part.count(field).items():
                sums[value] = sums.get(value, 0) + count
        return sums

    # Rows

    def seq_at(self, row: int) -> int:
        """Return the sequence number of the `row`-th row shown; raises IndexError."""
        return self._matched.seq_at(row)

    def row_of(self, seq: int) -> int:
        """Return where a row is shown, or where it would be: its nearest later neighbour."""
        return self._matched.row_of(seq)

    def record(self, seq: int) -> Record | None:
        """Return a row, or None if it is held no more."""
        chunk = self._chunk_of(seq)
        return None if chunk is None else chunk.record(seq - chunk.first)

    # Cursor, following, freezing

    @property
    def cursor(self) -> int:
        """The sequence number of the row under the cursor, or of the nearest that is shown.

        -1 where nothing is shown. A row that is hidden for a while gets the cursor back.
        """
        return self.seq_at(self.row_of(self._cursor)) if len(self) else -1

    @cursor.setter
    def cursor(self, seq: int) -> None:
        self._cursor = seq

    def follow(self) -> None:
        """Go with the newest row again, and no longer stand still."""
        self.frozen = False
        self.following = True
        self.refresh(0)

    @property
    def frozen(self) -> bool:
        """Whether the rows stand still; counters go on.

        The newest rows then stay, and those around the cursor, even if the store lets them go.
        """
        return self._frozen_at is not None

    @frozen.setter
    def frozen(self, value: bool) -> None:
        if value == self.frozen:
            return
        self._frozen_at, self._pinned = None, ()
        if value:
            looked_at = self._chunk_of(self._cursor)
            chunks = self.store.chunks
            self._frozen_at = self.store.received
            self._pinned = tuple(
                chunk for chunk in chunks if chunk is looked_at or chunk in chunks[-PINNED:]
            )
        self._matched.keep(self._chunks())
        self._matched.arrange(self._frozen_at)
        self._drop_marks()

    @property
    def new_count(self) -> int:
        """Rows that match and came while the user was not following, or while rows are frozen."""
        if self._frozen_at is not None:
            return self._matched.since(self._frozen_at)
        return 0 if self.following else self._matched.since(self._seen)

    def clear(self) -> None:
        """Let all rows and marks go and count anew; what was received stays counted."""
        self.store.clear()
        self.marks.clear()
        self._frozen_at, self._pinned = None, ()
        self._forget()

    # Selecting and finding

    def selection(self, which: Literal["cursor", "marked", "shown", "all"] | str) -> Selection:
        """Return rows: the one under the ``cursor``, the ``marked``, the ``shown`` or ``all``."""
        if which == "cursor":
            return self._select([self.cursor])
        if which == "marked":
            return self._select(sorted(self.marks))
        if which == "shown":
            return Selection((chunk, rows) for chunk, rows, _ in self._matched.shown())  # type: ignore[misc]
        if which == "all":
            return Selection((chunk, range(chunk.count)) for chunk in self.store.chunks)
        raise ValueError(f"no such selection: {which}")

    def _select(self, seqs: Sequence[int]) -> Selection:
        found: dict[int, tuple[Chunk, list[int]]] = {}
        for seq in seqs:
            chunk = self._chunk_of(seq)
            if chunk is not None:
                found.setdefault(chunk.first, (chunk, []))[1].append(seq - chunk.first)
        return Selection(found.values())

    def records(self, seqs: Iterable[int]) -> Iterator[Record]:
        """Yield rows; those of a selection all, of others those that are still held."""
        if isinstance(seqs, Selection):
            yield from seqs.records()
            return
        for seq in seqs:
            record = self.record(seq)
            if record is not None:
                yield record

    def find(self, what: Filter | str, start: int, step: int) -> int | None:
        """Return the next row shown that `what` lets through, or None.

        It is looked for behind row `start`, or before it where `step` is below 0. Raises
        FilterError where `what` is a text and wrong.
        """
        if isinstance(what, str):
            what = parse(what, self.now, utc=self.utc)
        parts = list(self._matched.shown())
        for chunk, rows, begin in parts if step > 0 else reversed(parts):
            end = begin + len(rows)
            if (step > 0 and end <= start + 1) or (step < 0 and begin >= start):
                continue
            shown = np.flatnonzero(what.mask(chunk, 0, int(rows[-1]) + 1)[rows]) + begin
            found = shown[shown > start] if step > 0 else shown[shown < start][::-1]
            if len(found):
                return int(found[0])
        return None
