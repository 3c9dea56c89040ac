"""Capture files of every kind, whole, damaged, growing and hostile, made byte by byte."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import struct
import subprocess
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siptui.capture.containers import LARGEST_PACKET
from siptui.capture.files import FileSource, open_file
from siptui.capture.stream import Stream
from siptui.errors import SiptuiError
from siptui.record import Frame

SECOND = 1_000_000_000
PACKETS = [b"first", b"", b"third packet of odd length.", bytes(range(256))]


def pcap(
    packets: list[bytes],
    *,
    order: str = "<",
    magic: int = 0xA1B2C3D4,
    link: int = 1,
    snaplen: int = 65535,
    extra: bytes = b"",
    longer: int = 0,
) -> bytes:
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)
    for number, packet in enumerate(packets, 1):
        data += struct.pack(order + "IIII", number, number, len(packet), len(packet) + longer)
        data += extra + packet
    return data


class Ng:
    """Write pcapng blocks in one byte order."""

    def __init__(self, order: str = "<") -> None:
        self.order = order

    def block(self, kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        length = struct.pack(self.order + "I", len(body) + 12)
        return struct.pack(self.order + "I", kind) + length + body + length

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(self.order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

    def section(self) -> bytes:
        return self.block(0x0A0D0D0A, struct.pack(self.order + "IHHq", 0x1A2B3C4D, 1, 0, -1))

    def interface(self, link: int, *options: bytes, snaplen: int = 0) -> bytes:
        return self.block(1, struct.pack(self.order + "HHI", link, 0, snaplen) + b"".join(options))

    def enhanced(self, interface: int, units: int, data: bytes, length: int = 0) -> bytes:
        head = struct.pack(
            self.order + "IIIII",
            interface,
            units >> 32,
            units & 0xFFFFFFFF,
            len(data),
            length or len(data),
        )
        return self.block(6, head + data + b"\0" * (-len(data) % 4) + self.option(1, b"comment"))

    def obsolete(self, interface: int, units: int, data: bytes) -> bytes:
        head = struct.pack(
            self.order + "HHIIII",
            interface,
            7,
            units >> 32,
            units & 0xFFFFFFFF,
            len(data),
            len(data),
        )
        return self.block(2, head + data)

    def simple(self, data: bytes, length: int = 0) -> bytes:
        return self.block(3, struct.pack(self.order + "I", length or len(data)) + data)


def everything(source: FileSource, limit: int = 3) -> list[Frame]:
    frames: list[Frame] = []
    while not source.finished:
        frames += source.read(limit)
    source.close()
    return frames


def load(tmp_path: Path, data: bytes, limit: int = 3) -> tuple[list[Frame], str]:
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    source = open_file(str(path))
    frames = everything(source, limit)
    statistics = source.statistics()
    assert statistics.received == len(frames)
    assert statistics.progress == 1.0
    return frames, statistics.notice


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "unit", "extra"),
    [(0xA1B2C3D4, 1000, b""), (0xA1B23C4D, 1, b""), (0xA1B2CD34, 1000, bytes(8))],
)
def test_pcap_of_every_byte_order_and_resolution(
    tmp_path: Path, order: str, magic: int, unit: int, extra: bytes
) -> None:
    data = pcap(PACKETS, order=order, magic=magic, extra=extra, link=113)
    frames, notice = load(tmp_path, data)
    assert frames == [
        Frame(number * SECOND + number * unit, packet, 113, len(packet), "a.pcap")
        for number, packet in enumerate(PACKETS, 1)
    ]
    assert not notice


@pytest.mark.parametrize("snaplen", [0, 3, 0xFFFFFFFF])
def test_the_snapshot_length_of_a_pcap_is_not_believed(tmp_path: Path, snaplen: int) -> None:
    frames, notice = load(tmp_path, pcap(PACKETS, snaplen=snaplen))
    assert [frame.data for frame in frames] == PACKETS
    assert not notice


def test_a_packet_that_the_capture_cut_keeps_its_length_on_the_wire(tmp_path: Path) -> None:
    frames, _ = load(tmp_path, pcap([b"abc"], longer=1000))
    assert frames[0].length == 1003


@pytest.mark.parametrize(("written", "meant"), [(101, 101), (12, 101), (14, 101), (0x10000001, 1)])
def test_link_types_are_normalised(tmp_path: Path, written: int, meant: int) -> None:
    frames, _ = load(tmp_path, pcap([b"x"], link=written))
    assert frames[0].link == meant


def test_pcapng_with_interfaces_of_different_links_and_resolutions(tmp_path: Path) -> None:
    ng = Ng()
    data = (
        ng.section()
        + ng.interface(1, ng.option(2, b"eth0"))
        + ng.interface(113, ng.option(9, b"\x09"), ng.option(14, struct.pack("<q", 100)))
        + ng.interface(101, ng.option(9, b"\x8a"))
        + ng.interface(276, ng.option(9, b"\x00"), ng.option(0, b""), ng.option(9, b"\x09"))
        + ng.interface(1, ng.option(9, b"\x0c"))
        + ng.enhanced(0, 5_000_001, b"micro")
        + ng.enhanced(1, 5 * SECOND + 1, b"nano", 4000)
        + ng.enhanced(2, 5 * 1024 + 512, b"binary")
        + ng.enhanced(3, 5, b"seconds")
        + ng.enhanced(4, 5 * 10**12 + 1999, b"pico")
    )
    frames, notice = load(tmp_path, data)
    assert not notice
    assert frames == [
        Frame(5 * SECOND + 1000, b"micro", 1, 5, "eth0"),
        Frame(105 * SECOND + 1, b"nano", 113, 4000, "a.pcap"),
        Frame(5 * SECOND + SECOND // 2, b"binary", 101, 6, "a.pcap"),
        Frame(5 * SECOND, b"seconds", 276, 7, "a.pcap"),
        Frame(5 * SECOND + 1, b"pico", 1, 4, "a.pcap"),
    ]


def test_pcapng_sections_of_both_byte_orders_and_blocks_nobody_knows(tmp_path: Path) -> None:
    data = b""
    for order, link in ((">", 1), ("<", 113)):
        ng = Ng(order)
        data += (
            ng.section()
            + ng.block(4, b"names" * 100)
            + ng.interface(link, snaplen=4)
            + ng.block(0x0BAD, bytes(300_000))
            + ng.simple(b"cut ", 600)
            + ng.obsolete(0, 7_000_000, b"old")
            + ng.simple(b"like")
            + ng.block(5, bytes(12))
            + ng.enhanced(0, 8_000_000, b"new")
        )
    frames, notice = load(tmp_path, data)
    assert not notice
    assert [(each.data, each.time // SECOND, each.link, each.length) for each in frames] == [
        (b"cut ", 0, 1, 600),
        (b"old", 7, 1, 3),
        (b"like", 7, 1, 4),
        (b"new", 8, 1, 3),
        (b"cut ", 8, 113, 600),
        (b"old", 7, 113, 3),
        (b"like", 7, 113, 4),
        (b"new", 8, 113, 3),
    ]


def test_packets_of_an_interface_never_described_are_counted(tmp_path: Path) -> None:
    ng = Ng()
    data = ng.section() + ng.simple(b"x") + ng.interface(1) + ng.enhanced(9, 1, b"y")
    frames, notice = load(tmp_path, data + ng.enhanced(0, 1, b"z"))
    assert [frame.data for frame in frames] == [b"z"]
    assert notice.startswith("2 packets of interfaces that")


def test_times_beyond_what_a_column_holds_are_cut_to_it(tmp_path: Path) -> None:
    ng = Ng()
    early = ng.interface(1, ng.option(14, struct.pack("<q", -(2**40))))
    data = ng.section() + ng.interface(1, ng.option(9, b"\x00")) + early
    frames, _ = load(tmp_path, data + ng.enhanced(0, 2**63, b"late") + ng.enhanced(1, 5, b"early"))
    assert [frame.time for frame in frames] == [2**63 - 1, 0]


def test_an_interface_name_cannot_carry_orders_to_a_terminal(tmp_path: Path) -> None:
    ng = Ng()
    name = "\x1b]0;x\x07\u202e\n".encode() + b"\xff"
    data = ng.section() + ng.interface(1, ng.option(2, name)) + ng.enhanced(0, 1, b"x")
    frames, _ = load(tmp_path, data)
    assert frames[0].interface == r"\x1b]0;x\x07\x202e\x0a\xff"


@pytest.mark.parametrize("size", [1, 255, 262_143])
def test_gzip_of_one_or_several_members(tmp_path: Path, size: int) -> None:
    data = pcap([*PACKETS, bytes(600_000), *PACKETS])
    members = [
        gzip.compress(data[at : at + size]) for at in range(0, min(len(data), 5 * size), size)
    ]
    packed = b"".join(members) + gzip.compress(data[5 * size :]) + bytes(100)
    frames, notice = load(tmp_path, packed)
    assert [frame.data for frame in frames] == [*PACKETS, bytes(600_000), *PACKETS]
    assert not notice


def test_gzip_that_ends_where_a_chunk_of_output_ends_loses_nothing(tmp_path: Path) -> None:
    for more in range(-3, 4):
        packet = os.urandom(1000) * 523
        packet = packet[: 2 * 262_144 - 24 - 16 + more]
        frames, notice = load(tmp_path, gzip.compress(pcap([packet])))
        assert [frame.data for frame in frames] == [packet]
        assert not notice


def test_progress_counts_the_bytes_of_the_compressed_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap.gz"
    path.write_bytes(gzip.compress(pcap([os.urandom(1000) for _ in range(2000)])))
    source = open_file(str(path))
    assert source.fileno() == -1
    seen = [source.statistics().progress]
    while not source.finished:
        source.read(100)
        seen.append(source.statistics().progress)
    source.close()
    assert None not in seen
    assert seen == sorted(seen, key=lambda each: each or 0)
    assert 0 < (seen[0] or 0) < 0.5 < 1.0 == seen[-1]


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
        (tmp_path / "a\0b", "null byte"),
    ):
        with pytest.raises(SiptuiError, match=why):
            open_file(str(path))


def pipe_source() -> tuple[FileSource, int]:
    """Open a pipe that already holds the header of a pcap."""
    reading, writing = os.pipe()
    os.write(writing, pcap([]))
    return FileSource(Stream(reading), "standard input", "standard input"), writing


def test_a_pipe_gives_packets_as_they_come_and_never_waits() -> None:
    source, writing = pipe_source()
    assert source.fileno() >= 0
    assert source.read(10) == []
    records = pcap(PACKETS)[24:]
    got: list[bytes] = []
    for byte in records:
        os.write(writing, bytes((byte,)))
        got += [frame.data for frame in source.read(10)]
        assert source.statistics().progress is None
    assert got == PACKETS
    assert not source.finished
    os.write(writing, records[:20])
    assert source.read(10) == []
    os.close(writing)
    assert source.read(10) == []
    assert source.finished
    assert "is cut off inside a packet" in source.statistics().notice
    source.close()
    source.close()


def test_a_long_packet_through_a_pipe_in_small_pieces() -> None:
    source, writing = pipe_source()
    packet = os.urandom(300_000)
    records = pcap([packet, b"next"])[24:]
    got: list[bytes] = []
    for at in range(0, len(records), 4096):
        os.write(writing, records[at : at + 4096])
        got += [frame.data for frame in source.read(10)]
    assert got == [packet, b"next"]
    os.close(writing)
    source.close()


def test_standard_input_is_read_while_tcpdump_would_still_be_writing() -> None:
    code = (
        "import select, sys\n"
        "from siptui.capture.files import open_file\n"
        "source = open_file('-')\n"
        "print(source.name, flush=True)\n"
        "while not source.finished:\n"
        "    select.select([source.fileno()], [], [])\n"
        "    for frame in source.read(10):\n"
        "        print(frame.data.decode(), flush=True)\n"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        ["python3", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        data = pcap([b"one", b"two"])
        process.stdin.write(data[:24])
        process.stdin.flush()
        assert process.stdout.readline() == b"standard input\n"
        process.stdin.write(data[24:43])
        process.stdin.flush()
        assert process.stdout.readline() == b"one\n"
        process.stdin.write(data[43:])
        process.stdin.close()
        assert process.stdout.readline() == b"two\n"
        assert process.wait() == 0


def test_real_captures_have_as_many_frames_as_capinfos_counts(shared: Path) -> None:
    if shutil.which("capinfos") is None:
        pytest.skip("capinfos is not installed")
    paths = sorted((shared / "pcap").glob("*cap*"))
    told = subprocess.run(
        ["capinfos", "-rTcM", *map(str, paths)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    counts = {line.split("\t")[0]: int(line.split("\t")[1]) for line in told}
    assert len(counts) == len(paths)
    for path in paths:
        source = open_file(str(path))
        frames = everything(source, 100)
        assert len(frames) == counts[str(path)], path
        assert not source.statistics().notice


def test_real_frames_are_those_that_tshark_sees(shared: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    for name in ("ndpi__gre.pcapng", "wireshark__SIP_DTMF2.cap", "hepws__hep.pcap"):
        path = shared / "pcap" / name
        fields = ["frame.time_epoch", "frame.cap_len", "frame.len"]
        told = subprocess.run(
            ["tshark", "-r", str(path), "-T", "fields", *(x for f in fields for x in ("-e", f))],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        frames = everything(open_file(str(path)))
        mine = [
            part
            for frame in frames
            for part in (
                f"{frame.time // SECOND}.{frame.time % SECOND:09d}",
                str(len(frame.data)),
                str(frame.length),
            )
        ]
        assert mine == told


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


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 400), st.integers(1, 60))
def test_a_pipe_gives_the_same_as_a_file_however_it_is_cut(
    tail: bytes, piece: int, limit: int
) -> None:
    data = Ng().section() + Ng().interface(1) + Ng().enhanced(0, 1, b"x" * 50) + tail
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    at_once = FileSource(Stream(reading), "x", "x")
    expected = everything(at_once, 1000)
    reading, writing = os.pipe()
    os.write(writing, data[:24])
    source = FileSource(Stream(reading), "x", "x")
    frames: list[Frame] = []
    for at in range(24, len(data), piece):
        os.write(writing, data[at : at + piece])
        frames += source.read(limit)
    os.close(writing)
    frames += everything(source, limit)
    assert frames == expected
    assert source.statistics().notice == at_once.statistics().notice
