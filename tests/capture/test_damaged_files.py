"""Capture files that are cut, damaged or none give what can be read and say where it ends."""

from __future__ import annotations

import gzip
import os
import re
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siptui.capture.containers import LARGEST_PACKET
from siptui.capture.files import open_file
from siptui.errors import SiptuiError
from tests.capture.made import PACKETS, Ng, everything, load, pcap


def test_a_pcap_cut_anywhere_gives_every_whole_packet_and_says_where_it_stopped(
    tmp_path: Path,
) -> None:
    data = pcap(PACKETS)
    ends = [24]
    for packet in PACKETS:
        ends.append(ends[-1] + 16 + len(packet))
    for cut in range(24, len(data)):
        frames, notice = load(tmp_path, data[:cut])
        whole = sum(end <= cut for end in ends) - 1
        assert [frame.data for frame in frames] == PACKETS[:whole]
        if cut in ends:
            assert not notice
        else:
            assert notice.endswith(f"byte {ends[whole]:,}: it is cut off inside a packet")


def test_a_cut_pcapng_says_so_too(tmp_path: Path) -> None:
    ng = Ng()
    data = ng.section() + ng.interface(1) + ng.enhanced(0, 1, b"one")
    frames, notice = load(tmp_path, data + ng.enhanced(0, 2, b"two")[:-1])
    assert [frame.data for frame in frames] == [b"one"]
    assert notice.endswith(f"a.pcap was read up to byte {len(data)}: it is cut off inside a packet")
    frames, notice = load(tmp_path, data + ng.block(99, bytes(1000))[:-1])
    assert len(frames) == 1
    assert notice.endswith("it is cut off inside a block")


def test_cut_and_damaged_gzip_gives_what_can_be_unpacked(tmp_path: Path) -> None:
    packets = [os.urandom(500) for _ in range(100)]
    packed = gzip.compress(pcap(packets))
    frames, notice = load(tmp_path, packed[: len(packed) // 2])
    assert 10 < len(frames) < 60
    assert [frame.data for frame in frames] == packets[: len(frames)]
    assert notice.endswith(" of the unpacked capture: the gzip data is cut off")
    frames, notice = load(tmp_path, packed[:-8] + b"wrong" + packed[-3:])
    assert [frame.data for frame in frames] == packets
    assert "the gzip data is damaged (" in notice
    frames, notice = load(tmp_path, packed + b"rubbish")
    assert [frame.data for frame in frames] == packets
    assert "the gzip data is damaged (" in notice


@pytest.mark.parametrize(
    "tail",
    [
        struct.pack("<IIII", 1, 1, 0x7FFFFFFF, 100),
        struct.pack("<IIII", 1, 1, LARGEST_PACKET + 1, 100),
        bytes(4096),
    ],
)
def test_a_damaged_pcap_gives_what_comes_before(tmp_path: Path, tail: bytes) -> None:
    data = pcap(PACKETS)
    frames, notice = load(tmp_path, data + tail)
    assert [frame.data for frame in frames] == PACKETS
    assert f"read up to byte {len(data)}: " in notice


@pytest.mark.parametrize(
    "tail",
    [
        struct.pack("<III", 6, 11, 11),
        struct.pack("<III", 6, 34, 34) + bytes(64),
        struct.pack("<III", 6, 0xFFFFFFFC, 0),
        struct.pack("<IIII", 6, 16, 0, 16),
        struct.pack("<IIII", 3, 12, 12, 0),
        struct.pack("<III", 1, 12, 12),
        struct.pack("<IIIII", 6, 32, 0, 0, 0) + bytes(12) + struct.pack("<I", 36),
        struct.pack("<III", 0x0A0D0D0A, 28, 0xDEADBEEF) + bytes(16),
        bytes(64),
    ],
)
def test_a_damaged_pcapng_gives_what_comes_before(tmp_path: Path, tail: bytes) -> None:
    ng = Ng()
    data = ng.section() + ng.interface(1) + ng.enhanced(0, 1, b"one")
    frames, notice = load(tmp_path, data + tail)
    assert [frame.data for frame in frames] == [b"one"]
    assert f"read up to byte {len(data)}: " in notice


def test_hostile_lengths_take_no_memory(tmp_path: Path) -> None:
    ng = Ng()
    head = ng.section() + ng.interface(1)
    claims = [
        pcap([]) + struct.pack("<IIII", 1, 1, LARGEST_PACKET, 100),
        head + struct.pack("<II", 6, LARGEST_PACKET) + bytes(100),
        head + struct.pack("<II", 77, 0xFFFFFFFC) + bytes(3_000_000),
        gzip.compress(head + struct.pack("<II", 77, 0xFFFFFFFC) + bytes(100_000_000)),
        head + ng.interface(1) * 70_000,
    ]
    for data in claims:
        path = tmp_path / "hostile"
        path.write_bytes(data)
        source = open_file(str(path))
        tracemalloc.start()
        everything(source)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 24_000_000
        assert source.statistics().notice


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (gzip.compress(b""), "is empty"),
        (pcap([])[:10], "cut off inside its first header, after 10 bytes"),
        (Ng().section()[:16], "cut off inside its first header, after 16 bytes"),
        (gzip.compress(pcap([]))[:12], "the gzip data is cut off"),
        (b"\x1f\x8bnot gzip at all, by far", "the gzip data is damaged"),
        (b"INVITE sip:a@b SIP/2.0\r\nTo: x\r\n", "it is text"),
        (b"short", "it is text"),
        (b"GMBU" + bytes(60), "Network Monitor 2 capture; turn it into pcapng with editcap"),
        (b"RTSS" + bytes(60), "Network Monitor 1"),
        (b"snoop\0\0\0" + bytes(60), "a snoop capture"),
        (b"\x28\xb5\x2f\xfd" + bytes(60), "unpack it first with unzstd"),
        (bytes.fromhex("8f3b96cd") + bytes(60), "neither pcap nor pcapng"),
        (b"\x0a\x0d\x0d\x0a" + bytes(60), "neither pcap nor pcapng"),
    ],
)
def test_what_is_no_capture_gets_one_clear_sentence(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(SiptuiError) as caught:
        open_file(str(path))
    assert what in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    for path, why in (
        (tmp_path / "absent", "there is no file"),
        (tmp_path, "it is a folder"),
        (tmp_path / "a\0b", "null (byte|character)"),
    ):
        with pytest.raises(SiptuiError, match=why):
            open_file(str(path))


WHOLE = [
    pcap(PACKETS),
    pcap(PACKETS, order=">", magic=0xA1B23C4D),
    Ng().section() + Ng().interface(1) + Ng().enhanced(0, 1, b"x" * 50) + Ng().simple(b"y"),
    gzip.compress(pcap(PACKETS)),
]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=8)), max_size=6),
    st.binary(max_size=64),
    st.integers(1, 50),
)
def test_no_bytes_make_a_file_fail_otherwise_than_by_its_sentence(
    tmp_path: Path, whole: bytes, changes: list[tuple[int, bytes]], tail: bytes, limit: int
) -> None:
    data = bytearray(whole)
    for at, change in changes:
        data[at : at + len(change)] = change
    path = tmp_path / "hostile"
    path.write_bytes(bytes(data) + tail)
    try:
        source = open_file(str(path))
    except SiptuiError:
        return
    frames = everything(source, limit)
    assert sum(len(frame.data) for frame in frames) <= 4 * len(data) + len(tail)
    for frame in frames:
        assert 0 <= frame.time < 2**63
        assert frame.length >= len(frame.data)
        assert type(frame.data) is bytes
    assert re.fullmatch(r"[ -~…·]*", source.statistics().notice)
