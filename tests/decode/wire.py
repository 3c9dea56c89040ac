"""Build frames for the tests, header by header, all addresses from the documentation ranges."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Sequence
from itertools import pairwise

from siptui.decode import Decoder
from siptui.record import Frame, Record

ETHERNET, NULL, PPP, RAW, LOOP, SLL, IPV4, IPV6, SLL2 = 1, 0, 9, 101, 108, 113, 228, 229, 276
A, B = "192.0.2.1", "198.51.100.2"
A6, B6 = "2001:db8::1", "2001:db8::2"
SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def options(call_id: str = "c1", body: bytes = b"", method: str = "OPTIONS") -> bytes:
    head = (
        f"{method} sip:100@example.com SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{call_id}\r\n"
        "Max-Forwards: 70\r\n"
        "From: <sip:100@example.com>;tag=1\r\n"
        "To: <sip:100@example.com>\r\n"
        f"Call-ID: {call_id}\r\n"
        f"CSeq: 1 {method}\r\n"
        + ("Content-Type: application/octet-stream\r\n" if body else "")
        + f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def response(call_id: str = "c1", status: int = 200) -> bytes:
    return (
        f"SIP/2.0 {status} Whatever\r\n"
        f"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK{call_id}\r\n"
        "From: <sip:100@example.com>;tag=1\r\n"
        "To: <sip:100@example.com>;tag=2\r\n"
        f"Call-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def udp(payload: bytes, sport: int = 5060, dport: int = 5060, length: int | None = None) -> bytes:
    length = len(payload) + 8 if length is None else length
    return struct.pack(">HHHH", sport, dport, length & 0xFFFF, 0) + payload


def tcp(
    payload: bytes = b"",
    sequence: int = 0,
    flags: int = 0x18,
    sport: int = 40000,
    dport: int = 5060,
) -> bytes:
    head = struct.pack(
        ">HHIIBBHHH", sport, dport, sequence & 0xFFFFFFFF, 0, 0x50, flags, 1024, 0, 0
    )
    return head + payload


def sctp(chunks: Sequence[bytes], sport: int = 5060, dport: int = 5060, tag: int = 7) -> bytes:
    padded = b"".join(chunk + bytes(-len(chunk) % 4) for chunk in chunks)
    return struct.pack(">HHII", sport, dport, tag, 0) + padded


def sctp_data(payload: bytes, number: int, flags: int = 3) -> bytes:
    return struct.pack(">BBHIHHI", 0, flags, 16 + len(payload), number, 0, 0, 0) + payload


def ip4(
    payload: bytes,
    protocol: int = 17,
    source: str = A,
    target: str = B,
    *,
    number: int = 1,
    offset: int = 0,
    more: bool = False,
    options: bytes = b"",
    length: int | None = None,
) -> bytes:
    size = 20 + len(options)
    head = struct.pack(
        ">BBHHHBBH4s4s",
        0x40 | size // 4,
        0,
        size + len(payload) if length is None else length,
        number,
        (0x2000 if more else 0) | offset // 8,
        64,
        protocol,
        0,
        socket.inet_aton(source),
        socket.inet_aton(target),
    )
    return head + options + payload


def ip6(
    payload: bytes,
    protocol: int = 17,
    source: str = A6,
    target: str = B6,
    length: int | None = None,
) -> bytes:
    head = struct.pack(
        ">IHBB", 0x60000000, len(payload) if length is None else length, protocol, 64
    )
    pton = socket.inet_pton
    return head + pton(socket.AF_INET6, source) + pton(socket.AF_INET6, target) + payload


def fragment6(
    payload: bytes, offset: int, more: bool, protocol: int = 17, number: int = 9
) -> bytes:
    return struct.pack(">BBHI", protocol, 0, offset | more, number) + payload


def extension(payload: bytes, protocol: int, size: int = 8) -> bytes:
    return bytes((protocol, size // 8 - 1, 1, size - 4)) + bytes(size - 4) + payload


def ethernet(payload: bytes, ethertype: int = 0x0800) -> bytes:
    return bytes.fromhex("020000000002 020000000001") + struct.pack(">H", ethertype) + payload


def vlan(payload: bytes, ethertype: int = 0x0800, number: int = 100) -> bytes:
    return struct.pack(">HH", number, ethertype) + payload


def gre(payload: bytes, ethertype: int = 0x0800, flags: int = 0, options: bytes = b"") -> bytes:
    return struct.pack(">HH", flags, ethertype) + options + payload


def frame(data: bytes, link: int = ETHERNET, time: int = START, length: int | None = None) -> Frame:
    return Frame(time, data, link, len(data) if length is None else length, "test")


def pieces4(
    payload: bytes, cuts: Iterable[int], protocol: int = 17, number: int = 1
) -> list[bytes]:
    """Return IPv4 packets that carry the payload in fragments, cut at multiples of eight."""
    places = [0, *sorted({cut // 8 * 8 for cut in cuts} - {0}), len(payload)]
    places = [place for place in places if place <= len(payload)]
    return [
        ip4(payload[a:b], protocol, number=number, offset=a, more=b < len(payload))
        for a, b in pairwise(places)
        if a < b
    ]


def pieces6(payload: bytes, cuts: Iterable[int], number: int = 9) -> list[bytes]:
    """Return IPv6 packets that carry the payload in fragments, cut at multiples of eight."""
    places = [0, *sorted({cut // 8 * 8 for cut in cuts} - {0}), len(payload)]
    places = [place for place in places if place <= len(payload)]
    return [
        ip6(fragment6(payload[a:b], a, b < len(payload), number=number), 44)
        for a, b in pairwise(places)
        if a < b
    ]


def decode(frames: Iterable[Frame], decoder: Decoder | None = None) -> list[Record]:
    """Return what a decoder makes of the frames, its end included."""
    decoder = decoder or Decoder()
    return [*decoder.decode(list(frames)), *decoder.flush()]
