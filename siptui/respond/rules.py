"""Which packets are never answered, and how many are? Rules that cannot be switched off.

They keep a responder from becoming a weapon: UDP sources are easily forged, so an answer may reach
somebody who never asked.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from siptui.record import Record

REFLECTOR_PORTS = frozenset({7, 13, 17, 19, 53, 111, 123, 137, 161, 389, 1900, 3702, 5353, 11211})
"""Ports of services that answer anything: two of them facing each other never stop."""
SMALLEST_REQUEST = 150
"""Bytes below which no datagram is a complete request (RFC 3261 section 8.1.1)."""
REQUIRED = (b"via", b"from", b"to", b"call-id", b"cseq")
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
    """Addresses and networks remembered at most; the longest unheard go first."""


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
        self._level = min(self._burst, self._level + max(0.0, now - self._at) * self._rate)
        self._at = now
        return self._level >= amount

    def take(self, amount: float) -> None:
        """Use `amount` up."""
        self._level -= amount


class Rates:
    """Hold the answers to their limits, in bounded memory."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._sources: OrderedDict[str, tuple[Bucket, list[float]]] = OrderedDict()
        self._networks: OrderedDict[str, Bucket] = OrderedDict()
        self._total = Bucket(limits.total_rate, limits.total_rate, now)
        self._bytes = Bucket(limits.total_bytes, limits.total_bytes, now)

    def allow(self, source: str, size: int, now: float) -> str:
        """Count an answer of `size` bytes to `source`, or return why it may not be sent."""
        limits = self._limits
        bucket, day = self._source(source, now)
        network = self._network(source, now)
        if now - day[0] >= 86_400:
            day[:] = [now, 0]
        if day[1] >= limits.source_day:
            return "source had its share of the day"
        if not bucket.has(1, now):
            return "rate of the source"
        if not network.has(1, now):
            return "rate of the network"
        if not self._total.has(1, now) or not self._bytes.has(size, now):
            return "rate of all answers"
        day[1] += 1
        for each in (bucket, network, self._total):
            each.take(1)
        self._bytes.take(size)
        return ""

    def _source(self, source: str, now: float) -> tuple[Bucket, list[float]]:
        found = self._sources.get(source)
        if found is None:
            limits = self._limits
            found = (Bucket(limits.source_rate, limits.source_burst, now), [now, 0])
            self._sources[source] = found
            if len(self._sources) > limits.entries:
                self._sources.popitem(last=False)
        else:
            self._sources.move_to_end(source)
        return found

    def _network(self, source: str, now: float) -> Bucket:
        name = network_of(source)
        found = self._networks.get(name)
        if found is None:
            limits = self._limits
            found = self._networks[name] = Bucket(limits.network_rate, limits.network_rate, now)
            if len(self._networks) > limits.entries:
                self._networks.popitem(last=False)
        else:
            self._networks.move_to_end(name)
        return found


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
    return not address.is_global or address.is_multicast or address.is_reserved


def objection(record: Record, *, bound_to_loopback: bool) -> str:
    """Return why a record must never be answered; empty if it may be.

    `bound_to_loopback` says that the socket it came on hears only this host; there, and only
    there, loopback sources may be answered.
    """
    if record.ours:
        return "our own"
    if record.kind != "sip":
        return "not SIP"
    if record.status or not record.method:
        return "a response"
    if record.method == "ACK":
        return "ACK"
    if record.transport != "udp":
        return "not UDP"
    if record.sport in REFLECTOR_PORTS or record.sport == 0:
        return "port of a reflector"
    address = ip_address(record.src)
    if not (address.is_loopback and bound_to_loopback) and is_special(record.src):
        return "special-use source"
    if record.src == record.dst and record.sport == record.dport:
        return "our own"
    if len(record.data) < SMALLEST_REQUEST or not is_complete(record):
        return "partial"
    return ""


def is_complete(record: Record) -> bool:
    """Tell whether a request has each header field an answer copies (RFC 3261 section 8.2.6.2).

    What an answer repeats must appear once (but for Via) and hold no control byte.
    """
    if b"\r\n\r\n" not in record.data:
        return False
    seen: dict[bytes, int] = {}
    for name, value in record.headers or ():
        key = name.strip().lower()
        key = _COMPACT.get(key, key)
        if key in REQUIRED:
            seen[key] = seen.get(key, 0) + 1
            if any(byte < 0x20 and byte not in b"\t\r\n" for byte in value) or not value.strip():
                return False
    return seen.get(b"via", 0) >= 1 and all(seen.get(name) == 1 for name in REQUIRED[1:])
