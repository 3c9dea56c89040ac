"""Is this frame an ordinary whole UDP datagram, and where in it is its payload?

The commonest frames are read with one `struct` call instead of a walk from header to header. The
walk gives the same for each of them.
"""

from __future__ import annotations

import struct

from siptui.decode.tunnels import UDP_TUNNELS
from siptui.record import Record

_V4 = struct.Struct(">BxHxxHxB2x4s4sHHH").unpack_from
_V6 = struct.Struct(">B3xHBx16s16sHHH").unpack_from


def ordinary(data: bytes, link: int) -> tuple[bytes, bytes, int, int, int, int] | None:
    """Return packed source and target, both ports, and start and stop of the payload.

    None for whatever is not a whole, unfragmented UDP datagram right behind an IPv4 header without
    options or an IPv6 header without extension headers, in Ethernet with at most one 802.1Q tag,
    Linux SLL or SLL2, or raw IP; and for what may be a tunnel.
    """
    size = len(data)
    if link == 1:
        at = 14
        ethertype = data[12:14]
        if ethertype == b"\x81\x00":
            at = 18
            ethertype = data[16:18]
    elif link == 101 or link == 228 or link == 229:
        at = 0
        ethertype = b"\x08\x00" if link == 228 else b"\x86\xdd"
        if link == 101 and size and data[0] >> 4 == 4:
            ethertype = b"\x08\x00"
    elif link == 113:
        at = 16
        ethertype = data[14:16]
    elif link == 276:
        at = 20
        ethertype = data[0:2]
    else:
        return None
    if ethertype == b"\x08\x00":
        if size < at + 28:
            return None
        first, total, fragment, protocol, src, dst, sport, dport, length = _V4(data, at)
        if (
            first != 0x45
            or protocol != 17
            or fragment & 0x3FFF
            or total != length + 20
            or length < 8
            or at + total > size
            or dport in UDP_TUNNELS
        ):
            return None
        return src, dst, sport, dport, at + 28, at + total
    if ethertype == b"\x86\xdd":
        if size < at + 48:
            return None
        first, plen, protocol, src, dst, sport, dport, length = _V6(data, at)
        if (
            first >> 4 != 6
            or protocol != 17
            or plen != length
            or length < 8
            or at + 40 + length > size
            or dport in UDP_TUNNELS
        ):
            return None
        return src, dst, sport, dport, at + 48, at + 40 + length
    return None


def time_to_live(record: Record) -> int:
    """Return the time to live, or hop limit, that a datagram came with; 0 if that is not known.

    It is, where an IPv4 header without options or an IPv6 header without extension headers stands
    right before UDP and the message.
    """
    at, data = record.offset, record.frames[0].data if record.frames else b""
    if at < 28 or data[at - 8 : at - 6] != record.sport.to_bytes(2, "big"):
        return 0
    if data[at - 28] == 0x45 and data[at - 19] == 17:
        return data[at - 20]
    return data[at - 41] if at >= 48 and data[at - 48] >> 4 == 6 and data[at - 42] == 17 else 0
