"""Which packets are never answered, and how many are? Rules that cannot be switched off.

They keep a responder from becoming a weapon: UDP sources are easily forged, so an answer may reach
somebody who never asked.
"""

from __future__ import annotations

import re
import struct
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from siptui.record import Record

REFLECTOR_PORTS = frozenset({7, 13, 17, 19, 53, 111, 123, 137, 161, 389, 1900, 3702, 5353, 11211})
"""Ports of services that answer anything: two of them facing each other never stop."""
SMALLEST_REQUEST = 150
"""Bytes below which no datagram is a complete request (RFC 3261 section 8.1.1)."""
REQUIRED = (b"via", b"from", b"to", b"call-id", b"cseq")
UNPUBLIC = tuple(
    ip_network(each)
    for each in ("192.88.99.0/24", "2001::/32", "2002::/16", "3fff::/20", "fec0::/10")
)
"""Networks that Python takes for public and that reach elsewhere, or nobody: relays of 6to4 and
Teredo (the IPv4 address inside may be a private one), RFC 9637, RFC 3879."""
_FOLD = re.compile(rb"\r\n[ \t]")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
DAY = 86_400.0
_DAY_CELLS = 1 << 16
_INCOMPLETE = frozenset(("truncated", "content-length-too-big", "bad-cseq", "cseq-mismatch"))
_COMPACT = {b"v": b"via", b"f": b"from", b"t": b"to", b"i": b"call-id"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bound the answers in number and size."""

    source_rate: float = 1.0
    """Answers a second to one address."""
    source_burst: float = 5.0
    network_rate: float = 5.0
    """Answers a second to one network: /24 (IPv4) or /48 (IPv6)."""
    total_rate: float = 100.0
    """Answers a second to everybody."""
    total_bytes: float = 64_000.0
    """Bytes a second to everybody."""
    source_day: int = 200
    """Answers to one address in a day; then only listening goes on."""
    entries: int = 20_000
    """Addresses and networks remembered at most. Only answers are remembered, and so few are given
    a second that what is forgotten has long been at rest: floods of forged sources loosen
    nothing."""


LOOPBACK_LIMITS = Limits(1e4, 1e4, 1e4, 1e4, 1e8, 10**9)
"""For a socket bound to a loopback address: only this host can hear it, so that nobody else can be
hurt by its rate. All other rules hold there as well."""


class Bucket:
    """Let a number a second through, and a few at once."""

    __slots__ = ("_at", "_burst", "_level", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._at = now

    def has(self, amount: float, now: float) -> bool:
        """Tell whether `amount` would be let through at `now` (seconds)."""
        # A clock that was set back gives nothing until it has caught up.
        self._level = min(self._burst, self._level + max(0.0, now - self._at) * self._rate)
        self._at = max(self._at, now)
        return self._level >= amount

    def take(self, amount: float) -> None:
        """Use `amount` up."""
        self._level -= amount


class Rates:
    """Hold the answers to their limits, in bounded memory."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._sources: OrderedDict[str, Bucket] = OrderedDict()
        self._networks: OrderedDict[str, Bucket] = OrderedDict()
        self._total = Bucket(limits.total_rate, limits.total_rate, now)
        self._bytes = Bucket(limits.total_bytes, limits.total_bytes, now)
        # The day's answers are counted by hash: sources that share a cell share its limit, but
        # none is ever forgotten.
        self._day = array("L", bytes(array("L").itemsize * _DAY_CELLS))
        self._day_began = now

    def allow(self, source: str, sizes: Sequence[int], now: float) -> str:
        """Count datagrams of these sizes in bytes to `source`, or return why they are not sent."""
        limits, count, size = self._limits, len(sizes), sum(sizes)
        network = network_of(source)
        if now - self._day_began >= DAY:
            self._day = array("L", bytes(self._day.itemsize * _DAY_CELLS))
            self._day_began = now
        cell = hash(source) % _DAY_CELLS
        of_source = self._sources.get(source) or Bucket(
            limits.source_rate, limits.source_burst, now
        )
        of_network = self._networks.get(network) or Bucket(
            limits.network_rate, limits.network_rate, now
        )
        if self._day[cell] + count > limits.source_day:
            return "source had its share of the day"
        if not of_source.has(count, now):
            return "rate of the source"
        if not of_network.has(count, now):
            return "rate of the network"
        if not self._total.has(count, now) or not self._bytes.has(size, now):
            return "rate of all answers"
        self._day[cell] += count
        for each in (of_source, of_network, self._total):
            each.take(count)
        self._bytes.take(size)
        for table, name, bucket in (
            (self._sources, source, of_source),
            (self._networks, network, of_network),
        ):
            table[name] = bucket
            table.move_to_end(name)
            if len(table) > limits.entries:
                table.popitem(last=False)
        return ""


def network_of(source: str) -> str:
    """Return the /24 of an IPv4 address, the /48 of an IPv6 one."""
    address = ip_address(source)
    if isinstance(address, IPv4Address):
        return source.rpartition(".")[0]
    return address.exploded[:14]


def is_special(source: str) -> bool:
    """Tell whether an address is no public unicast one (RFC 6890): never to be answered."""
    address: IPv4Address | IPv6Address = ip_address(source)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return (
        not address.is_global
        or address.is_multicast
        or address.is_reserved
        or any(address.version == each.version and address in each for each in UNPUBLIC)
    )


def objection(record: Record, *, bound_to_loopback: bool, allowed: bool = False) -> str:
    """Return why a record must never be answered; empty if it may be.

    `bound_to_loopback` says that the socket it came on hears only this host; there, and only
    there, loopback sources may be answered. `allowed` says that the user named the source's
    network, so that it may be a special-use one.
    """
    if record.ours:
        return "our own"
    if record.kind != "sip":
        return "not SIP"
    if record.status or not record.method:
        return "a response"
    if record.transport != "udp":
        return "not UDP"
    if not is_direct(record):
        return "inside a tunnel"
    if record.sport in REFLECTOR_PORTS or record.sport == 0:
        return "port of a reflector"
    source, target = ip_address(record.src), ip_address(record.dst)
    if target.is_multicast or record.dst == "255.255.255.255":
        return "sent to many"
    if source.is_loopback and bound_to_loopback:
        if source == target and record.sport == record.dport:
            return "our own"
    elif source == target:
        return "our own"
    elif is_special(record.src) and not allowed:
        return "special-use source"
    if len(record.data) < SMALLEST_REQUEST or not is_complete(record):
        return "partial"
    return "ACK" if record.method == "ACK" else ""


def is_direct(record: Record) -> bool:
    """Tell whether a record is of the very packet that came, not of one that was carried in it.

    Else whoever fills a tunnel would choose whom the answer hits. Sockets give raw IP packets
    without options.
    """
    packet = record.frames[0].data if len(record.frames) == 1 else b""
    size, ports = (4, 20) if packet[:1] and packet[0] >> 4 == 4 else (16, 40)
    if len(packet) < ports + 8:
        return False
    first = ports - 2 * size
    return (
        packet[first : first + size] == ip_address(record.src).packed
        and packet[first + size : ports] == ip_address(record.dst).packed
        and struct.unpack_from(">HH", packet, ports) == (record.sport, record.dport)
    )


def is_complete(record: Record) -> bool:
    """Tell whether a request has each header field an answer copies (RFC 3261 section 8.2.6.2).

    What an answer repeats must appear once (but for Via) and hold no control byte, CSeq must name
    the request's method, and the body must be as long as Content-Length says.
    """
    if b"\r\n\r\n" not in record.data or _INCOMPLETE.intersection(record.defects):
        return False
    seen: dict[bytes, int] = {}
    for name, value in zip(record.names, record.values, strict=True):
        key = name.strip().lower()
        key = _COMPACT.get(key, key)
        if key in REQUIRED:
            seen[key] = seen.get(key, 0) + 1
            if _CONTROL.search(_FOLD.sub(b"", value.strip(b" \t\r\n"))) or not value.strip():
                return False
    return seen.get(b"via", 0) >= 1 and all(seen.get(name) == 1 for name in REQUIRED[1:])
