"""Records as decoding leaves them, and requests to make them of."""

from __future__ import annotations

from typing import Any

from siptui.decode.sip import skim
from siptui.record import Frame, Record

SOURCE = "203.0.113.5"
TARGET = "198.51.100.1"
START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


def record(
    data: bytes,
    *,
    src: str = SOURCE,
    sport: int = 5060,
    dst: str = TARGET,
    at: float = 0.0,
    transport: str = "udp",
    kind: str = "",
    **more: Any,
) -> Record:
    """Return a record that was read from `data`, `at` seconds after the start."""
    time = START + round(at * SECOND)
    frame = Frame(time, data, 101, len(data), "test")
    made = Record(time, src, sport, dst, 5060, transport, "", data, (frame,))
    if kind:
        made.kind = kind
    else:
        skim(made)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def request(
    method: str = "OPTIONS",
    user: str = "100",
    *,
    host: str = TARGET,
    source: str = SOURCE,
    to_tag: str = "",
    call_id: str = "a1b2c3",
    body: str = "",
    more: tuple[str, ...] = (),
    **change: str,
) -> bytes:
    """Return an honest request; `change` replaces header fields, `more` adds lines."""
    at = f"{user}@{host}" if user else host
    fields = {
        "Via": f"SIP/2.0/UDP {source}:5060;branch=z9hG4bK77ef4c2312983;rport",
        "From": f"<sip:caller@{source}>;tag=49583",
        "To": f"<sip:{at}>" + (f";tag={to_tag}" if to_tag else ""),
        "Call-ID": call_id,
        "CSeq": f"1 {method}",
        "Contact": f"<sip:caller@{source}:5060>",
        "Max-Forwards": "70",
        "User-Agent": "Phone 1.0",
        "Content-Length": str(len(body.encode())),
    }
    fields |= {name.replace("_", "-"): value for name, value in change.items()}
    lines = [f"{method} sip:{at} SIP/2.0"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value]
    lines += more
    return "\r\n".join((*lines, "", body)).encode("utf-8", "surrogateescape")


def digest(user: str = "100", nonce: str = "n1", response: str = "0", count: str = "") -> str:
    """Return an Authorization header line."""
    nc = f', qop=auth, cnonce="c", nc={count}' if count else ""
    return (
        f'Authorization: Digest username="{user}", realm="asterisk", nonce="{nonce}", '
        f'uri="sip:{TARGET}", response="{response:0>32}"{nc}'
    )
