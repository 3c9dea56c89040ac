"""A pseudo-terminal with an emulator behind it: siptui seen from outside, as a person sees it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte


class PseudoTerminal:
    """Run a command on a terminal of its own; read what it draws, type keys, count bytes."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        width: int = 80,
        height: int = 24,
        *,
        emulate: bool = True,
    ) -> None:
        """Start `command`; `emulate` keeps the screen, without it bytes are only counted."""
        self.written = 0
        """Bytes that the command wrote to the terminal."""
        self.status: int | None = None
        """Its exit status, or minus the signal that ended it; None while it runs."""
        self.raw = bytearray()
        """The last bytes it wrote, at most 64 kB."""
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen) if emulate else None
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            # Who runs the tests in the background of a shell ignores it, and so would the command.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            # The readline that pytest loads puts a size of its own into C's environment.
            terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execvpe(command[0], list(command), dict(environment) | terminal)
        self.resize(width, height)

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def resize(self, width: int, height: int) -> None:
        """Change the size of the terminal, as a window manager would."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.screen.resize(height, width)

    def type(self, keys: str) -> None:
        """Type keys."""
        os.write(self.master, keys.encode())

    def read(self, seconds: float) -> bool:
        """Read what is written within `seconds`; tell whether the command still runs."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.master], [], [], max(0.0, left))
            if not ready:
                return True
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            if not data:
                self._reap(block=True)
                return False
            self.written += len(data)
            self.raw += data
            del self.raw[:-65536]
            if self._stream is not None:
                self._stream.feed(data)
            if left <= 0:
                return True

    def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> float:
        """Read until `condition` holds; return the seconds it took.

        Raises AssertionError with the screen if it does not hold in time.
        """
        started = time.monotonic()
        while not condition():
            alive = self.read(0.02)
            late = time.monotonic() - started > seconds
            assert (alive and not late) or condition(), "waited in vain:\n" + self.text()
        return time.monotonic() - started

    def text(self) -> str:
        """Return what the screen shows."""
        # What pyte calls its display fails on a wide character that is half overwritten.
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join(
            "".join(row[x].data for x in range(self.screen.columns)).rstrip() for row in rows
        )

    def wait(self, seconds: float = 20.0) -> int:
        """Read until the command ends; return its exit status."""
        deadline = time.monotonic() + seconds
        while self.read(0.1):
            assert time.monotonic() < deadline, "it does not end:\n" + self.text()
        assert self.status is not None
        return self.status

    def _reap(self, *, block: bool) -> None:
        if self.status is None:
            pid, status = os.waitpid(self.pid, 0 if block else os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the command."""
        os.kill(self.pid, number)

    def end(self) -> None:
        """End the command if it still runs, and close the terminal."""
        if self.status is None:
            self._reap(block=False)
        if self.status is None:
            self.kill()
            self._reap(block=True)
        os.close(self.master)
