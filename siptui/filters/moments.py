"""Which times does a term mean: of day, of a date, or back from now?"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SECOND = 1_000_000_000
_HOUR = 3600 * _SECOND
_DAY = 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
Judge = Callable[[NDArray[Any]], NDArray[np.bool_]]
_FORMS = "10:00, 2026-01-31, 2026-01-31T10:00 or -5m"


@dataclass(frozen=True, slots=True)
class Now:
    """Say what a time without a date or zone refers to."""

    seconds: float
    """Seconds since the epoch."""
    utc: bool = False
    """Whether times are those of UTC and not of this machine."""

    def at(self, seconds: float) -> datetime:
        """Return a time in the zone that is meant."""
        return datetime.fromtimestamp(seconds, UTC) if self.utc else datetime.fromtimestamp(seconds)


def moment(sign: str, value: str, now: Now) -> tuple[Judge, str]:
    """Return what judges times (nanoseconds) and says so in words; raises ValueError.

    Equal means: within the second, minute or day that `value` names.
    """
    if match := re.fullmatch(r"-([0-9]{1,6})([smhd])", value):
        seconds = now.seconds - int(match[1]) * _UNITS[match[2]]
        return _compared(sign, seconds, 1, f"time {sign} {now.at(seconds):%Y-%m-%d %H:%M:%S}")
    if match := re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", value):
        hours, minutes, rest = int(match[1]), int(match[2]), int(match[3] or 0)
        if hours > 24 or minutes > 59 or rest > 59:
            raise ValueError(f"{value!r} is no time of day")
        return _of_day(sign, 3600 * hours + 60 * minutes + rest, 1 if match[3] else 60, now), (
            f"time of day {sign} {value}"
        )
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None and now.utc:
            at = at.replace(tzinfo=UTC)
        seconds = at.timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{value!r} is no time such as {_FORMS}") from None
    width = _DAY if re.fullmatch(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}", value) else 60
    return _compared(sign, seconds, 1 if at.second else width, f"time {sign} {value}")


def _compared(sign: str, seconds: float, width: int, words: str) -> tuple[Judge, str]:
    first = max(-(2**62), min(int(seconds * _SECOND), 2**62))
    if sign in _COMPARE:
        compare = _COMPARE[sign]
        return lambda times: compare(times, first), words
    return lambda times: (times >= first) & (times < first + width * _SECOND), words


def _of_day(sign: str, second: int, width: int, now: Now) -> Judge:
    def judge(times: NDArray[Any]) -> NDArray[np.bool_]:
        of_day = (times // _SECOND + _offsets(times, now)) % _DAY
        found: NDArray[np.bool_]
        if sign in _COMPARE:
            found = _COMPARE[sign](of_day, second)
        else:
            found = (of_day >= second) & (of_day < second + width)
        return found

    return judge


def _offsets(times: NDArray[Any], now: Now) -> NDArray[Any]:
    """Return the seconds by which local time is ahead of UTC at each time."""
    if now.utc:
        return np.zeros(len(times), np.int64)
    hours, inverse = np.unique(times // _HOUR, return_inverse=True)
    offsets = [
        (
            datetime.fromtimestamp(hour * 3600).astimezone().utcoffset() or timedelta()
        ).total_seconds()
        for hour in hours.tolist()
    ]
    return np.array(offsets, np.int64)[inverse]
