"""Sources that write alike and want the same are one campaign."""

from __future__ import annotations

from collections.abc import Iterable

from siptui import batch
from siptui.decode.sip import skim
from siptui.record import Frame, Record
from siptui.store.campaigns import Campaigns

START = 1_700_000_000_000_000_000
HOUR = 3600
SECOND = 1_000_000_000


def made(
    at: float, src: str, *, shape: str = "u_1", sender: str = "<sip:100@1.1.1.1>", number: str = ""
) -> Record:
    data = (
        f"OPTIONS sip:100@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP {src};branch=z9hG4bK1\r\n"
        f"From: {sender};tag=1\r\nTo: <sip:100@198.51.100.1>\r\nCall-ID: 1\r\n"
        "CSeq: 1 OPTIONS\r\n\r\n"
    ).encode()
    time = START + round(at * SECOND)
    record = Record(
        time, src, 5060, "198.51.100.1", 5060, "udp", "", data,
        (Frame(time, data, 101, len(data), "test"),), 0,
    )  # fmt: skip
    skim(record)
    record.shape, record.number, record.country, record.as_name = shape, number, "SE", "Example"
    return record


def fed(records: Iterable[Record], limit: int = 100) -> Campaigns:
    campaigns = Campaigns(limit)
    campaigns.add(batch.unpack(batch.pack(list(records))))
    return campaigns


def test_three_sources_with_one_constant() -> None:
    campaigns = fed(made(n, f"203.0.113.{n}") for n in range(3))
    (found,) = campaigns.rows()
    assert (found.what, found.shared) == ("from", "100@1.1.1.1")
    assert list(found.sources) == ["203.0.113.0", "203.0.113.1", "203.0.113.2"]
    assert list(found.countries) == ["SE"]
    assert list(found.systems) == ["Example"]
    assert campaigns.of("203.0.113.1") == [found]
    assert campaigns.of("203.0.113.9") == []


def test_two_sources_or_different_shapes_are_none() -> None:
    assert fed(made(n, f"203.0.113.{n}") for n in range(2)).rows() == []
    assert fed(made(n, f"203.0.113.{n}", shape=f"u_{n}") for n in range(5)).rows() == []
    assert fed(made(n, f"203.0.113.{n}", shape="") for n in range(5)).rows() == []


def test_what_everybody_writes_about_himself_or_us_is_no_constant() -> None:
    own = (made(n, f"203.0.113.{n}", sender=f"<sip:a@203.0.113.{n}>") for n in range(5))
    assert fed(own).rows() == []
    ours = (made(n, f"203.0.113.{n}", sender="<sip:a@198.51.100.1:5060>") for n in range(5))
    assert fed(ours).rows() == []


def test_one_number_behind_several_prefixes() -> None:
    campaigns = fed(
        made(n, f"203.0.113.{n}", number="46701740635", sender=f"<sip:a@203.0.113.{n}>")
        for n in range(3)
    )
    (found,) = campaigns.rows()
    assert (found.what, found.shared) == ("number", "701740635")
    assert list(found.numbers) == ["46701740635"]


def test_sources_must_take_part_within_a_day() -> None:
    slow = (made(n * 20 * HOUR, f"203.0.113.{n}") for n in range(3))
    assert fed(slow).rows() == []
    quick = (made(n * 10 * HOUR, f"203.0.113.{n}") for n in range(3))
    assert len(fed(quick).rows()) == 1


def test_candidates_are_bounded_and_counted() -> None:
    campaigns = fed((made(n, "203.0.113.1", shape=f"u_{n}") for n in range(50)), limit=10)
    assert campaigns.let_go == 40
