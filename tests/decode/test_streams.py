"""The messages of a TCP stream are the same however it was cut, and nothing waits for ever."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from siptui.decode.stream import Stream
from siptui.decode.tcp import Segment, Streams
from siptui.decode.words import Flow
from siptui.record import Frame, Record
from tests.decode.wire import (
    RAW,
    SECOND,
    START,
    A,
    B,
    decode,
    frame,
    ip4,
    options,
    response,
    sctp,
    sctp_data,
    tcp,
)

SYN, FIN, RST, ACK = 2, 1, 4, 16
MILLI = 1_000_000
MESSAGES = [
    options("s1"),
    options("s2", body=b"v=0\r\n\r\nSIP in a body, no start\r\n" * 9),
    response("s3", 180),
    options("s4", body=bytes(range(256))),
    response("s5"),
]


def segments(stream: bytes, cuts: list[int], start: int = 1000, *, syn: bool = True) -> list[Frame]:
    """Return a stream cut into frames, a millisecond from one to the next."""
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    packets = [tcp(sequence=start - 1, flags=SYN)] if syn else []
    packets += [tcp(stream[a:b], start + a) for a, b in pairwise(places)]
    return [frame(ip4(packet, 6), RAW, START + at * MILLI) for at, packet in enumerate(packets)]


def messages(records: list[Record]) -> list[bytes]:
    return [record.data for record in records if record.kind == "sip"]


@given(
    cuts=st.lists(st.integers(1, 3000), max_size=40),
    seed=st.one_of(st.none(), st.integers()),
    copies=st.integers(1, 2),
    start=st.sampled_from([1000, 2**32 - 700, 0]),
    keep_alives=st.booleans(),
    syn=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_any_cut_any_order_any_repetition(
    cuts: list[int], seed: int | None, copies: int, start: int, keep_alives: bool, syn: bool
) -> None:
    between = b"\r\n\r\n" if keep_alives else b""
    stream = between + between.join(MESSAGES) + between
    frames = segments(stream, cuts, start, syn=syn) * copies
    if seed is not None:
        random.Random(seed).shuffle(frames)
        frames = [of._replace(time=START + at * MILLI) for at, of in enumerate(frames)]
    records = decode(frames)
    assert messages(records) == MESSAGES
    assert b"".join(record.data for record in records) == stream
    for record in records:
        assert (record.src, record.sport, record.transport) == (A, 40000, "tcp")
        assert record.defects == ()
        assert record.time == max(of.time for of in record.frames)
        if record.offset >= 0:
            (of,) = record.frames
            assert of.data[record.offset : record.offset + len(record.data)] == record.data


def test_one_byte_at_a_time() -> None:
    stream = b"".join(MESSAGES)
    records = decode(segments(stream, list(range(len(stream)))))
    assert messages(records) == MESSAGES
    assert len(records[0].frames) == len(MESSAGES[0])


def test_several_messages_in_a_segment_share_its_frame() -> None:
    syn, data = segments(b"".join(MESSAGES), [])
    records = decode([syn, data])
    assert messages(records) == MESSAGES
    assert all(record.frames[0] is data for record in records)
    assert [data.data[each.offset :][: len(each.data)] for each in records] == MESSAGES


def test_overlapping_segments_keep_what_came_first() -> None:
    stream = b"".join(MESSAGES)
    packets = [tcp(sequence=999, flags=SYN), tcp(stream[:700], 1000)]
    packets += [tcp(b"x" * 200 + stream[700:], 1500)]
    records = decode([frame(ip4(packet, 6), RAW) for packet in packets])
    assert messages(records) == MESSAGES


def test_the_rows_of_a_joined_stream_begin_with_the_next_start_line() -> None:
    stream = b"".join(MESSAGES)[150:]
    records = decode(segments(stream, [700], syn=False))
    assert [record.kind for record in records] == ["continuation", "sip", "sip", "sip", "sip"]
    assert messages(records) == MESSAGES[1:]


@pytest.mark.parametrize("at", range(1, len("OPTIONS sip:100@example.com SIP/2.0\r\n")))
@pytest.mark.parametrize("message", [MESSAGES[0], MESSAGES[0].replace(b"OPTIONS", b"register")])
def test_the_rest_of_a_start_line_is_no_start_line(message: bytes, at: int) -> None:
    stream = b"".join([message, *MESSAGES[1:]])
    cut = stream[at:]
    for records in (
        decode(segments(cut, [], syn=False)),
        decode(segments(cut, [len(MESSAGES[0])], syn=False)),
        decode(segments(cut, [3, 30], syn=False)),
    ):
        assert records[0].kind == "continuation"
        assert messages(records) == MESSAGES[1:]


@pytest.mark.parametrize("at", [3, 9, 30])
@pytest.mark.parametrize("before", [0, 100])
def test_behind_a_lost_segment_the_rest_of_a_start_line_is_none(before: int, at: int) -> None:
    first, second, third = options("s1"), options("s2"), options("s3")
    place = len(first)
    frames = segments(first + second + third, [place - before, place + at, place + len(second)])
    records = decode(frames[:2] + frames[3:])
    assert [record.kind for record in records] == ["sip", "continuation", "sip"]
    assert records[0].data == first[: place - before]
    assert records[2].data == third


def test_a_joined_stream_may_begin_with_a_method_nobody_knows() -> None:
    for method in ("FOO", "invite", "ACK"):
        odd = options("odd", method=method)
        assert messages(decode(segments(odd + MESSAGES[0], [], syn=False))) == [odd, MESSAGES[0]]


def test_a_joined_stream_shows_its_first_message_soon() -> None:
    decoder = Decoder()
    assert decoder.decode(segments(MESSAGES[0], [], syn=False)) == []
    (record,) = decoder.expire(START + SECOND)
    assert record.data == MESSAGES[0]


def test_a_lost_segment_costs_what_it_carried_and_no_more() -> None:
    stream = b"".join(MESSAGES)
    frames = segments(stream, [200, 500])
    del frames[2]
    decoder = Decoder()
    first = decoder.decode(frames)
    assert first == []
    records = decoder.expire(START + 6 * SECOND)
    assert records[0].data == stream[:200]
    assert "truncated" in records[0].defects
    assert records[1].kind == "continuation"
    assert messages(records)[1:] == MESSAGES[2:]
    assert decoder.let_go == {"TCP: segments missing": 1}


def test_a_segment_that_the_capture_cut_is_a_hole() -> None:
    stream = b"".join(MESSAGES)
    syn, *data = segments(stream, [len(MESSAGES[0]), len(MESSAGES[0]) + len(MESSAGES[1])])
    cut = data[1]._replace(data=data[1].data[:150])
    records = decode([syn, data[0], cut, *data[2:]])
    assert messages(records)[:1] == MESSAGES[:1]
    assert messages(records)[2:] == MESSAGES[2:]
    assert records[1].defects[-1] == "truncated"


def test_an_unfinished_message_is_shown_when_time_is_up() -> None:
    decoder = Decoder()
    frames = segments(MESSAGES[1][:200], [])
    assert decoder.decode(frames) == []
    assert decoder.expire(START + 20 * SECOND) == []
    (record,) = decoder.expire(START + 31 * SECOND)
    assert (record.kind, record.data) == ("sip", MESSAGES[1][:200])
    assert "truncated" in record.defects
    assert decoder.flush() == []


@pytest.mark.parametrize("flag", [FIN, RST])
def test_the_end_of_a_connection_shows_what_it_left(flag: int) -> None:
    decoder = Decoder()
    frames = segments(MESSAGES[0] + MESSAGES[1][:200], [])
    end = 1000 + len(MESSAGES[0]) + 200
    last = frame(ip4(tcp(sequence=end, flags=flag | ACK), 6), RAW)
    first, second = decoder.decode([*frames, last])
    assert first.data == MESSAGES[0]
    assert "truncated" in second.defects


def test_the_same_ports_may_serve_again() -> None:
    records = decode([*segments(MESSAGES[0], []), *segments(MESSAGES[2], [], 77)])
    assert messages(records) == [MESSAGES[0], MESSAGES[2]]
    records = decode([*segments(MESSAGES[0], []), *segments(MESSAGES[2], [], 3 << 30, syn=False)])
    assert messages(records) == [MESSAGES[0], MESSAGES[2]]


def test_a_content_length_too_big_does_not_swallow_the_stream() -> None:
    wrong = options("w1", body=b"1234\r\n").replace(b"Length: 6", b"Length: 90000")
    records = decode(segments(wrong + MESSAGES[0], []))
    assert [record.data for record in records] == [wrong, MESSAGES[0]]
    assert "truncated" in records[0].defects


def test_a_message_too_long_to_wait_for() -> None:
    wrong = options("w1").replace(b"Length: 0", b"Length: 900000000")
    stream = wrong + bytes(600_000)
    records = decode(segments(stream, list(range(0, len(stream), 50_000))))
    assert records[0].kind == "sip"
    assert "truncated" in records[0].defects
    assert 1 < len(records) < 30


def test_keep_alives_are_rows() -> None:
    records = decode(segments(b"\r\n\r\n" + MESSAGES[0] + b"\r\n", [4]))
    assert [record.kind for record in records] == ["keep-alive", "sip", "keep-alive"]


def test_other_text_is_not_waited_for_long() -> None:
    decoder = Decoder()
    assert decoder.decode(segments(b"hello", [])) == []
    (record,) = decoder.expire(START + 4 * SECOND)
    assert (record.kind, record.data) == ("text", b"hello")


def test_sip_behind_other_text_is_found() -> None:
    records = decode(segments(b"junk\r\nmore junk\r\n" + MESSAGES[0], [9]))
    assert messages(records) == [MESSAGES[0]]
    assert b"".join(record.data for record in records) == b"junk\r\nmore junk\r\n" + MESSAGES[0]


def test_http_stays_http() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    stream = head + b"See this:\r\n" + b"".join(MESSAGES)
    for cuts in ([], [len(head)], [len(head) + 11]):
        records = decode(segments(stream, cuts))
        assert {record.kind for record in records} == {"http"}


def test_a_long_foreign_stream_is_a_bounded_number_of_rows() -> None:
    stream = bytes(range(128, 256)) * 4000
    decoder = Decoder()
    records = decode(segments(stream, list(range(0, len(stream), 1000))), decoder)
    assert len(records) == 16
    shown = sum(len(record.data) for record in records)
    assert decoder.let_go == {"stream bytes that are no SIP": len(stream) - shown}


def test_both_directions_of_many_connections() -> None:
    frames = []
    for number in range(50):
        frames += [
            frame(ip4(tcp(flags=SYN, sport=1000 + number), 6), RAW),
            frame(ip4(tcp(options(f"q{number}"), 1, sport=1000 + number), 6), RAW),
            frame(
                ip4(tcp(response(f"q{number}"), 1, 24, 5060, 1000 + number), 6, B, A),
                RAW,
            ),
        ]
    records = decode(frames)
    assert Counter(record.src for record in records) == {A: 50, B: 50}


def test_sctp_messages_whole_in_parts_and_repeated() -> None:
    whole, parts = MESSAGES[0], MESSAGES[1]
    chunks = [
        sctp_data(parts[:100], 10, 2),
        sctp_data(whole, 20),
        sctp_data(parts[200:], 12, 1),
        sctp_data(parts[100:200], 11, 0),
        sctp_data(whole, 20),
    ]
    frames = [frame(ip4(sctp([chunk]), 132), RAW) for chunk in chunks]
    records = decode(frames)
    assert messages(records) == [whole, parts]
    assert {record.transport for record in records} == {"sctp"}
    assert len(records[1].frames) == 3
    bundled = frame(ip4(sctp([b"\x03\0\0\x10" + bytes(12), *chunks]), 132), RAW)
    records = decode([bundled])
    assert messages(records) == [whole, parts]
    assert bundled.data[records[0].offset :][: len(whole)] == whole


def test_sctp_parts_that_never_come() -> None:
    decoder = Decoder()
    chunk = sctp_data(MESSAGES[0][:100], 10, 2)
    assert decoder.decode([frame(ip4(sctp([chunk]), 132), RAW)]) == []
    (record,) = decoder.expire(START + 40 * SECOND)
    assert "truncated" in record.defects
    assert decoder.let_go == {"SCTP: missing after the time limit": 1}


def segment(data: bytes, sequence: int, flags: int = ACK, time: int = START) -> Segment:
    return Segment(sequence, flags, data, 0, (frame(data, RAW, time),), 0, time)


def test_streams_are_bounded_in_number() -> None:
    let_go: Counter[str] = Counter()
    streams = Streams(let_go, streams=10)
    shown = 0
    for port in range(40):
        flow = Flow(A, port, B, 5060)
        shown += len(streams.take(flow, segment(b"", 0, SYN)))
        shown += len(streams.take(flow, segment(b"INVITE sip:a SIP/2.0\r\nVia: ", 1)))
        assert len(streams) <= 10
    assert shown == 30
    assert let_go == {"TCP: table full": 30}


def test_a_flood_of_openings_pushes_no_stream_out() -> None:
    streams = Streams(Counter(), streams=10)
    message = MESSAGES[0]
    flow = Flow(A, 1, B, 5060)
    streams.take(flow, segment(b"", 0, SYN))
    streams.take(flow, segment(message[:50], 1))
    for port in range(1000):
        streams.take(Flow(A, 10 + port, B, 5060), segment(b"", 0, SYN))
    ((_, piece),) = streams.take(flow, segment(message[50:], 51))
    assert piece.data == message


def test_streams_are_bounded_in_bytes() -> None:
    streams = Streams(Counter(), size=200_000, stream_size=50_000)
    for number in range(2000):
        flow = Flow(A, number % 20, B, 5060)
        streams.take(flow, segment(bytes(1000), 5_000 * (number // 20)))
        assert streams.size <= 200_000
    streams.flush()
    assert (len(streams), streams.size) == (0, 0)


def test_silent_streams_are_forgotten() -> None:
    streams = Streams(Counter())
    (_,) = streams.take(Flow(A, 1, B, 2), segment(b"\r\n", 0, SYN))
    assert len(streams) == 1
    streams.expire(START + 601 * SECOND)
    assert len(streams) == 0


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from([0, 0, 0, 0, SYN, FIN, RST]),
            st.sampled_from([b"", b"\r\n", MESSAGES[0][:40], MESSAGES[0], b"\x81\x85", b"a" * 30]),
            st.integers(0, 40),
            st.integers(0, 5),
        ),
        max_size=40,
    )
)
@settings(max_examples=200, deadline=None)
def test_the_books_balance(given_: list[tuple[int, int, bytes, int, int]]) -> None:
    streams = Streams(Counter(), stream_size=5_000, size=20_000)
    flow = Flow(A, 1, B, 2)
    now = START
    for place, flags, data, missing, seconds in given_:
        now += seconds * SECOND
        each = segment(data, place * 20, flags, now)
        streams.take(flow, each._replace(missing=missing if data else 0))
        known: Stream | None = streams._streams.get(flow)
        if known is not None:
            held = sum(piece.cost for piece in (*known.pieces, *known.waiting))
            assert known.cost == held == streams.size
            assert sum(len(piece.data) for piece in known.pieces) >= len(known.buffer)
    streams.flush()
    assert streams.size == 0
