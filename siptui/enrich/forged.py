"""Which points of a forged source does no message show by itself?

They count only where a message has points of its own (see `reach.suspicions`): alone they say
nothing, as sources behind one network are alike, and many who can read answers send none.
"""

from __future__ import annotations

from siptui.decode.shortcut import time_to_live
from siptui.enrich.reach import SPOOFED
from siptui.enrich.sources import SECOND, Recent, distinct
from siptui.record import Record

UNRETURNED = 3
"""Answers to a source, none of which it gave anything back of, that say it does not get them."""
SILENCE = 2
"""Points for that."""
ALIKE = 8
"""Sources with one time to live and one port that say they are all one sender."""
ALIKE_TIME = 300 * SECOND
LIKENESS = 1
"""Points for that."""
WAYS = 4_000
"""Pairs of time to live and port whose sources are remembered."""


class Forged:
    """Remember which sources have time to live and port in common, and add up points."""

    def __init__(self) -> None:
        self._ways: Recent[dict[int, int]] = Recent(WAYS)

    @property
    def let_go(self) -> int:
        """Return how many pairs were forgotten for want of room."""
        return self._ways.let_go

    def suspects(self, record: Record, points: int, unreturned: int) -> bool:
        """Tell whether a request with some `points` has enough of them with those of its past.

        `unreturned` is how many answers of ours its source gave nothing back of.
        """
        if unreturned >= UNRETURNED:
            points += SILENCE
        # Whom this cannot bring to enough is no witness either, so that most are not noted.
        if points == SPOOFED - LIKENESS:
            points += LIKENESS * self._alike(record)
        return points >= SPOOFED

    def _alike(self, record: Record) -> bool:
        """Note a source; tell whether it is one of many that send the same way."""
        hops = time_to_live(record)
        if not hops:
            return False
        key = hops << 16 | record.sport
        sources = self._ways.get(key)
        if sources is None:
            sources = {}
            self._ways.put(key, sources)
        now = record.time
        return distinct(sources, hash(record.src), now, ALIKE, ALIKE_TIME) >= now
