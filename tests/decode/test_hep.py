"""What a capture agent sends on is shown as what it carries, between whom it was."""

from __future__ import annotations

import socket
import struct
import zlib

from siptui.decode.frame import layers
from tests.decode.wire import (
    A6,
    B6,
    RAW,
    A,
    B,
    decode,
    ethernet,
    frame,
    ip4,
    options,
    response,
    udp,
)


def chunk(kind: int, value: bytes, vendor: int = 0) -> bytes:
    return struct.pack(">HHH", vendor, kind, 6 + len(value)) + value


def hep3(payload: bytes, *, six: bool = False, kind: int = 15, more: bytes = b"") -> bytes:
    if six:
        family = socket.AF_INET6
        addresses = chunk(5, socket.inet_pton(family, A6)) + chunk(6, socket.inet_pton(family, B6))
    else:
        addresses = chunk(3, socket.inet_aton(A)) + chunk(4, socket.inet_aton(B))
    chunks = chunk(1, b"\x02") + chunk(2, b"\x11") + addresses + chunk(7, b"\x13\xc5")
    chunks += chunk(8, b"\x13\xc4") + chunk(11, b"\x01") + more + chunk(kind, payload)
    return b"HEP3" + struct.pack(">H", 6 + len(chunks)) + chunks


def sent_on(packet: bytes, **changes: int) -> list[tuple[object, ...]]:
    carrier = ip4(udp(packet, 9060, 9060), source="203.0.113.1", target="203.0.113.2")
    of = frame(ethernet(carrier), **changes)
    return [
        (each.src, each.sport, each.dst, each.dport, each.transport, each.kind, each.data)
        for each in decode([of])
    ]


def test_version_3() -> None:
    assert sent_on(hep3(options())) == [(A, 5061, B, 5060, "hep", "sip", options())]
    assert sent_on(hep3(options(), six=True)) == [(A6, 5061, B6, 5060, "hep", "sip", options())]


def test_its_bytes_are_found_in_the_frame() -> None:
    of = frame(ip4(udp(hep3(options()), 9060, 9060)), RAW)
    (record,) = decode([of])
    assert of.data[record.offset :] == options()
    assert [layer.name for layer in layers(of)] == ["ipv4", "udp", "hep", "payload"]
    assert layers(of)[-1].start == record.offset


def test_compressed() -> None:
    assert sent_on(hep3(zlib.compress(response()), kind=16))[0][-1] == response()
    raw = zlib.compressobj(wbits=-15)
    assert sent_on(hep3(raw.compress(response()) + raw.flush(), kind=16))[0][-1] == response()


def test_a_compressed_payload_is_bounded() -> None:
    ((*_, data),) = sent_on(hep3(zlib.compress(bytes(30_000_000)), kind=16))
    assert data == bytes(1 << 18)


def test_what_is_no_sip_is_named() -> None:
    assert sent_on(hep3(b"a log line\n"))[0][5] == "text"


def test_chunks_of_vendors_are_passed_over() -> None:
    assert sent_on(hep3(options(), more=chunk(15, b"not this", vendor=42)))[0][-1] == options()


def test_versions_1_and_2() -> None:
    addresses = socket.inet_aton(A) + socket.inet_aton(B)
    first = bytes.fromhex("01100211 13c513c4") + addresses + options()
    second = bytes.fromhex("021c0211 13c513c4") + addresses + bytes(12) + options()
    for packet in (first, second):
        assert sent_on(packet) == [(A, 5061, B, 5060, "hep", "sip", options())]


def test_what_only_begins_like_it_is_a_datagram() -> None:
    for payload in (b"HEP3", b"HEP3\0\x20" + bytes(26), b"\x01\x10" + bytes(30), b"HTTP/1.1"):
        assert sent_on(payload)[0][0] == "203.0.113.1"
        assert sent_on(payload)[0][-1] == payload


def test_cut_by_the_capture() -> None:
    packet = ip4(udp(hep3(options()), 9060, 9060))
    (record,) = decode([frame(packet[:-50], RAW, length=len(packet))])
    assert record.data == options()[:-50]
    assert record.defects[-1] == "truncated"
