"""Where do frames wait that memory has no room for? On disk, in files without a name.

A burst may bring more within seconds than can be looked at within a minute. What is on disk is
read back in order, and its room given free piece by piece. Nobody else can open these files, and
they are gone when siptui is, however it ends.
"""

from __future__ import annotations

import marshal
import os
import tempfile
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from siptui import text
from siptui.record import Frame

SEGMENT = 16_000_000
"""Bytes after which a new file is begun."""
SPARE = 500_000_000
"""Bytes of the disk that are left to others."""


class _Segment:
    """Hold one file, and which part of it is still to be read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.written = 0
        self.read = 0
        self.pieces: deque[tuple[int, int]] = deque()
        """Bytes and frames of each piece that is still to be read."""


class Spool:
    """Hold pieces of frames on disk: what was put first is taken first."""

    def __init__(self, most: int, directory: Path | None = None) -> None:
        """Hold at most `most` bytes below `directory`, 0 for none; nothing is opened yet.

        By default the directory is ``$TMPDIR``, else ``/var/tmp``, which unlike ``/tmp`` is no
        memory, else what Python takes for temporary files.
        """
        self.most = most
        self.frames = 0
        """Frames that wait here."""
        self.size = 0
        """Bytes that they take."""
        self.lost = 0
        """Frames that the disk did not give back."""
        self.notice = ""
        """What the disk last refused and why, as one sentence; empty if it never did."""
        self._directory = directory
        self._segments: deque[_Segment] = deque()

    def put(self, frames: Sequence[Frame]) -> bool:
        """Let frames wait behind all others; return False if there is no room for them."""
        if self.size >= self.most:
            return False
        piece = marshal.dumps(list(map(list, zip(*frames, strict=True))))
        try:
            segment = self._segments[-1] if self._segments else self._begin()
            if segment.written >= SEGMENT:
                segment = self._begin()
            if os.pwrite(segment.file.fileno(), piece, segment.written) < len(piece):
                raise OSError("there is no room")
        except OSError as error:
            self.notice = f"frames cannot wait on disk: {text.safe(error.strerror or str(error))}"
            return False
        segment.written += len(piece)
        segment.pieces.append((len(piece), len(frames)))
        self.frames += len(frames)
        self.size += len(piece)
        return True

    def take(self) -> list[Frame]:
        """Return the frames that were put first of those still here; empty if there are none.

        What the disk does not give back is counted in `lost`.
        """
        if not self.frames:
            return []
        segment = self._segments[0]
        size, count = segment.pieces.popleft()
        try:
            columns = marshal.loads(os.pread(segment.file.fileno(), size, segment.read))
        except (OSError, EOFError, ValueError, TypeError) as error:
            self.notice = f"frames that waited on disk are lost: {text.safe(str(error))}"
            self.lost += count
            columns = []
        segment.read += size
        self.frames -= count
        self.size -= size
        if not segment.pieces:
            self._segments.popleft().file.close()
        return list(map(Frame, *columns)) if columns else []

    def clear(self) -> None:
        """Let all go."""
        for segment in self._segments:
            segment.file.close()
        self._segments.clear()
        self.frames = self.size = 0

    def _begin(self) -> _Segment:
        # It stays open until all that is in it was read.
        file = tempfile.TemporaryFile(dir=self._directory or _directory(), buffering=0)  # noqa: SIM115
        disk = os.fstatvfs(file.fileno())
        if disk.f_bavail * disk.f_frsize < SPARE:
            file.close()
            raise OSError(f"less than {text.bytes_size(SPARE)} are free")
        segment = _Segment(file)
        self._segments.append(segment)
        return segment


def _directory() -> Path | None:
    """Return where large temporary files belong; None: wherever Python puts them."""
    for name in (os.environ.get("TMPDIR", ""), "/var/tmp"):
        if name and os.access(name, os.W_OK | os.X_OK):
            return Path(name)
    return None
