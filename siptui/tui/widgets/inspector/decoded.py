"""What does the message say, line by line?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual import events
from textual.strip import Strip

from siptui import text
from siptui.tui.paint import Part, Signs
from siptui.tui.widgets.inspector.items import Item
from siptui.tui.widgets.inspector.part import InspectorPart, fold, mark

GUTTER = 2


class Decoded(InspectorPart):
    """Show facts, start line, header fields and body; one of them is under the cursor."""

    def __init__(self, *, id: str = "decoded", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self.items: Sequence[Item] = ()
        self.cursor = 0
        self.needle = ""
        self._rows: list[tuple[int, list[Part]]] = []
        self._first: list[int] = []
        """The first row of each item."""
        self._moved = False
        """Whether the user has moved the cursor since the items came."""
        self._folded_to: tuple[int, Sequence[Item]] = (0, ())

    @property
    def item(self) -> Item | None:
        """The item under the cursor."""
        return self.items[self.cursor] if self.cursor < len(self.items) else None

    def show(self, items: Sequence[Item], cursor: int) -> None:
        """Show other items, one of them under the cursor."""
        self.items = items
        self.cursor = cursor
        self._moved = False
        self._begin()
        self.repaint()

    def _begin(self) -> None:
        """Scroll to the cursor; where the facts above it fill the room, they give way."""
        self._fold()
        self.top = 0
        if self._first and self._first[self.cursor] > self.size.height - 4:
            self.top = max(0, self._first[self.cursor] - 1)
        self._look()

    def choose(self, number: int) -> None:
        """Put the cursor on an item without saying so."""
        if number != self.cursor:
            self._moved = True
            self.cursor = number
            self._look()
            self.sync()

    def move_to(self, number: int) -> None:
        """Put the cursor on an item and say which bytes it has."""
        if not self.items:
            return
        self._moved = True
        self.cursor = max(0, min(number, len(self.items) - 1))
        self._look()
        self.sync()
        self.post_message(self.Moved(self, self.items[self.cursor].range))

    def move(self, items: int) -> None:
        """Move by some items; section titles are stepped over."""
        step = 1 if items > 0 else -1
        to = self.cursor
        for _ in range(abs(items)):
            ahead = to + step
            while 0 <= ahead < len(self.items) and self.items[ahead].kind == "rule":
                ahead += step
            if not 0 <= ahead < len(self.items):
                break
            to = ahead
        if to == self.cursor and items < 0:
            self.scroll_rows(-self.top)
        self.move_to(to)

    def at(self, offset: int) -> int:
        """Return the number of the item whose bytes enclose `offset` closest, -1 if none."""
        best, size = -1, 1 << 62
        for number, item in enumerate(self.items):
            start, stop = item.range
            if (
                item.kind not in ("fact", "finding")
                and start <= offset < stop
                and stop - start < size
            ):
                best, size = number, stop - start
        return best

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        self._fold()
        return len(self._rows)

    def _fold(self) -> None:
        width = self.size.width - GUTTER
        if self._folded_to == (width, self.items) or width <= 0:
            return
        self._rows, self._first = [], []
        for number, item in enumerate(self.items):
            self._first.append(len(self._rows))
            if item.kind == "rule":
                self._rows.append((number, self._rule(item, width)))
                continue
            self._rows += [(number, row) for row in fold(item.parts, width, item.indent)]
        self._folded_to = (width, self.items)

    def _rule(self, item: Item, width: int) -> list[Part]:
        sign = self.signs.rule
        words = text.cut(item.parts[0][0], max(0, width - 6))
        rest = max(0, width - text.width(words) - 4)
        return [(sign * 2 + " ", "rule"), (words, "title"), (" " + sign * rest, "rule")]

    def _look(self) -> None:
        self._fold()
        if not self._first:
            return
        last = (
            self._first[self.cursor + 1] if self.cursor + 1 < len(self._first) else len(self._rows)
        )
        self.look_at(self._first[self.cursor], last - 1)

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        self._fold()
        shown = []
        for y in range(self.size.height):
            row = self.top + y
            here = row < len(self._rows) and self._rows[row][0] == self.cursor
            shown.append((row, here, self.has_focus))
        return shown

    def line(self, y: int) -> Sequence[Part]:
        """Return the gutter and one row of an item."""
        self._fold()
        row = self.top + y
        if row >= len(self._rows):
            if not self.items and y == 0:
                return [("  no message under the cursor", "dim")]
            return ()
        number, parts = self._rows[row]
        item = self.items[number]
        here = number == self.cursor
        first = self._first[number] == row
        if self.needle:
            parts = mark(parts, self.needle)
        gutter: list[Part] = [
            (self.signs.cursor if here and self.has_focus else " ", "focus"),
            (self.signs.defect if item.defect and first else " ", "alarm"),
        ]
        return [*gutter, *parts]

    def render_line(self, y: int) -> Strip:
        """Return line `y` in exactly the widget's width, raised under the cursor."""
        row = self.top + y
        here = row < len(self._rows) and self._rows[row][0] == self.cursor
        base = ("cursor" if self.has_focus else "blurred") if here else ""
        return self.strip(self.line(y), self.size.width, base)

    def on_resize(self) -> None:
        """Fold anew, with the cursor still in sight."""
        if self._moved:
            self._look()
        else:
            self._begin()
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """Choose the item under the mouse."""
        event.stop()
        row = self.top + event.y
        if row < len(self._rows):
            self.move_to(self._rows[row][0])

    def find(self, needle: str, step: int) -> bool:
        """Move to the next item, in the direction of `step`, that contains `needle`."""
        count = len(self.items)
        for distance in range(1, count + 1):
            number = (self.cursor + step * distance) % count
            words = "".join(each for each, _ in self.items[number].parts)
            if needle in words.lower():
                self.move_to(number)
                return True
        return False
