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
_PORTS = struct.Struct("!HHHH").pack
_IPV4 = struct.Struct("!BBHHHBBH4s4s").pack
_IPV6 = struct.Struct("!IHBB16s16s").pack
_PSEUDO = struct.Struct("!16s16sIHBB").pack


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
        self._frame = _frame_ipv6 if bound.family == socket.AF_INET6 else _frame_ipv4
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

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self.socket.fileno()

    def read(self, limit: int) -> list[Frame]:
        """Return up to `limit` datagrams that have arrived, empty ones too."""
        frames: list[Frame] = []
        if self.finished:
            return frames
        receive, view, name = self.socket.recvmsg_into, self._view, self.name
        pack, pton, family, port = self._frame, socket.inet_pton, self._family, self._port
        buffers = [self._buffer]
        for _ in range(limit):
            try:
                size, ancillary, _, sender = receive(buffers, _ANCILLARY_SPACE)
            except (BlockingIOError, InterruptedError):
                break
            except OSError as error:
                self._notice = f"{name}: {error.strerror}"
                break
            at, target, ttl = self._told(ancillary)
            source = pton(family, sender[0])
            data = pack(source, sender[1], target, port, ttl, bytes(view[:size]))
            frames.append(Frame(at, data, _RAW_IP, len(data), name))
        self._received += len(frames)
        return frames

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
        try:
            self.socket.sendmsg([data], [(level, kind, told)], 0, (target, port))
        except OSError:
            return None
        packet = self._frame(local, self._port, remote, port, _UNKNOWN_TTL, data)
        return Frame(self._clock(), packet, _RAW_IP, len(packet), self.name)

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


def _checksum(data: bytes) -> int:
    """Return the Internet checksum of `data` (RFC 1071), which must not be all zeros.

    Adding 16-bit words with end-around carry is reckoning modulo 65535, which big integers do at
    once.
    """
    if len(data) % 2:
        data += b"\0"
    return 0xFFFF - (int.from_bytes(data, "big") % 0xFFFF or 0xFFFF)


def _frame_ipv4(
    source: bytes, sport: int, target: bytes, dport: int, ttl: int, payload: bytes
) -> bytes:
    """Return an IPv4 packet (RFC 791) with a UDP datagram (RFC 768) around `payload`."""
    length = 8 + len(payload)
    pseudo = _PSEUDO(source, target, length, 0, 0, _UDP)
    checksum = _checksum(pseudo + _PORTS(sport, dport, length, 0) + payload) or 0xFFFF
    head = _IPV4(0x45, 0, 20 + length, 0, 0x4000, ttl, _UDP, 0, source, target)
    head = b"".join((head[:10], _checksum(head).to_bytes(2, "big"), head[12:]))
    return head + _PORTS(sport, dport, length, checksum) + payload


def _frame_ipv6(
    source: bytes, sport: int, target: bytes, dport: int, ttl: int, payload: bytes
) -> bytes:
    """Return an IPv6 packet (RFC 8200) with a UDP datagram around `payload`."""
    length = 8 + len(payload)
    pseudo = _PSEUDO(source, target, length, 0, 0, _UDP)
    checksum = _checksum(pseudo + _PORTS(sport, dport, length, 0) + payload) or 0xFFFF
    head = _IPV6(0x60000000, length, _UDP, ttl, source, target)
    return head + _PORTS(sport, dport, length, checksum) + payload
