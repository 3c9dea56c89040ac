"""What does one term mean, by the type of its field?"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import numpy as np

from siptui.filters.predicates import (
    Not,
    Numbers,
    Predicate,
    Some,
    Spans,
    Words,
    contains,
    equals,
    local_date,
    within,
)
from siptui.record import FIELD, Field

EXACT = {"method", "transport", "kind", "country", "number_country", "iface"}
"""Text fields for which ``:`` means: is, whatever the case."""
LONGEST_PATTERN = 200
LONGEST_VALUE = 4096
"""Characters of a value that a regular expression looks at."""
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_NESTED = re.compile(r"[+*}]\)?[+*{]|\([^()]*[+*][^()]*\)[+*{]|\([^()]*\|[^()]*\)[+*{]")


def term(field: Field, sign: str, values: list[str], now: float) -> Predicate:
    """Return the predicate of ``field sign values``; raises ValueError with what is wrong.

    `now` is in seconds since the epoch.
    """
    if sign.startswith("!"):
        return Not(term(field, sign[1:], values, now))
    if sign in _COMPARE and len(values) > 1:
        raise ValueError(f"{sign} takes one value")
    each = [_one(field, sign, value, now) for value in values]
    return each[0] if len(each) == 1 else Some(tuple(each))


def flag(name: str) -> Predicate:
    """Return the predicate of a field that is true or false."""
    if name in {"odd", "new"}:
        field = FIELD["defects" if name == "odd" else "new"]
        words = "something is wrong with it" if name == "odd" else "something in it is new"
        return Words(field, bool, words)
    return Numbers(FIELD[name], lambda values: values != 0, FIELD[name].help)


def _one(field: Field, sign: str, value: str, now: float) -> Predicate:
    if sign == "~":
        return _pattern(field, value)
    if field.type == "time":
        return _time(field, sign, value, now)
    if field.type == "flag":
        return _flag(field, value)
    if field.storage == "number":
        return _number(field, sign, value)
    if sign in _COMPARE:
        raise ValueError(f"{field.name} is no number: use : or ~")
    if field.type == "address":
        return _address(field, sign, value)
    if field.type == "list":
        return _list(field, sign, value)
    return _word(field, sign, value)


def _word(field: Field, sign: str, value: str) -> Predicate:
    shape = Spans if field.storage == "span" else Words
    if sign == "=":
        return shape(field, equals(value), f"{field.title} is {value!r}")
    if field.name in EXACT:
        folded = value.casefold()
        return shape(field, lambda text: text.casefold() == folded, f"{field.title} is {value}")
    words = f"{field.title} contains {value!r}" if value else f"there is no {field.title}"
    return shape(field, contains(value), words)


def _list(field: Field, sign: str, value: str) -> Predicate:
    folded = value.casefold()
    if not folded:
        return Words(field, lambda members: not members, f"there is no {field.title}")
    if sign == "=":
        return Words(field, lambda members: value in members, f"{field.title} has {value}")
    return Words(
        field,
        lambda members: any(folded in member.casefold() for member in members),
        f"{field.title} has {value}",
    )


def _address(field: Field, sign: str, value: str) -> Predicate:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        if "/" in value:
            raise ValueError(f"{value!r} is no network such as 10.0.0.0/8") from None
        words = f"{field.title} begins with {value!r}"
        return Words(field, lambda text: text.startswith(value), words)
    return Words(field, within(network), f"{field.title} is in {network}")


def _number(field: Field, sign: str, value: str) -> Predicate:
    try:
        number = int(value) if value else 0
    except ValueError:
        if sign in {":", "="} and re.fullmatch(r"\d+-\d+", value):
            low, high = map(int, value.split("-"))
            return Numbers(field, lambda values: (values >= low) & (values <= high),
                           f"{field.title} is from {low} to {high}")  # fmt: skip
        raise ValueError(f"{value!r} is no number") from None
    if not -(2**62) < number < 2**62:
        raise ValueError(f"{value!r} is too large a number")
    if sign in _COMPARE:
        compare = _COMPARE[sign]
        return Numbers(field, lambda values: compare(values.astype(np.int64), number),
                       f"{field.title} {sign} {number}")  # fmt: skip
    return Numbers(field, lambda values: values.astype(np.int64) == number,
                   f"{field.title} is {number}")  # fmt: skip


def _flag(field: Field, value: str) -> Predicate:
    if value.lower() not in {"true", "yes", "1", "false", "no", "0"}:
        raise ValueError(f"{field.name} is true or false")
    wanted = value.lower() in {"true", "yes", "1"}
    words = field.help if wanted else f"not: {field.help}"
    return Numbers(field, lambda values: (values != 0) == wanted, words)


def _pattern(field: Field, value: str) -> Predicate:
    """Judge texts by a regular expression that cannot run away."""
    if len(value) > LONGEST_PATTERN:
        raise ValueError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    if _NESTED.search(value):
        raise ValueError("a repetition of a repetition or of alternatives could run for ever")
    try:
        search = re.compile(value, re.IGNORECASE).search
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from None
    words = f"{field.title} matches /{value}/"
    if field.storage == "number":
        raise ValueError(f"{field.name} is a number: use : < >")
    if field.storage == "words":
        return Words(field, lambda members: any(search(each) for each in members), words)
    shape = Spans if field.storage == "span" else Words
    return shape(field, lambda text: search(text[:LONGEST_VALUE]) is not None, words)


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _time(field: Field, sign: str, value: str, now: float) -> Predicate:
    """Compare time stamps: of day (each day's), of a date, or back from now."""
    if match := re.fullmatch(r"-(\d{1,6})([smhd])", value):
        at = datetime.fromtimestamp(now) - timedelta(**{_UNITS[match[2]]: int(match[1])})
        return _moment(field, sign, at.timestamp(), f"time {sign} {at:%Y-%m-%d %H:%M:%S}")
    if match := re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", value):
        hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
        if hours > 24 or minutes > 59 or seconds > 60:
            raise ValueError(f"{value!r} is no time of day")
        return _of_day(field, sign, 3600 * hours + 60 * minutes + seconds, match[3] is not None,
                       f"time of day {sign} {value}")  # fmt: skip
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no time such as 10:00, 2026-01-31T10:00 or -5m") from None
    return _moment(field, sign, at.timestamp(), f"time {sign} {at}")


def _moment(field: Field, sign: str, seconds: float, words: str) -> Predicate:
    limit = int(seconds * 1e9)
    if sign in _COMPARE:
        compare = _COMPARE[sign]
        return Numbers(field, lambda values: compare(values, limit), words)
    return Numbers(field, lambda values: values // 1_000_000_000 == limit // 1_000_000_000, words)


def _of_day(field: Field, sign: str, limit: int, to_second: bool, words: str) -> Predicate:
    def judge(values: Any) -> Any:
        if not len(values):
            return np.zeros(0, bool)
        offset = local_date(int(values[0])).astimezone().utcoffset() or timedelta()
        of_day = (values // 1_000_000_000 + int(offset.total_seconds())) % 86_400
        if sign in _COMPARE:
            return _COMPARE[sign](of_day, limit)
        return of_day == limit if to_second else of_day // 60 == limit // 60

    return Numbers(field, judge, words)
