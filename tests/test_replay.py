"""Several files in order of time, and a recording at its own pace."""

from __future__ import annotations

import os
import select
from pathlib import Path

from siptui.capture import Statistics
from siptui.capture.files import FileSource
from siptui.capture.merged import merge
from siptui.capture.replay import Replay
from siptui.capture.stream import Stream
from siptui.pcapng import Section
from siptui.record import Frame

SECOND = 1_000_000_000


class Given:
    """A source of frames that the test wrote down, handed out in small batches."""

    live = False

    def __init__(self, name: str, times: list[int], batch: int = 2) -> None:
        self.name = name
        self._frames = [Frame(time, name.encode(), 1, 1, name) for time in times]
        self._batch = batch

    @property
    def finished(self) -> bool:
        return not self._frames

    def fileno(self) -> int:
        return -1

    def read(self, limit: int) -> list[Frame]:
        taken, self._frames = self._frames[: self._batch], self._frames[self._batch :]
        return taken

    def statistics(self) -> Statistics:
        return Statistics(received=3, progress=0.5, notice=f"{self.name} is cut off")

    def close(self) -> None:
        self._frames = []


def everything(source: object) -> list[Frame]:
    frames: list[Frame] = []
    while not source.finished:  # type: ignore[attr-defined]
        frames += source.read(10)  # type: ignore[attr-defined]
    return frames


def test_files_are_merged_by_time_stamp_and_nothing_is_lost() -> None:
    merged = merge([Given("a", [1, 4, 5, 9]), Given("b", [2, 3, 8]), Given("c", [])])
    assert [frame.time for frame in everything(merged)] == [1, 2, 3, 4, 5, 8, 9]
    assert merged.statistics().notice == "a is cut off · b is cut off · c is cut off"
    assert merged.statistics().received == 9


def test_a_file_whose_stamps_run_backwards_loses_nothing() -> None:
    merged = merge([Given("a", [9, 1, 7, 2]), Given("b", [3, 4])])
    assert sorted(frame.time for frame in everything(merged)) == [1, 2, 3, 4, 7, 9]


def test_a_pipe_that_has_nothing_yet_is_waited_for_and_not_asked_again(tmp_path: Path) -> None:
    ends = [os.pipe(), os.pipe()]
    sections = [Section(), Section()]

    def write(number: int, *times: int) -> None:
        frames = [Frame(time, b"x", 1, 1, "eth0") for time in times]
        os.write(ends[number][1], sections[number].blocks(frames))

    for (_, end), section in zip(ends, sections, strict=True):
        os.write(end, section.header())
    merged = merge([FileSource(Stream(end), "pipe", "pipe") for end, _ in ends])
    write(0, 1000, 3000)
    assert merged.read(10) == []
    assert select.select([merged.fileno()], [], [], 0)[0] == []
    write(1, 2000, 4000)
    assert select.select([merged.fileno()], [], [], 1)[0] == [merged.fileno()]
    assert [frame.time for frame in merged.read(10)] == [1000, 2000, 3000]
    assert select.select([merged.fileno()], [], [], 0)[0] == []
    for _, end in ends:
        os.close(end)
    assert [frame.time for frame in everything(merged)] == [4000]
    merged.close()


def test_a_single_file_is_itself() -> None:
    only = Given("a", [1])
    assert merge([only]) is only


def test_a_replay_hands_frames_out_when_they_are_due_and_stamps_them_now() -> None:
    now = [1_000 * SECOND]
    recorded = Given("demo", [5 * SECOND, 6 * SECOND, 9 * SECOND], batch=3)
    replay = Replay(recorded, name="demo", speed=2.0, clock=lambda: now[0])
    assert [frame.time for frame in replay.read(10)] == [1_000 * SECOND]
    assert replay.read(10) == []
    now[0] += SECOND // 2
    assert [frame.time for frame in replay.read(10)] == [1_000 * SECOND + SECOND // 2]
    now[0] += 10 * SECOND
    assert [frame.time for frame in replay.read(10)] == [1_002 * SECOND]
    assert not replay.finished
    assert replay.read(10) == []
    assert replay.finished
    assert replay.statistics().received == 3
