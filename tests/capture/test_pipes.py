"""Captures that come through a pipe, as they grow."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.capture.files import FileSource
from siptui.capture.stream import Stream
from siptui.record import Frame
from tests.capture.made import PACKETS, Ng, everything, pcap


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
