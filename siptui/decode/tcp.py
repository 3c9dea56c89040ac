"""Which direction of which TCP connection does a segment belong to, and how long is it kept?"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import NamedTuple

from siptui.decode.framing import Framer
from siptui.decode.stream import Held, Stream
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

SECONDS: dict[str, float] = {"settle": 0.5, "gap": 5.0, "message": 30.0, "line": 3.0}
"""How long is waited, by the capture's clock: for earlier segments of a stream that was joined in
the middle, for a missing segment, for the rest of a message, and for the rest of a line."""

WINDOW = 1 << 24
"""How far in bytes a segment may be from where the stream is, to belong to it."""

_FIN, _SYN, _RST = 1, 2, 4


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
        self._streams: OrderedDict[Flow, Stream] = OrderedDict()
        self._openings: OrderedDict[Flow, int] = OrderedDict()
        self._waiting: dict[Flow, Stream] = {}
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
            found += self._give_up(stream)
        found += self._feed(stream, segment, sequence)
        if stream.cost > self._stream_limit and stream.waiting:
            found += self._give_up(stream)
        self._size += stream.cost - before
        self._plan(flow, stream, segment.time)
        pieces += [(flow, piece) for piece in found]
        while self._size > self._limit:
            pieces += self._oldest()
        return pieces

    def _begin(self, flow: Flow, sequence: int, segment: Segment) -> Stream:
        framer = Framer(self._let_go, flow.sport, flow.dport)
        opening = self._openings.pop(flow, None)
        if opening is not None and (sequence - opening) & 0xFFFFFFFF >= WINDOW:
            opening = None
        framer.begin(joined=opening is None)
        origin = sequence if opening is None else opening
        stream = Stream(origin & 0xFFFFFFFF, framer, opening is not None, segment.time)
        self._streams[flow] = stream
        return stream

    def _another(self, stream: Stream, segment: Segment) -> bool:
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

    def _feed(self, stream: Stream, segment: Segment, sequence: int) -> list[Piece]:
        found: list[Piece] = []
        position = stream.position(sequence)
        if segment.flags & _SYN and not stream.settled:
            stream.waiting = [held for held in stream.waiting if held.stop > position]
            stream.cost = sum(held.cost for held in stream.waiting)
            stream.joined = False
            stream.framer.begin(joined=False)
            found += stream.settle(position)
        if segment.flags & _FIN:
            stream.end = position + len(segment.data) + segment.missing
        if segment.data or segment.missing:
            self._serial += 1
            held = Held(
                position,
                self._serial,
                segment.data,
                segment.missing,
                segment.frames,
                segment.offset,
            )
            found += stream.take(held)
        if segment.flags & _RST:
            while stream.waiting:
                found += self._give_up(stream)
            found += stream.cut(True)
        elif stream.settled and 0 <= stream.end <= stream.next:
            found += stream.cut(True)
        return found

    def _plan(self, flow: Flow, stream: Stream, now: int) -> None:
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
        pieces = []
        while stream.waiting:
            pieces += self._give_up(stream)
        return [(flow, piece) for piece in (*pieces, *stream.cut(True))]

    def _give_up(self, stream: Stream) -> list[Piece]:
        if stream.reason() == "gap":
            self._let_go["TCP: segments missing"] += 1
        return stream.give_up()

    def _oldest(self) -> list[tuple[Flow, Piece]]:
        return self._remove(next(iter(self._streams)), "TCP: table full")

    def expire(self, now: int) -> list[tuple[Flow, Piece]]:
        """Return what waited too long, `now` in nanoseconds of the capture's clock."""
        pieces: list[tuple[Flow, Piece]] = []
        late = [(flow, each) for flow, each in self._waiting.items() if each.due <= now]
        for flow, stream in late:
            before = stream.cost
            pieces += [(flow, piece) for piece in self._give_up(stream)]
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
