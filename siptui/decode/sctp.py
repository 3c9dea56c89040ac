"""Which messages do the DATA chunks of SCTP packets carry?"""

from __future__ import annotations

import struct
from collections import Counter, OrderedDict
from typing import NamedTuple

from dpkt import sctp

from siptui.decode.headers import UnreadableError, unpack
from siptui.decode.words import Flow, Piece
from siptui.record import Frame

ASSOCIATIONS = 1024
"""How many directions of associations are remembered."""

SIZE = 4 << 20
"""How many bytes the pieces of unfinished messages, and their frames, may take."""

SECONDS = 30.0
"""How long the rest of a message is waited for, by the capture's clock."""

SEEN = 256
"""How many transmission sequence numbers are remembered to know a repeated chunk."""

_OVERHEAD = 300


class Chunk(NamedTuple):
    """Say where one chunk lies; offsets are in the packet's bytes."""

    type: int
    flags: int
    start: int
    """Where its header begins."""
    stop: int
    """Where it ends, without padding."""
    cut: bool
    """Whether fewer bytes are there than it promises."""


def chunks(data: bytes, at: int, end: int) -> list[Chunk]:
    """Return the chunks behind the common header at `at` (RFC 9260 section 3), as far as there."""
    found = []
    at += 12
    while at + 4 <= end:
        try:
            packet = unpack(sctp.Chunk, "sctp", data, at, end)
        except UnreadableError:
            break
        if packet.len < 4:
            break
        stop = at + packet.len
        found.append(Chunk(packet.type, packet.flags, at, min(stop, end), stop > end))
        at = stop + -packet.len % 4
    return found


class _Part(NamedTuple):
    first: bool
    last: bool
    data: bytes
    frames: tuple[Frame, ...]
    cut: bool
    time: int


class _Association:
    """Remember one direction: what was seen, and the parts of unfinished messages."""

    __slots__ = ("parts", "seen")

    def __init__(self) -> None:
        self.seen: OrderedDict[int, None] = OrderedDict()
        self.parts: dict[int, _Part] = {}
        """By transmission sequence number."""

    def new(self, number: int) -> bool:
        if number in self.seen:
            return False
        self.seen[number] = None
        if len(self.seen) > SEEN:
            self.seen.popitem(last=False)
        return True

    def run(self, number: int) -> tuple[int, int, bool]:
        """Return the first number and the count of the parts around `number`, and if all is there.

        The parts of one message have successive numbers (RFC 9260 section 6.9).
        """
        start = number
        while not self.parts[start].first and (start - 1) & 0xFFFFFFFF in self.parts:
            before = (start - 1) & 0xFFFFFFFF
            if self.parts[before].last:
                break
            start = before
        count, at = 1, start
        while not self.parts[at].last and (at + 1) & 0xFFFFFFFF in self.parts:
            after = (at + 1) & 0xFFFFFFFF
            if self.parts[after].first:
                break
            at = after
            count += 1
        return start, count, self.parts[start].first and self.parts[at].last

    def join(self, start: int, count: int) -> list[_Part]:
        return [self.parts.pop((start + index) & 0xFFFFFFFF) for index in range(count)]


class Associations:
    """Join the DATA chunks of messages, within bounds; `let_go` counts what was given up."""

    def __init__(
        self,
        let_go: Counter[str],
        *,
        associations: int = ASSOCIATIONS,
        size: int = SIZE,
        seconds: float = SECONDS,
    ) -> None:
        self._let_go = let_go
        self._most = associations
        self._limit = size
        self._patience = int(seconds * 1e9)
        self._known: OrderedDict[tuple[Flow, int], _Association] = OrderedDict()
        self._size = 0

    def take(
        self,
        flow: Flow,
        data: bytes,
        at: int,
        end: int,
        frames: tuple[Frame, ...],
        base: int,
        cut: bool,
    ) -> list[tuple[Flow, Piece]]:
        """Return the messages that the SCTP packet at `at` completes.

        `base` is where `data` begins in the first frame, -1 if it was put together.
        """
        done: list[tuple[Flow, Piece]] = []
        key = (flow, int.from_bytes(data[at + 4 : at + 8], "big"))
        for chunk in chunks(data, at, end):
            if chunk.type != sctp.DATA or chunk.start + 16 > chunk.stop:
                continue
            known = self._association(key, done)
            number = int(struct.unpack_from(">I", data, chunk.start + 4)[0])
            if not known.new(number):
                continue
            start = chunk.start + 16
            payload = data[start : chunk.stop]
            if chunk.flags & 3 == 3:
                offset = base + start if base >= 0 else -1
                defects = ("truncated",) if chunk.cut and cut else ()
                done.append((flow, Piece(payload, frames, offset, "", "sctp", defects, None, True)))
                continue
            first, last = bool(chunk.flags & 2), bool(chunk.flags & 1)
            known.parts[number] = _Part(first, last, payload, frames, chunk.cut, frames[-1].time)
            self._size += _size(known.parts[number])
            begin, count, whole = known.run(number)
            if whole:
                done.append((flow, self._joined(known, begin, count, whole)))
        while self._size > self._limit:
            done += self._drop("SCTP: table full")
        return done

    def _association(self, key: tuple[Flow, int], done: list[tuple[Flow, Piece]]) -> _Association:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _Association()
            if len(self._known) > self._most:
                done += self._drop("SCTP: table full")
        self._known.move_to_end(key)
        return known

    def _joined(self, known: _Association, start: int, count: int, whole: bool) -> Piece:
        parts = known.join(start, count)
        self._size -= sum(map(_size, parts))
        frames: dict[int, Frame] = {id(frame): frame for part in parts for frame in part.frames}
        ordered = tuple(sorted(frames.values(), key=lambda frame: frame.time))
        data = b"".join(part.data for part in parts)
        cut = not whole or any(part.cut for part in parts)
        return Piece(data, ordered, -1, "", "sctp", ("truncated",) if cut else (), None, True)

    def _given_up(self, flow: Flow, known: _Association) -> list[tuple[Flow, Piece]]:
        pieces = []
        while known.parts:
            start, count, _ = known.run(next(iter(known.parts)))
            piece = self._joined(known, start, count, False)
            pieces.append((flow, piece))
        return pieces

    def _drop(self, reason: str) -> list[tuple[Flow, Piece]]:
        key, known = self._known.popitem(last=False)
        if known.parts:
            self._let_go[reason] += 1
        return self._given_up(key[0], known)

    def expire(self, now: int) -> list[tuple[Flow, Piece]]:
        """Return what waited longer than the limit, `now` in nanoseconds of the capture's clock."""
        pieces = []
        for (flow, _), known in self._known.items():
            if known.parts:
                newest = max(part.time for part in known.parts.values())
                if now - newest > self._patience:
                    self._let_go["SCTP: missing after the time limit"] += 1
                    pieces += self._given_up(flow, known)
        return pieces

    def flush(self) -> list[tuple[Flow, Piece]]:
        """Return all that is unfinished."""
        pieces = []
        while self._known:
            pieces += self._drop("SCTP: missing at the end")
        return pieces


def _size(part: _Part) -> int:
    return len(part.data) + sum(len(frame.data) for frame in part.frames) + _OVERHEAD
