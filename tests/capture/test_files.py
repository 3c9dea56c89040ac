"""Capture files of every kind, whole, damaged, growing and hostile, made byte by byte."""

from __future__ import annotations

import gzip
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from siptui.capture.files import open_file
from siptui.record import Frame
from tests.capture.made import PACKETS, SECOND, Ng, everything, load, pcap


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
