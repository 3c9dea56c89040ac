"""What is said where the terminal is too small for anything else?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from siptui import text
from siptui.tui.paint import Painted, Part, Signs


class TooSmall(Painted):
    """Say that the terminal is too small, and that counting goes on."""

    def __init__(self, *, id: str, signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self._counts = (0, 0)

    def show(self, received: int, kept: int) -> None:
        """Show how many messages were received and are kept."""
        self._counts = (received, kept)
        if self.size.height:
            self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        return [(self._counts, self.size)] * self.size.height

    def line(self, y: int) -> Sequence[Part]:
        """Return one of the lines."""
        size = self.app.size
        lines: list[Part] = [
            ("too small", "title"),
            (f"{size.width}x{size.height}, need 60x12", "text"),
            (f"received {text.count(self._counts[0])}", "text"),
            (f"kept {text.count(self._counts[1])}", "dim"),
            ("counting goes on, q quits", "dim"),
        ]
        return [lines[y]] if y < len(lines) else []
