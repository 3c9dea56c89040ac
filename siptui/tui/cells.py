"""Which bytes make the terminal show what was drawn, given what it shows already?

`Cells` is fed the frames that Textual would write, keeps them as cells, and gives the difference to
what the terminal shows: only changed cells, in their colours, and a moved block of rows as a move.
"""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len, get_character_cell_size

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|\x1b\]8;[^\x1b]*\x1b\\|(\n)|([^\x1b\n]+)")
_FRAME = re.compile(r"\x1b\[\d+;\d+H")
_UNKNOWN: Final = "\0"
"""A character that nobody draws: what the terminal shows there is not known."""
_GAP = 6
"""Unchanged cells that are cheaper to write again than to jump over."""
_FEWEST_MOVED = 4
"""Rows that must move together before moving them is worth the control sequences."""


def is_frame(data: str) -> bool:
    """Tell whether what Textual writes is a frame and not a mode, a title or a query."""
    return _FRAME.match(data) is not None


class Cells:
    """Hold what was drawn and what the terminal shows, cell by cell."""

    def __init__(self, width: int, height: int) -> None:
        """Begin with a terminal of `width` by `height` cells that shows nobody knows what."""
        self.width = width
        self.height = height
        self._drawn = [[" "] * width for _ in range(height)]
        self._drawn_styles = [[""] * width for _ in range(height)]
        self._shown = [[_UNKNOWN] * width for _ in range(height)]
        self._shown_styles = [[""] * width for _ in range(height)]
        self._cursor = (0, 0)

    def forget(self) -> None:
        """Take nothing for shown any more, as after a suspension or a change of size."""
        self._shown = [[_UNKNOWN] * self.width for _ in range(self.height)]

    def draw(self, frame: str) -> None:
        """Put one frame of Textual's into the cells."""
        x = y = 0
        style = ""
        for match in _TOKEN.finditer(frame):
            row, column, sgr, newline, text = match.groups()
            if text is not None:
                x = self._put(y, x, text, style)
            elif sgr is not None:
                style = "" if sgr in {"", "0"} else sgr
            elif row is not None:
                y, x = int(row) - 1, int(column) - 1
            elif newline is not None:
                y, x = y + 1, 0
        self._cursor = (y, x)

    def _put(self, y: int, x: int, text: str, style: str) -> int:
        """Put `text` at a place; return the column behind it."""
        if not 0 <= y < self.height:
            return x
        characters = list(text)
        if not text.isascii() and cell_len(text) != len(text):
            characters = _by_cell(text)
        room = self.width - x
        if room <= 0:
            return x + len(characters)
        count = min(len(characters), room)
        row = self._drawn[y]
        if x and not row[x]:
            # A wide character that is half overwritten shows nothing in its other half.
            row[x - 1] = " "
        if x + count < self.width and not row[x + count]:
            row[x + count] = " "
        row[x : x + count] = characters[:count]
        self._drawn_styles[y][x : x + count] = [style] * count
        return x + len(characters)

    def difference(self) -> str:
        """Return what to write so that the terminal shows what was drawn; empty if it does."""
        pen = _Pen()
        self._move_block(pen)
        for y in range(self.height):
            drawn, shown = self._drawn[y], self._shown[y]
            styles, shown_styles = self._drawn_styles[y], self._shown_styles[y]
            if drawn == shown and styles == shown_styles:
                continue
            if _simple(drawn) and _simple(shown):
                self._write_changes(pen, y)
            else:
                # Terminals disagree on wide characters: the row is written whole, from its start.
                pen.write(y, 0, drawn, styles)
            self._shown[y] = drawn.copy()
            self._shown_styles[y] = styles.copy()
        return pen.finish(self._cursor)

    def _write_changes(self, pen: _Pen, y: int) -> None:
        drawn, shown = self._drawn[y], self._shown[y]
        styles, shown_styles = self._drawn_styles[y], self._shown_styles[y]
        changed = [
            x for x in range(self.width) if drawn[x] != shown[x] or styles[x] != shown_styles[x]
        ]
        start = end = changed[0]
        for x in changed[1:]:
            if x - end > _GAP:
                pen.write(y, start, drawn[start : end + 1], styles[start : end + 1])
                start = x
            end = x
        pen.write(y, start, drawn[start : end + 1], styles[start : end + 1])

    def _move_block(self, pen: _Pen) -> None:
        """Let the terminal move rows that only changed their place, if that saves writing."""
        found = self._moved_rows()
        if found is None:
            return
        top, bottom, by = found
        pen.scroll(top, bottom, by)
        height = bottom - top + 1
        blank = [_UNKNOWN] * self.width
        for rows in (self._shown, self._shown_styles):
            block = rows[top : bottom + 1]
            new = [blank.copy() for _ in range(abs(by))]
            rows[top : bottom + 1] = (block[by:] + new) if by > 0 else (new + block[: height + by])

    def _moved_rows(self) -> tuple[int, int, int] | None:
        """Return first and last row and distance (up is above 0) of the best move, or None."""
        drawn = ["".join(row) for row in self._drawn]
        shown = ["".join(row) for row in self._shown]
        places: dict[str, list[int]] = {}
        for y, row in enumerate(shown):
            if row.strip() and _UNKNOWN not in row:
                places.setdefault(row, []).append(y)
        best: tuple[int, int, int, int] | None = None
        tried: set[int] = set()
        for y, row in enumerate(drawn):
            if row == shown[y] or len(places.get(row, ())) != 1:
                continue
            by = places[row][0] - y
            if by in tried:
                continue
            tried.add(by)
            run = self._longest_run(drawn, shown, by)
            if run is None:
                continue
            first, last = run
            if best is None or last - first > best[1] - best[0]:
                best = (first, last, by, 0)
        if best is None or best[1] - best[0] + 1 < _FEWEST_MOVED:
            return None
        first, last, by, _ = best
        return (first, last + by, by) if by > 0 else (first + by, last, by)

    def _longest_run(self, drawn: list[str], shown: list[str], by: int) -> tuple[int, int] | None:
        """Return first and last drawn row of the longest run that is shown `by` rows lower."""
        best: tuple[int, int] | None = None
        start = -1
        for y in range(max(0, -by), min(self.height, self.height - by) + 1):
            inside = y < min(self.height, self.height - by)
            if inside and drawn[y] == shown[y + by]:
                start = y if start < 0 else start
            elif start >= 0:
                if best is None or y - 1 - start > best[1] - best[0]:
                    best = (start, y - 1)
                start = -1
        return best


