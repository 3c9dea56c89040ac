"""Is this SIP, and what do a row's columns show of it? The cheap first pass over every message.

What is written as nearly everything is written takes the short way: one split of the head, a
look-up by each name, patterns and caches for the values. Whatever is otherwise is examined with
care; both ways give the same.
"""

from __future__ import annotations

import re

from siptui.decode import ordinary, other, startline
from siptui.decode.examine import examine
from siptui.decode.fields import canonical
from siptui.decode.grammar import strip
from siptui.decode.head import leading, split
from siptui.decode.ordinary import SLOTS, text, user_of
from siptui.decode.values import first_value, read_length
from siptui.record import Record, decode

__all__ = ["divide", "measure", "resync", "skim"]

_LENGTH = b"\r\nContent-Length: "

MESSAGES = 256
"""Messages of one datagram that are told apart; the last holds what follows it."""

_VERSION = re.compile(rb"SIP/\d", re.IGNORECASE)


def is_sip(data: bytes) -> bool:
    """Tell whether bytes are a SIP message, whole or the beginning of one, well-formed or not."""
    begin = leading(data)
    stop = _line_stop(data, begin)
    line = data[begin:stop]
    if startline.begins(line):
        return True
    ended = bool(data[stop:].strip(b"\r\n"))
    return startline.begins_cut(line, ended)


def _line_stop(data: bytes | bytearray, begin: int) -> int:
    stop = data.find(b"\n", begin)
    if stop < 0:
        stop = data.find(b"\r", begin)
        return len(data) if stop < 0 else stop
    while stop > begin and data[stop - 1] == 13:
        stop -= 1
    return stop


def skim(record: Record, truncated: bool = False) -> None:
    """Fill what decoding knows of ``record.data``: kind, method, status, spans and so on.

    `truncated` says that the end of the message was lost on the way.
    """
    data = record.data
    if not truncated and ordinary.fill(record):
        return
    if not is_sip(data):
        record.kind = other.name(data, record.transport, record.sport, record.dport)
        return
    fill_with_care(record, truncated)


def fill_with_care(record: Record, truncated: bool) -> None:
    """Fill a record of a message, however it is written."""
    data = record.data
    record.kind = "sip"
    examined = examine(data, truncated)
    head, first = examined.head, examined.first
    record.method = decode(first.method)
    record.status = first.status
    spans = [0] * 14
    if first.uri is not None:
        spans[0] = head.begin + first.uri_range[0]
        spans[1] = head.begin + first.uri_range[1]
    names, values = [], []
    agent = server = b""
    for line, known in zip(head.lines, examined.names, strict=True):
        if line.colon < 0:
            names.append(data[line.start : line.value_stop])
            values.append(b"")
            continue
        value = data[line.colon + 1 : line.value_stop]
        names.append(data[line.start : line.colon])
        values.append(value)
        slot = SLOTS.get(known)
        if slot is not None and spans[2 * slot + 1] == 0:
            start, stop = first_value(value) if slot > 4 else strip(value, 0, len(value))
            spans[2 * slot] = line.colon + 1 + start
            spans[2 * slot + 1] = line.colon + 1 + stop
        elif known == "User-Agent" and not agent:
            agent = value.strip()
        elif known == "Server" and not server:
            server = value.strip()
    record.spans = tuple(spans)
    record.names, record.values = tuple(names), tuple(values)
    agent = agent or (server if first.is_response else b"")
    if agent:
        record.ua = text(agent)
    user = first.uri.user_text if first.uri is not None and first.uri.user[1] else ""
    record.user = user or user_of(data[spans[4] : spans[5]])
    record.defects = tuple(dict.fromkeys(each.name for each in examined.findings))


def divide(data: bytes) -> list[tuple[int, int]]:
    """Return the ranges of the messages in one datagram, in order and covering all of it.

    Line ends before a message belong to it; other bytes behind a body belong to the message
    before. What does not begin like SIP is one range.
    """
    size = len(data)
    if _is_one(data, size) or not is_sip(data):
        return [(0, size)]
    ranges: list[tuple[int, int]] = []
    start = 0
    while len(ranges) < MESSAGES - 1 and (stop := _next(data, start)) >= 0:
        ranges.append((start, stop))
        start = stop
    ranges.append((start, size))
    return ranges


def _is_one(data: bytes, size: int) -> bool:
    """Tell of most datagrams that they hold one message: the head or the counted body ends it."""
    if data[:1] in (b"\r", b"\n"):
        return False
    body = data.find(b"\r\n\r\n") + 4
    if body == size:
        return True
    at = data.rfind(_LENGTH, 0, body) + len(_LENGTH)
    digits = data[at : data.find(b"\r", at)]
    return at < body and digits.isdigit() and len(digits) < 8 and int(digits) == size - body


def _next(data: bytes, start: int) -> int:
    """Return where the message behind the one at `start` begins, with its line ends; else -1."""
    body, length, typed = _head(data, start)
    if body < 0 or (length is None and typed):
        return -1
    if length is None:
        # Without a length a body reaches to the end, unless nothing says that there is a body.
        place = leading(data, body)
        if place < len(data) and startline.begins(data[place : _line_stop(data, place)]):
            return body
        return -1
    found = resync(data, min(len(data), body + max(0, length)))
    if found < 0:
        return -1
    end = min(len(data), body + max(0, length))
    while found > end and data[found - 1] in b"\r\n":
        found -= 1
    return max(found, end)


def _head(data: bytes | bytearray, start: int) -> tuple[int, int | None, bool]:
    """Return where the body of the message at `start` begins, -1 if its head is incomplete.

    And the length that the head gives, None if none, -1 if it cannot be believed; and whether it
    says what the body is.
    """
    begin = leading(data, start)
    stop = _head_stop(data, begin)
    if stop < 0:
        return -1, None, False
    held = bytes(data[begin:stop])
    head = split(held)
    lengths = []
    typed = False
    for line in head.lines:
        known = canonical(held[line.start : line.name_stop])
        if known == "Content-Length" and line.colon >= 0:
            lengths.append(read_length(held[line.colon + 1 : line.value_stop]))
        typed = typed or known == "Content-Type"
    if not lengths:
        return stop, None, typed
    return stop, -1 if lengths[0] is None else lengths[0], typed


def _head_stop(data: bytes | bytearray, begin: int) -> int:
    """Return where the empty line that ends the head at `begin` ends, or -1."""
    ends = [
        place + len(mark) for mark in (b"\n\r\n", b"\n\n") if (place := data.find(mark, begin)) >= 0
    ]
    return min(ends, default=-1)


def measure(buffer: bytes | bytearray, start: int) -> int | None:
    """Return the length in bytes of the message that begins at `start` of a stream.

    That is its head and as many bytes as Content-Length says, none if it does not say
    (RFC 3261 section 18.3). None while the message is not complete.
    """
    body, length, _ = _head(buffer, start)
    if body < 0:
        return None
    stop = body + max(0, length or 0)
    return stop - start if stop <= len(buffer) else None


def resync(buffer: bytes | bytearray, start: int) -> int:
    """Return where the next whole start line in a stream begins, from `start` on; -1 if none."""
    at = start
    while True:
        match = _VERSION.search(buffer, at)
        if match is None:
            return -1
        begin = max(start, buffer.rfind(b"\n", start, match.start()) + 1)
        end = buffer.find(b"\n", match.end())
        if end < 0:
            return -1
        line = bytes(buffer[begin:end]).rstrip(b"\r")
        if startline.begins(line):
            return begin
        at = end
