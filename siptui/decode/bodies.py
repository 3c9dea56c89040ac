"""Of which parts does a body consist? RFC 2046 section 5.1."""

from __future__ import annotations

from typing import NamedTuple

from siptui.decode import sdp
from siptui.decode.grammar import Found, Range, strip, unquote
from siptui.decode.uri import read_parameters

PARTS = 64
"""Parts that are told apart."""

DEPTH = 4
"""How deep parts may lie in parts."""


class Field(NamedTuple):
    """Hold one header field of a part."""

    name: bytes
    value: bytes
    start: int
    name_stop: int
    value_start: int
    value_stop: int
    stop: int


class Part(NamedTuple):
    """Hold one part of a body, or the only one."""

    media_type: str
    """In lower case without parameters; empty if nothing says it."""
    start: int
    """Where its header fields begin; where its content begins if it is the whole body."""
    content: Range
    stop: int
    fields: tuple[Field, ...] = ()
    parts: tuple[Part, ...] = ()
    """The parts of a multipart content."""


def media_type(value: bytes) -> tuple[str, bytes]:
    """Return type and subtype of a Content-Type value in lower case, and its boundary."""
    semicolon = value.find(b";")
    kind = value if semicolon < 0 else value[:semicolon]
    name = b"/".join(part.strip() for part in kind.split(b"/", 1)).lower()
    boundary = b""
    if semicolon >= 0 and name[:10] == b"multipart/":
        for each in read_parameters(value, semicolon, len(value), []):
            if each.key == "boundary":
                boundary = unquote(each.value)
    return name.decode("utf-8", "backslashreplace"), boundary


def read(data: bytes, start: int, stop: int, content_type: bytes) -> Part:
    """Return the body ``data[start:stop]`` as a part with its parts."""
    return _part(data, start, start, stop, content_type, (), DEPTH)


def _part(
    data: bytes,
    start: int,
    content: int,
    stop: int,
    content_type: bytes,
    fields: tuple[Field, ...],
    depth: int,
) -> Part:
    name, boundary = media_type(content_type)
    parts: tuple[Part, ...] = ()
    if boundary and depth:
        ranges = [(begin, end) for begin, end, _ in _ranges(data, content, stop, boundary)]
        parts = tuple(_inner(data, begin, end, depth - 1) for begin, end in ranges)
    return Part(name, start, (content, stop), stop, fields, parts)


def _inner(data: bytes, start: int, stop: int, depth: int) -> Part:
    fields, content = _fields(data, start, stop)
    kind = next((each.value for each in fields if each.name.lower() == b"content-type"), b"")
    return _part(data, start, content, stop, kind, fields, depth)


def _fields(data: bytes, start: int, stop: int) -> tuple[tuple[Field, ...], int]:
    """Read the header fields of a part; return them and where its content begins."""
    fields: list[Field] = []
    at = start
    while at < stop and len(fields) < PARTS:
        following = data.find(b"\n", at, stop) + 1 or stop
        line = data[at:following].rstrip(b"\r\n")
        if not line:
            return tuple(fields), following
        if fields and line[:1] in (b" ", b"\t"):
            last = fields[-1]
            value = (last.value_start, at + len(line))
            fields[-1] = last._replace(
                value=data[slice(*value)], value_stop=value[1], stop=following
            )
        else:
            colon = data.find(b":", at, at + len(line))
            name_stop = at + len(line) if colon < 0 else colon
            value = strip(data, min(name_stop + 1, at + len(line)), at + len(line))
            fields.append(
                Field(
                    data[at:name_stop].strip(),
                    data[slice(*value)],
                    at,
                    name_stop,
                    *value,
                    following,
                )
            )
        at = following
    return tuple(fields), at


def _ranges(data: bytes, start: int, stop: int, boundary: bytes) -> list[tuple[int, int, bool]]:
    """Return where each part lies between its delimiters, and whether a delimiter ends it."""
    fence = b"--" + boundary
    ranges: list[tuple[int, int, bool]] = []
    at = _fence(data, start, stop, fence, start)
    while at >= 0 and len(ranges) < PARTS:
        behind = at + len(fence)
        if data[behind : behind + 2] == b"--" and behind + 2 <= stop:
            break
        begin = data.find(b"\n", behind, stop) + 1 or stop
        following = _fence(data, begin, stop, fence, start)
        end = stop if following < 0 else following
        if following >= 0:
            end -= data[end - 1 : end] == b"\n"
            end -= data[end - 1 : end] == b"\r"
        ranges.append((begin, max(begin, end), following >= 0))
        at = following
    return ranges


def _fence(data: bytes, at: int, stop: int, fence: bytes, start: int) -> int:
    """Return where the next delimiter stands at the beginning of a line, or -1."""
    while True:
        at = data.find(fence, at, stop)
        if at <= start or data[at - 1] in b"\r\n":
            return at
        at += 1


def findings(data: bytes, start: int, stop: int, content_type: bytes) -> list[Found]:
    """Return what is wrong with the outer structure of a body."""
    name, boundary = media_type(content_type)
    if name == "application/sdp":
        return sdp.findings(data, start, stop)
    if not boundary or start >= stop:
        return []
    if _fence(data, start, stop, b"--" + boundary, start) < 0:
        return [Found(start, stop, "boundary-missing")]
    ranges = _ranges(data, start, stop, boundary)
    if ranges and len(ranges) < PARTS and not ranges[-1][2]:
        return [Found(ranges[-1][0], stop, "multipart-not-closed")]
    return []
