"""Is this TLS, and which server does its hello ask for?"""

from __future__ import annotations

RECORD = 5
"""The length of a record's header (RFC 8446 section 5.1)."""

HANDSHAKE = 22

_TYPES = frozenset((20, 21, 22, 23))
_LONGEST = (1 << 14) + 2048


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


def server_name(record: bytes) -> tuple[int, int] | None:
    """Return where in a TLS record the server name of a ClientHello stands (RFC 6066 section 3).

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
