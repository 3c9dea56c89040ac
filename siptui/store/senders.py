"""Who sends, and what has each sender shown? Bounded tables, fed with columns.

Within a batch most rows of a sender differ in little. So rows are first brought together by what
they have in common, and each such group updates the tables once. Totals outlive the rows of the
store; when a table is full, those who sent least and were silent longest go, and are counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siptui.batch import Batch
from siptui.store.behaviour import EXAMINED, Answers, Repetition
from siptui.store.columns import Columns, network
from siptui.store.sender import Marks, Room, Sender
from siptui.store.table import Sum, Table, natural

LIMITS = {
    "src": 20_000, "network": 10_000, "as": 5_000, "country": 400, "tool": 500, "shape": 5_000,
    "ua": 5_000, "number": 10_000, "dials": 400,
}  # fmt: skip
"""The groupings, and how many senders of each are held."""
ROOM = 400_000
"""Distinct users and sources that all senders together hold, at some 64 bytes each."""
_BY_USER = ("src", "network", "as", "country", "tool", "shape", "ua")
Filter = Callable[[Sender], bool]


class Senders:
    """Hold everybody who sends, by address and by what addresses share."""

    def __init__(self, limits: dict[str, int] | None = None) -> None:
        """Hold as many senders of each grouping as `limits` says, by default `LIMITS`."""
        self._room = Room(ROOM)
        self.tables = {
            group: Table(limit, self._room) for group, limit in (LIMITS | (limits or {})).items()
        }
        self.messages = 0
        """Messages counted, those of forgotten senders included."""
        self.now = 0
        """The latest arrival, in nanoseconds."""
        self._lock = threading.Lock()
        self._waiting: set[Hashable] = set()
        """Sources that were answered and whose next request is the reaction."""

    def add(self, batch: Batch) -> None:
        """Count the rows of a batch."""
        if not batch.count:
            return
        columns = Columns(batch)
        with self._lock:
            self.messages += batch.count
            self.now = max(self.now, int(columns.times.max()))
            self._add_groups(columns)
            self._add_peaks(columns)
            self._add_users(columns)
            self._add_texts(columns)
            self._add_behaviour(columns)

    def rows(
        self,
        group: str = "src",
        sort: str = "messages",
        descending: bool = True,
        filter: Filter | None = None,
        limit: int | None = None,
    ) -> list[Sender]:
        """Return the senders of a grouping in order.

        `sort` is one of ``key``, ``first``, ``last``, ``messages``, ``bytes``, ``rate``, ``peak``,
        ``country``, ``as``, ``reaction`` (answers to it), ``retransmission``, a kind of values
        (``method``, ``tool``, ``password`` …: their number), ``user`` or ``source``. What is equal
        comes in the order of its key.
        """
        with self._lock:
            found = list(self.tables[group].senders.values())
        if filter is not None:
            found = [each for each in found if filter(each)]
        found.sort(key=lambda each: str(each.key))
        found.sort(key=self._order(sort), reverse=descending)
        return found[:limit]

    def get(self, group: str, key: Hashable) -> Sender | None:
        """Return one sender, or None if it is not held."""
        return self.tables[group].senders.get(key)

    @property
    def let_go(self) -> dict[str, int]:
        """Return how many senders of each grouping were forgotten."""
        return {group: table.let_go for group, table in self.tables.items()}

    def _order(self, sort: str) -> Callable[[Sender], Any]:
        now = self.now
        if sort == "rate":
            return lambda each: each.rate(now)
        if sort == "key":
            return lambda each: natural(each.key)
        if sort == "as":
            return lambda each: each.asn
        if sort == "reaction":
            return lambda each: each.answered
        if sort in ("first", "last", "messages", "bytes", "peak", "country", "retransmission"):
            return lambda each: getattr(each, sort)
        return lambda each: each.count(sort)

    def _add_groups(self, columns: Columns) -> None:
        """Update every table once for rows that have all in common but users and numbers."""
        table = self.tables["src"]
        sums: dict[tuple[str, Hashable, int], Sum] = {}
        for first_row, count, size, first, last in columns.together():
            if columns.ours[first_row]:
                continue
            marks = columns.marks(first_row)
            source = columns.word("src", first_row)
            country = columns.word("country", first_row)
            asn, as_name = columns.system(first_row)
            sender = table.of(source, first)
            sender.add(count, size, first, last, marks)
            sender.country, sender.asn, sender.as_name = country, asn, as_name
            mark, alike = hash(source), id(marks)
            for group, key in (
                ("network", network(source)),
                ("as", (asn, as_name) if asn or as_name else ""),
                ("country", country),
                ("tool", columns.word("tool", first_row)),
                ("shape", columns.word("shape", first_row)),
                ("ua", columns.word("ua", first_row)),
            ):
                if key:
                    place = (group, key, alike)
                    found = sums.get(place)
                    if found is None:
                        found = sums[place] = Sum(first, last, marks, (country, asn, as_name))
                    found.add(count, size, first, last, mark)
        self._add_sums(sums)

    def _add_sums(self, sums: dict[tuple[str, Hashable, int], Sum]) -> None:
        """Update the tables of what sources share, or dial, once for rows that are alike."""
        for (group, key, _), found in sums.items():
            other = self.tables[group].of(key, found.first)
            other.add(found.count, found.size, found.first, found.last, found.marks)
            other.come_from(found.sources, self._room)
            if group in ("network", "as"):
                other.country, other.asn, other.as_name = found.place
            elif group in ("number", "dials"):
                other.country = found.place[0]

    def _add_peaks(self, columns: Columns) -> None:
        """Find the busiest second of each source exactly, where a batch is longer than a second."""
        seconds = columns.times // 1_000_000_000
        if seconds[0] == seconds[-1]:
            return
        senders = self.tables["src"].senders
        values = columns.values("src")
        pairs = columns.codes("src").astype(np.int64) << 40 | seconds & (1 << 40) - 1
        found, counts = np.unique(pairs, return_counts=True)
        busy = counts > 1
        for pair, count in zip(found[busy].tolist(), counts[busy].tolist(), strict=True):
            sender = senders.get(values[pair >> 40])
            if sender is not None:
                if pair & (1 << 40) - 1 == sender.second:
                    sender.in_second = max(sender.in_second, count)
                sender.peak = max(sender.peak, count)

    def _add_users(self, columns: Columns) -> None:
        users = columns.values("user")
        if not any(users):
            return
        hashes = np.array([hash(each) for each in users], np.int64)
        codes = columns.codes("user")
        named = np.array([bool(each) for each in users])[codes] & (columns.status == 0)
        every = hashes[np.unique(codes[named])].tolist()
        for group in _BY_USER:
            table = self.tables[group].senders
            keys, inverse = columns.keys(group)
            counted = [key in table and not table[key].is_counted_out for key in keys]
            if not any(counted):
                continue
            if len(keys) == 1:
                table[keys[0]].asks_for(every, self._room)
                continue
            chosen = named & np.array(counted)[inverse]
            pairs = np.unique(inverse[chosen].astype(np.int64) << 17 | codes[chosen])
            ends = np.flatnonzero(np.diff(pairs >> 17, append=-1)) + 1
            found = hashes[pairs & 0x1FFFF].tolist()
            start = 0
            for end in ends.tolist():
                table[keys[int(pairs[start]) >> 17]].asks_for(found[start:end], self._room)
                start = end

    def _add_texts(self, columns: Columns) -> None:
        """Add numbers and passwords: rare in most traffic, different in every row of some."""
        source = self.tables["src"].senders
        if tried := columns.named("auth_user"):
            self._hold(columns, "credentials", tried, list(map(columns.credentials, tried)))
        tried = columns.named("tag_password", "tag_user")
        if tried:
            texts = [
                f"{columns.word('tag_user', row)}:{columns.word('tag_password', row)}"
                for row in tried
            ]
            self._hold(columns, "password", tried, texts)
        dialled = columns.named("number")
        if not dialled:
            return
        self._hold(columns, "number", dialled, [columns.word("number", row) for row in dialled])
        tried = [row for row in dialled if columns.word("number_prefix", row)]
        self._hold(columns, "prefix", tried, [columns.word("number_prefix", row) for row in tried])
        sums: dict[tuple[str, Hashable, int], Sum] = {}
        times, sizes = columns.times[dialled].tolist(), columns.sizes[dialled].tolist()
        shared: dict[Hashable, Marks] = {}
        for row, time, size in zip(dialled, times, sizes, strict=True):
            address = columns.word("src", row)
            if address not in source:
                continue
            number, prefix = columns.word("number", row), columns.word("number_prefix", row)
            alike = columns.marks(row)
            marks = shared.get((id(alike), number, prefix))
            if marks is None:
                marks = (*alike, ("number", number), *((("prefix", prefix),) if prefix else ()))
                shared[id(alike), number, prefix] = marks
            country = columns.word("number_country", row)
            for group, key in (("number", number), ("dials", country)):
                if key:
                    place = (group, key, id(marks))
                    found = sums.get(place)
                    if found is None:
                        found = sums[place] = Sum(time, time, marks, (country, 0, ""))
                    found.add(1, size, time, time, hash(address))
        self._add_sums(sums)

    def _hold(self, columns: Columns, kind: str, rows: list[int], values: list[str]) -> None:
        for group in _BY_USER:
            table = self.tables[group].senders
            keys, inverse = columns.keys(group)
            by_key: dict[int, list[str]] = {}
            if len(keys) == 1:
                by_key[0] = values
            else:
                for place, value in zip(inverse[rows].tolist(), values, strict=True):
                    by_key.setdefault(place, []).append(value)
            for place, found in by_key.items():
                sender = table.get(keys[place])
                if sender is not None:
                    sender.hold(kind, found)

    def _add_behaviour(self, columns: Columns) -> None:
        senders = self.tables["src"].senders
        for source, rows in columns.by_source():
            sender = senders.get(source)
            if sender is None:
                continue
            if sender.repetition is None:
                sender.repetition = Repetition()
            left = EXAMINED - sender.repetition.count
            if left > 0:
                for row in rows[:left].tolist():
                    if not columns.status[row]:
                        time = int(columns.times[row])
                        sender.repetition.add(columns.message_hash(row), time)
        answering = (columns.status > 0) | (columns.ours > 0)
        if self._waiting or answering.any():
            self._follow(columns, answering)

    def _follow(self, columns: Columns, answering: NDArray[np.bool_]) -> None:
        """Bring answers together with what their receivers do next."""
        senders = self.tables["src"].senders
        targets, sources = columns.values("dst"), columns.values("src")
        met = {*self._waiting, *targets}
        reacting = np.array([each in met for each in sources])[columns.codes("src")]
        for row in np.flatnonzero(answering | reacting).tolist():
            time = int(columns.times[row])
            if answering[row]:
                key = columns.word("dst", row)
                sender = senders.get(key)
                if sender is not None:
                    if sender.answers is None:
                        sender.answers = Answers()
                    sender.answers.answered(int(columns.status[row]), time)
                    self._waiting.add(key)
            else:
                key = columns.word("src", row)
                sender = senders.get(key)
                if sender is not None and sender.answers is not None and sender.answers.waits:
                    sender.answers.acts(columns.action(row), time)
                self._waiting.discard(key)
        if len(self._waiting) > LIMITS["src"]:
            self._waiting &= senders.keys()
