"""How far has the walk through one packet come, and what has it learned?"""

from __future__ import annotations

import socket

from siptui.record import Frame

ADDRESSES = 1 << 16
"""How many addresses are remembered as text."""


class Texts(dict[bytes, str]):
    """Turn packed addresses into text, and remember."""

    def __missing__(self, packed: bytes) -> str:
        if len(self) >= ADDRESSES:
            self.clear()
        family = socket.AF_INET if len(packed) == 4 else socket.AF_INET6
        text = self[packed] = socket.inet_ntop(family, packed)
        return text


class Way:
    """Remember where a walk through one packet has come from."""

    __slots__ = (
        "at",
        "cut",
        "data",
        "defects",
        "dst",
        "end",
        "frames",
        "missing",
        "outer",
        "src",
        "sure",
    )

    def __init__(self, data: bytes, frames: tuple[Frame, ...]) -> None:
        self.data = data
        self.frames = frames
        self.src = self.dst = b""
        self.at = 0
        self.end = len(data)
        self.cut = 0
        """Bytes that the capture cut off the frame."""
        self.missing = 0
        """Bytes that an IP header promised and that are not there."""
        self.sure = True
        """Whether `end` is what a header said, not just where the frame ends."""
        self.defects: tuple[str, ...] = ()
        self.outer: tuple[bytes, bytes, int, int, int, int] | None = None
        """The last UDP datagram on the way, if it seemed a tunnel."""

    def offset(self, at: int) -> int:
        """Return where byte `at` is in the first frame, -1 if it was put together."""
        return at if self.data is self.frames[0].data else -1
