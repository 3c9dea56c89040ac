"""Which packet do these fragments make, and what if some never come?"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable
from typing import NamedTuple

from siptui.record import Frame

Key = tuple[Hashable, ...]

DATAGRAMS = 1024
"""How many unfinished packets are remembered."""

SIZE = 16 << 20
"""How many bytes the pieces of unfinished packets, and their frames, may take."""

SECONDS = 30.0
"""How long a packet's missing fragments are waited for (as Linux does), by the capture's clock."""

FINISHED = 256
"""How many finished packets are remembered, to know repeated fragments."""

_OVERHEAD = 500


class Fragment(NamedTuple):
    """Hold one fragment as its IP header describes it."""

    source: bytes
    target: bytes
    next: str
    """What the whole packet's payload is; of use in the first fragment only."""
    offset: int
    """Where its bytes belong, in bytes."""
    more: bool
    """Whether it is not the last."""
    data: bytes
    missing: int
    """Bytes of it that the capture cut off."""
    frames: tuple[Frame, ...]
    time: int


class Packet(NamedTuple):
    """Hold what the fragments made: the payload of an IP packet, or its first part."""

    source: bytes
    target: bytes
    next: str
    """What the payload is; empty if the first fragment never came."""
    data: bytes
    frames: tuple[Frame, ...]
    whole: bool
    conflict: bool
    """Whether fragments overlapped and did not agree; the bytes that came first are kept."""


class _Unfinished:
    """Gather the fragments of one packet."""

    __slots__ = (
        "buffer",
        "conflict",
        "copy_of",
        "frames",
        "lost_at",
        "next",
        "runs",
        "size",
        "source",
        "target",
        "time",
        "total",
    )

    def __init__(self, first: Fragment, copy_of: bytes | None) -> None:
        self.source = first.source
        self.target = first.target
        self.time = first.time
        self.copy_of = copy_of
        self.next = ""
        self.buffer = bytearray()
        self.runs: list[list[int]] = []
        self.total = -1
        self.lost_at = -1
        self.conflict = False
        self.frames: list[Frame] = []
        self.size = 0

    def add(self, piece: Fragment) -> None:
        """Take in what is new of one fragment."""
        start = piece.offset
        stop = start + len(piece.data)
        if self.copy_of is not None and self.copy_of[start:stop] != piece.data:
            self.copy_of = None
        if start == 0 and not self.next:
            self.next = piece.next
        if not piece.more and self.total < 0:
            self.total = stop + piece.missing
        if piece.missing and (self.lost_at < 0 or stop < self.lost_at):
            self.lost_at = stop
        if len(self.buffer) < stop:
            self.size += stop - len(self.buffer)
            self.buffer.extend(bytes(stop - len(self.buffer)))
        if self._cover(start, stop + piece.missing, piece.data) or not self.frames:
            known = {id(frame) for frame in self.frames}
            self.frames += [frame for frame in piece.frames if id(frame) not in known]
            self.size += sum(len(frame.data) + _OVERHEAD for frame in piece.frames)

    def _cover(self, start: int, stop: int, data: bytes) -> bool:
        """Write the bytes that were not there yet; return whether there were any."""
        runs = self.runs
        first = bisect_left(runs, [start, 0])
        if first and runs[first - 1][1] >= start:
            first -= 1
        last = first
        at = start
        new = False
        while last < len(runs) and runs[last][0] <= stop:
            left, right = runs[last]
            new |= self._write(at, left, start, data)
            a, b = max(left, start), min(right, start + len(data))
            if a < b and self.buffer[a:b] != data[a - start : b - start]:
                self.conflict = True
            at = max(at, right)
            last += 1
        new |= self._write(at, stop, start, data)
        if first < last:
            start, stop = min(start, runs[first][0]), max(stop, runs[last - 1][1])
        runs[first:last] = [[start, stop]]
        return new

    def _write(self, left: int, right: int, start: int, data: bytes) -> bool:
        if left >= right:
            return False
        part = data[left - start : right - start]
        self.buffer[left : left + len(part)] = part
        return True

    @property
    def complete(self) -> bool:
        return self.total >= 0 and self.runs[0][0] == 0 and self.runs[0][1] >= self.total

    def packet(self) -> Packet:
        """Return what is there without a hole, from the beginning if the beginning came."""
        whole = self.complete
        left, right = self.runs[0]
        if whole:
            right = self.total
        if 0 <= self.lost_at < right:
            whole, right = False, max(left, self.lost_at)
        data = bytes(self.buffer[left:right])
        following = self.next if left == 0 else ""
        return Packet(
            self.source,
            self.target,
            following,
            data,
            tuple(self.frames),
            whole,
            self.conflict,
        )


