"""What the responder answers, and every rule that keeps its answers harmless."""

from __future__ import annotations

import random
from ipaddress import ip_network
from pathlib import Path

import pytest

import siptui
from siptui.decode.sip import skim
from siptui.errors import SiptuiError
from siptui.record import Frame, Record
from siptui.respond import MODES, Responder
from siptui.respond.persona import Persona, load
from siptui.respond.response import field_values, tag_of
from siptui.respond.rules import Limits
from siptui.respond.secret import Secret

PERSONAS = load(Path(siptui.__file__).parent / "data" / "personas.toml")
PUBLIC = "93.184.216.34"
"""A public address that stands for a source; nothing is sent by these tests."""
SENSOR = "8.8.4.4"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def received(data: bytes, src: str = PUBLIC, sport: int = 5060, **more: object) -> Record:
    frame = Frame(0, data, 101, len(data), "udp 0.0.0.0:5060")
    record = Record(0, src, sport, SENSOR, 5060, "udp", "", data, (frame,), 0)
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


# What each mode answers


@pytest.mark.parametrize(
    ("mode", "method", "statuses"),
    [
        ("silent", "OPTIONS", []),
        ("options", "OPTIONS", [200]),
        ("options", "REGISTER", []),
        ("options", "INVITE", []),
        ("challenge", "OPTIONS", [200]),
        ("challenge", "REGISTER", [401]),
        ("challenge", "INVITE", [401]),
        ("challenge", "MESSAGE", []),
        ("pbx", "REGISTER", [404]),
        ("pbx", "INVITE", [404]),
        ("call", "INVITE", [486]),
        ("call", "BYE", [481]),
        ("call", "ACK", []),
    ],
)
def test_each_mode_has_its_answers(mode: str, method: str, statuses: list[int]) -> None:
    user = "100000000000" if mode == "pbx" else "100"
    assert answered(responder(mode), received(request(method, user))) == statuses


def test_a_response_copies_what_rfc_3261_asks_for_byte_for_byte() -> None:
    data = request(
        via="SIP/2.0/UDP 10.1.1.1:5071;branch=z9hG4bK-1;rport, SIP/2.0/UDP b;branch=2",
        extra="Via: SIP/2.0/TCP third;branch=z9hG4bK-3\r\n",
    ).replace(b"Max-Forwards", b"X-Pad: " + b"x" * 60 + b"\r\nMax-Forwards")
    answer = responder("options").consider(received(data, sport=1234))
    assert answer is not None
    back = parsed(answer.datagrams[0])
    assert field_values(back, b"via") == [
        b"SIP/2.0/UDP 10.1.1.1:5071;branch=z9hG4bK-1;rport=1234;received=" + PUBLIC.encode()
        + b", SIP/2.0/UDP b;branch=2",
        b"SIP/2.0/TCP third;branch=z9hG4bK-3",
    ]  # fmt: skip
    asked = received(data)
    for name in (b"from", b"call-id", b"cseq"):
        assert field_values(back, name) == field_values(asked, name)
    assert field_values(back, b"to")[0].startswith(field_values(asked, b"to")[0] + b";tag=as")
    assert field_values(back, b"content-length") == [b"0"]


def test_received_is_added_without_rport_only_where_the_sender_is_elsewhere() -> None:
    for via, expected in [
        ("SIP/2.0/UDP name:5060;branch=1", b";received=" + PUBLIC.encode()),
        (f"SIP/2.0/UDP {PUBLIC}:5060;branch=1", b""),
        (f"SIP/2.0/UDP {PUBLIC};branch=1", b""),
    ]:
        answer = responder("options").consider(received(request(via=via)))
        assert answer is not None
        assert field_values(parsed(answer.datagrams[0]), b"via") == [via.encode() + expected]


