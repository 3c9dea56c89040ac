"""How does the screen reach a terminal at the end of a thin line?

Textual writes every region that may have changed. This driver keeps what the terminal shows and
writes only what differs. Textual's own writer thread does the writing.
"""

from __future__ import annotations

import signal
from typing import Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message

from siptui.tui.cells import Cells, is_frame

_SYNC_START = "\x1b[?2026h"
_SYNC_END = "\x1b[?2026l"


class ThinDriver(LinuxDriver):
    """Write only changed cells to the terminal, and count the bytes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what Textual's own driver takes."""
        super().__init__(*arguments, **options)
        self.written = 0
        """Characters written since the start."""
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
            self._send(self._cells.rest() + data)

    def _write_frame(self, frame: str) -> None:
        size = self._app.size
        if (size.width, size.height) != (self._cells.width, self._cells.height):
            self._cells = Cells(size.width, size.height)
        self._cells.draw(frame)
        difference = self._cells.difference()
        if difference:
            self._send(f"{_SYNC_START}{difference}{_SYNC_END}" if self._in_sync else difference)

    def _send(self, data: str) -> None:
        self.written += len(data)
        super().write(data)

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


def driver_class(*, plain: bool) -> type[Driver] | None:
    """Return the driver to use; None is Textual's own choice."""
    return None if plain else ThinDriver
