"""How shall the sockets answer, and what came of the answers so far?

╭ Answer ───────────────────────────────────────────────────────────────╮
│ a line a mode; the one in force has a sign                              │
│ answers sent by status, withheld by reason                              │
│ by mode and status: how many sources were silent, came back, escalated  │
│ a question, where one is to be answered                                 │
╰ keys ─────────────────────────────────────────────────────────────────╯
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen

from siptui import text
from siptui.status import Status
from siptui.store.reactions import Kind
from siptui.tui import answers
from siptui.tui.paint import Lines, Painted, Part, Signs
from siptui.tui.screens.above import Above
from siptui.tui.widgets.footer import Footer, Offer
from siptui.tui.widgets.notes import Note

SILENT = "silent"
"""The mode that sends nothing, and so needs no confirmation."""
QUESTION = "Answers will be sent to sources that ask. Really answer in mode {mode}?"
_AROUND = 7
"""Lines that are neither modes nor counters: header, border, gap, question and keys."""
_NAME = 14
"""Cells of a mode's name with the signs before it."""


class Modes(Painted, can_focus=True):
    """Show the modes with their explanation, one of them under the cursor."""

    class Clicked(Message):
        """A mode was clicked."""

    def __init__(self, modes: Mapping[str, str], mode: str, signs: Signs) -> None:
        super().__init__(id="respond-modes", signs=signs)
        self.names = list(modes)
        self.mode = mode
        self.cursor = self.names.index(mode) if mode in modes else 0
        self._modes = modes

    @property
    def chosen(self) -> str:
        """The mode under the cursor."""
        return self.names[self.cursor]

    def move(self, rows: int) -> None:
        """Move the cursor by some modes."""
        self.cursor = max(0, min(self.cursor + rows, len(self.names) - 1))
        self.sync()

    def fold(self, width: int) -> list[tuple[int, str]]:
        """Return the lines at a width, each with the place of its mode."""
        room = max(10, width - _NAME)
        return [
            (at, line)
            for at, name in enumerate(self.names)
            for line in text.wrap(text.safe(self._modes[name]), room)
        ]

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        return [
            (at, line, at == self.cursor, self.names[at] == self.mode)
            for at, line in self.fold(self.size.width)
        ]

    def line(self, y: int) -> Sequence[Part]:
        """Return one line of a mode."""
        folded = self.fold(self.size.width)
        if y >= len(folded):
            return ()
        at, words = folded[y]
        first = not y or folded[y - 1][0] != at
        name, here = self.names[at], at == self.cursor
        base = "cursor " if here else ""
        sign = self.signs.cursor if here and first else " "
        mark = self.signs.live if first and name == self.mode else " "
        shown = text.fit(name if first else "", _NAME - 4)
        return [
            (f"{sign}{mark} ", f"{base}good"),
            (f"{shown} ", f"{base}title" if here else "value"),
            (text.fit(words, max(0, self.size.width - _NAME)), f"{base}text" if here else "dim"),
        ]

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a mode."""
        event.stop()
        folded = self.fold(self.size.width)
        if event.y < len(folded):
            self.cursor = folded[event.y][0]
            self.sync()
            self.post_message(self.Clicked())


class RespondScreen(Above, ModalScreen[str | None]):
    """Ask for a mode; end with it once it is confirmed, or with None."""

    DEFAULT_CSS = """
    RespondScreen { align: center bottom; background: $background 60%; }
    RespondScreen > Vertical {
        width: 100%; max-width: 100; height: auto; max-height: 100%; margin-top: 2;
        padding: 0 1; background: $sip-raised; color: $sip-text;
        border: round $sip-rule; border-title-color: $sip-title; border-title-style: bold;
    }
    RespondScreen Modes { background: $sip-raised; }
    RespondScreen #respond-counts { height: auto; background: $sip-raised; margin-top: 1; }
    RespondScreen #respond-ask { height: 1; background: $sip-raised; }
    RespondScreen Footer { height: 1; background: $sip-raised; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False),
        Binding("k,up", "move(-1)", "up", show=False),
        Binding("ctrl+d,pagedown,space", "page(1)", "page down", show=False),
        Binding("ctrl+u,pageup", "page(-1)", "page up", show=False),
        Binding("enter", "choose", "choose", show=False),
        Binding("y", "yes", "yes", show=False),
        Binding("escape,q,R,n", "leave", "close", show=False),
    ]

    def __init__(
        self,
        status: Callable[[], Status],
        reactions: Callable[[], Mapping[Kind, Mapping[str, int]]],
        signs: Signs,
    ) -> None:
        """Show the modes that `status` tells of, its counters, and what sources did."""
        super().__init__(id="respond")
        self._status = status
        self._reactions = reactions
        self._signs = signs
        told = status()
        self.modes = Modes(told.respond_modes, told.respond_mode, signs)
        self.counts = Lines(id="respond-counts", signs=signs)
        self.counts.can_focus = False
        self.question = Note(id="respond-ask")
        self.footer = Footer(id="respond-keys", signs=signs)
        self.asked = ""
        """The mode that has still to be confirmed."""
        self._shown: object = None

    def compose(self) -> ComposeResult:
        """Put modes, counters, question and keys below each other."""
        with Vertical() as box:
            box.border_title = "Answer"
            yield self.modes
            yield self.counts
            yield self.question
            yield self.footer

    def on_mount(self) -> None:
        """Let the keys choose a mode."""
        self.modes.focus()
        self.call_after_refresh(self.update)

    def on_resize(self) -> None:
        """Fold everything to the new size."""
        self._shown = None
        self.call_after_refresh(self.update)

    def update(self) -> None:
        """Show what has changed."""
        if not self.is_mounted or not self.modes.size.width:
            return
        status = self._status()
        width = self.modes.size.width
        self.modes.mode = status.respond_mode
        self.modes.styles.height = len(self.modes.fold(width))
        self.modes.sync()
        shown = status.respond_counts, self._reactions(), width
        if shown != self._shown:
            self._shown = shown
            self._count(answers.lines(*shown, self._signs))
        self.question.say(QUESTION.format(mode=self.asked) if self.asked else "", "alarm")
        self.footer.show(self._offers())

    def _count(self, lines: list[list[Part]]) -> None:
        """Show counters where the user has scrolled to."""
        top = self.counts.top
        around = len(self.modes.fold(self.modes.size.width)) + _AROUND
        room = max(1, self.size.height - around)
        self.counts.styles.height = min(len(lines), room)
        self.counts.show(lines)
        self.counts.top = min(top, max(0, len(lines) - room))
        self.counts.refresh()

    def _offers(self) -> list[Offer]:
        if self.asked:
            return [Offer("choose", "Enter", "yes, answer"), Offer("leave", "Esc", "no")]
        offers = [Offer("choose", "Enter", "use this mode"), Offer("leave", "Esc", "close")]
        if self.counts.position != "all":
            offers.append(Offer("page", "PgDn", f"more of the counters ({self.counts.position})"))
        return offers

    def action_move(self, rows: int) -> None:
        """Move to another mode; what was asked is asked no more."""
        self.asked = ""
        self.modes.move(rows)
        self.update()

    def action_page(self, pages: int) -> None:
        """Move the counters by a page."""
        self.counts.scroll_by(pages * max(1, self.counts.size.height - 1))
        self.update()

    def action_choose(self) -> None:
        """Take the mode under the cursor; one that sends only once it is confirmed."""
        mode = self.modes.chosen
        if mode == self.modes.mode:
            self.dismiss(None)
        elif mode in (SILENT, self.asked):
            self.dismiss(mode)
        else:
            self.asked = mode
            self.update()

    def action_yes(self) -> None:
        """Confirm."""
        if self.asked:
            self.action_choose()

    def action_leave(self) -> None:
        """Take the question back, or close."""
        if self.asked:
            self.asked = ""
            self.update()
        else:
            self.dismiss(None)

    def on_modes_clicked(self, message: Modes.Clicked) -> None:
        """Ask no more about another mode."""
        message.stop()
        self.asked = ""
        self.update()

    def on_footer_chosen(self, message: Footer.Chosen) -> None:
        """Do what was clicked."""
        message.stop()
        if message.action == "choose":
            self.action_choose()
        elif message.action == "page":
            self.action_page(1)
        else:
            self.action_leave()
