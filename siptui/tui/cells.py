"""Which bytes make the terminal show what was drawn, given what it shows already?

`Cells` is fed the frames that Textual would write, keeps them as cells, and gives the difference to
what the terminal shows: only changed cells, in their colours, and a moved block of rows as a move.
"""

from __future__ import annotations

import re
from itertools import compress
from operator import gt, ne, or_
from typing import Final

from rich.cells import cell_len, split_graphemes

from siptui.tui.pen import Pen, Run, on_blanks

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|\x1b\]8;[^\x1b]*\x1b\\|(\n)|([^\x1b\n]+)")
_FRAME = re.compile(r"\x1b\[\d+;\d+H")
_UNKNOWN: Final = "\0"
"""A character that nobody draws: what the terminal shows there is not known."""
_GAP = 6
"""Unchanged cells that are cheaper to write again than to jump over."""
_JUMP = 7
"""Bytes by which the cursor gets to another place, about."""
_MOVING = 20
"""Bytes by which rows are moved, about."""


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
        self._pen = Pen(width)

    def forget(self) -> None:
        """Take nothing for shown any more, as after a suspension or a change of size."""
        self._shown = [[_UNKNOWN] * self.width for _ in range(self.height)]
        self._pen.lose()

    def rest(self) -> str:
        """Return what must come before anything that is no frame: the end of all styles."""
        return self._pen.take("")

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
        # What a style does not change on blanks is left out, so that it is not written for them.
        blank = on_blanks(style)
        styles = [style] * count
        if blank != style:
            styles = [blank if each == " " else style for each in characters[:count]]
        self._drawn_styles[y][x : x + count] = styles
        return x + len(characters)

    def difference(self) -> str:
        """Return what to write so that the terminal shows what was drawn; empty if it does."""
        moved = self._move_block()
        runs: list[Run] = []
        for y in range(self.height):
            if self._drawn[y] != self._shown[y] or self._drawn_styles[y] != self._shown_styles[y]:
                runs += self._runs(y)
                self._shown[y] = self._drawn[y].copy()
                self._shown_styles[y] = self._drawn_styles[y].copy()
        return f"{moved}{self._pen.write(runs)}{self._pen.move(*self._cursor)}"

    def _runs(self, y: int) -> list[Run]:
        """Return what has changed in a row as runs, with what is cheaper written than skipped."""
        drawn, styles = self._drawn[y], self._drawn_styles[y]
        shown, shown_styles = self._shown[y], self._shown_styles[y]
        runs: list[Run] = []
        start = end = -1
        style, blank, ground = "", True, ""

        def close() -> None:
            if start >= 0:
                text = "".join(drawn[start:end])
                simple = len(text) == end - start and "" not in drawn[start:end]
                runs.append(Run(y, start, text, style, end - start, simple))

        differs = map(or_, map(ne, drawn, shown), map(ne, styles, shown_styles))
        for x in compress(range(self.width), differs):
            is_blank = drawn[x] == " "
            if x == end and (styles[x] == style or (is_blank and styles[x] == ground)):
                blank = blank and is_blank
            else:
                joined = None
                if start >= 0 and x - end <= _GAP:
                    joined = _join(style, blank, drawn[end : x + 1], styles[end : x + 1])
                if joined is None:
                    close()
                    start, style, blank = x, styles[x], is_blank
                else:
                    style, blank = joined
                ground = on_blanks(style)
            end = x + 1
        close()
        return runs

    def _move_block(self) -> str:
        """Let the terminal move rows that only changed their place, if that saves writing."""
        found = self._moved_rows()
        if found is None:
            return ""
        top, bottom, by = found
        blank = [_UNKNOWN] * self.width
        for rows in (self._shown, self._shown_styles):
            block = rows[top : bottom + 1]
            new = [blank.copy() for _ in range(abs(by))]
            rows[top : bottom + 1] = (block[by:] + new) if by > 0 else (new + block[:by])
        return self._pen.scroll(top, bottom, by)

    def _moved_rows(self) -> tuple[int, int, int] | None:
        """Return first and last row and distance (up is above 0) of the best move, or None."""
        drawn = ["".join(row) for row in self._drawn]
        shown = ["".join(row) for row in self._shown]
        places: dict[str, list[int]] = {}
        for y, row in enumerate(shown):
            if row.strip() and _UNKNOWN not in row:
                places.setdefault(row, []).append(y)
        best, saved = None, 0
        tried: set[int] = set()
        for y, row in enumerate(drawn):
            if row == shown[y] or len(places.get(row, ())) != 1:
                continue
            by = places[row][0] - y
            if by in tried:
                continue
            tried.add(by)
            run = self._longest_run(drawn, shown, by)
            if run is not None:
                first, last = run
                move = (first, last + by, by) if by > 0 else (first + by, last, by)
                saves = self._saves(*move)
                if saves > saved:
                    best, saved = move, saves
        return best

    def _saves(self, top: int, bottom: int, by: int) -> int:
        """Return how many bytes less are written, about, if rows are moved."""
        new = range(bottom - by + 1, bottom + 1) if by > 0 else range(top, top - by)
        saved = -_MOVING
        for y in range(top, bottom + 1):
            changed = [*map(ne, self._drawn[y], self._shown[y])]
            saved += sum(changed) + _JUMP * sum(map(gt, changed, (False, *changed)))
        for y in new:
            saved -= len("".join(self._drawn[y]).strip()) + _JUMP
        return saved

    def _longest_run(self, drawn: list[str], shown: list[str], by: int) -> tuple[int, int] | None:
        """Return first and last drawn row of the longest run that is shown `by` rows lower."""
        # Where only the style differs, as under the cursor, writing a row is cheaper in its place.
        styles, shown_styles = self._drawn_styles, self._shown_styles
        best: tuple[int, int] | None = None
        start = -1
        for y in range(max(0, -by), min(self.height, self.height - by) + 1):
            inside = y < min(self.height, self.height - by)
            if inside and drawn[y] == shown[y + by] and styles[y] == shown_styles[y + by]:
                start = y if start < 0 else start
            elif start >= 0:
                if best is None or y - 1 - start > best[1] - best[0]:
                    best = (start, y - 1)
                start = -1
        return best


def _join(style: str, blank: bool, cells: list[str], styles: list[str]) -> tuple[str, bool] | None:
    """Return style and blankness of a run that goes on with some cells, or None if it cannot."""
    for cell, its in zip(cells, styles, strict=True):
        if its == style or (cell == " " and on_blanks(style) == its):
            blank = blank and cell == " "
        elif blank and on_blanks(its) == style:
            style, blank = its, False
        else:
            return None
    return style, blank


def _by_cell(text: str) -> list[str]:
    """Return one entry a cell: a wide character is followed by an empty one."""
    cells: list[str] = []
    for start, stop, size in split_graphemes(text)[0]:
        if size:
            cells += [text[start:stop], *[""] * (size - 1)]
    return cells
