"""What a From tag carries, and what only looks like it."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.enrich.tag import KINDS, PATTERN, Carried, carried


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (b"31326266303062353133633401383930343735343739", Carried(target="18.191.0.181:5060")),
        (b"3766303030303031363165340131313432343431383833", Carried(target="127.0.0.1:25060")),
        (b"3130300133393337383334343538", Carried(extension="100")),
        (b"3130303a3130310131313131343331323936", Carried(user="100", password="101")),
    ],
)
def test_reads_what_was_captured(tag: bytes, expected: Carried) -> None:
    assert carried(tag) == expected


@pytest.mark.parametrize(
    "tag",
    [
        b"3206210844",
        b"",
        b"as6f1b2c3d",
        b"70c00e8c",
        b"0131313131313131",
        b"3130300133",
        b"31303001333933373833343435380131",
        b"31303001333933373833343435383030",
        b"313030013339333738333434353A",
        b"3130300133393337383334343538".upper() + b"3A".lower(),
        b"313030013339333738333434353861",
        b"ff30300133393337383334343538",
        b"683a653a7901746865726501627965",
    ],
)
def test_takes_nothing_else_for_one(tag: bytes) -> None:
    assert carried(tag) is None


def test_random_hexadecimal_digits_carry_nothing() -> None:
    rng = random.Random(1)
    for count in (8, 16, 32):
        assert not any(carried(b"%0*x" % (count, rng.getrandbits(4 * count))) for _ in range(20000))


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=30),
    st.integers(10**5, 2**32 - 1),
)
def test_gives_back_what_was_put_in(payload: str, random_part: int) -> None:
    found = carried(f"{payload}\x01{random_part}".encode().hex().encode())
    assert found is not None
    if found.target:
        assert len(payload) == 12
    elif ":" in payload:
        assert f"{found.user}:{found.password}" == payload
    else:
        assert found.extension == payload


def test_an_ipv6_target_needs_the_place_it_was_sent_to() -> None:
    tag = b"2001db8113c4\x01123456789".hex().encode()
    sender = b'"sipvicious"<sip:100@[2001:db8::1]>'
    assert carried(tag, sender, "2001:db8::1") == Carried(target="[2001:db8::1]:5060")
    assert carried(tag, sender, "") == Carried(target="[2001db81]:5060")


def test_twelve_digits_are_an_extension_if_from_says_so() -> None:
    tag = b"468507802967\x011234567890".hex().encode()
    assert carried(tag, b'"x"<sip:468507802967@192.0.2.1>') == Carried(extension="468507802967")
    assert carried(tag, b'"x"<sip:100@1.1.1.1>') == Carried(target="70.133.7.128:10599")


@given(
    st.one_of(
        st.text(st.characters(min_codepoint=0x1F, max_codepoint=0x80), max_size=14),
        st.text("0123456789abcdef", min_size=12, max_size=12),
    ),
    st.one_of(
        st.integers(2**32 - 99, 2**32 + 99),
        st.integers(0, 10**11).map(lambda number: int(str(number)[: 1 + number % 11])),
    ),
    st.booleans(),
)
def test_what_is_written_so_that_a_signature_names_it_is_read(
    payload: str, number: int, named: bool
) -> None:
    tag = f"{payload}\x01{number}".encode("latin-1").hex()
    sender = f"<sip:{payload if named else 'a'}@192.0.2.1>".encode()
    found = carried(tag.encode(), sender)
    kinds = {kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, tag)}
    assert (found is not None) == bool(kinds) == bool(re.fullmatch(PATTERN, tag))
    assert found is None or found.kind in kinds
