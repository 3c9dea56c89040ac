"""What are bytes that are no SIP? By their first bytes, their length and their port.

The rules are short and ordered: what has a cookie, a version or a length that must fit comes
before what has only a port to go by.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_HTTP = re.compile(rb"[^\r\n]{0,2000}? HTTP/\d(?:\.\d)?[ \t]*\r?(?:\n|\Z)", re.IGNORECASE)
_RTSP = re.compile(rb"[^\r\n]{0,2000}? RTSP/\d(?:\.\d)?[ \t]*\r?(?:\n|\Z)", re.IGNORECASE)
_MGCP = re.compile(rb"\w{4} \d{1,9} \S+ MGCP \d", re.IGNORECASE)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9\-]{0,40}[ \t]*:[ \t]?[^\r\n]*\r?\n")
_TEXT = bytes(range(0x20, 0x7F)) + b"\t\r\n"
_LABEL = re.compile(rb"(?:[\x01-\x3f][\x20-\x7e]{1,63}){0,20}\x00")

_HTTP_METHODS = (
    b"GET ",
    b"POST ",
    b"HEAD ",
    b"PUT ",
    b"DELETE ",
    b"CONNECT ",
    b"TRACE ",
    b"PATCH ",
    b"PROPFIND ",
    b"PRI * HTTP/2",
    b"HTTP/",
)
_MEMCACHED = (b"stats", b"get ", b"gets ", b"set ", b"version", b"flush_all")
_GAMES = (
    b"status",
    b"getstatus",
    b"getinfo",
    b"getservers",
    b"TSource Engine Query",
    b"ping",
    b"info",
)
_PORTS = {
    53: "dns",
    69: "tftp",
    123: "ntp",
    137: "netbios",
    161: "snmp",
    162: "snmp",
    389: "ldap",
    500: "ike",
    1701: "l2tp",
    1812: "radius",
    1813: "radius",
    1900: "ssdp",
    2427: "mgcp",
    2727: "mgcp",
    3478: "stun",
    4569: "iax2",
    5353: "dns",
    5683: "coap",
    11211: "memcached",
}
_NFS = (100000, 100003, 100005, 100024)


def name(data: bytes, transport: str, sport: int, dport: int) -> str:
    """Return one word for what `data` is: a protocol's name, or ``text`` or ``binary`` at last.

    `transport` is as in `Record`; the ports are used only where the bytes alone leave a choice.
    """
    if not data:
        return "empty"
    if _is_keep_alive(data):
        return "keep-alive"
    if data.isascii() and not data.translate(None, _TEXT):
        return _text(data)
    for kind, test in _TESTS:
        if test(data, transport):
            return kind
    return _by_port(data, sport, dport) or _line(data) or "binary"


def _is_keep_alive(data: bytes) -> bool:
    """Tell whether phones send this to keep a way through NAT open (RFC 5626 section 3.5)."""
    if not data.strip(b"\r\n\0") or data == b"jaK\0":
        return True
    return len(data) < 32 and not data.strip(b" \t\r\n\0")


def _text(data: bytes) -> str:
    return _line(data) or "text"


def _line(data: bytes) -> str:
    """Name a protocol of lines by its first line; empty if it is none of them."""
    line = data.lstrip(b"\r\n")
    if line.startswith((b"M-SEARCH ", b"NOTIFY * HTTP/")) or (
        line.startswith(b"HTTP/1.1 200") and b"\nST:" in line
    ):
        return "ssdp"
    if _RTSP.match(line) or line.startswith(b"RTSP/"):
        return "rtsp"
    if line.startswith(_HTTP_METHODS) or _HTTP.match(line):
        return "http"
    if _MGCP.match(line):
        return "mgcp"
    if line.startswith(b"SSH-"):
        return "ssh"
    if line.startswith(b"JRMI"):
        return "jrmi"
    if line.startswith(_MEMCACHED) and len(line) < 300 and line.endswith(b"\n"):
        return "memcached"
    if _HEADER.match(line) and b"SIP/2.0" in line:
        return "continuation"
    return ""


def _by_port(data: bytes, sport: int, dport: int) -> str:
    """Name what only its port and a weak sign make likely."""
    kind = _PORTS.get(dport) or _PORTS.get(sport)
    if kind == "radius" and len(data) >= 20 and int.from_bytes(data[2:4], "big") == len(data):
        return kind
    if kind == "tftp" and data[:1] == b"\0" and 1 <= data[1] <= 6:
        return kind
    if kind in ("dns", "ntp", "snmp", "ldap", "ike", "l2tp", "netbios", "coap", "iax2"):
        return kind
    return ""


def _long(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _short(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _stun(data: bytes, transport: str) -> bool:
    """RFC 8489 section 5; without the cookie it is RFC 3489's."""
    if len(data) < 20 or data[0] & 0xC0 or _short(data, 2) != len(data) - 20:
        return False
    return data[4:8] == b"\x21\x12\xa4\x42" or _short(data, 0) in (1, 0x101, 0x111, 2, 0x102)


