"""Which bytes does each direction of a TCP connection carry, in order?"""

from __future__ import annotations

from bisect import insort
from collections import Counter, OrderedDict
from typing import NamedTuple

from siptui.decode.framing import Framer, Part
from siptui.decode.words import Flow, Piece
from siptui.record import Frame

STREAMS = 8192
"""How many directions of connections are remembered."""

OPENINGS = 65536
"""How many SYNs are remembered whose streams have carried nothing yet, so that a flood of them
pushes no stream out of memory."""

SIZE = 32 << 20
"""How many bytes the unfinished parts of all streams, and their frames, may take."""

STREAM_SIZE = 4 << 20
"""How many bytes one stream may keep while it waits for a missing segment."""

IDLE_SECONDS = 600.0
"""How long a silent stream is remembered, by the capture's clock."""

SECONDS: dict[str, float] = {"settle": 0.5, "gap": 3.0, "message": 30.0, "line": 1.0}
"""How long is waited, by the capture's clock: for earlier segments of a stream that was joined in
the middle, for a missing segment, for the rest of a message, and for the rest of a line."""

WINDOW = 1 << 24
"""How far in bytes a segment may be from where the stream is, to belong to it."""

_FIN, _SYN, _RST = 1, 2, 4
_OVERHEAD = 500


class Segment(NamedTuple):
    """Hold what one TCP segment carries."""

    sequence: int
    flags: int
    data: bytes
    missing: int
    """Bytes of it that the capture cut off."""
    frames: tuple[Frame, ...]
    offset: int
    """Where `data` begins in the first frame; -1 if it was put together."""
    time: int


class _Held(NamedTuple):
    """Hold the bytes of one segment, from one position in the stream on."""

    start: int
    serial: int
    """Tells the order of capture."""
    data: bytes
    missing: int
    frames: tuple[Frame, ...]
    offset: int

    @property
    def stop(self) -> int:
        return self.start + len(self.data)

    @property
    def cost(self) -> int:
        return 2 * len(self.data) + _OVERHEAD


