"""TLS on a stream is named, with the server that its hello asks for, however that was cut."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from tests.decode.test_streams import segments
from tests.decode.wire import SECOND, START, decode

DATA = b"\x17\x03\x03\0\x05abcde"


def hello(server: bytes) -> bytes:
    name = b"\0" + struct.pack(">H", len(server)) + server
    extension = struct.pack(">HHH", 0, len(name) + 2, len(name)) + name
    extensions = struct.pack(">HH", 23, 0) + extension
    body = b"\x03\x03" + bytes(32) + b"\x04abcd" + b"\0\x02\x13\x01" + b"\x01\0"
    body += struct.pack(">H", len(extensions)) + extensions
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(handshake)) + handshake


@given(cuts=st.lists(st.integers(1, 120), max_size=8))
@settings(max_examples=50, deadline=None)
def test_tls_is_named_with_its_server(cuts: list[int]) -> None:
    first = hello(b"sip.example.com")
    decoder = Decoder()
    records = decode(segments(first + b"\x17\x03\x03\0\x05abcde", cuts), decoder)
    (record,) = records
    assert (record.kind, record.transport, record.data) == ("tls", "tls", first)
    assert record.text("uri") == "sip.example.com"
    assert decoder.let_go["encrypted stream bytes"] == 10


def test_tls_without_a_name_or_in_the_middle() -> None:
    nameless = hello(b"x").replace(b"\0\0\0\x06\0\x04\0\0\x01x", b"\0\x99\0\x06\0\x04\0\0\x01x")
    for stream in (nameless, b"\x17\x03\x03\0\x05abcde", b"\x16\x03\x01\0\x30abcde"):
        (record,) = decode(segments(stream, [], syn=False))
        assert (record.kind, record.text("uri")) == ("tls", "")


def spread(record: bytes, places: list[int]) -> bytes:
    """Return the handshake of a record in several records, cut at these places."""
    body = record[5:]
    cuts = [0, *sorted({each for each in places if 0 < each < len(body)}), len(body)]
    return b"".join(
        record[:3] + struct.pack(">H", stop - start) + body[start:stop]
        for start, stop in pairwise(cuts)
    )


@given(
    places=st.lists(st.integers(1, 110), min_size=1, max_size=6),
    cuts=st.lists(st.integers(1, 160), max_size=8),
)
@settings(max_examples=100, deadline=None)
def test_a_hello_may_be_spread_over_records(places: list[int], cuts: list[int]) -> None:
    whole = hello(b"sip.example.com")
    stream = spread(whole, places)
    decoder = Decoder()
    (record,) = decode(segments(stream + DATA, cuts), decoder)
    assert record.text("uri") == "sip.example.com"
    assert record.data[5:] == whole[5:]
    assert decoder.let_go["encrypted stream bytes"] == len(DATA)
    assert b"".join(each.data[40:] for each in record.frames).startswith(stream[:9])


def test_a_hello_that_is_never_whole_is_shown_when_time_is_up() -> None:
    stream = spread(hello(b"sip.example.com"), [60])[:-20]
    decoder = Decoder()
    assert decoder.decode(segments(stream, [70])) == []
    (record,) = decoder.expire(START + 31 * SECOND)
    assert (record.kind, record.text("uri")) == ("tls", "")


@pytest.mark.parametrize(
    "follows", [b"\x15\x03\x03\0\x02\x02\x28", b"INVITE sip:a SIP/2.0\r\n\r\n"]
)
def test_what_does_not_continue_a_hello_ends_it(follows: bytes) -> None:
    first = hello(b"sip.example.com")
    part = b"\x16\x03\x01\0\x40" + first[5 : 5 + 64]
    decoder = Decoder()
    (record,) = decoder.decode(segments(part + follows, []))
    assert (record.kind, record.data) == ("tls", part)


def test_a_hello_in_very_many_records_is_not_waited_for() -> None:
    stream = spread(hello(b"x" * 200), list(range(1, 300)))
    (record,) = Decoder().decode(segments(stream, []))
    assert (record.kind, record.text("uri")) == ("tls", "")
