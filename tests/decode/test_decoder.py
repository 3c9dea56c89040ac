"""Rows come in order of arrival, share their frames, and do not depend on batches."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from siptui.record import Frame, Record
from tests.decode.test_streams import MESSAGES, segments
from tests.decode.wire import (
    RAW,
    SECOND,
    START,
    decode,
    ethernet,
    frame,
    ip4,
    ip6,
    options,
    pieces4,
    response,
    udp,
    vlan,
)

MIXED = [
    *segments(b"".join(MESSAGES), [100, 300, 900]),
    frame(ethernet(ip4(udp(options("u1")))), time=START + 10),
    *(frame(packet, RAW, START + 20) for packet in pieces4(udp(options("f1", bytes(900))), [400])),
    frame(ethernet(vlan(ip6(udp(response("u2"))), 0x86DD), 0x8100), time=START + 30),
    frame(ethernet(ip4(udp(b"hello"))), time=START + 40),
]


def essence(records: list[Record]) -> list[tuple[object, ...]]:
    return [(each.transport, each.kind, each.data, each.frames) for each in records]


@given(st.sets(st.integers(0, len(MIXED))))
@settings(max_examples=50, deadline=None)
def test_batches_do_not_matter(cuts: set[int]) -> None:
    decoder = Decoder()
    records: list[Record] = []
    at = 0
    for cut in (*sorted(cuts), len(MIXED)):
        records += decoder.decode(MIXED[at:cut])
        at = cut
    records += decoder.flush()
    assert essence(records) == essence(decode(MIXED))


def test_rows_come_in_order_of_arrival() -> None:
    records = decode(MIXED)
    places = {id(of): place for place, of in enumerate(MIXED)}
    last = [max(places[id(of)] for of in record.frames) for record in records]
    assert last == sorted(last)


def test_several_messages_in_a_datagram_share_its_frame() -> None:
    of = frame(ip4(udp(options("m1") + response("m2"))), RAW)
    first, second = decode([of])
    assert (first.data, second.data) == (options("m1"), response("m2"))
    assert first.frames[0] is second.frames[0] is of
    assert of.data[second.offset :] == response("m2")


def test_only_the_last_of_several_messages_is_cut() -> None:
    packet = ip4(udp(options("m1") + options("m2", b"body")))
    first, second = decode([frame(packet[:-2], RAW, length=len(packet))])
    assert "truncated" not in first.defects
    assert "truncated" in second.defects
    assert second.data == options("m2", b"body")[:-2]


def test_a_file_from_the_past_is_decoded_like_one_of_today() -> None:
    def moved(by: int) -> list[Frame]:
        return [of._replace(time=of.time + by) for of in MIXED]

    expected = [each.data for each in decode(MIXED)]
    for by in (-START, 10**9 * SECOND):
        assert [each.data for each in decode(moved(by))] == expected


def test_time_that_jumps_back_loses_nothing() -> None:
    frames = [of._replace(time=START - at * SECOND) for at, of in enumerate(MIXED)]
    assert {each.data for each in decode(frames)} == {each.data for each in decode(MIXED)}
