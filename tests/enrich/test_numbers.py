"""The number behind its prefixes: by the plans of countries, and by what a source has in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.enrich.numbers import Numbers, clean, common, split
from siptui.enrich.plans import country_of, is_number
from siptui.record import Record
from tests.enrich.made import record, request

PREFIXES = ("", "+", "0", "00", "000", "0000", "9", "900", "9011", "011", "810", "9810", "500",
            "14500", "760000", "9011+", "++", "0+", "0011", "*6700")  # fmt: skip
NUMBERS = {
    "442079460123": "GB", "46701740635": "SE", "48221234567": "PL", "972592123456": "IL",
    "970599123456": "PS", "12025550143": "US", "390612345678": "IT", "79161234567": "RU",
}  # fmt: skip


def call(dialled: str, method: str = "INVITE", **more: object) -> Record:
    return record(request(method, dialled), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("number", ["442079460123", "46701740635"])
def test_every_prefix_that_was_seen(prefix: str, number: str) -> None:
    made = call(prefix + number)
    Numbers().enrich([made])
    assert (made.number, made.number_prefix) == (number, prefix)
    assert made.number_country == NUMBERS[number]


@pytest.mark.parametrize(("number", "country"), NUMBERS.items())
def test_countries(number: str, country: str) -> None:
    assert is_number(number)
    assert country_of(number) == country


def test_what_is_written_around_a_number_goes() -> None:
    for user in ("+1 (202) 555-0143", "+1-202-555-0143;phone-context=x", "%2B12025550143"):
        made = call(user.replace(" ", "%20"))
        Numbers().enrich([made])
        assert made.number == "12025550143", user


@pytest.mark.parametrize("user", ["1000", "1234567", "100", "alice", "12345678", "2025550143", ""])
def test_extensions_and_short_numbers_dial_nothing_abroad(user: str) -> None:
    made = call(user)
    Numbers().enrich([made])
    assert made.number == ""


def test_the_common_suffix_beats_the_plan() -> None:
    numbers = Numbers()
    first = call("8784946812410967")
    second = call("3121946812410967", at=1)
    third = call("0046812410967", at=2)
    numbers.enrich([first, second, third])
    assert first.number != "46812410967"
    assert third.number == "46812410967"
    assert third.number_country == "SE"
    assert third.number_prefix == "00"


def test_random_prefixes_of_one_source_narrow_the_number_down() -> None:
    numbers = Numbers()
    calls = [call(f"{prefix}46850780296", at=n) for n, prefix in enumerate(("00753", "91", "4410"))]
    numbers.enrich(calls)
    assert [each.number for each in calls[1:]] == ["46850780296"] * 2
    assert calls[2].number_prefix == "4410"


def test_one_campaign_helps_across_sources() -> None:
    numbers = Numbers()
    calls = [
        call("8784946812410967", src="203.0.113.1", shape="u"),
        call("1131246812410967", src="203.0.113.2", shape="u"),
        call("8784946812410967", src="203.0.113.3", shape="other"),
    ]
    numbers.enrich(calls)
    assert calls[1].number == "46812410967"
    assert calls[2].number != "46812410967"


def test_only_calls_dial() -> None:
    quiet = [
        call("442079460123", "REGISTER"),
        call("+442079460123", "REGISTER"),
        call("900442079460123", "ACK"),
        record(request("INVITE", "900442079460123", to_tag="x")),
    ]
    Numbers().enrich(quiet)
    assert [each.number for each in quiet] == [""] * 4
    probing = call("900442079460123", "REGISTER")
    Numbers().enrich([probing])
    assert probing.number == "442079460123"


def test_the_baseline_of_svwar_is_no_number() -> None:
    baseline = call("3420794601", tag_extension="3420794601")
    dialled = call("900442079460123", tag_extension="900442079460123")
    Numbers().enrich([baseline, dialled])
    assert baseline.number == ""
    assert dialled.number == "442079460123"


def test_what_is_remembered_is_bounded_and_counted() -> None:
    numbers = Numbers(100)
    for n in range(1000):
        numbers.enrich([call(f"0044207946{n:04d}", src=f"192.0.2.{n % 250}", at=n)])
    assert numbers.let_go > 0


def test_a_sure_number_is_surer_than_a_guess() -> None:
    assert split("011442079460123").confidence > split("442079460123").confidence
    assert split("442079460123").confidence > split("12345442079460123").confidence


@given(st.text(max_size=60))
def test_any_user_is_survived(user: str) -> None:
    text = clean(user)
    found = split(text) if text else None
    if found and found.number:
        assert text == found.prefix + found.number
        assert 0 < found.confidence <= 100


@given(st.text("0123456789", max_size=12), st.text("0123456789", max_size=12))
def test_the_common_suffix_is_one_of_both(one: str, other: str) -> None:
    found = common(one, other)
    assert one.endswith(found)
    assert other.endswith(found)
    longer = one[-len(found) - 1 :]
    assert len(longer) == len(found) or not other.endswith(longer)
