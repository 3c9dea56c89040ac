"""What shall be shown, or found?

One line to type in, and below it what the text means, where it is wrong, and how it may go on.
Enter takes a text that is right, Escape leaves everything as it was, Up and Down go through the
completions and, where none is chosen, through what was asked for before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from siptui import text
from siptui.tui.paint import Painted, Part, Signs

MOST = 8
"""Completions shown at once."""
HISTORY = 100


@dataclass(frozen=True, slots=True)
class Completion:
    """Offer one way to go on."""

    start: int
    stop: int
    """Which part of the text it replaces."""
    insert: str
    help: str = ""
    shown: str = ""
    """What is shown of it where it must not be seen itself."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Say what a text means, or what is wrong with it."""

    right: bool
    words: str
    start: int = 0
    """Where it is wrong, as a range of characters."""
    stop: int = 0
    unfinished: bool = False
    """Whether only its end is missing, as while it is being typed."""


class SafeInput(Input):
    """Edit a line whose text may come from the network, and show no character that is obeyed."""

    veil: Callable[[str], str] = staticmethod(str)
    """Returns what may be seen of the line, a text of the same length."""

    @property
    def _value(self) -> Text:
        """The line as it is drawn."""
        return Text(self.veil(self.value), no_wrap=True, overflow="ignore", end="")

    def render_line(self, y: int) -> Strip:
        """Return the line with every control character replaced by one cell."""
        strip = super().render_line(y)
        if all(segment.text.isprintable() for segment in strip):
            return strip
        return Strip(
            [Segment(_harmless(segment.text), segment.style) for segment in strip],
        )


def _harmless(words: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in words)


