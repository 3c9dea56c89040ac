"""Made-up messages, and an application that shows them with a clock that stands still."""

from __future__ import annotations

from siptui.record import SPANS, Frame, Record

NOON = 1_767_268_800
"""2026-01-01 12:00:00 UTC, in seconds."""

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eevil\u200b [/b][bold] \x00\x7f"


def record(
    number: int = 0,
    *,
    method: str = "OPTIONS",
    status: int = 0,
    src: str = "198.51.100.7",
    ua: str = "friendly-scanner",
    uri: str = "sip:100@192.0.2.1",
    country: str = "RU",
    call_id: str = "",
    data: bytes | None = None,
    **more: object,
) -> Record:
    """Return one message; `number` sets its time, 250 ms apart, and its Call-ID."""
    time = NOON * 10**9 + number * 250_000_000
    if data is None:
        start = f"SIP/2.0 {status} OK" if status else f"{method} {uri} SIP/2.0"
        data = (
            f"{start}\r\n"
            f"Via: SIP/2.0/UDP {src}:5060;branch=z9hG4bK-{number}\r\n"
            f'From: "x" <sip:100@{src}>;tag={number}\r\n'
            f"To: <sip:200@192.0.2.1>\r\n"
            f"Call-ID: {call_id or f'{number}@{src}'}\r\n"
            f"CSeq: 1 {method}\r\n"
            f"User-Agent: {ua}\r\n"
            "Content-Length: 0\r\n\r\n"
        ).encode("utf-8", "surrogateescape")
    more = {"user": "100", "kind": "sip", "transport": "udp"} | more
    return Record(
        time=time,
        src=src,
        sport=5060,
        dst="192.0.2.1",
        dport=5060,
        data=data,
        frames=(Frame(time, data, 101, len(data), "udp 0.0.0.0:5060"),),
        method="" if status else method,
        status=status,
        spans=_spans(data) if more["kind"] == "sip" else (0,) * (2 * len(SPANS)),
        ua=ua,
        country=country,
        **more,  # type: ignore[arg-type]
    )


def _spans(data: bytes) -> tuple[int, ...]:
    spans: list[int] = []
    for name in SPANS:
        if name == "uri":
            start = data.find(b" ") + 1
            stop = -1 if data.startswith(b"SIP/") else data.find(b" ", start)
        else:
            head = b"\n" + name.replace("_", "-").title().replace("Id", "ID").encode() + b": "
            head = b"\nCSeq: " if name == "cseq" else head
            at = data.find(head)
            start = at + len(head) if at >= 0 else 0
            stop = data.find(b"\r\n", start) if at >= 0 else 0
        spans += [start, stop] if stop > start else [0, 0]
    return tuple(spans)
