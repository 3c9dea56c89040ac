"""What does a host in a message name: a public address, one from inside somewhere, or a name?"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, NamedTuple

Scope = Literal["public", "private", "zero", "name", ""]

_PRIVATE = tuple(
    ip_network(each)
    for each in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
        "127.0.0.0/8", "0.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128", "::/128",
    )
)  # fmt: skip
"""What no packet from elsewhere can mean (RFC 1918, 6598, 3927, 1122, 4193, 4291)."""
_PUBLIC = frozenset(str(each) for each in range(1, 224)) - {"10", "100", "127", "169", "172", "192"}
"""First numbers of IPv4 addresses that need no closer look."""
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_QUAD = re.compile(rf"({_OCTET})\.({_OCTET})\.{_OCTET}\.{_OCTET}", re.ASCII)
_SIMPLE = re.compile(rb"(?:@|SIP/2\.0/[A-Z]{2,4} )([0-9A-Za-z.-]{1,255})[:;>?, \t\r\n]?")
"""Nearly all that is asked for: what `span` would find there, at once."""
_END = re.compile(rb"[^:;>?, \t\r\n]*")
_LONGEST = 255
"""Bytes of the longest host that is looked at (RFC 1035 section 2.3.4)."""


class Host(NamedTuple):
    """Hold a host of a message and what it can mean."""

    text: str
    """The address in its usual form, or the name in lower case."""
    scope: Scope


NONE = Host("", "")


def scope_of(address: str) -> Scope:
    """Return what an address can mean: ``private`` covers all that is not reached from outside."""
    # Forged addresses are new each time: most are judged without remembering any.
    quad = _QUAD.fullmatch(address)
    return "public" if quad is not None and quad[1] in _PUBLIC else _scope_of(address)


@lru_cache(1 << 13)
def _scope_of(address: str) -> Scope:
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return "name" if address else ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if parsed.is_unspecified:
        return "zero"
    return "private" if any(parsed in net for net in _PRIVATE) else "public"


def source_scope(address: str) -> Scope:
    """Return the same as `scope_of` for an address in its usual form, as records have it."""
    # Forged sources are new each time, and parsing one costs more than all rules together.
    return "public" if address.partition(".")[0] in _PUBLIC else scope_of(address)


target_scope = lru_cache(1 << 10)(source_scope)
"""The same for an address that messages are sent to: these are few, and the same again."""


def host(value: bytes) -> Host:
    """Return the host in a host-port, an addr-spec, a name-addr or a Via's first part.

    Nothing is raised; what has no host gives an empty one.
    """
    simple = _SIMPLE.fullmatch(value)
    if simple is not None:
        text = simple[1].decode().lower()
        return Host(text, scope_of(text))
    return _remembered(value) if len(value) <= 2 * _LONGEST else _host(value)


def _host(value: bytes) -> Host:
    start, stop = span(value)
    found = value[start:stop]
    if not found or len(found) > _LONGEST:
        return NONE
    text = found.decode("latin-1").strip("[]").lower()
    scope = scope_of(text)
    if ":" in text and scope in ("public", "private", "zero"):
        text = str(ip_address(text))
    return Host(text, scope)


_remembered = lru_cache(1 << 13)(_host)


def span(value: bytes) -> tuple[int, int]:
    """Return where the host stands in a host-port, addr-spec, name-addr or Via's first part."""
    start, stop = 0, len(value)
    if value[:1] == b"@":
        start = 1
    elif value.startswith(b"SIP/"):
        start = max(value.find(b" "), value.find(b"\t")) + 1
        while value[start : start + 1] in (b" ", b"\t"):
            start += 1
    else:
        angle = value.rfind(b"<")
        if angle >= 0:
            start = angle + 1
            end = value.find(b">", start)
            stop = end if end >= 0 else stop
        at = value.find(b"@", start, stop)
        if at >= 0:
            start = at + 1
        else:
            colon = value.find(b":", start, stop)
            if colon >= 0 and value[start:colon].isalpha():
                start = colon + 1
    if value[start : start + 1] == b"[":
        end = value.find(b"]", start, stop)
        return (start, end + 1) if end >= 0 else (start, start)
    found = _END.match(value, start, stop)
    return (start, found.end()) if found else (start, stop)


@lru_cache(1 << 14)
def network(address: str) -> str:
    """Return the /24 of an IPv4 address or the /48 of an IPv6 one; empty for what is neither."""
    if ":" not in address:
        head = address.rpartition(".")[0]
        return f"{head}.0/24" if head else ""
    try:
        parsed = int(IPv6Address(address.partition("%")[0]))
    except ValueError:
        return ""
    return f"{IPv6Address(parsed >> 80 << 80)}/48"