def test_the_to_tag_is_stable_for_repetitions_and_differs_between_calls() -> None:
    one = responder("options", limits=Limits(source_burst=50, source_rate=50))
    tags = []
    for call_id in ("1@x", "1@x", "2@x"):
        answer = one.consider(received(request(call_id=call_id)))
        assert answer is not None
        tags.append(tag_of(field_values(parsed(answer.datagrams[0]), b"to")[0]))
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_a_persona_answers_in_its_own_order_and_form(name: str) -> None:
    persona = PERSONAS[name]
    answer = responder("challenge", persona=persona, limits=Limits()).consider(
        received(request("REGISTER", extra="X-Pad: " + "x" * 300 + "\r\n"))
    )
    assert answer is not None
    back = parsed(answer.datagrams[0])
    names = [written.decode() for written, _ in back.headers or ()]
    order = [persona.server_field if each == "Server" else each for each in persona.order]
    assert names == [each for each in order if each in names]
    assert persona.server.encode() in answer.datagrams[0]
    assert len(tag_of(field_values(back, b"to")[0])) == len(persona.tag)


def test_credentials_for_our_nonce_are_refused_and_verify_the_source() -> None:
    one = responder("challenge")
    first = one.consider(received(request("REGISTER")))
    assert first is not None
    challenge = field_values(parsed(first.datagrams[0]), b"www-authenticate")[0]
    nonce = challenge.split(b'nonce="')[1].split(b'"')[0].decode()
    assert not one.is_verified(PUBLIC)
    authorization = f'Authorization: Digest username="100",nonce="{nonce}",response="x"\r\n'
    record = received(request("REGISTER", cseq=2, extra=authorization))
    assert answered(one, record) == [403]
    assert one.is_verified(PUBLIC)


def test_a_foreign_or_stale_nonce_verifies_nobody_and_is_challenged_again() -> None:
    clock = Clock()
    one = responder("challenge", clock)
    nonce = Secret(b"k").nonce(PUBLIC, clock())
    clock.now += 200
    for value in (nonce, "f" * 24, Secret(b"other").nonce(PUBLIC, clock()), ""):
        authorization = f'Authorization: Digest username="100",nonce="{value}",response="x"\r\n'
        assert answered(one, received(request("REGISTER", extra=authorization))) == [401]
        assert not one.is_verified(PUBLIC)


def test_a_nonce_of_one_source_does_not_verify_another() -> None:
    clock = Clock()
    one = responder("challenge", clock)
    nonce = Secret(b"k").nonce("93.184.216.35", clock())
    authorization = f'Authorization: Digest nonce="{nonce}",response="x"\r\n'
    assert answered(one, received(request("REGISTER", extra=authorization))) == [401]


def test_a_call_is_accepted_only_from_a_verified_source() -> None:
    one = responder("call")
    busy = one.consider(received(request("INVITE", body="v=0\r\n")))
    assert busy is not None
    assert [status_of(each) for each in busy.datagrams] == [486]
    tag = tag_of(field_values(parsed(busy.datagrams[0]), b"to")[0]).decode()
    assert answered(one, received(request("ACK", to_tag=tag))) == []
    accepted = one.consider(received(request("INVITE", call_id="2@x")))
    assert accepted is not None
    assert [status_of(each) for each in accepted.datagrams] == [100, 180, 200]
    ok = accepted.datagrams[-1]
    assert b"m=audio 9 " in ok
    assert b"Contact: <sip:" in ok
    assert int(field_values(parsed(ok), b"content-length")[0]) == len(ok.split(b"\r\n\r\n")[1])
    dialog = tag_of(field_values(parsed(ok), b"to")[0]).decode()
    assert answered(one, received(request("BYE", call_id="2@x", to_tag=dialog))) == [200]


