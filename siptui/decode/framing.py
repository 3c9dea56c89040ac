"""Where in the bytes of a stream does one message end and the next begin?

What the bytes of one direction are is decided at each boundary, so the same bytes give the same
messages however they were cut into segments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from siptui.decode import tls, websocket
from siptui.decode.other import name
from siptui.decode.sip import measure, resync
from siptui.decode.startline import may_be_rest
from siptui.decode.web_messages import WebMessages
from siptui.decode.words import MESSAGE, Part

LINE = 1 << 13
"""The longest unfinished line in bytes that may still become a start line."""

ROWS = 16
"""How many rows of one direction may show bytes that are no SIP; later bytes are counted."""

_UNKNOWN = 1 << 62
"""Stands for the length of a message that does not say it yet, or says too much."""

_UNSURE = frozenset(("text", "binary", "continuation", "keep-alive", "empty"))
"""What may be followed by SIP in the same stream; other protocols keep the stream."""


class Framer:
    """Cut one direction of a stream into messages."""

    __slots__ = (
        "_foreign",
        "_let_go",
        "_needed",
        "_ports",
        "_rows",
        "_searched",
        "_state",
        "_torn",
        "_web",
        "cost",
        "hold",
        "lost",
        "waiting",
    )

    def __init__(self, let_go: Counter[str], sport: int, dport: int) -> None:
        self._let_go = let_go
        self._ports = (sport, dport)
        self._state: _State = Framer._open
        self._foreign = ""
        self._rows = ROWS
        self._web: WebMessages | None = None
        self.hold = -1
        """The position from which frames are still needed although their bytes are consumed."""
        self.cost = 0
        """How many bytes are remembered from one message to the next."""
        self._searched = 0
        """How many bytes of an incomplete message were searched for the end of its head."""
        self._needed = 0
        """How long the message is that waits for its rest; 0 if it is not known."""
        self.lost = False
        """Whether the bytes up to the next start line belong to a message that began unseen."""
        self._torn = False
        """Whether the next bytes may continue a line that began unseen."""
        self.waiting = ""
        """What the bytes that are left wait for: ``message``, ``line`` or nothing."""

    def read(self, buffer: bytearray, base: int, final: bool) -> tuple[list[Part], int]:
        """Return the messages at the head of `buffer`, and how many bytes they take.

        `base` is the position of the first byte in the stream. If `final`, nothing more will
        come, and all bytes are taken.
        """
        parts: list[Part] = []
        at = 0
        self.waiting = ""
        while at < len(buffer):
            taken = self._state(self, buffer, at, base, final, parts)
            if not taken:
                break
            at += taken
        return parts, at

    def begin(self, joined: bool) -> None:
        """Say whether the first bytes are those of the stream, or it was `joined` on its way."""
        self.lost = self._torn = joined

    def gap(self) -> None:
        """Go on behind bytes that were never seen."""
        self.lost = self._torn = True
        self._needed = self._searched = 0
        if self._web is not None:
            self._web = None
            self.hold, self.cost = -1, 0
            self._state = Framer._open

    def _wait(self, what: str) -> int:
        self.waiting = what
        return 0

    def _open(self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]) -> int:
        """Decide what begins at a boundary."""
        first = buffer[at]
        if (first == 13 or first == 10) and not (self.lost and self._in_message(buffer, at)):
            return self._line_ends(buffer, at, base, final, parts)
        if tls.begins(buffer, at):
            return self._tls(buffer, at, base, final, parts)
        if first in websocket.MESSAGE_BEGINS and self._like_websocket(buffer, at):
            self._begin_websocket(True)
            return self._websocket(buffer, at, base, final, parts)
        newline = buffer.find(b"\n", at, at + LINE)
        if newline >= 0:
            line = bytes(buffer[at : newline + 1])
            if resync(line, 0) == 0 and not (self._torn and may_be_rest(line)):
                return self._message(buffer, at, base, final, parts)
            if line[:4] == b"GET " or line[:12] == b"HTTP/1.1 101":
                return self._http(buffer, at, base, final, parts)
        elif not final and len(buffer) - at < LINE and _may_be_text(buffer, at):
            return self._wait("line")
        return self._other(buffer, at, base, final, parts)

    def _in_message(self, buffer: bytearray, at: int) -> bool:
        """Return whether line ends in a stream whose place was lost are no keep-alive."""
        rest = bytes(buffer[at : at + LINE]).lstrip(b"\r\n")
        return bool(rest) and resync(rest, 0) != 0

    def _line_ends(
        self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]
    ) -> int:
        """Take line ends between messages: keep-alives (RFC 5626 section 4.4.1)."""
        rest = bytes(buffer[at : at + LINE])
        run = len(rest) - len(rest.lstrip(b"\r\n"))
        if at + run == len(buffer) and buffer[-1] == 13 and not final:
            run -= 1
            if not run:
                return self._wait("line")
        self._torn = False
        parts.append(Part(base + at, base + at + run))
        return run

    def _message(
        self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]
    ) -> int:
        length = self._length(buffer, at)
        defects: tuple[str, ...] = ()
        if length > len(buffer) - at:
            if not final and len(buffer) - at < MESSAGE:
                return self._wait("message")
            line = buffer.find(b"\n", at) + 1
            following = resync(buffer, line) if line else -1
            stop = following if following > at else len(buffer)
            length = stop - at
            defects = ("truncated",)
            self.lost = following < 0
        else:
            self.lost = False
        self._torn = self.lost
        self._needed = self._searched = 0
        parts.append(Part(base + at, base + at + length, defects=defects))
        return length

    def _length(self, buffer: bytearray, at: int) -> int:
        """Return the length of the message at `at`, more than is there if it is incomplete.

        A head is searched and measured once, however many segments bring it.
        """
        if not self._needed:
            searched = at + max(0, self._searched - 2)
            ends = [buffer.find(mark, searched) for mark in (b"\n\r\n", b"\n\n")]
            if max(ends) < 0:
                self._searched = len(buffer) - at
                return _UNKNOWN
            self._needed = measure(buffer, at) or 0
        if not self._needed:
            head = bytes(buffer[at : max(ends) + 3])
            self._needed = measure(head + bytes(MESSAGE), 0) or _UNKNOWN
        return self._needed

    def _other(self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]) -> int:
        """Take bytes that are no SIP, as far as no start line can begin in them."""
        kind = self._name(bytes(buffer[at : at + 2048]))
        if self.lost and kind in _UNSURE:
            kind = "continuation"
        stop = len(buffer)
        if kind not in _UNSURE:
            self._foreign = kind
            self._state = Framer._silent
        else:
            line = buffer.find(b"\n", at) + 1 or stop if self._torn else at
            following = resync(buffer, line)
            if following > at:
                stop = following
            elif not final:
                line = buffer.rfind(b"\n", at) + 1
                if max(line, at) < stop < line + LINE and _may_be_text(buffer, max(line, at)):
                    stop = line
                if stop <= at:
                    return self._wait("line")
        self._torn = self.lost and buffer[stop - 1] != 10
        self._row(Part(base + at, base + stop, kind), parts)
        return stop - at

    def _name(self, data: bytes) -> str:
        kind = name(data, "tcp", *self._ports)
        # Only a start line that was recognised makes a message of a stream.
        return "text" if kind == "sip" else kind

    def _row(self, part: Part, parts: list[Part]) -> None:
        if self._rows:
            self._rows -= 1
            parts.append(part)
        else:
            self._let_go["stream bytes that are no SIP"] += part.stop - part.start

    def _silent(self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]) -> int:
        """Take what follows in a stream that belongs to another protocol."""
        stop = len(buffer)
        if self._foreign == "tls":
            self._let_go["encrypted stream bytes"] += stop - at
        else:
            self._row(Part(base + at, base + stop, self._foreign), parts)
        return stop - at

    def _tls(self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]) -> int:
        """Take the first TLS records: a hello, or whatever it was when the capture began."""
        found = tls.first(buffer, at)
        if not found.whole and not final:
            return self._wait("message")
        data = found.data if found.records > 1 else None
        uri = tls.server_name(found.data)
        parts.append(Part(base + at, base + found.stop, "tls", "tls", data, uri=uri))
        self._foreign = "tls"
        self._state = Framer._silent
        return found.stop - at

    def _http(self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]) -> int:
        """Take the head of what may be a WebSocket's handshake."""
        end = buffer.find(b"\r\n\r\n", at) + 4
        if end < 4:
            if not final and len(buffer) - at < LINE:
                return self._wait("message")
        elif websocket.upgrades(bytes(buffer[at:end])):
            self._begin_websocket(websocket.compresses(bytes(buffer[at:end])))
            parts.append(Part(base + at, base + end, "http", "ws"))
            return end - at
        return self._other(buffer, at, base, final, parts)

    def _like_websocket(self, buffer: bytearray, at: int) -> bool:
        """Return whether a stream that was joined in the middle carries SIP in frames."""
        frame = websocket.read(buffer, at)
        if frame is None or frame.stop - frame.start > MESSAGE:
            return False
        stop = min(frame.stop, frame.start + 256)
        payload = websocket.unmask(bytes(buffer[frame.start : stop]), frame.mask)
        if frame.reserved:
            payload = websocket.inflated_start(payload)
        line, _, _ = payload.partition(b"\n")
        return resync(line + b"\n", 0) == 0

    def _begin_websocket(self, compresses: bool) -> None:
        self._web = WebMessages(compresses)
        self._state = Framer._websocket

    def _websocket(
        self, buffer: bytearray, at: int, base: int, final: bool, parts: list[Part]
    ) -> int:
        """Take one WebSocket frame."""
        assert self._web is not None
        taken, part = self._web.take(buffer, at, base, final)
        self.hold, self.cost = self._web.hold, self._web.cost
        if not taken:
            return self._wait("message")
        if part is not None and part.kind:
            self._row(part, parts)
        elif part is not None:
            parts.append(part)
        return taken


_State = Callable[[Framer, bytearray, int, int, bool, list[Part]], int]
"""Takes what begins at a position, and returns the number of bytes; 0 to wait for more."""


def _may_be_text(buffer: bytearray, at: int) -> bool:
    """Return whether the bytes from `at` could be the beginning of a start line."""
    return all(byte >= 32 or byte == 9 or byte == 13 for byte in buffer[at : at + 64])
