"""How is a moment written in a file? As RFC 3339 says, in UTC, to the nanosecond."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(4096)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def moment(nanoseconds: int) -> str:
    """Return a time in nanoseconds since the epoch as ``2026-01-01T08:30:01.250000000Z``."""
    second, fraction = divmod(nanoseconds, 1_000_000_000)
    return f"{_second(second)}.{fraction:09d}Z"
