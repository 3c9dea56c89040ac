"""Which rows of the view are on screen, and on which of them is the cursor?

Rows are known by their sequence number, never by their place, so the cursor and the first row shown
stay on their records while others come and go.
"""

from __future__ import annotations

from typing import Protocol

from siptui.record import Record


class Rows(Protocol):
    """The part of `siptui.view.View` that the stream shows."""

    cursor: int
    following: bool
    frozen: bool

    @property
    def marks(self) -> object:
        """The marked sequence numbers; anything that answers ``in``."""
        ...

    @property
    def new_count(self) -> int:
        """How many matching messages are not shown because the stream stands still."""
        ...

    def __len__(self) -> int: ...

    def seq_at(self, row: int) -> int:
        """Return the sequence number of a row."""
        ...

    def row_of(self, seq: int) -> int:
        """Return the row of a sequence number, or of the one that stands in for it."""
        ...

    def record(self, seq: int) -> Record | None:
        """Return a record, or None if it is gone."""
        ...


class Window:
    """Hold the part of the rows that is visible; following keeps it at the newest."""

    def __init__(self, view: Rows) -> None:
        """Begin at the first row, one row high."""
        self.view = view
        self.height = 1
        """How many rows are visible."""
        self.top = 0
        """The first row that is visible."""
        self._top_seq = -1

    def settle(self) -> None:
        """Bring the window and the cursor in line with the rows that there are now."""
        view, count = self.view, len(self.view)
        if not count:
            self.top, self._top_seq = 0, -1
            return
        if view.following:
            view.cursor = view.seq_at(count - 1)
            self.top = max(0, count - self.height)
        else:
            at = view.row_of(self._top_seq) if self._top_seq >= 0 else self.top
            row = self.cursor_row
            at = min(max(at, row - self.height + 1), row)
            self.top = max(0, min(at, count - self.height))
            view.cursor = view.seq_at(row)
        self._top_seq = view.seq_at(self.top)

    @property
    def cursor_row(self) -> int:
        """The row of the cursor; 0 if there is none."""
        count = len(self.view)
        return max(0, min(self.view.row_of(self.view.cursor), count - 1)) if count else 0

    def go(self, row: int) -> None:
        """Put the cursor on a row and make it visible; leaving the newest ends following."""
        count = len(self.view)
        if not count:
            return
        row = max(0, min(row, count - 1))
        if row < count - 1:
            self.view.following = False
        top = min(max(self.top, row - self.height + 1), row)
        self.view.cursor = self.view.seq_at(row)
        self._show(top)

    def move(self, lines: int) -> None:
        """Move the cursor by some rows, down if positive."""
        self.settle()
        self.go(self.cursor_row + lines)

    def page(self, pages: float) -> None:
        """Move the window and the cursor by a part of a page."""
        self.settle()
        lines = round(pages * self.height)
        row = self.cursor_row + lines
        self.top = max(0, min(self.top + lines, len(self.view) - self.height))
        self.go(row)

    def scroll(self, lines: int) -> None:
        """Move the window; the cursor stays on its record as long as that is visible."""
        self.settle()
        top = max(0, min(self.top + lines, len(self.view) - self.height))
        if top != self.top:
            self.view.following = False
            row = max(top, min(self.cursor_row, top + self.height - 1))
            self.view.cursor = self.view.seq_at(row)
            self._show(top)

    def _show(self, top: int) -> None:
        count = len(self.view)
        self.top = max(0, min(top, count - self.height))
        self._top_seq = self.view.seq_at(self.top) if count else -1
        self.settle()
