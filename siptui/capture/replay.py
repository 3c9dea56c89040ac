"""When is a recorded frame due, if a recording is played back as if it happened now?"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from siptui.capture import Source, Statistics
from siptui.record import Frame


class Replay:
    """Give another source's frames at the pace they were recorded at, stamped as of now."""

    live = True
    finished = False

    def __init__(
        self,
        source: Source,
        *,
        name: str,
        speed: float = 1.0,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Replay `source`, `speed` times faster; `clock` gives nanoseconds since the epoch."""
        self.name = name
        self._source = source
        self._speed = speed
        self._clock = clock
        self._waiting: deque[Frame] = deque()
        self._started = 0
        self._first = 0
        self._given = 0

    def fileno(self) -> int:
        """Return -1: nothing can be waited on but the clock."""
        return -1

    def read(self, limit: int) -> list[Frame]:
        """Return up to `limit` frames that are due by now."""
        if not self._waiting:
            self._waiting.extend(self._source.read(limit))
        if not self._waiting:
            self.finished = self._source.finished
            return []
        now = self._clock()
        if not self._started:
            self._started, self._first = now, self._waiting[0].time
        due: list[Frame] = []
        while self._waiting and len(due) < limit:
            at = self._started + int((self._waiting[0].time - self._first) / self._speed)
            if at > now:
                break
            due.append(self._waiting.popleft()._replace(time=at, interface=self.name))
        self._given += len(due)
        return due

    def statistics(self) -> Statistics:
        """Return how many frames were due so far and how far the recording has come."""
        return Statistics(received=self._given, notice=self._source.statistics().notice)

    def close(self) -> None:
        """Close the recording."""
        self._source.close()
