"""A SIP message is found in every encapsulation, with its addresses, and where its bytes lie."""

from __future__ import annotations

import struct

import pytest

from siptui.decode import Decoder
from siptui.decode.frame import layers
from tests.decode.wire import (
    A6,
    B6,
    ETHERNET,
    IPV4,
    IPV6,
    LOOP,
    NULL,
    PPP,
    RAW,
    SLL,
    SLL2,
    A,
    B,
    decode,
    ethernet,
    extension,
    fragment6,
    frame,
    gre,
    ip4,
    ip6,
    options,
    response,
    tcp,
    udp,
    vlan,
)

MESSAGE = options()
PACKET = ip4(udp(MESSAGE))
PACKET6 = ip6(udp(MESSAGE))
ETHER = ethernet(PACKET)
SLL_HEAD = bytes.fromhex("0000 0001 0006 0200000000010000")
PPPOE = bytes.fromhex("1100 0001") + struct.pack(">H", len(PACKET) + 2) + b"\x00\x21" + PACKET
MPLS = bytes.fromhex("00010040 00011140")
OUTER = {"source": "203.0.113.1", "target": "203.0.113.2"}
VXLAN = bytes.fromhex("08000000 00002a00")
GENEVE = bytes.fromhex("01006558 00002a00 01020304")
GTP = bytes.fromhex("30ff") + struct.pack(">HI", len(PACKET), 1)
GTP_EXTENDED = bytes.fromhex("34ff") + struct.pack(">HI", len(PACKET) + 8, 1)
GTP_EXTENDED += bytes.fromhex("0000 00 85 01 10 00 00")
ERSPAN2 = bytes.fromhex("1000 0001 00000000")
ERSPAN3 = bytes.fromhex("2000 0001 00000000 0000 0000")

