"""What is offered while a filter is typed, and what taking an offer makes of the text."""

from __future__ import annotations

import pytest

from siptui.filters import complete, parse

KNOWN = {
    "ua": [("friendly-scanner", "9"), ("PBX", "3"), ('say "hi" (x)', "1"), ("\x1b", "1")],
    "country": [("RU", "2"), ("CN", "1")],
    "method": [("OPTIONS", "2"), ("REGISTER", "1")],
}


def taken(text: str, wanted: str = "") -> list[str]:
    """Return the texts that offers make; the cursor is at ``|``."""
    cursor = text.index("|")
    text = text.replace("|", "")
    offers = complete(text, cursor, lambda field: KNOWN.get(field, []))
    return [text[: each.start] + each.text + text[each.stop :] for each in offers]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cou|", "country:"),
        ("odd cou|", "odd country:"),
        ("-cou|", "-country:"),
        ("(cou|", "(country:"),
        ("age|", "ua:"),
        ("le|", "len:"),
        ("ti|", "time>"),
        ("kn|", "known"),
        ("ua:|", "ua:friendly-scanner"),
        ("ua:pb|", "ua:PBX"),
        ("ua!=pb|", "ua!=PBX"),
        ('ua:"pb|', "ua:PBX"),
        ('ua:"pb|"', "ua:PBX"),
        ('ua:"say \\"h|', 'ua:"say \\"hi\\" (x)"'),
        ("agent:pb|", "agent:PBX"),
        ("country:RU,c|", "country:RU,CN"),
        ("country:r| odd", "country:RU odd"),
        ("-method:reg|", "-method:REGISTER"),
        ('"a b" country:r|', '"a b" country:RU'),
    ],
)
def test_the_likeliest_offer_comes_first(text: str, first: str) -> None:
    assert taken(text)[0] == first


def test_a_name_that_is_whole_offers_its_operators() -> None:
    assert {"ua:", "ua=", "ua~", "ua!="} <= set(taken("ua|"))
    assert {"len:", "len>", "len<="} <= set(taken("len|"))


def test_words_between_terms_are_offered() -> None:
    assert "odd or" in taken("odd o|")


@pytest.mark.parametrize("text", ["nothing:x|", '"in quotes co|', "ua~fr|", "zzz|"])
def test_nothing_is_offered_where_nothing_is_known(text: str) -> None:
    assert taken(text) == []


def test_offers_of_hostile_values_can_be_shown_and_read() -> None:
    for text in taken("ua:|"):
        assert text.isprintable()
        assert parse(text).describe()