def _tls(data: bytes, transport: str) -> bool:
    """RFC 8446 section 5.1; an SSL 2 hello is one as well."""
    if data[0] == 0x16 and len(data) > 5:
        return data[1] == 3 and data[2] <= 4
    if 0x14 <= data[0] <= 0x17 and len(data) >= 5:
        return data[1] == 3 and data[2] <= 4 and _short(data, 3) <= 0x4800
    return (
        transport != "udp" and data[:1] == b"\x80" and data[2:5] in (b"\x01\x03\x01", b"\x01\0\x02")
    )


def _dtls(data: bytes, transport: str) -> bool:
    """RFC 9147 section 4 and RFC 6347 section 4.1."""
    return (
        len(data) >= 13
        and 0x14 <= data[0] <= 0x1A
        and (data[1:3] in (b"\xfe\xff", b"\xfe\xfd") or data[1:3] == b"\x01\x00")
    )


def _tpkt(data: bytes) -> bool:
    return data[:2] == b"\x03\x00" and len(data) >= 7


def _rdp(data: bytes, transport: str) -> bool:
    """X.224 in TPKT (RFC 1006), or the cookie of RDP's first message."""
    return _tpkt(data) and (data[5] in (0xE0, 0xD0, 0xF0) or b"mstshash=" in data)


def _h323(data: bytes, transport: str) -> bool:
    """Q.931 in TPKT, as H.225 calls have it."""
    return _tpkt(data) and data[4] == 8


def _dns(data: bytes, transport: str) -> bool:
    """RFC 1035 section 4.1: one question with a plausible name, class and type."""
    if transport in ("tcp", "tls") and len(data) > 14 and _short(data, 0) == len(data) - 2:
        data = data[2:]
    if len(data) < 17 or _short(data, 4) != 1 or data[2] & 0x78 > 0x28 or _short(data, 6) > 64:
        return False
    match = _LABEL.match(data, 12)
    if match is None or len(data) < match.end() + 4:
        return False
    return _short(data, match.end() + 2) & 0x7FFF in (1, 3, 4, 255)


def _netbios(data: bytes, transport: str) -> bool:
    """RFC 1002 section 4.2: a question whose name is 32 letters from A to P."""
    return (
        len(data) >= 50
        and data[12] == 0x20
        and data[4:6] == b"\0\1"
        and data[45:46] == b"\0"
        and (not data[13:45].strip(b"ABCDEFGHIJKLMNOP"))
    )


def _ber(data: bytes) -> bytes:
    """Return what a BER sequence holds; empty if its length does not fit."""
    if data[:1] != b"\x30" or len(data) < 7:
        return b""
    size, at = data[1], 2
    if size & 0x80:
        at += size & 0x7F
        size = int.from_bytes(data[2:at], "big")
    return data[at:] if at <= 6 and size == len(data) - at else b""


def _snmp(data: bytes, transport: str) -> bool:
    """RFC 1157 and 3412: a sequence with the version and a community or a header."""
    inner = _ber(data)
    if inner[:2] != b"\x02\x01" or len(inner) < 5:
        return False
    return (inner[2] in (0, 1) and inner[3] == 4) or (inner[2] == 3 and inner[3] == 0x30)


def _ldap(data: bytes, transport: str) -> bool:
    """RFC 4511 section 4.1: a sequence with a message number and an operation."""
    inner = _ber(data)
    return inner[:1] == b"\x02" and len(inner) > inner[1] + 2 and inner[inner[1] + 2] & 0xC0 == 0x40


def _kerberos(data: bytes, transport: str) -> bool:
    """RFC 4120 section 5: the tag of an application, then a sequence with version 5."""
    return data[:1] in (b"\x6a", b"\x6c") and b"\x02\x01\x05" in data[:16]


def _ntp(data: bytes, transport: str) -> bool:
    """RFC 5905 section 7.3, and the private mode that is used to amplify."""
    if transport != "udp":
        return False
    version, mode = data[0] >> 3 & 7, data[0] & 7
    if len(data) == 48:
        return 1 <= version <= 4 and mode in (1, 2, 3, 4, 5)
    if mode == 6:
        return len(data) >= 12 and 2 <= version <= 4 and 0 <= len(data) - 12 - _short(data, 10) < 4
    return mode == 7 and len(data) >= 8 and version == 2 and data[3] in (0x2A, 0x14, 0x01)


def _rpc(data: bytes, transport: str) -> bool:
    """RFC 5531 section 9: a call of version 2, behind a record mark in a stream."""
    at = 4 if transport in ("tcp", "tls") or _long(data, 0) == 0x80000000 | len(data) - 4 else 0
    return (
        len(data) >= at + 24
        and _long(data, at + 4) == 0
        and _long(data, at + 8) == 2
        and (_long(data, at + 12) in _NFS)
    )


