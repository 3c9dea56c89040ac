"""What do the counters say, where there is no room for them?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part, Signs

Summary = tuple[int, str, tuple[tuple[str, str], ...]]
"""A counter's number and title, and its first values, safe, with their shares."""


class Strip(Painted):
    """Show the first values of some counters in one line."""

    class Clicked(Message):
        """A counter was clicked: its number."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str = "strip", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self._summaries: tuple[Summary, ...] = ()

    def show(self, summaries: Sequence[Summary]) -> None:
        """Show these counters side by side."""
        self._summaries = tuple(summaries)
        self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [self._summaries]

    def line(self, y: int) -> Sequence[Part]:
        """Return number, name and first values of each counter in an equal share of the line."""
        if not self._summaries:
            return ()
        parts: list[Part] = []
        room = self.size.width // len(self._summaries)
        for number, title, values in self._summaries:
            used = len(title) + 4
            parts += [(f" {number} ", "key"), (f"{title} ", "title")]
            for name, share in values:
                name = text.cut(name, 18)
                need = text.width(name) + len(share) + 3
                if used + need > room:
                    break
                parts += [(name, "text"), (f" {share}  ", "dim")]
                used += need
            if not values:
                parts.append(("nothing yet", "dim"))
                used += 11
            parts.append((" " * max(0, room - used), ""))
        return parts

    def on_click(self, event: events.Click) -> None:
        """Ask for the counter under the mouse."""
        event.stop()
        if self._summaries:
            room = max(1, self.size.width // len(self._summaries))
            at = min(event.x // room, len(self._summaries) - 1)
            self.post_message(self.Clicked(self._summaries[at][0]))
