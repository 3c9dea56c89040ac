"""What are the next bytes of a capture file, unpacked if it is compressed?"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import zlib

CHUNK = 262_144
"""Bytes that are read, or unpacked, at a time; it bounds what a small file can blow up to."""

_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEADER = 31


class Stream:
    """Give the bytes of a file or a pipe, a chunk at a time."""

    def __init__(self, descriptor: int) -> None:
        """Read from `descriptor`, which it owns from now on."""
        status = os.fstat(descriptor)
        self._descriptor = descriptor
        self._size = status.st_size if stat.S_ISREG(status.st_mode) else 0
        self.waits = not stat.S_ISREG(status.st_mode)
        """Whether reading may have to wait for somebody who writes."""
        self.taken = 0
        """Bytes read so far, before unpacking."""
        self.ended = False
        """Whether nothing will come any more."""
        self.problem = ""
        """Why unpacking or reading stopped before the end; empty if it did not."""
        self._unpack: zlib._Decompress | None = None
        self._packed = b""
        self._held_back = False
        """Whether zlib may hold more output than a chunk had room for, without further input."""
        self._begun = False

    @property
    def compressed(self) -> bool:
        """Whether the bytes come out of gzip."""
        return self._unpack is not None

    @property
    def progress(self) -> float | None:
        """The share of the file that was read, 0 to 1; None for a pipe."""
        if self.waits:
            return None
        return min(1.0, self.taken / self._size) if self._size else 1.0

    def fileno(self) -> int:
        """Return the descriptor to wait on, or -1 for a file."""
        return self._descriptor if self.waits else -1

    def read(self, *, wait: bool = False) -> bytes:
        """Return the next bytes; none if there are none now, or if it has `ended`."""
        while not self.ended:
            if self._packed or self._held_back:
                data = self._unpacked()
            else:
                if self.waits and not self._readable(wait):
                    return b""
                data = self._take()
            if data:
                return data
        return b""

    def _readable(self, wait: bool) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        return bool(poll.poll(None if wait else 0))

    def _take(self) -> bytes:
        try:
            data = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            self.problem = f"reading failed ({error.strerror})"
            data = b""
        if not data:
            self._end()
            return b""
        self.taken += len(data)
        if not self._begun:
            self._begun = True
            if data.startswith(_GZIP):
                self._unpack = zlib.decompressobj(_WITH_GZIP_HEADER)
        if self._unpack is None:
            return data
        self._packed = data
        return self._unpacked()

    def _unpacked(self) -> bytes:
        """Return up to a chunk out of the packed bytes in hand; a member may follow a finished one.

        Zeros behind the last member are padding, as gzip itself takes them.
        """
        assert self._unpack is not None
        if self._unpack.eof:
            self._held_back = False
            self._packed = self._packed.lstrip(b"\0")
            if not self._packed:
                return b""
            self._unpack = zlib.decompressobj(_WITH_GZIP_HEADER)
        before = self._unpack.copy()
        try:
            data = self._unpack.decompress(self._packed, CHUNK)
        except zlib.error as error:
            self.problem = f"the gzip data is damaged ({str(error).partition(': ')[2] or error})"
            self.ended = True
            return _up_to_the_damage(before, self._packed)
        self._packed = self._unpack.unused_data or self._unpack.unconsumed_tail
        self._held_back = len(data) == CHUNK
        return data

    def _end(self) -> None:
        self.ended = True
        if self._unpack is not None and not self._unpack.eof and not self.problem:
            self.problem = "the gzip data is cut off"

    def close(self) -> None:
        """Close the descriptor; harmless if done twice."""
        self.ended = True
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _up_to_the_damage(unpack: zlib._Decompress, packed: bytes) -> bytes:
    """Return what `packed` holds before the byte that zlib stumbles over.

    Byte by byte, for a failing call throws away what it had unpacked before.
    """
    parts: list[bytes] = []
    with contextlib.suppress(zlib.error):
        for at in range(len(packed)):
            parts.append(unpack.decompress(packed[at : at + 1]))
    return b"".join(parts)
