"""Which bytes may a token, a quoted string or white space consist of? RFC 3261 section 25.1."""

from __future__ import annotations

import re
from typing import NamedTuple

Range = tuple[int, int]
"""Start and stop in the bytes that were read; equal if there is no such part."""


class Found(NamedTuple):
    """Hold one thing that is wrong: where, and by which name (a key of `DEFECTS`)."""

    start: int
    stop: int
    name: str


METHODS = frozenset(
    b"ACK BYE CANCEL INFO INVITE MESSAGE NOTIFY OPTIONS PRACK PUBLISH REFER REGISTER SUBSCRIBE "
    b"UPDATE".split()
)
"""The methods in IANA's registry of SIP parameters."""

WHITE = b" \t\r\n"
"""What white space within a field's value consists of, folds included."""

SPACE = re.compile(rb"[ \t\r\n]*")
TOKEN = re.compile(rb"[A-Za-z0-9\-.!%*_+`'~]+")
NOT_TOKEN = re.compile(rb"[^A-Za-z0-9\-.!%*_+`'~]+")
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
QUOTED = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL)
"""A quoted string, or all the rest if it is never closed; then its group is empty."""
_OUTSIDE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*("?)|<[^>]*(>?)|(,)', re.DOTALL)


def skip(data: bytes, at: int, stop: int) -> int:
    """Return where the white space at `at` ends."""
    match = SPACE.match(data, at, stop)
    return match.end() if match else at


def strip(data: bytes, start: int, stop: int) -> tuple[int, int]:
    """Return the range without the white space around it."""
    start = skip(data, start, stop)
    while stop > start and data[stop - 1] in WHITE:
        stop -= 1
    return start, stop


def split(data: bytes, start: int, stop: int) -> list[tuple[int, int]]:
    """Return the ranges between the commas outside quotation marks and angle brackets.

    White space around them is left out; what is never closed reaches to the end.
    """
    ranges = []
    for match in _OUTSIDE.finditer(data, start, stop):
        if match.lastindex == 3:
            ranges.append(strip(data, start, match.start()))
            start = match.end()
    ranges.append(strip(data, start, stop))
    return ranges


def unquote(data: bytes) -> bytes:
    """Return a quoted string without its quotation marks and escapes; anything else as it is."""
    if len(data) < 2 or data[:1] != b'"' or data[-1:] != b'"':
        return data
    return re.sub(rb"\\(.)", rb"\1", data[1:-1], flags=re.DOTALL)
