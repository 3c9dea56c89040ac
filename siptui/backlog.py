"""Which frames wait to be looked at, and in which order do they leave?

Frames wait in lots. Lots may be looked at in any order and leave in the order in which they came.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from siptui.decode import Decoder
from siptui.decode.shortcut import ordinary
from siptui.record import Frame, Record

LOT = 128
"""Frames of a lot, at most: what is done between two looks at the sockets."""
LOT_BYTES = 400_000
"""Bytes of a lot beside its last frame, at most."""
OVERHEAD = 200
"""Bytes that a frame takes in memory beside those it holds."""


class Lot:
    """Hold some frames that came one after the other, and what was found in them."""

    __slots__ = ("decoder", "frames", "held", "live", "odd", "plain", "records", "size")

    def __init__(self, decoder: Decoder, live: bool) -> None:
        """Begin a lot of frames that `decoder` puts together where they are parts of something."""
        self.decoder = decoder
        self.live = live
        self.frames: list[Frame] = []
        self.plain: list[Frame] = []
        """Those that hold whole datagrams, which say everything by themselves."""
        self.odd = False
        """Whether there are others."""
        self.size = 0
        """Bytes that it takes in memory."""
        self.held = 0
        """Bytes of its frames."""
        self.records: list[Record] | None = None
        """What was found in `plain`, once somebody looked."""

    @property
    def is_full(self) -> bool:
        """Whether no more frames should come to it."""
        return len(self.frames) >= LOT or self.held >= LOT_BYTES

    def add(self, frame: Frame) -> None:
        """Append a frame."""
        size = len(frame.data)
        self.held += size
        self.size += size + OVERHEAD
        self.frames.append(frame)
        if ordinary(frame.data, frame.link) is None:
            self.odd = True
        else:
            self.plain.append(frame)


class Backlog:
    """Hold lots until they were looked at and all before them have left."""

    def __init__(self, most: int) -> None:
        """Hold at most about `most` bytes of frames that come by themselves."""
        self.most = most
        self.size = 0
        """Bytes that it takes in memory."""
        self.frames = 0
        """Frames that wait."""
        self._lots: deque[Lot] = deque()
        self._new: deque[Lot] = deque()
        """Those that nobody has begun to look at."""

    @property
    def is_full(self) -> bool:
        """Whether frames that come now are lost."""
        return self.size >= self.most

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

    def add(self, frames: Sequence[Frame], decoder: Decoder, live: bool) -> None:
        """Let frames wait behind all others."""
        lot = self._new[-1] if self._new else None
        before = 0 if lot is None else lot.size
        for frame in frames:
            if lot is None or lot.is_full or lot.decoder is not decoder:
                self.size += lot.size - before if lot is not None else 0
                before = 0
                lot = Lot(decoder, live)
                self._lots.append(lot)
                self._new.append(lot)
            lot.add(frame)
        self.size += lot.size - before if lot is not None else 0
        self.frames += len(frames)

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
        self.frames -= len(lot.frames)
        return lot

    def drop(self) -> int:
        """Remove all; return how many frames that came by themselves were among them."""
        lost = sum(len(each.frames) for each in self._lots if each.live)
        self._lots.clear()
        self._new.clear()
        self.size = self.frames = 0
        return lost
