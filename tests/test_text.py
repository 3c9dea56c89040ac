"""Nothing that a terminal obeys survives, and what is said to fit does."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from siptui import text

ANY = st.text(st.characters(exclude_categories=()))
TRAPS = st.text(st.sampled_from("ab [é中́̂​‮⁦️‍🇷🏽ㅤ\x1b\x9b\x7f\r\n\t\ud800\udc9b\u00ad\ufeff"))


def obeyed(shown: str) -> list[str]:
    return [
        each
        for each in shown
        if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        or 0xFE00 <= ord(each) <= 0xFE0F
    ]


@given(st.one_of(ANY, TRAPS, st.binary()))
def test_nothing_that_a_terminal_obeys_survives(value: str | bytes) -> None:
    assert obeyed(text.safe(value)) == []


@given(st.one_of(ANY, TRAPS, st.binary()))
def test_safe_twice_is_safe_once(value: str | bytes) -> None:
    once = text.safe(value)
    assert text.safe(once) == once


@given(st.one_of(ANY, TRAPS), st.integers(0, 30), st.sampled_from(["left", "right"]))
def test_fit_takes_exactly_its_cells(value: str, cells: int, align) -> None:
    shown = text.safe(value)
    assert text.width(shown) == cell_len(shown)
    assert cell_len(text.fit(shown, cells, align)) == cells
    assert cell_len(text.cut(shown, cells)) <= cells


@given(TRAPS, st.integers(2, 30))
def test_wrap_keeps_every_word(value: str, cells: int) -> None:
    shown = text.safe(value)
    lines = text.wrap(shown, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown.split())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"friendly-scanner", "friendly-scanner"),
        (b"\x1b]0;owned\x07", "␛]0;owned␇"),
        (b"a\r\n\tb\x7f", "a␍␊␉b␡"),
        (b"\x9b31m", "\\x9b31m"),
        ("\x9b31m", "\\x9b31m"),
        ("\udc9b", "\\x9b"),
        ("\ud800", "⟨D800⟩"),
        ("abc\u202edef", "abc⟨202E⟩def"),
        ("zero\u200bwidth\ufeff", "zero⟨200B⟩width⟨FEFF⟩"),
        ("Jos\u00e9 Jose\u0301", "Jos\u00e9 Jose\u0301"),
        ("z\u0301\u0301\u0301", "z\u0301\u0301⟨0301⟩"),
        ("\u0301", "⟨0301⟩"),
        ("☎️", "☎⟨FE0F⟩"),
        ("電話", "電話"),
        ("[/red]", "[/red]"),
    ],
)
def test_safe_shows_what_stood_there(value: str | bytes, shown: str) -> None:
    assert text.safe(value) == shown


def test_fit_cuts_between_wide_characters() -> None:
    assert text.fit("電話電話", 4) == "電… "
    assert text.fit("電話", 6, "right") == "  電話"
    assert text.fit("friendly", 4) == "fri…"
    assert text.fit("abc", 0) == ""


@given(st.binary(max_size=100), st.sampled_from([8, 16]))
def test_hex_rows_give_the_bytes_back(data: bytes, size: int) -> None:
    rows = list(text.hex_rows(data, size))
    assert b"".join(bytes.fromhex(row.cells) for row in rows) == data
    assert "".join(row.text for row in rows) == "".join(
        chr(byte) if 32 <= byte < 127 else "." for byte in data
    )
    assert [row.offset for row in rows] == list(range(0, len(data), size))


def test_hex_rows_have_a_gap_in_the_middle() -> None:
    row = next(text.hex_rows(b"OPTIONS sip:100@"))
    assert row.cells == "4f 50 54 49 4f 4e 53 20  73 69 70 3a 31 30 30 40"
    assert row.text == "OPTIONS sip:100@"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (text.count(1204), "1,204"),
        (text.short_count(987), "987"),
        (text.short_count(12_345), "12.3k"),
        (text.short_count(999_999), "1.0M"),
        (text.bytes_size(390), "390 B"),
        (text.bytes_size(12_345), "12.3 kB"),
        (text.bytes_size(4_000_000_000), "4.0 GB"),
        (text.rate(0), "0/s"),
        (text.rate(0.42), "0.4/s"),
        (text.rate(0.05), "3.0/min"),
        (text.rate(1204.4), "1,204/s"),
        (text.share(38, 100), "38%"),
        (text.share(1, 1000), "<1%"),
        (text.share(999, 1000), ">99%"),
        (text.share(0, 0), ""),
        (text.duration(42), "0:42"),
        (text.duration(3723), "1:02:03"),
        (text.duration(183_900), "2d 03:05"),
        (text.address("192.0.2.1", 5060), "192.0.2.1:5060"),
        (text.address("2001:db8::1", 5060), "[2001:db8::1]:5060"),
        (text.plural(1, "message"), "1 message"),
        (text.plural(1204, "message"), "1,204 messages"),
        (text.bar(0.5, 4), "██  "),
        (text.bar(0.001, 4), "▏   "),
        (text.bar(0.5, 4, plain=True), "##  "),
        (text.spark([0, 1, 8], 4), "  ▁█"),
    ],
)
def test_numbers_read_well(shown: str, expected: str) -> None:
    assert shown == expected


def test_clock_cuts_and_does_not_round() -> None:
    moment = datetime(2026, 1, 1, 10, 15, 0, tzinfo=UTC)
    nanoseconds = int(moment.timestamp()) * 10**9 + 999_999_999
    assert text.clock(nanoseconds, UTC) == "10:15:00.999"
    assert text.clock(nanoseconds, UTC, digits=0) == "10:15:00"
    berlin = timezone(timedelta(hours=1))
    assert text.date_and_clock(nanoseconds, berlin) == "2026-01-01 11:15:00.999 +0100"


@given(st.integers(-(2**63), 2**63 - 1))
def test_clock_takes_any_moment(nanoseconds: int) -> None:
    assert text.clock(nanoseconds)
    assert text.date_and_clock(nanoseconds)
