"""Which captured frames carried the chosen messages, each once and in order of time?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from siptui.record import Frame, Record

if TYPE_CHECKING:
    from siptui.mask import Mask

WINDOW = 65_536
"""Frames that are held back to be put in order and to be told from repetitions. Messages come
nearly in order, so that this suffices; what is further out of order is written as it comes."""
WINDOW_BYTES = 128_000_000
"""Bytes of frames that are held back at most."""


class _Held:
    """Hold what is known of a frame that waits to be written."""

    __slots__ = ("copies", "places", "records", "written")

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.places: Counter[int] = Counter()
        self.copies = 0
        self.written = 0


class FrameOrder:
    """Put the frames of records in order."""

    def __init__(
        self, mask: Mask | None = None, window: int = WINDOW, window_bytes: int = WINDOW_BYTES
    ) -> None:
        """Hold back up to `window` frames and `window_bytes`; hide in them what `mask` hides."""
        self._room = window_bytes
        self._mask = mask
        self._window = window
        self._held: dict[Frame, _Held] = {}
        self._heap: list[tuple[int, int, Frame]] = []
        self._pushed = 0

    def add(self, records: Iterable[Record]) -> list[Frame]:
        """Take the frames of `records`; return those whose turn has come."""
        for record in records:
            for frame in record.frames:
                held = self._held.get(frame)
                if held is None:
                    held = self._held[frame] = _Held()
                # Two messages at one place of equal frames are two frames: a capture of coarse time
                # stamps may hold the same packet twice. Pieces of a message have no place.
                held.records.append(record)
                held.places[record.offset] += 1
                wanted = held.places[record.offset] if record.offset >= 0 else 1
                if wanted > held.copies:
                    held.copies = wanted
                    self._pushed += 1
                    self._room -= len(frame.data)
                    heappush(self._heap, (frame.time, self._pushed, frame))
        return self._out(self._window)

    def end(self) -> list[Frame]:
        """Return all that were held back."""
        return self._out(0)

    def links(self) -> set[int]:
        """Return the link types of the frames that are held back."""
        return {frame.link for frame in self._held}

    def _out(self, left: int) -> list[Frame]:
        frames: list[Frame] = []
        while len(self._heap) > left or self._room < 0:
            _, _, frame = heappop(self._heap)
            self._room += len(frame.data)
            held = self._held[frame]
            held.written += 1
            if held.written == held.copies:
                del self._held[frame]
            frames.append(self._mask.frame(frame, held.records) if self._mask else frame)
        return frames
