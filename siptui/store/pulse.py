"""How many messages came in each of the last seconds?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SECONDS = 128
"""Seconds that are remembered."""
_SECOND = 1_000_000_000


class Pulse:
    """Count messages by the second in which they arrived."""

    def __init__(self) -> None:
        self._held: tuple[int, NDArray[np.int64]] = (0, np.zeros(SECONDS, np.int64))
        """The newest second, and the counts up to it; replaced as a whole, for readers' sake."""

    def add(self, times: NDArray[Any]) -> None:
        """Count messages that arrived at `times`, in nanoseconds since the epoch."""
        seconds = times // _SECOND
        newest, held = self._held
        after = max(newest, int(seconds.max()))
        gone = after - newest
        counts = np.zeros(SECONDS, np.int64)
        if gone < SECONDS:
            counts[: SECONDS - gone] = held[gone:]
        places = seconds - (after - SECONDS + 1)
        counts += np.bincount(places[places >= 0], minlength=SECONDS)
        self._held = after, counts

    def rates(self, now: int, seconds: int = 60) -> list[int]:
        """Return the messages of each of the `seconds` whole ones before `now` (nanoseconds).

        At most `SECONDS` of them are known; the oldest comes first.
        """
        newest, held = self._held
        counts: list[int] = held.tolist()
        first = newest - SECONDS + 1
        return [
            counts[second - first] if first <= second <= newest else 0
            for second in range(now // _SECOND - seconds, now // _SECOND)
        ]
