"""Is this a host, and where is its port? RFC 3261 section 25.1, IPv6 by RFC 5118."""

from __future__ import annotations

import re
import socket

from siptui.decode.grammar import Found, Range, skip, strip

_ADDRESS = re.compile(rb"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
_NAME = re.compile(
    rb"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.?"
)


def read_host(data: bytes, at: int, stop: int, found: list[Found]) -> tuple[Range, Range]:
    """Read ``host[:port]`` that fills a range; return the ranges of both, and add what is wrong."""
    at, stop = strip(data, at, stop)
    close = data.find(b"]", at, stop) if data[at : at + 1] == b"[" else -1
    if close >= 0:
        host = (at, close + 1)
    elif data.count(b":", at, stop) > 1:
        host = (at, stop)
    else:
        colon = data.find(b":", at, stop)
        host = (at, stop if colon < 0 else colon)
    problem = host_problem(data[host[0] : host[1]].rstrip(b" \t\r\n"))
    if problem:
        found.append(Found(*host, problem))
    port = (stop, stop)
    if host[1] < stop:
        colon = skip(data, host[1], stop)
        port = strip(data, colon + 1, stop)
        number = data[port[0] : port[1]]
        if data[colon : colon + 1] != b":":
            found.append(Found(host[1], stop, "bad-host"))
        elif not (number.isdigit() and len(number) < 6 and 0 < int(number) < 65536):
            found.append(Found(colon, stop, "bad-port"))
    return strip(data, *host), port


def host_problem(host: bytes) -> str:
    """Return the name of what is wrong with a host, or nothing."""
    if not host:
        return "no-host"
    if len(host) > 255:
        return "bad-host"
    if host[:1] == b"[":
        return "" if host[-1:] == b"]" and _is_ipv6(host[1:-1]) else "bad-host"
    if host.count(b":") > 1:
        return "ipv6-without-brackets"
    address = _ADDRESS.fullmatch(host)
    if address:
        return "" if all(int(each) < 256 for each in address.groups()) else "bad-host"
    return "" if _NAME.fullmatch(host) else "bad-host"


def _is_ipv6(host: bytes) -> bool:
    try:
        # Three colons are what the grammar of RFC 3261 allowed by mistake (RFC 5118 section 4.10).
        socket.inet_pton(socket.AF_INET6, host.replace(b":::", b"::").decode("ascii"))
    except (OSError, ValueError):
        return False
    return True
