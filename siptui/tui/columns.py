"""Which columns does the stream have at some width, and what stands in their cells?

Columns leave in order of importance as the width shrinks, and what is left over goes to those that
can use it. Every text is made from the record at this moment and has been through `text.safe`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from siptui import text
from siptui.record import FIELD, Record

Cell = tuple[str, str]
"""A safe text and its role."""


@dataclass(frozen=True, slots=True)
class Column:
    """Describe one column."""

    field: str
    """The field of the record it shows, and that a drill-in on it names."""
    title: str
    least: int
    """Cells it needs to be worth its place."""
    good: int
    """Cells it has before less important columns come in."""
    most: int
    """Cells it can use."""
    align: Literal["left", "right"] = "left"


DEFAULT: tuple[Column, ...] = (
    Column("time", "time", 8, 8, 12),
    Column("src", "source", 15, 15, 15),
    Column("method", "message", 10, 10, 10),
    Column("uri", "request-URI", 14, 22, 48),
    Column("country", "cc", 4, 4, 8),
    Column("ua", "user agent", 11, 19, 30),
    Column("labels", "label", 9, 12, 20),
    Column("tool", "tool", 10, 15, 22),
    Column("sport", "port", 5, 5, 5, "right"),
    Column("from", "from", 16, 24, 36),
    Column("len", "len", 5, 5, 5, "right"),
    Column("dst", "target", 15, 15, 15),
    Column("dport", "port", 5, 5, 5, "right"),
    Column("transport", "via", 4, 4, 4),
    Column("number_country", "dials", 5, 5, 5),
    Column("as_name", "as", 14, 18, 26),
)
"""The most important first."""
LIES = "≠"
"""Stands between a user agent and the program that the message is from."""
ESSENTIAL = 7
"""So many of them are shown before any of them gets more than its least."""

_ORDER = (
    "time",
    "src",
    "sport",
    "country",
    "as_name",
    "dst",
    "dport",
    "transport",
    "method",
    "uri",
    "number_country",
    "from",
    "ua",
    "tool",
    "labels",
    "len",
)
"""How the default columns stand, whichever of them fit."""


_WHOLE = ("src", "time", "country")
"""Columns that have either their least or their greatest width."""


def _column(name: str, sources: int) -> Column:
    for column in DEFAULT:
        if column.field == name:
            if name == "src":
                return replace(column, good=max(15, sources), most=max(15, sources))
            return column
    field = FIELD[name]
    width = max(field.width, len(field.title))
    align: Literal["left", "right"] = "right" if field.type == "number" else "left"
    return Column(field.name, field.title, min(width, 10), min(width, 16), width, align)


def choose(width: int, names: Sequence[str] = (), sources: int = 15) -> list[tuple[Column, int]]:
    """Return the columns for `width` cells with theirs, one cell between two of them.

    `names` are fields, most important first, that also stand in this order; without them a
    sensible choice is made. `sources` is the width of the longest address seen.
    """
    wanted = [FIELD[name].name for name in names if name in FIELD]
    candidates = [_column(name, sources) for name in wanted or [each.field for each in DEFAULT]]
    chosen: list[Column] = []
    for column in candidates:
        essential = len(chosen) < ESSENTIAL or wanted
        need = sum((each.least if essential else each.good) + 1 for each in chosen)
        if chosen and need + column.least > width:
            break
        chosen.append(column)
    if not wanted:
        chosen.sort(key=lambda column: _ORDER.index(column.field))
    widths = {column.field: column.least for column in chosen}
    left = width - sum(widths.values()) - len(chosen) + 1
    if left < 0:
        return [(chosen[0], max(1, width))]
    left = _complete(chosen, widths, left // 2, ("src",)) + left - left // 2
    left = _grow(chosen, widths, left, "good")
    left = _complete(chosen, widths, left, _WHOLE)
    _grow(chosen, widths, left, "most")
    return [(column, widths[column.field]) for column in chosen]


def _grow(chosen: Sequence[Column], widths: dict[str, int], left: int, stage: str) -> int:
    """Let the texts that are usually cut grow together; return the cells that are left."""
    while left > 0:
        growing = [
            column
            for column in chosen
            if widths[column.field] < getattr(column, stage) and column.field not in _WHOLE
        ]
        if not growing:
            break
        for column in growing[:left]:
            widths[column.field] += 1
        left -= min(left, len(growing))
    return left


def _complete(
    chosen: Sequence[Column], widths: dict[str, int], left: int, names: Sequence[str]
) -> int:
    """Give columns that are worth nothing in between all they can use, if there is enough."""
    for column in chosen:
        need = column.most - widths[column.field]
        if column.field in names and 0 < need <= left:
            widths[column.field] += need
            left -= need
    return left


def message(record: Record) -> Cell:
    """Return what a record is: method, status code, or the kind of what is no SIP."""
    if record.method:
        return text.safe(record.method), "call" if record.method == "INVITE" else "request"
    if record.status:
        return str(record.status), "refusal" if record.status >= 400 else "answer"
    return text.safe(record.kind), "dim"


def term_field(column: str, record: Record) -> str:
    """Return the field that a value of a column is asked for by."""
    if column == "method" and not record.method:
        return "status" if record.status else "kind"
    return column


def value(record: Record, name: str, short: Mapping[str, str] | None = None) -> str:
    """Return a field of a record as one safe text; empty if it is unknown.

    Of a list, `short` gives the words that stand for its members in rows.
    """
    found = FIELD[name].get(record)
    if isinstance(found, tuple):
        return " ".join(text.safe((short or {}).get(each, each)) for each in found)
    if isinstance(found, bool):
        return "yes" if found else ""
    if isinstance(found, str):
        return text.safe(found)
    return str(found) if found else ""


def cell(
    record: Record, column: Column, width: int, short: Mapping[str, str] | None = None
) -> Cell:
    """Return the text of a cell, cut or filled up to `width`, and its role."""
    name = column.field
    if name == "method":
        words, role = message(record)
        return text.fit(words, width), role
    if name == "uri":
        words, role = _target(record, width)
        return text.fit(words, width), role
    if name == "ua" and record.ua_lies:
        return text.fit(_lie(record, width), width), "alarm"
    words = value(record, name, short)
    if name in ("src", "dst"):
        words = middle(words, width)
    elif name == "country":
        words = words[:width]
    role = _ROLES.get(name, "text") if record.kind == "sip" else "dim"
    return text.fit(words, width, column.align), role


_ROLES = {
    "labels": "warn",
    "sport": "dim",
    "dport": "dim",
    "len": "dim",
    "transport": "dim",
    "country": "value",
    "as_name": "dim",
    "dst": "dim",
    "from": "dim",
}


def _target(record: Record, width: int) -> Cell:
    """Return a request's target, a response's reason, or how other bytes begin."""
    if record.kind != "sip":
        return text.safe(record.data[: width * 2]), "dim"
    if record.status:
        line = record.data.lstrip(b"\r\n")[:200].partition(b"\n")[0].rstrip(b"\r")
        reason = line.split(b" ", 2)[-1] if line.count(b" ") > 1 else b""
        method = record.raw("cseq").rpartition(b" ")[2]
        words = f"{text.safe(reason)} ({text.safe(method)})" if method else text.safe(reason)
        return words, "dim"
    uri = value(record, "uri")
    if width < 24 and uri[:4].lower() == "sip:":
        uri = uri[4:]
    return uri, "text"


def _lie(record: Record, width: int) -> str:
    """Return a user agent that lies, and the program that it is not, as far as that is known."""
    truth = f" {LIES} {text.safe(record.tool.rpartition('/')[2])}".rstrip()
    return text.cut(text.safe(record.ua), max(3, width - text.width(truth))) + truth


def middle(words: str, width: int) -> str:
    """Cut a safe text in its middle: of an IPv6 address both ends tell the most."""
    if len(words) <= width or width < 5 or not words.isascii():
        return words
    tail = (width - 1) // 2
    return words[: width - 1 - tail] + text.ELLIPSIS + words[-tail:]
