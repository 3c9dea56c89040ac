"""How does a frame look that tells neither addresses nor users, and is still a sound packet?

Addresses in headers are replaced, the payload is filled as its messages are, then checksums are
made right again from the innermost header outwards; where that is impossible (fragments, what the
capture cut, what an ICMP message quotes) they become zero.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from siptui.decode import hep
from siptui.decode.frame import Layer, layers
from siptui.decode.headers import UnreadableError
from siptui.record import Frame, Record

Packed = Callable[[bytes], bytes]
Hide = Callable[[bytes], bytes]

_FILL = bytes(code if code in b"\r\n" else 0x78 for code in range(256))
_LINK_ADDRESSES = {"ethernet": (0, 12), "sll": (6, 14), "sll2": (12, 20)}
_UNREADABLE = "cannot be read"
_ANCHOR = 8
"""Bytes that are looked for before two texts are compared in full."""


def hide_frame(frame: Frame, records: Sequence[Record], packed: Packed, hide: Hide) -> bytes:
    """Return the bytes of `frame` with everything hidden.

    `packed` gives the pseudonym of an address, `hide` the hidden form of a message.
    """
    data = bytearray(frame.data)
    found = layers(frame)
    for layer in found:
        if layer.name in ("unknown", "trailer") or layer.summary == _UNREADABLE:
            data[layer.start : layer.stop] = bytes(layer.stop - layer.start)
        elif layer.name == "payload":
            part = frame.data[layer.start : layer.stop]
            data[layer.start : layer.stop] = _payload(frame, part, layer.start, records, hide)
        else:
            _header(data, layer, packed, hide)
    _repair(data, found, frame.length > len(data))
    return bytes(data)


def _header(data: bytearray, layer: Layer, packed: Packed, hide: Hide) -> None:
    """Replace the addresses of one header."""
    start, stop = layer.start, layer.stop
    if layer.name in _LINK_ADDRESSES:
        first, last = _LINK_ADDRESSES[layer.name]
        data[start + first : start + last] = bytes(last - first)
    elif layer.name == "ipv4":
        for at in (start + 12, start + 16):
            data[at : at + 4] = packed(bytes(data[at : at + 4]))
        data[start + 20 : stop] = b"\x01" * (stop - start - 20)
    elif layer.name == "ipv6":
        for at in (start + 8, start + 24):
            data[at : at + 16] = packed(bytes(data[at : at + 16]))
    elif layer.name in ("routing", "hop-by-hop", "destination"):
        data[start + 8 : stop] = bytes(stop - start - 8)
    elif layer.name == "hep":
        _hep(data, start, stop, packed, hide)


def _hep(data: bytearray, start: int, stop: int, packed: Packed, hide: Hide) -> None:
    """Replace the addresses that a HEP header holds, wherever in it they stand."""
    try:
        carried = hep.read(bytes(data[start:]))
    except UnreadableError:
        return
    head = bytes(data[start:stop])
    for text in {carried.source, carried.target} - {""}:
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        address = socket.inet_pton(family, text)
        head = head.replace(address, packed(address))
    data[start:stop] = hide(head)


def _payload(frame: Frame, part: bytes, start: int, records: Sequence[Record], hide: Hide) -> bytes:
    """Return the payload `part`, which begins at `start` of the frame, hidden.

    A datagram is hidden as a whole, as its messages would be. In a stream, and in fragments, a rule
    could miss an address that a boundary cuts: there only what is known to be of a message is kept.
    """
    whole = all(each.transport == "udp" and each.offset >= 0 for each in records)
    hidden = bytearray(hide(part) if whole and part[:4] != b"HEP3" else part.translate(_FILL))
    for record in records:
        message = record.data
        shown = hide(message)
        at = record.offset - start
        if record.offset >= 0 and part[max(at, 0) : at + len(message)] == message:
            hidden[at : at + len(message)] = shown
        else:
            for place in _places(part, message):
                hidden[place.at : place.at + place.size] = shown[place.begin :][: place.size]
    return bytes(hidden)


class _Place(NamedTuple):
    """Say that `size` bytes at `at` of a payload are those from `begin` on of a message."""

    at: int
    begin: int
    size: int


def _places(part: bytes, message: bytes) -> list[_Place]:
    """Return where a payload and a message overlap: within, around, or end to beginning.

    A message that was sent again may be there more than once.
    """
    if not part or not message:
        return []
    begin = message.find(part)
    if begin >= 0:
        return [_Place(0, begin, len(part))]
    places: list[_Place] = []
    size = _overlap(message, part)
    if size:
        places.append(_Place(0, len(message) - size, size))
    at = part.find(message, size)
    while at >= 0:
        places.append(_Place(at, 0, len(message)))
        at = part.find(message, at + len(message))
    size = _overlap(part, message)
    if size:
        places.append(_Place(len(part) - size, 0, size))
    return places


def _overlap(first: bytes, second: bytes) -> int:
    """Return how many bytes at the end of `first` are the beginning of `second`, at most."""
    anchor = second[:_ANCHOR]
    at = first.find(anchor, max(0, len(first) - len(second)))
    while at >= 0:
        if second.startswith(first[at:]):
            return len(first) - at
        at = first.find(anchor, at + 1)
    for size in range(min(_ANCHOR, len(first), len(second)) - 1, 0, -1):
        if first.endswith(second[:size]):
            return size
    return 0


class _Packet(NamedTuple):
    """Say where an IP packet lies and whether its transport's checksum can be made."""

    start: int
    head: int
    stop: int
    version: int
    whole: bool


