"""How are the headers of IPv4 and IPv6 read, extension headers with them?"""

from __future__ import annotations

from dpkt import ip, ip6

from siptui.decode.headers import Header, UnreadableError, unpack

PROTOCOLS: dict[int, str] = {
    0: "hop-by-hop",
    1: "icmp",
    4: "ipv4",
    6: "tcp",
    17: "udp",
    41: "ipv6",
    43: "routing",
    44: "fragment",
    47: "gre",
    51: "ah",
    58: "icmp6",
    60: "destination",
    132: "sctp",
    137: "mpls",
}
"""What an IP payload is by its protocol number."""

PIECE = "piece of a packet"
"""What follows the header of a fragment."""


def protocol(number: int) -> str:
    """Return what follows an IP header with this protocol number."""
    return PROTOCOLS.get(number) or f"protocol {number}"


def read_ip(data: bytes, at: int, end: int) -> Header:
    """Read the header of whichever version the first four bits name."""
    version = data[at] >> 4 if at < end else 0
    if version == 4:
        return read_ipv4(data, at, end)
    if version == 6:
        return read_ipv6(data, at, end)
    raise UnreadableError("ip")


def read_ipv4(data: bytes, at: int, end: int) -> Header:
    """Read an IPv4 header with its options (RFC 791).

    A total length of 0 is what segmentation offload leaves: the payload is all that is there.
    """
    packet = unpack(ip.IP, "ipv4", data, at, end)
    if packet.v != 4:
        raise UnreadableError("ipv4")
    size = packet.hl * 4
    total = packet.len or end - at
    if size < 20 or total < size or at + size > end:
        raise UnreadableError("ipv4", (packet.src, packet.dst))
    following = protocol(packet.p)
    if packet._flags_offset & 0x3FFF:
        following = PIECE
    stop = at + size
    return Header(
        "ipv4",
        at,
        stop,
        min(end, at + total),
        following,
        packet,
        max(0, at + total - end),
        packet.len != 0,
    )


def read_ipv6(data: bytes, at: int, end: int) -> Header:
    """Read an IPv6 header without its extension headers (RFC 8200).

    A payload length of 0 is a jumbogram or what segmentation offload leaves.
    """
    packet = unpack(ip6.IP6, "ipv6", data, at, end)
    if packet.v != 6:
        raise UnreadableError("ipv6")
    stop = at + 40
    plen = packet.plen or end - stop
    return Header(
        "ipv6",
        at,
        stop,
        min(end, stop + plen),
        protocol(packet.nxt),
        packet,
        max(0, stop + plen - end),
        packet.plen != 0,
    )


def _extension(name: str, data: bytes, at: int, end: int) -> Header:
    packet = unpack(_Options, name, data, at, end)
    unit, extra = (4, 2) if name == "ah" else (8, 1)
    stop = at + (packet.len + extra) * unit
    if stop > end:
        raise UnreadableError(name)
    return Header(name, at, stop, end, protocol(packet.nxt), packet)


_Options = ip6.IP6OptsHeader


def read_hop_by_hop(data: bytes, at: int, end: int) -> Header:
    """Read the hop-by-hop options."""
    return _extension("hop-by-hop", data, at, end)


def read_routing(data: bytes, at: int, end: int) -> Header:
    """Read a routing header."""
    return _extension("routing", data, at, end)


def read_destination(data: bytes, at: int, end: int) -> Header:
    """Read the destination options."""
    return _extension("destination", data, at, end)


def read_ah(data: bytes, at: int, end: int) -> Header:
    """Read an authentication header, which hides nothing (RFC 4302)."""
    return _extension("ah", data, at, end)


def read_fragment(data: bytes, at: int, end: int) -> Header:
    """Read a fragment header; one that holds the whole packet is no fragment (RFC 6946)."""
    packet = unpack(ip6.IP6FragmentHeader, "fragment", data, at, end)
    following = protocol(packet.nxt)
    if packet.frag_off or packet.m_flag:
        following = PIECE
    return Header("fragment", at, at + 8, end, following, packet)