class Fragments:
    """Join fragments to packets, within bounds.

    `let_go` counts by reason what was given up. Of overlapping fragments the bytes that came
    first are kept. Fragments that repeat those of a packet just finished are dropped.
    """

    def __init__(
        self,
        let_go: Counter[str],
        *,
        datagrams: int = DATAGRAMS,
        size: int = SIZE,
        seconds: float = SECONDS,
    ) -> None:
        self._let_go = let_go
        self._datagrams = datagrams
        self._limit = size
        self._patience = int(seconds * 1e9)
        self._unfinished: OrderedDict[Key, _Unfinished] = OrderedDict()
        self._finished: OrderedDict[Key, bytes] = OrderedDict()
        self._finished_size = 0
        self._size = 0

    def __len__(self) -> int:
        return len(self._unfinished)

    @property
    def size(self) -> int:
        """Return the bytes that are held, as they count against the limit."""
        return self._size + self._finished_size

    def add(self, key: Key, piece: Fragment) -> list[Packet]:
        """Take one fragment; return the packets that are finished, or given up, by it."""
        packets = []
        entry = self._unfinished.get(key)
        if entry is not None and piece.time - entry.time > self._patience:
            packets += self._give_up([key], "fragments: missing after the time limit")
            entry = None
        if entry is None:
            entry = self._unfinished[key] = _Unfinished(piece, self._finished.get(key))
        before = entry.size
        entry.add(piece)
        self._size += entry.size - before
        if entry.complete:
            packets += self._finish(key)
        while self._size > self._limit or len(self._unfinished) > self._datagrams:
            packets += self._give_up([next(iter(self._unfinished))], "fragments: table full")
        return packets

    def _finish(self, key: Key) -> list[Packet]:
        entry = self._unfinished.pop(key)
        self._size -= entry.size
        if entry.copy_of is not None and len(entry.copy_of) == entry.total:
            self._let_go["fragments: repeated"] += 1
            return []
        packet = entry.packet()
        self._finished_size += len(packet.data) - len(self._finished.pop(key, b""))
        self._finished[key] = packet.data
        while len(self._finished) > FINISHED or self._finished_size > self._limit // 4:
            self._finished_size -= len(self._finished.popitem(last=False)[1])
        return [packet]

    def _give_up(self, keys: Iterable[Key], reason: str) -> list[Packet]:
        packets = []
        for key in keys:
            entry = self._unfinished.pop(key)
            self._size -= entry.size
            if entry.copy_of is not None:
                self._let_go["fragments: repeated"] += 1
                continue
            self._let_go[reason] += 1
            packets.append(entry.packet())
        return packets

    def expire(self, now: int) -> list[Packet]:
        """Return what waited longer than the limit, `now` in nanoseconds of the capture's clock."""
        late = [key for key, entry in self._unfinished.items() if now - entry.time > self._patience]
        return self._give_up(late, "fragments: missing after the time limit")

    def flush(self) -> list[Packet]:
        """Return all that is unfinished."""
        return self._give_up(list(self._unfinished), "fragments: missing at the end")
