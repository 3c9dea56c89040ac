"""How fast do messages arrive, second by second?"""

from __future__ import annotations

from collections import deque

SECONDS = 60


class Pace:
    """Turn a rising count into messages a second, over the last minute."""

    def __init__(self, now: float, count: int = 0) -> None:
        """Begin at `now`, in seconds, with `count` messages received before."""
        self.rates: deque[float] = deque(maxlen=SECONDS)
        """One value a second, the newest last."""
        self._since = now
        self._count = count

    def tell(self, now: float, count: int) -> None:
        """Say how many messages were received in all until `now`."""
        seconds = int(now - self._since)
        if seconds < 1:
            return
        # After a stall the messages of the gap are spread over it, so that the sum stays right.
        rate = max(0, count - self._count) / seconds
        self.rates.extend([rate] * min(seconds, SECONDS))
        self._since += seconds
        self._count = count
