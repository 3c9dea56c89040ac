"""Which messages pass, and on which one does the user look?

One line a message, painted by the Line API from the view: what it costs depends on the height of
the screen, not on what is held. Rows are known by their sequence number, never by their place, so
the cursor and the first row shown stay on their records while others come and go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import NamedTuple

from textual import events
from textual.message import Message
from textual.strip import Strip

from siptui import text
from siptui.record import Record
from siptui.tui import columns
from siptui.tui.paint import Painted, Part, Signs, rule
from siptui.tui.window import Rows, Window

HEAD = 2
"""Lines above the rows: the title and the heads of the columns."""
GUTTER = 3
"""Cells left of the first column: mark, defect, news."""
_CACHED = 3000
"""Rows and strips that are remembered."""

TIMES = ("clock", "age", "delta")
"""The ways to show the time: of day, age, since the row above."""


@dataclass(slots=True)
class Look:
    """Say how rows are shown, beside what they are."""

    columns: Sequence[str] = ()
    """Fields that the settings ask for; empty: a sensible choice."""
    time: str = "clock"
    utc: bool = False
    held: int = 0
    """Messages held, for the title."""
    range_from: int = -1
    """Where a range of marks began; -1: nowhere."""
    label_words: Mapping[str, str] = field(default_factory=dict)
    """The short words that stand for labels."""
    empty: Sequence[str] = ()
    """Safe lines that say what is going on while there is no row."""


class _Row(NamedTuple):
    """Hold all that the painting of a row depends on."""

    seq: int
    column: int
    """Which column has the cursor; -1: the cursor is on another row."""
    focused: bool
    marked: bool
    found: bool
    ranged: bool
    time: str
    layout: object


class _Cells(NamedTuple):
    """Hold what a row says, whatever is done with it."""

    cells: list[columns.Cell]
    time: int
    """Arrival, in nanoseconds since the epoch."""
    defects: bool
    ours: bool
    new: bool


_GONE = _Cells([], 0, False, False, False)


class Stream(Painted, can_focus=True):
    """Show the messages that the filter lets through."""

    class Moved(Message):
        """The cursor was moved, or following stopped, by the mouse."""

    class Opened(Message):
        """A row was clicked twice."""

    def __init__(
        self,
        view: Rows,
        look: Look,
        *,
        clock: Callable[[], float],
        mask: Callable[[Record], Record],
        matches: Callable[[int], bool] = lambda seq: False,
        id: str = "stream",
        signs: Signs | None = None,
    ) -> None:
        super().__init__(id=id, signs=signs)
        self.view = view
        self.look = look
        self.column = 1
        """Which column has the column cursor."""
        self._clock = clock
        self._mask = mask
        self._matches = matches
        self.window = Window(view)
        self._at = -1
        """Where the cursor was when the lines were compared last."""
        self._time_width = 0
        self._columns: list[tuple[columns.Column, int]] = []
        self._sources = 15
        self._for_width: tuple[int, tuple[str, ...], int] | None = None
        self._cells: OrderedDict[int, _Cells] = OrderedDict()
        self._strips: OrderedDict[Hashable, Strip] = OrderedDict()

    @property
    def layout_columns(self) -> list[tuple[columns.Column, int]]:
        """The columns that fit, with their widths."""
        key = (self.size.width, tuple(self.look.columns), self._sources)
        if key != self._for_width:
            self._for_width = key
            width = max(1, self.size.width - GUTTER)
            self._columns = columns.choose(width, self.look.columns, self._sources)
            widths = {column.field: cells for column, cells in self._columns}
            self._time_width = widths.get("time", 0)
            self._forget()
        return self._columns

    def _forget(self) -> None:
        self._cells.clear()
        self._strips.clear()

    def repaint(self) -> None:
        """Forget what is shown and paint everything."""
        self._forget()
        super().repaint()

    def notify_style_update(self) -> None:
        """Drop painted rows: the theme or the focus has changed."""
        super().notify_style_update()
        self._strips.clear()

    # Moving

    def go(self, row: int) -> None:
        """Put the cursor on a row and make it visible; upwards ends following."""
        self.window.go(row)
        self.sync()

    def move(self, lines: int) -> None:
        """Move the cursor by some rows, down if positive."""
        self.window.move(lines)
        self.sync()

    def page(self, pages: float) -> None:
        """Move the window and the cursor by a part of a page."""
        self.window.page(pages)
        self.sync()

    def follow(self) -> None:
        """Go to the newest message and stay there."""
        self.view.following = True
        self.sync()

    def stand(self) -> None:
        """Stop following, where the cursor is."""
        self.window.settle()
        self.view.following = False

    def move_column(self, columns: int) -> None:
        """Move the column cursor, to the right if positive."""
        self.column = max(0, min(self.column + columns, len(self.layout_columns) - 1))
        self.sync()

    # The value under the cursor

    def value(self) -> tuple[str, str, Record] | None:
        """Return field, column and record under the cursor, or None if there is none."""
        if not len(self.view):
            return None
        record = self.view.record(self.view.cursor)
        if record is None:
            return None
        at = min(self.column, len(self.layout_columns) - 1)
        column = self.layout_columns[at][0].field
        return columns.term_field(column, record), column, record

    # Painting

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        height = self.size.height
        self.window.height = max(1, height - HEAD)
        self.window.settle()
        self._at = self.view.cursor
        _ = self.layout_columns
        keys: list[Hashable] = [self._title_key(), (self._for_width, self.column, self.look.time)]
        count = len(self.view)
        if not count:
            return keys + [("empty", y, *self.look.empty) for y in range(HEAD, height)]
        for row in range(self.window.top, self.window.top + self.window.height):
            keys.append(self._row_key(row) if row < count else None)
        return keys

    def _title_key(self) -> Hashable:
        view = self.view
        return (
            len(view),
            self.look.held,
            len(view.marks),  # type: ignore[arg-type]
            view.following,
            view.frozen,
            view.new_count,
            self.window.top,
            self.window.height,
            self.has_focus,
            self.look.range_from,
        )

    def _row_key(self, row: int) -> _Row:
        seq = self.view.seq_at(row)
        here = seq == self._at
        return _Row(
            seq,
            self.column if here else -1,
            here and self.has_focus,
            seq in self.view.marks,  # type: ignore[operator]
            self._matches(seq),
            self._in_range(seq),
            self._time(row, seq),
            self._for_width,
        )

    def _in_range(self, seq: int) -> bool:
        start = self.look.range_from
        if start < 0:
            return False
        low, high = sorted((start, self._at))
        return low <= seq <= high

    def line(self, y: int) -> Sequence[Part]:
        """Return the title, the heads or a line that says why there is nothing."""
        if y == 0:
            return self._title()
        if y == 1:
            return self._heads()
        return self._empty(y - HEAD)

    def render_line(self, y: int) -> Strip:
        """Return line `y`, rows from the cache."""
        width = self.size.width
        if not width:
            return Strip.blank(0)
        row = self.window.top + y - HEAD
        if y < HEAD or not len(self.view):
            return self.strip(self.line(y), width, "head" if y == 1 else "")
        if row >= len(self.view):
            return self.strip((), width)
        key = self._row_key(row)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._paint_row(key, width)
            if len(self._strips) > _CACHED:
                self._strips.popitem(last=False)
        return strip

    def _paint_row(self, key: _Row, width: int) -> Strip:
        seq, column, focused, marked, found, ranged, clock, _ = key
        cells, _, defects, ours, new = self._row_cells(seq)
        base = ("cursor" if focused else "blurred") if column >= 0 else ""
        if ranged and column < 0:
            base = "blurred"
        parts: list[Part] = [
            (self.signs.mark if marked or ranged else " ", "marked"),
            (self.signs.defect if defects else self.signs.dot if found else " ", "alarm"),
            (self.signs.ours if ours else self.signs.new if new else " ", "good"),
        ]
        layout = self.layout_columns
        for at, (words, role) in enumerate(cells):
            shown, room = layout[at]
            if shown.field == "time":
                words = text.fit(clock, room)
                role = "dim"
            if found and role == "text":
                role = "found"
            elif ours and role in ("text", "value", "dim"):
                role = "ours"
            parts.append((words, f"{role} column" if at == column and focused else role))
            parts.append((" ", ""))
        return self.strip(parts, width, base.strip())

    def _row_cells(self, seq: int) -> _Cells:
        found = self._cells.get(seq)
        if found is None:
            record = self.view.record(seq)
            if record is None:
                return _GONE
            record = self._mask(record)
            self._sources = max(self._sources, min(39, len(record.src)))
            short = self.look.label_words
            cells = [
                columns.cell(record, column, width, short) for column, width in self.layout_columns
            ]
            found = self._cells[seq] = _Cells(
                cells, record.time, bool(record.defects), record.ours, bool(record.new)
            )
            if len(self._cells) > _CACHED:
                self._cells.popitem(last=False)
        return found

    def _time(self, row: int, seq: int) -> str:
        if not self._time_width:
            return ""
        now = self._row_cells(seq).time
        if self.look.time == "age":
            return text.duration(self._clock() - now / 1e9)
        if self.look.time == "delta":
            before = self._row_cells(self.view.seq_at(row - 1)).time if row else now
            return f"{(now - before) / 1e9:+.3f}"
        zone = UTC if self.look.utc else None
        return text.clock(now, zone, 3 if self._time_width >= 12 else 0)

    def _title(self) -> list[Part]:
        view, look, signs = self.view, self.look, self.signs
        shown = len(view)
        left: list[Part] = [("messages ", "title"), (text.count(shown), "value")]
        if shown != look.held:
            left.append((f" of {text.count(look.held)}", "dim"))
        marks = len(view.marks)  # type: ignore[arg-type]
        if marks:
            left.append((f"  {signs.mark} {text.count(marks)} marked", "marked"))
        if look.range_from >= 0:
            left.append(("  range: V again ends it, Esc drops it", "chip"))
        return rule(left, self._chip(), self.size.width, signs, self.has_focus)

    def _chip(self) -> list[Part]:
        view = self.view
        new = f"+{text.count(view.new_count)} new" if view.new_count else ""
        most = len(view) - self.window.height
        at = f"{100 * self.window.top // most}%" if most > 0 else "all"
        if view.frozen:
            return [(f"{self.signs.paused} paused", "chip"), (f" {new}".rstrip(), "good")]
        if view.following:
            return [("following", "good")]
        parts: list[Part] = [(f"{at} ", "dim"), ("standing still", "chip")]
        return [*parts, (f" {new}, G follows", "good")] if new else parts

    def _heads(self) -> list[Part]:
        parts: list[Part] = [(" " * GUTTER, "head")]
        for at, (column, width) in enumerate(self.layout_columns):
            title = column.title
            if column.field == "time" and self.look.time != "clock":
                title = self.look.time
            words = text.fit(title, width, column.align)
            here = at == self.column and self.has_focus
            parts.append((words, "head column" if here else "head"))
            parts.append((" ", "head"))
        return parts

    def _empty(self, y: int) -> list[Part]:
        lines = self.look.empty
        first = max(0, (self.window.height - len(lines)) // 3)
        if not first <= y < first + len(lines):
            return []
        words = lines[y - first]
        left = max(2, (self.size.width - text.width(words)) // 2)
        return [(" " * left, ""), (words, "title" if y == first else "dim")]

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row and the column; a click where it is opens the row."""
        event.stop()
        row = self.window.top + event.y - HEAD
        if event.y < HEAD or row >= len(self.view):
            return
        x = GUTTER
        for at, (_, width) in enumerate(self.layout_columns):
            if event.x < x + width + 1:
                self.column = at
                break
            x += width + 1
        again = event.chain == 2
        self.view.following = False
        self.go(row)
        self.post_message(self.Opened() if again else self.Moved())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move three rows up."""
        event.stop()
        self._wheel(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move three rows down."""
        event.stop()
        self._wheel(3)

    def _wheel(self, lines: int) -> None:
        self.window.scroll(lines)
        self.sync()
        self.post_message(self.Moved())
