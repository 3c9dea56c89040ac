"""Requests as a socket gives them, and a responder that is asked about them."""

from __future__ import annotations

from pathlib import Path

import siptui
from siptui.decode.sip import skim
from siptui.record import Frame, Record
from siptui.respond import Responder
from siptui.respond.persona import Persona, load
from siptui.respond.response import field_values
from siptui.respond.rules import Limits
from siptui.respond.secret import Secret
from tests.decode.wire import RAW, ip4, ip6, udp

PERSONAS = load(Path(siptui.__file__).parent / "data" / "personas.toml")
PUBLIC, SENSOR, SENSOR6 = "93.184.216.34", "8.8.4.4", "2600::4"
"""Public addresses that stand for a source and for us; nothing is sent to them."""
ANY_RATE = Limits(1e6, 1e6, 1e6, 1e6, 1e9, 10**9)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def received(
    data: bytes, src: str = PUBLIC, sport: int = 5060, dst: str = "", **more: object
) -> Record:
    six = ":" in src
    dst = dst or (SENSOR6 if six else SENSOR)
    datagram = udp(data, sport)
    packet = ip6(datagram, 17, src, dst) if six else ip4(datagram, 17, src, dst)
    frame = Frame(0, packet, RAW, len(packet), "udp 0.0.0.0:5060")
    record = Record(0, src, sport, dst, 5060, "udp", "", data, (frame,), 0)
    skim(record)
    for name, value in more.items():
        setattr(record, name, value)
    return record


def request(
    method: str = "OPTIONS",
    user: str = "100",
    call_id: str = "1@x",
    cseq: int = 1,
    to_tag: str = "",
    extra: str = "",
    body: str = "",
    via: str = "SIP/2.0/UDP 10.1.1.1:5071;branch=z9hG4bK-1;rport",
) -> bytes:
    tag = f";tag={to_tag}" if to_tag else ""
    return (
        f"{method} sip:{user}@{SENSOR} SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\n"
        f'From: "a b" <sip:{user}@10.1.1.1>;tag=31\r\nTo:  <sip:{user}@{SENSOR}>{tag}\r\n'
        f"Call-ID: {call_id}\r\nCSeq: {cseq} {method}\r\nContact: <sip:{user}@10.1.1.1:5071>\r\n"
        f"User-Agent: something that is long enough to leave room for an answer of ours\r\n"
        f"{extra}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def responder(mode: str, clock: Clock | None = None, **more: object) -> Responder:
    options: dict[str, object] = {"bound_to_loopback": lambda name: False, "secret": Secret(b"k")}
    persona = more.pop("persona", PERSONAS["asterisk"])
    return Responder(mode, persona, clock or Clock(), **(options | more))  # type: ignore[arg-type]


def status_of(datagram: bytes) -> int:
    return int(datagram[8:11])


def answered(responder: Responder, record: Record) -> list[int]:
    answer = responder.consider(record)
    return [] if answer is None else [status_of(datagram) for datagram in answer.datagrams]


def parsed(datagram: bytes) -> Record:
    return received(datagram, SENSOR)


def persona(**more: object) -> Persona:
    """Return a persona that differs from Asterisk's in some of its keys."""
    base = PERSONAS["asterisk"]
    values = {name: getattr(base, name) for name in base.__dataclass_fields__}
    return Persona(**(values | more))


def nonce_of(datagram: bytes) -> str:
    """Return the nonce of a challenge."""
    challenge = field_values(parsed(datagram), b"www-authenticate")[0]
    return challenge.split(b'nonce="')[1].split(b'"')[0].decode()


def challenged(one: Responder, **more: object) -> str:
    """Return the nonce that a source is given."""
    answer = one.consider(received(request("REGISTER"), **more))  # type: ignore[arg-type]
    assert answer is not None
    return nonce_of(answer.datagrams[0])


def with_nonce(nonce: str, **more: object) -> Record:
    credentials = f'Authorization: Digest username="100",nonce="{nonce}",response="x"\r\n'
    return received(request("REGISTER", extra=credentials), **more)  # type: ignore[arg-type]
