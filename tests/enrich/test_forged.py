"""Points of a forged source that only its past shows, read from whole frames."""

from __future__ import annotations

import pytest

from siptui.decode import Decoder
from siptui.decode.shortcut import time_to_live
from siptui.enrich import Enricher
from siptui.enrich.evidence import explain
from siptui.record import Frame, Record
from tests.decode.wire import ETHERNET, RAW, ethernet, ip4, ip6, udp
from tests.enrich.made import SECOND, START, request
from tests.respond.made import (
    PUBLIC,
    SENSOR,
    Clock,
    challenged,
    received,
    responder,
    with_nonce,
)
from tests.respond.made import request as asked

ELSEWHERE = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"
"""Via of three points: it is not the source, and wants answers there."""


def aged(packet: bytes, ttl: int) -> bytes:
    return packet[:8] + bytes([ttl]) + packet[9:]


def frame(data: bytes, source: str, at: float, *, ttl: int = 64, port: int = 5060) -> Frame:
    packet = aged(ip4(udp(data, port), source=source, target=SENSOR), ttl)
    return Frame(START + round(at * SECOND), packet, RAW, len(packet), "udp")


def read(*frames: Frame) -> list[Record]:
    return Decoder().decode(frames)


def suspected(*frames: Frame) -> list[bool]:
    records = read(*frames)
    Enricher().enrich(records)
    return ["spoof-suspect" in each.labels for each in records]


def forged(count: int, step: float = 1, via: str = ELSEWHERE, **more: int) -> list[Frame]:
    data = request(host=SENSOR, Via=via, Contact="")
    return [frame(data, f"203.0.113.{n}", n * step, **more) for n in range(1, count + 1)]


def test_many_sources_with_one_time_to_live_and_port_are_one_sender() -> None:
    assert suspected(*forged(10)) == [False] * 7 + [True] * 3


def test_they_are_not_where_these_differ_or_it_takes_too_long_or_there_is_little_else() -> None:
    data = request(host=SENSOR, Via=ELSEWHERE, Contact="")
    numbers = range(1, 13)
    assert not any(suspected(*(frame(data, f"203.0.113.{n}", n, ttl=40 + n % 6) for n in numbers)))
    assert not any(
        suspected(*(frame(data, f"203.0.113.{n}", n, port=5060 + n % 6) for n in numbers))
    )
    assert not any(suspected(*forged(12, step=60)))
    assert not any(suspected(*forged(12, via=f"{ELSEWHERE};rport")))
    assert not any(suspected(*forged(12)[:1] * 12))


def test_the_evidence_tells_what_the_past_must_have_been() -> None:
    records = read(*forged(8))
    enricher = Enricher()
    enricher.enrich(records)
    (found,) = (
        each.text
        for each in explain(records[-1], enricher.labels.book)
        if each.label == "spoof-suspect"
    )
    assert "192.0.2.1, not 203.0.113.8 (2), no rport (1), the time to live and port 5060" in found


def test_pairs_of_time_to_live_and_port_are_forgotten_and_counted() -> None:
    enricher = Enricher()
    data = request(host=SENSOR, Via=ELSEWHERE, Contact="")
    for port in range(2000, 9000, 100):
        frames = (frame(data, PUBLIC, 0, ttl=1 + n % 250, port=port + n % 100) for n in range(200))
        enricher.enrich(read(*frames))
    assert 8000 < enricher.labels.let_go < 14_000


@pytest.mark.parametrize(
    ("packet", "link", "expected"),
    [
        (aged(ip4(udp(request())), 57), RAW, 57),
        (ethernet(aged(ip4(udp(request())), 58)), ETHERNET, 58),
        (ip4(udp(request()), options=bytes(4)), RAW, 0),
        (ip6(udp(request()), 17), RAW, 64),
    ],
)
def test_reads_the_time_to_live(packet: bytes, link: int, expected: int) -> None:
    (record,) = Decoder().decode([Frame(START, packet, link, len(packet), "")])
    assert time_to_live(record) == expected


SILENT = "SIP/2.0/UDP 93.184.216.35:5060;branch=z9hG4bKx;rport"
"""Via of two points."""


def talk(method: str, mode: str, gaps: tuple[float, ...], via: str = SILENT) -> list[bool]:
    """Return of requests from one source, each a gap behind the one before, which are suspected."""
    clock = Clock()
    one = responder(mode, clock)
    enricher = Enricher(issued=one.issued, returned=one.returned)
    found = []
    for number, gap in enumerate(gaps):
        clock.now += gap
        data = asked(method, call_id=f"{number}@x", via=via)
        (record,) = read(frame(data, PUBLIC, clock.now - START / SECOND))
        enricher.enrich([record])
        one.consider(record)
        found.append("spoof-suspect" in record.labels)
    return found


def test_who_gives_nothing_back_of_three_answers_is_suspected() -> None:
    seconds = (2.0,) * 5
    assert talk("REGISTER", "challenge", seconds) == [False] * 3 + [True] * 2
    assert talk("INVITE", "pbx", seconds) == [False] * 3 + [True] * 2


def test_who_gave_something_back_once_is_not_whatever_comes_after() -> None:
    clock = Clock()
    one = responder("challenge", clock)
    one.consider(with_nonce(challenged(one)))
    for number in range(5):
        clock.now += 2
        record = received(asked("REGISTER", call_id=f"{number}@x"), time=round(clock.now * SECOND))
        assert one.returned(record) == 0
        one.consider(record)


def test_who_had_no_time_or_nothing_to_give_back_is_not() -> None:
    assert not any(talk("INVITE", "pbx", (0.01,) * 40))
    assert not any(talk("OPTIONS", "challenge", (2.0,) * 5))
    assert not any(talk("REGISTER", "silent", (2.0,) * 5))
    assert not any(talk("REGISTER", "challenge", (2.0,) * 5, "SIP/2.0/UDP 10.1.1.1;branch=z;rport"))
