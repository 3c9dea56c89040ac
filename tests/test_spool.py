"""Frames that wait on disk come back whole and in order, and leave nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from siptui.record import Frame
from siptui.spool import SEGMENT, Spool

FRAMES = st.builds(
    Frame,
    st.integers(0, 2**63 - 1),
    st.binary(max_size=200),
    st.integers(0, 65_535),
    st.integers(0, 2**31),
    st.text(max_size=20),
)


@given(st.lists(st.one_of(st.none(), st.lists(FRAMES, min_size=1, max_size=5)), max_size=20))
def test_what_was_put_first_is_taken_first(steps: list[list[Frame] | None]) -> None:
    spool, waiting = Spool(10**6), list[list[Frame]]()
    for step in steps:
        if step is None:
            assert spool.take() == (waiting.pop(0) if waiting else [])
        else:
            assert spool.put(step)
            waiting.append(step)
        assert spool.frames == sum(map(len, waiting))
    assert [spool.take() for _ in waiting] == waiting
    assert (spool.frames, spool.size, spool.take()) == (0, 0, [])
    spool.clear()


def big(number: int) -> list[Frame]:
    return [Frame(number, bytes([number]) * (SEGMENT // 2 + 1), 1, 9, "eth0")]


def opened() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_nothing_has_a_name_and_room_is_given_free_as_it_is_read(tmp_path: Path) -> None:
    before = opened()
    spool = Spool(10 * SEGMENT, tmp_path)
    for number in range(6):
        assert spool.put(big(number))
    assert opened() == before + 3
    assert list(tmp_path.iterdir()) == []
    for number in range(4):
        assert spool.take() == big(number)
    assert opened() == before + 1
    spool.clear()
    assert opened() == before


def test_no_more_is_put_than_there_is_room_for(tmp_path: Path) -> None:
    spool = Spool(SEGMENT, tmp_path)
    assert [spool.put(big(number)) for number in range(3)] == [True, True, False]
    assert spool.take() == big(0)
    assert spool.put(big(3))
    assert not Spool(0, tmp_path).put(big(0))
    spool.clear()


def test_a_disk_that_fails_is_told_of_and_tried_again(tmp_path: Path) -> None:
    place = tmp_path / "gone"
    spool = Spool(SEGMENT, place)
    assert not spool.put(big(0))
    assert spool.notice == "frames cannot wait on disk: No such file or directory"
    place.mkdir()
    assert spool.put(big(1))
    os.truncate(f"/proc/self/fd/{spool._segments[0].file.fileno()}", 100)
    assert (spool.take(), spool.lost, spool.frames) == ([], 1, 0)
    assert "frames that waited on disk are lost" in spool.notice
