"""Whose datagram does an ICMP error quote?"""

from __future__ import annotations

import struct
from typing import NamedTuple

from siptui.decode.headers import UnreadableError
from siptui.decode.ip import PIECE
from siptui.decode.layers import DEPTH, READERS

ERRORS4: dict[int, str] = {
    3: "icmp-unreachable",
    4: "icmp-quench",
    5: "icmp-redirect",
    11: "icmp-expired",
    12: "icmp-parameter",
}
ERRORS6: dict[int, str] = {
    1: "icmp-unreachable",
    2: "icmp-too-big",
    3: "icmp-expired",
    4: "icmp-parameter",
}


class Quoted(NamedTuple):
    """Say what an ICMP error quotes."""

    kind: str
    """What a record of it is called: ``icmp-unreachable`` …"""
    sport: int
    dport: int
    start: int
    """Where the quoted payload begins."""
    stop: int


def read(data: bytes, at: int, end: int, version: int) -> Quoted:
    """Read an ICMP error and the beginning of the UDP, TCP or SCTP packet it quotes.

    Raises UnreadableError if it is no error (RFC 792, RFC 4443) or quotes none of these.
    """
    kinds = ERRORS4 if version == 4 else ERRORS6
    kind = kinds.get(data[at], "") if at + 8 <= end else ""
    if not kind:
        raise UnreadableError("icmp")
    following = f"ipv{version}"
    at += 8
    for _ in range(DEPTH):
        reader = READERS.get(following)
        if reader is None:
            break
        header = reader(data, at, end)
        following, at, end = header.next, header.stop, header.end
        if header.name == "ipv4" and following == PIECE and not header.packet.offset:
            following = {6: "tcp", 17: "udp", 132: "sctp"}.get(header.packet.p, "")
    size = {"udp": 8, "tcp": 20, "sctp": 12}.get(following, 0)
    if not size or at + 4 > end:
        raise UnreadableError("icmp")
    sport, dport = struct.unpack_from(">HH", data, at)
    if following == "tcp" and at + 13 <= end:
        size = max(20, data[at + 12] >> 4 << 2)
    return Quoted(kind, sport, dport, min(at + size, end), end)
