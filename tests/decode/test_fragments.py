"""Fragments in any order make the message; what never comes is said; the tables are bounded."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from siptui.decode.fragments import Fragment, Fragments
from tests.decode.wire import (
    A6,
    IPV4,
    IPV6,
    RAW,
    SECOND,
    START,
    A,
    B,
    decode,
    ethernet,
    frame,
    ip4,
    options,
    pieces4,
    pieces6,
    tcp,
    udp,
    vlan,
)

MESSAGE = options(body=bytes(range(256)) * 8)
PAYLOAD = udp(MESSAGE)
CUTS = st.lists(st.integers(8, len(PAYLOAD) - 1), min_size=1, max_size=12)


@given(cuts=CUTS, seed=st.integers(), copies=st.integers(1, 3), six=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_cut_any_order_any_repetition(
    cuts: list[int], seed: int, copies: int, six: bool
) -> None:
    packets = (pieces6 if six else pieces4)(PAYLOAD, cuts) * copies
    random.Random(seed).shuffle(packets)
    frames = [frame(packet, RAW, START + at) for at, packet in enumerate(packets)]
    (record,) = decode(frames)
    assert (record.kind, record.data, record.defects) == ("sip", MESSAGE, ())
    assert record.src == (A6 if six else A)
    assert record.offset == -1
    assert record.time == record.frames[-1].time
    assert list(record.frames) == sorted(record.frames, key=lambda each: each.time)
    carried = {each.data for each in record.frames}
    assert carried == set(packets)


@given(
    spans=st.lists(st.tuples(st.integers(0, 270), st.integers(1, 200)), max_size=30),
    seed=st.integers(),
)
@settings(max_examples=100, deadline=None)
def test_overlaps_that_agree_change_nothing(spans: list[tuple[int, int]], seed: int) -> None:
    size = len(PAYLOAD)
    ranges = [(0, 800), (800, 1600), (1600, size)]
    ranges += [(a * 8, min(size, a * 8 + b * 8)) for a, b in spans if a * 8 < size]
    random.Random(seed).shuffle(ranges)
    packets = [ip4(PAYLOAD[a:b], offset=a, more=b < size) for a, b in ranges]
    records = decode([frame(packet, RAW) for packet in packets])
    assert [record.data for record in records] == [MESSAGE]
    assert records[0].defects == ()


def test_overlaps_that_disagree_are_noted() -> None:
    packets = [
        ip4(PAYLOAD[:800], offset=0, more=True),
        ip4(b"x" * 400, offset=600, more=True),
        ip4(PAYLOAD[1000:], offset=1000),
    ]
    (record,) = decode([frame(packet, RAW) for packet in packets])
    assert record.data[:792] == MESSAGE[:792]
    assert record.data[792:992] == b"x" * 200
    assert "fragment-overlap" in record.defects


def test_what_is_missing_is_shown_as_truncated_when_time_is_up() -> None:
    first, _, last = pieces4(PAYLOAD, [800, 1600])
    decoder = Decoder()
    assert decoder.decode([frame(first, RAW), frame(last, RAW)]) == []
    assert decoder.expire(START + 10 * SECOND) == []
    (record,) = decoder.expire(START + 31 * SECOND)
    assert (record.src, record.sport, record.dst, record.kind) == (A, 5060, B, "sip")
    assert record.data == MESSAGE[:792]
    assert "truncated" in record.defects
    assert len(record.frames) == 2
    assert decoder.let_go == {"fragments: missing after the time limit": 1}


def test_time_is_that_of_the_frames() -> None:
    first, last = pieces4(PAYLOAD, [800])
    decoder = Decoder()
    late = START + 60 * SECOND
    records = decoder.decode([frame(first, RAW), frame(last, RAW, late)])
    records += decoder.flush()
    assert [record.kind for record in records] == ["sip", "fragment"]
    assert all("truncated" in record.defects for record in records)


def test_without_the_first_fragment_the_ports_are_unknown() -> None:
    (_, last) = pieces4(PAYLOAD, [800])
    (record,) = decode([frame(last, RAW)])
    assert (record.kind, record.src, record.sport) == ("fragment", A, 0)
    assert record.data == PAYLOAD[800:]


def test_a_repeated_fragment_gives_no_second_row() -> None:
    first, last = pieces4(PAYLOAD, [800])
    decoder = Decoder()
    records = decode([frame(each, RAW) for each in (first, first, last, last)], decoder)
    assert [record.data for record in records] == [MESSAGE]
    assert decoder.let_go == {"fragments: repeated": 1}


def test_the_same_number_may_serve_again() -> None:
    other = udp(options("c2", body=b"y" * 2048))
    packets = [*pieces4(PAYLOAD, [800]), *pieces4(other, [800])]
    assert [record.data for record in decode([frame(each, RAW) for each in packets])] == [
        MESSAGE,
        other[8:],
    ]


def test_fragments_in_other_links_and_of_tcp() -> None:
    segment = tcp(options("t1", body=b"z" * 2000))
    syn = ip4(tcp(sequence=-1, flags=2), 6)
    packets = [syn, *pieces4(segment, [16, 1000], 6, number=2)]
    tagged = [frame(ethernet(vlan(packet), 0x8100)) for packet in packets]
    (record,) = decode(tagged)
    assert (record.kind, record.transport) == ("sip", "tcp")
    assert record.data == segment[20:]
    assert len(record.frames) == 3


def test_fragments_of_a_tunnel_are_joined_before_it_is_entered() -> None:
    inner = ip4(PAYLOAD, source="203.0.113.9")
    (record,) = decode([frame(each, IPV4) for each in pieces4(inner, [800], 4)])
    assert (record.src, record.data, len(record.frames)) == ("203.0.113.9", MESSAGE, 2)


def test_fragments_inside_a_tunnel_are_joined() -> None:
    packets = [ip4(piece, 4, source="203.0.113.9") for piece in pieces4(PAYLOAD, [800])]
    (record,) = decode([frame(each, IPV4) for each in packets])
    assert (record.src, record.data) == (A, MESSAGE)


def test_fragments_that_the_capture_cut_are_truncated_at_once() -> None:
    packets = pieces4(PAYLOAD, [800, 1600])
    frames = [frame(each[:500], RAW, length=len(each)) for each in packets]
    decoder = Decoder()
    (record,) = decoder.decode(frames)
    assert record.data == MESSAGE[:472]
    assert "truncated" in record.defects


def test_ipv6_fragments_have_a_link_type_of_their_own() -> None:
    (record,) = decode([frame(each, IPV6) for each in pieces6(PAYLOAD, [1000])])
    assert record.data == MESSAGE


def piece(number: int, time: int = START, offset: int = 0, size: int = 1000) -> Fragment:
    data = number.to_bytes(4, "big") * (size // 4)
    of = frame(data, RAW, time)
    return Fragment(b"a", b"b", "udp", offset, True, data, 0, (of,), time)


def test_the_table_is_bounded_in_entries() -> None:
    let_go: Counter[str] = Counter()
    table = Fragments(let_go, datagrams=10)
    given_up = [each for number in range(25) for each in table.add((number,), piece(number))]
    assert len(table) == 10
    assert len(given_up) == 15
    assert not any(packet.whole for packet in given_up)
    assert let_go == {"fragments: table full": 15}
    assert len(table.flush()) == 10
    assert table.size == 0


def test_the_table_is_bounded_in_bytes() -> None:
    table = Fragments(Counter(), size=100_000)
    for number in range(500):
        table.add((number % 40,), piece(number, offset=number // 40 * 2000))
        assert table.size <= 100_000


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 30), st.booleans()),
        max_size=60,
    )
)
@settings(max_examples=100, deadline=None)
def test_the_books_balance(given_: list[tuple[int, int, int, bool]]) -> None:
    table = Fragments(Counter(), size=20_000)
    for key, offset, size, more in given_:
        of = frame(bytes(size), RAW)
        data = bytes(size)
        table.add((key,), Fragment(b"", b"", "udp", offset * 8, more, data, 0, (of,), START))
        assert table.size <= 20_000
    table.flush()
    assert len(table) == 0