def _repair(data: bytearray, found: Sequence[Layer], cut: bool) -> None:
    """Make the checksums of all headers right, from the inside out."""
    packet: _Packet | None = None
    quoted = False
    todo: list[tuple[Layer, _Packet, bool]] = []
    for layer in found:
        if layer.summary == _UNREADABLE:
            continue
        if layer.name in ("ipv4", "ipv6"):
            packet = _packet(data, layer, cut)
            todo.append((layer, packet, quoted))
        elif packet is not None and layer.name in ("udp", "tcp", "icmp", "sctp"):
            todo.append((layer, packet, quoted))
            quoted = quoted or layer.name == "icmp"
        elif packet is not None and layer.name == "fragment":
            packet = packet._replace(whole=False)
    for layer, packet, quoted in reversed(todo):
        if layer.name == "ipv4":
            data[layer.start + 10 : layer.start + 12] = bytes(2)
            _store(data, layer.start + 10, _sum(bytes(data[layer.start : layer.stop])))
        elif layer.name != "ipv6":
            _repair_transport(data, layer, packet, quoted)


def _packet(data: bytearray, layer: Layer, cut: bool) -> _Packet:
    start = layer.start
    if layer.name == "ipv4":
        total, _, offset = struct.unpack_from(">HHH", data, start + 2)
        whole = not offset & 0x3FFF
        stop = start + (total or len(data) - start)
        version = 4
    else:
        length = struct.unpack_from(">H", data, start + 4)[0]
        stop = start + 40 + (length or len(data) - start - 40)
        whole, version = True, 6
    return _Packet(
        start, layer.stop, min(stop, len(data)), version, whole and not cut and stop <= len(data)
    )


def _repair_transport(data: bytearray, layer: Layer, packet: _Packet, quoted: bool) -> None:
    """Make the checksum of a UDP, TCP or ICMP header, or zero where it cannot be made.

    That of SCTP always becomes zero: nearly nobody checks it.
    """
    start, stop = layer.start, packet.stop
    at, size = {"udp": (6, 2), "tcp": (16, 2), "icmp": (2, 2), "sctp": (8, 4)}[layer.name]
    at += start
    absent = layer.name == "udp" and not any(data[at : at + 2])
    data[at : at + size] = bytes(size)
    if layer.name == "sctp" or absent or quoted or not packet.whole:
        return
    number = {"udp": 17, "tcp": 6, "icmp": 58}[layer.name]
    if layer.name == "udp":
        length = struct.unpack_from(">H", data, start + 4)[0]
        if length >= 8:
            stop = min(stop, start + length)
    pseudo = b""
    if layer.name != "icmp" or packet.version == 6:
        first, last = (12, 20) if packet.version == 4 else (8, 40)
        pseudo = bytes(data[packet.start + first : packet.start + last])
        pseudo += struct.pack(">IHBB", stop - start, 0, 0, number)
    checksum = _sum(pseudo + bytes(data[start:stop]))
    _store(data, at, checksum or 0xFFFF if layer.name == "udp" else checksum)


def _sum(data: bytes) -> int:
    """Return the Internet checksum of `data` (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    number = int.from_bytes(data, "big")
    return 0xFFFF - (number % 0xFFFF or (0xFFFF if number else 0))


def _store(data: bytearray, at: int, checksum: int) -> None:
    data[at : at + 2] = checksum.to_bytes(2, "big")
