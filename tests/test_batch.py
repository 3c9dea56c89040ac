"""Everything that is known of a message survives the way through the pipe into the store."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.batch import MOST, pack, unpack
from siptui.record import Frame, Record
from siptui.store import Store
from siptui.store.chunk import Chunk
from tests.made_up import batches, message, records, same


def held(made: list[Record]) -> list[Record]:
    """Return what a chunk gives back for records."""
    chunk = Chunk(0, len(made))
    chunk.append(unpack(pack(made)))
    return [chunk.record(row) for row in range(len(made))]


@given(st.lists(records(), max_size=8))
def test_every_record_comes_back_as_it_went_in(made: list[Record]) -> None:
    for before, after in zip(made, held(made), strict=True):
        assert same(before, after)


@given(st.lists(records(), min_size=1, max_size=8), st.integers(1, 4))
def test_batches_one_after_the_other_stay_apart(made: list[Record], size: int) -> None:
    store = Store()
    for each in batches(made, size):
        store.append(each)
    for seq, before in enumerate(made):
        after = store.record(seq)
        assert after is not None
        assert same(before, after)


def test_a_frame_of_several_messages_crosses_once() -> None:
    data = b"OPTIONS sip:1@x SIP/2.0\r\n\r\n"
    frame = Frame(7, b"head" + data * 2, 1, 60, "eth0")
    made = [
        message(1, data=data, frames=(frame,), offset=4),
        message(2, data=data, frames=(frame,), offset=4 + len(data)),
    ]
    batch = unpack(pack(made))
    assert batch.blob == frame.data
    assert all(same(*pair) for pair in zip(made, held(made), strict=True))


def test_frames_that_only_look_alike_stay_two() -> None:
    made = [message(1), message(1)]
    assert len(unpack(pack(made)).frame_times) == 2


def test_a_message_of_pieces_has_its_bytes_and_all_its_frames() -> None:
    pieces = tuple(Frame(at, b"x" * at, 1, at, "eth0") for at in (3, 4, 5))
    made = [message(1), message(2, data=b"whole", frames=pieces, offset=-1), message(3)]
    assert all(same(*pair) for pair in zip(made, held(made), strict=True))


def test_a_wrong_place_in_the_frame_does_not_change_the_message() -> None:
    record = message(1, data=b"as it came", frames=(Frame(1, b"something else", 1, 14, "x"),))
    assert held([record])[0].data == b"as it came"


def test_a_batch_may_be_empty() -> None:
    assert unpack(pack([])).count == 0
    assert held([]) == []


def test_too_many_records_are_refused_and_not_mixed_up() -> None:
    with pytest.raises(ValueError, match="at most 65535"):
        pack([message()] * (MOST + 1))


def test_packing_needs_no_numpy() -> None:
    code = "import sys, siptui.batch; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
