"""What do the readers of streams and datagrams hand to the decoder?"""

from __future__ import annotations

from typing import NamedTuple

from siptui.record import Frame

MESSAGE = 1 << 18
"""The longest message in bytes that is waited for; a longer one is shown truncated."""


class Flow(NamedTuple):
    """Name one direction between two ports."""

    source: str
    sport: int
    target: str
    dport: int


class Piece(NamedTuple):
    """Hold one message, or one stretch of bytes that is none, on its way to becoming a record."""

    data: bytes
    frames: tuple[Frame, ...]
    offset: int
    """Where `data` begins in the first frame; -1 if it was put together from pieces."""
    kind: str = ""
    """What it is; empty if its bytes are still to be judged."""
    transport: str = ""
    defects: tuple[str, ...] = ()
    uri: tuple[int, int] | None = None
    """Where in `data` the name stands that was asked for, in what is no SIP."""
    divide: bool = False
    """Whether there may be several messages in it."""


class Part(NamedTuple):
    """Hold one message of a stream; `start` and `stop` are positions in the stream."""

    start: int
    stop: int
    kind: str = ""
    """What it is; empty if its bytes are still to be judged."""
    transport: str = "tcp"
    data: bytes | None = None
    """The message if it is not simply the bytes from `start` to `stop`."""
    defects: tuple[str, ...] = ()
    uri: tuple[int, int] | None = None
    divide: bool = False
