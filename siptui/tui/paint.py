"""How does a pane turn words and roles into styled lines?

Every pane of the live screen is a `Painted` widget: it gives `line(y)` as parts, pairs of a safe
text and a role, and tells by `keys()` what each of its lines shows, so that only lines that differ
are painted again. Roles are classes of the style sheet, so that themes restyle what is painted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from siptui import text

ROLES = (
    "text",
    "dim",
    "rule",
    "title",
    "focus",
    "head",
    "value",
    "bar",
    "key",
    "chip",
    "good",
    "warn",
    "alarm",
    "call",
    "request",
    "answer",
    "ours",
    "refusal",
    "cursor",
    "blurred",
    "column",
    "marked",
    "found",
)
"""What a part may mean; `siptui.tcss` says how each looks."""

Part = tuple[str, str]
"""A safe text and its roles, separated by spaces; later roles win."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Hold the signs the screen draws with."""

    rule: str = "─"
    focus_rule: str = "━"
    mark: str = "◆"
    defect: str = "!"
    step: str = "\u203a"
    dot: str = "·"
    new: str = "✦"
    live: str = "●"
    paused: str = "‖"
    ended: str = "■"
    off: str = "□"
    up: str = "▲"
    down: str = "▼"
    cursor: str = "▌"
    arrow: str = "→"
    forth: str = "▶"
    back: str = "◀"
    ours: str = "◂"
    ascii: bool = False


PLAIN = Signs(
    rule="-",
    focus_rule="=",
    mark="*",
    step=">",
    dot="-",
    new="+",
    live="*",
    paused="|",
    ended="#",
    off="o",
    up="^",
    down="v",
    cursor=">",
    arrow=">",
    forth=">",
    back="<",
    ours="<",
    ascii=True,
)
"""The signs for a terminal that has ASCII only."""


def plain(value: str) -> str:
    """Return a safe text in ASCII, in as many cells: a sign stands for what is missing there."""
    return "".join(
        letter if letter.isascii() else _PLAIN.get(letter, "?" * text.width(letter))
        for letter in value
    )


_PLAIN = {"…": "~", "·": "-", "↑": "^", "↓": "v", "⟨": "<", "⟩": ">", "◂": "<", "≠": "#"} | {
    chr(code): "^" for code in range(0x2400, 0x2422)
}


class Painted(Widget):
    """Paint lines made of parts, and paint again only those that changed."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, signs: Signs | None = None) -> None:
        super().__init__(id=id, markup=False)
        self.signs = signs or Signs()
        self._inks: dict[str, Style] = {}
        self._shown: list[Hashable] = []

    def keys(self) -> Sequence[Hashable]:
        """Return one value a line; a line is painted again when its value changes."""
        raise NotImplementedError

    def line(self, y: int) -> Sequence[Part]:
        """Return the parts of line `y`; they may be too long or too short."""
        raise NotImplementedError

    def sync(self) -> int:
        """Have the lines painted that differ from what is shown; return how many they are."""
        keys = list(self.keys())
        changed = 0
        width = self.size.width
        for y in range(max(len(keys), len(self._shown))):
            new = keys[y] if y < len(keys) else None
            if y >= len(self._shown) or self._shown[y] != new:
                self.refresh(Region(0, y, width, 1))
                changed += 1
        self._shown = keys
        return changed

    def repaint(self) -> None:
        """Forget what is shown and paint everything."""
        self._inks.clear()
        self._shown = []
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return line `y` in exactly the widget's width."""
        return self.strip(self.line(y), self.size.width)

    def strip(self, parts: Iterable[Part], width: int, base: str = "") -> Strip:
        """Return `parts` in exactly `width` cells, cut or filled up, on the roles of `base`."""
        segments: list[Segment] = []
        used = 0
        for words, roles in parts:
            if self.signs.ascii and not words.isascii():
                words = plain(words)
            need = text.width(words)
            if used + need > width:
                room = width - used
                words = words[:room] if words.isspace() else text.cut(words, room)
                if self.signs.ascii:
                    words = plain(words)
                need = text.width(words)
            if words:
                segments.append(Segment(words, self.ink(f"{base} {roles}" if base else roles)))
                used += need
        if used < width:
            segments.append(Segment(" " * (width - used), self.ink(base)))
        return Strip(segments, width)

    def ink(self, roles: str) -> Style:
        """Return the style of some roles, separated by spaces."""
        style = self._inks.get(roles)
        if style is None:
            style = self.rich_style
            for role in roles.split():
                style += self._look_of(role)
            if style.reverse:
                # Reversed colours would make a patchwork of the line under the cursor.
                style = self.rich_style + Style(
                    reverse=True, bold=style.bold, underline=style.underline
                )
            if len(self._inks) > 500:
                self._inks.clear()
            self._inks[roles] = style
        return style

    def _look_of(self, role: str) -> Style:
        """Ask the style sheet how a role looks here.

        Textual's component classes would be asked for all of them, pane by pane, whenever anything
        is restyled: half of the time until the first screen stands.
        """
        node = DOMNode(classes=f"paint--{role}")
        node._attach(self)
        self.app.stylesheet.apply(node)
        return node.styles.partial_rich_style

    def notify_style_update(self) -> None:
        """Drop the cached styles: the theme or the focus has changed."""
        super().notify_style_update()
        self._inks = {}
        self._shown = []
        self.refresh()


def rule(
    left: Sequence[Part], right: Sequence[Part], width: int, signs: Signs, focused: bool
) -> list[Part]:
    """Return a title line: words at both ends of a rule, heavy where the focus is."""
    sign = signs.focus_rule if focused else signs.rule
    role = "focus" if focused else "rule"
    first: list[Part] = [(sign + " ", role), *left, (" ", role)]
    last: list[Part] = [(" ", role), *right, (" " + sign, role)] if right else []
    gap = width - sum(text.width(words) for words, _ in (*first, *last))
    if gap < 1 and right:
        return rule(left, (), width, signs, focused)
    return [*first, (sign * max(0, gap), role), *last]


def bar(fraction: float, cells: int, signs: Signs) -> str:
    """Return a bar of half cells that fills `fraction` (0 to 1) of `cells` cells."""
    halves = min(2 * cells, max(1, round(fraction * cells * 2))) if fraction > 0 else 0
    if signs.ascii:
        return ("=" * -(-halves // 2)).ljust(cells)
    return ("━" * (halves // 2) + "╸" * (halves % 2)).ljust(cells)


class Lines(Painted, can_focus=True):
    """Show lines that may be more than fit, scrolled by keys and the wheel."""

    def __init__(self, *, id: str | None = None, signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self.top = 0
        self._lines: list[list[Part]] = []

    def show(self, lines: list[list[Part]]) -> None:
        """Show these lines from the first one on."""
        self._lines = lines
        self.top = 0
        self.repaint()

    def scroll_by(self, lines: int) -> None:
        """Move by some lines, down if positive."""
        top = max(0, min(self.top + lines, len(self._lines) - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    @property
    def position(self) -> str:
        """Say how much lies above: ``all``, ``top``, ``38%``, ``end``."""
        most = len(self._lines) - self.size.height
        if most <= 0:
            return "all"
        if self.top == 0:
            return "top"
        return "end" if self.top >= most else f"{100 * self.top // most}%"

    def keys(self) -> Sequence[Hashable]:
        """Return what the lines show."""
        return [(self.top + y, len(self._lines)) for y in range(self.size.height)]

    def line(self, y: int) -> Sequence[Part]:
        """Return one of the lines."""
        at = self.top + y
        return self._lines[at] if at < len(self._lines) else ()
