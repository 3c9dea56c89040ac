"""On which row of a table does the user look?

Rows are known by their keys, so that the cursor stays on a row, and the row where it is on the
screen, while others come, go and change places. Only what is visible is made into text.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Literal, NamedTuple

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part, Signs, rule

HEAD = 2
"""Lines above the rows: the title and the heads of the columns."""


class Head(NamedTuple):
    """Describe one column as it is shown."""

    name: str
    title: str
    width: int
    align: Literal["left", "right"] = "left"


class Listing(Painted, can_focus=True):
    """Show a table of rows."""

    class Chosen(Message):
        """A row was clicked where the cursor was."""

    class Sorted(Message):
        """The head of a column was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, *, id: str = "listing", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self.top = 0
        self.cursor = 0
        self.rows: Sequence[Hashable] = ()
        self.title: tuple[list[Part], list[Part]] = ([], [])
        self.heads: Sequence[Head] = ()
        self.sort = ""
        self.descending = True
        self.empty = ""
        """A safe line that says why there is no row."""
        self._cells: Callable[[int], Sequence[Part]] = lambda row: ()

    def show(self, rows: Sequence[Hashable], cells: Callable[[int], Sequence[Part]]) -> None:
        """Show rows with these keys; `cells` gives the text and role of each column of a row.

        The cursor stays on its row, unless it is on the first, where it stays.
        """
        key = self.key
        line = self.cursor - self.top
        self._cells = cells
        if rows is not self.rows:
            self.rows = rows
            if key is not None and self.cursor:
                at = next((row for row, each in enumerate(rows) if each == key), None)
                self.cursor = min(self.cursor, max(0, len(rows) - 1)) if at is None else at
                self.top = self.cursor - line
        self._bound()
        self.sync()

    @property
    def key(self) -> Hashable | None:
        """The key of the row under the cursor; None if there is none."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def height(self) -> int:
        """How many rows are visible."""
        return max(1, self.size.height - HEAD)

    def _bound(self) -> None:
        self.cursor = max(0, min(self.cursor, len(self.rows) - 1))
        self.top = min(max(self.top, self.cursor - self.height + 1), self.cursor)
        self.top = max(0, min(self.top, len(self.rows) - self.height))

    def go(self, row: int) -> None:
        """Put the cursor on a row and make it visible."""
        self.cursor = row
        self._bound()
        self.sync()

    def move(self, lines: int) -> None:
        """Move the cursor by some rows, down if positive."""
        self.go(self.cursor + lines)

    def page(self, pages: float) -> None:
        """Move window and cursor by a part of a page."""
        lines = round(pages * self.height)
        self.top += lines
        self.go(self.cursor + lines)

    # Painting

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        left, right = self.title
        keys: list[Hashable] = [
            (tuple(left), tuple(right), self.has_focus, self.size.width),
            (tuple(self.heads), self.sort, self.descending),
        ]
        for row in range(self.top, self.top + self.height):
            if row < len(self.rows):
                keys.append((tuple(self._cells(row)), row == self.cursor, tuple(self.heads)))
            else:
                keys.append((self.empty, len(self.rows)))
        return keys

    def line(self, y: int) -> Sequence[Part]:
        """Return the title, the heads, or a row."""
        if y == 0:
            left, right = self.title
            return rule(left, right, self.size.width, self.signs, self.has_focus)
        if y == 1:
            return self._heads()
        row = self.top + y - HEAD
        if row >= len(self.rows):
            return [(f"  {self.empty}", "dim")] if y == HEAD and not self.rows else ()
        base = ("cursor" if self.has_focus else "blurred") if row == self.cursor else ""
        parts: list[Part] = [(" ", base)]
        for head, (words, role) in zip(self.heads, self._cells(row), strict=False):
            parts.append((text.fit(words, head.width, head.align), f"{base} {role}"))
            parts.append((" ", base))
        parts.append((" " * self.size.width, base))
        return parts

    def _heads(self) -> list[Part]:
        parts: list[Part] = [(" ", "head")]
        for head in self.heads:
            title = head.title
            if head.name == self.sort:
                sign = self.signs.down if self.descending else self.signs.up
                title = text.cut(title, head.width - 1) + sign
            role = "head focus" if head.name == self.sort else "head"
            parts.append((text.fit(title, head.width, head.align), role))
            parts.append((" ", "head"))
        parts.append((" " * self.size.width, "head"))
        return parts

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Sort by the head under the mouse, or go to the row; twice chooses it."""
        event.stop()
        if event.y == 1:
            x = 1
            for head in self.heads:
                if x <= event.x <= x + head.width:
                    self.post_message(self.Sorted(head.name))
                x += head.width + 1
        row = self.top + event.y - HEAD
        if event.y >= HEAD and row < len(self.rows):
            self.go(row)
            if event.chain == 2:
                self.post_message(self.Chosen())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move three rows up."""
        event.stop()
        self.move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move three rows down."""
        event.stop()
        self.move(3)
