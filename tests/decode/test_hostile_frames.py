"""No bytes in a frame, or sequence of frames, make the decoder or the layers raise."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from siptui.decode.frame import layers
from siptui.decode.link import LINKS
from siptui.record import Frame, Record
from tests.decode.test_encapsulations import CASES
from tests.decode.test_tls import hello, spread
from tests.decode.test_websocket import HANDSHAKE, OFFER, Deflater, ws
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
    pieces6,
    sctp,
    sctp_data,
    tcp,
    udp,
)

HEP2 = bytes.fromhex("021c0211 13c413c4 c0000201 c6336402") + bytes(12) + options()
SEEDS: list[tuple[bytes, int]] = [
    *((case.values[0], case.values[1]) for case in CASES),  # type: ignore[misc]
    *((packet, RAW) for packet in pieces4(udp(options()), [64, 128])),
    *((packet, RAW) for packet in pieces6(udp(options()), [64, 128])),
    (ip4(tcp(options() * 2, 7), 6), RAW),
    (ip4(tcp(hello(b"sip.example.com"), 7), 6), RAW),
    (ip4(tcp(spread(hello(b"sip.example.com"), [3, 70]), 7), 6), RAW),
    (ip4(tcp(OFFER + ws(Deflater()(options()), compressed=True), 7), 6), RAW),
    (ip4(tcp(HANDSHAKE + ws(options(), mask=b"abcd"), 7), 6), RAW),
    (ip4(tcp(ws(options(), mask=b"abcd"), 7), 6), RAW),
    (ip4(sctp([sctp_data(options(), 1), sctp_data(b"abc", 2, 2)]), 132), RAW),
    (ip4(b"\x03\x03" + bytes(6) + ip4(udp(options())), 1), RAW),
    (ip6(b"\x01\x04" + bytes(6) + ip6(udp(options())), 58), RAW),
    (ip4(udp(b"HEP3" + bytes(200))), RAW),
    (ip4(udp(HEP2)), RAW),
]


@st.composite
def changed(draw: st.DrawFn) -> Frame:
    data, link = draw(st.sampled_from(SEEDS))
    buffer = bytearray(data)
    for _ in range(draw(st.integers(0, 4))):
        buffer[draw(st.integers(0, len(buffer) - 1))] = draw(st.integers(0, 255))
    if draw(st.booleans()):
        del buffer[draw(st.integers(0, len(buffer))) :]
    time = START + draw(st.integers(-5, 40)) * SECOND
    return frame(bytes(buffer), link, time, len(buffer) + draw(st.sampled_from([0, 0, 100])))


def check(records: list[Record]) -> None:
    for record in records:
        assert record.kind
        assert record.transport
        assert record.frames
        assert 0 <= record.sport < 65536
        assert 0 <= record.dport < 65536
        if record.offset >= 0:
            whole = record.frames[0].data
            assert whole[record.offset : record.offset + len(record.data)] == record.data


def check_layers(of: Frame) -> None:
    at = 0
    for layer in layers(of):
        assert at <= layer.start <= layer.stop <= len(of.data)
        assert layer.summary.isprintable()
        at = layer.stop


@given(st.binary(max_size=200), st.sampled_from(sorted(LINKS)))
@settings(max_examples=400, deadline=None)
@example(b"", 1)
def test_any_bytes_on_any_link(data: bytes, link: int) -> None:
    of = frame(data, link)
    check(decode([of]))
    check_layers(of)


@given(
    st.binary(max_size=120),
    st.sampled_from([1, 4, 6, 17, 41, 44, 47, 51, 58, 60, 0, 43, 132, 137]),
    st.booleans(),
)
@settings(max_examples=600, deadline=None)
def test_any_bytes_in_any_protocol(data: bytes, protocol: int, six: bool) -> None:
    of = frame(ip6(data, protocol) if six else ip4(data, protocol), RAW)
    check(decode([of]))
    check_layers(of)


@given(
    st.binary(max_size=120),
    st.sampled_from([0x8100, 0x8847, 0x8864, 0x880B, 0x6558, 0x88BE, 0x22EB, 100]),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_in_any_ethertype(data: bytes, ethertype: int) -> None:
    of = frame(ethernet(data, ethertype))
    check(decode([of]))
    check_layers(of)


@given(st.binary(max_size=120), st.sampled_from([2152, 4789, 6081, 8472]), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_datagram_has_a_row(data: bytes, port: int, hep: bool) -> None:
    of = frame(ip4(udp(b"HEP3" + data if hep else data, 5060, port)), RAW)
    records = decode([of])
    assert records
    check(records)
    check_layers(of)


@given(st.lists(changed(), max_size=12))
@settings(max_examples=400, deadline=None)
def test_changed_frames_in_any_sequence(frames: list[Frame]) -> None:
    decoder = Decoder()
    for of in frames:
        check(decoder.decode([of]))
        check_layers(of)
    check(decoder.expire(START + 20 * SECOND))
    check(decoder.flush())
    assert decoder.flush() == []


@given(st.lists(st.binary(max_size=60), max_size=12), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_byte_of_a_stream_is_lost(chunks: list[bytes], sip: bool) -> None:
    if sip:
        chunks = [options(), *chunks, options("c2")]
    at = 1
    frames = [frame(ip4(tcp(sequence=0, flags=2), 6), RAW)]
    for chunk in chunks:
        frames.append(frame(ip4(tcp(chunk, at), 6), RAW))
        at += len(chunk)
    decoder = Decoder()
    records = decode(frames, decoder)
    check(records)
    if all(record.transport == "tcp" for record in records) and not decoder.let_go:
        assert b"".join(record.data for record in records) == b"".join(chunks)