def _by_cell(text: str) -> list[str]:
    """Return one entry a cell: a wide character is followed by an empty one."""
    cells: list[str] = []
    for character in text:
        size = get_character_cell_size(character)
        if size == 0 and cells:
            at = len(cells) - 1
            while at > 0 and not cells[at]:
                at -= 1
            cells[at] += character
        elif size:
            cells.append(character)
            cells += [""] * (size - 1)
    return cells


def _simple(row: list[str]) -> bool:
    """Tell whether each cell of a row holds just one character of its own."""
    return "" not in row and all(len(cell) == 1 for cell in row)


class _Pen:
    """Write cells with as few bytes as possible."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._style = ""
        self._at: tuple[int, int] | None = None

    def write(self, y: int, x: int, characters: list[str], styles: list[str]) -> None:
        """Write cells of one row, beginning at a place."""
        if self._at != (y, x):
            self._out.append(f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H")
        start = 0
        for end in range(1, len(styles) + 1):
            if end == len(styles) or styles[end] != styles[start]:
                self._take(styles[start])
                self._out.append("".join(characters[start:end]))
                start = end
        self._at = (y, x + len(characters))

    def _take(self, style: str) -> None:
        if style == self._style:
            return
        if not style:
            self._out.append("\x1b[m")
        else:
            self._out.append(f"\x1b[{_change(self._style, style)}m")
        self._style = style

    def scroll(self, top: int, bottom: int, by: int) -> None:
        """Move rows `top` to `bottom` up by `by` rows, or down if it is below 0."""
        move = f"\x1b[{by}M" if by > 0 else f"\x1b[{-by}L"
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H{move}\x1b[r")
        self._at = None

    def finish(self, cursor: tuple[int, int]) -> str:
        """Return everything written, with the cursor left where Textual wants it."""
        if not self._out:
            return ""
        if self._style:
            self._out.append("\x1b[m")
        self._out.append(f"\x1b[{cursor[0] + 1};{cursor[1] + 1}H")
        return "".join(self._out)


def _change(old: str, new: str) -> str:
    """Return the shortest SGR parameters that lead from one style to another."""
    whole = f"0;{new}" if old else new
    if not old:
        return whole
    old_parts, new_parts = _parts(old), _parts(new)
    if old_parts[0] != new_parts[0] or any(
        before and not after for before, after in zip(old_parts[1:], new_parts[1:], strict=True)
    ):
        return whole
    changed = [
        after
        for before, after in zip(old_parts[1:], new_parts[1:], strict=True)
        if after and before != after
    ]
    partial = ";".join(changed)
    return partial if partial and len(partial) < len(whole) else whole


_PARTS: dict[str, tuple[str, str, str]] = {}


def _parts(style: str) -> tuple[str, str, str]:
    """Return attributes, foreground and background of SGR parameters."""
    known = _PARTS.get(style)
    if known is not None:
        return known
    attributes, foreground, background = [], "", ""
    codes = iter(style.split(";"))
    for code in codes:
        if code in {"38", "48"}:
            kind = next(codes, "5")
            values = [next(codes, "0") for _ in range(3 if kind == "2" else 1)]
            colour = ";".join((code, kind, *values))
            if code == "38":
                foreground = colour
            else:
                background = colour
        elif code.startswith(("3", "9")) and len(code) == 2:
            foreground = code
        elif (code.startswith("4") and len(code) == 2) or code.startswith("10"):
            background = code
        else:
            attributes.append(code)
    if len(_PARTS) > 4096:
        _PARTS.clear()
    _PARTS[style] = (";".join(attributes), foreground, background)
    return _PARTS[style]
