"""What is recorded is on the disk at once, whole, and readable by others."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.capture.recording import Recording
from siptui.errors import SiptuiError
from siptui.pcapng import Section
from siptui.record import Frame
from tests.capture_files import frames_of

FRAMES = [
    Frame(1_700_000_000_123_456_789, b"one", 1, 3, "eth0"),
    Frame(1_700_000_000_123_456_790, b"", 101, 0, "udp 0.0.0.0:5060"),
    Frame(1_700_000_001_000_000_000, b"three" * 50, 1, 4000, "eth0"),
    Frame(0, b"four", 113, 4, "eth0"),
]


def test_frames_come_back_as_they_were_and_are_on_disk_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    recording = Recording(str(path))
    for number, frame in enumerate(FRAMES, 1):
        recording.write([frame])
        assert frames_of(path) == FRAMES[:number]
        assert recording.size == path.stat().st_size
        assert recording.frames == number
    recording.close()
    recording.close()
    assert frames_of(path) == FRAMES
    assert path.stat().st_mode & 0o777 == 0o600


def test_tshark_and_capinfos_read_it(tmp_path: Path) -> None:
    if shutil.which("capinfos") is None:
        pytest.skip("capinfos is not installed")
    path = tmp_path / "a.pcapng"
    recording = Recording(str(path))
    recording.write(FRAMES)
    recording.close()
    told = subprocess.run(["capinfos", str(path)], capture_output=True, text=True, check=True)
    assert "Number of packets:   4" in told.stdout
    assert "Number of interfaces in file: 3" in told.stdout
    assert "Time resolution = 0x09" in told.stdout


def test_a_recording_replaces_an_older_file_but_never_one_that_is_read(tmp_path: Path) -> None:
    path, link = tmp_path / "a.pcapng", tmp_path / "link"
    path.write_bytes(b"precious")
    link.symlink_to(path)
    for name in (path, link):
        with pytest.raises(SiptuiError, match="is being read; record to another file"):
            Recording(str(name), reading=["-", str(tmp_path / "absent"), str(path)])
    assert path.read_bytes() == b"precious"
    Recording(str(path)).close()
    assert frames_of(path) == []


def test_a_file_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    for path, why in (
        (tmp_path / "absent" / "a", "No such file or directory"),
        (tmp_path, "Is a directory"),
        (Path("/dev/full"), "No space left on device"),
        (tmp_path / "a\0b", "null (byte|character)"),
    ):
        with pytest.raises(SiptuiError, match=why):
            Recording(str(path))


def test_a_full_disk_leaves_whole_packets(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    limit = 5000
    child = os.fork()
    if child == 0:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        recording = Recording(str(path))
        try:
            while True:
                recording.write(FRAMES)
        except SiptuiError as error:
            failed = "File too large" in str(error)
        try:
            recording.write(FRAMES)
        except SiptuiError as error:
            failed = failed and "has ended" in str(error)
        recording.close()
        os._exit(0 if failed and recording.frames % 4 == 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    frames = frames_of(path)
    assert len(frames) > 20
    assert frames == FRAMES * (len(frames) // 4)


@given(
    st.lists(
        st.builds(
            Frame,
            st.integers(-(2**63), 2**63 - 1),
            st.binary(max_size=70),
            st.sampled_from([1, 101, 113, 276]),
            st.integers(0, 2**40),
            st.text(max_size=8),
        ),
        max_size=12,
    )
)
def test_blocks_hold_whatever_a_frame_holds(frames: list[Frame]) -> None:
    section = Section()
    data = section.header() + section.blocks(frames)
    at = 0
    bodies: list[bytes] = []
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0
        assert data[at + length - 4 : at + length] == struct.pack("<I", length)
        if kind == 6:
            held = struct.unpack_from("<I", data, at + 20)[0]
            bodies.append(data[at + 28 : at + 28 + held])
        at += length
    assert bodies == [frame.data for frame in frames]
