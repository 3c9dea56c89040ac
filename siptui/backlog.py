"""Which frames wait to be looked at, and in which order do they leave?

Frames wait in lots. Lots may be looked at in any order and leave in the order in which they came.
What comes by itself while memory has no room waits on disk, see `siptui.spool`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from siptui.decode import Decoder
from siptui.record import Frame, Record
from siptui.spool import Spool

LOT = 128
"""Frames of a lot, at most: what is done between two looks at the sockets."""
LOT_BYTES = 400_000
"""Bytes of a lot beside its last frame, at most."""
OVERHEAD = 200
"""Bytes that a frame takes in memory beside those it holds."""


class Lot:
    """Hold some frames that came one after the other, and what was found in them."""

    __slots__ = ("decoder", "frames", "held", "records")

    def __init__(self, decoder: Decoder) -> None:
        """Begin a lot of frames that `decoder` puts together where they are parts of something."""
        self.decoder = decoder
        self.frames: list[Frame] = []
        self.held = 0
        """Bytes of its frames."""
        self.records: list[Record] | None = None
        """What was found in its whole datagrams, once somebody looked."""

    @property
    def size(self) -> int:
        """Bytes that it takes in memory."""
        return self.held + OVERHEAD * len(self.frames)

    @property
    def is_full(self) -> bool:
        """Whether no more frames should come to it."""
        return len(self.frames) >= LOT or self.held >= LOT_BYTES


class Backlog:
    """Hold lots until they were looked at and all before them have left."""

    def __init__(self, most: int, live: Decoder, spool: Spool) -> None:
        """Hold at most about `most` bytes in memory of frames that come by themselves.

        `live` is the decoder of these frames; what is more waits in `spool`.
        """
        self.most = most
        self.size = 0
        """Bytes that it takes in memory."""
        self.spool = spool
        self.is_full = False
        """Whether the last frames that came by themselves found no room."""
        self._live = live
        self._frames = 0
        self._lots: deque[Lot] = deque()
        self._new: deque[Lot] = deque()
        """Those that nobody has begun to look at."""

    @property
    def frames(self) -> int:
        """How many frames wait, in memory and on disk."""
        return self._frames + self.spool.frames

    @property
    def new(self) -> int:
        """How many lots nobody has begun to look at."""
        return len(self._new)

    @property
    def begun(self) -> int:
        """How many lots somebody looks at or has looked at."""
        return len(self._lots) - len(self._new)

    @property
    def is_first_new(self) -> bool:
        """Whether nobody has begun to look at the lot that leaves next."""
        return bool(self._new) and self._new[0] is self._lots[0]

    @property
    def first(self) -> Lot | None:
        """The lot that leaves next."""
        return self._lots[0] if self._lots else None

    def add(self, frames: Sequence[Frame], decoder: Decoder) -> bool:
        """Let frames wait behind all others; return False if there is no room for them.

        Frames of files always find room: who reads them stops in time.
        """
        over = self.spool.frames or (self._lots and self.size >= self.most)
        if decoder is self._live and over:
            self.is_full = not self.spool.put(frames)
            return not self.is_full
        self.is_full = False
        self._hold(frames, decoder)
        return True

    def _hold(self, frames: Sequence[Frame], decoder: Decoder) -> None:
        lot = self._new[-1] if self._new else None
        for frame in frames:
            if lot is None or lot.is_full or lot.decoder is not decoder:
                lot = Lot(decoder)
                self._lots.append(lot)
                self._new.append(lot)
            lot.frames.append(frame)
            size = len(frame.data)
            lot.held += size
            self.size += size + OVERHEAD
        self._frames += len(frames)

    def begin(self) -> Lot | None:
        """Return the oldest lot that nobody has begun to look at, for the caller to do so."""
        return self._new.popleft() if self._new else None

    def give_back(self, lots: Sequence[Lot]) -> None:
        """Take back lots that were begun but not looked at."""
        new = set(map(id, (*self._new, *lots)))
        self._new = deque(each for each in self._lots if id(each) in new)

    def leave(self) -> Lot:
        """Remove the first lot and return it; raises IndexError if there is none."""
        lot = self._lots.popleft()
        self.size -= lot.size
        self._frames -= len(lot.frames)
        while self.spool.frames and (self.size < self.most // 2 or not self._lots):
            self._hold(self.spool.take(), self._live)
        return lot

    def drop(self) -> int:
        """Remove all; return how many frames that came by themselves were among them."""
        lots = [lot for lot in self._lots if lot.decoder is self._live]
        lost = sum(len(lot.frames) for lot in lots) + self.spool.frames
        self._lots.clear()
        self._new.clear()
        self.spool.clear()
        self.size = self._frames = 0
        return lost
