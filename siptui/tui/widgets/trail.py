"""Which filter is in force, step by step?"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part, Signs

_TERM = re.compile(r"(-?)([A-Za-z][\w-]*)[:=](.+)")


class Trail(Painted):
    """Show the terms of the filter in the order in which they narrow the stream."""

    class Clicked(Message):
        """The trail was clicked: the user wants to edit the filter."""

    def __init__(self, *, id: str = "trail", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self._terms: tuple[str, ...] = ()
        self._scanned = 1.0

    def show(self, terms: Sequence[str], scanned: float) -> None:
        """Show these terms; `scanned` says how much of what is held was looked at, 0 to 1."""
        self._terms, self._scanned = tuple(terms), scanned
        self.display = bool(terms)
        self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [(self._terms, round(self._scanned, 2))]

    def line(self, y: int) -> Sequence[Part]:
        """Return the terms as steps; if they are too many, the last ones."""
        steps = [_words(term) for term in self._terms]
        room = self.size.width - 22
        dropped = False
        while len(steps) > 1 and sum(text.width(a + b) + 3 for a, b in steps) > room:
            steps.pop(0)
            dropped = True
        parts: list[Part] = [(" only ", "dim")]
        if dropped:
            parts.append((f"… {self.signs.step} ", "dim"))
        for at, (name, value) in enumerate(steps):
            if at:
                parts.append((f" {self.signs.step} ", "rule"))
            parts += [(name, "dim"), (value, "chip")]
        if self._scanned < 1:
            parts.append((f"   looking {self._scanned:.0%}", "good"))
        elif sum(text.width(words) for words, _ in parts) < room:
            parts.append(("   Esc goes one step back", "dim"))
        return parts

    def on_click(self, event: events.Click) -> None:
        """Ask for the filter to be edited."""
        event.stop()
        self.post_message(self.Clicked())


def _words(term: str) -> tuple[str, str]:
    """Return name and value of a term as the trail shows them: ``country `` and ``RU``."""
    safe = text.safe(term)
    match = _TERM.fullmatch(safe)
    if match is None:
        return "", safe
    return ("not " if match[1] else "") + match[2] + " ", match[3].strip('"')
