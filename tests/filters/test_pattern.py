"""Patterns mean what Python's mean, and none takes long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.filters.pattern import Automaton, Pattern, parser

ATOMS = st.sampled_from(
    ["a", "B", "_", " ", ".", r"\d", r"\w", r"\S", r"\n", "[ab]", "[^a1]", "[A-Z]", r"[\s\d]", "é"]
)
PATTERNS = st.recursive(
    ATOMS | st.sampled_from(["^", "$", r"\b", r"\B", r"\A", r"\Z"]),
    lambda inner: (
        st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map("|".join).map("(?:{})".format)
        | st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "*?", "{2,}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        )
    ),
    max_leaves=8,
)
TEXTS = st.text("aAbB_1 \n-éÉ", min_size=1, max_size=12)
"""Not empty: there Python's own ``\\B`` depends on its version."""


@settings(max_examples=400)
@given(PATTERNS, TEXTS)
def test_all_ways_at_once_find_what_one_after_the_other_finds(pattern: str, text: str) -> None:
    automaton = Automaton(parser.parse(pattern, re.IGNORECASE))
    wanted = re.search(pattern, text, re.IGNORECASE) is not None
    assert automaton.search(text) == wanted
    assert automaton.search(text) == wanted


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a" * 5000 + "b"),
        ("((a+))+$", "a" * 5000 + "b"),
        ("(a|a)*b", "a" * 5000),
        ("(a|aa)+$", "a" * 5000 + "b"),
        ("a?" * 40 + "a" * 40 + "b", "a" * 5000),
        (".*.*.*.*=x", "=" * 5000),
        ("(.*a){12}b", "a" * 2000),
        (r"(\w+\s?)*!", "a " * 2000),
    ],
)
def test_patterns_that_could_run_for_ever_end(pattern: str, text: str) -> None:
    assert not Pattern(pattern).search(text)
    assert not Pattern(f"^(?:{pattern})").search(text)


def test_long_texts_are_read_to_their_end() -> None:
    assert Pattern("x.*y.*z$").search("x" + "-" * 60_000 + "y" * 9 + "z")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "not a regular expression"),
        ("[z-a]", "not a regular expression"),
        (r"(a)\1", "refer back"),
        ("(?=a)", "looking around"),
        ("(?<!a)b", "looking around"),
        ("(?s:a.b)", "flags"),
        ("(?s)a.b", "flags"),
        ("a{999}{999}", "too large|not a regular expression"),
        ("a" * 501, "longer"),
    ],
)
def test_what_cannot_be_done_is_said(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Pattern(pattern)
