"""How are the headers between the wire and IP read: links, tags and labels?"""

from __future__ import annotations

import struct

from dpkt import ethernet, pppoe, sll, sll2

from siptui.decode.headers import Header, UnreadableError, unpack

LINKS: dict[int, str] = {
    0: "null",
    1: "ethernet",
    9: "ppp",
    12: "ip",
    14: "ip",
    50: "ppp",
    101: "ip",
    104: "chdlc",
    108: "null",
    113: "sll",
    228: "ipv4",
    229: "ipv6",
    239: "nflog",
    276: "sll2",
}
"""The reader for each LINKTYPE_ number (https://www.tcpdump.org/linktypes.html)."""

ETHERTYPES: dict[int, str] = {
    0x0800: "ipv4",
    0x86DD: "ipv6",
    0x8100: "vlan",
    0x88A8: "vlan",
    0x9100: "vlan",
    0x9200: "vlan",
    0x8847: "mpls",
    0x8848: "mpls",
    0x8864: "pppoe",
    0x880B: "ppp",
    0x6558: "ethernet",
    0x88BE: "erspan",
    0x22EB: "erspan3",
}

PPP_PROTOCOLS: dict[int, str] = {0x21: "ipv4", 0x57: "ipv6", 0x281: "mpls", 0x283: "mpls"}

FAMILIES: dict[int, str] = {2: "ipv4", 10: "ipv6", 24: "ipv6", 28: "ipv6", 30: "ipv6"}
"""Address families of LINKTYPE_NULL as BSD, Linux, FreeBSD and macOS number them."""

_NFLOG_PAYLOAD = 9
_SNAP = b"\xaa\xaa\x03\x00\x00\x00"


def _ethertype(number: int) -> str:
    return ETHERTYPES.get(number) or f"ethertype 0x{number:04x}"


def read_ethernet(data: bytes, at: int, end: int) -> Header:
    """Read an Ethernet II or IEEE 802.3 header."""
    packet = unpack(ethernet.Ethernet, "ethernet", data, at, end)
    stop = at + 14
    if packet.type > 1500:
        return Header("ethernet", at, stop, end, _ethertype(packet.type), packet)
    end = min(end, stop + packet.type)
    following = "snap" if data.startswith(_SNAP, stop) else "llc frame"
    return Header("ethernet", at, stop, end, following, packet)


def read_snap(data: bytes, at: int, end: int) -> Header:
    """Read an LLC and SNAP header that carries an EtherType (RFC 1042)."""
    if at + 8 > end:
        raise UnreadableError("snap")
    number = int.from_bytes(data[at + 6 : at + 8], "big")
    return Header("snap", at, at + 8, end, _ethertype(number), number)


def read_vlan(data: bytes, at: int, end: int) -> Header:
    """Read one 802.1Q or 802.1ad tag."""
    packet = unpack(ethernet.VLANtag8021Q, "vlan", data, at, end)
    return Header("vlan", at, at + 4, end, _ethertype(packet.type), packet)


def read_sll(data: bytes, at: int, end: int) -> Header:
    """Read a Linux cooked header, version 1."""
    packet = unpack(sll.SLL, "sll", data, at, end)
    return Header("sll", at, at + 16, end, _ethertype(packet.ethtype), packet)


def read_sll2(data: bytes, at: int, end: int) -> Header:
    """Read a Linux cooked header, version 2."""
    packet = unpack(sll2.SLL2, "sll2", data, at, end)
    return Header("sll2", at, at + 20, end, _ethertype(packet.ethtype), packet)


def read_null(data: bytes, at: int, end: int) -> Header:
    """Read a BSD loopback header; its byte order is that of the machine that wrote it."""
    if at + 4 > end:
        raise UnreadableError("null")
    family = int.from_bytes(data[at : at + 4], "little")
    if family > 0xFFFF:
        family = int.from_bytes(data[at : at + 4], "big")
    return Header("null", at, at + 4, end, FAMILIES.get(family, "address family"), family)


def read_nflog(data: bytes, at: int, end: int) -> Header:
    """Read a Linux NFLOG header; its last value is the packet."""
    family = data[at] if at + 4 <= end else 0
    stop = at + 4
    while stop + 4 <= end:
        size, kind = struct.unpack_from("<HH", data, stop)
        if kind == _NFLOG_PAYLOAD or size < 4:
            break
        stop += -(-size // 4) * 4
    if stop + 4 > end or size < 4:
        raise UnreadableError("nflog")
    return Header("nflog", at, stop + 4, end, FAMILIES.get(family, "address family"), family)


def read_chdlc(data: bytes, at: int, end: int) -> Header:
    """Read a Cisco HDLC header."""
    if at + 4 > end:
        raise UnreadableError("chdlc")
    number = int.from_bytes(data[at + 2 : at + 4], "big")
    return Header("chdlc", at, at + 4, end, _ethertype(number), number)


def read_ppp(data: bytes, at: int, end: int) -> Header:
    """Read a PPP header, its address and control bytes and a short protocol number optional."""
    stop = at
    if data[at : at + 2] == b"\xff\x03":
        stop += 2
    elif data[at : at + 2] in (b"\x0f\x00", b"\x8f\x00"):
        return read_chdlc(data, at, end)
    packet = unpack(pppoe.PPP, "ppp", data, stop, end)
    number = packet.p
    stop += 1
    if not number & 1:
        if stop >= end:
            raise UnreadableError("ppp")
        number = number << 8 | data[stop]
        stop += 1
    following = PPP_PROTOCOLS.get(number) or f"ppp protocol 0x{number:04x}"
    return Header("ppp", at, stop, end, following, number)


def read_pppoe(data: bytes, at: int, end: int) -> Header:
    """Read a PPPoE session header (RFC 2516)."""
    packet = unpack(pppoe.PPPoE, "pppoe", data, at, end)
    stop = at + 6
    following = "ppp" if packet.code == 0 else "pppoe discovery"
    return Header("pppoe", at, stop, min(end, stop + packet.len), following, packet)


def read_mpls(data: bytes, at: int, end: int) -> Header:
    """Read one MPLS label; what follows the last is told by its first four bits."""
    packet = unpack(ethernet.MPLSlabel, "mpls", data, at, end)
    stop = at + 4
    if not packet.s:
        following = "mpls"
    elif stop >= end:
        raise UnreadableError("mpls")
    else:
        following = {4: "ipv4", 6: "ipv6", 0: "pseudowire"}.get(data[stop] >> 4, "ethernet")
    return Header("mpls", at, stop, end, following, packet)


def read_pseudowire(data: bytes, at: int, end: int) -> Header:
    """Read the control word before an Ethernet frame in MPLS (RFC 4448)."""
    if at + 4 > end:
        raise UnreadableError("pseudowire")
    return Header("pseudowire", at, at + 4, end, "ethernet", None)
