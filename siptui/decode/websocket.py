"""Where does a WebSocket frame end, and what does it carry?"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10

CONTROL: dict[int, str] = {CLOSE: "ws-close", PING: "ws-ping", PONG: "ws-pong"}
"""What a record of a control frame is called."""


COMPRESSED = 4
"""The reserved bits of a message's first frame if it is compressed (RFC 7692 section 6)."""

MESSAGE_BEGINS = frozenset((0x81, 0x82, 0xC1, 0xC2))
"""What the first byte of a frame with a whole message is."""


class WebSocketFrame(NamedTuple):
    """Say where one frame lies (RFC 6455 section 5.2); the numbers are offsets in the buffer."""

    final: bool
    reserved: int
    """The three reserved bits; not 0 where an extension, such as compression, is at work."""
    opcode: int
    mask: bytes
    """Four bytes, or empty if the payload is not masked."""
    start: int
    """Where its payload begins."""
    stop: int


def read(data: bytes | bytearray, at: int) -> WebSocketFrame | None:
    """Return the frame whose header begins at `at`, its payload there or not.

    None while the header is incomplete.
    """
    size = len(data)
    if at + 2 > size:
        return None
    first, second = data[at], data[at + 1]
    start = at + 2
    length = second & 0x7F
    if length == 126:
        start += 2
        if start > size:
            return None
        length = int.from_bytes(data[at + 2 : start], "big")
    elif length == 127:
        start += 8
        if start > size:
            return None
        length = int(struct.unpack_from(">Q", data, at + 2)[0])
    mask = b""
    if second & 0x80:
        mask = bytes(data[start : start + 4])
        start += 4
        if start > size:
            return None
    return WebSocketFrame(
        bool(first & 0x80), first >> 4 & 7, first & 15, mask, start, start + length
    )


def unmask(payload: bytes, mask: bytes) -> bytes:
    """Return a payload without its mask (RFC 6455 section 5.3)."""
    if not mask or not payload:
        return payload
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def upgrades(head: bytes) -> bool:
    """Return whether an HTTP head asks for, or grants, a WebSocket (RFC 7118 section 4)."""
    lines = head.lower().split(b"\n")
    if not (lines[0].startswith(b"get ") or lines[0].startswith(b"http/1.1 101")):
        return False
    return any(line.startswith(b"upgrade:") and b"websocket" in line for line in lines[1:])


def compresses(head: bytes) -> bool:
    """Return whether the head of a handshake offers, or grants, permessage-deflate (RFC 7692)."""
    return any(
        line.startswith(b"sec-websocket-extensions:") and b"permessage-deflate" in line
        for line in head.lower().split(b"\n")
    )


def inflated_start(payload: bytes) -> bytes:
    """Return how a compressed message begins, given its first bytes; empty if it is none."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(payload, 1024)
    except zlib.error:
        return b""
