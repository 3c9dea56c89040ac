"""Where in a message's bytes stands what shapes and signatures look at?

This reading is for how a message is written: names and spacing as on the wire. What it means is
read elsewhere. Any bytes give a reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

LINES: Final = 128
"""Header lines that are told apart."""
HEAD: Final = 16_384
"""Bytes in which the head is looked for."""
SDP_LINES: Final = 64
"""Lines of a session description that are told apart."""
COMPACT: Final = {
    b"v": b"via", b"f": b"from", b"t": b"to", b"i": b"call-id", b"m": b"contact",
    b"l": b"content-length", b"c": b"content-type", b"k": b"supported", b"s": b"subject",
    b"e": b"content-encoding", b"o": b"event", b"u": b"allow-events", b"r": b"refer-to",
    b"b": b"referred-by", b"x": b"session-expires",
}  # fmt: skip
"""Header field names by compact form (RFC 3261 section 7.3.3 and later ones)."""
_LINE = re.compile(rb"[^\n]*\n?")
_TAG = re.compile(rb";[ \t]*tag=([^;,\s]*)", re.IGNORECASE)
_BRANCH = re.compile(rb";[ \t]*branch=([^;,\s]*)", re.IGNORECASE)


class Line(NamedTuple):
    """Hold one header field as on the wire."""

    name: bytes
    """Before the colon, white space included; the whole line if it has none."""
    value: bytes
    """Behind the colon, white space and folds included."""
    start: int
    at: int
    """Where `value` begins."""
    key: bytes
    """The name in lower case and long form."""


class Span(NamedTuple):
    """Hold a part of a message and where it begins."""

    value: bytes
    start: int


class Wire:
    """Hold a message divided as it is written."""

    __slots__ = (
        "_first", "_parts", "begin", "body", "data", "ended", "eol", "lines", "names", "start_line",
    )  # fmt: skip

    def __init__(self, data: bytes) -> None:
        """Divide `data` into start line, header lines and body."""
        self.data = data
        begin = 0
        while begin < len(data) and data[begin] in b"\r\n":
            begin += 1
        self.begin = begin
        """Where the start line begins."""
        self.lines: list[Line] = []
        self.start_line = Span(b"", begin)
        self.ended = False
        """Whether an empty line ends the head."""
        self.body = len(data)
        """Where the body begins."""
        crlf = lf = 0
        at = begin
        stop = min(len(data), begin + HEAD)
        while at < stop and len(self.lines) < LINES:
            end = data.find(b"\n", at, stop)
            if end < 0:
                self._line(at, data[at:stop])
                break
            content = end
            if end > at and data[end - 1] == 13:
                content -= 1
                crlf += 1
            else:
                lf += 1
            if content == at and at > begin:
                self.ended = True
                self.body = end + 1
                break
            self._line(at, data[at:content])
            at = end + 1
        self.eol = "m" if crlf and lf else "l" if lf else "c"
        """``c`` for CRLF, ``l`` for bare line feeds, ``m`` for both."""
        self.names = tuple([each.name for each in self.lines])
        """The names as on the wire."""
        self._parts: dict[str, Span | None] = {}
        self._first: dict[bytes, Line] = {}
        for line in self.lines:
            self._first.setdefault(line.key, line)

    def _line(self, at: int, text: bytes) -> None:
        if at == self.begin:
            self.start_line = Span(text, at)
            return
        if text[:1] in (b" ", b"\t") and self.lines:
            last = self.lines[-1]
            value = self.data[last.at : at + len(text)]
            self.lines[-1] = last._replace(value=value)
            return
        name, colon, value = text.partition(b":")
        key = name.strip().lower()
        start = at + len(name) + len(colon)
        self.lines.append(Line(name, value, at, start, COMPACT.get(key, key)))

    def header(self, key: bytes) -> Line | None:
        """Return the first header line of this name (lower case, long form)."""
        return self._first.get(key)

    def part(self, name: str) -> Span | None:
        """Return what signatures call `name`, or None if the message has none.

        ``data`` and ``start-line``; ``uri``; ``branch``; ``from-tag``, ``to-tag``; ``sdp.o`` and so
        on, the first such line of a session description; ``raw:NAME``, a header field's value with
        the white space before it; and any header field by its name.
        """
        if name not in self._parts:
            self._parts[name] = self._part(name)
        return self._parts[name]

    def _part(self, name: str) -> Span | None:
        if name in _PARTS:
            return _PARTS[name](self)
        if name.startswith("sdp."):
            letter = name[4:].encode()
            return next((line for kind, line in self.sdp() if kind == letter), None)
        raw = name.startswith("raw:")
        line = self._first.get(name[4 * raw :].encode().lower())
        if line is None:
            return None
        return Span(line.value, line.at) if raw else _stripped(line)

    def sdp(self) -> Iterator[tuple[bytes, Span]]:
        """Yield type and value of the lines of a session description, if there is one.

        A line that has no type has an empty one.
        """
        typed = self._first.get(b"content-type")
        if typed is None or b"sdp" not in typed.value.lower():
            return
        for count, found in enumerate(_LINE.finditer(self.data, self.body)):
            text = found[0].rstrip(b"\r\n")
            if count >= SDP_LINES or found.start() == len(self.data):
                return
            kind, equals, value = text.partition(b"=")
            if not equals:
                kind, value = b"", text
            yield kind, Span(value, found.start() + len(kind) + len(equals))


def _stripped(line: Line) -> Span:
    value = line.value.lstrip()
    return Span(value.rstrip(), line.at + len(line.value) - len(value))


def _uri(wire: Wire) -> Span | None:
    method, space, rest = wire.start_line.value.partition(b" ")
    if not space or method.upper().startswith(b"SIP/"):
        return None
    uri, space, _ = rest.rpartition(b" ")
    return Span(uri, wire.begin + len(method) + 1) if space else None


def _within(wire: Wire, key: bytes, pattern: re.Pattern[bytes]) -> Span | None:
    line = wire.header(key)
    if line is None:
        return None
    found = pattern.search(line.value, max(0, line.value.rfind(b">")))
    return Span(found[1], line.at + found.start(1)) if found else None


_PARTS: dict[str, Callable[[Wire], Span | None]] = {
    "data": lambda wire: Span(wire.data, 0),
    "start-line": lambda wire: wire.start_line,
    "uri": _uri,
    "branch": lambda wire: _within(wire, b"via", _BRANCH),
    "from-tag": lambda wire: _within(wire, b"from", _TAG),
    "to-tag": lambda wire: _within(wire, b"to", _TAG),
}
