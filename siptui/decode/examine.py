"""What is wrong with a message, all of it read with care?"""

from __future__ import annotations

from typing import NamedTuple

from siptui.decode import bodies, startline
from siptui.decode.fields import REPEATED, REQUIRED, canonical
from siptui.decode.grammar import CONTROL, NOT_TOKEN, Found, Range
from siptui.decode.head import Head, Line, split
from siptui.decode.startline import StartLine
from siptui.decode.uri import read_parameters
from siptui.decode.usual import usual_branch
from siptui.decode.values import (
    COOKIE,
    LONGEST,
    first_value,
    has_tag,
    judge,
    read_cseq,
    read_length,
)

MOST_HEADERS = 64
LONGEST_MESSAGE = 16384

FEW_SPACED = 2
"""How many fields with white space before the colon are remarkable; more are a way to write."""

_EXPLAINED = frozenset(
    (
        "no-blank-line",
        "content-length-too-big",
        "multipart-not-closed",
        "boundary-missing",
        "bad-sdp",
        "partial",
    )
)
"""What is not held against a message whose end was lost on the way."""


class Examined(NamedTuple):
    """Hold what a careful reading found."""

    head: Head
    first: StartLine
    names: tuple[str, ...]
    """The canonical names of `head.lines`; empty for a line without a colon."""
    body: Range
    rest: Range
    """What is left over behind the body."""
    findings: tuple[Found, ...]
    """In order of appearance."""

    def value(self, data: bytes, name: str) -> tuple[int, bytes] | None:
        """Return where the first value of a field begins behind its colon, and the value."""
        if name not in self.names:
            return None
        line = self.head.lines[self.names.index(name)]
        return line.colon + 1, data[line.colon + 1 : line.value_stop]


def examine(data: bytes, truncated: bool = False) -> Examined:
    """Read a message; `truncated` says that its end was lost on the way."""
    head = split(data)
    found = list(head.findings)
    begin, stop = head.start_line
    first = startline.read(data[begin:stop], head.ended)
    found.extend(_moved(first.findings, begin))
    names = tuple(_field(data, line, found) for line in head.lines)
    _white_space(head, found)
    _fields(data, head, names, found)
    if len(head.lines) > MOST_HEADERS:
        found.append(Found(head.lines[MOST_HEADERS].start, head.blank[0], "too-many-headers"))
    if len(data) > LONGEST_MESSAGE:
        found.append(Found(LONGEST_MESSAGE, len(data), "overlong-message"))
    examined = Examined(head, first, names, (0, 0), (0, 0), ())
    _agreement(data, examined, found)
    body, rest = _body(data, examined, found)
    if truncated:
        cut = head.blank[0] == head.blank[1]
        found = [each for each in found if not _is_explained(each, cut)]
        found.append(Found(len(data), len(data), "truncated"))
    ordered = tuple(sorted(dict.fromkeys(found)))
    return examined._replace(body=body, rest=rest, findings=ordered)


def _is_explained(found: Found, cut: bool) -> bool:
    if found.name in _EXPLAINED:
        return True
    return cut and found.name in _MISSING.values()


_MISSING = {name: f"no-{name.lower()}" for name in REQUIRED}


def _moved(found: list[Found] | tuple[Found, ...], by: int) -> list[Found]:
    return [Found(start + by, stop + by, name) for start, stop, name in found]


def _field(data: bytes, line: Line, found: list[Found]) -> str:
    """Judge one header field; return its canonical name."""
    if line.colon < 0:
        if data[line.start] not in b" \t" and line.value_stop > line.start:
            found.append(Found(line.start, line.value_stop, "no-colon"))
        judged = judge("", data[line.start : line.value_stop])
        found.extend(_moved(judged, line.start))
        return ""
    name = data[line.start : line.name_stop]
    problem = name_problem(name)
    if problem:
        found.append(Found(line.start, line.name_stop, problem))
    if len(name) > LONGEST:
        found.append(Found(line.start, line.value_stop, "overlong-line"))
    known = canonical(name)
    value = data[line.colon + 1 : line.value_stop]
    found.extend(_moved(judge(known, value), line.colon + 1))
    return known


def name_problem(name: bytes) -> str:
    """Return the name of what is wrong with a header field's name, or nothing."""
    if not name:
        return "no-name"
    if CONTROL.search(name):
        return "control-in-name"
    return "bad-name" if NOT_TOKEN.search(name) else ""


def _white_space(head: Head, found: list[Found]) -> None:
    """Note white space before a colon where it stands out.

    The grammar allows it (HCOLON), so in a message that writes it throughout it says nothing.
    """
    spaced = [line for line in head.lines if line.name_stop < line.colon]
    if len(spaced) <= FEW_SPACED:
        found.extend(Found(line.name_stop, line.colon, "space-before-colon") for line in spaced)


def _fields(data: bytes, head: Head, names: tuple[str, ...], found: list[Found]) -> None:
    """Find fields that are missing, and those that appear too often."""
    for name, problem in _MISSING.items():
        if name not in names:
            found.append(Found(*head.blank, problem))
    seen: set[str] = set()
    for line, name in zip(head.lines, names, strict=True):
        if name in seen and name in REPEATED:
            found.append(Found(line.start, line.value_stop, REPEATED[name]))
        seen.add(name)


def _agreement(data: bytes, examined: Examined, found: list[Found]) -> None:
    """Compare the start line with CSeq, and From with Via."""
    cseq = examined.value(data, "CSeq")
    if cseq and not examined.first.is_response:
        _, method = read_cseq(cseq[1])
        if method and method != examined.first.method:
            start = cseq[0] + cseq[1].rstrip(b" \t\r\n").rfind(method)
            found.append(Found(start, start + len(method), "cseq-mismatch"))
    sender = examined.value(data, "From")
    via = examined.value(data, "Via")
    if sender and via and knows_3261(via[1]) and not has_tag(sender[1][:LONGEST]):
        found.append(Found(sender[0], sender[0] + len(sender[1]), "no-from-tag"))


def knows_3261(via: bytes) -> bool:
    """Tell whether the first branch of a Via value begins with the cookie of RFC 3261."""
    branch = usual_branch(via)
    if branch is not None:
        return branch.startswith(COOKIE)
    start, stop = first_value(via[:LONGEST])
    semicolon = via.find(b";", start, stop)
    if semicolon < 0:
        return False
    for each in read_parameters(via, semicolon, stop, []):
        if each.key == "branch":
            return each.value[:7] == COOKIE
    return False


def _body(data: bytes, examined: Examined, found: list[Found]) -> tuple[Range, Range]:
    """Find where the body ends; return its range and that of what is left over."""
    start, stop = examined.head.blank[1], len(data)
    length = examined.value(data, "Content-Length")
    rest = (stop, stop)
    counted = (
        read_length(length[1]) if length and examined.names.count("Content-Length") == 1 else None
    )
    if length and counted is not None and counted > stop - start:
        where = length[0], length[0] + len(length[1])
        found.append(Found(*where, "content-length-too-big"))
    elif counted is not None and 0 <= counted < stop - start:
        stop = start + counted
        rest = (stop, len(data))
        only = not data[stop:].strip(b"\r\n")
        found.append(Found(*rest, "line-ends-after-body" if only else "content-length-too-small"))
    kind = examined.value(data, "Content-Type")
    if kind:
        found.extend(bodies.findings(data, start, stop, kind[1]))
    elif data[start:stop].strip(b"\r\n"):
        found.append(Found(start, stop, "no-content-type"))
    return (start, stop), rest
