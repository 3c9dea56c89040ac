"""How is everything that is captured kept on disk, as it comes?"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from siptui.errors import SiptuiError
from siptui.pcapng import Section
from siptui.record import Frame


class Recording:
    """Write frames to a pcapng file.

    Nothing is held back: what was handed to `write` is in the file when it returns, so that a crash
    loses nothing. If the disk is full the file ends with its last whole packet.
    """

    def __init__(self, path: str, reading: Sequence[str] = ()) -> None:
        """Create `path`, or empty it if it exists; only its owner may read it.

        Raises SiptuiError if it cannot be written, or is one of the files in `reading`.
        """
        self.path = path
        self.frames = 0
        """How many frames are in it."""
        self.size = 0
        """Its length in bytes."""
        self._section = Section()
        self._descriptor = -1
        for other in reading:
            with contextlib.suppress(OSError, ValueError):
                if other != "-" and Path(path).samefile(other):
                    raise SiptuiError(f"{path} is being read; record to another file")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
            self._descriptor = os.open(path, flags, 0o600)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SiptuiError(f"cannot record to {path}: {reason}") from None
        self._append(self._section.header())

    def write(self, frames: Iterable[Frame]) -> None:
        """Append frames. Raises SiptuiError with the reason if the system refuses."""
        if self._descriptor < 0:
            raise SiptuiError(f"recording to {self.path} has ended")
        frames = list(frames)
        self._append(self._section.blocks(frames))
        self.frames += len(frames)

    def _append(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
            with contextlib.suppress(SiptuiError):
                self._close()
            raise SiptuiError(f"recording to {self.path} failed: {error.strerror}") from None
        self.size += len(data)

    def close(self) -> None:
        """Bring everything to the disk and close; harmless if done twice.

        Raises SiptuiError if the system refuses.
        """
        if self._descriptor < 0:
            return
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno != errno.EINVAL:  # which only says that it is a pipe
                with contextlib.suppress(SiptuiError):
                    self._close()
                raise SiptuiError(f"recording to {self.path} failed: {error.strerror}") from None
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        try:
            os.close(descriptor)
        except OSError as error:
            raise SiptuiError(f"recording to {self.path} failed: {error.strerror}") from None