def test_pbx_knows_a_few_short_users_and_those_of_the_persona() -> None:
    wide = Limits(1e6, 1e6, 1e6, 1e6, 1e9, 10**9)
    one = responder("pbx", limits=wide)
    statuses = [
        answered(one, received(request("REGISTER", str(user)))) for user in range(100, 1100)
    ]
    assert 1 <= statuses.count([401]) <= 40
    assert statuses.count([401]) + statuses.count([404]) == 1000
    known = load_one(users=("4711",))
    assert answered(responder("pbx", persona=known), received(request("REGISTER", "4711"))) == [401]
    assert answered(one, received(request("REGISTER", "4711471147"))) == [404]


def load_one(**more: object) -> Persona:
    base = PERSONAS["asterisk"]
    values = {name: getattr(base, name) for name in base.__dataclass_fields__}
    return Persona(**(values | more))


# Rules that cannot be switched off


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (received(b"SIP/2.0 200 OK" + request().partition(b" SIP/2.0")[2]), "a response"),
        (received(request("ACK")), "ACK"),
        (received(b"\0" * 200), "not SIP"),
        (received(b""), "not SIP"),
        (received(request()[:140]), "partial"),
        (received(request().replace(b"Via: ", b"X-Via: ")), "partial"),
        (received(request().replace(b"CSeq: ", b"From: <sip:b@c>;tag=2\r\nCSeq: ")), "partial"),
        (received(request().replace(b"Call-ID: 1@x", b"Call-ID: 1\0@x")), "partial"),
        (received(request()[:-4]), "partial"),
        (received(request(), ours=True), None),
        (received(request(), transport="tcp"), "not UDP"),
        *((received(request(), src=src), "special-use source") for src in (
            "10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "169.254.1.1", "100.64.0.1",
            "224.0.0.1", "240.0.0.1", "255.255.255.255", "0.0.0.0", "192.0.2.1", "198.51.100.1",
            "203.0.113.1", "198.18.0.1", "::1", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1",
            "::ffff:10.0.0.1", "::ffff:127.0.0.1")),
        *((received(request(), sport=port), "port of a reflector") for port in (
            0, 7, 13, 17, 19, 53, 111, 123, 137, 161, 389, 1900, 3702, 5353, 11211)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in {"silent", "mirror"}])
def test_what_must_never_be_answered_is_not(mode: str, record: Record, reason: str | None) -> None:
    one = responder(mode)
    assert one.consider(record) is None
    assert dict(one.counts) == ({f"withheld: {reason}": 1} if reason else {})


def test_loopback_is_answered_only_by_a_socket_that_hears_nothing_else() -> None:
    record = received(request(), src="127.0.0.1")
    assert answered(responder("options"), record) == []
    assert answered(responder("options", bound_to_loopback=lambda name: True), record) == [200]
    private = received(request(), src="10.0.0.1")
    assert answered(responder("options", bound_to_loopback=lambda name: True), private) == []


def test_mirror_answers_only_loopback_or_the_allow_list_once_a_minute() -> None:
    clock = Clock()
    one = responder("mirror", clock, allow=[ip_network("93.184.216.0/24")])
    record = received(request())
    answer = one.consider(record)
    assert answer is not None
    assert answer.datagrams == (record.data,)
    assert one.consider(record) is None
    clock.now += 60
    assert one.consider(record) is not None
    assert one.consider(received(request(), src="93.184.217.1")) is None
    assert one.consider(received(request(), src="127.0.0.1")) is None
    assert one.counts["withheld: mirrored within the minute"] == 1
    assert one.counts["withheld: not on the allow-list"] == 2


def test_one_source_one_network_and_everybody_have_their_rates() -> None:
    clock = Clock()
    one = responder("options", clock)
    assert sum(len(answered(one, received(request()))) for _ in range(50)) == 5
    clock.now += 3
    assert sum(len(answered(one, received(request()))) for _ in range(50)) == 3
    clock.now += 100
    neighbours = [received(request(), src=f"93.184.216.{host}") for host in range(1, 200)]
    assert sum(len(answered(one, each)) for each in neighbours) == 5
    clock.now += 100
    everybody = [received(request(), src=f"93.{a}.{b}.1") for a in range(30) for b in range(30)]
    assert sum(len(answered(one, each)) for each in everybody) == 100


