"""Who sends, and what has each sender shown? Bounded tables, fed with columns.

The rows of a batch are first brought together by what senders of a grouping share, so that each
sender is looked up and updated once, with its distinct values. Totals outlive the rows of the
store; when a table is full, those who sent least and were silent longest go, and are counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from siptui.batch import Batch
from siptui.store.behaviour import EXAMINED, Answers, Repetition
from siptui.store.columns import TEXTS, Columns, Texts
from siptui.store.grouping import Grouping
from siptui.store.sender import Room, Sender
from siptui.store.table import Table, natural

LIMITS = {
    "src": 20_000, "network": 10_000, "as": 5_000, "country": 400, "tool": 500, "shape": 5_000,
    "ua": 5_000, "number": 10_000, "dials": 400,
}  # fmt: skip
"""The groupings, and how many senders of each are held."""
ROOM = 400_000
"""Distinct users and sources that all senders together hold, at some 64 bytes each."""
_DIALLED = ("number", "dials")
"""Groupings of what is dialled; of them users and passwords are not held."""
_PLACED = ("src", "network", "as")
"""Groupings whose senders are in one country and of one autonomous system."""
_OF_NUMBERS = ("number", "prefix")
"""Kinds of texts that are held of those who dial one number, too."""
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
        theirs = columns.ours == 0
        with self._lock:
            self.messages += batch.count
            self.now = max(self.now, int(columns.times.max()))
            if theirs.any():
                texts = {kind: found for kind in TEXTS if (found := columns.texts(kind))}
                for group in self.tables:
                    self._add_group(Grouping(columns, group, theirs), group, columns, texts)
                self._add_peaks(columns)
            self._follow(columns)

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

    def _add_group(
        self, grouping: Grouping, group: str, columns: Columns, texts: dict[str, Texts]
    ) -> None:
        """Update one table, once for each of its senders."""
        if not grouping.keys:
            return
        table, room = self.tables[group], self._room
        dialled, placed = group in _DIALLED, group in _PLACED
        none: list[list[int]] = [[]] * len(grouping.keys)
        marks = grouping.distinct(*columns.marks)
        sources = none if group == "src" else grouping.distinct(*columns.hashes("src"))
        users = none
        if not dialled and columns.asking.any():
            users = grouping.distinct(*columns.hashes("user"), columns.asking)
        for key, total, of_marks, of_sources, of_users in zip(
            grouping.keys, grouping.totals(), marks, sources, users, strict=True
        ):
            count, size, first, last, row = total
            sender = table.of(key, first)
            sender.add(count, size, first, last)
            for each in of_marks:
                sender.mark(each)
            if of_sources:
                sender.come_from(of_sources, room)
            if of_users and not sender.is_counted_out:
                sender.asks_for(of_users, room)
            if placed and not sender.country:
                sender.country = columns.word("country", row)
                sender.asn, sender.as_name = columns.system(row)
            elif dialled and not sender.country:
                sender.country = columns.word("number_country", row)
        for kind, found in texts.items():
            if kind in _OF_NUMBERS or not dialled:
                for key, values in zip(grouping.keys, grouping.distinct(*found), strict=True):
                    if values and key in table.senders:
                        table.senders[key].hold(kind, values)
        if group == "src":
            self._add_repetitions(grouping, columns)

    def _add_repetitions(self, grouping: Grouping, columns: Columns) -> None:
        senders = self.tables["src"].senders
        for key, rows in zip(grouping.keys, grouping.rows(), strict=True):
            sender = senders.get(key)
            if sender is None:
                continue
            repetition = sender.repetition
            if repetition is None:
                repetition = sender.repetition = Repetition()
            left = EXAMINED - repetition.count
            for row in rows[:left] if left > 0 else ():
                if not columns.number("status", row):
                    repetition.add(columns.message_hash(row), columns.number("time", row))

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

    def _follow(self, columns: Columns) -> None:
        """Bring answers together with what their receivers do next."""
        answering = (columns.status > 0) | (columns.ours > 0)
        if not self._waiting and not answering.any():
            return
        senders = self.tables["src"].senders
        targets, sources = columns.values("dst"), columns.values("src")
        answered = {targets[code] for code in np.unique(columns.codes("dst")[answering]).tolist()}
        answered &= senders.keys()
        met = self._waiting | answered
        if not met:
            return
        answers = answering & np.array([each in answered for each in targets])[columns.codes("dst")]
        acts = ~answering & np.array([each in met for each in sources])[columns.codes("src")]
        for row in np.flatnonzero(answers | acts).tolist():
            key = columns.word("dst" if answers[row] else "src", row)
            sender = senders.get(key)
            time = columns.number("time", row)
            if not answers[row]:
                if sender is not None and sender.answers is not None and sender.answers.waits:
                    sender.answers.acts(columns.action(row), time)
                self._waiting.discard(key)
            elif sender is not None:
                if sender.answers is None:
                    sender.answers = Answers()
                sender.answers.answered(columns.number("status", row), time)
                self._waiting.add(key)
        if len(self._waiting) > LIMITS["src"]:
            self._waiting &= senders.keys()
