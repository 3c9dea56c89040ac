"""Which file is meant, and which are there?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from siptui import text
from siptui.tui.paint import Painted, Part, Signs
from siptui.tui.paths import complete


class Candidates(Painted):
    """Show what a path may go on with."""

    names: Sequence[str] = ()

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [tuple(self.names)]

    def line(self, y: int) -> Sequence[Part]:
        """Return as many names as fit, and how many more there are."""
        parts: list[Part] = []
        used = 0
        for number, name in enumerate(self.names):
            shown = text.cut(text.safe(name), 30)
            rest = len(self.names) - number
            if used + text.width(shown) + 2 > self.size.width - 9 and number:
                parts.append((f"+{rest} more", "dim"))
                break
            parts.append((shown + "  ", "value" if shown.endswith("/") else "dim"))
            used += text.width(shown) + 2
        return parts


class PathInput(Input):
    """Take a path; Tab completes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "complete", show=False, id="path.complete")
    ]

    class Completing(Message):
        """The user wants the path completed."""

    def action_complete(self) -> None:
        """Ask for completion."""
        self.post_message(self.Completing())


class PathField(Widget):
    """Take a path, with completion and a line of what fits."""

    DEFAULT_CSS = """
    PathField { height: 2; layout: vertical; }
    PathField PathInput { height: 1; border: none; padding: 0; width: 1fr; }
    PathField Candidates { height: 1; width: 1fr; }
    """

    def __init__(
        self,
        value: str = "",
        *,
        endings: tuple[str, ...] = (),
        placeholder: str = "",
        id: str | None = None,
        signs: Signs | None = None,
    ) -> None:
        """Begin with `value`; offer only files with these `endings`."""
        super().__init__(id=id)
        self._value = value
        self._endings = endings
        self._placeholder = placeholder
        self._signs = signs

    def compose(self) -> ComposeResult:
        """Put the line to type in above the line of names."""
        yield PathInput(
            self._value, placeholder=self._placeholder, compact=True, select_on_focus=False
        )
        yield Candidates(signs=self._signs)

    @property
    def input(self) -> PathInput:
        """The line to type in."""
        return self.query_one(PathInput)

    @property
    def value(self) -> str:
        """What was typed."""
        return self.input.value

    @value.setter
    def value(self, value: str) -> None:
        self.input.value = value
        self.input.cursor_position = len(value)

    def focus(self, scroll_visible: bool = True) -> PathField:
        """Give the focus to the line to type in."""
        self.input.focus(scroll_visible)
        return self

    @on(PathInput.Completing)
    def _complete(self, event: PathInput.Completing) -> None:
        event.stop()
        completion = complete(self.value, self._endings)
        if completion.text != self.value:
            self.value = completion.text
            completion = complete(self.value, self._endings)
        names = completion.candidates
        self._offer(() if len(names) == 1 and not names[0].endswith("/") else names)

    @on(Input.Changed)
    def _changed(self) -> None:
        if self.query(Candidates):
            self._offer(())

    def _offer(self, names: Sequence[str]) -> None:
        candidates = self.query_one(Candidates)
        candidates.names = names
        candidates.sync()
