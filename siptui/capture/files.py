"""Which frames does a capture file hold?

pcap and pcapng, compressed with gzip or not, and standard input. A damaged or cut-off file gives
everything up to the damage.
"""

from __future__ import annotations

import os
from pathlib import Path

from siptui.capture import Statistics
from siptui.capture.containers import HEADER_LENGTH, Container, Damage, printable, recognise
from siptui.capture.stream import Stream
from siptui.errors import SiptuiError
from siptui.record import Frame

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"snoop\0\0\0", "a snoop capture; turn it into pcapng with editcap first"),
    (b"RTSS", "a Network Monitor 1 capture; turn it into pcapng with editcap first"),
    (b"GMBU", "a Network Monitor 2 capture; turn it into pcapng with editcap first"),
    (b"TRSNIFF data", "a Sniffer capture; turn it into pcapng with editcap first"),
    (b"XCP\0", "a NetXRay capture; turn it into pcapng with editcap first"),
    (b"btsnoop\0", "a Bluetooth capture and holds no SIP"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first with unzstd"),
    (b"\xfd7zXZ\0", "compressed with xz; unpack it first with unxz"),
    (b"BZh", "compressed with bzip2; unpack it first with bunzip2"),
    (b"\x04\x22\x4d\x18", "compressed with lz4; unpack it first with unlz4"),
    (b"PK\x03\x04", "a zip archive; unpack it first with unzip"),
    (b"\x7fELF", "a program"),
)


def open_file(path: str) -> FileSource:
    """Open the capture file `path`, ``-`` for standard input.

    Waits for the first bytes of a pipe, so that what is no capture is told before anything else is
    started. Raises SiptuiError if it cannot be read, is empty, or is no capture.
    """
    name = "standard input" if path == "-" else printable(Path(path).name or path)
    shown = name if path == "-" else printable(path)
    if path == "-" and os.isatty(0):
        raise SiptuiError(
            "standard input is a terminal; pipe a capture into siptui, or name a file"
        )
    if Path(path).is_dir():
        raise SiptuiError(f"cannot read {shown}: it is a folder")
    try:
        # A copy of standard input, for the keyboard may take its place.
        descriptor = os.dup(0) if path == "-" else os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise SiptuiError(f"there is no file {shown}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SiptuiError(f"cannot read {shown}: {reason}") from None
    stream = Stream(descriptor)
    try:
        return FileSource(stream, name, shown)
    except BaseException:
        stream.close()
        raise


class FileSource:
    """Read frames from one capture file."""

    live = False

    def __init__(self, stream: Stream, name: str, shown: str) -> None:
        """Read the beginning of `stream` and find out what it is.

        `name` is what frames and the header line say, `shown` what notices call the file. Raises
        SiptuiError if it is no capture.
        """
        self.name = name
        self.finished = False
        self._shown = shown
        self._stream = stream
        self._received = 0
        self._notice = ""
        self._pieces: list[bytes] = []
        self._waiting = 0
        self._place = 0
        self._buffer = self._first_bytes()
        self._at = 0
        self._container = self._recognise()

    def _first_bytes(self) -> bytes:
        head = b""
        while len(head) < HEADER_LENGTH and not self._stream.ended:
            head += self._stream.read(wait=True)
        return head

    def _recognise(self) -> Container:
        """Return the reader of the format, or raise SiptuiError that says what it is instead."""
        head, problem = self._buffer, self._stream.problem
        container = recognise(head, self.name) if len(head) >= HEADER_LENGTH else None
        if container is not None:
            return container
        if problem:
            raise SiptuiError(f"cannot read {self._shown}: {problem}")
        if not head:
            raise SiptuiError(f"{self._shown} is empty")
        for magic, what in _OTHERS:
            if head.startswith(magic):
                raise SiptuiError(f"{self._shown} is {what}")
        if recognise(head.ljust(HEADER_LENGTH, b"\0"), self.name) is not None:
            raise SiptuiError(
                f"{self._shown} is cut off inside its first header, after {len(head)} bytes"
            )
        what = "text" if _is_text(head[:512]) else "neither pcap nor pcapng"
        raise SiptuiError(f"{self._shown} is no capture file: it is {what}")

    def fileno(self) -> int:
        """Return the descriptor of a pipe to wait on, -1 for a file."""
        return self._stream.fileno()

    def read(self, limit: int) -> list[Frame]:
        """Return up to `limit` frames; fewer only at the end, or if a pipe has no more now."""
        frames: list[Frame] = []
        try:
            while not self.finished and len(frames) < limit:
                self._at = self._container.parse(self._buffer, self._at, limit, frames)
                if len(frames) < limit and not self._more():
                    break
        except Damage as damage:
            self._finish(self._place + damage.at, damage.reason)
        self._received += len(frames)
        return frames

    def _more(self) -> bool:
        """Get the bytes that the container wants; return whether they are all there."""
        if self._at or self._container.skip:
            self._drop()
        while self._container.skip or len(self._buffer) + self._waiting < self._container.wanted:
            data = self._stream.read()
            if not data:
                if self._stream.ended:
                    self._end()
                return False
            if self._container.skip:
                self._buffer = data
                self._drop()
            else:
                self._pieces.append(data)
                self._waiting += len(data)
        # Joined once a packet is complete: piece by piece, a long one would be copied many times.
        if self._pieces:
            self._buffer = b"".join((self._buffer, *self._pieces))
            self._pieces.clear()
            self._waiting = 0
        return True

    def _drop(self) -> None:
        """Let go of what was read, and of what the container skips."""
        gone = min(len(self._buffer), self._at + self._container.skip)
        self._container.skip -= gone - self._at
        self._buffer = self._buffer[gone:]
        self._place += gone
        self._at = 0

    def _end(self) -> None:
        """Finish at the end of the bytes, and say so if it is not where it should be."""
        left = len(self._buffer) + self._waiting
        if self._stream.problem:
            self._finish(self._place + left, self._stream.problem)
        elif self._container.skip:
            self._finish(self._place, "it is cut off inside a block")
        elif left:
            self._finish(self._place, f"it is cut off inside {self._container.inside}")
        else:
            self._finish()

    def _finish(self, place: int = 0, reason: str = "") -> None:
        self.finished = True
        unpacked = " of the unpacked capture" if self._stream.compressed else ""
        if reason:
            self._notice = f"{self._shown} was read up to byte {place:,}{unpacked}: {reason}"
        self._buffer = b""
        self._pieces.clear()

    def statistics(self) -> Statistics:
        """Return how many frames were read and how far the file has been read."""
        notice, ignored = self._notice, self._container.ignored
        if ignored:
            packets = "1 packet" if ignored == 1 else f"{ignored:,} packets"
            more = f"{packets} of interfaces that {self._shown} never describes were left out"
            notice = f"{notice} · {more}" if notice else more
        progress = self._stream.progress
        if self.finished and progress is not None:
            progress = 1.0
        return Statistics(received=self._received, progress=progress, notice=notice)

    def close(self) -> None:
        """Close the file; harmless if done twice."""
        self.finished = True
        self._stream.close()


def _is_text(head: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte in b"\t\r\n" or byte >= 0x80 for byte in head)
