"""When may what arrives be drawn again?

Keys are drawn at once and ask nobody. What arrives is drawn at the rate of the settings, and less
often where the line to the terminal shall carry less, or carries less.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

AGAIN = 0.05
"""Seconds after which a line that is busy is looked at again."""


class Line:
    """Be the file that goes to the terminal: count what it carries, and how long that takes.

    One thread writes; any may read the counters.
    """

    def __init__(self, file: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Write to `file`; `clock` gives seconds."""
        self.written = 0
        """Bytes written since the start."""
        self.seconds = 0.0
        """Seconds that writing took since the start: many where the terminal is slow."""
        self.busy = False
        """Whether something is being written right now."""
        self._file = file
        self._clock = clock

    def write(self, text: str) -> int:
        """Write `text`; return how many characters that are.

        A terminal that is gone takes everything: Textual waits for ever for a writer that failed.
        """
        self.written += len(text.encode("utf-8", "surrogatepass"))
        with self._measured(), suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Wait until the terminal has taken what was written."""
        with self._measured(), suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """Return the descriptor of the file."""
        return self._file.fileno()

    @contextmanager
    def _measured(self) -> Iterator[None]:
        self.busy, began = True, self._clock()
        try:
            yield
        finally:
            self.seconds += self._clock() - began
            self.busy = False


class Frames:
    """Say when the next frame of what arrives is due."""

    def __init__(
        self,
        fps: float,
        bandwidth: int,
        line: Line | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Allow `fps` frames a second, and `bandwidth` bytes a second on `line`.

        All bytes count, those of keys, too, but only what arrives waits for them. `clock` gives
        seconds.
        """
        self._interval = 1 / fps
        self._bandwidth = bandwidth
        self._line = line
        self._clock = clock
        self._since = self._due = self._paid = clock()
        self._written = 0
        self._seconds = 0.0

    def wait(self) -> float:
        """Return for how many seconds the next frame has to wait; 0: it is due."""
        now = self._clock()
        busy = self._line is not None and self._line.busy
        if self._line is not None:
            self._pay(self._line, now)
        return max(AGAIN if busy else 0.0, self._due - now, self._paid - now)

    def _pay(self, line: Line, now: float) -> None:
        written, seconds = line.written - self._written, line.seconds - self._seconds
        self._written, self._seconds = line.written, line.seconds
        self._paid = max(self._paid, self._since) + written / self._bandwidth
        # A line that is slow has as long for what is typed as it had for what arrives.
        self._paid = max(self._paid, now + seconds)
        self._since = now

    def drawn(self) -> None:
        """Say that a frame was drawn."""
        self._due = self._clock() + self._interval
