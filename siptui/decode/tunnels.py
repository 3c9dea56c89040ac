"""How are the headers of tunnels read, those over IP and those over UDP?"""

from __future__ import annotations

import struct

from dpkt import gre

from siptui.decode.headers import Header, UnreadableError, unpack
from siptui.decode.link import ETHERTYPES, _ethertype

UDP_TUNNELS: dict[int, str] = {
    2152: "gtp",
    4789: "vxlan",
    8472: "vxlan",
    6081: "geneve",
}
"""What a datagram to one of these ports carries, if its header fits too (RFC 7348, RFC 8926, 3GPP
TS 29.281; 8472 is Linux's first VXLAN port)."""


def read_gre(data: bytes, at: int, end: int) -> Header:
    """Read a GRE header of version 0 (RFC 2784, RFC 2890, RFC 1701) or 1 (RFC 2637)."""
    packet = unpack(gre.GRE, "gre", data, at, end)
    if packet.v > 1:
        raise UnreadableError("gre")
    stop = at + 4 + struct.calcsize(">" + "".join(packet.opt_fields_fmts()[1]))
    if packet.v == 0 and packet.flags & gre.GRE_RP:
        while True:
            if stop + 4 > end:
                raise UnreadableError("gre")
            family, _, size = struct.unpack_from(">HBB", data, stop)
            stop += 4 + size
            if not family and not size:
                break
    if stop > end:
        raise UnreadableError("gre")
    following = _ethertype(packet.p)
    if following == "erspan" and not packet.flags & gre.GRE_SP:
        # ERSPAN type I has no header of its own and no sequence number in GRE's.
        following = "ethernet"
    return Header("gre", at, stop, end, following, packet)


def read_erspan(data: bytes, at: int, end: int) -> Header:
    """Read an ERSPAN type II header."""
    if at + 8 > end or data[at] >> 4 != 1:
        raise UnreadableError("erspan")
    return Header("erspan", at, at + 8, end, "ethernet", data[at : at + 8])


def read_erspan3(data: bytes, at: int, end: int) -> Header:
    """Read an ERSPAN type III header with its optional subheader."""
    if at + 12 > end or data[at] >> 4 != 2:
        raise UnreadableError("erspan3")
    stop = at + (20 if data[at + 11] & 1 else 12)
    if stop > end:
        raise UnreadableError("erspan3")
    return Header("erspan3", at, stop, end, "ethernet", data[at:stop])


def read_vxlan(data: bytes, at: int, end: int) -> Header:
    """Read a VXLAN header: the I flag set, what is reserved zero (RFC 7348)."""
    if at + 22 > end or data[at] != 8 or data[at + 1 : at + 4] != bytes(3) or data[at + 7]:
        raise UnreadableError("vxlan")
    return Header("vxlan", at, at + 8, end, "ethernet", data[at + 4 : at + 7])


def read_geneve(data: bytes, at: int, end: int) -> Header:
    """Read a GENEVE header with its options (RFC 8926)."""
    if at + 8 > end or data[at] >> 6 or data[at + 1] & 0x3F or data[at + 7]:
        raise UnreadableError("geneve")
    stop = at + 8 + (data[at] & 0x3F) * 4
    number = int.from_bytes(data[at + 2 : at + 4], "big")
    if stop > end or number not in ETHERTYPES:
        raise UnreadableError("geneve")
    return Header("geneve", at, stop, end, ETHERTYPES[number], data[at + 4 : at + 7])


def read_gtp(data: bytes, at: int, end: int) -> Header:
    """Read the header of a GTP-U T-PDU with its extension headers (3GPP TS 29.281)."""
    if at + 8 > end or data[at] & 0xF0 != 0x30 or data[at + 1] != 0xFF:
        raise UnreadableError("gtp")
    size = int.from_bytes(data[at + 2 : at + 4], "big")
    stop = at + 8
    if data[at] & 7:
        stop += 4
        following = data[stop - 1] if stop <= end and data[at] & 4 else 0
        while following:
            step = data[stop] * 4 if stop < end else 0
            if not step or stop + step > end:
                raise UnreadableError("gtp")
            stop += step
            following = data[stop - 1]
    last = at + 8 + size
    if stop > min(end, last):
        raise UnreadableError("gtp")
    return Header("gtp", at, stop, min(end, last), "ip", data[at + 4 : at + 8], max(0, last - end))
