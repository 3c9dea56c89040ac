"""Which named part of a message does a byte belong to?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from siptui.decode import bodies, sdp
from siptui.decode.fields import canonical
from siptui.decode.grammar import Range, split
from siptui.decode.host import read_host
from siptui.decode.uri import Parameter, Uri, read_address, read_parameters
from siptui.decode.values import ELEMENTS

if TYPE_CHECKING:
    from siptui.decode.message import Header, Message


LONGEST = 4096
"""Bytes of a value that is read further; a longer one is one element."""


class Element(NamedTuple):
    """Hold one part that has a name, and the parts it consists of."""

    name: str
    """``request-URI``, ``From``, ``tag`` …"""
    start: int
    stop: int
    parts: tuple[Element, ...] = ()


def innermost(elements: Iterable[Element], offset: int) -> Element | None:
    """Return the smallest element that holds the byte at `offset`."""
    for each in elements:
        if each.start <= offset < each.stop:
            return innermost(each.parts, offset) or each
    return None


def tree(message: Message) -> tuple[Element, ...]:
    """Return start line, header fields, body and what is left over, with their parts."""
    elements = [_start_line(message)]
    elements += [_field(message.data, header) for header in message.headers]
    if message.body[0] < message.body[1]:
        elements.append(_body(message))
    if message.rest[0] < message.rest[1]:
        elements.append(Element("left over", *message.rest))
    return tuple(elements)


def _some(parts: Iterable[tuple[str, Range]]) -> tuple[Element, ...]:
    return tuple(Element(name, *where) for name, where in parts if where[0] < where[1])


def _start_line(message: Message) -> Element:
    first, by = message.first, message.begin

    def at(where: Range) -> Range:
        return where[0] + by, where[1] + by

    uri = () if message.uri is None else (_uri("request-URI", message.uri),)
    parts = [
        *_some((("method", at(first.method_range)), ("version", at(first.version_range)))),
        *uri,
        *_some((("status", at(first.status_range)), ("reason", at(first.reason_range)))),
    ]
    parts.sort(key=lambda each: each.start)
    return Element("start line", *message.start_line, tuple(parts))


def _uri(name: str, uri: Uri) -> Element:
    scheme = (uri.start, uri.start + len(uri.scheme))
    parts = [
        *_some(
            (
                ("scheme", scheme),
                ("user", uri.user),
                ("password", uri.password),
                ("host", uri.host),
                ("port", uri.port),
            )
        ),
        *_parameters(uri.parameters),
        *_parameters(uri.headers),
    ]
    return Element(name, uri.start, uri.stop, tuple(parts))


def _parameters(parameters: Iterable[Parameter]) -> list[Element]:
    return [Element(each.key, each.start, each.stop) for each in parameters]


def _field(data: bytes, header: Header) -> Element:
    name = header.canonical or "line"
    reader = _READERS.get(name)
    start, stop = header.value_start, header.value_stop
    parts: list[Element] = []
    if reader and start < stop <= start + LONGEST:
        for begin, end in split(data, start, stop)[:ELEMENTS]:
            parts += reader(data, begin, end)
    return Element(name, header.start, header.stop, tuple(parts))


def _address(data: bytes, start: int, stop: int) -> list[Element]:
    address = read_address(data, start, stop)
    return [
        *_some((("display name", address.display),)),
        _uri("URI", address.uri),
        *_parameters(address.parameters),
    ]


def _via(data: bytes, start: int, stop: int) -> list[Element]:
    semicolon = data.find(b";", start, stop)
    behind = stop if semicolon < 0 else semicolon
    words = data[start:behind].split()
    sender = data.rfind(words[-1], start, behind) if words else start
    host, port = read_host(data, sender, behind, [])
    return [
        *_some((("protocol", (start, sender)), ("host", host), ("port", port))),
        *_parameters(read_parameters(data, behind, stop, [])),
    ]


def _cseq(data: bytes, start: int, stop: int) -> list[Element]:
    digits = start
    while digits < stop and data[digits : digits + 1].isdigit():
        digits += 1
    method = stop - len(data[digits:stop].lstrip())
    return list(_some((("number", (start, digits)), ("method", (method, stop)))))


def _digest(data: bytes, start: int, stop: int) -> list[Element]:
    """Read one parameter of credentials; the first stands behind the scheme."""
    equals = data.find(b"=", start, stop)
    if equals < 0:
        return []
    begin = data.rfind(b" ", start, equals) + 1 or start
    name = data[begin:equals].decode("utf-8", "backslashreplace").lower()
    return [Element(name, begin, stop)]


_Reader = Callable[[bytes, int, int], list[Element]]

_READERS: dict[str, _Reader] = {
    **dict.fromkeys(
        (
            "From",
            "To",
            "Contact",
            "Route",
            "Record-Route",
            "Path",
            "Service-Route",
            "Reply-To",
            "Refer-To",
            "Referred-By",
            "P-Asserted-Identity",
            "P-Preferred-Identity",
            "Remote-Party-ID",
            "Diversion",
        ),
        _address,
    ),
    **dict.fromkeys(
        ("Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate"), _digest
    ),
    "Via": _via,
    "CSeq": _cseq,
}


def _body(message: Message) -> Element:
    return _part("body", message.data, message.part)


def _part(name: str, data: bytes, part: bodies.Part) -> Element:
    parts = [Element(canonical(each.name), each.start, each.stop) for each in part.fields]
    if part.parts:
        parts += [_part(f"part {at}", data, inner) for at, inner in enumerate(part.parts, 1)]
    elif part.media_type == "application/sdp":
        parts += [
            Element(f"SDP {line.type}=" if line.type else "SDP line", line.start, line.stop)
            for line in sdp.lines(data, *part.content)
        ]
    return Element(name, part.start, part.stop, tuple(parts))