def test_after_its_share_of_the_day_a_source_is_only_listened_to() -> None:
    clock = Clock()
    one = responder("options", clock)
    sent = 0
    for _ in range(400):
        clock.now += 2
        sent += len(answered(one, received(request())))
    assert sent == 200
    clock.now += 86_400
    assert answered(one, received(request())) == [200]


def test_bounded_state_under_forged_sources() -> None:
    one = responder("challenge", limits=Limits(entries=100))
    for number in range(5000):
        one.consider(received(request(), src=f"{11 + number % 60}.{number % 250}.{number % 199}.9"))
    rates = one._rates
    assert len(rates._sources) <= 100
    assert len(rates._networks) <= 100
    assert not one._verified


def hostile(rng: random.Random) -> bytes:
    data = bytearray(
        request(
            rng.choice(["OPTIONS", "INVITE", "REGISTER", "BYE", "CANCEL", "SUBSCRIBE", "options"]),
            user="".join(rng.choice("0159+a%'\"<>@;\\ ") for _ in range(rng.randrange(20))),
            call_id="x" * rng.randrange(200),
            via=rng.choice(["SIP/2.0/UDP h;rport", "a b;rport;rport", ",", '"', ";" * 99]),
            extra="".join(rng.choice(["Via: x\r\n", "To: y\r\n", "Route: <sip:evil;lr>\r\n",
                                      "Contact: <sip:1.2.3.4>\r\n", " folded\r\n", ": \r\n"])
                          for _ in range(rng.randrange(4))),
            body="v=0\r\n" * rng.randrange(3),
        )
    )  # fmt: skip
    for _ in range(rng.choice([0, 0, 1, 5, 40])):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data[: rng.choice([len(data), len(data), rng.randrange(len(data))])])


@pytest.mark.parametrize("mode", list(MODES))
def test_no_answer_is_larger_than_what_it_answers_nor_goes_elsewhere(mode: str) -> None:
    rng = random.Random(mode)
    clock = Clock()
    one = responder(mode, clock, allow=[ip_network("93.0.0.0/8")])
    sent = []
    for number in range(10_000):
        clock.now += 0.001
        source = f"93.{rng.randrange(4)}.{rng.randrange(4)}.{1 + rng.randrange(4)}"
        data = hostile(rng) if number % 5 else rng.randbytes(rng.randrange(900))
        record = received(data, src=source, sport=rng.choice([5060, 53, 4444]))
        answer = one.consider(record)
        if answer is None:
            continue
        assert answer.request is record
        assert not one.is_verified(source)
        assert sum(map(len, answer.datagrams)) <= len(record.data)
        assert len(answer.datagrams) == 1
        sent.append((clock.now, source))
    span = sent[-1][0] - sent[0][0] if sent else 0.0
    for each in {source for _, source in sent}:
        assert sum(1 for _, source in sent if source == each) <= 5 + span + 1
    assert len(sent) <= 100 * (span + 1) + 1
    assert bool(sent) == (mode != "silent")


def test_mistakes_in_a_persona_are_named(tmp_path: Path) -> None:
    base = 'name="a"\nserver="s"\ntag="x"\nrealm="r"\nallow="INVITE"\n'
    for text, said in [
        (base.replace('realm="r"\n', ""), "realm is missing"),
        (base + 'colour="red"\n', "unknown key 'colour'"),
        (base + 'order=["Via"]\n', "order lacks"),
        (base + "users=[1]\n", "users must be a list of texts"),
        (base.replace('"s"', '"s\\r\\nX: y"'), "server must be one line"),
        (base + 'challenge="{secret}"\n', "challenge may name"),
    ]:
        path = tmp_path / "personas.toml"
        path.write_text("[[persona]]\n" + text)
        with pytest.raises(SiptuiError, match=said):
            load(path)
