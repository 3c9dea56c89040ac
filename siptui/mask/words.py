"""Which bytes of a message name an address or a user?

The rules look at bytes, not at a decoded message, so that they hold for broken messages too, and
each takes time in proportion to the message. They err towards hiding.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator

Span = tuple[int, int]

_KEPT_IN_ADDRESS = b".:-_%[]"
_KEPT_IN_NAME = b" \t\r\n,;:="
ADDRESS = bytes(code if code in _KEPT_IN_ADDRESS else 0x78 for code in range(256))
"""Fills an address: its separators stay, for they tell nothing and show that it is one."""
NAME = bytes(code if code in _KEPT_IN_NAME else 0x78 for code in range(256))
"""Fills a name or a user: white space and what structures a header field stays."""

_IPV4 = re.compile(rb"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
"""Also within a word: branches and Call-IDs end in addresses, with digits right before them."""
_IPV4_IN_NAME = re.compile(
    rb"(?<![0-9])[0-9]{1,3}([_-])[0-9]{1,3}\1[0-9]{1,3}\1[0-9]{1,3}(?![0-9])"
)
"""As names of hosts made of addresses have them."""
_TWO_COLONS = re.compile(rb":[0-9A-Fa-f]{0,4}:")
_IPV6 = re.compile(rb"[0-9A-Fa-f:]{2,45}(?:\.[0-9]{1,3}){0,3}")
_IPV6_BYTES = frozenset(b"0123456789abcdefABCDEF:")
_NETWORK = re.compile(rb"IN[ \t]+IP[46][ \t]+([^\s/]+)")

_KEY = re.compile(rb"(?<![A-Za-z0-9*-])([A-Za-z][A-Za-z0-9*-]*+)[ \t]*+[:=]")
"""A word and the sign that gives it a value: schemes, parameters, header fields, SDP lines."""
_NO_USER = re.compile(rb"[<>\"\r\n]")
_MORE_USER = re.compile(rb"[^<>\"\s@,;:]*@")
_NUMBER_AS_HOST = re.compile(rb"(\+?[0-9*#]{2,32})(?=[\s;>?:\"]|$)")
_TEL = re.compile(rb"([^\s;>?\",@]+)")
_CREDENTIAL = re.compile(rb"[ \t]*(?:\"((?:[^\"\\\r\n]|\\[^\r\n])*+)|([^,;\s\"]+))")
_BASIC = re.compile(rb"\s*Basic[ \t]+([^\s,\"]+)", re.I)
_TAG = re.compile(rb"[ \t]*([0-9A-Fa-f]{6,})")
_SDP_ORIGIN = re.compile(rb"([^\s]+)[ \t]+[0-9]")
_LINE = re.compile(rb"([^\r\n]*+)")
_VALUE = re.compile(rb"[^\r\n]*+(?:(?:\r\n|[\r\n])[ \t][^\r\n]*+)*+")
_QUOTED = re.compile(rb"\"(?:[^\"\\]|\\.)*+\"?", re.S)
_STRUCTURE = re.compile(rb"[\"<,]")
_NAMED_URI = re.compile(rb"<[ \t]*(?:sips?|tel):", re.I)
_CALL_ID_HOST = re.compile(rb"@([^\s;,]+)")


def addresses(data: bytes) -> Iterator[Span]:
    """Yield where addresses stand: IPv4, IPv6, and hosts behind ``IN IP4`` in SDP (RFC 8866)."""
    for pattern in (_IPV4, _IPV4_IN_NAME):
        for match in pattern.finditer(data):
            yield match.span()
    done = 0
    for match in _TWO_COLONS.finditer(data):
        start = match.start()
        if start < done:
            continue
        while start > done and data[start - 1] in _IPV6_BYTES:
            start -= 1
        found = _IPV6.match(data, start)
        done = found.end() if found else match.end()
        if found and (size := _ipv6_length(found[0])):
            yield start, start + size
    for match in _NETWORK.finditer(data):
        yield match.span(1)


def _ipv6_length(text: bytes) -> int:
    """Return how much of `text` is an IPv6 address, the colon of a port or a sentence left out."""
    if not text.endswith(b"::"):
        text = text.rstrip(b":")
    try:
        socket.inet_pton(socket.AF_INET6, text.decode("ascii"))
    except OSError:
        return 0
    return len(text) if len(text) > 2 else 0


def names(data: bytes) -> Iterator[Span]:
    """Yield where users, display names and what identifies them stand."""
    done = 0
    for match in _KEY.finditer(data):
        key = match[1].lower()
        at = match.end()
        rule = _RULES.get(key)
        if rule is not None:
            if at > done:
                for start, stop in rule(data, at):
                    yield start, stop
                    done = stop
            continue
        start = match.start()
        if start and data[start - 1] not in b"\r\n":
            continue
        if data[at - 1] == 0x3D:
            rule = _SDP_LINES.get(key)
            if rule is not None:
                yield from rule(data, at)
        else:
            yield from _in_header(data, key, at)


def _uri_user(data: bytes, start: int) -> Iterator[Span]:
    """Yield the userinfo of a URI (RFC 3261 section 25.1), also where it breaks the grammar."""
    at = data.find(b"@", start)
    if at >= 0 and _NO_USER.search(data, start, at) is None:
        while (more := _MORE_USER.match(data, at + 1)) is not None:
            at = more.end() - 1
        yield start, at
    elif (number := _NUMBER_AS_HOST.match(data, start)) is not None:
        yield number.span(1)


def _first(pattern: re.Pattern[bytes]) -> Callable[[bytes, int], Iterator[Span]]:
    """Return a rule that hides the group of `pattern` that matches."""

    def rule(data: bytes, start: int) -> Iterator[Span]:
        match = pattern.match(data, start)
        if match is not None:
            yield match.span(match.lastindex or 0)

    return rule


def _tag(data: bytes, start: int) -> Iterator[Span]:
    match = _TAG.match(data, start)
    if match is not None and is_telling_tag(match[1]):
        yield match.span(1)


def _sdp_origin(data: bytes, start: int) -> Iterator[Span]:
    match = _SDP_ORIGIN.match(data, start)
    if match is not None and match[1] != b"-":
        yield match.span(1)


def is_telling_tag(tag: bytes) -> bool:
    """Return whether a tag is one of SIPVicious', which carries an address or what was tried.

    It is hexadecimal for a printable text, one byte 0x01, and 1 to 10 digits.
    """
    if len(tag) % 2:
        return False
    text, separator, number = bytes.fromhex(tag.decode("ascii")).partition(b"\x01")
    if not separator or not number.isdigit() or len(number) > 10:
        return False
    return text.isascii() and text.decode("ascii").isprintable()


def _in_header(data: bytes, name: bytes, start: int) -> Iterator[Span]:
    """Yield what a header field names: display names, and the host behind a Call-ID."""
    value = _VALUE.match(data, start)
    stop = value.end() if value else start
    if name in _CALL_IDS:
        for match in _CALL_ID_HOST.finditer(data, start, stop):
            yield match.span(1)
    elif name in _PEOPLE and data.find(b":", start, stop) < 0:
        if data[start:stop].strip() != b"*":
            yield start, stop
    elif name in _PEOPLE or _NAMED_URI.search(data, start, stop):
        yield from _display_names(data, start, stop)
    elif name in _AUTHORIZATIONS and (basic := _BASIC.match(data, start, stop)):
        yield basic.span(1)


def _display_names(data: bytes, start: int, stop: int) -> Iterator[Span]:
    """Yield quoted strings that are no values of parameters, and the words before each ``<``."""
    word = at = start
    while (match := _STRUCTURE.search(data, at, stop)) is not None:
        at = match.end()
        if match[0] == b'"':
            quoted = _QUOTED.match(data, at - 1, stop)
            word = quoted.end() if quoted else stop
            if data[at - 2] != 0x3D:
                yield at, word - 1 if word > at and data[word - 1] == 0x22 else word
        elif match[0] == b"<":
            yield word, at - 1
            end = data.find(b">", at, stop)
            word = end + 1 if end >= 0 else stop
        else:
            word = at
        at = word


_PEOPLE = frozenset((b"from", b"f", b"to", b"t", b"contact", b"m"))
"""Header fields whose names are hidden even where their URI is broken or missing."""
_CALL_IDS = frozenset(
    (b"call-id", b"i", b"in-reply-to", b"replaces", b"join", b"target-dialog", b"same-session")
)
_AUTHORIZATIONS = frozenset((b"authorization", b"proxy-authorization"))

_RULES: dict[bytes, Callable[[bytes, int], Iterator[Span]]] = {
    **dict.fromkeys((b"sip", b"sips", b"im", b"pres", b"xmpp", b"mailto", b"h323"), _uri_user),
    **dict.fromkeys((b"tel", b"fax", b"sms", b"uuid", b"imei", b"mac"), _first(_TEL)),
    **dict.fromkeys((b"username", b"username*"), _first(_CREDENTIAL)),
    b"tag": _tag,
}
"""What a word promises behind it, wherever it stands."""
_SDP_LINES = {b"o": _sdp_origin, b"e": _first(_LINE), b"p": _first(_LINE)}


def hide(data: bytes) -> bytes:
    """Return `data` with every address and name filled by ``x``; its length stays."""
    hidden = bytearray(data)
    for start, stop in addresses(data):
        hidden[start:stop] = hidden[start:stop].translate(ADDRESS)
    for start, stop in names(data):
        hidden[start:stop] = hidden[start:stop].translate(NAME)
    return bytes(hidden)