V4 = {
    "ethernet": (ETHER, ETHERNET),
    "ethernet with padding": (ETHER + bytes(10), ETHERNET),
    "802.3 with SNAP": (
        ethernet(bytes.fromhex("aaaa03 000000 0800") + PACKET, 8 + len(PACKET)),
        ETHERNET,
    ),
    "802.1Q": (ethernet(vlan(PACKET), 0x8100), ETHERNET),
    "QinQ 8100 8100": (ethernet(vlan(vlan(PACKET), 0x8100), 0x8100), ETHERNET),
    "QinQ 88a8 8100": (ethernet(vlan(vlan(PACKET), 0x8100), 0x88A8), ETHERNET),
    "QinQ 88a8 88a8": (ethernet(vlan(vlan(PACKET), 0x88A8), 0x88A8), ETHERNET),
    "three tags": (ethernet(vlan(vlan(vlan(PACKET), 0x8100), 0x8100), 0x9100), ETHERNET),
    "SLL": (SLL_HEAD + b"\x08\x00" + PACKET, SLL),
    "SLL with VLAN": (SLL_HEAD + b"\x81\x00" + vlan(PACKET), SLL),
    "SLL2": (bytes.fromhex("08000000 00000001 00010006 0200000000010000") + PACKET, SLL2),
    "SLL2 with VLAN": (
        bytes.fromhex("81000000 00000001 00010006 0200000000010000") + vlan(PACKET),
        SLL2,
    ),
    "raw": (PACKET, RAW),
    "raw IPv4": (PACKET, IPV4),
    "raw 12": (PACKET, 12),
    "NULL little": (b"\x02\0\0\0" + PACKET, NULL),
    "NULL big": (b"\0\0\0\x02" + PACKET, NULL),
    "LOOP": (b"\0\0\0\x02" + PACKET, LOOP),
    "NFLOG": (
        bytes.fromhex("02000001 08000100 08000200 05000a00 61000000")
        + struct.pack("<HH", 4 + len(PACKET), 9)
        + PACKET,
        239,
    ),
    "PPP": (b"\x00\x21" + PACKET, PPP),
    "PPP with address": (b"\xff\x03\x00\x21" + PACKET, PPP),
    "PPP short protocol": (b"\x21" + PACKET, PPP),
    "PPP in HDLC": (b"\xff\x03\x00\x21" + PACKET, 50),
    "Cisco HDLC": (b"\x0f\x00\x08\x00" + PACKET, 104),
    "PPPoE": (ethernet(PPPOE, 0x8864), ETHERNET),
    "PPPoE in VLAN": (ethernet(vlan(PPPOE, 0x8864), 0x8100), ETHERNET),
    "MPLS": (ethernet(bytes.fromhex("00011140") + PACKET, 0x8847), ETHERNET),
    "MPLS two labels": (ethernet(MPLS + PACKET, 0x8847), ETHERNET),
    "MPLS pseudowire": (ethernet(MPLS + bytes(4) + ETHER, 0x8847), ETHERNET),
    "IPv4 with options": (ethernet(ip4(udp(MESSAGE), options=b"\x94\x04\0\0")), ETHERNET),
    "IP length 0": (ethernet(ip4(udp(MESSAGE), length=0)), ETHERNET),
    "IPIP": (ethernet(ip4(PACKET, 4, **OUTER)), ETHERNET),
    "IPIP twice": (ethernet(ip4(ip4(PACKET, 4, **OUTER), 4, **OUTER)), ETHERNET),
    "4in6": (ethernet(ip6(PACKET, 4), 0x86DD), ETHERNET),
    "AH": (
        ethernet(ip4(struct.pack(">BBHII", 17, 4, 0, 1, 1) + bytes(12) + udp(MESSAGE), 51)),
        ETHERNET,
    ),
    "GRE": (ethernet(ip4(gre(PACKET), 47, **OUTER)), ETHERNET),
    "GRE with key": (ethernet(ip4(gre(PACKET, flags=0x2000, options=bytes(4)), 47)), ETHERNET),
    "GRE with all": (ethernet(ip4(gre(PACKET, flags=0xB000, options=bytes(12)), 47)), ETHERNET),
    "GRE with routing": (
        ethernet(ip4(gre(PACKET, flags=0x4000, options=bytes(8)), 47, **OUTER)),
        ETHERNET,
    ),
    "GRE with Ethernet": (ethernet(ip4(gre(ETHER, 0x6558), 47, **OUTER)), ETHERNET),
    "GRE with VLAN": (ethernet(ip4(gre(vlan(PACKET), 0x8100), 47, **OUTER)), ETHERNET),
    "GRE with PPP": (
        ethernet(ip4(gre(b"\xff\x03\x00\x21" + PACKET, 0x880B, 0x2000, bytes(4)), 47, **OUTER)),
        ETHERNET,
    ),
    "GRE 1 with PPP": (
        ethernet(ip4(gre(b"\x21" + PACKET, 0x880B, 0x3081, bytes(12)), 47, **OUTER)),
        ETHERNET,
    ),
    "GRE with MPLS": (ethernet(ip4(gre(MPLS + PACKET, 0x8847), 47, **OUTER)), ETHERNET),
    "ERSPAN I": (ethernet(ip4(gre(ETHER, 0x88BE), 47, **OUTER)), ETHERNET),
    "ERSPAN II": (
        ethernet(ip4(gre(ERSPAN2 + ETHER, 0x88BE, 0x1000, bytes(4)), 47, **OUTER)),
        ETHERNET,
    ),
    "ERSPAN III": (
        ethernet(ip4(gre(ERSPAN3 + ETHER, 0x22EB, 0x1000, bytes(4)), 47, **OUTER)),
        ETHERNET,
    ),
    "VXLAN": (ethernet(ip4(udp(VXLAN + ETHER, 50000, 4789), **OUTER)), ETHERNET),
    "VXLAN with VLAN": (
        ethernet(ip4(udp(VXLAN + ethernet(vlan(PACKET), 0x8100), 50000, 4789), **OUTER)),
        ETHERNET,
    ),
    "VXLAN on Linux's port": (ethernet(ip4(udp(VXLAN + ETHER, 50000, 8472), **OUTER)), ETHERNET),
    "GENEVE": (ethernet(ip4(udp(GENEVE + ETHER, 50000, 6081), **OUTER)), ETHERNET),
    "GTP-U": (ethernet(ip4(udp(GTP + PACKET, 2152, 2152), **OUTER)), ETHERNET),
    "GTP-U extended": (ethernet(ip4(udp(GTP_EXTENDED + PACKET, 2152, 2152), **OUTER)), ETHERNET),
}

