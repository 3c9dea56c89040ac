"""Every rule that keeps answers harmless, and what tries to break it."""

from __future__ import annotations

import random
import struct
from ipaddress import ip_network

import pytest

from siptui.record import Frame, Record
from siptui.respond import MODES, Responder
from siptui.respond.rules import Limits, Rates
from tests.decode.wire import RAW, decode, ethernet, ip4, udp
from tests.respond.made import (
    ANY_RATE,
    PUBLIC,
    SENSOR,
    Clock,
    answered,
    challenged,
    persona,
    received,
    request,
    responder,
    with_nonce,
)

SHORT = (
    b"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
)
"""Complete, but shorter than any that a real client sends."""


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (received(b"SIP/2.0 200 OK" + request().partition(b" SIP/2.0")[2]), "a response"),
        (received(request("ACK")), "ACK"),
        (received(b"\0" * 200), "not SIP"),
        (received(b""), "not SIP"),
        (received(request()[:140]), "partial"),
        (received(SHORT), "partial"),
        (received(request().replace(b"Via: ", b"X-Via: ")), "partial"),
        (received(request().replace(b"CSeq: ", b"From: <sip:b@c>;tag=2\r\nCSeq: ")), "partial"),
        (received(request().replace(b"Call-ID: 1@x", b"Call-ID: 1\0@x")), "partial"),
        (received(request().replace(b"Call-ID: 1@x", b"Call-ID: 1@x\rX: y")), "partial"),
        (received(request().replace(b"Call-ID: 1@x", b"Call-ID: 1@x\n X: y")), "partial"),
        (received(request()[:-4]), "partial"),
        (received(request(body="v=0\r\n")[:-2]), "partial"),
        (received(request().replace(b"CSeq: 1 OPTIONS", b"CSeq: 1 INVITE")), "partial"),
        (received(request().replace(b"CSeq: 1 OPTIONS", b"CSeq: OPTIONS")), "partial"),
        (received(request(), src=SENSOR), "our own"),
        (received(request(), src=SENSOR, sport=4444), "our own"),
        (received(request(), dst="239.1.1.1"), "sent to many"),
        (received(request(), dst="255.255.255.255"), "sent to many"),
        (received(request(), src="2600::1", dst="ff02::1"), "sent to many"),
        (received(request(), ours=True), None),
        (received(request(), transport="tcp"), "not UDP"),
        *((received(request(), src=src), "special-use source") for src in (
            "10.0.0.1", "172.16.3.4", "192.168.1.1", "127.0.0.1", "169.254.1.1", "100.64.0.1",
            "224.0.0.1", "240.0.0.1", "255.255.255.255", "0.0.0.0", "192.0.2.1", "198.51.100.1",
            "203.0.113.1", "198.18.0.1", "::1", "fe80::1", "fd00::1", "ff02::1", "2001:db8::1",
            "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:a00:1::1", "2001::1", "3fff::1", "fec0::1",
            "64:ff9b::a00:1", "192.88.99.1")),
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
    clock.now += 59.9
    assert one.consider(received(request(), sport=5099)) is None
    clock.now += 0.1
    assert one.consider(record) is not None
    assert one.consider(received(request(), src="93.184.217.1")) is None
    assert one.consider(received(request(), src="127.0.0.1")) is None
    assert one.counts["withheld: mirrored within the minute"] == 2
    assert one.counts["withheld: not on the allow-list"] == 1
    assert one.counts["withheld: special-use source"] == 1


def test_mirror_may_answer_a_private_network_that_was_named_but_never_what_is_no_request() -> None:
    one = responder("mirror", allow=[ip_network("10.0.0.0/8"), ip_network("93.0.0.0/8")])
    for record in (
        received(b"whatever it is, and however long it is" * 9),
        received(b""),
        received(request("ACK")),
        received(b"SIP/2.0 200 OK" + request().partition(b" SIP/2.0")[2]),
        received(request()[:140]),
        received(request(), sport=53),
        received(request(), src="192.168.1.1"),
    ):
        assert one.consider(record) is None
    assert one.consider(received(request(), src="10.1.2.3")) is not None


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


def test_what_one_answer_sends_counts_by_datagram() -> None:
    rates = Rates(Limits(), 0.0)
    assert rates.allow(PUBLIC, (300, 300, 300), 0.0) == ""
    assert rates.allow(PUBLIC, (300, 300, 300), 0.0) == "rate of the source"
    assert rates.allow(PUBLIC, (300, 300), 0.0) == ""
    assert Rates(Limits(source_day=2), 0.0).allow(PUBLIC, (9, 9, 9), 0.0).endswith("of the day")


def test_bytes_to_everybody_have_their_rate() -> None:
    rates = Rates(Limits(), 0.0)
    sent = sum(rates.allow(f"93.{n}.1.1", (1400,), 0.0) == "" for n in range(256))
    assert sent == 64_000 // 1400


