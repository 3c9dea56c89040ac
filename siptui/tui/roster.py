"""Which columns does the table of senders have at some width, and what stands in their cells?

Columns leave in order of importance as the width shrinks; the one that is sorted by always stays.
Every text has been through `text.safe`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal, NamedTuple

from siptui import filters, text
from siptui.store.columns import LONGEST
from siptui.store.sender import Sender

Cell = tuple[str, str]
"""A safe text and its role."""
Words = Callable[[str, str], str]
_NONE: Mapping[str, str] = {}
"""Gives the safe text that is shown for a value of a field."""


class Group(NamedTuple):
    """Describe one way to bring messages together."""

    name: str
    """As the store calls it."""
    field: str
    """The field of the record whose values the keys are."""
    title: str
    """Of the column."""
    many: str
    """What its rows are called."""
    width: int


GROUPS = (
    Group("src", "src", "source", "sources", 15),
    Group("network", "src", "network", "networks", 18),
    Group("as", "as_name", "AS", "autonomous systems", 20),
    Group("country", "country", "country", "countries", 14),
    Group("tool", "tool", "tool", "tools", 20),
    Group("shape", "shape", "shape", "shapes", 24),
    Group("ua", "ua", "user agent", "user agents", 24),
    Group("dials", "number_country", "dialled", "dialled countries", 14),
    Group("number", "number", "number", "dialled numbers", 16),
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Describe one column."""

    name: str
    """What the store sorts by."""
    title: str
    least: int
    most: int
    align: Literal["left", "right"] = "left"
    role: str = "dim"


HEADINGS = (
    Heading("messages", "messages", 9, 9, "right", "value"),
    Heading("shown", "shown", 7, 7, "right", "value"),
    Heading("source", "sources", 7, 7, "right", "value"),
    Heading("prefix", "prefixes", 8, 20, "left", "value"),
    Heading("labels", "labels", 11, 38, "left", "warn"),
    Heading("last", "last", 8, 8),
    Heading("tool", "tools", 8, 26, "left", "text"),
    Heading("user", "users", 5, 6, "right", "value"),
    Heading("rate", "rate", 7, 7, "right", "value"),
    Heading("method", "methods", 8, 26, "left", "request"),
    Heading("number", "numbers", 7, 7, "right", "value"),
    Heading("country", "cc", 4, 4, "left", "value"),
    Heading("password", "passw", 5, 5, "right", "value"),
    Heading("reaction", "after our answer", 16, 44),
    Heading("peak", "peak", 5, 6, "right"),
    Heading("first", "first", 8, 8),
    Heading("retransmission", "repeats", 9, 14),
    Heading("as", "as", 14, 26),
)
"""Behind the key, the most important first."""
_ORDER = (
    "key", "country", "as", "first", "last", "messages", "shown", "rate", "peak", "source",
    "method", "user", "number", "prefix", "password", "tool", "labels", "reaction",
    "retransmission",
)  # fmt: skip
_ONLY = {"prefix": ("dials", "number")}
_NOT = {
    "source": ("src",),
    "country": ("country", "tool", "shape", "ua", "dials"),
    "as": ("as", "country", "tool", "shape", "ua", "dials", "number"),
    "tool": ("tool",),
    "user": ("dials", "number"),
    "number": ("dials", "number"),
    "password": ("dials", "number"),
    "reaction": ("network", "as", "country", "tool", "shape", "ua", "dials", "number"),
    "retransmission": ("network", "as", "country", "tool", "shape", "ua", "dials", "number"),
}
"""Groupings of which a column knows nothing, or only what the key says."""


def headings(group: Group, filtered: bool = False) -> list[Heading]:
    """Return all columns of a grouping as they stand; `filtered`: with the messages shown."""
    key = Heading("key", group.title, min(15, group.width), max(39, group.width), "left", "text")
    found = [
        each
        for each in HEADINGS
        if group.name not in _NOT.get(each.name, ())
        and group.name in _ONLY.get(each.name, (group.name,))
        and (filtered or each.name != "shown")
    ]
    return sorted([key, *found], key=lambda each: _ORDER.index(each.name))


def choose(
    width: int, group: Group, sort: str, filtered: bool = False, key: int = 0
) -> list[tuple[Heading, int]]:
    """Return the columns for `width` cells with theirs, one cell between two of them.

    `key` is the width of the longest key that is shown.
    """
    every = {each.name: each for each in headings(group, filtered)}
    ranked = ["key", sort, *(each.name for each in HEADINGS)]
    widths: dict[str, int] = {}
    left = width
    for name in dict.fromkeys(ranked):
        heading = every.get(name)
        if heading is not None and heading.least + 1 <= left + 1:
            widths[name] = heading.least
            left -= heading.least + 1
    left += 1
    growing = {name: every[name].most for name in widths}
    growing["key"] = max(every["key"].least, min(growing["key"], key))
    while left > 0:
        names = [name for name in widths if widths[name] < growing[name]]
        if not names:
            break
        for name in names[:left]:
            widths[name] += 1
        left -= min(left, len(names))
    return [(each, widths[each.name]) for each in every.values() if each.name in widths]