V6 = {
    "ethernet": (ethernet(PACKET6, 0x86DD), ETHERNET),
    "raw": (PACKET6, RAW),
    "raw IPv6": (PACKET6, IPV6),
    "SLL": (SLL_HEAD + b"\x86\xdd" + PACKET6, SLL),
    "NULL BSD": (b"\x1c\0\0\0" + PACKET6, NULL),
    "NULL macOS": (b"\x1e\0\0\0" + PACKET6, NULL),
    "LOOP": (b"\0\0\0\x18" + PACKET6, LOOP),
    "PPP": (b"\x00\x57" + PACKET6, PPP),
    "hop-by-hop": (ip6(extension(udp(MESSAGE), 17), 0), RAW),
    "destination options": (ip6(extension(udp(MESSAGE), 17, 16), 60), RAW),
    "routing": (ip6(extension(udp(MESSAGE), 17, 24), 43), RAW),
    "all of them": (
        ip6(extension(extension(extension(udp(MESSAGE), 17), 60), 43), 0),
        RAW,
    ),
    "fragment that is whole": (ip6(fragment6(udp(MESSAGE), 0, False), 44), RAW),
    "6in4": (ethernet(ip4(PACKET6, 41, **OUTER)), ETHERNET),
    "6in6": (ethernet(ip6(PACKET6, 41), 0x86DD), ETHERNET),
    "GRE": (ethernet(ip4(gre(PACKET6, 0x86DD), 47, **OUTER)), ETHERNET),
    "MPLS": (ethernet(MPLS + PACKET6, 0x8847), ETHERNET),
    "VXLAN": (
        ethernet(ip4(udp(VXLAN + ethernet(PACKET6, 0x86DD), 5, 4789), **OUTER)),
        ETHERNET,
    ),
}

CASES = [
    *(pytest.param(data, link, A, B, id=f"{name}, IPv4") for name, (data, link) in V4.items()),
    *(pytest.param(data, link, A6, B6, id=f"{name}, IPv6") for name, (data, link) in V6.items()),
]


@pytest.mark.parametrize(("data", "link", "source", "target"), CASES)
def test_the_message_is_found(data: bytes, link: int, source: str, target: str) -> None:
    of = frame(data, link)
    (record,) = decode([of])
    assert (record.src, record.sport, record.dst, record.dport) == (source, 5060, target, 5060)
    assert (record.transport, record.kind, record.method) == ("udp", "sip", "OPTIONS")
    assert record.data == MESSAGE
    assert record.frames[0] is of
    assert data[record.offset : record.offset + len(MESSAGE)] == MESSAGE
    assert record.time == of.time
    assert record.defects == ()


@pytest.mark.parametrize(("data", "link", "source", "target"), CASES)
def test_the_layers_are_named(data: bytes, link: int, source: str, target: str) -> None:
    found = layers(frame(data, link))
    at = 0
    for layer in found:
        assert at <= layer.start <= layer.stop <= len(data)
        at = layer.stop
    payload = next(layer for layer in found if layer.name == "payload")
    assert data[payload.start : payload.stop] == MESSAGE
    assert any(f"{source} → {target}" in layer.summary for layer in found)


@pytest.mark.parametrize(("data", "link", "source", "target"), CASES)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_cut_frame_is_no_whole_message(
    data: bytes, link: int, source: str, target: str, part: float
) -> None:
    cut = frame(data[: int(len(data) * part)], link, length=len(data))
    layers(cut)
    for record in decode([cut]):
        assert "truncated" in record.defects or record.kind == "malformed"


def test_a_tunnel_that_holds_nothing_readable_is_shown_itself() -> None:
    inner = ethernet(bytes(28), 0x0806)
    (record,) = decode([frame(ethernet(ip4(udp(VXLAN + inner, 50000, 4789))))])
    assert (record.src, record.dport, record.data) == (A, 4789, VXLAN + inner)


def test_sip_to_a_tunnels_port_is_sip() -> None:
    for port in (2152, 4789, 6081, 8472):
        (record,) = decode([frame(ethernet(ip4(udp(MESSAGE, 5060, port))))])
        assert (record.kind, record.dport) == ("sip", port)


