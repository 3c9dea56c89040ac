"""What waits is bounded, leaves in order, and is recorded even where it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.backlog import LOT, Backlog, Lot
from siptui.capture import Statistics
from siptui.capture.recording import Recording
from siptui.decode import Decoder
from siptui.engine import Engine
from siptui.enrich import Enricher
from siptui.record import Frame, Record
from siptui.spool import Spool
from siptui.status import Status
from tests.decode.wire import RAW, START, ip4, options, udp


def frames(count: int, first: int = 0) -> list[Frame]:
    made = []
    for number in range(first, first + count):
        packet = ip4(udp(options(f"c{number}")))
        made.append(Frame(START + number, packet, RAW, len(packet), "eth0"))
    return made


@given(st.lists(st.integers(0, 3 * LOT), max_size=6), st.randoms())
def test_lots_leave_in_the_order_in_which_they_came(sizes: list[int], rng: object) -> None:
    decoders = [Decoder(), Decoder()]
    backlog = Backlog(10**9, decoders[0], Spool(0))
    came: list[Frame] = []
    for number, size in enumerate(sizes):
        some = frames(size, len(came))
        came += some
        assert backlog.add(some, decoders[number % 2])
    assert backlog.frames == len(came)
    begun: list[Lot] = []
    while (lot := backlog.begin()) is not None:
        begun.append(lot)
    returned = begun[1::2] + begun[::3]
    backlog.give_back(returned)
    assert backlog.is_first_new == bool(begun)
    order = [lot for lot in begun if lot in returned]
    assert [backlog.begin() for _ in order] == order
    left: list[Frame] = []
    while backlog.first is not None:
        left += backlog.leave().frames
    assert left == came
    assert (backlog.size, backlog.frames, backlog.begun) == (0, 0, 0)


class Flood:
    """A live source that has everything at once."""

    name, live, finished = "eth0", True, False

    def __init__(self, made: list[Frame]) -> None:
        self._made = made

    def fileno(self) -> int:
        return -1

    def read(self, limit: int) -> list[Frame]:
        taken, self._made = self._made[:limit], self._made[limit:]
        self.finished = not self._made
        return taken

    def statistics(self) -> Statistics:
        return Statistics()

    def close(self) -> None:
        pass


class Stalled:
    """An output that takes nothing until the source has given all."""

    def __init__(self, source: Flood) -> None:
        self._source = source
        self.rows: list[Record] = []

    most = 4096

    @property
    def waiting(self) -> int:
        return 0 if self._source.finished else 99

    def records(self, records: list[Record]) -> None:
        self.rows += records

    def status(self, status: Status) -> None:
        pass


def test_a_screen_that_stalls_loses_only_what_has_no_room_and_all_is_recorded(
    tmp_path: Path,
) -> None:
    source = Flood(frames(20_000))
    output = Stalled(source)
    recording = Recording(str(tmp_path / "all.pcapng"))
    engine = Engine(
        [source], Enricher(), output, recording=recording, backlog=3_000_000, spool=2_000_000
    )
    status = engine.run()
    assert 0 < status.lost < 20_000
    assert len(output.rows) + status.lost == status.frames == recording.frames == 20_000
    first = len(output.rows)
    assert [row.text("call_id") for row in output.rows] == [f"c{at}" for at in range(first)]


@pytest.mark.parametrize("backlog", [1, 500_000, 10**9])
def test_a_burst_waits_in_memory_and_on_disk_and_loses_nothing(backlog: int) -> None:
    source = Flood(frames(20_000))
    output = Stalled(source)
    status = Engine([source], Enricher(), output, backlog=backlog).run()
    assert (status.lost, status.waiting, status.notices) == (0, 0, [])
    assert [row.text("call_id") for row in output.rows] == [f"c{at}" for at in range(20_000)]


def test_a_disk_that_takes_nothing_is_told_of_and_what_is_lost_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("siptui.spool.SPARE", 10**18)
    source = Flood(frames(20_000))
    output = Stalled(source)
    status = Engine([source], Enricher(), output, backlog=3_000_000).run()
    assert 0 < status.lost < 20_000
    assert len(output.rows) + status.lost == 20_000
    assert len(status.notices) == 1
    assert "frames cannot wait on disk: less than" in status.notices[0]