class _Stream:
    """Put one direction's segments in order and cut them into messages.

    Positions count from 0 at the first sequence number that was seen, or behind the SYN.
    """

    __slots__ = (
        "base",
        "buffer",
        "cost",
        "due",
        "end",
        "first",
        "framer",
        "joined",
        "last",
        "mark",
        "next",
        "origin",
        "pieces",
        "settled",
        "waiting",
    )

    def __init__(self, origin: int, framer: Framer, settled: bool, time: int) -> None:
        self.origin = origin
        """The sequence number of position 0, modulo 2**32."""
        self.framer = framer
        self.joined = not settled
        """Whether its SYN was not seen."""
        self.settled = settled
        """Whether it is known where it begins."""
        self.first = 0
        """The position where it begins, as far as known."""
        self.base = 0
        """The position of the first byte in `buffer`."""
        self.next = 0
        """The position of the next byte that is expected."""
        self.end = -1
        """The position behind the last byte, once a FIN told it."""
        self.buffer = bytearray()
        self.pieces: list[_Held] = []
        """What `buffer` was made of."""
        self.waiting: list[_Held] = []
        """Segments behind a hole, by position."""
        self.cost = 0
        self.last = time
        self.due = 0
        self.mark: tuple[str, int] = ("", 0)

    def position(self, sequence: int) -> int:
        """Return the position of a sequence number, the one next to where the stream is."""
        expected = self.origin + self.next
        return self.next + ((sequence - expected + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)

    def reason(self) -> str:
        """Return what is waited for, a key of SECONDS, or nothing."""
        if not self.settled:
            return "settle"
        return "gap" if self.waiting else self.framer.waiting

    def take(self, held: _Held) -> list[Piece]:
        """Take a segment's bytes, or what of them is new; return the messages they complete."""
        if self.settled and held.start <= self.next:
            pieces = self._append(held)
            return pieces + self._drain() if self.waiting else pieces
        insort(self.waiting, held)
        self.cost += held.cost
        return []

    def settle(self, start: int) -> list[Piece]:
        """Begin at position `start`."""
        self.settled = True
        self.first = self.base = self.next = start
        return self._drain()

    def _drain(self) -> list[Piece]:
        pieces = []
        while self.waiting and self.waiting[0].start <= self.next:
            held = self.waiting.pop(0)
            self.cost -= held.cost
            pieces += self._append(held)
        return pieces

    def _append(self, held: _Held) -> list[Piece]:
        old = self.next - held.start
        promised = held.stop + held.missing
        if old >= len(held.data) + held.missing:
            return []
        if old:
            offset = held.offset + old if held.offset >= 0 else -1
            held = held._replace(start=self.next, data=held.data[old:], offset=offset)
        if held.data:
            self.buffer += held.data
            self.pieces.append(held)
            self.next = held.stop
            self.cost += held.cost
        if held.missing:
            pieces = self.cut(True)
            self.skip(promised)
            return pieces
        return self.cut(0 <= self.end <= self.next)

    def skip(self, position: int) -> None:
        """Go on at `position`: the bytes before it will never come."""
        self.framer.gap()
        self.base = self.next = position

    def give_up(self) -> list[Piece]:
        """Return what can be made of what is there without what is waited for."""
        reason = self.reason()
        if reason == "settle":
            return self.settle(self.waiting[0].start) if self.waiting else []
        pieces = self.cut(True)
        if reason == "gap":
            self.skip(self.waiting[0].start)
            pieces += self._drain()
        return pieces

    def finish(self) -> list[Piece]:
        """Return all that is left."""
        pieces = []
        while self.waiting:
            pieces += self.give_up()
        return pieces + self.cut(True)

    def cut(self, final: bool) -> list[Piece]:
        """Return the messages at the head of the buffer."""
        if not self.buffer:
            self.framer.waiting = ""
            return []
        parts, taken = self.framer.read(self.buffer, self.base, final)
        pieces = [self._piece(part) for part in parts]
        if taken:
            del self.buffer[:taken]
            self.base += taken
            needed = self.base if self.framer.hold < 0 else self.framer.hold
            gone = 0
            while gone < len(self.pieces) and self.pieces[gone].stop <= needed:
                self.cost -= self.pieces[gone].cost
                gone += 1
            del self.pieces[:gone]
        return pieces

    def _piece(self, part: Part) -> Piece:
        held = [each for each in self.pieces if each.start < part.stop and each.stop > part.start]
        offset = -1
        if len(held) == 1:
            frames = held[0].frames
            if held[0].offset >= 0 and part.data is None:
                offset = held[0].offset + part.start - held[0].start
        else:
            held.sort(key=lambda each: each.serial)
            frames = tuple({id(f): f for each in held for f in each.frames}.values())
        data = part.data
        if data is None:
            data = bytes(self.buffer[part.start - self.base : part.stop - self.base])
        return Piece(
            data, frames, offset, part.kind, part.transport, part.defects, part.uri, part.divide
        )


class Streams:
    """Follow TCP streams, within bounds; `let_go` counts by reason what was given up."""

    def __init__(
        self,
        let_go: Counter[str],
        *,
        streams: int = STREAMS,
        size: int = SIZE,
        stream_size: int = STREAM_SIZE,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._let_go = let_go
        self._most = streams
        self._limit = size
        self._stream_limit = stream_size
        self._idle = int(idle_seconds * 1e9)
        self._streams: OrderedDict[Flow, _Stream] = OrderedDict()
        self._openings: OrderedDict[Flow, int] = OrderedDict()
        self._waiting: dict[Flow, _Stream] = {}
        self._size = 0
        self._serial = 0

    def __len__(self) -> int:
        return len(self._streams)

    @property
    def size(self) -> int:
        """Return the bytes that are held, as they count against the limit."""
        return self._size

    def take(self, flow: Flow, segment: Segment) -> list[tuple[Flow, Piece]]:
        """Return what the segment completes, each with its direction."""
        stream = self._streams.get(flow)
        pieces: list[tuple[Flow, Piece]] = []
        if stream is not None and self._another(stream, segment):
            pieces += self._remove(flow, "")
            stream = None
        sequence = segment.sequence + (1 if segment.flags & _SYN else 0)
        if stream is None:
            if segment.flags & _SYN:
                self._openings[flow] = sequence & 0xFFFFFFFF
                if len(self._openings) > OPENINGS:
                    self._openings.popitem(last=False)
            if not segment.data:
                return pieces
            stream = self._begin(flow, sequence, segment)
            if len(self._streams) > self._most:
                pieces += self._oldest()
        self._streams.move_to_end(flow)
        stream.last = segment.time
        before = stream.cost
        found: list[Piece] = []
        if stream.due and stream.due <= segment.time:
            found += stream.give_up()
        found += self._feed(stream, segment, sequence)
        if stream.cost > self._stream_limit and stream.waiting:
            self._let_go["TCP: segments missing, too much waits"] += 1
            found += stream.give_up()
        self._size += stream.cost - before
        self._plan(flow, stream, segment.time)
        pieces += [(flow, piece) for piece in found]
        while self._size > self._limit:
            pieces += self._oldest()
        return pieces

    def _begin(self, flow: Flow, sequence: int, segment: Segment) -> _Stream:
        framer = Framer(self._let_go, flow.sport, flow.dport)
        opening = self._openings.pop(flow, None)
        if opening is not None and (sequence - opening) & 0xFFFFFFFF >= WINDOW:
            opening = None
        framer.lost = opening is None
        origin = sequence if opening is None else opening
        stream = _Stream(origin & 0xFFFFFFFF, framer, opening is not None, segment.time)
        self._streams[flow] = stream
        return stream

    def _another(self, stream: _Stream, segment: Segment) -> bool:
        """Return whether a segment is of a newer connection between the same ports."""
        if segment.flags & _SYN:
            begin = stream.position(segment.sequence + 1)
            if stream.settled:
                return begin != stream.first and not (
                    stream.joined and stream.first - 65536 < begin < stream.first
                )
            return False
        if not segment.data:
            return False
        return abs(stream.position(segment.sequence) - stream.next) > WINDOW

    def _feed(self, stream: _Stream, segment: Segment, sequence: int) -> list[Piece]:
        found: list[Piece] = []
        position = stream.position(sequence)
        if segment.flags & _SYN and not stream.settled:
            stream.waiting = [held for held in stream.waiting if held.stop > position]
            stream.cost = sum(held.cost for held in stream.waiting)
            stream.framer.lost = stream.joined = False
            found += stream.settle(position)
        if segment.flags & _FIN:
            stream.end = position + len(segment.data) + segment.missing
        if segment.data or segment.missing:
            self._serial += 1
            held = _Held(
                position,
                self._serial,
                segment.data,
                segment.missing,
                segment.frames,
                segment.offset,
            )
            found += stream.take(held)
        if segment.flags & _RST:
            found += stream.finish()
        elif stream.settled and 0 <= stream.end <= stream.next:
            found += stream.cut(True)
        return found

    def _plan(self, flow: Flow, stream: _Stream, now: int) -> None:
        """Note until when to wait for what the stream waits for."""
        reason = stream.reason()
        if not reason:
            stream.due = 0
            self._waiting.pop(flow, None)
            return
        mark = (reason, stream.base if reason != "settle" else 0)
        if not stream.due or mark != stream.mark:
            stream.mark = mark
            stream.due = now + int(SECONDS[reason] * 1e9)
        self._waiting[flow] = stream

    def _remove(self, flow: Flow, reason: str) -> list[tuple[Flow, Piece]]:
        stream = self._streams.pop(flow)
        self._waiting.pop(flow, None)
        self._size -= stream.cost
        if reason and (stream.buffer or stream.waiting):
            self._let_go[reason] += 1
        return [(flow, piece) for piece in stream.finish()]

    def _oldest(self) -> list[tuple[Flow, Piece]]:
        return self._remove(next(iter(self._streams)), "TCP: table full")

    def expire(self, now: int) -> list[tuple[Flow, Piece]]:
        """Return what waited too long, `now` in nanoseconds of the capture's clock."""
        pieces: list[tuple[Flow, Piece]] = []
        late = [(flow, each) for flow, each in self._waiting.items() if each.due <= now]
        for flow, stream in late:
            before = stream.cost
            if stream.reason() == "gap":
                self._let_go["TCP: segments missing"] += 1
            pieces += [(flow, piece) for piece in stream.give_up()]
            self._size += stream.cost - before
            self._plan(flow, stream, now)
        while self._streams:
            flow, stream = next(iter(self._streams.items()))
            if now - stream.last <= self._idle:
                break
            pieces += self._remove(flow, "TCP: idle")
        return pieces

    def flush(self) -> list[tuple[Flow, Piece]]:
        """Return all that is unfinished."""
        pieces: list[tuple[Flow, Piece]] = []
        while self._streams:
            pieces += self._remove(next(iter(self._streams)), "")
        return pieces
