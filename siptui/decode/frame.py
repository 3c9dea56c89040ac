"""Which layers does one captured frame have, for someone who looks at its bytes?"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

from siptui.decode import hep, icmp, sctp
from siptui.decode.headers import Header, UnreadableError
from siptui.decode.ip import PIECE, protocol
from siptui.decode.layers import DEPTH, READERS
from siptui.decode.link import LINKS
from siptui.decode.tunnels import UDP_TUNNELS
from siptui.record import Frame


class Layer(NamedTuple):
    """Say where one layer lies in a frame and what it says."""

    name: str
    """``ethernet``, ``vlan``, ``ipv4``, ``udp``, ``payload`` …"""
    start: int
    stop: int
    """Where its own bytes end, and those of the next layer may begin."""
    summary: str
    """One line; it holds no text from the frame."""


_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR")


def layers(frame: Frame) -> tuple[Layer, ...]:
    """Return the layers of a frame from the link on, as far as they can be read.

    They do not overlap, and come in order. Never raises on what a frame holds.
    """
    found: list[Layer] = []
    following = LINKS.get(frame.link, "")
    end = len(frame.data)
    at = 0
    if following:
        at, end = _walk(frame.data, following, found)
    elif end:
        found.append(Layer("unknown", 0, end, f"link type {frame.link} is not read"))
        at = end
    if at < end:
        found.append(Layer("payload", at, end, _bytes(end - at)))
    if end < len(frame.data):
        rest = len(frame.data) - end
        found.append(Layer("trailer", end, len(frame.data), f"{_bytes(rest)} behind the packet"))
    if frame.length > len(frame.data):
        cut = _bytes(frame.length - len(frame.data))
        found.append(Layer("cut", len(frame.data), len(frame.data), f"{cut} were not captured"))
    return tuple(found)


def _walk(data: bytes, following: str, found: list[Layer]) -> tuple[int, int]:
    """Add the layers of `data`; return where the rest begins and where it ends."""
    at, end = 0, len(data)
    for _ in range(DEPTH):
        reader = READERS.get(following)
        try:
            if reader is not None:
                header = reader(data, at, end)
                found.append(Layer(header.name, at, header.stop, _summary(header)))
                following, at, end = header.next, header.stop, header.end
                if following == PIECE and header.name == "ipv4" and not header.packet.offset:
                    following = protocol(header.packet.p)
            elif following in _TRANSPORTS:
                following, at, end = _TRANSPORTS[following](data, at, end, found)
            else:
                break
        except UnreadableError as problem:
            found.append(Layer(problem.name, at, end, "cannot be read"))
            return end, end
    return at, end


def _udp(data: bytes, at: int, end: int, found: list[Layer]) -> tuple[str, int, int]:
    if at + 8 > end:
        raise UnreadableError("udp")
    sport, dport, length = struct.unpack_from(">HHH", data, at)
    found.append(Layer("udp", at, at + 8, f"{sport} → {dport}, length {length}"))
    start = at + 8
    if length >= 8:
        end = min(end, at + length)
    for following in (UDP_TUNNELS.get(dport), "hep"):
        try:
            if following == "hep":
                carried = hep.read(data[start:end])
                if carried.source and carried.start >= 0:
                    flow = f"{carried.source}:{carried.sport} → {carried.target}:{carried.dport}"
                    found.append(Layer("hep", start, start + carried.start, flow))
                    return "", start + carried.start, start + carried.start + len(carried.data)
            elif following:
                READERS[following](data, start, end)
                return following, start, end
        except UnreadableError:
            continue
    return "", start, end


def _tcp(data: bytes, at: int, end: int, found: list[Layer]) -> tuple[str, int, int]:
    if at + 20 > end:
        raise UnreadableError("tcp")
    sport, dport, sequence, ack, size, flags, window = struct.unpack_from(">HHIIBBH", data, at)
    stop = at + (size >> 4 << 2)
    if stop < at + 20 or stop > end:
        raise UnreadableError("tcp")
    names = " ".join(name for bit, name in enumerate(_FLAGS) if flags >> bit & 1) or "no flags"
    text = f"{sport} → {dport}, {names}, sequence {sequence}, acknowledges {ack}, window {window}"
    found.append(Layer("tcp", at, stop, text))
    return "", stop, end


def _sctp(data: bytes, at: int, end: int, found: list[Layer]) -> tuple[str, int, int]:
    if at + 12 > end:
        raise UnreadableError("sctp")
    sport, dport, tag = struct.unpack_from(">HHI", data, at)
    found.append(Layer("sctp", at, at + 12, f"{sport} → {dport}, tag {tag:#010x}"))
    last = at + 12
    for chunk in sctp.chunks(data, at, end):
        size = 16 if chunk.type == 0 else 4
        stop = min(chunk.start + size, chunk.stop)
        found.append(Layer("chunk", chunk.start, stop, f"type {chunk.type}, flags {chunk.flags}"))
        if stop < chunk.stop:
            found.append(Layer("payload", stop, chunk.stop, _bytes(chunk.stop - stop)))
        last = chunk.stop
    return "", last, max(last, end) if last == at + 12 else last


def _icmp(data: bytes, at: int, end: int, found: list[Layer]) -> tuple[str, int, int]:
    return _icmp_of(icmp.ERRORS4, "ipv4", data, at, end, found)


def _icmp6(data: bytes, at: int, end: int, found: list[Layer]) -> tuple[str, int, int]:
    return _icmp_of(icmp.ERRORS6, "ipv6", data, at, end, found)


def _icmp_of(
    errors: dict[int, str], quoted: str, data: bytes, at: int, end: int, found: list[Layer]
) -> tuple[str, int, int]:
    if at + 8 > end:
        raise UnreadableError("icmp")
    kind, code = data[at], data[at + 1]
    what = errors.get(kind, "").removeprefix("icmp-")
    text = f"type {kind}, code {code}" + (f", {what}, quotes:" if what else "")
    found.append(Layer("icmp", at, at + 8, text))
    return quoted if what else "", at + 8, end


_TRANSPORTS: dict[str, Callable[[bytes, int, int, list[Layer]], tuple[str, int, int]]] = {
    "udp": _udp,
    "tcp": _tcp,
    "sctp": _sctp,
    "icmp": _icmp,
    "icmp6": _icmp6,
}


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"


def _mac(packed: bytes) -> str:
    return packed.hex(":")


def _ethernet(packet: Any) -> str:
    kind = "length" if packet.type <= 1500 else "type"
    number = f"{packet.type}" if packet.type <= 1500 else f"{packet.type:#06x}"
    return f"{_mac(packet.src)} → {_mac(packet.dst)}, {kind} {number}"


def _ipv4(packet: Any) -> str:
    source = socket.inet_ntop(socket.AF_INET, packet.src)
    target = socket.inet_ntop(socket.AF_INET, packet.dst)
    text = f"{source} → {target}, {protocol(packet.p)}, length {packet.len}, ttl {packet.ttl}"
    if packet.mf or packet.offset:
        rest = "more follow" if packet.mf else "the last"
        text += f", fragment of {packet.id:#06x} at {packet.offset * 8}, {rest}"
    return text


def _ipv6(packet: Any) -> str:
    source = socket.inet_ntop(socket.AF_INET6, packet.src)
    target = socket.inet_ntop(socket.AF_INET6, packet.dst)
    following = protocol(packet.nxt)
    return f"{source} → {target}, {following}, payload {packet.plen}, hop limit {packet.hlim}"


def _fragment(packet: Any) -> str:
    rest = "more follow" if packet.m_flag else "the last"
    return f"fragment of {packet.id:#010x} at {packet.frag_off * 8}, {rest}"


_SUMMARIES: dict[str, Callable[[Any], str]] = {
    "ethernet": _ethernet,
    "snap": lambda number: f"type {number:#06x}",
    "vlan": lambda tag: f"VLAN {tag.id}, priority {tag.pri}, type {tag.type:#06x}",
    "sll": lambda packet: f"packet type {packet.type}, protocol {packet.ethtype:#06x}",
    "sll2": lambda packet: f"interface {packet.intindex}, protocol {packet.ethtype:#06x}",
    "nflog": lambda family: f"address family {family}",
    "null": lambda family: f"address family {family}",
    "chdlc": lambda number: f"protocol {number:#06x}",
    "ppp": lambda number: f"protocol {number:#06x}",
    "pppoe": lambda packet: f"session {packet.session:#06x}, length {packet.len}",
    "mpls": lambda label: f"label {label.val}, ttl {label.ttl}",
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "fragment": _fragment,
    "gre": lambda packet: f"version {packet.v}, protocol {packet.p:#06x}",
    "erspan": lambda raw: f"session {int.from_bytes(raw[2:4], 'big') & 0x3FF}",
    "erspan3": lambda raw: f"session {int.from_bytes(raw[2:4], 'big') & 0x3FF}",
    "vxlan": lambda raw: f"network {int.from_bytes(raw, 'big')}",
    "geneve": lambda raw: f"network {int.from_bytes(raw, 'big')}",
    "gtp": lambda raw: f"tunnel 0x{raw.hex()}",
}


def _summary(header: Header) -> str:
    summary = _SUMMARIES.get(header.name)
    text = summary(header.packet) if summary else _bytes(header.stop - header.start)
    return text + (f", {_bytes(header.missing)} missing" if header.missing else "")
