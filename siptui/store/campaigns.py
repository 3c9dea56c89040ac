"""Which sources work together? Those that write alike and want the same.

A campaign is a shape together with one thing that its sources share: the end of the number they
dial, or what they write into From though it names neither them nor us. It counts once three sources
took part within a day.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Hashable

import numpy as np

from siptui.batch import SPAN_COUNT, Batch
from siptui.record import SPANS
from siptui.store.columns import Columns

LIMIT = 5_000
"""Candidates that are held."""
SOURCES = 2_000
"""Sources of one campaign that are held."""
ROOM = 200_000
"""Sources that all candidates together hold."""
LEAST = 3
"""Sources within `DAY` that make a campaign."""
DAY = 86_400_000_000_000
SUFFIX = 9
"""Last digits of a number that have to agree."""
NUMBERS = 50
_MET = 50_000
"""Pairs of a source and a shape whose From was looked at."""
_FROM = SPANS.index("from")
_URI = re.compile(rb"sips?:([^@>;\s]{1,64}@[^>;\s]{1,64})")


class Campaign:
    """Hold what sources do together; times are nanoseconds since the Unix epoch."""

    __slots__ = ("countries", "first", "last", "messages", "numbers", "shape", "shared", "sources",
                 "systems", "what")  # fmt: skip

    def __init__(self, shape: str, what: str, shared: str, time: int) -> None:
        self.shape = shape
        self.what = what
        """What is shared: ``number`` or ``from``."""
        self.shared = shared
        """The end of the number, or the user and host in From."""
        self.first = self.last = time
        self.messages = 0
        """Messages in which it was seen; of From, only the first of each source."""
        self.sources: dict[str, int] = {}
        """Each source and when it took part last."""
        self.countries: dict[str, None] = {}
        self.systems: dict[str, None] = {}
        """Names of the autonomous systems of its sources."""
        self.numbers: dict[str, None] = {}

    def takes_part(self, source: str, time: int) -> None:
        """Note that a source took part."""
        self.messages += 1
        self.first, self.last = min(self.first, time), max(self.last, time)
        self.sources.pop(source, None)
        self.sources[source] = time
        if len(self.sources) > SOURCES:
            del self.sources[next(iter(self.sources))]

    def within_a_day(self) -> int:
        """Return how many sources took part within a day of the last."""
        return sum(self.last - time <= DAY for time in self.sources.values())


class Campaigns:
    """Find sources that work together, in bounded memory."""

    def __init__(self, limit: int = LIMIT) -> None:
        """Hold at most `limit` candidates; who was silent longest goes."""
        self._limit = limit
        self._held: dict[tuple[str, str, str], Campaign] = {}
        self._sources = 0
        self._met: dict[Hashable, None] = {}
        self._lock = threading.Lock()
        self.let_go = 0
        """Candidates that were forgotten."""

    def add(self, batch: Batch) -> None:
        """Look at the rows of a batch."""
        if not batch.count:
            return
        columns = Columns(batch)
        with self._lock:
            for row in np.flatnonzero(columns.named("number")).tolist():
                number = columns.word("number", row)
                campaign = self._takes_part(columns, row, "number", number[-SUFFIX:])
                if campaign is not None and len(campaign.numbers) < NUMBERS:
                    campaign.numbers[number] = None
            for row in self._first_rows(columns):
                shared = self._constant(batch, columns, row)
                if shared:
                    self._takes_part(columns, row, "from", shared)

    def rows(self) -> list[Campaign]:
        """Return the campaigns, those with most sources first."""
        with self._lock:
            found = [each for each in self._held.values() if len(each.sources) >= LEAST]
        sized = [(each.within_a_day(), each) for each in found]
        sized.sort(key=lambda pair: (-pair[0], -pair[1].last))
        return [each for number, each in sized if number >= LEAST]

    def of(self, source: str) -> list[Campaign]:
        """Return the campaigns that a source takes part in."""
        return [each for each in self.rows() if source in each.sources]

    def _takes_part(self, columns: Columns, row: int, what: str, shared: str) -> Campaign | None:
        shape = columns.word("shape", row)
        if not shape:
            return None
        key = (shape, what, shared)
        time = int(columns.times[row])
        campaign = self._held.pop(key, None) or Campaign(shape, what, shared, time)
        self._sources -= len(campaign.sources)
        while self._held and (len(self._held) >= self._limit or self._sources > ROOM):
            gone = self._held.pop(next(iter(self._held)))
            self._sources -= len(gone.sources)
            self.let_go += 1
        self._held[key] = campaign
        campaign.takes_part(columns.word("src", row), time)
        self._sources += len(campaign.sources)
        country, (_, system) = columns.word("country", row), columns.system(row)
        for value, held in ((country, campaign.countries), (system, campaign.systems)):
            if value and len(held) < NUMBERS:
                held[value] = None
        return campaign

    def _first_rows(self, columns: Columns) -> list[int]:
        """Return the first row of each pair of source and shape that was not met before."""
        shapes, sources = columns.values("shape"), columns.values("src")
        pairs = columns.codes("src").astype(np.int64) << 16 | columns.codes("shape")
        found, rows = np.unique(pairs, return_index=True)
        new = []
        for pair, row in zip(found.tolist(), rows.tolist(), strict=True):
            shape = shapes[pair & 0xFFFF]
            key = hash((sources[pair >> 16], shape))
            if shape and key not in self._met and not columns.status[row]:
                if len(self._met) >= _MET:
                    for old in [*self._met][: _MET // 4]:
                        del self._met[old]
                self._met[key] = None
                new.append(row)
        return new

    def _constant(self, batch: Batch, columns: Columns, row: int) -> str:
        """Return user and host of From if the host is neither the source nor the target."""
        at = row * SPAN_COUNT + 2 * _FROM
        start = batch.data_offsets[row]
        value = batch.blob[start + batch.spans[at] : start + batch.spans[at + 1]]
        found = _URI.search(value)
        if found is None:
            return ""
        text = found[1].decode("utf-8", "backslashreplace")
        host = text.rpartition("@")[2].partition(":")[0]
        known = (columns.word("src", row), columns.word("dst", row))
        return "" if host in known else text
