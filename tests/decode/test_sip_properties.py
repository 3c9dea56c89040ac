"""Whatever bytes arrive: nothing raises, both ways agree, and ranges lie where they say."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from siptui.decode import ordinary, other, sdp
from siptui.decode.bodies import Part
from siptui.decode.defects import DEFECTS
from siptui.decode.elements import Element
from siptui.decode.layouts import Layouts
from siptui.decode.message import read
from siptui.decode.sip import divide, fill_with_care, is_sip, measure, resync
from siptui.decode.uri import read_address, read_uri
from siptui.record import SPANS, Record
from tests.decode.messages import MESSAGES, PLAIN, VALUES, almost, composed, record

ANY = MESSAGES | st.binary(max_size=200)
SHOWN = ("kind", "method", "status", "spans", "ua", "user", "defects", "names", "values")
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@given(ANY)
@MANY
def test_skimming_and_reading_find_the_same(data: bytes) -> None:
    skimmed, message = record(data), read(data)
    assert [each.name for each in message.findings if each.name not in DEFECTS] == []
    if skimmed.kind == "sip":
        assert skimmed.defects == message.defects
        assert skimmed.method == message.method
        assert skimmed.status == message.status
    else:
        assert skimmed.defects == ()
        assert not skimmed.method
        assert not skimmed.status


def empty(data: bytes) -> Record:
    return Record(0, "192.0.2.1", 5060, "198.51.100.1", 5060, "udp", "", data, ())


@given(composed() | almost())
@MANY
def test_the_short_way_fills_what_the_careful_way_fills(data: bytes) -> None:
    quick, slow = empty(data), empty(data)
    if not ordinary.fill(quick):
        assert quick.kind == ""
        return
    assert is_sip(data)
    fill_with_care(slow, truncated=False)
    for name in SHOWN:
        assert getattr(quick, name) == getattr(slow, name), name


@given(almost(), st.integers(0, 2**32), st.sampled_from([b"sip:a@h", b"tel:1", b"SIP:b@[::1]"]))
@example(PLAIN.replace(b"-1581053078;rport", b""), 0, b"sip:a@h")
@MANY
def test_a_known_layout_fills_what_the_careful_way_fills(
    data: bytes, number: int, uri: bytes
) -> None:
    layouts = Layouts(after=1, every=0)
    ordinary.fill(empty(data), layouts)
    ordinary.fill(empty(PLAIN), layouts)
    other_values = data.replace(b"31", b"%d" % number).replace(b"1581053078", b"%d" % number)
    for each in (data, PLAIN, other_values, data.replace(b"sip:100@192.0.2.9", uri)):
        quick, slow = empty(each), empty(each)
        if ordinary.fill(quick, layouts):
            fill_with_care(slow, truncated=False)
            for name in SHOWN:
                assert getattr(quick, name) == getattr(slow, name), name
            hosts_are_those_of_the_spans(quick)


def hosts_are_those_of_the_spans(record: Record) -> None:
    wanted, sent_by, reached = record.hosts
    if wanted:
        assert record.raw("uri").startswith(b"sip:")
        assert read_uri(record.raw("uri")).host_text == wanted.decode()
    if sent_by:
        assert re.match(rb"SIP/2\.0/%b[:;]" % re.escape(sent_by), record.raw("via"))
        assert bool(reached) == bool(record.raw("contact"))
    if reached:
        assert read_address(record.raw("contact")).uri.host_text == reached.decode()


def test_a_layout_that_is_seen_often_is_known_and_few_are_kept() -> None:
    layouts = Layouts(after=3, every=0)
    end = PLAIN.index(b"\r\n\r\n")
    for _ in range(3):
        assert layouts.find(PLAIN, end) is None
        assert ordinary.fill(empty(PLAIN), layouts)
    assert layouts.find(PLAIN, end) is not None
    other_names = PLAIN.replace(b"Max-Forwards: 70\r\n", b"")
    unusual = PLAIN.replace(b"<sip:100@192.0.2.9>", b"<sip:a;b=c@192.0.2.9;lr>")
    for each in [other_names] * 3 + [unusual] * 30:
        assert ordinary.fill(empty(each), layouts)
    assert layouts.find(other_names, other_names.index(b"\r\n\r\n")) is not None
    for number in range(20):
        data = PLAIN.replace(b"User-Agent", b"X-%d" % number)
        for _ in range(4):
            assert ordinary.fill(empty(data), layouts)
    assert layouts.find(PLAIN, end) is None


@given(ANY)
@example(b"\0 \r\0SIP/0\n")
@example(b"OPTIONS sip:a@h SIP/2.0\r\r\n")
@MANY
def test_ranges_lie_inside_the_message_and_rebuild_it(data: bytes) -> None:
    message = read(data)
    pieces = [(0, message.begin), message.start_line]
    pieces += [(each.start, each.stop) for each in message.headers]
    pieces += [message.blank, message.body, message.rest]
    rebuilt = bytearray()
    for start, stop in pieces:
        assert 0 <= start <= stop <= len(data)
        # Only the line end behind the start line belongs to no part.
        assert not data[len(rebuilt) : start].strip(b"\r\n")
        assert start >= len(rebuilt) or start == stop
        rebuilt += data[len(rebuilt) : stop]
    assert bytes(rebuilt) == data
    for finding in message.findings:
        assert 0 <= finding.start <= finding.stop <= len(data)
        assert finding.text
    for header in message.headers:
        order = (header.start, header.name_stop, header.value_start, header.value_stop, header.stop)
        assert list(order) == sorted(order)
        assert data[header.value_start : header.value_stop] == header.raw
    skimmed = record(data)
    for name in SPANS:
        assert skimmed.raw(name) == skimmed.raw(name).strip(b" \t\r\n")
    for start, stop in zip(skimmed.spans[::2], skimmed.spans[1::2], strict=True):
        assert 0 <= start <= stop <= len(data)


@given(ANY)
@MANY
def test_elements_nest_and_every_byte_finds_the_innermost(data: bytes) -> None:
    message = read(data)

    def check(elements: tuple[Element, ...], start: int, stop: int) -> None:
        for each in elements:
            assert start <= each.start <= each.stop <= stop, each
            check(each.parts, each.start, each.stop)

    check(message.elements, 0, len(data))
    for offset in range(len(data)):
        element = message.at(offset)
        assert element is None or element.start <= offset < element.stop


@given(ANY)
@MANY
def test_parts_lie_inside_the_body(data: bytes) -> None:
    message = read(data)

    def check(part: Part, start: int, stop: int) -> None:
        assert start <= part.start <= part.content[0] <= part.content[1] <= part.stop <= stop
        for each in part.parts:
            check(each, *part.content)

    check(message.part, *message.body)
    lines = sdp.lines(data)
    assert b"".join(data[each.start : each.stop] for each in lines) == data


@given(st.lists(ANY, max_size=3))
@MANY
def test_dividing_covers_the_datagram_and_divides_no_further(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    ranges = divide(data)
    assert [start for start, _ in ranges] == [0, *(stop for _, stop in ranges[:-1])]
    assert ranges[-1][1] == len(data)
    if len(ranges) > 1:
        assert all(is_sip(data[start:stop]) for start, stop in ranges)
        assert divide(data[slice(*ranges[0])]) == [(0, ranges[0][1])]


@given(st.lists(almost(), min_size=1, max_size=4), st.binary(max_size=20))
@MANY
def test_measuring_needs_no_more_than_the_message(pieces: list[bytes], rest: bytes) -> None:
    stream = b"".join(pieces)
    length = measure(stream, 0)
    if length is not None:
        assert 0 < length <= len(stream)
        assert measure(bytearray(stream[:length]), 0) == length
        assert measure(stream[:length] + rest, 0) == length
        assert measure(stream[: length - 1], 0) is None


@given(st.binary(max_size=60), st.binary(max_size=60))
@MANY
def test_a_stream_is_found_again_behind_anything(before: bytes, after: bytes) -> None:
    stream = bytearray(before + b"\r\n" + PLAIN + after)
    found = resync(stream, 0)
    assert 0 <= found <= len(before) + 2
    at = resync(stream, found)
    assert at == found
    assert resync(stream, len(before) + 2) == len(before) + 2


@given(st.binary(max_size=80) | VALUES)
@MANY
def test_uris_and_addresses_never_raise_and_stay_inside(data: bytes) -> None:
    uri = read_uri(data)
    address = read_address(data)
    for start, stop in (uri.user, uri.password, uri.host, uri.port, address.display):
        assert 0 <= start <= stop <= len(data)
    for each in (*uri.parameters, *uri.headers, *address.parameters):
        assert 0 <= each.start <= each.name_stop <= each.value_start <= each.stop <= len(data)
    for start, stop, name in (*uri.findings, *address.findings):
        assert 0 <= start <= stop <= len(data)
        assert name in DEFECTS
    assert isinstance(address.uri.user_text, str)
    assert isinstance(uri.host_text, str)


@given(
    st.binary(max_size=120),
    st.sampled_from(["udp", "tcp", "ws"]),
    st.integers(0, 65535),
    st.integers(0, 65535),
)
@MANY
def test_anything_that_is_no_sip_has_a_name(
    data: bytes, transport: str, sport: int, dport: int
) -> None:
    assert other.name(data, transport, sport, dport)


@given(ANY)
@MANY
def test_what_was_cut_is_not_held_against_a_message(data: bytes) -> None:
    skimmed, message = record(data, truncated=True), read(data, truncated=True)
    if skimmed.kind == "sip":
        assert skimmed.defects == message.defects
        assert "truncated" in skimmed.defects
        assert not {"no-blank-line", "content-length-too-big"} & set(skimmed.defects)
