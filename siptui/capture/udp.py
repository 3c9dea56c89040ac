"""What arrives at a UDP socket, as the frames that carried it?

The kernel hands out payloads; each is put back behind an IP and a UDP header, so that there is one
path from frame to row and to file. Addresses, ports, time to live, lengths and time stamps are the
datagram's own and checksums are right; identification, options and fragments are lost, as the
kernel does not tell them. What is sent from here, on somebody else's decision, is wrapped alike.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
import sys
import time
from collections.abc import Callable, Sequence

from siptui.capture import Statistics
from siptui.errors import SiptuiError
from siptui.record import Frame

RECEIVE_BUFFER = 64_000_000
"""Bytes that the kernel may hold for a socket until they are read, where nothing else is said."""

_RAW_IP = 101
_UDP = 17
_LARGEST_DATAGRAM = 65_535
_UNKNOWN_TTL = 64

# Linux's numbers (include/uapi/asm-generic/socket.h, linux/in.h), which Python does not name.
_SO_RCVBUFFORCE = 33
_SO_TIMESTAMPNS = 35
_SO_RXQ_OVFL = 40
_IP_PKTINFO = 8
_IP_RECVTTL = 12
_IP_TTL = 2
_IPV6_HOPLIMIT = 52

_ANCILLARY_SPACE = 256
_TIMES = {16: struct.Struct("qq").unpack, 8: struct.Struct("ii").unpack}
_NUMBER = struct.Struct("I").unpack
_TTL = struct.Struct("i").unpack
_MOST_WAYS = 4096
"""Pairs of hosts whose headers are kept ready."""


def open_udp(host: str, port: int, *, buffer_size: int = RECEIVE_BUFFER) -> UdpSource:
    """Bind a UDP socket to `host` and `port`; port 0 takes a free one.

    An empty `host` is ``0.0.0.0``; ``::`` takes IPv6 alone, so that both can be bound side by side.
    `buffer_size` is in bytes; the kernel may grant less. Raises SiptuiError if it cannot be bound.
    """
    family, address = _resolve(host or "0.0.0.0", port)
    try:
        bound = socket.socket(family, socket.SOCK_DGRAM)
    except OSError as error:
        kind = "IPv6" if family == socket.AF_INET6 else "IPv4"
        raise SiptuiError(f"this system has no {kind} ({error.strerror})") from None
    try:
        _prepare(bound, buffer_size)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise SiptuiError(_refusal(host, port, error)) from None
    return UdpSource(bound)


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SiptuiError(
            f"there is no address {host!a} to listen on ({reason}); "
            "name one of this machine's addresses, or 0.0.0.0 for all"
        ) from None
    family, _, _, _, address = found[0]
    return family, address


def _prepare(bound: socket.socket, buffer_size: int) -> None:
    """Ask for time stamps, drop counts, destinations and room before the first datagram arrives."""
    bound.setblocking(False)
    for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
        # Forcing past the system's limit takes a right; asking takes none and grants what it may.
        with contextlib.suppress(OSError):
            bound.setsockopt(socket.SOL_SOCKET, option, min(buffer_size, 2**30))
            break
    bound.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    bound.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
    if bound.family == socket.AF_INET6:
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
    else:
        bound.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        bound.setsockopt(socket.IPPROTO_IP, _IP_RECVTTL, 1)


def _refusal(host: str, port: int, error: OSError) -> str:
    """Return the sentence for a bind that failed."""
    where = _endpoint(host or "0.0.0.0", port)
    if error.errno == errno.EADDRINUSE:
        return (
            f"UDP {where} is taken by another program ('sudo ss -ulpn' names it); "
            "stop it, or listen on another port"
        )
    if error.errno == errno.EACCES:
        python = os.path.realpath(sys.executable)
        return (
            f"UDP port {port} needs a right; use a port from 1024 on, sudo, or "
            f"'sudo setcap cap_net_bind_service=ep {python}'"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"this machine has no address {host!a}; name one of its own, or 0.0.0.0 for all of them"
        )
    return f"cannot listen on UDP {where}: {error.strerror}"


def _endpoint(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class UdpSource:
    """Read datagrams from a bound socket as raw IP frames."""

    live = True

    def __init__(self, bound: socket.socket, *, clock: Callable[[], int] = time.time_ns) -> None:
        """Read from `bound`, which it owns from now on.

        `clock` gives nanoseconds since the epoch where the kernel gives no time stamp.
        """
        self.socket = bound
        """The socket, from which answers can be sent."""
        self.finished = False
        host, self._port = bound.getsockname()[:2]
        self.name = f"udp {_endpoint(host, self._port)}"
        self._clock = clock
        self._family = bound.family
        self._bound_to = socket.inet_pton(bound.family, host)
        self._buffer = bytearray(_LARGEST_DATAGRAM)
        self._view = memoryview(self._buffer)
        self._between = _ipv6 if bound.family == socket.AF_INET6 else _ipv4
        self._ways: dict[tuple[str, bytes, int], Wrap] = {}
        self._received = 0
        self._dropped = 0
        self._notice = ""

    @property
    def hears_only_loopback(self) -> bool:
        """Whether it is bound to a loopback address, so that only this host can reach it."""
        loopback = socket.inet_pton(socket.AF_INET6, "::1")
        return self._bound_to == loopback or (
            self._family == socket.AF_INET and self._bound_to[0] == 127
        )

    @property
    def room(self) -> int:
        """Bytes that the kernel granted for datagrams until they are read, with its own books."""
        return self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self.socket.fileno()

    def read(self, limit: int) -> list[Frame]:
        """Return up to `limit` datagrams that have arrived, empty ones too."""
        frames: list[Frame] = []
        if self.finished:
            return frames
        receive, view, name, port = self.socket.recvmsg_into, self._view, self.name, self._port
        buffers, ways, append = [self._buffer], self._ways, frames.append
        for _ in range(limit):
            try:
                size, ancillary, _, sender = receive(buffers, _ANCILLARY_SPACE)
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:
                self._notice = f"{name}: {error.strerror}"
                break
            at, target, ttl = self._told(ancillary)
            wrap = ways.get((sender[0], target, ttl)) or self._way(sender[0], target, ttl)
            data = wrap(sender[1], port, bytes(view[:size]))
            append(Frame(at, data, _RAW_IP, len(data), name))
        self._received += len(frames)
        return frames

    def _way(self, sender: str, target: bytes, ttl: int) -> Wrap:
        if len(self._ways) >= _MOST_WAYS:
            self._ways.clear()
        wrap = self._between(socket.inet_pton(self._family, sender), target, ttl)
        self._ways[sender, target, ttl] = wrap
        return wrap

    def _told(self, ancillary: Sequence[tuple[int, int, bytes]]) -> tuple[int, bytes, int]:
        """Return time, destination and time to live from what came with a datagram."""
        at, target, ttl = 0, self._bound_to, _UNKNOWN_TTL
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET:
                if kind == _SO_TIMESTAMPNS:
                    second, nanosecond = _TIMES[len(value)](value)
                    at = second * 1_000_000_000 + nanosecond
                elif kind == _SO_RXQ_OVFL:
                    self._dropped = _NUMBER(value)[0]
            elif level == socket.IPPROTO_IP:
                if kind == _IP_PKTINFO:
                    target = value[8:12]
                elif kind == _IP_TTL:
                    ttl = _TTL(value)[0]
            elif level == socket.IPPROTO_IPV6:
                if kind == socket.IPV6_PKTINFO:
                    target = value[:16]
                elif kind == _IPV6_HOPLIMIT:
                    ttl = _TTL(value)[0]
        return at or self._clock(), target, ttl

    def send(self, data: bytes, source: str, target: str, port: int) -> Frame | None:
        """Send a datagram to `target` from the local address `source`; return it as a frame.

        None if the kernel would not take it at once: nothing is ever waited for.
        """
        local, remote = (socket.inet_pton(self._family, each) for each in (source, target))
        if self._family == socket.AF_INET6:
            level, kind = socket.IPPROTO_IPV6, socket.IPV6_PKTINFO
            told = local + struct.pack("i", 0)
        else:
            level, kind = socket.IPPROTO_IP, _IP_PKTINFO
            told = struct.pack("i4s4s", 0, local, bytes(4))
        # Taken before: nobody who answers in turn can be earlier.
        now = self._clock()
        try:
            self.socket.sendmsg([data], [(level, kind, told)], 0, (target, port))
        except OSError:
            return None
        packet = self._between(local, remote, _UNKNOWN_TTL)(self._port, port, data)
        return Frame(now, packet, _RAW_IP, len(packet), self.name)

    def statistics(self) -> Statistics:
        """Return how many datagrams came, and how many the socket had no room for.

        The kernel tells of losses with the next datagram that it delivers.
        """
        return Statistics(
            received=self._received, dropped_socket=self._dropped, notice=self._notice
        )

    def close(self) -> None:
        """Close the socket; harmless if done twice."""
        self.finished = True
        self.socket.close()


Wrap = Callable[[int, int, bytes], bytes]
"""Put headers around a payload, given the ports of source and target."""


def _words(data: bytes) -> int:
    """Return the sum of 16-bit words for a checksum (RFC 1071), up to multiples of 65535.

    Adding with end-around carry is reckoning modulo 65535, which big integers do at once.
    """
    number = int.from_bytes(data, "big")
    return (number << 8 if len(data) % 2 else number) % 0xFFFF


def _ipv4(source: bytes, target: bytes, ttl: int) -> Wrap:
    """Return what makes IPv4 packets (RFC 791) with UDP datagrams (RFC 768) between two hosts."""
    addresses = source + target
    kind = ttl << 8 | _UDP
    head_sum = 0x4500 + 0x4000 + kind + _words(addresses)
    udp_sum = _UDP + _words(addresses)
    pack = struct.Struct("!HHHHHH8sHHHH").pack

    def wrap(sport: int, dport: int, payload: bytes) -> bytes:
        length = 8 + len(payload)
        head = -(head_sum + 20 + length) % 0xFFFF
        udp = -(udp_sum + sport + dport + 2 * length + _words(payload)) % 0xFFFF or 0xFFFF
        start = pack(
            0x4500, 20 + length, 0, 0x4000, kind, head, addresses, sport, dport, length, udp
        )
        return start + payload

    return wrap


def _ipv6(source: bytes, target: bytes, ttl: int) -> Wrap:
    """Return what makes IPv6 packets (RFC 8200) with UDP datagrams between two hosts."""
    addresses = source + target
    kind = _UDP << 8 | ttl
    udp_sum = _UDP + _words(addresses)
    pack = struct.Struct("!IHH32sHHHH").pack

    def wrap(sport: int, dport: int, payload: bytes) -> bytes:
        length = 8 + len(payload)
        udp = -(udp_sum + sport + dport + 2 * length + _words(payload)) % 0xFFFF or 0xFFFF
        return pack(0x60000000, length, kind, addresses, sport, dport, length, udp) + payload

    return wrap
