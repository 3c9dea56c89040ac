"""With how few bytes does a terminal come to show some cells?

Styles are the parameters of SGR (ECMA-48, 8.3.117) as Textual writes them: attributes, foreground,
background. Only sequences that every terminal with colours knows are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_OFF: Final = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28",
    "9": "29", "21": "24", "51": "54", "52": "54", "53": "55",
}  # fmt: skip
"""What switches an attribute off."""
_NOT_ON_BLANKS: Final = {"1", "2", "3"}
"""Attributes that a blank cell does not show: bold, faint and italic."""


class Run(NamedTuple):
    """Hold neighbouring cells of one row that are written in one style."""

    y: int
    x: int
    text: str
    style: str
    width: int
    """How many cells it takes."""
    simple: bool
    """Whether each cell is one character, so that every terminal agrees where it ends."""


class Pen:
    """Write runs of cells from where the terminal's cursor is, in the style that it has."""

    def __init__(self, width: int) -> None:
        """Begin on a terminal of `width` columns, at a place and in a style nobody knows."""
        self._width = width
        self._style: str | None = None
        self._y = self._x = -1

    def lose(self) -> None:
        """Take neither place nor style for known any more."""
        self._style = None
        self._y = self._x = -1

    def write(self, runs: Sequence[Run]) -> str:
        """Return what shows some runs: in reading order or style by style, what is shorter."""
        # A style costs twenty to forty bytes, a place eight.
        ground = _order(self._style or "")[0]
        first = sorted(runs, key=lambda run: _from(self._style, ground, run.style))
        before = self._style, self._y, self._x
        by_style = self._encode(first)
        after = self._style, self._y, self._x
        self._style, self._y, self._x = before
        by_place = self._encode(runs)
        if len(by_place) <= len(by_style):
            return by_place
        self._style, self._y, self._x = after
        return by_style

    def _encode(self, runs: Iterable[Run]) -> str:
        out = []
        for run in runs:
            out += [self.move(run.y, run.x), self.take(run.style), run.text]
            self._x += run.width
            if not run.simple or self._x >= self._width:
                self._x = -1
        return "".join(out)

    def take(self, style: str) -> str:
        """Return what leads to a style; empty if it is the one at hand."""
        before, self._style = self._style, style
        if before is None:
            return f"\x1b[0;{style}m" if style else "\x1b[m"
        return change(before, style)

    def move(self, y: int, x: int) -> str:
        """Return what leads the cursor to a place, both from 0; empty if it is there."""
        from_y, from_x = self._y, self._x
        self._y, self._x = y, x
        if (y, x) == (from_y, from_x):
            return ""
        if x == 0 and 0 <= from_y == y - 1:
            return "\x1b[E"
        row = str(y + 1) if y else ""
        there = f"\x1b[{row};{x + 1}H" if x else f"\x1b[{row}H"
        if y != from_y or not 0 <= from_x < x:
            return there
        ahead = f"\x1b[{x - from_x}C" if x - from_x > 1 else "\x1b[C"
        return ahead if len(ahead) < len(there) else there

    def scroll(self, top: int, bottom: int, by: int) -> str:
        """Return what moves rows `top` to `bottom` up by `by` rows, or down if it is below 0."""
        # Deleting and inserting lines is older than scrolling by a count, and known to more.
        move = f"\x1b[{by}M" if by > 0 else f"\x1b[{-by}L"
        self._y = self._x = -1
        return f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1}H{move}\x1b[r"


@lru_cache(4096)
def change(old: str, new: str) -> str:
    """Return the shortest sequence that leads from one style to another."""
    if old == new:
        return ""
    whole = f"0;{new}" if new else ""
    (was, *colours_before), (now, *colours) = _parts(old), _parts(new)
    off = dict.fromkeys(_OFF.get(each, "0") for each in was if each not in now)
    if "0" in off:
        return f"\x1b[{whole}m"
    # What switches bold off switches faint off, too, and the like.
    on = [each for each in now if each not in was or _OFF.get(each) in off]
    paints = [
        after or default
        for before, after, default in zip(colours_before, colours, ("39", "49"), strict=True)
        if before != after
    ]
    partial = ";".join((*off, *on, *paints))
    return f"\x1b[{partial if len(partial) < len(whole) or not partial else whole}m"


@lru_cache(4096)
def on_blanks(style: str) -> str:
    """Return what of a style a blank cell shows: mostly its background alone."""
    attributes, _, background = _parts(style)
    return background if _NOT_ON_BLANKS.issuperset(attributes) else style


@lru_cache(4096)
def _from(
    style: str | None, background: str, next_style: str
) -> tuple[bool, bool, tuple[str, tuple[str, ...], str]]:
    """Sort styles: first the one at hand, then those on its background, then all others."""
    order = _order(next_style)
    return next_style != style, order[0] != background, order


@lru_cache(4096)
def _order(style: str) -> tuple[str, tuple[str, ...], str]:
    """Sort styles so that little changes from one to the next."""
    attributes, foreground, background = _parts(style)
    return background, attributes, foreground


@lru_cache(4096)
def _parts(style: str) -> tuple[tuple[str, ...], str, str]:
    """Return attributes, foreground and background of SGR parameters."""
    attributes, foreground, background = [], "", ""
    codes = iter(style.split(";") if style else ())
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
    return tuple(attributes), foreground, background
