"""Which columns there are at which width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui import text
from siptui.record import FIELDS
from siptui.tui import columns
from tests.tui.monitoring import HOSTILE, record


@given(st.integers(1, 400), st.lists(st.sampled_from([field.name for field in FIELDS])))
def test_columns_always_fit(width: int, names: list[str]) -> None:
    chosen = columns.choose(width, list(dict.fromkeys(names)))
    assert chosen
    assert sum(cells for _, cells in chosen) + len(chosen) - 1 <= max(width, 1)


def test_the_important_ones_stay_when_it_gets_narrow() -> None:
    fields = {column.field for column, _ in columns.choose(77)}
    assert fields >= {"time", "src", "country", "method", "uri", "ua"}
    narrow = {column.field for column, _ in columns.choose(40)}
    assert narrow == {"time", "src", "method"}


def test_wide_screens_show_more_and_cut_less() -> None:
    narrow, wide = columns.choose(77), columns.choose(190)
    assert len(wide) > len(narrow)
    widths = {column.field: cells for column, cells in wide}
    assert widths["uri"] >= 21
    assert widths["time"] == 12


def test_the_settings_choose_columns_and_their_order() -> None:
    chosen = columns.choose(100, ["call_id", "src", "nonsense"])
    assert [column.field for column, _ in chosen] == ["call_id", "src"]


def test_a_source_of_ipv6_gets_its_room_where_there_is_some() -> None:
    widths = {column.field: cells for column, cells in columns.choose(200, (), 39)}
    assert widths["src"] == 39


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (record(method="INVITE"), "INVITE"),
        (record(status=404), "404"),
        (record(kind="stun", method="", data=b"\0\1\0\0"), "stun"),
    ],
)
def test_the_message_is_a_method_a_status_or_what_else_it_is(made: object, words: str) -> None:
    assert columns.message(made)[0] == words  # type: ignore[arg-type]


def test_a_response_shows_its_reason_and_what_it_answers() -> None:
    column = columns.DEFAULT[3]
    assert columns.cell(record(status=200), column, 20)[0].rstrip() == "OK (OPTIONS)"


def test_bytes_that_are_no_sip_show_how_they_begin() -> None:
    made = record(kind="text", method="", data=b"GET / HTTP\x1b[2J")
    assert columns.cell(made, columns.DEFAULT[3], 20) == ("GET / HTTP␛[2J".ljust(20), "dim")


def test_every_cell_is_harmless_and_as_wide_as_its_column() -> None:
    made = record(ua=HOSTILE, uri=f"sip:{HOSTILE}@x".replace(" ", ""), country=HOSTILE)
    made.src = made.dst = made.tool = made.as_name = made.transport = made.method = HOSTILE
    made.labels = (HOSTILE, "b")
    made.ua_lies = True
    for width in (1, 4, 5, 9, 30, 80):
        for column in columns.DEFAULT:
            words, _ = columns.cell(made, column, width)
            assert text.width(words) == width
            assert words == text.safe(words)


def test_a_user_agent_that_lies_stands_beside_what_wrote_the_message() -> None:
    made = record(ua="PBX", tool="sipvicious/svmap", ua_lies=True)
    ua = next(each for each in columns.DEFAULT if each.field == "ua")
    assert columns.cell(made, ua, 11) == ("PBX ≠ svmap", "alarm")
    made.ua = "Asterisk PBX 20"
    assert columns.cell(made, ua, 13)[0] == "Aste… ≠ svmap"
    made.tool = ""
    assert columns.cell(made, ua, 20)[0].rstrip() == "Asterisk PBX 20 ≠"


def test_the_middle_of_a_long_address_is_cut() -> None:
    assert columns.middle("2001:db8:1:2:3:4:5:6", 11) == "2001:…4:5:6"


def test_a_status_is_asked_for_as_a_status() -> None:
    assert columns.term_field("method", record(status=404)) == "status"
    assert columns.term_field("method", record(kind="stun", method="")) == "kind"
    assert columns.term_field("method", record()) == "method"
