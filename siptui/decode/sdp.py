"""What does a session description say, line by line? RFC 8866."""

from __future__ import annotations

import re
from typing import NamedTuple

from siptui.decode.grammar import Found

ORDINARY = re.compile(rb"v=0\r?\n(?:[a-z]=[^\r\n]*\r?\n)*(?:[a-z]=[^\r\n]*)?(?:\r?\n)*")
"""A description in which no line is wrong."""

LINES = 2000
"""Lines that are read; a description has a few dozen."""


class Line(NamedTuple):
    """Hold one line."""

    type: str
    """The letter before the equals sign; empty if there is none."""
    value: bytes
    start: int
    value_start: int
    value_stop: int
    stop: int
    """Behind its line end."""


class Attribute(NamedTuple):
    """Hold one ``a=`` line (RFC 8866 section 5.13)."""

    name: bytes
    value: bytes
    line: Line


class Media(NamedTuple):
    """Hold one media description (RFC 8866 section 5.14)."""

    kind: bytes
    """``audio``, ``video`` …"""
    port: int
    """0 if it is none."""
    protocol: bytes
    formats: tuple[bytes, ...]
    connection: bytes
    """The address of its own ``c=`` line, else of the session's."""
    attributes: tuple[Attribute, ...]
    line: Line


class Description(NamedTuple):
    """Hold a session description; parts that are missing are empty."""

    lines: tuple[Line, ...]
    origin: tuple[bytes, ...]
    """The fields of ``o=``: user, session, version, net type, address type, address."""
    name: bytes
    connection: bytes
    """The address of the session's ``c=`` line."""
    attributes: tuple[Attribute, ...]
    """Those of the session, before the first media description."""
    media: tuple[Media, ...]
    findings: tuple[Found, ...]


def lines(data: bytes, start: int = 0, stop: int = -1) -> list[Line]:
    """Return the lines of ``data[start:stop]``; CRLF, LF and CR alone end a line."""
    at, end = start, len(data) if stop < 0 else stop
    found: list[Line] = []
    while at < end and len(found) < LINES:
        following = data.find(b"\n", at, end) + 1 or end
        content = following
        while content > at and data[content - 1] in b"\r\n":
            content -= 1
        typed = data[at + 1 : at + 2] == b"=" and content > at
        value = at + 2 if typed else at
        kind = data[at : at + 1].decode("latin-1") if typed else ""
        found.append(Line(kind, data[value:content], at, value, content, following))
        at = following
    return found


def findings(data: bytes, start: int, stop: int) -> list[Found]:
    """Return what is wrong with the description ``data[start:stop]``."""
    if start >= stop or ORDINARY.fullmatch(data, start, stop):
        return []
    read_lines = lines(data, start, stop)
    first = read_lines[0]
    if first.type != "v":
        return [Found(first.start, first.value_stop, "bad-sdp")]
    ended = False
    for line in read_lines:
        blank = line.value_stop == line.start
        if not blank and (ended or not ("a" <= line.type <= "z")):
            return [Found(line.start, line.value_stop, "bad-sdp")]
        ended = ended or blank
    return []


def read(data: bytes, start: int = 0, stop: int = -1) -> Description:
    """Read the session description that is ``data[start:stop]``."""
    stop = len(data) if stop < 0 else stop
    read_lines = lines(data, start, stop)
    origin: tuple[bytes, ...] = ()
    name = connection = b""
    attributes: list[Attribute] = []
    media: list[Media] = []
    session = attributes
    for line in read_lines:
        if line.type == "o" and not origin:
            origin = tuple(line.value.split())
        elif line.type == "s" and not name:
            name = line.value
        elif line.type == "c":
            address = line.value.split()[-1] if line.value.split() else b""
            if media:
                media[-1] = media[-1]._replace(connection=address)
            else:
                connection = address
        elif line.type == "m":
            if media:
                media[-1] = media[-1]._replace(attributes=tuple(attributes))
            attributes = []
            media.append(_media(line, connection))
        elif line.type == "a":
            key, _, value = line.value.partition(b":")
            attributes.append(Attribute(key, value, line))
    if media:
        media[-1] = media[-1]._replace(attributes=tuple(attributes))
    found = tuple(findings(data, start, stop))
    return Description(
        tuple(read_lines), origin, name, connection, tuple(session), tuple(media), found
    )


def _media(line: Line, connection: bytes) -> Media:
    words = line.value.split()
    number = words[1].partition(b"/")[0] if len(words) > 1 else b""
    port = int(number) if number.isdigit() and len(number) < 6 else 0
    protocol = words[2] if len(words) > 2 else b""
    return Media(words[0] if words else b"", port, protocol, tuple(words[3:]), connection, (), line)
