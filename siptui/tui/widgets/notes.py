"""What is there to say in a sentence?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from siptui import text
from siptui.tui.paint import Painted, Part


class Note(Painted):
    """Show a sentence, folded to the width."""

    def __init__(
        self,
        sentence: str = "",
        role: str = "dim",
        *,
        indent: int = 0,
        id: str | None = None,
        classes: str = "",
    ) -> None:
        """Begin with a sentence, `indent` cells from the left."""
        super().__init__(id=id)
        self.set_classes(classes)
        self._indent = indent
        self.say(sentence, role)

    def say(self, sentence: str, role: str = "dim") -> None:
        """Show another sentence."""
        self.sentence, self._role = text.safe(sentence), role
        self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what the lines show."""
        return [(self.sentence, self._role, self.size.width)] * self.size.height

    def line(self, y: int) -> Sequence[Part]:
        """Return one line of the sentence."""
        lines = text.wrap(self.sentence, max(10, self.size.width - 2 * self._indent))
        if y >= len(lines):
            return ()
        line = lines[y]
        if y == self.size.height - 1 and y + 1 < len(lines):
            line = text.cut(line + " " + lines[y + 1], self.size.width - 2 * self._indent)
        return [(" " * self._indent, ""), (line, self._role)]
