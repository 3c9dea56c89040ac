"""SIP over WebSocket: in frames that are masked, in parts or compressed, cut anywhere."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from siptui.decode.tcp import Segment, Streams
from siptui.decode.words import MESSAGE, Flow
from tests.decode.test_streams import MESSAGES, messages, segments
from tests.decode.wire import START, A, B, decode, options


def ws(payload: bytes, *, opcode: int = 1, final: bool = True, mask: bytes = b"",
       compressed: bool = False) -> bytes:  # fmt: skip
    size = len(payload)
    head = bytes((opcode | (0x80 if final else 0) | (0x40 if compressed else 0),))
    bit = 0x80 if mask else 0
    if size < 126:
        head += bytes((bit | size,))
    elif size < 65536:
        head += bytes((bit | 126,)) + struct.pack(">H", size)
    else:
        head += bytes((bit | 127,)) + struct.pack(">Q", size)
    if mask:
        payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + mask + payload


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: ws.example.com\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n"


@given(
    cuts=st.lists(st.integers(1, 3000), max_size=20),
    mask=st.sampled_from([b"", b"\x01\x02\x03\x04", bytes(4)]),
    server=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_sip_over_websocket(cuts: list[int], mask: bytes, server: bool) -> None:
    big = options("big", body=b"b" * 70_000)
    whole = MESSAGES[1]
    stream = (SWITCH if server else HANDSHAKE) + ws(MESSAGES[0], mask=mask)
    stream += ws(whole[:100], final=False, mask=mask) + ws(b"x", opcode=9, mask=mask)
    stream += ws(whole[100:130], opcode=0, final=False, mask=mask)
    stream += ws(whole[130:], opcode=0, mask=mask) + ws(big, mask=mask, opcode=2)
    stream += ws(b"\r\n\r\n", mask=mask) + ws(b"\x03\xe8", opcode=8, mask=mask)
    records = decode(segments(stream, [*cuts, *range(0, len(stream), 60_000)]))
    assert [record.kind for record in records] == [
        "http",
        "sip",
        "ws-ping",
        "sip",
        "sip",
        "keep-alive",
        "ws-close",
    ]
    assert messages(records) == [MESSAGES[0], whole, big]
    assert {record.transport for record in records} == {"ws"}


def test_websocket_joined_in_the_middle() -> None:
    stream = ws(MESSAGES[0], mask=b"abcd") + ws(MESSAGES[1], mask=b"efgh")
    records = decode(segments(stream, [len(ws(MESSAGES[0], mask=b"abcd"))], syn=False))
    assert messages(records) == MESSAGES[:2]
    assert {record.transport for record in records} == {"ws"}


EXTENSION = b"Sec-WebSocket-Extensions: foo, Permessage-Deflate; server_max_window_bits=12\r\n\r\n"
OFFER = HANDSHAKE[:-2] + EXTENSION


class Deflater:
    """Compress messages as RFC 7692 has it."""

    def __init__(self, *, takeover: bool = True, bits: int = 15) -> None:
        self._bits = bits
        self._takeover = takeover
        self._deflate = zlib.compressobj(9, zlib.DEFLATED, -bits)

    def __call__(self, message: bytes) -> bytes:
        if not self._takeover:
            self._deflate = zlib.compressobj(9, zlib.DEFLATED, -self._bits)
        data = self._deflate.compress(message) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        assert data.endswith(b"\0\0\xff\xff")
        return data[:-4]


@given(
    cuts=st.lists(st.integers(1, 3000), max_size=20),
    mask=st.sampled_from([b"", b"\x01\x02\x03\x04"]),
    takeover=st.booleans(),
    bits=st.sampled_from([9, 12, 15]),
    server=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_compressed_messages_are_inflated(
    cuts: list[int], mask: bytes, takeover: bool, bits: int, server: bool
) -> None:
    deflate = Deflater(takeover=takeover, bits=bits)
    first, second, last = (deflate(each) for each in (MESSAGES[0], MESSAGES[1], MESSAGES[3]))
    stream = (SWITCH[:-2] + EXTENSION) if server else OFFER
    stream += ws(first, mask=mask, compressed=True)
    stream += ws(second[:50], final=False, mask=mask, compressed=True) + ws(b"", opcode=9)
    stream += ws(second[50:60], opcode=0, final=False, mask=mask)
    stream += ws(second[60:], opcode=0, mask=mask)
    stream += ws(MESSAGES[2], mask=mask) + ws(last, mask=mask, opcode=2, compressed=True)
    records = decode(segments(stream, cuts))
    assert messages(records) == MESSAGES[:4]
    assert [record.kind for record in records] == ["http", "sip", "ws-ping", "sip", "sip", "sip"]
    assert not any(record.defects for record in records if record.kind == "sip")


def test_what_was_not_agreed_on_or_cannot_be_inflated_is_named() -> None:
    message = Deflater()(MESSAGES[0])
    compressed = ws(message, compressed=True)
    for stream in (HANDSHAKE + compressed, OFFER + ws(b"\xff" * 40, compressed=True)):
        assert [record.kind for record in decode(segments(stream, []))] == ["http", "ws-compressed"]
    # One that was damaged costs those that refer to it, and no more.
    deflate = Deflater(takeover=False)
    stream = OFFER + ws(b"\xff" * 40, compressed=True) + ws(deflate(MESSAGES[1]), compressed=True)
    assert messages(decode(segments(stream, []))) == [MESSAGES[1]]


def test_a_message_that_inflates_without_end_is_cut() -> None:
    bomb = Deflater()(MESSAGES[0][:-4] + b"x" * 50_000_000)
    stream = OFFER + ws(bomb, compressed=True) + ws(MESSAGES[2])
    _, cut, after = decode(segments(stream, range(0, len(stream), 60_000)))  # type: ignore[arg-type]
    assert len(cut.data) == MESSAGE
    assert "truncated" in cut.defects
    assert after.data == MESSAGES[2]


def test_compressed_messages_that_were_joined_in_the_middle() -> None:
    deflate = Deflater(takeover=False)
    stream = b"".join(ws(deflate(each), compressed=True, mask=b"abcd") for each in MESSAGES[:2])
    records = decode(segments(stream, [], syn=False))
    assert messages(records) == MESSAGES[:2]
    assert {record.transport for record in records} == {"ws"}


def test_an_unfinished_compressed_message_is_shown_as_far_as_it_came() -> None:
    stream = OFFER + ws(Deflater()(MESSAGES[1]), compressed=True)
    _, record = decode(segments(stream[:-30], []))
    assert MESSAGES[1].startswith(record.data)
    assert "truncated" in record.defects


@pytest.mark.parametrize("cut", [0, 20])
def test_what_is_remembered_to_inflate_counts_against_the_limit(cut: int) -> None:
    stream = OFFER + ws(Deflater()(MESSAGES[0]), compressed=True)
    streams = Streams(Decoder().let_go, size=1 << 20)
    for port in range(1024, 1124):
        data = stream[: len(stream) - cut]
        streams.take(Flow(A, port, B, 80), Segment(1000, 2, b"", 0, (), -1, START))
        streams.take(Flow(A, port, B, 80), Segment(1001, 24, data, 0, (), -1, START))
        assert streams.size <= 1 << 20
    if not cut:
        assert len(streams) < 25
    streams.flush()
    assert streams.size == 0
