"""Which messages pass, and on which one does the user look?

One line a message, painted by the Line API from the view: what it costs depends on the height of
the screen, not on what is held. Rows are known by their sequence number, never by their place, so
the cursor and the first row shown stay on their records while others come and go.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Protocol

from textual import events
from textual.message import Message
from textual.strip import Strip

from siptui import text
from siptui.record import Record
from siptui.tui import columns
from siptui.tui.paint import Painted, Part, Signs, rule

HEAD = 2
"""Lines above the rows: the title and the heads of the columns."""
GUTTER = 3
"""Cells left of the first column: mark, defect, space."""
_CACHED = 3000
"""Rows and strips that are remembered."""

TIMES = ("clock", "age", "delta")
"""The ways to show the time: of day, age, since the row above."""


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
    empty: Sequence[str] = ()
    """Safe lines that say what is going on while there is no row."""


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
        self._top_seq = -1
        self._top = 0
        self._columns: list[tuple[columns.Column, int]] = []
        self._for_width: tuple[int, tuple[str, ...]] | None = None
        self._cells: OrderedDict[int, tuple[int, list[columns.Cell], bool]] = OrderedDict()
        self._strips: OrderedDict[Hashable, Strip] = OrderedDict()
        self._times: OrderedDict[int, int] = OrderedDict()

    @property
    def height(self) -> int:
        """How many rows are visible."""
        return max(1, self.size.height - HEAD)

    @property
    def layout_columns(self) -> list[tuple[columns.Column, int]]:
        """The columns that fit, with their widths."""
        key = (self.size.width, tuple(self.look.columns))
        if key != self._for_width:
            self._for_width = key
            self._columns = columns.choose(max(1, key[0] - GUTTER), self.look.columns)
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

    # Where the window and the cursor are

    def settle(self) -> None:
        """Bring the window and the cursor in line with the rows that there are now."""
        view, count = self.view, len(self.view)
        if not count:
            self._top, self._top_seq = 0, -1
            return
        if view.following:
            view.cursor = view.seq_at(count - 1)
            self._top = max(0, count - self.height)
        else:
            at = view.row_of(self._top_seq) if self._top_seq >= 0 else self._top
            self._top = max(0, min(at, count - self.height))
            row = self.cursor_row
            if not self._top <= row < self._top + self.height:
                row = max(self._top, min(row, self._top + self.height - 1))
            view.cursor = view.seq_at(row)
        self._top_seq = view.seq_at(self._top)

    @property
    def cursor_row(self) -> int:
        """The row of the cursor; 0 if there is none."""
        count = len(self.view)
        return max(0, min(self.view.row_of(self.view.cursor), count - 1)) if count else 0

    def go(self, row: int) -> None:
        """Put the cursor on a row and make it visible; upwards ends following."""
        count = len(self.view)
        if not count:
            return
        row = max(0, min(row, count - 1))
        if row < count - 1:
            self.view.following = False
        top = min(max(self._top, row - self.height + 1), row)
        self.view.cursor = self.view.seq_at(row)
        self._top = max(0, min(top, count - self.height))
        self._top_seq = self.view.seq_at(self._top)
        self.settle()
        self.sync()

    def move(self, lines: int) -> None:
        """Move the cursor by some rows, down if positive."""
        self.settle()
        self.go(self.cursor_row + lines)

    def page(self, pages: float) -> None:
        """Move the window and the cursor by a part of a page."""
        self.settle()
        lines = round(pages * self.height)
        self._top = max(0, min(self._top + lines, len(self.view) - self.height))
        self.go(self.cursor_row + lines)

    def wheel(self, lines: int) -> None:
        """Move the window; the cursor stays on its record as long as that is visible."""
        self.settle()
        count = len(self.view)
        top = max(0, min(self._top + lines, count - self.height))
        if top == self._top:
            return
        self.view.following = False
        self._top, self._top_seq = top, self.view.seq_at(top)
        self.settle()
        self.sync()

    def follow(self) -> None:
        """Go to the newest message and stay there."""
        self.view.following = True
        self.settle()
        self.sync()

    def stand(self) -> None:
        """Stop following, where the cursor is."""
        self.settle()
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
        self.settle()
        height = self.size.height
        keys: list[Hashable] = [self._title_key(), (self._for_width, self.column, self.look.time)]
        count = len(self.view)
        if not count:
            return keys + [("empty", y, *self.look.empty) for y in range(HEAD, height)]
        for row in range(self._top, self._top + self.height):
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
            self._top,
            self.height,
            self.has_focus,
            self.look.range_from,
        )

    def _row_key(self, row: int) -> Hashable:
        seq = self.view.seq_at(row)
        here = seq == self.view.cursor
        return (
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
        low, high = sorted((start, self.view.cursor))
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
        row = self._top + y - HEAD
        if y < HEAD or not len(self.view):
            return self.strip(self.line(y), width, "head" if y == 1 else "")
        if row >= len(self.view):
            return self.strip((), width)
        key = self._row_key(row)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._paint_row(row, key)
            if len(self._strips) > _CACHED:
                self._strips.popitem(last=False)
        return strip

    def _paint_row(self, row: int, key: Hashable) -> Strip:
        seq, column, focused, marked, found, ranged, clock, _ = key  # type: ignore[misc]
        defects, cells, known = self._row_cells(seq)
        base = ("cursor" if focused else "blurred") if column >= 0 else ""
        if ranged and column < 0:
            base = "blurred"
        if known:
            base += " dim"
        parts: list[Part] = [
            (self.signs.mark if marked or ranged else " ", "marked"),
            (self.signs.defect if defects else self.signs.dot if found else " ", "alarm"),
            (" ", ""),
        ]
        for at, (words, role) in enumerate(cells):
            if self.layout_columns[at][0].field == "time":
                words = text.fit(clock, self.layout_columns[at][1])
                role = "dim"
            if found and role == "text":
                role = "found"
            parts.append((words, f"{role} column" if at == column and focused else role))
            parts.append((" ", ""))
        return self.strip(parts, self.size.width, base.strip())

    def _row_cells(self, seq: int) -> tuple[int, list[columns.Cell], bool]:
        found = self._cells.get(seq)
        if found is None:
            record = self.view.record(seq)
            if record is None:
                return 0, [], False
            record = self._mask(record)
            cells = [columns.cell(record, column, width) for column, width in self.layout_columns]
            found = self._cells[seq] = (len(record.defects), cells, record.ours)
            if len(self._cells) > _CACHED:
                self._cells.popitem(last=False)
        return found

    def _time(self, row: int, seq: int) -> str:
        first = self.layout_columns[0]
        if first[0].field != "time" and "time" not in self.look.columns:
            return ""
        now = self._moment(seq)
        if self.look.time == "age":
            return text.duration(self._clock() - now / 1e9)
        if self.look.time == "delta":
            before = self._moment(self.view.seq_at(row - 1)) if row else now
            return f"+{(now - before) / 1e9:.3f}"
        width = next(w for column, w in self.layout_columns if column.field == "time")
        zone = UTC if self.look.utc else None
        return text.clock(now, zone, 3 if width >= 12 else 0)

    def _moment(self, seq: int) -> int:
        moment = self._times.get(seq)
        if moment is None:
            record = self.view.record(seq)
            moment = self._times[seq] = record.time if record else 0
            if len(self._times) > _CACHED:
                self._times.popitem(last=False)
        return moment

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
        most = len(view) - self.height
        at = f"{100 * self._top // most}%" if most > 0 else "all"
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
            words = text.fit(title, width, "right" if column.align == "right" else "left")
            here = at == self.column and self.has_focus
            parts.append((words, "head column" if here else "head"))
            parts.append((" ", "head"))
        return parts

    def _empty(self, y: int) -> list[Part]:
        lines = self.look.empty
        first = max(0, (self.height - len(lines)) // 3)
        if not first <= y < first + len(lines):
            return []
        words = lines[y - first]
        left = max(2, (self.size.width - text.width(words)) // 2)
        return [(" " * left, ""), (words, "title" if y == first else "dim")]

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row and the column; a click where it is opens the row."""
        event.stop()
        row = self._top + event.y - HEAD
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
        self.wheel(-3)
        self.post_message(self.Moved())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move three rows down."""
        event.stop()
        self.wheel(3)
        self.post_message(self.Moved())
