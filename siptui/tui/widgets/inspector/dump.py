"""Which bytes are there, and which of them belong to what was chosen?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rich.style import Style
from textual import events

from siptui.tui.paint import Part, Signs
from siptui.tui.widgets.inspector.part import NOWHERE, InspectorPart, Range

WIDE, NARROW = 16, 8
"""Bytes a row."""


def dump_width(size: int, digits: int = 4) -> int:
    """Return how many cells a row of `size` bytes takes, the gutter included."""
    return 1 + digits + 2 + 3 * size - 1 + (1 if size > 8 else 0) + 2 + size


def _common(one: str, other: str) -> str:
    """Return the roles of the space between two bytes: what holds for both."""
    return " ".join(role for role in ("cursor", "found") if role in one and role in other)


class Dump(InspectorPart):
    """Show bytes in rows of hexadecimal digits and ASCII."""

    def __init__(self, *, id: str = "dump", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self.data = b""
        self.cursor = 0
        self.range: Range = NOWHERE
        """What was chosen in the other part, or the field the cursor stands in."""
        self.defects: tuple[Range, ...] = ()
        self.needle = b""
        """What is searched for; in lower case unless `exact`."""
        self.exact = False
        self._rows: dict[int, list[Part]] = {}

    def show(self, data: bytes, defects: Sequence[Range]) -> None:
        """Show other bytes from the first on; `defects` are ranges that something is wrong with."""
        self.data = data
        self.defects = tuple(defects)
        self.cursor = 0
        self.range = NOWHERE
        self.top = 0
        self._rows.clear()
        self.repaint()

    @property
    def size_of_row(self) -> int:
        """How many bytes a row has room for."""
        return WIDE if self.size.width >= dump_width(WIDE, self.digits) else NARROW

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return -(-len(self.data) // self.size_of_row)

    @property
    def digits(self) -> int:
        """How many digits an offset takes."""
        return max(4, len(f"{len(self.data):x}"))

    def choose(self, range: Range) -> None:
        """Highlight a range, stand on its first byte and scroll to it."""
        self.range = range
        if range[0] >= 0 and self.data:
            self.cursor = min(range[0], len(self.data) - 1)
            size = self.size_of_row
            self.look_at(range[0] // size, max(range[0], range[1] - 1) // size)
        self._rows.clear()
        self.repaint()

    def move_to(self, offset: int) -> None:
        """Stand on another byte and say so."""
        if not self.data:
            return
        self.cursor = max(0, min(offset, len(self.data) - 1))
        row = self.cursor // self.size_of_row
        self.look_at(row, row)
        self._rows.clear()
        self.repaint()
        self.post_message(self.Moved(self, (self.cursor, self.cursor + 1)))

    def move(self, rows: int = 0, bytes_: int = 0) -> None:
        """Move by rows or bytes; a row that is not there moves nothing."""
        to = self.cursor + rows * self.size_of_row + bytes_
        if rows and abs(rows) > 1:
            to = max(to, self.cursor % self.size_of_row)
        if rows and not 0 <= to < len(self.data):
            to = self.cursor if abs(rows) == 1 else len(self.data) - 1
        self.move_to(to)

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        return [
            (self.top + y, self.cursor, self.range, self.has_focus) for y in range(self.size.height)
        ]

    def line(self, y: int) -> Sequence[Part]:
        """Return offset, digits and characters of one row."""
        row = self.top + y
        at = row * self.size_of_row
        if at >= len(self.data):
            if not self.data and y == 0:
                return [(" no bytes: an empty datagram", "dim")]
            return ()
        if row not in self._rows:
            if len(self._rows) > 500:
                self._rows.clear()
            self._rows[row] = self._paint(at)
        return self._rows[row]

    def _paint(self, at: int) -> list[Part]:
        size = self.size_of_row
        row = self.data[at : at + size]
        roles = self._roles(at, row)
        here = at <= self.cursor < at + size
        gutter = self.signs.cursor if here and self.has_focus else " "
        parts: list[Part] = [(gutter, "focus"), (f"{at:0{self.digits}x}  ", "dim")]
        for number, byte in enumerate(row):
            if number:
                gap = "  " if number == 8 else " "
                parts.append((gap, _common(roles[number - 1], roles[number])))
            parts.append((f"{byte:02x}", roles[number]))
        missing = size - len(row)
        blank = 2 + 3 * missing + (1 if size > 8 and len(row) <= 8 else 0)
        parts.append((" " * blank, ""))
        for byte, role in zip(row, roles, strict=True):
            parts.append((chr(byte) if 0x20 <= byte < 0x7F else ".", role))
        return parts

    def _roles(self, at: int, row: bytes) -> list[str]:
        start, stop = self.range
        roles = []
        for offset, byte in enumerate(row, at):
            role = "text" if 0x20 <= byte < 0x7F else "dim"
            if any(first <= offset < max(last, first + 1) for first, last in self.defects):
                role = "alarm"
            if start <= offset < stop:
                role += " cursor"
            roles.append(role)
        if self.needle:
            self._mark(at, row, roles)
        if self.has_focus and at <= self.cursor < at + len(row):
            roles[self.cursor - at] += " byte"
        return roles

    def _fold(self, data: bytes) -> bytes:
        return data if self.exact else data.lower()

    def _mark(self, at: int, row: bytes, roles: list[str]) -> None:
        margin = len(self.needle) - 1
        first = max(0, at - margin)
        near = self._fold(self.data[first : at + len(row) + margin])
        found = near.find(self.needle)
        while found >= 0:
            for offset in range(first + found, first + found + len(self.needle)):
                if at <= offset < at + len(row):
                    roles[offset - at] += " found"
            found = near.find(self.needle, found + 1)

    def ink(self, roles: str) -> Style:
        """Return the style of some roles; the byte under the cursor is in reverse video."""
        if roles.endswith(" byte") or " byte " in roles:
            style = super().ink(roles.replace(" byte", ""))
            # Without colours the range is in reverse video already.
            return style + Style(reverse=not style.reverse)
        return super().ink(roles)

    def on_resize(self) -> None:
        """Fold anew, with the cursor still in sight."""
        self._rows.clear()
        row = self.cursor // self.size_of_row
        self.look_at(row, row)
        self.repaint()

    def repaint(self) -> None:
        """Forget what is shown and paint everything."""
        self._rows.clear()
        super().repaint()

    def on_click(self, event: events.Click) -> None:
        """Stand on the byte under the mouse, in digits or characters."""
        event.stop()
        size = self.size_of_row
        digits = 1 + self.digits + 2
        x = event.x - digits
        middle = 1 if size > 8 else 0
        characters = 3 * size - 1 + middle + 2
        if x < 0:
            number = 0
        elif x >= characters:
            number = x - characters
        else:
            number = (x - (middle if x >= 24 else 0)) // 3
        self.move_to((self.top + event.y) * size + min(number, size - 1))

    def find(self, step: int) -> bool:
        """Move to the next match in the direction of `step`."""
        if not self.needle:
            return False
        data = self._fold(self.data)
        if step > 0:
            at = data.find(self.needle, self.cursor + 1)
            at = at if at >= 0 else data.find(self.needle)
        else:
            at = data.rfind(self.needle, 0, self.cursor + len(self.needle) - 1)
            at = at if at >= 0 else data.rfind(self.needle)
        if at < 0:
            return False
        self.move_to(at)
        return True
