"""How often does each value of one field occur?

A row a value: name, bar, count, share, and the rate over the last minute. While the pane has the
focus its rows keep their order, so that nothing moves under the cursor; otherwise they are sorted.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part, Signs, bar, rule

SORTS = ("count", "rate", "name")
"""The orders that a pane can have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one value of a field and how often it occurs."""

    value: str
    """As it came; the pane makes it safe."""
    count: int
    rate: float
    """Messages a second over the last minute."""
    label: str = ""
    """What is shown instead of the value; empty: the value."""
    at_least: bool = False
    """Whether it may be more, because the value was forgotten in between."""


class TallyPane(Painted, can_focus=True):
    """Count the values of one field."""

    class Chosen(Message):
        """A row of a counter was chosen: its field and its value."""

        def __init__(self, field: str, value: str) -> None:
            super().__init__()
            self.field = field
            self.value = value

    def __init__(
        self, field: str, title: str, number: int, *, id: str, signs: Signs | None = None
    ) -> None:
        super().__init__(id=id, signs=signs)
        self.field = field
        self.title = title
        self.number = number
        self.sort = SORTS[0]
        self.cursor = 0
        self.top = 0
        self.total = 0
        self.distinct = 0
        self.entries: list[Entry] = []

    def count(self, field: str, title: str, number: int) -> None:
        """Count another field from now on."""
        self.field, self.title, self.number = field, title, number
        self.entries, self.cursor, self.top = [], 0, 0
        self.repaint()

    def show(self, entries: Sequence[Entry], total: int, distinct: int, whole: bool = True) -> None:
        """Show these values, of `total` messages and `distinct` values in all.

        `whole` says whether they are all that can be gone through, and not only the first.
        """
        self.total, self.distinct = total, distinct
        at = self.value
        entries = self._ordered(entries)
        if self.has_focus and self.entries:
            place = {entry.value: row for row, entry in enumerate(self.entries)}
            entries = sorted(entries, key=lambda entry: place.get(entry.value, len(place)))
        self.entries = entries
        if at is not None:
            rows = [row for row, entry in enumerate(entries) if entry.value == at]
            if rows:
                self.cursor = rows[0]
            elif whole:
                self.cursor = min(self.cursor, max(0, len(entries) - 1))
        if not self.has_focus:
            self.top = 0
        self.sync()

    def _ordered(self, entries: Sequence[Entry]) -> list[Entry]:
        if self.sort == "name":
            return sorted(entries, key=lambda entry: entry.label or entry.value)
        if self.sort == "rate":
            return sorted(entries, key=lambda entry: (-entry.rate, -entry.count, entry.value))
        return sorted(entries, key=lambda entry: (-entry.count, entry.value))

    def next_sort(self) -> str:
        """Sort by the next order; return its name."""
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        self.entries = self._ordered(self.entries)
        self.cursor = self.top = 0
        self.sync()
        return self.sort

    @property
    def value(self) -> str | None:
        """The value under the cursor, as it came; None if there is none."""
        return self.entries[self.cursor].value if self.cursor < len(self.entries) else None

    @property
    def height(self) -> int:
        """How many rows are visible."""
        return max(1, self.size.height - 1)

    def go(self, row: int) -> None:
        """Put the cursor on a row and make it visible."""
        self.cursor = max(0, min(row, len(self.entries) - 1))
        self.top = min(max(self.top, self.cursor - self.height + 1), self.cursor)
        self.sync()

    def move(self, lines: int) -> None:
        """Move the cursor by some rows, down if positive."""
        self.go(self.cursor + lines)

    def page(self, pages: float) -> None:
        """Move the cursor by a part of a page."""
        self.go(self.cursor + round(pages * self.height))

    # Painting

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        place = (self.cursor, len(self.entries)) if self.has_focus else ()
        keys: list[Hashable] = [(self.field, self.distinct, self.sort, place, self.size.width)]
        most = max((entry.count for entry in self.entries), default=0)
        for row in range(self.top, self.top + self.height):
            if row < len(self.entries):
                entry = self.entries[row]
                here = row == self.cursor and self.has_focus
                keys.append((*self._words(entry, most), here))
            else:
                keys.append((row == 0,))
        return keys

    def line(self, y: int) -> Sequence[Part]:
        """Return the title or the row of a value."""
        if y == 0:
            return self._title()
        row = self.top + y - 1
        if row >= len(self.entries):
            return [("  nothing", "dim")] if row == 0 else []
        most = max(entry.count for entry in self.entries)
        name, length, count, share, rate = self._words(self.entries[row], most)
        base = "cursor" if row == self.cursor and self.has_focus else ""
        return [
            (" ", base),
            (name, f"{base} text"),
            (" ", base),
            (length, f"{base} bar"),
            (count, f"{base} value"),
            (share, f"{base} dim"),
            (rate, f"{base} dim"),
            (" " * self.size.width, base),
        ]

    def _title(self) -> list[Part]:
        role = "focus" if self.has_focus else "title"
        left: list[Part] = [
            (f"{self.number} ", "key"),
            (self.title, role),
            (f" {text.count(self.distinct)}" if self.distinct else "", "dim"),
        ]
        right: list[Part] = [(f"by {self.sort}", "dim")] if self.sort != "count" else []
        if self.has_focus and len(self.entries) > self.height:
            right = [(f"{self.cursor + 1}/{len(self.entries)}", "dim")]
        return rule(left, right, self.size.width, self.signs, self.has_focus)

    def _words(self, entry: Entry, most: int) -> tuple[str, str, str, str, str]:
        """Return name, bar, count, share and rate, each in its width for this pane's."""
        width = self.size.width - 2
        count = 7 if width >= 30 else 6
        rate = 7 if width >= 40 else 0
        if 30 <= width < 40:
            rate = 6
        long = max(4, min(24, (width - 30) // 2)) if width >= 32 else 0
        name = max(3, width - 1 - long - count - 5 - rate)
        label = text.safe(entry.label or entry.value) or "(none)"
        more = "+" if entry.at_least else ""
        number = text.count(entry.count) + more
        if len(number) >= count:
            number = text.short_count(entry.count) + more
        share = text.share(entry.count, self.total)
        speed = text.rate(entry.rate) if entry.rate > 0 else ""
        if len(speed) >= rate:
            often = entry.rate >= 0.095
            number_a_unit = text.short_count(entry.rate * (1 if often else 60))
            speed = number_a_unit + ("/s" if often else "/m")
        return (
            text.fit(label, name),
            bar(entry.count / most if most else 0, long, self.signs),
            text.fit(number, count, "right"),
            text.fit(share, 5, "right"),
            text.fit(speed, rate, "right") if rate else "",
        )

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        event.stop()
        row = self.top + event.y - 1
        if event.y and row < len(self.entries):
            self.go(row)
            self.post_message(self.Chosen(self.field, self.entries[row].value))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move two rows up."""
        event.stop()
        self._wheel(-2)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move two rows down."""
        event.stop()
        self._wheel(2)

    def _wheel(self, lines: int) -> None:
        self.top = max(0, min(self.top + lines, len(self.entries) - self.height))
        self.cursor = max(self.top, min(self.cursor, self.top + self.height - 1))
        self.sync()
