"""How does a made-up message become a frame, and how do frames become a capture file?"""

from __future__ import annotations

import ipaddress
import random
import struct
from pathlib import Path
from typing import NamedTuple

SENSOR = "203.0.113.81"
SENSOR6 = "2001:db8:5060::81"
BEGIN = 1_767_262_500_000_000_000
"""2026-01-01 10:15:00 UTC in nanoseconds since the epoch."""


class Sent(NamedTuple):
    """Hold one frame of the play."""

    at: int
    """Nanoseconds since the epoch."""
    data: bytes
    """The Ethernet frame."""


def _sum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _mac(address: str) -> bytes:
    """Return a locally administered address that belongs to one IP address alone."""
    return b"\x02\x00" + ipaddress.ip_address(address).packed[-4:]


class Stage:
    """Collect what everybody sends, with a random source of its own."""

    def __init__(self, seed: int) -> None:
        """Start empty; the same `seed` gives the same play."""
        self.random = random.Random(seed)
        self.sent: list[Sent] = []
        self._ident = 4096

    def udp(self, at: float, src: tuple[str, int], dst: tuple[str, int], payload: bytes) -> None:
        """Send a datagram `at` so many seconds after the beginning."""
        self._ip(at, src[0], dst[0], 17, self._segment(17, src, dst, payload))

    def fragmented(
        self, at: float, src: tuple[str, int], dst: tuple[str, int], payload: bytes
    ) -> None:
        """Send a datagram over IPv4 in fragments of at most 1480 bytes."""
        segment = self._segment(17, src, dst, payload)
        self._ident += 1
        for start in range(0, len(segment), 1480):
            more = start + 1480 < len(segment)
            part = segment[start : start + 1480]
            flags = (0x2000 if more else 0) | start // 8
            self._ip(at + start / 1e7, src[0], dst[0], 17, part, flags, self._ident)

    def tcp(
        self,
        at: float,
        src: tuple[str, int],
        dst: tuple[str, int],
        *exchanges: tuple[bytes, bytes],
        size: int = 1200,
    ) -> float:
        """Hold one connection: pairs of what the client says and the server answers.

        What is said leaves in segments of at most `size` bytes. Return when it was closed.
        """
        ours, theirs = self.random.getrandbits(31), self.random.getrandbits(31)

        def say(forward: bool, flags: int, data: bytes = b"") -> None:
            nonlocal ours, theirs, at
            a, b = (src, dst) if forward else (dst, src)
            seq, ack = (ours, theirs) if forward else (theirs, ours)
            head = struct.pack(
                ">HHIIBBHHH", a[1], b[1], seq, ack if flags & 16 else 0, 5 << 4, flags, 64240, 0, 0
            )
            self._ip(at, a[0], b[0], 6, self._checked(6, a[0], b[0], head + data, 16))
            used = len(data) + (1 if flags & 3 else 0)
            if forward:
                ours += used
            else:
                theirs += used
            at += 0.012

        say(True, 2)
        say(False, 18)
        say(True, 16)
        for request, answer in exchanges:
            for forward, data in ((True, request), (False, answer)):
                for start in range(0, len(data), size):
                    say(forward, 24, data[start : start + size])
                    say(not forward, 16)
        say(True, 17)
        say(False, 17)
        say(True, 16)
        return at

    def _segment(
        self, protocol: int, src: tuple[str, int], dst: tuple[str, int], payload: bytes
    ) -> bytes:
        head = struct.pack(">HHHH", src[1], dst[1], 8 + len(payload), 0)
        return self._checked(protocol, src[0], dst[0], head + payload, 6)

    def _checked(self, protocol: int, src: str, dst: str, segment: bytes, at: int) -> bytes:
        pseudo = (
            ipaddress.ip_address(src).packed
            + ipaddress.ip_address(dst).packed
            + struct.pack(">IHBB", len(segment), 0, 0, protocol)
        )
        checksum = _sum(pseudo + segment) or 0xFFFF
        return segment[:at] + struct.pack(">H", checksum) + segment[at + 2 :]

    def _ip(
        self,
        at: float,
        src: str,
        dst: str,
        protocol: int,
        body: bytes,
        flags: int = 0x4000,
        ident: int = 0,
    ) -> None:
        a, b = ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed
        if len(a) == 16:
            kind = 0x86DD
            head = struct.pack(">IHBB", 6 << 28, len(body), protocol, 58) + a + b
        else:
            kind = 0x0800
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), ident, flags, 52, protocol, 0)
            head = head[:10] + struct.pack(">H", _sum(head + a + b)) + a + b
        frame = _mac(dst) + _mac(src) + struct.pack(">H", kind) + head + body
        self.sent.append(Sent(BEGIN + round(at * 1e9), frame))


def _block(kind: int, body: bytes) -> bytes:
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def write_pcapng(path: Path, frames: list[Sent]) -> None:
    """Write frames in the order of their time as pcapng with nanosecond stamps (IETF draft
    pcapng, sections 4.1 to 4.3).
    """
    section = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    section += _option(4, b"siptui tools.demo, made up") + _option(0, b"")
    interface = struct.pack("<HHI", 1, 0, 0)
    interface += _option(2, b"demo0") + _option(9, b"\x09") + _option(0, b"")
    with path.open("wb") as file:
        file.write(_block(0x0A0D0D0A, section) + _block(1, interface))
        for at, data in sorted(frames):
            head = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, len(data), len(data))
            file.write(_block(6, head + data))
