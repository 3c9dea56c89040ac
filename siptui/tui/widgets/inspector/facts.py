"""What is known of a record beyond its own bytes?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from siptui import text
from siptui.filters import exact
from siptui.record import SPANS, Record
from siptui.tui.widgets.inspector.items import Item, fact
from siptui.tui.widgets.inspector.part import NOWHERE, Range


def term(field: str, value: str) -> str:
    """Return the filter term that asks for `value` in `field`; empty for nothing."""
    return exact(field, value) if value else ""


def quoted(words: str) -> str:
    """Return the filter term that looks for `words` in the whole message; empty for nothing."""
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"' if words else ""


def fact_items(record: Record, zone: tzinfo | None = None) -> Iterator[Item]:
    """Yield who, where, when, with what and about what, as far as it is known."""
    yield fact(
        "source",
        text.address(record.src, record.sport or None),
        term("src", record.src),
        value=record.src,
    )
    yield from _place(record)
    target = text.address(record.dst, record.dport or None)
    yield fact("target", f"{target} {record.transport}", term("dst", record.dst), value=record.dst)
    if record.kind != "sip":
        yield fact("kind", record.kind, term("kind", record.kind))
    yield fact("arrived", text.date_and_clock(record.time, zone))
    yield fact("size", _size(record))
    yield from _writer(record)
    yield from _meaning(record)


def _place(record: Record) -> Iterator[Item]:
    if record.country:
        yield fact("country", record.country, term("country", record.country))
    if record.asn or record.as_name:
        number = f"AS{record.asn}" if record.asn else ""
        wanted = f"asn:{record.asn}" if record.asn else term("as_name", record.as_name)
        yield fact("network", f"{number} {record.as_name}".strip(), wanted)


def _size(record: Record) -> str:
    size = text.plural(len(record.data), "byte")
    count = len(record.frames)
    if not count:
        return size
    where = record.frames[0].interface
    cut = any(frame.length > len(frame.data) for frame in record.frames)
    carried = "1 frame" if count == 1 else f"{count:,} frames"
    return f"{size} in {carried}, {where}" + (", cut by the capture" if cut else "")


def _writer(record: Record) -> Iterator[Item]:
    if record.tool:
        yield fact("tool", record.tool, term("tool", record.tool))
    if record.ua_lies:
        words = f"{record.ua or 'the user agent'} contradicts how the message is written"
        yield fact("agent lies", words, "ua-lies", alarm=True)._replace(kind="fact")
    if record.shape:
        yield fact("shape", record.shape, term("shape", record.shape))
    if record.new:
        yield fact("new", f"first of its {', '.join(record.new)}", term("new", record.new[0]))
    if record.ours:
        yield fact("ours", "siptui sent it as an answer", "ours")


def _meaning(record: Record) -> Iterator[Item]:
    if record.labels:
        yield fact("label", ", ".join(record.labels), term("label", record.labels[0]))
    if record.number:
        prefix = f" behind {record.number_prefix}" if record.number_prefix else ""
        country = f" {record.number_country}" if record.number_country else ""
        yield fact(
            "dials",
            f"+{record.number}{country}{prefix}",
            term("number", record.number),
            _span(record, "uri"),
            value=record.number,
        )
    tag = (
        ("aims at", record.tag_target, "tag_target"),
        ("extension", record.tag_extension, "tag_extension"),
        ("tag user", record.tag_user, "tag_user"),
        ("password", record.tag_password, "tag_password"),
    )
    for title, value, field in tag:
        if value:
            yield fact(
                title,
                f"{value}  in the From tag",
                term(field, value),
                _span(record, "from"),
                value=value,
            )

    tried = (
        ("tries as", record.auth_user, "auth_user", "in its credentials"),
        ("realm", record.auth_realm, "auth_realm", "in its credentials"),
        ("password", record.auth_password, "auth_password", "explains its answer to our nonce"),
    )
    for title, value, field, why in tried:
        if value:
            yield fact(title, f"{value}  {why}", term(field, value), value=value)


def _span(record: Record, name: str) -> Range:
    at = 2 * SPANS.index(name)
    start, stop = record.spans[at], record.spans[at + 1]
    return (start, stop) if stop > start else NOWHERE
