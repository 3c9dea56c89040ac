"""Is this TLS, and which server does its hello ask for?"""

from __future__ import annotations

from typing import NamedTuple

RECORD = 5
"""The length of a record's header (RFC 8446 section 5.1)."""

HANDSHAKE = 22

_TYPES = frozenset((20, 21, 22, 23))
_LONGEST = (1 << 14) + 2048
_RECORDS = 64
"""Records over which one ClientHello may be spread."""


def begins(data: bytes | bytearray, at: int) -> bool:
    """Return whether a TLS record's header, or the part of it that is there, stands at `at`."""
    head = data[at : at + RECORD]
    if not head or head[0] not in _TYPES or (len(head) > 1 and head[1] != 3):
        return False
    if len(head) > 2 and head[2] > 4:
        return False
    return len(head) < RECORD or 0 < int.from_bytes(head[3:5], "big") <= _LONGEST


def record_length(data: bytes | bytearray, at: int) -> int:
    """Return the length of the record at `at` with its header; the header must be there."""
    return RECORD + int.from_bytes(data[at + 3 : at + 5], "big")


class First(NamedTuple):
    """Hold the records with which a stream begins."""

    data: bytes
    """The first record; what a ClientHello has in further records stands behind it, without their
    headers (RFC 8446 section 5.1)."""
    stop: int
    """Where the last of them ends."""
    records: int
    whole: bool
    """Whether nothing is missing that is worth waiting for."""


def first(buffer: bytes | bytearray, at: int) -> First:
    """Return the record at `at`, and those that continue its ClientHello."""
    there = len(buffer)
    if at + RECORD > there:
        return First(bytes(buffer[at:]), there, 1, False)
    stop = at + record_length(buffer, at)
    data = bytearray(buffer[at:stop])
    whole, records = stop <= there or buffer[at] != HANDSHAKE, 1
    stop = min(stop, there)
    while whole and records < _RECORDS and len(data) < _LONGEST and _is_unfinished(data):
        if stop == there or (buffer[stop] == HANDSHAKE and stop + RECORD > there):
            whole = False
            break
        if buffer[stop] != HANDSHAKE or not begins(buffer, stop):
            break
        start, stop = stop + RECORD, stop + record_length(buffer, stop)
        data += buffer[start:stop]
        whole, stop, records = stop <= there, min(stop, there), records + 1
    return First(bytes(data), stop, records, whole)


def _is_unfinished(data: bytearray) -> bool:
    """Return whether a handshake record, or several put together, end before their ClientHello."""
    if data[RECORD : RECORD + 1] != b"\x01":
        return False
    head = data[RECORD : RECORD + 4]
    return len(head) < 4 or len(data) - RECORD - 4 < int.from_bytes(head[1:], "big")


def server_name(record: bytes) -> tuple[int, int] | None:
    """Return where the server name of a ClientHello stands in `First.data` (RFC 6066 section 3).

    None if it is no ClientHello, names no server, or is cut before the name.
    """
    at = RECORD
    if record[at : at + 1] != b"\x01" or record[:1] != b"\x16":
        return None
    at += 4 + 2 + 32
    for width in (1, 2, 1):
        size = int.from_bytes(record[at : at + width], "big")
        at += width + size
    end = at + 2 + int.from_bytes(record[at : at + 2], "big")
    at += 2
    while at + 4 <= min(end, len(record)):
        kind = int.from_bytes(record[at : at + 2], "big")
        size = int.from_bytes(record[at + 2 : at + 4], "big")
        at += 4
        if kind == 0:
            start = at + 5
            stop = start + int.from_bytes(record[at + 3 : at + 5], "big")
            return (start, stop) if start < stop <= min(at + size, len(record)) else None
        at += size
    return None