class Hints(Painted):
    """Show what the text means and how it may go on."""

    class Clicked(Message):
        """A completion was clicked: its row."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, *, signs: Signs | None = None) -> None:
        super().__init__(signs=signs)
        self.verdict = Verdict(True, "")
        self.offers: Sequence[Completion] = ()
        self.chosen = -1
        self.indent = 0

    @property
    def top(self) -> int:
        """The first completion shown."""
        return max(0, min(self.chosen - MOST + 1, len(self.offers) - MOST)) if self.offers else 0

    def show(self) -> None:
        """Show what was set."""
        self.styles.height = 1 + min(MOST, len(self.offers))
        self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        offers = self.offers[self.top : self.top + MOST]
        keys: list[Hashable] = [(self.verdict, self.indent)]
        keys += [(offer, self.top + y == self.chosen) for y, offer in enumerate(offers)]
        return keys

    def line(self, y: int) -> Sequence[Part]:
        """Return the verdict or a completion."""
        if y:
            at = self.top + y - 1
            if at >= len(self.offers):
                # What is typed fast leaves fewer completions before the lines are laid out anew.
                return [(" " * self.size.width, "head")]
            offer = self.offers[at]
            base = "cursor" if at == self.chosen else "head"
            words = text.fit(text.safe(offer.shown or offer.insert), 26)
            more = f" +{len(self.offers) - MOST}" if y == MOST and len(self.offers) > MOST else ""
            return [
                (" " * self.indent, base),
                (words, f"{base} text"),
                (" " + text.safe(offer.help) + more, f"{base} dim"),
                (" " * self.size.width, base),
            ]
        verdict = self.verdict
        pad = " " * self.size.width
        if verdict.right:
            return [(" " * self.indent, "head"), (verdict.words, "head dim"), (pad, "head")]
        at = self.indent + verdict.start
        caret = "^" * max(1, min(verdict.stop - verdict.start, 30))
        sign = "" if verdict.unfinished else f"{self.signs.defect} "
        role = "head dim" if verdict.unfinished else "head alarm"
        words = f"{caret} {sign}{verdict.words}"
        if at + text.width(words) > self.size.width:
            at = max(0, self.size.width - text.width(words))
        return [(" " * at, "head"), (words, role), (pad, "head")]

    def on_click(self, event: events.Click) -> None:
        """Take the completion under the mouse."""
        event.stop()
        if event.y:
            self.post_message(self.Clicked(self.top + event.y - 1))


class FilterBar(Vertical):
    """Ask for a filter, or for what to search."""

    def __init__(
        self,
        judge: Callable[[str], Verdict],
        complete: Callable[[str, int], Sequence[Completion]],
        *,
        behind: Callable[[], Widget],
        veil: Callable[[str], str] = str,
        id: str = "filterbar",
        signs: Signs | None = None,
    ) -> None:
        """Ask with the help of `judge` and `complete`; `veil` dots what must not be seen.

        `behind` says what has the focus when the bar is closed.
        """
        super().__init__(id=id)
        self._judge = judge
        self._complete = complete
        self._behind = behind
        self._veil = veil
        self._hints = Hints(signs=signs)
        self._prompt = Prompt(signs=signs)
        self._input = SafeInput(compact=True, select_on_focus=False)
        self._input.cursor_blink = False
        self._input.veil = veil
        self.purpose = "filter"
        self._then: Callable[[str], None] = lambda value: None
        self._looked_at = ""
        self.history: dict[str, list[str]] = {}
        self._at = 0
        self._draft = ""
        self.display = False

    @property
    def value(self) -> str:
        """The text as it stands."""
        return self._input.value

    def set_up(self) -> None:
        """Mount the parts, once: the first screen need not wait for a line to type in."""
        if not self._input.is_attached:
            line = Horizontal()
            self.mount(line, self._hints)
            if line.is_attached:  # A screen that closes takes nothing in any more.
                line.mount(self._prompt, self._input)

    def ask(self, purpose: str, value: str, then: Callable[[str], None]) -> None:
        """Open the bar for ``filter`` or ``find`` with a text to begin with.

        `then` takes the text that is entered, if it is right.
        """
        self.set_up()
        self.purpose = purpose
        self._then = then
        self._prompt.words = f" {purpose} "
        self._prompt.styles.width = len(purpose) + 2
        self._prompt.repaint()
        self._hints.indent = len(purpose) + 2
        self.display = True
        self._input.value = value
        self._input.cursor_position = len(value)
        self._at = len(self.history.get(purpose, ()))
        self._draft = value
        # At once: what was typed behind the key that opened the bar belongs here.
        self.screen.set_focus(self._input)
        self._look()

    def close(self) -> None:
        """Close the bar; what is typed from now on is for what lies behind it."""
        self.display = False
        self.screen.set_focus(self._behind())

    def _look(self) -> None:
        """Judge the text and offer how it may go on."""
        hints = self._hints
        self._looked_at = self.value
        hints.verdict = self._judge(self.value)
        hints.offers = [
            replace(offer, shown=self._shown(offer))
            for offer in self._complete(self.value, self._input.cursor_position)
        ]
        hints.chosen = -1
        hints.show()

    def _shown(self, offer: Completion) -> str:
        whole = self.value[: offer.start] + offer.insert + self.value[offer.stop :]
        return self._veil(whole)[offer.start : offer.start + len(offer.insert)]

    def _look_anew(self) -> None:
        if self.value != self._looked_at:
            self._look()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look at the text anew."""
        event.stop()
        if self.display:
            self._look_anew()

    async def take(self, event: events.Key) -> bool:
        """Do at once what a key says; return False for one that only edits or is not for the line.

        What comes with the key that closes the bar is then no text any more.
        """
        does = {
            "enter": self._submit,
            "up": self._go_up,
            "down": self._go_down,
            "tab": self._accept,
            "shift+tab": self._go_up,
            "escape": self.close,
        }.get(event.key)
        if does:
            self._look_anew()
            does()
        elif event.is_printable:
            await self._input.on_event(event)
            self._look_anew()
        else:
            return False
        return True

    def _submit(self) -> None:
        """Take a chosen completion, or the text if it is right."""
        if self._hints.chosen >= 0:
            self._take(self._hints.chosen)
            return
        if not self._hints.verdict.right:
            return
        past = self.history.setdefault(self.purpose, [])
        if self.value:
            if self.value in past:
                past.remove(self.value)
            past.append(self.value)
            del past[:-HISTORY]
        self.close()
        self._then(self.value.strip())

    def _accept(self) -> None:
        if self._hints.offers:
            self._take(max(0, self._hints.chosen))

    def _go_down(self) -> None:
        if self._at < len(self._past()):
            self._recall(1)
        else:
            self._choose(1)

    def _go_up(self) -> None:
        if self._hints.chosen >= 0:
            self._choose(-1)
        else:
            self._recall(-1)

    def _past(self) -> list[str]:
        return self.history.get(self.purpose, [])

    def _choose(self, step: int) -> None:
        hints = self._hints
        hints.chosen = max(-1, min(hints.chosen + step, len(hints.offers) - 1))
        hints.sync()

    def _recall(self, step: int) -> None:
        past = self._past()
        if self._at == len(past):
            self._draft = self.value
        at = max(0, min(self._at + step, len(past)))
        if at == self._at:
            return
        self._at = at
        value = past[at] if at < len(past) else self._draft
        self._input.value = value
        self._input.cursor_position = len(value)

    def _take(self, row: int) -> None:
        offer = self._hints.offers[row]
        value = self.value
        self._input.value = value[: offer.start] + offer.insert + value[offer.stop :]
        self._input.cursor_position = offer.start + len(offer.insert)
        self._look()

    def on_hints_clicked(self, message: Hints.Clicked) -> None:
        """Take the completion that was clicked."""
        message.stop()
        if message.row < len(self._hints.offers):
            self._take(message.row)
        self._input.focus()


class Prompt(Painted):
    """Say what is asked for."""

    words = ""

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [self.words]

    def line(self, y: int) -> Sequence[Part]:
        """Return the word."""
        return [(self.words, "focus")]