def test_nested_without_end_is_let_go() -> None:
    packet = PACKET
    for _ in range(3000):
        packet = ip4(packet, 4)
    decoder = Decoder()
    (record,) = decode([frame(packet, RAW)], decoder)
    assert record.kind == "malformed"
    assert layers(frame(packet, RAW))


def test_what_is_no_datagram_is_counted() -> None:
    decoder = Decoder()
    frames = [
        frame(ethernet(bytes(28), 0x0806)),
        frame(ethernet(ip4(bytes(8), 2))),
        frame(b"whatever", 147),
        frame(ethernet(ip4(b"\x08\0" + bytes(30), 1))),
        frame(ethernet(ip4(tcp(flags=0x10), 6))),
        frame(b""),
    ]
    assert decode(frames, decoder) == []
    assert decoder.let_go == {
        "not IP": 1,
        "other protocol 2": 1,
        "unknown link type 147": 1,
        "other ICMP": 1,
        "unreadable header: ethernet": 1,
    }


def test_a_damaged_header_is_shown_where_its_addresses_are_known() -> None:
    damaged = {
        "UDP header cut": ip4(b"\x13\xc4\x13"),
        "TCP offset too small": ip4(tcp(MESSAGE)[:12] + b"\x10" + tcp(MESSAGE)[13:], 6),
        "IP length too small": ip4(udp(MESSAGE), length=19),
        "SCTP header cut": ip4(bytes(5), 132),
        "extension header cut": ip6(b"\x11\x09", 0),
    }
    for name, packet in damaged.items():
        (record,) = decode([frame(packet, RAW)])
        assert record.kind == "malformed", name
        assert record.src in (A, A6), name


def test_lengths_that_disagree_are_noted() -> None:
    def one(packet: bytes, length: int | None = None) -> tuple[bytes, tuple[str, ...]]:
        (record,) = decode([frame(packet, RAW, length=length)])
        return record.data, record.defects

    payload = b"hello there"
    assert one(ip4(udp(payload, length=13))) == (payload[:5], ("udp-length",))
    assert one(ip4(udp(payload, length=30))) == (payload, ("udp-length",))
    assert one(ip4(udp(payload, length=3))) == (payload, ("udp-length",))
    assert one(ip4(udp(payload, length=0))) == (payload, ())
    assert one(ip4(udp(payload))[:-4]) == (payload[:-4], ("truncated",))
    whole = ip4(udp(payload), length=0)
    assert one(whole[:-4], len(whole)) == (payload[:-4], ("truncated",))


def test_empty_datagrams_have_rows() -> None:
    packets = [ip4(udp(b"")), ip6(udp(b"")), ip4(udp(b"", length=0))]
    assert [record.kind for record in decode([frame(each, RAW) for each in packets])] == [
        "empty"
    ] * 3


def test_a_quoted_message_is_no_message() -> None:
    quote = ip4(udp(MESSAGE, 5061, 5060))
    error = ip4(b"\x03\x03\0\0" + bytes(4) + quote, 1, source=B, target=A)
    (record,) = decode([frame(error, RAW)])
    assert (record.transport, record.kind) == ("icmp", "icmp-unreachable")
    assert (record.src, record.sport, record.dst, record.dport) == (B, 5060, A, 5061)
    assert record.data == MESSAGE
    assert record.method == ""
    assert [layer.name for layer in layers(frame(error, RAW))] == [
        "ipv4",
        "icmp",
        "ipv4",
        "udp",
        "payload",
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [(3, "icmp-unreachable"), (11, "icmp-expired"), (12, "icmp-parameter"), (4, "icmp-quench")],
)
def test_icmp_errors_are_named(kind: int, name: str) -> None:
    quote = ip4(udp(MESSAGE))[:28]
    (record,) = decode([frame(ip4(bytes((kind, 0)) + bytes(6) + quote, 1), RAW)])
    assert (record.kind, record.data) == (name, b"")


def test_icmp6_errors_are_named() -> None:
    quote = ip6(extension(udp(response()), 17), 60)[:200]
    (record,) = decode([frame(ip6(b"\x01\x04" + bytes(6) + quote, 58), RAW)])
    assert record.kind == "icmp-unreachable"
    assert response().startswith(record.data)
    assert len(record.data) > 100
