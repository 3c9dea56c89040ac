"""Which keys are there, and how is a filter written?

Everything here is made: keys from the table of actions with the settings' changes, fields from the
table of fields, the language from the filters' own help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import Input

from siptui import text
from siptui.record import FIELDS
from siptui.tui.actions import ACTIONS, key_name, plain_key
from siptui.tui.paint import Lines, Part, Signs, rule

Line = list[Part]

SIGNS = (
    ("mark", "marked message"),
    ("defect", "the message is defective: the inspector says how"),
    ("dot", "matches what is searched for"),
    ("live", "messages are taken in"),
    ("paused", "rows are frozen; counting and recording go on"),
    ("ended", "all sources have ended"),
)
"""Signs of the screen, by their names in `Signs`, and what they mean."""


def lines(
    keys: Mapping[str, Sequence[str]], language: Sequence[tuple[str, str]], signs: Signs
) -> list[Line]:
    """Return the help as lines; those without parts divide, titles have the role ``title``."""
    found: list[Line] = []
    group = ""
    for action in ACTIONS:
        if action.group != group:
            group = action.group
            found += [[], [(group, "title")]]
        names = "  ".join(key_name(key) for key in keys[action.id]) or "(no key)"
        if signs.ascii:
            names = plain_key(names)
        found.append([(f"  {names:<16} ", "key"), (action.help, "text")])
    found += [[], [("Filter language", "title")]]
    for example, meaning in language:
        found.append([(f"  {example:<30} ", "key"), (meaning, "text")])
    found += [[], [("Fields", "title")]]
    for field in FIELDS:
        names = ", ".join((field.name, *field.aliases))
        found.append([(f"  {names:<30} ", "key"), (f"{field.help} ", "text"), (field.type, "dim")])
    found += [[], [("Signs", "title")]]
    for name, meaning in SIGNS:
        found.append([(f"  {getattr(signs, name):<3} ", "key"), (meaning, "text")])
    return found[1:]


def matching(found: Sequence[Line], words: str) -> list[Line]:
    """Return the lines that hold all of `words`, below their titles."""
    wanted = words.lower().split()
    if not wanted:
        return list(found)
    kept: list[Line] = []
    title: Line | None = None
    for line in found:
        if len(line) == 1 and line[0][1] == "title":
            title = line
            continue
        whole = "".join(part for part, _ in line).lower()
        if line and all(word in whole for word in wanted):
            if title is not None:
                kept += [[], title] if kept else [title]
                title = None
            kept.append(line)
    return kept or [[(f"nothing about {text.safe(words)!r}", "dim")]]


class HelpScreen(ModalScreen[None]):
    """Show keys and the filter language, searched by typing behind a slash."""

    BINDINGS = [
        Binding("escape,q,question_mark,f1", "leave", "close"),
        Binding("slash,f", "search", "search"),
        Binding("j,down", "scroll(1)", "down"),
        Binding("k,up", "scroll(-1)", "up"),
        Binding("ctrl+d,pagedown,space,ctrl+f", "page(1)", "page down"),
        Binding("ctrl+u,pageup,ctrl+b", "page(-1)", "page up"),
        Binding("g,home", "scroll(-100000)", "top"),
        Binding("G,end", "scroll(100000)", "end"),
    ]

    def __init__(
        self,
        keys: Mapping[str, Sequence[str]],
        language: Sequence[tuple[str, str]],
        signs: Signs,
    ) -> None:
        super().__init__()
        self._signs = signs
        self._all = lines(keys, language, signs)
        self._lines = Lines(id="help-lines", signs=signs)
        self._title = Lines(id="help-title", signs=signs)
        self._title.can_focus = False
        self._search = Input(placeholder="type to search", compact=True, id="help-search")
        self._search.cursor_blink = False

    def compose(self) -> ComposeResult:
        """Lay out title, search line and text."""
        yield self._title
        yield self._search
        yield self._lines

    def on_mount(self) -> None:
        """Show everything."""
        self._search.display = False
        self._lines.show(self._all)
        self._lines.focus()

    def on_resize(self) -> None:
        """Draw the title in the new width."""
        self.call_after_refresh(self._retitle)

    def _retitle(self) -> None:
        right: list[Part] = [(self._lines.position, "dim"), ("  / search  Esc close", "dim")]
        left: list[Part] = [("help", "focus")]
        width = self._title.size.width
        self._title.show([rule(left, right, width, self._signs, True)])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only lines that hold what was typed."""
        self._lines.show(matching(self._all, event.value))
        self._retitle()

    def on_input_submitted(self) -> None:
        """Go back to the text."""
        self._lines.focus()

    def action_search(self) -> None:
        """Let the user type."""
        self._search.display = True
        self._search.focus()

    def action_leave(self) -> None:
        """End the search first, then the help."""
        if self._search.display:
            self._search.value = ""
            self._search.display = False
            self._lines.focus()
        else:
            self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Move by some lines."""
        self._lines.scroll_by(lines)
        self._retitle()

    def action_page(self, pages: int) -> None:
        """Move by a page, less a line to hold on to."""
        self.action_scroll(pages * max(1, self._lines.size.height - 1))

    def on_mouse_scroll_up(self) -> None:
        """Move three lines up."""
        self.action_scroll(-3)

    def on_mouse_scroll_down(self) -> None:
        """Move three lines down."""
        self.action_scroll(3)
