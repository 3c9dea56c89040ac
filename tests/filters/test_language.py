"""A filter lets through what its text says, to whoever reads it as people do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui import filters
from siptui.batch import pack, unpack
from siptui.filters import FilterError, exact, parse, quote
from siptui.filters.predicates import Text
from siptui.record import FIELD, FIELDS, Record
from siptui.store.chunk import Chunk
from tests.made_up import ANY_TEXT, NOON, message, records

Said = tuple[str, Callable[[Record], bool]]


def chunk_of(made: list[Record]) -> Chunk:
    chunk = Chunk(0, len(made))
    chunk.append(unpack(pack(made)))
    return chunk


def shown(text: str, made: list[Record], **more: bool) -> list[Record]:
    mask = parse(text, **more).mask(chunk_of(made), 0, len(made))
    return [record for record, wanted in zip(made, mask.tolist(), strict=True) if wanted]


@st.composite
def said(draw: st.DrawFn) -> Said:
    """Return one term, and what it means written in another way."""
    value = draw(ANY_TEXT.filter(bool))
    name = draw(st.sampled_from(["ua", "user", "tool", "call_id", "from", "uri"]))
    get = FIELD[name].get
    number = draw(st.integers(0, 2**32 - 1) | st.sampled_from([200, 404, 5060]))
    network = draw(
        st.sampled_from(
            ["192.0.2.0/24", "192.0.0.0/8", "192.0.0.0/14", "192.0.2.0/30", "128.0.0.0/1",
             "2001:db8::/48", "::/0", "0.0.0.0/0", "192.0.2.1"]
        )
    )  # fmt: skip
    members = draw(st.sampled_from(["labels", "defects", "new"]))
    choices: list[Said] = [
        (f"{name}:{quote(value)}", lambda r: value.casefold() in get(r).casefold()),
        (f"{name}={quote(value)}", lambda r: get(r) == value),
        (f"{name}!={quote(value)}", lambda r: get(r) != value),
        (f'{name}:""', lambda r: get(r) == ""),
        (f"{name}:", lambda r: get(r) == ""),
        (f"{name}={quote(value)},PBX", lambda r: get(r) in (value, "PBX")),
        ('ua~"^p.x$"', lambda r: re.search("^p.x$", r.ua, re.IGNORECASE) is not None),
        ("method:options,INVITE", lambda r: r.method.upper() in ("OPTIONS", "INVITE")),
        ("country:ru", lambda r: r.country == "RU"),
        (f"status>={number}", lambda r: r.status >= number),
        (f"dport<{number}", lambda r: r.dport < number),
        (f"asn:{number}", lambda r: r.asn == number),
        ("status:4xx,200-299", lambda r: 400 <= r.status < 500 or 200 <= r.status < 300),
        ("len>9", lambda r: len(r.data) > 9),
        (f"src:{network}", lambda r: r.src != "" and ip_address(r.src) in ip_network(network)),
        ("src:192.0.", lambda r: r.src.startswith("192.0.")),
        (f"{members}={quote(value)}", lambda r: value in getattr(r, members)),
        (f"{members}:pbx", lambda r: any("pbx" in m.casefold() for m in getattr(r, members))),
        ("odd", lambda r: bool(r.defects)),
        ("new", lambda r: bool(r.new)),
        ("known", lambda r: r.known),
        ("ua-lies", lambda r: r.ua_lies),
        ("ours:no", lambda r: not r.ours),
        ("options", lambda r: b"options" in r.data.lower()),
        ('"SIP/2"', lambda r: b"sip/2" in r.data.lower()),
    ]
    return draw(st.sampled_from(choices))


def combined(inner: st.SearchStrategy[Said]) -> st.SearchStrategy[Said]:
    def both(pair: tuple[Said, Said], word: str) -> Said:
        (one, first), (two, second) = pair
        return f"({one}{word}{two})", lambda r: first(r) and second(r)

    def either(pair: tuple[Said, Said]) -> Said:
        (one, first), (two, second) = pair
        return f"( {one} or {two})", lambda r: first(r) or second(r)

    def other(said: Said, word: str) -> Said:
        return f"{word}{said[0]}", lambda r: not said[1](r)

    pairs = st.tuples(inner, inner)
    return (
        st.builds(both, pairs, st.sampled_from([" and ", " ", " AND  "]))
        | st.builds(either, pairs)
        | st.builds(other, inner, st.sampled_from(["-", "not ", "not  not not ", "NOT "]))
    )


@given(st.recursive(said(), combined, max_leaves=5), st.lists(records(), max_size=6))
def test_a_filter_shows_what_a_reader_of_its_text_expects(
    meaning: Said, made: list[Record]
) -> None:
    text, wanted = meaning
    found = parse(text)
    mask = found.mask(chunk_of(made), 0, len(made)).tolist()
    assert mask == [wanted(record) for record in made], text
    assert found.describe()
    for start in range(len(made)):
        part = found.mask(chunk_of(made), start, start + 1).tolist()
        assert part == mask[start : start + 1], (text, start)


EXACT = [each for each in FIELDS if each.type != "time"]


@given(st.lists(records(), min_size=1, max_size=5), st.data())
def test_every_value_of_a_message_can_be_asked_for_exactly(
    made: list[Record], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(EXACT))
    value = field.get(made[0])
    if field.type == "list":
        value = tuple(each for each in value if each)
        wanted = [set(value) <= set(field.get(each)) if value else not any(field.get(each))
                  for each in made]  # fmt: skip
    else:
        wanted = [field.get(each) == value for each in made]
    term = exact(field.name, value)
    assert term.isprintable()
    for before in ("", "len>=0", "(odd or not odd)", "odd or -odd"):
        text = filters.add_term(before, term)
        mask = parse(text).mask(chunk_of(made), 0, len(made)).tolist()
        assert mask == wanted, text
        assert filters.add_term(text, term) == text or len(parse(term).terms) > 1
    hidden = exact(field.name, value, hide=True)
    mask = parse(hidden).mask(chunk_of(made), 0, len(made)).tolist()
    assert mask == [not each for each in wanted], hidden


@given(st.text())
def test_any_text_is_a_filter_or_wrong_at_a_place(text: str) -> None:
    try:
        parse(text).mask(chunk_of([message(1)]), 0, 1)
    except FilterError as found:
        error = found
    else:
        return
    assert 0 <= error.start <= error.stop <= len(text)
    assert str(error).isprintable()


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("ok contry:RU", "unknown field 'contry' - did you mean country?", "contry"),
        ("sip:100@x", "text belongs in quotes", "sip"),
        ("len>abc", "'abc' is no number", "abc"),
        ("len>1,2", "takes one value", "1,2"),
        ("src:10.0.0.0/99", "no network", "10.0.0.0/99"),
        ("time>25:00", "no time of day", "25:00"),
        ("time>soon", "no time such as", "soon"),
        ('ua~"("', "not a regular expression", '"("'),
        ("len~5", "is a number", "5"),
        ("ua>5", "is no number", "5"),
        ('ua:"x', "never closed", '"x'),
        ("(a or b", "never closed", "("),
        ("a ) b", "closes nothing", ")"),
        ("a or", "missing at the end", ""),
        ("or a", "missing before 'or'", "or"),
        ("ua~ x", "value is missing", "~"),
        ("method:A, B", "value is missing", ","),
        ('ua:a"b"', "white space is missing", '"'),
        ('"a"b', "white space is missing", "b"),
        ("known:maybe", "yes or no", "maybe"),
        ('"\\U99999999"', "no character", '"\\U99999999"'),
        ("(" * 60 + "a", "too many brackets", "("),
    ],
)
def test_a_wrong_filter_says_where_and_why(text: str, reason: str, place: str) -> None:
    with pytest.raises(FilterError, match=re.escape(reason)) as caught:
        parse(text)
    assert text[caught.value.start : caught.value.stop] == place


def at(text: str) -> Record:
    return message(time=int(datetime.fromisoformat(text + "+00:00").timestamp() * 1e9))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("time>10:00", ["2026-01-01T10:00:01", "2026-01-02T23:00:00"]),
        ("time>=10:00", ["2026-01-01T10:00:00", "2026-01-01T10:00:01", "2026-01-02T23:00:00"]),
        ("time:10:00", ["2026-01-01T10:00:00", "2026-01-01T10:00:01"]),
        ("time:10:00:01", ["2026-01-01T10:00:01"]),
        ("time!=10:00", ["2026-01-01T09:59:59", "2026-01-02T23:00:00"]),
        ("time:2026-01-02", ["2026-01-02T23:00:00"]),
        ("time<2026-01-01T10:00", ["2026-01-01T09:59:59"]),
        ("time<2026-01-01T11:00+01:00", ["2026-01-01T09:59:59"]),
        ("time>-1h", ["2026-01-02T23:00:00"]),
        ("time>9999-12-31", []),
    ],
)
def test_times_are_of_day_of_a_date_or_back_from_now(text: str, wanted: list[str]) -> None:
    every = ["2026-01-01T09:59:59", "2026-01-01T10:00:00", "2026-01-01T10:00:01",
             "2026-01-02T23:00:00"]  # fmt: skip
    made = [at(each) for each in every]
    now = made[-1].time / 1e9 + 60
    mask = parse(text, lambda: now, utc=True).mask(chunk_of(made), 0, len(made))
    assert [each for each, yes in zip(every, mask.tolist(), strict=True) if yes] == wanted


def test_local_times_follow_the_clock_of_this_machine() -> None:
    record = message(time=NOON)
    local = datetime.fromtimestamp(NOON / 1e9)
    assert shown(f"time:{local:%H:%M}", [record]) == [record]
    assert shown(f"time:{local:%Y-%m-%dT%H:%M}", [record]) == [record]


def test_text_is_found_in_its_own_message_only() -> None:
    made = [message(1, data=b"one", frames=(), offset=-1), message(2, data=b"two", frames=(),
            offset=-1), message(3, data=b"\xc3\x84rger", frames=(), offset=-1)]  # fmt: skip
    assert shown("etw", made) == []
    assert shown("TWO", made) == [made[1]]
    assert shown("ärger", made) == [made[2]]


def test_layers_below_the_message_are_not_searched() -> None:
    record = message(1)
    assert shown('"' + r"\x00" * 3 + '"', [record]) == []


def test_the_newest_rows_of_a_growing_chunk_are_matched() -> None:
    chunk = Chunk(0, 8)
    found = parse("ua:b")
    chunk.append(unpack(pack([message(1, ua="a"), message(2, ua="b")])))
    assert found.mask(chunk, 0, 2).tolist() == [False, True]
    chunk.append(unpack(pack([message(3, ua="b"), message(4, ua="c")])))
    assert found.mask(chunk, 2, 4).tolist() == [True, False]


@pytest.mark.parametrize(("text", "_"), filters.HELP)
def test_every_example_of_the_help_is_a_filter(text: str, _: str) -> None:
    for part in text.split("  "):
        assert parse(part).describe()


@pytest.mark.parametrize(
    ("before", "term", "after"),
    [
        ("", "country:RU", "country:RU"),
        ("country:RU", "country:RU", "country:RU"),
        ("country:RU ", "ua=PBX", "country:RU ua=PBX"),
        ("a or b", "odd", "(a or b) odd"),
        ("odd", "a or b", "odd (a or b)"),
    ],
)
def test_a_term_is_added_and_taken_away(before: str, term: str, after: str) -> None:
    assert filters.add_term(before, term) == after
    if before != after:
        assert len(parse(filters.drop_last_term(after)).terms) == len(parse(before).terms)


def test_the_trail_is_the_terms_as_they_were_written() -> None:
    found = parse('country:RU  and (a or "b c") -ua~^x(y) ')
    assert found.terms == ("country:RU", '(a or "b c")', "-ua~^x(y)")
    assert filters.drop_last_term(found.text) == 'country:RU (a or "b c")'
    assert filters.drop_last_term("") == ""


@pytest.mark.parametrize("term", ["odd", "-odd", "a or b", "a b", "(a or b)", "-a -b", "not odd"])
def test_a_negated_term_shows_the_others(term: str) -> None:
    made = [message(1, data=b"a"), message(2, data=b"b", defects=("x",)), message(3, data=b"ab")]
    hidden = shown(filters.negate(term), made)
    assert hidden == [each for each in made if each not in shown(term, made)]


_NEAR = st.text("aZ09@`[{-\r\n \x10\x0dÄä", max_size=4)
"""Characters of which some differ from another by the bit by which capital letters differ."""


@given(st.lists(_NEAR, min_size=1, max_size=8), _NEAR.filter(bool))
def test_text_is_found_wherever_a_message_holds_it_and_nowhere_else(
    parts: list[str], value: str
) -> None:
    made = [message(at, data="".join(parts[at:]).encode()) for at in range(len(parts))]
    forms = {each.encode().lower() for each in (value, value.lower(), value.upper())}
    found = Text(value).mask(chunk_of(made), 0, len(made)).tolist()
    assert found == [any(form in each.data.lower() for form in forms) for each in made]
