"""Where in a message do its start line, its header fields and its body stand?"""

from __future__ import annotations

from typing import NamedTuple

from siptui.decode.grammar import Found, Range

LINES = 256
"""Header lines that are told apart, since time is bounded; what follows them is one line more."""


class Line(NamedTuple):
    """Hold where one header field stands, with the lines that continue it."""

    start: int
    name_stop: int
    """Where the name ends, before white space and colon."""
    colon: int
    """-1 if the line has none."""
    value_stop: int
    """Where the last line ends, before its line end."""
    stop: int


class Head(NamedTuple):
    """Hold the parts of a head; together with the body they cover the message."""

    begin: int
    """Where the start line begins, behind leading line ends."""
    start_line: Range
    """Without its line end."""
    ended: bool
    """Whether the start line has a line end."""
    lines: tuple[Line, ...]
    blank: Range
    """The empty line that ends the head; an empty range at its end if it is missing."""
    findings: tuple[Found, ...]


def leading(data: bytes | bytearray, start: int = 0) -> int:
    """Return where the line ends that stand at `start` end."""
    stop = len(data)
    while start < stop and (data[start] == 13 or data[start] == 10):
        start += 1
    return start


def split(data: bytes) -> Head:
    """Divide a message into its start line, header lines and the rest."""
    found: list[Found] = []
    begin = leading(data)
    if begin:
        found.append(Found(0, begin, "leading-crlf"))
    cr_only = data.find(b"\n", begin) < 0 <= data.find(b"\r", begin, len(data) - 1)
    lines: list[list[int]] = []
    noted: dict[str, Found] = {}
    at = begin
    start_line = (begin, len(data))
    ended = False
    blank = (len(data), len(data))
    first = True
    while at < len(data):
        content, following = _line(data, at, cr_only, noted)
        if first:
            start_line, ended, first = (at, content), following > content, False
        elif content == at:
            blank = (at, following)
            break
        elif data[at] in b" \t":
            _fold(data, at, content, following, lines, noted)
        elif len(lines) >= LINES:
            blank = _far_blank(data, at)
            lines.append([at, at, -1, blank[0], blank[0]])
            break
        else:
            colon = data.find(b":", at, content)
            name_stop = at if colon < 0 else colon
            while name_stop > at and data[name_stop - 1] in b" \t":
                name_stop -= 1
            lines.append([at, name_stop, colon, content, following])
        at = following
    if blank[0] == blank[1]:
        found.append(Found(blank[0], blank[0], "no-blank-line"))
    found.extend(noted.values())
    return Head(begin, start_line, ended, tuple(Line(*each) for each in lines), blank, tuple(found))


def _line(data: bytes, at: int, cr_only: bool, noted: dict[str, Found]) -> Range:
    """Return where the line at `at` ends without and with its line end."""
    end = data.find(b"\r" if cr_only else b"\n", at)
    content, following = (len(data), len(data)) if end < 0 else (end, end + 1)
    if cr_only and end >= 0:
        noted.setdefault("cr-only", Found(end, end + 1, "cr-only"))
        return content, following
    while content > at and data[content - 1] == 13:
        content -= 1
    if end >= 0 and content == end:
        noted.setdefault("lf-only", Found(end, end + 1, "lf-only"))
    bare = data.find(b"\r", at, end - 1 if end >= 0 else content)
    if bare >= 0:
        noted.setdefault("bare-cr", Found(bare, bare + 1, "bare-cr"))
    return content, following


def _fold(
    data: bytes,
    at: int,
    content: int,
    following: int,
    lines: list[list[int]],
    noted: dict[str, Found],
) -> None:
    if not lines:
        noted.setdefault("stray-fold", Found(at, content, "stray-fold"))
        lines.append([at, at, -1, content, following])
        return
    if not data[at:content].strip(b" \t"):
        noted.setdefault("blank-fold", Found(at, content, "blank-fold"))
    lines[-1][3:] = content, following


def _far_blank(data: bytes, at: int) -> Range:
    """Return where the next empty line stands."""
    ends = [
        (place + 1, place + len(mark))
        for mark in (b"\n\r\n", b"\n\n")
        if (place := data.find(mark, at)) >= 0
    ]
    return min(ends, default=(len(data), len(data)))
