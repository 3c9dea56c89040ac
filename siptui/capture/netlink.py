"""Which interfaces are there, with which addresses, and may this user capture on them?

Addresses come from the kernel by rtnetlink (RFC 3549), the only way to all of them that needs
neither a right nor another program.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

ANY = "any"
"""libpcap's name for all interfaces at once."""

_RTM_NEWADDR = 20
_RTM_GETADDR = 22
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_REQUEST_DUMP = 0x301
_IFA_ADDRESS = 1
_IFA_LOCAL = 2
_SIOCGIFFLAGS = 0x8913
_IFF_UP = 1
_MESSAGE = struct.Struct("=IHHII")
_ADDRESS = struct.Struct("=BBBBI")
_ATTRIBUTE = struct.Struct("=HH")


@dataclass(frozen=True, slots=True)
class Interface:
    """Say what is known of an interface."""

    name: str
    addresses: tuple[str, ...]
    """Its IPv4 addresses, then its IPv6 addresses, as texts."""
    up: bool
    may_capture: bool
    """Whether this process could capture on it now."""
    reason: str = ""
    """Why not, as one sentence that says what to do; also why addresses are missing."""


def no_right(name: str) -> str:
    """Return the sentence that says how to get the right to capture on `name`."""
    python = os.path.realpath(sys.executable)
    return (
        f"capturing on {name} needs a right: run siptui with sudo, or give this Python the right "
        f"for good with 'sudo setcap cap_net_raw,cap_net_admin=eip {python}'"
    )


def interfaces() -> list[Interface]:
    """Return every network interface in the kernel's order, then ``any``; needs no right."""
    try:
        addresses, trouble = _addresses(), ""
    except OSError as error:
        addresses, trouble = {}, f"its addresses cannot be had ({error.strerror})"
    right = _may_capture()
    found: list[Interface] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for index, name in socket.if_nameindex():
            up = _is_up(asking, name)
            reason = trouble
            if not right:
                reason = no_right(name)
            elif not up:
                reason = f"it is down; 'sudo ip link set {name} up' brings it up"
            mine = sorted(addresses.get(index, ()), key=lambda each: ":" in each)
            found.append(Interface(name, tuple(mine), up, right and up, reason))
    found.append(Interface(ANY, (), True, right, "" if right else no_right("all interfaces")))
    return found


def _may_capture() -> bool:
    """Return whether a packet socket can be had; protocol 0 makes it hear nothing."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except OSError:
        return False
    return True


def _is_up(asking: socket.socket, name: str) -> bool:
    request = struct.pack("16sH22x", os.fsencode(name), 0)
    try:
        answer = fcntl.ioctl(asking, _SIOCGIFFLAGS, request)
    except OSError:
        return False
    flags: int = struct.unpack_from("H", answer, 16)[0]
    return bool(flags & _IFF_UP)


def _addresses() -> dict[int, list[str]]:
    """Return the addresses of each interface by its index."""
    found: dict[int, list[str]] = {}
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.settimeout(2)
        size = _MESSAGE.size + _ADDRESS.size
        head = _MESSAGE.pack(size, _RTM_GETADDR, _REQUEST_DUMP, 1, 0)
        netlink.sendto(head + _ADDRESS.pack(0, 0, 0, 0, 0), (0, 0))
        while True:
            for kind, body in _messages(netlink.recv(65_536)):
                if kind == _NLMSG_DONE:
                    return found
                if kind == _NLMSG_ERROR:
                    number = -struct.unpack_from("=i", body)[0]
                    raise OSError(number, os.strerror(number))
                if kind == _RTM_NEWADDR:
                    family, _, _, _, index = _ADDRESS.unpack_from(body)
                    parts = dict(_attributes(body[_ADDRESS.size :]))
                    packed = parts.get(_IFA_LOCAL) or parts.get(_IFA_ADDRESS)
                    if packed and family in (socket.AF_INET, socket.AF_INET6):
                        found.setdefault(index, []).append(socket.inet_ntop(family, packed))


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _MESSAGE.size <= len(data):
        length, kind, _, _, _ = _MESSAGE.unpack_from(data, at)
        if length < _MESSAGE.size:
            return
        yield kind, data[at + _MESSAGE.size : at + length]
        at += length + -length % 4


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, at)
        if length < _ATTRIBUTE.size:
            return
        yield kind, data[at + _ATTRIBUTE.size : at + length]
        at += length + -length % 4
