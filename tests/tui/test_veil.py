"""While addresses and users are hidden, the line to type in does not tell them either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.tui.veil import covered, veiled


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("src=198.51.100.7", "src=••••••••••••"),
        ("country:RU -src:10.0.0.0/8", "country:RU -src:••••••••••"),
        ('(ua:"the pbx of alice" or user!=bob)', "(ua:•••••••••••••••••• or user!=•••)"),
        ("INVITE and not odd", "INVITE and not odd"),
        ("alice 00442079460123", "••••• ••••••••••••••"),
        ("len>1000 time>-5m", "len>1000 time>-5m"),
        ('uri:"half', "uri:•••••"),
        ("", ""),
    ],
)
def test_what_names_somebody_is_dotted(text: str, seen: str) -> None:
    assert veiled(text) == seen


@given(st.text())
def test_the_length_stays_so_that_it_can_be_edited(text: str) -> None:
    assert len(veiled(text)) == len(text)


def test_words_about_it_do_not_tell_it_either() -> None:
    assert covered("source is 198.51.100.7", "src=198.51.100.7") == "source is •••"
