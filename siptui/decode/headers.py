"""What is one header of a frame, and how is it read without descending?

dpkt knows the fields of most headers. Its own descent is not used: it recurses as deep as the
frame tells it to, hides errors, and forgets where a header began. So dpkt reads one header at a
time here, and the walk from header to header is ours, bounded and with offsets.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from dpkt import dpkt


class Header(NamedTuple):
    """Say where one header lies and what follows it."""

    name: str
    """``ethernet``, ``vlan``, ``ipv4``, ``gre`` …"""
    start: int
    stop: int
    """Where its payload begins."""
    end: int
    """Where its payload ends, as far as its bytes are there."""
    next: str
    """What its payload is: the name of a reader, of a transport, or words for what is not read."""
    packet: Any
    """The fields, mostly a dpkt packet."""
    missing: int = 0
    """Bytes of its payload that the header promises and the data lack."""
    sure: bool = True
    """Whether the header says how long its payload is; padding may follow it otherwise."""


class UnreadableError(Exception):
    """Say why a header cannot be read.

    `name` is the header; `addresses` holds the packed source and target if they are known all the
    same.
    """

    def __init__(self, name: str, addresses: tuple[bytes, bytes] | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.addresses = addresses


def unpack(kind: type[dpkt.Packet], name: str, data: bytes, at: int, end: int) -> Any:
    """Return dpkt's packet of this kind with the fields of the header at `at`, and no payload.

    Raises UnreadableError if fewer bytes are there than the fixed part of the header has.
    """
    size = kind.__hdr_len__
    if at + size > end:
        raise UnreadableError(name)
    packet: Any = object.__new__(kind)
    dpkt.Packet.unpack(packet, data[at : at + size])
    return packet
