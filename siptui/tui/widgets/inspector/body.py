"""What stands behind the head: a session description, several parts, or something else?"""

from __future__ import annotations

from collections.abc import Iterator

from siptui import text
from siptui.record import decode
from siptui.tui.paint import Part
from siptui.tui.widgets.inspector.facts import quoted
from siptui.tui.widgets.inspector.items import Item, rule

LINES = 2000
"""Lines of a body that are shown decoded; the dump shows them all."""

DEPTH = 4
"""How deep parts may lie in parts."""

_MEANINGS = {
    "o": "origin",
    "c": "connection",
    "m": "media",
    "b": "bandwidth",
    "t": "time",
    "k": "key",
}
"""What the types of SDP lines stand for that are worth a word (RFC 8866 section 5)."""


def body_items(
    data: bytes, start: int, stop: int, content_type: str, depth: int = 0
) -> Iterator[Item]:
    """Yield the lines of a body between two offsets of `data`, by its media type."""
    if start >= stop:
        return
    media, _, parameters = content_type.partition(";")
    media = media.strip().lower()
    boundary = _boundary(parameters)
    if media.startswith("multipart/") and boundary and depth < DEPTH:
        yield from _parts(data, start, stop, boundary, depth)
        return
    size = text.plural(stop - start, "byte")
    if media == "application/sdp" or (not media and data[start:stop].startswith(b"v=0")):
        yield rule(f"session description, {size}")
        yield from _lines(data, start, stop, sdp=True)
    else:
        yield rule(f"{text.safe(media) or 'body'}, {size}")
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


def _lines(data: bytes, start: int, stop: int, sdp: bool = False) -> Iterator[Item]:
    at = start
    for number in range(LINES):
        if at >= stop:
            return
        end = data.find(b"\n", at, stop)
        end = stop if end < 0 else end + 1
        line = data[at:end].rstrip(b"\r\n")
        yield _line(line, (at, end), sdp, number)
        at = end
    if at < stop:
        words = f"{text.plural(stop - at, 'byte')} more; the dump shows them"
        yield Item("note", ((words, "dim"),), (at, stop), name="more")


def _line(line: bytes, where: tuple[int, int], sdp: bool, number: int) -> Item:
    shown = text.safe(decode(line))
    term = quoted(decode(line))
    if sdp and line[1:2] == b"=":
        kind = text.safe(line[:1])
        parts: tuple[Part, ...] = ((f"{kind}=", "answer"), (text.safe(decode(line[2:])), "text"))
        if kind in _MEANINGS:
            parts += ((f"  {_MEANINGS[kind]}", "dim"),)
        return Item("body", parts, where, term, shown[2:], indent=2, name=f"sdp {kind} {number}")
    return Item("body", ((shown, "text"),), where, term, shown, indent=2, name=f"body {number}")


def _boundary(parameters: str) -> bytes:
    for each in parameters.split(";"):
        name, _, value = each.partition("=")
        if name.strip().lower() == "boundary":
            return value.strip().strip('"').encode("utf-8", "surrogateescape")
    return b""


def _parts(data: bytes, start: int, stop: int, boundary: bytes, depth: int) -> Iterator[Item]:
    """Yield the parts of a multipart body (RFC 2046 section 5.1)."""
    fence = b"--" + boundary
    at = data.find(fence, start, stop)
    number = 0
    if at < 0:
        yield rule("multipart without its boundary")
        yield from _lines(data, start, stop)
        return
    while at >= 0 and data[at + len(fence) : at + len(fence) + 2] != b"--" and number < 50:
        number += 1
        begin = data.find(b"\n", at, stop) + 1 or stop
        following = data.find(b"\n" + fence, begin - 1, stop)
        end = following + 1 if following >= 0 else stop
        yield rule(f"part {number}")
        content_type = ""
        while begin < end:
            line_end = data.find(b"\n", begin, end) + 1 or end
            line = data[begin:line_end].strip(b"\r\n")
            if not line:
                begin = line_end
                break
            name, colon, value = line.partition(b":")
            if name.strip().lower() == b"content-type":
                content_type = decode(value.strip())
            parts = (
                (text.safe(decode(name)) + ("" if not colon else ":"), "answer"),
                (text.safe(decode(value)), "text"),
            )
            yield Item("field", parts, (begin, line_end), "", text.safe(decode(value)).strip(),
                       indent=2, name=f"part {number} {text.safe(name)}")  # fmt: skip
            begin = line_end
        body_end = end
        for ending in (b"\n", b"\r"):
            if following >= 0 and data[body_end - 1 : body_end] == ending and body_end > begin:
                body_end -= 1
        yield from body_items(data, begin, body_end, content_type, depth + 1)
        at = following + 1 if following >= 0 else -1