def _memcached(data: bytes, transport: str) -> bool:
    """Memcached's header for UDP, then a command."""
    return data[2:8] == b"\0\0\0\1\0\0" and data[8:].startswith(_MEMCACHED)


def _coap(data: bytes, transport: str) -> bool:
    """RFC 7252 section 3: version 1, a request of a known method, then its options."""
    if transport != "udp" or len(data) < 4 or data[0] >> 6 != 1 or data[0] & 15 > 8:
        return False
    token = data[0] & 15
    options = data[4 + token :]
    return data[1] in (1, 2, 3, 4, 5) and (
        options[:1] in (b"\xbb", b"\xb1", b"\xb2") or options[1:6] == b".well"
    )


def _ike(data: bytes, transport: str) -> bool:
    """RFC 7296 section 3.1: version 1.0 or 2.0 and a length that fits."""
    at = 4 if data[:4] == b"\0\0\0\0" else 0
    return (
        len(data) >= at + 28
        and data[at + 17] in (0x10, 0x20)
        and (_long(data, at + 24) == len(data) - at)
    )


def _l2tp(data: bytes, transport: str) -> bool:
    """RFC 2661 section 3.1: a control message of version 2 whose length fits."""
    return data[:2] == b"\xc8\x02" and _short(data, 2) == len(data)


def _quic(data: bytes, transport: str) -> bool:
    """RFC 9000 section 17.2: a long header with a version that is in use or being negotiated."""
    if transport != "udp" or len(data) < 7 or data[0] & 0x80 == 0 or data[5] > 20:
        return False
    version = _long(data, 1)
    known = version in (1, 0x6B3343CF) or version >> 8 == 0xFF0000
    greased = version & 0x0F0F0F0F == 0x0A0A0A0A
    # gQUIC of Google: Q0xx, or T0xx with TLS.
    google = data[1:3] in (b"Q0", b"T0")
    return (known or greased or google) and (data[0] & 0x40 != 0 or google)


def _smb(data: bytes, transport: str) -> bool:
    return data[:4] in (b"\xffSMB", b"\xfeSMB") or data[4:8] in (b"\xffSMB", b"\xfeSMB")


def _iax2(data: bytes, transport: str) -> bool:
    """RFC 5456 section 8.1: a full frame that is the first of its call."""
    if transport != "udp" or len(data) < 12 or not data[0] & 0x80:
        return False
    return (
        data[2] & 0x7F == 0
        and data[8:10] == b"\0\0"
        and 1 <= data[10] <= 12
        and data[11] < 64
        and (data[3] == 0 or data[10] == 6)
    )


def _rtp(data: bytes, transport: str) -> bool:
    """RFC 3550 section 5.1: version 2 and a payload type that is in use."""
    if transport != "udp" or len(data) < 12 or data[0] & 0xC0 != 0x80:
        return False
    kind = data[1] & 0x7F
    size = 12 + 4 * (data[0] & 15)
    return len(data) >= size and (kind <= 34 or 96 <= kind <= 127)


def _rtcp(data: bytes, transport: str) -> bool:
    """RFC 3550 section 6.4: version 2, a packet type from 200 on and a length that fits."""
    if transport != "udp" or len(data) < 8 or data[0] & 0xC0 != 0x80:
        return False
    return 200 <= data[1] <= 207 and 4 * (_short(data, 2) + 1) <= len(data)


def _game(data: bytes, transport: str) -> bool:
    """Four bytes of ones and a word, as servers of games are asked; or Quake's first request."""
    return (data[:4] == b"\xff\xff\xff\xff" and data[4:].startswith(_GAMES)) or (
        data[:2] == b"\x80\0" and data[5:10] == b"QUAKE"
    )


def _sql_server(data: bytes, transport: str) -> bool:
    """MC-SQLR: the browser of SQL Server on UDP 1434."""
    return transport == "udp" and len(data) == 1 and data[0] in (2, 3)


_Test = Callable[[bytes, str], bool]

_TESTS: tuple[tuple[str, _Test], ...] = (
    ("stun", _stun),
    ("tls", _tls),
    ("dtls", _dtls),
    ("rdp", _rdp),
    ("h323", _h323),
    ("smb", _smb),
    ("netbios", _netbios),
    ("memcached", _memcached),
    ("rpc", _rpc),
    ("ike", _ike),
    ("l2tp", _l2tp),
    ("snmp", _snmp),
    ("ldap", _ldap),
    ("kerberos", _kerberos),
    ("game", _game),
    ("dns", _dns),
    ("quic", _quic),
    ("coap", _coap),
    ("ntp", _ntp),
    ("rtcp", _rtcp),
    ("iax2", _iax2),
    ("rtp", _rtp),
    ("sql", _sql_server),
)
"""The binary protocols, the surest signs first."""
