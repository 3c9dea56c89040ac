"""What can be counted, and by which key?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from siptui import filters, text
from siptui.tui.widgets.strip import Summary
from siptui.tui.widgets.tally import Entry
from siptui.view import View


class Counter(NamedTuple):
    """Describe one counter."""

    number: int
    """The key that shows it."""
    field: str
    title: str


COUNTERS = (
    Counter(1, "country", "countries"),
    Counter(2, "ua", "user agents"),
    Counter(3, "what", "methods"),
    Counter(4, "src", "sources"),
    Counter(5, "user", "users"),
    Counter(6, "tool", "tools"),
    Counter(7, "labels", "labels"),
    Counter(8, "number_country", "dialled countries"),
    Counter(9, "number", "dialled numbers"),
)
LIMIT = 300
"""Values of a counter that are looked at."""

_PREFIXES = 6
"""Prefixes that are named on a number's row."""

Words = Callable[[str, str], str]
"""Gives the safe text that is shown for a value of a field."""


def field_of(view: View, field: str, value: str) -> str:
    """Return the field that a counter's row is asked for by.

    The counter of methods counts status codes and what is no SIP, too.
    """
    if field != "what":
        return field
    if value.isdecimal():
        return "status"
    kinds = {count.value for count in view.tallies["kind"].top(0)} - {"sip"}
    return "kind" if value in kinds else "method"


def term(field: str, value: object, hide: bool = False) -> str | None:
    """Return the filter term for one value of a field; None if there is no value."""
    if field == "time" or value in ("", 0, None, False):
        return None
    return f"{'-' if hide else ''}{filters.exact(field, str(value))}"


def entries(
    view: View, field: str, now: float, words: Words, limit: int = LIMIT
) -> tuple[list[Entry], int, int]:
    """Return a counter's values, of how many messages they are, and how many values there are.

    `now` is in seconds since the epoch, `limit` how many values are returned at most.
    """
    tally = view.tallies[field]
    found = [
        Entry(
            each.value,
            each.count,
            each.rate,
            words(field, each.value) + _dialling(view, field, each.value),
            each.at_least,
        )
        for each in tally.top(int(now * 1e9), limit)
    ]
    return found, tally.total, len(tally) + tally.forgotten


def _dialling(view: View, field: str, value: str) -> str:
    """Say from how many sources, and behind which prefixes, a number or country was dialled."""
    group = {"number": "number", "number_country": "dials"}.get(field)
    dialled = view.store.senders.get(group, value) if group else None
    if dialled is None:
        return ""
    sources, more = dialled.count("source")
    words = f" {sources}+ sources" if more else f" {text.plural(sources, 'source')}"
    prefixes = [text.safe(each) for each in dialled.get("prefix")[:_PREFIXES]]
    left = text.ELLIPSIS if len(dialled.get("prefix")) > _PREFIXES else ""
    return f"{words} {' '.join(prefixes)}{left}".rstrip()


def summary(view: View, counter: Counter, words: Words) -> Summary:
    """Return a counter's first values with their shares."""
    tally = view.tallies[counter.field]
    first = tuple(
        (words(counter.field, each.value), text.share(each.count, tally.total))
        for each in tally.top(0, 6)
    )
    return counter.number, counter.title, first
