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


COUNTERS = tuple(
    Counter(number, field, title)
    for number, (field, title) in enumerate(
        (
            ("country", "countries"),
            ("ua", "user agents"),
            ("method", "methods"),
            ("src", "sources"),
            ("user", "users"),
            ("tool", "tools"),
            ("labels", "labels"),
        ),
        1,
    )
)


def field_of(field: str, value: str) -> tuple[str, str]:
    """Return the field that a counter's row is asked for by, and the value.

    The counter of methods counts status codes, too.
    """
    return ("status", value) if field == "method" and value.isdecimal() else (field, value)


def term(field: str, value: object, hide: bool) -> str | None:
    """Return the filter term for one value of a field; None if there is no value."""
    if value in ("", 0, None, False):
        return None
    if field == "time":
        return None
    return f"{'-' if hide else ''}{field}:{filters.quote(str(value))}"


def entries(
    view: View, field: str, words: Callable[[str, str], str]
) -> tuple[list[Entry], int, int]:
    """Return a counter's values, of how many messages they are, and how many values there are."""
    c = view.tally(field)
    if field == "method":
        c = c + view.tally("status")
    return [Entry(v, n, n / 60, words(field, v)) for v, n in c.items()], len(view), len(c)


def summary(view: View, counter: Counter, words: Callable[[str, str], str]) -> Summary:
    """Return a counter's first values with their shares."""
    found, total, _ = entries(view, counter.field, words)
    found.sort(key=lambda entry: (-entry.count, entry.value))
    first = tuple((entry.label, text.share(entry.count, total)) for entry in found[:6])
    return counter.number, counter.title, first