def test_a_clock_set_back_gives_nothing_away() -> None:
    rates = Rates(Limits(), 1000.0)
    sent = sum(rates.allow(PUBLIC, (300,), now) == "" for now in (1000, 0, 1000, 0) * 50)
    assert sent <= 5 + 2 * 5


def test_floods_of_forged_sources_loosen_no_limit() -> None:
    clock = Clock()
    one = responder("options", clock, limits=Limits(total_rate=1e6, total_bytes=1e9, entries=100))
    sent = 0
    for _ in range(60):
        clock.now += 0.01
        sent += len(answered(one, received(request())))
        for host in range(1, 120):
            # Those whose answer was withheld must push nobody out.
            one.consider(received(request()[:140], src=f"94.1.2.{host}"))
            one.consider(received(request(), src=f"93.184.216.{host}"))
    assert sent <= 6
    day = responder("options", clock, limits=Limits(1e6, 1e6, 1e6, 1e6, 1e9, 200, entries=100))
    sent = 0
    for number in range(300):
        sent += len(answered(day, received(request())))
        for other in range(3):
            day.consider(received(request(), src=f"95.{number % 250}.{other}.{number // 250}"))
    assert sent == 200


def test_bounded_state_under_forged_sources() -> None:
    one = responder("challenge", limits=Limits(1e6, 1e6, 1e6, 1e6, 1e9, 10**9, entries=100))
    for number in range(5000):
        one.consider(received(request(), src=f"{11 + number % 60}.{number % 250}.{number % 199}.9"))
    rates = one._rates
    assert len(rates._sources) <= 100
    assert len(rates._networks) <= 100
    assert not one._verified


def test_verified_and_mirrored_sources_are_bounded_in_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("siptui.respond.responder._ENTRIES", 10)
    one = responder("challenge", limits=ANY_RATE)
    mirror = responder("mirror", limits=ANY_RATE, allow=[ip_network("93.0.0.0/8")])
    for host in range(1, 40):
        source = f"93.184.216.{host}"
        one.consider(with_nonce(challenged(one, src=source), src=source))
        assert one.is_verified(source, 5060)
        assert mirror.consider(received(request(), src=source)) is not None
    assert len(one._verified) == len(mirror._mirrored) == 10


class Careless(Responder):
    """Answer with more than was asked."""

    def _responses(self, record: Record) -> tuple[bytes, ...]:
        return (record.data[:200], record.data[:200])


def test_a_mode_that_forgets_the_rules_is_stopped_by_them() -> None:
    for loopback in (False, True):
        one = Careless(
            "options", persona(), Clock(), bound_to_loopback=lambda name, it=loopback: it
        )
        assert one.consider(received(request() + b" ")) is None
        assert one.counts == {"withheld: larger than the request": 1}


# Only to the source of the packet


def test_what_came_inside_a_tunnel_is_not_answered() -> None:
    inner = ethernet(ip4(udp(request(), 4444), source="93.184.216.99", target=SENSOR))
    vxlan = bytes.fromhex("0800000000000100") + inner
    packet = ip4(udp(vxlan, 40000, 4789), source=PUBLIC, target=SENSOR)
    (record,) = decode([Frame(0, packet, RAW, len(packet), "udp 0.0.0.0:4789")])
    assert (record.src, record.method, record.transport) == ("93.184.216.99", "OPTIONS", "udp")
    for mode in MODES:
        one = responder(mode, allow=[ip_network("93.0.0.0/8")])
        assert one.consider(record) is None
        assert one.counts == ({} if mode == "silent" else {"withheld: inside a tunnel": 1})


def test_what_a_capture_agent_sends_on_is_not_answered() -> None:
    data = request()
    chunks = b"".join(
        struct.pack(">HHH", 0, kind, 6 + len(value)) + value
        for kind, value in (
            (1, b"\2"), (2, b"\x11"), (3, bytes((93, 184, 216, 99))), (4, bytes((8, 8, 4, 4))),
            (7, b"\x11\x5c"), (8, b"\x13\xc4"), (15, data),
        )
    )  # fmt: skip
    hep = b"HEP3" + struct.pack(">H", 6 + len(chunks)) + chunks
    packet = ip4(udp(hep), source=PUBLIC, target=SENSOR)
    (record,) = decode([Frame(0, packet, RAW, len(packet), "udp 0.0.0.0:5060")])
    assert (record.src, record.method) == ("93.184.216.99", "OPTIONS")
    assert answered(responder("options"), record) == []


# Everything at once


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
        assert not one._verified
        assert sum(map(len, answer.datagrams)) <= len(record.data)
        assert len(answer.datagrams) == 1
        sent.append((clock.now, source))
    span = sent[-1][0] - sent[0][0] if sent else 0.0
    for each in {source for _, source in sent}:
        assert sum(1 for _, source in sent if source == each) <= 5 + span + 1
    assert len(sent) <= 100 * (span + 1) + 1
    assert bool(sent) == (mode != "silent")
