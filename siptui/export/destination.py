"""How does a file come to be on the disk either whole or not at all?

Normally the bytes go to a temporary file beside it, which takes its name when it is finished. A
process that was root when it began, and has become somebody else since, may neither rename nor
remove there; so root opens the file itself at once, lets the bytes wait in a file without a name,
and copies them when everything is there and room for it is set aside.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import Protocol

_PIECE = 1 << 20


class Destination(Protocol):
    """Take the bytes of a file."""

    def write(self, data: bytes) -> None:
        """Append bytes. Raises OSError."""
        ...

    def finish(self) -> None:
        """Make the file be there, on the disk. Raises OSError."""
        ...

    def discard(self) -> None:
        """Leave everything as it was; harmless if done twice, or after `finish`."""
        ...


def open_destination(path: str) -> Destination:
    """Prepare to write the file `path`, which stays as it is until it is finished.

    A link stays a link: what it points to is replaced. What is no plain file, such as a pipe or a
    terminal, is written to at once. Raises OSError or ValueError.
    """
    target = os.path.realpath(path)
    mode = 0o666
    try:
        status = os.stat(target)
    except FileNotFoundError:
        pass
    else:
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(0, "it is a folder")
        if not stat.S_ISREG(status.st_mode):
            return _Direct(target)
        if not os.access(target, os.W_OK):
            raise PermissionError(0, "it may not be changed")
        mode = stat.S_IMODE(status.st_mode)
    return _Held(target) if os.geteuid() == 0 else _Beside(target, mode)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class _Direct:
    """Write to what is there."""

    def __init__(self, target: str) -> None:
        self._descriptor = os.open(target, os.O_WRONLY | os.O_CLOEXEC)

    def write(self, data: bytes) -> None:
        _write(self._descriptor, data)

    def finish(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)

    def discard(self) -> None:
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                self.finish()


class _Beside:
    """Write a temporary file and give it the name in the end."""

    def __init__(self, target: str, mode: int) -> None:
        folder, name = os.path.split(target)
        short = os.fsdecode(os.fsencode(name)[:200])
        self._target = target
        self._temporary = os.path.join(folder, f".{short}.{secrets.token_hex(4)}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._descriptor = os.open(self._temporary, flags, mode)

    def write(self, data: bytes) -> None:
        _write(self._descriptor, data)

    def finish(self) -> None:
        os.fsync(self._descriptor)
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)
        os.replace(self._temporary, self._target)
        self._temporary = ""

    def discard(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            with contextlib.suppress(OSError):
                os.close(descriptor)
        if self._temporary:
            temporary, self._temporary = self._temporary, ""
            with contextlib.suppress(OSError):
                os.unlink(temporary)


class _Held:
    """Let the bytes wait in a file without a name, and copy them in the end."""

    def __init__(self, target: str) -> None:
        self._target = target
        folder = os.path.dirname(target)
        self._waiting = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        self._is_new = not Path(target).exists()
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            self._descriptor = os.open(target, flags, 0o666)
        except BaseException:
            self._waiting.close()
            raise

    def write(self, data: bytes) -> None:
        _write(self._waiting.fileno(), data)

    def finish(self) -> None:
        size = self._waiting.tell()
        before = os.fstat(self._descriptor).st_size
        try:
            if size:
                os.posix_fallocate(self._descriptor, 0, size)
        except OSError:
            os.ftruncate(self._descriptor, before)
            raise
        self._waiting.seek(0)
        while piece := self._waiting.read(_PIECE):
            _write(self._descriptor, piece)
        os.ftruncate(self._descriptor, size)
        os.fsync(self._descriptor)
        self._is_new = False
        self._close()

    def discard(self) -> None:
        if self._is_new:
            self._is_new = False
            with contextlib.suppress(OSError):
                os.unlink(self._target)
        with contextlib.suppress(OSError):
            self._close()

    def _close(self) -> None:
        self._waiting.close()
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
