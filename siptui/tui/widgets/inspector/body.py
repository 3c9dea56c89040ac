"""What stands behind the head: a session description, several parts, or something else?"""

from __future__ import annotations

from collections.abc import Iterator

from siptui import text
from siptui.decode import sdp
from siptui.decode.bodies import Part as BodyPart
from siptui.record import decode
from siptui.tui.paint import Part
from siptui.tui.widgets.inspector.facts import quoted
from siptui.tui.widgets.inspector.items import Item, rule
from siptui.tui.widgets.inspector.part import Range

LINES = 2000
"""Lines of a body that are shown decoded; the dump shows them all."""

_MEANINGS = {
    "o": "origin",
    "c": "connection",
    "m": "media",
    "b": "bandwidth",
    "t": "time",
    "k": "key",
}
"""What the types of SDP lines stand for that are worth a word (RFC 8866 section 5)."""


def body_items(data: bytes, body: BodyPart, number: str = "") -> Iterator[Item]:
    """Yield the lines of a body, or of a part of one that is called `number`, by its media type."""
    start, stop = body.content
    if number:
        yield rule(f"part {number}")
        for field in body.fields:
            yield _field(data, (field.start, field.stop), field.name_stop, number)
    if body.parts:
        for count, part in enumerate(body.parts, 1):
            yield from body_items(data, part, f"{number}.{count}" if number else str(count))
    elif start < stop:
        yield from _content(data, body.media_type, start, stop)


def _content(data: bytes, media_type: str, start: int, stop: int) -> Iterator[Item]:
    size = text.plural(stop - start, "byte")
    if media_type == "application/sdp" or (not media_type and data.startswith(b"v=0", start)):
        yield rule(f"session description, {size}")
        for number, line in enumerate(sdp.lines(data, start, stop)[:LINES]):
            where = (line.start, line.stop)
            if line.type:
                yield _description(line.type, decode(line.value), where, number)
            else:
                yield _plain(data[line.start : line.stop], where, number)
    else:
        yield rule(f"{text.safe(media_type) or 'body'}, {size}")
        yield from _lines(data, start, stop)


def rest_items(data: bytes, start: int, stop: int) -> Iterator[Item]:
    """Yield what is left over behind the body."""
    if start < stop:
        yield rule(f"left over, {text.plural(stop - start, 'byte')}")
        yield from _lines(data, start, stop)


def other_items(data: bytes) -> Iterator[Item]:
    """Yield the lines of something that is no SIP, if it is text at all."""
    printable = sum(byte in b"\t\r\n" or 0x20 <= byte < 0x7F for byte in data)
    if not data:
        yield Item("note", (("an empty datagram", "dim"),), name="note")
    elif not data.strip(b"\r\n\0"):
        words = f"nothing but {text.plural(len(data), 'line end or NUL', 'line ends or NULs')}"
        yield Item("note", ((words, "dim"),), (0, len(data)), name="note")
    elif printable < len(data) * 0.85:
        words = f"{text.plural(len(data), 'byte')} that are no text; the dump shows them"
        yield Item("note", ((words, "dim"),), (0, len(data)), name="note")
    else:
        yield from _lines(data, 0, len(data))


def _lines(data: bytes, start: int, stop: int) -> Iterator[Item]:
    at = start
    for number in range(LINES):
        if at >= stop:
            return
        end = data.find(b"\n", at, stop)
        end = stop if end < 0 else end + 1
        yield _plain(data[at:end], (at, end), number)
        at = end
    if at < stop:
        words = f"{text.plural(stop - at, 'byte')} more; the dump shows them"
        yield Item("note", ((words, "dim"),), (at, stop), name="more")


def _plain(line: bytes, where: Range, number: int) -> Item:
    words = decode(line.rstrip(b"\r\n"))
    shown = text.safe(words)
    return Item(
        "body", ((shown, "text"),), where, quoted(words), shown, indent=2, name=f"body {number}"
    )


def _description(kind: str, value: str, where: Range, number: int) -> Item:
    shown = text.safe(value)
    parts: tuple[Part, ...] = ((f"{text.safe(kind)}=", "answer"), (shown, "text"))
    if kind in _MEANINGS:
        parts += ((f"  {_MEANINGS[kind]}", "dim"),)
    wanted = quoted(f"{kind}={value}")
    return Item("body", parts, where, wanted, shown, indent=2, name=f"sdp {kind} {number}")


def _field(data: bytes, where: Range, name_stop: int, number: str) -> Item:
    name = text.safe(decode(data[where[0] : name_stop]))
    value = text.safe(decode(data[name_stop : where[1]].rstrip(b"\r\n")))
    parts = ((name, "answer"), (value, "text"))
    shown = value.lstrip(": ")
    return Item("field", parts, where, "", shown, indent=2, name=f"part {number} {name.lower()}")
