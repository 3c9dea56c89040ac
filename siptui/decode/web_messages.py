"""Which messages do the frames of a WebSocket carry, in parts or compressed as they may be?"""

from __future__ import annotations

import zlib

from siptui.decode import websocket
from siptui.decode.websocket import WebSocketFrame
from siptui.decode.words import MESSAGE, Part

PARTS = 1024
"""The most frames that one WebSocket message may have."""

INFLATER = 48 << 10
"""Bytes that are counted for what a direction remembers to inflate its next message."""

_SYNC = b"\0\0\xff\xff"
"""What the sender leaves off each compressed message (RFC 7692 section 7.2.1)."""


class WebMessages:
    """Put the frames of one direction together to messages."""

    __slots__ = ("_compressed", "_compresses", "_fragments", "_inflater", "hold")

    def __init__(self, compresses: bool) -> None:
        """Begin behind the handshake; `compresses` says whether it spoke of permessage-deflate."""
        self._compresses = compresses
        self._compressed = False
        """Whether the message that is being put together is."""
        self._fragments: list[bytes] = []
        self._inflater: zlib._Decompress | None = None
        self.hold = -1
        """The position of the unfinished message's first frame; -1 if there is none."""

    @property
    def cost(self) -> int:
        """How many bytes are remembered from one message to the next."""
        return INFLATER if self._inflater is not None else 0

    def take(self, buffer: bytearray, at: int, base: int, final: bool) -> tuple[int, Part | None]:
        """Take the frame at `at`; return how many bytes it has, and what it completes.

        No bytes if it has to be waited for; if `final`, nothing more will come. `base` is the
        position of the buffer in the stream.
        """
        frame = websocket.read(buffer, at)
        if frame is None or frame.stop > len(buffer):
            if not final and (frame is None or frame.stop - at < MESSAGE):
                return 0, None
            return len(buffer) - at, self._cut(buffer, at, base, frame)
        payload = websocket.unmask(bytes(buffer[frame.start : frame.stop]), frame.mask)
        return frame.stop - at, self._part(frame, payload, base + at, base)

    def _part(self, frame: WebSocketFrame, payload: bytes, start: int, base: int) -> Part | None:
        stop = base + frame.stop
        if frame.opcode in websocket.CONTROL:
            return Part(start, stop, websocket.CONTROL[frame.opcode], "ws", payload)
        if frame.opcode > websocket.BINARY:
            return Part(start, stop, "websocket", "ws")
        if frame.reserved:
            if frame.reserved != websocket.COMPRESSED or self._fragments:
                return Part(start, stop, "websocket", "ws")
            if not self._compresses:
                return Part(start, stop, "ws-compressed", "ws")
        elif frame.final and not self._fragments:
            if frame.mask:
                return Part(start, stop, "", "ws", payload, divide=True)
            return Part(base + frame.start, stop, "", "ws", divide=True)
        self._add(frame, payload, start)
        if frame.final:
            return self._finish(stop, ())
        if len(self._fragments) >= PARTS or sum(map(len, self._fragments)) > MESSAGE:
            return self._finish(stop, ("truncated",))
        return None

    def _add(self, frame: WebSocketFrame, payload: bytes, start: int) -> None:
        if not self._fragments:
            self.hold = start
            self._compressed = bool(frame.reserved) and self._compresses
        self._fragments.append(payload)

    def _cut(self, buffer: bytearray, at: int, base: int, frame: WebSocketFrame | None) -> Part:
        """Take a frame that will not be whole, and with it what its message had."""
        data = b""
        if frame is not None:
            data = websocket.unmask(bytes(buffer[frame.start :]), frame.mask)
            self._add(frame, data, base + at)
        elif not self._fragments:
            self.hold = base + at
            self._compressed = False
        return self._finish(base + len(buffer), ("truncated",))

    def _finish(self, stop: int, defects: tuple[str, ...]) -> Part:
        data, start = b"".join(self._fragments), self.hold
        self._fragments = []
        self.hold = -1
        if self._compressed:
            inflated = self._inflate(data if defects else data + _SYNC)
            if inflated is None:
                return Part(start, stop, "ws-compressed", "ws")
            data = inflated
            if defects or len(data) >= MESSAGE:
                # What follows refers to bytes that were not seen.
                self._inflater = None
                defects = ("truncated",)
        return Part(start, stop, "", "ws", data, defects, divide=True)

    def _inflate(self, data: bytes) -> bytes | None:
        """Return a message of permessage-deflate, `MESSAGE` bytes of it at most (RFC 7692).

        The window goes on from message to message: one that was begun anew refers to nothing in
        it, whatever the two sides agreed on. None for what cannot be inflated.
        """
        if self._inflater is None:
            self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            inflated = self._inflater.decompress(data, MESSAGE)
        except zlib.error:
            self._inflater = None
            return None
        if self._inflater.eof:
            self._inflater = None
        return inflated
