"""How often did each value occur, since the start and within the last minute?

Counters are bounded: where more values occur than are held, the rarest are forgotten and their
counts kept in one sum, so that totals stay right.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CAPACITY = 4096
"""Values that a counter holds after the rarest were forgotten; it may have twice as many before."""
WINDOW = 60
"""Seconds of a rate."""
_STEP = 5
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Count:
    """Say how often one value occurred."""

    value: str
    count: int
    share: float
    """Of all messages that were counted, 0 to 1."""
    rate: float
    """Messages a second over the last minute."""
    at_least: bool
    """Whether it was forgotten in between, so that it may be more."""


class Tally:
    """Count the values of one field."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.total = 0
        """Messages counted, forgotten values included."""
        self.forgotten = 0
        """How often values were forgotten."""
        self._capacity = capacity
        self._counts: dict[Hashable, int] = {}
        self._uncertain: set[Hashable] = set()
        self._pruned = False
        self._steps: deque[tuple[int, dict[Hashable, int]]] = deque()

    def __len__(self) -> int:
        return len(self._counts)

    def add(
        self, values: Sequence[Hashable], counts: Sequence[int], messages: int, now: int
    ) -> None:
        """Count each of `values` as often as `counts` says, all of `messages` at time `now`."""
        self.total += messages
        held = self._counts
        step = self._step(now)
        for value, count in zip(values, counts, strict=True):
            if not count:
                continue
            before = held.get(value)
            if before is None:
                held[value] = count
                if self._pruned:
                    self._uncertain.add(value)
            else:
                held[value] = before + count
            step[value] = step.get(value, 0) + count
        if len(held) > 2 * self._capacity:
            self._forget()
        if len(step) > 2 * self._capacity:
            kept = heapq.nlargest(self._capacity, step.items(), key=lambda each: each[1])
            step.clear()
            step.update(kept)

    def _step(self, now: int) -> dict[Hashable, int]:
        number = now // (_STEP * _SECOND)
        if not self._steps or number > self._steps[-1][0]:
            self._steps.append((number, {}))
            while len(self._steps) > WINDOW // _STEP + 1:
                self._steps.popleft()
        return self._steps[-1][1]

    def _forget(self) -> None:
        kept = heapq.nlargest(self._capacity, self._counts.items(), key=lambda each: each[1])
        self.forgotten += len(self._counts) - len(kept)
        self._counts = dict(kept)
        self._uncertain &= self._counts.keys()
        self._pruned = True

    def top(self, now: int, limit: int | None = None) -> list[Count]:
        """Return the commonest values; `now` (nanoseconds) is the end of the rates' minute."""
        items = self._commonest(limit)
        oldest = (now - WINDOW * _SECOND) // (_STEP * _SECOND)
        steps = [step for number, step in self._steps if number > oldest]
        total = self.total or 1
        return [
            Count(str(value), count, count / total,
                  sum(step.get(value, 0) for step in steps) / WINDOW, value in self._uncertain)
            for value, count in items
        ]  # fmt: skip

    def _commonest(self, limit: int | None) -> list[tuple[Hashable, int]]:
        items = list(self._counts.items())
        if limit is not None and limit < len(items):
            # The rarest of those that get in, and all that are as common, are sorted by name.
            least = heapq.nlargest(limit, self._counts.values())[-1]
            items = [item for item in items if item[1] >= least]
        items.sort(key=lambda item: (-item[1], str(item[0])))
        return items[:limit]


COUNTED = ("country", "ua", "what", "src", "user", "tool", "labels", "dst", "dport", "number",
           "number_country", "shape", "kind", "as_name")  # fmt: skip
"""What is counted: fields, and ``what``: a request's method, a response's status, else the kind."""


class Tallies:
    """Count everything that is counted, for the rows of one filter."""

    def __init__(self) -> None:
        self.by_field = {name: Tally() for name in COUNTED}

    def __getitem__(self, field: str) -> Tally:
        return self.by_field[field]

    def add(self, columns: Any, start: int, stop: int, mask: NDArray[np.bool_] | None) -> None:
        """Count rows `start` to `stop` of a chunk, those of them that `mask` marks."""
        numbers = columns.numbers
        times = numbers["time"][start:stop]
        messages = stop - start if mask is None else int(mask.sum())
        if not messages:
            return
        now = int(times.max() if mask is None else times[mask].max())
        for name, tally in self.by_field.items():
            if name in columns.words:
                words = columns.words[name]
                codes = words.codes[start:stop]
                counts = np.bincount(
                    codes if mask is None else codes[mask], minlength=len(words.values)
                )
                at = np.flatnonzero(counts)
                values = [words.values[code] for code in at.tolist()]
                found = counts[at].tolist()
                if name == "labels":
                    values, found = _each(values, found)
                pairs = [(v, c) for v, c in zip(values, found, strict=True) if v not in ("", ())]
                tally.add([v for v, _ in pairs], [c for _, c in pairs], messages, now)
            elif name == "dport":
                self._add_numbers(tally, numbers["dport"][start:stop], mask, messages, now)
        self._add_what(columns, start, stop, mask, messages, now)

    def _add_numbers(
        self, tally: Tally, values: NDArray[Any], mask: Any, messages: int, now: int
    ) -> None:
        found, counts = np.unique(values if mask is None else values[mask], return_counts=True)
        tally.add(found.tolist(), counts.tolist(), messages, now)

    def _add_what(
        self, columns: Any, start: int, stop: int, mask: Any, messages: int, now: int
    ) -> None:
        sums: dict[Hashable, int] = {}
        status = columns.numbers["status"][start:stop]
        chosen = np.ones(stop - start, bool) if mask is None else mask
        responses = chosen & (status > 0)
        for value, count in zip(*np.unique(status[responses], return_counts=True), strict=True):
            sums[str(value)] = int(count)
        methods = columns.words["method"]
        codes = methods.codes[start:stop]
        named = np.array([bool(value) for value in methods.values] or [False])
        requests = chosen & ~responses & named[codes]
        rest = chosen & ~responses & ~named[codes]
        for words, which in ((methods, requests), (columns.words["kind"], rest)):
            counts = np.bincount(words.codes[start:stop][which], minlength=len(words.values))
            for code in np.flatnonzero(counts).tolist():
                value = words.values[code]
                sums[value] = sums.get(value, 0) + int(counts[code])
        self["what"].add(list(sums), list(sums.values()), messages, now)


def _each(values: list[Any], counts: list[int]) -> tuple[list[Any], list[int]]:
    """Return each member of tuples with how often it occurs."""
    sums: dict[Any, int] = {}
    for members, count in zip(values, counts, strict=True):
        for member in members:
            sums[member] = sums.get(member, 0) + count
    return list(sums), list(sums.values())