def name_of(group: Group, key: Hashable, words: Words) -> str:
    """Return what a sender is called, safe and as it may be shown."""
    if group.name == "network":
        base, _, length = str(key).partition("/")
        return f"{words('src', base)}/{length}"
    if isinstance(key, tuple):
        number, name = key
        return f"AS{number} {words('as_name', str(name))}" if number else words("as_name", name)
    return words(group.field, str(key))


def term(group: Group, key: Hashable) -> str:
    """Return the filter term that shows a sender's messages."""
    if group.name == "network":
        return f"src:{key}"
    if isinstance(key, tuple):
        number, name = key
        return f"asn:{number}" if number else filters.exact("as_name", name)
    value = str(key)
    if len(value) >= LONGEST:
        return f"{group.field}:{filters.quote(value)}"
    return filters.exact(group.field, value)


@dataclass(frozen=True, slots=True)
class Moment:
    """Say when it is, for rates and times of day."""

    now: int
    """Nanoseconds since the epoch."""
    zone: tzinfo | None = None

    def clock(self, nanoseconds: int) -> str:
        """Return a time of day, or the date of another day, in eight cells."""
        if abs(self.now - nanoseconds) < 86_400_000_000_000:
            return text.clock(nanoseconds, self.zone, 0)
        return text.date_and_clock(nanoseconds, self.zone, 0)[2:10]


def cell(
    sender: Sender, name: str, moment: Moment, shown: int = 0, short: Mapping[str, str] = _NONE
) -> str:
    """Return what stands in one column; not of the key.

    `short` holds a word for each label, the most severe first.
    """
    if name in ("first", "last"):
        return moment.clock(getattr(sender, name))
    if name == "messages":
        return _short(sender.messages)
    if name == "shown":
        return _short(shown)
    if name == "rate":
        rate = sender.rate(moment.now)
        return text.rate(rate) if rate >= 0.001 else ""
    if name == "peak":
        return f"{text.short_count(sender.peak)}/s" if sender.peak else ""
    if name in ("user", "number", "password", "source"):
        return _counted(*sender.count(name))
    if name == "labels":
        return " ".join(text.safe(short.get(each, each)) for each in _severe_first(sender, short))
    if name in ("method", "tool", "prefix"):
        return listed(sender, name, " ")
    if name == "as":
        return text.safe(sender.as_name or (f"AS{sender.asn}" if sender.asn else ""))
    if name == "retransmission":
        return _habit(sender)
    if name == "country":
        return text.safe(sender.country)[:4]
    return text.safe(str(getattr(sender, name)))


def _habit(sender: Sender) -> str:
    return text.safe(sender.retransmission).replace("repeats ", "every ")


def listed(sender: Sender, kind: str, between: str = ", ", most: int = 12) -> str:
    """Return the values of a kind, safe; an ellipsis says that there are more."""
    values = sender.get(kind)
    _, more = sender.count(kind)
    words = between.join(text.safe(each) for each in values[:most])
    return words + (f"{between}{text.ELLIPSIS}" if more or len(values) > most else "")


def _severe_first(sender: Sender, short: Mapping[str, str]) -> list[str]:
    order = {name: place for place, name in enumerate(short)}
    return sorted(sender.labels, key=lambda name: order.get(name, len(order)))


def _counted(number: int, more: bool) -> str:
    return f"{text.count(number)}{'+' if more else ''}" if number else ""


def _short(number: int) -> str:
    words = text.count(number)
    return words if len(words) <= 7 else text.short_count(number)


def details(
    sender: Sender, group: Group, words: Words, short: Mapping[str, str] = _NONE
) -> Sequence[tuple[str, str]]:
    """Return what there is to say of one sender, each with a title; empty texts are left out.

    `short` holds the labels, the most severe first.
    """
    numbers = ", ".join(words("number", each) for each in sender.numbers[:12])
    tried = ", ".join(words("user", each) for each in sender.passwords[:12])
    agents = ", ".join(words("ua", each) for each in sender.get("ua")[:6])
    system = words("as_name", sender.as_name) if sender.as_name else ""
    place = " ".join(
        each
        for each in (
            words("country", sender.country) if sender.country else "",
            f"AS{sender.asn}" if sender.asn else "",
            system,
        )
        if each
    )
    found = [
        ("labels", ", ".join(map(text.safe, _severe_first(sender, short)))),
        ("tools", listed(sender, "tool")),
        ("answered", text.safe(sender.reaction)),
        ("numbers", numbers if group.name != "number" else ""),
        ("prefixes", listed(sender, "prefix")),
        ("passwords", tried),
        ("tries", ", ".join(words("user", each) for each in sender.credentials[:12])),
        ("agents", agents),
        ("place", place),
        ("repeats", _habit(sender)),
        ("methods", listed(sender, "method")),
        ("shapes", listed(sender, "shape", most=3) if group.name != "shape" else ""),
    ]
    return [(title, value) for title, value in found if value]
