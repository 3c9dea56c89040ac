"""Which messages do the bytes of one direction carry, once they are in order?"""

from __future__ import annotations

from bisect import insort
from typing import NamedTuple

from siptui.decode.framing import Framer
from siptui.decode.words import Part, Piece
from siptui.record import Frame

_OVERHEAD = 500


class Held(NamedTuple):
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
        """Return the position behind its last byte."""
        return self.start + len(self.data)

    @property
    def cost(self) -> int:
        """Return the bytes it counts against the limits: its own, its frame's, and the objects'."""
        return 2 * len(self.data) + _OVERHEAD


class Stream:
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
        self.pieces: list[Held] = []
        """What `buffer` was made of."""
        self.waiting: list[Held] = []
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

    def take(self, held: Held) -> list[Piece]:
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

    def _append(self, held: Held) -> list[Piece]:
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
        self.cost -= self.framer.cost
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

    def cut(self, final: bool) -> list[Piece]:
        """Return the messages at the head of the buffer."""
        if not self.buffer:
            self.framer.waiting = ""
            return []
        self.cost -= self.framer.cost
        parts, taken = self.framer.read(self.buffer, self.base, final)
        self.cost += self.framer.cost
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
