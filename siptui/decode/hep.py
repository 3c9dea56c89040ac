"""What does a Homer encapsulation (HEP) packet carry, and between whom?"""

from __future__ import annotations

import socket
import struct
import zlib
from typing import NamedTuple

from siptui.decode.headers import UnreadableError

FIRST_BYTES = frozenset((0x01, 0x02, 0x48))
"""What the first byte of a HEP packet is: its version, or the H of ``HEP3``."""

INFLATED = 256 << 10
"""The most bytes that a compressed payload may have."""

_ADDRESS = {3: socket.AF_INET, 4: socket.AF_INET, 5: socket.AF_INET6, 6: socket.AF_INET6}


class Carried(NamedTuple):
    """Hold one message that a capture agent sent on."""

    source: str
    sport: int
    target: str
    dport: int
    data: bytes
    start: int
    """Where `data` begins in the HEP packet; -1 if it was compressed."""
    cut: bool
    """Whether the packet ends before its payload does."""


def read(data: bytes) -> Carried:
    """Return what a HEP packet of version 1, 2 or 3 carries.

    Raises UnreadableError for anything that is none, or carries nothing.
    """
    if data[:4] == b"HEP3":
        return _read3(data)
    return _read2(data)


def _read3(data: bytes) -> Carried:
    source = target = ""
    sport = dport = 0
    payload = None
    at, start = 6, -1
    cut = False
    total = int.from_bytes(data[4:6], "big")
    end = min(len(data), total)
    while at + 6 <= end:
        vendor, kind, size = struct.unpack_from(">HHH", data, at)
        if size < 6:
            break
        value = data[at + 6 : min(at + size, end)]
        if vendor:
            pass
        elif kind in _ADDRESS and len(value) in (4, 16):
            text = socket.inet_ntop(_ADDRESS[kind], value) if _fits(kind, value) else ""
            source, target = (text, target) if kind in (3, 5) else (source, text)
        elif kind in (7, 8) and len(value) == 2:
            port = int.from_bytes(value, "big")
            sport, dport = (port, dport) if kind == 7 else (sport, port)
        elif kind == 15:
            payload, start, cut = value, at + 6, at + size > end
        elif kind == 16:
            payload, start, cut = _inflate(value), -1, at + size > end
        at += size
    if payload is None:
        raise UnreadableError("hep")
    return Carried(source, sport, target, dport, payload, start, cut or total > len(data))


def _fits(kind: int, value: bytes) -> bool:
    return len(value) == (4 if _ADDRESS[kind] == socket.AF_INET else 16)


def _inflate(data: bytes) -> bytes:
    for bits in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(bits).decompress(data, INFLATED)
        except zlib.error:
            continue
    raise UnreadableError("hep")


def _read2(data: bytes) -> Carried:
    if len(data) < 16:
        raise UnreadableError("hep")
    version, length, family, protocol, sport, dport = struct.unpack_from(">BBBBHH", data)
    size = {2: 4, 10: 16, 30: 16}.get(family, 0)
    start = 8 + 2 * size
    lengths = (start,) if version == 1 else (start, start + 12)
    if not size or version not in (1, 2) or protocol not in (6, 17, 132) or length not in lengths:
        raise UnreadableError("hep")
    if version == 2:
        start += 12
    if start >= len(data):
        raise UnreadableError("hep")
    kind = socket.AF_INET if size == 4 else socket.AF_INET6
    source = socket.inet_ntop(kind, data[8 : 8 + size])
    target = socket.inet_ntop(kind, data[8 + size : 8 + 2 * size])
    return Carried(source, sport, target, dport, data[start:], start, False)
