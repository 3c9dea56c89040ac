"""What is a special address: private, loopback, for documentation?"""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SPECIAL: Final = (
    ("unspecified", "0.0.0.0/32"),
    ("reserved", "0.0.0.0/8"),
    ("private", "10.0.0.0/8"),
    ("shared", "100.64.0.0/10"),
    ("loopback", "127.0.0.0/8"),
    ("link-local", "169.254.0.0/16"),
    ("private", "172.16.0.0/12"),
    ("reserved", "192.0.0.0/24"),
    ("documentation", "192.0.2.0/24"),
    ("private", "192.168.0.0/16"),
    ("benchmark", "198.18.0.0/15"),
    ("documentation", "198.51.100.0/24"),
    ("documentation", "203.0.113.0/24"),
    ("multicast", "224.0.0.0/4"),
    ("documentation", "233.252.0.0/24"),
    ("broadcast", "255.255.255.255/32"),
    ("reserved", "240.0.0.0/4"),
    ("unspecified", "::/128"),
    ("loopback", "::1/128"),
    ("discard", "100::/64"),
    ("benchmark", "2001:2::/48"),
    ("documentation", "2001:db8::/32"),
    ("documentation", "3fff::/20"),
    ("private", "fc00::/7"),
    ("link-local", "fe80::/10"),
    ("private", "fec0::/10"),
    ("multicast", "ff00::/8"),
)
"""What special networks are, by the IANA registries of special-purpose and multicast addresses
(RFC 6890, 5737, 3849, 9637, 6598, 6676); of networks that overlap the smaller stands first."""

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


def parse(text: str) -> Address | None:
    """Return the address that `text` writes, or None.

    A zone is left out; an IPv4 address within IPv6 (mapped, RFC 4291 section 2.5.5.2, or behind
    NAT64, RFC 6052) becomes the IPv4 address.
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if address.version == 6:
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def special(address: Address) -> str:
    """Return what a special address is, in one word; empty for an ordinary one."""
    starts, words = _BOUNDS[address.version]
    return words[bisect_right(starts, int(address)) - 1]


def _bounds(version: int) -> tuple[list[int], list[str]]:
    """Return where each stretch of addresses begins, and the word for it."""
    networks = [
        (word, network)
        for word, text in SPECIAL
        if (network := ipaddress.ip_network(text)).version == version
    ]
    edges = {0}
    for _, network in networks:
        edges |= {int(network.network_address), int(network.broadcast_address) + 1}
    starts = sorted(edges)
    words = []
    for start in starts:
        within = (
            word
            for word, network in networks
            if int(network.network_address) <= start <= int(network.broadcast_address)
        )
        words.append(next(within, ""))
    return starts, words


_BOUNDS: Final = {version: _bounds(version) for version in (4, 6)}
