"""Which one of a few?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part, Signs


class Option(NamedTuple):
    """Describe one of the few."""

    value: str
    words: str
    """What is shown; safe."""
    possible: bool = True


class Picker(Painted, can_focus=True):
    """Show a few options in one line, one of them chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,left", "move(-1)", "left", show=False, id="picker.left"),
        Binding("l,right,space", "move(1)", "right", show=False, id="picker.right"),
    ]

    class Picked(Message):
        """Another option was chosen."""

        def __init__(self, picker: Picker) -> None:
            super().__init__()
            self.picker = picker

        @property
        def control(self) -> Picker:
            """Where it was chosen."""
            return self.picker

    def __init__(
        self, options: Sequence[Option], value: str, *, id: str, signs: Signs | None = None
    ) -> None:
        """Offer `options`; `value` is chosen, or the first possible one."""
        super().__init__(id=id, signs=signs)
        self._options = list(options)
        possible = [each.value for each in options if each.possible]
        self.value = value if value in possible else (possible[0] if possible else "")

    def pick(self, value: str) -> None:
        """Choose an option, if it is possible."""
        if value != self.value and any(
            each.possible and each.value == value for each in self._options
        ):
            self.value = value
            self.sync()
            self.post_message(self.Picked(self))

    def action_move(self, step: int) -> None:
        """Choose the next possible option."""
        possible = [each.value for each in self._options if each.possible]
        if possible:
            self.pick(possible[(possible.index(self.value) + step) % len(possible)])

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [(self.value, self.has_focus, self.size.width)]

    def _in_sight(self) -> Sequence[Option]:
        """Return the options from the first on that leaves room for the chosen one."""
        first, used = 0, 0
        for number, option in enumerate(self._options):
            used += text.width(option.words) + 3
            while used - 1 > self.size.width and first < number:
                used -= text.width(self._options[first].words) + 3
                first += 1
            if option.value == self.value:
                break
        return self._options[first:]

    def line(self, y: int) -> Sequence[Part]:
        """Return the options; the chosen one is in brackets."""
        parts: list[Part] = []
        for option in self._in_sight():
            if option.value == self.value:
                role = "focus cursor" if self.has_focus else "focus"
                parts.append((f"[{option.words}]", role))
            else:
                parts.append((f" {option.words} ", "text" if option.possible else "dim"))
            parts.append((" ", ""))
        return parts

    def on_click(self, event: events.Click) -> None:
        """Choose what is under the mouse."""
        x = 0
        for option in self._in_sight():
            x += text.width(option.words) + 3
            if event.x < x:
                self.pick(option.value)
                return

    def on_focus(self) -> None:
        """Show whose keys choose."""
        self.sync()

    def on_blur(self) -> None:
        """Show whose keys choose."""
        self.sync()
