"""What does a message say, and which of its bytes say it?

Reading is total: any bytes give a `Message`. Its findings have the names that `Record.defects` of
the same bytes has, in the same order.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from siptui.decode import bodies, sdp
from siptui.decode.defects import DEFECTS
from siptui.decode.elements import Element, innermost, tree
from siptui.decode.examine import Examined, examine
from siptui.decode.grammar import Range, strip
from siptui.decode.head import Line
from siptui.decode.startline import StartLine
from siptui.decode.uri import Uri, read_uri
from siptui.record import decode

__all__ = ["Element", "Finding", "Header", "Message", "read"]


class Finding(NamedTuple):
    """Hold one thing that is wrong with a message."""

    name: str
    """A key of `DEFECTS`."""
    start: int
    stop: int
    """Its bytes in the message; equal to `start` where something is missing."""
    text: str
    """One sentence that says what it is."""


class Header(NamedTuple):
    """Hold one header field with the lines that continue it."""

    name: str
    """As it was written."""
    canonical: str
    """As its RFC writes it, also for a compact form; empty for a line without a colon."""
    value: str
    """Without white space around it, folds as one space; not safe for a terminal."""
    raw: bytes
    """The value as it came, without white space around it."""
    start: int
    name_stop: int
    """Where the name ends, before white space and colon."""
    value_start: int
    value_stop: int
    stop: int
    """Behind the line end."""


class Message:
    """Hold a message that was read."""

    def __init__(self, data: bytes, examined: Examined) -> None:
        head = examined.head
        self.data = data
        self.begin = head.begin
        """Where the start line begins, behind leading line ends."""
        self.start_line: Range = head.start_line
        """Without its line end."""
        self.first: StartLine = examined.first
        """The start line's parts; their ranges count from `begin`."""
        self.headers: tuple[Header, ...] = tuple(
            _header(data, line, name) for line, name in zip(head.lines, examined.names, strict=True)
        )
        self.blank: Range = head.blank
        """The empty line behind the head; an empty range if there is none."""
        self.body: Range = examined.body
        """The body as far as Content-Length counts it and it is there."""
        self.rest: Range = examined.rest
        """What is left over behind the body."""
        self.findings: tuple[Finding, ...] = tuple(
            Finding(name, start, stop, DEFECTS[name].text)
            for start, stop, name in examined.findings
        )

    @property
    def method(self) -> str:
        """The method of a request; empty for a response."""
        return decode(self.first.method)

    @property
    def status(self) -> int:
        """The status code of a response; 0 for a request."""
        return self.first.status

    @cached_property
    def uri(self) -> Uri | None:
        """The request-URI, its ranges counted from the beginning of the message."""
        if self.first.uri is None:
            return None
        return read_uri(
            self.data, self.begin + self.first.uri.start, self.begin + self.first.uri.stop
        )

    @property
    def defects(self) -> tuple[str, ...]:
        """The names of the findings, each once, in order of appearance."""
        return tuple(dict.fromkeys(each.name for each in self.findings))

    def all(self, canonical: str) -> tuple[Header, ...]:
        """Return the header fields of this canonical name, in order."""
        return tuple(each for each in self.headers if each.canonical == canonical)

    def get(self, canonical: str) -> Header | None:
        """Return the first header field of this canonical name."""
        return next((each for each in self.headers if each.canonical == canonical), None)

    @property
    def content_type(self) -> bytes:
        """The value of Content-Type; empty if there is none."""
        header = self.get("Content-Type")
        return header.raw if header else b""

    @cached_property
    def part(self) -> bodies.Part:
        """The body with its parts."""
        return bodies.read(self.data, *self.body, self.content_type)

    @cached_property
    def session(self) -> sdp.Description | None:
        """The first session description among the body and its parts."""
        return _session(self.data, self.part)

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """Everything that has a name and a place: start line, header fields, body."""
        return tree(self)

    def at(self, offset: int) -> Element | None:
        """Return the innermost element that holds the byte at `offset`; None for separators."""
        return innermost(self.elements, offset)


def _header(data: bytes, line: Line, canonical: str) -> Header:
    name_stop = line.name_stop if line.colon >= 0 else line.value_stop
    behind = line.colon + 1 if line.colon >= 0 else line.value_stop
    start, stop = strip(data, behind, line.value_stop)
    return Header(
        decode(data[line.start : name_stop]),
        canonical,
        decode(data[start:stop]),
        data[start:stop],
        line.start,
        name_stop,
        start,
        stop,
        line.stop,
    )


def _session(data: bytes, part: bodies.Part) -> sdp.Description | None:
    if part.media_type == "application/sdp":
        return sdp.read(data, *part.content)
    found = (_session(data, inner) for inner in part.parts)
    return next((each for each in found if each), None)


def read(data: bytes, truncated: bool = False) -> Message:
    """Read a message; never raises.

    `truncated` says that its end was lost on the way: what that explains is no finding then, and
    ``truncated`` is one.
    """
    return Message(data, examine(data, truncated))
