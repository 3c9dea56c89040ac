"""How does the screen reach a terminal at the end of a thin line?

Textual writes every region that may have changed. The thin driver keeps what the terminal shows and
writes only what differs; the plain one writes all. Textual's own writer thread does the writing.
"""

from __future__ import annotations

import signal
from typing import Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message

from siptui.tui.cells import Cells, is_frame
from siptui.tui.frames import Line

_SYNC_START = "\x1b[?2026h"
_SYNC_END = "\x1b[?2026l"


class PlainDriver(LinuxDriver):
    """Write all that Textual draws, and measure the line to the terminal."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what Textual's own driver takes."""
        super().__init__(*arguments, **options)
        assert self._file is not None
        self.line = Line(self._file)
        self._file = self.line  # type: ignore[assignment]

    def _sigcont_application(self, *arguments: Any) -> None:
        """Come back from a suspension; otherwise only draw.

        A terminal that is closed sends this signal, too, and whoever stopped the process from
        outside: taking the terminal over once more would leave threads and its settings behind.
        """
        if self._must_signal_resume:
            super()._sigcont_application(*arguments)
        else:
            signal.raise_signal(signal.SIGWINCH)


class ThinDriver(PlainDriver):
    """Write only changed cells to the terminal."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what Textual's own driver takes."""
        super().__init__(*arguments, **options)
        self._cells = Cells(*self._get_terminal_size())
        self._in_sync = False

    def write(self, data: str) -> None:
        """Write a frame as its difference to what is shown, and anything else as it is."""
        if data == _SYNC_START:
            self._in_sync = True
        elif data == _SYNC_END:
            self._in_sync = False
        elif is_frame(data):
            self._write_frame(data)
        else:
            super().write(self._cells.rest() + data)

    def _write_frame(self, frame: str) -> None:
        size = self._app.size
        if (size.width, size.height) != (self._cells.width, self._cells.height):
            self._cells = Cells(size.width, size.height)
        self._cells.draw(frame)
        difference = self._cells.difference()
        if difference:
            frame = f"{_SYNC_START}{difference}{_SYNC_END}" if self._in_sync else difference
            super().write(frame)

    def start_application_mode(self) -> None:
        """Take the terminal over, at the start and after a suspension."""
        self._cells.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        textuals = signal.getsignal(signal.SIGWINCH)

        def on_resize(number: int, frame: Any) -> None:
            # A terminal may move what it shows, even if it comes back to the old size at once.
            self._cells.forget()
            if callable(textuals):
                textuals(number, frame)

        signal.signal(signal.SIGWINCH, on_resize)

    def process_message(self, message: Message) -> None:
        """Forget what is shown when the terminal says by itself that its size changed."""
        if isinstance(message, Resize):
            self._cells.forget()
        super().process_message(message)


def driver_class(*, plain: bool) -> type[Driver]:
    """Return the driver to use."""
    return PlainDriver if plain else ThinDriver
