"""How often did each value occur, since the start and within the last minute?

Counters are bounded: where more values occur than are held, the rarest are forgotten; the total
still has them. A value that is met after that may have been counted and forgotten before.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

CAPACITY = 2048
"""Values that a counter holds after the rarest were forgotten; it may have twice as many before."""
CHARACTERS = 500_000
"""Characters of those values, likewise."""
WINDOW = 60
"""Seconds of a rate."""
STEP = 5
"""Seconds by which that window moves."""
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
    """Whether it may be more, because the value may have been forgotten in between."""
    bytes: int = 0
    """Bytes of those messages."""


class Tally:
    """Count the values of one field."""

    def __init__(self, capacity: int = CAPACITY, characters: int = CHARACTERS) -> None:
        """Hold `capacity` values of `characters` characters in all, for a while twice as many."""
        self.total = 0
        """Messages counted, those without a value and those of forgotten values included."""
        self.forgotten = 0
        """How often values were forgotten."""
        self._capacity = capacity
        self._most_characters = characters
        self._counts: dict[Hashable, list[int]] = {}
        self._characters = 0
        self._uncertain: set[Hashable] = set()
        self._steps: dict[int, dict[int, int]] = {}
        """By number of the step: counts by the hash of the value, which may be long."""

    def __len__(self) -> int:
        return len(self._counts)

    def add(
        self,
        values: Sequence[Hashable],
        counts: Iterable[int],
        sizes: Iterable[int],
        messages: int,
    ) -> None:
        """Count each of `values` so often and with so many bytes; all of it in `messages`."""
        self.total += messages
        held = self._counts
        for value, count, size in zip(values, counts, sizes, strict=True):
            entry = held.get(value)
            if entry is not None:
                entry[0] += count
                entry[1] += size
                continue
            held[value] = [count, size]
            self._characters += _length(value)
            if self.forgotten:
                self._uncertain.add(value)
        if len(held) > 2 * self._capacity or self._characters > 2 * self._most_characters:
            self._forget()

    def add_recent(self, step: int, values: Sequence[Hashable], counts: Iterable[int]) -> None:
        """Count for the rate: what arrived in the `STEP` seconds that begin at ``step * STEP``."""
        counted = self._steps.get(step)
        if counted is None:
            counted = {}
            kept = {each: self._steps[each] for each in self._steps if each > step - _STEPS}
            self._steps = kept | {step: counted}
        for key, count in zip(map(hash, values), counts, strict=True):
            counted[key] = counted.get(key, 0) + count
        if len(counted) > 2 * self._capacity:
            kept_counts = heapq.nlargest(self._capacity, counted.items(), key=lambda each: each[1])
            self._steps = self._steps | {step: dict(kept_counts)}

    def _forget(self) -> None:
        """Keep the commonest; of those that are as common the later ones, as others may be over."""
        items = list(self._counts.items())
        kept = items
        if len(items) > self._capacity:
            counts = sorted((entry[0] for _, entry in items), reverse=True)
            least = counts[self._capacity - 1]
            room = self._capacity - bisect_left(counts, -least, key=int.__neg__)
            kept = []
            for item in reversed(items):
                count = item[1][0]
                if count > least or (count == least and room > 0):
                    kept.append(item)
                    room -= count == least
            kept.reverse()
        characters = sum(_length(value) for value, _ in kept)
        if characters > self._most_characters:
            kept.sort(key=lambda item: -item[1][0])
            while characters > self._most_characters:
                characters -= _length(kept.pop()[0])
        self.forgotten += len(items) - len(kept)
        self._counts = dict(kept)
        self._characters = characters
        self._uncertain &= self._counts.keys()

    def count_of(self, value: Hashable) -> int:
        """Return how often a value was counted; 0 if it is not held."""
        return self._counts.get(value, (0,))[0]

    def top(self, now: int, limit: int | None = None) -> list[Count]:
        """Return the commonest values; `now` (nanoseconds) is the end of the rates' minute."""
        newest = now // (STEP * _SECOND)
        recent = [step for number, step in list(self._steps.items())
                  if newest - _STEPS < number <= newest]  # fmt: skip
        total = self.total or 1
        found = []
        for value, (count, size) in self._commonest(limit):
            key = hash(value)
            rate = sum(step.get(key, 0) for step in recent) / WINDOW
            found.append(
                Count(str(value), count, count / total, rate, value in self._uncertain, size)
            )
        return found

    def _commonest(self, limit: int | None) -> list[tuple[Hashable, list[int]]]:
        items = list(self._counts.items())
        if limit is not None and limit < len(items):
            if limit <= 0:
                return []
            # The rarest of those that get in, and all that are as common, are sorted by name.
            least = heapq.nlargest(limit, (entry[0] for _, entry in items))[-1]
            items = [item for item in items if item[1][0] >= least]
        items.sort(key=lambda item: (-item[1][0], str(item[0])))
        return items[:limit]


_STEPS = WINDOW // STEP


def _length(value: Hashable) -> int:
    return len(value) if isinstance(value, str) else 8
