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
from siptui.tui.actions import ACTIONS
from siptui.tui.columns import LIES
from siptui.tui.keys import key_name, plain_key
from siptui.tui.paint import Lines, Part, Signs, plain, rule

Row = tuple[str, str]
"""A key, field or example, and what it means."""

SIGNS = (
    ("mark", "marked message"),
    ("defect", "the message is defective: the inspector says how"),
    ("dot", "matches what is searched for"),
    ("new", "its shape, user agent, network or number was never seen before"),
    ("ours", "siptui sent it: an answer"),
    ("live", "messages are taken in"),
    ("paused", "rows are frozen; counting and recording go on"),
    ("ended", "all sources have ended"),
)
"""Signs of the screen, by their names in `Signs`, and what they mean."""


def rows(
    keys: Mapping[str, Sequence[str]],
    inside: Sequence[Row],
    language: Sequence[Row],
    signs: Signs,
) -> list[Row]:
    """Return the help as rows; a row without a key is the title of those below it.

    `inside` and `language` are such rows already.
    """
    found: list[Row] = []
    group = ""
    for action in ACTIONS:
        if action.group != group:
            group = action.group
            found.append(("", group))
        names = "  ".join(map(key_name, keys[action.id])) or "(no key)"
        found.append((plain_key(names) if signs.ascii else names, action.help))
    found += [(plain_key(names) if signs.ascii else names, words) for names, words in inside]
    found += [("", "Filter language"), *language, ("", "Fields")]
    for field in FIELDS:
        names = ", ".join((field.name, *field.aliases))
        found.append((names, f"{field.help} ({field.type})"))
    found.append(("", "Signs"))
    found += [(getattr(signs, name), meaning) for name, meaning in SIGNS]
    lies = plain(LIES) if signs.ascii else LIES
    found.append((lies, "the user agent lies: the message was written by the program behind it"))
    return found


def matching(found: Sequence[Row], words: str) -> list[Row]:
    """Return the rows that hold all of `words`, below their titles."""
    wanted = words.lower().split()
    kept: list[Row] = []
    title: Row | None = None
    for row in found:
        if not row[0]:
            title = row
        elif all(word in f"{row[0]} {row[1]}".lower() for word in wanted):
            if title is not None:
                kept.append(title)
                title = None
            kept.append(row)
    return kept or [("", f"nothing about {text.safe(words)}")]


def lines(found: Sequence[Row], width: int) -> list[list[Part]]:
    """Return rows as lines of `width` cells, long texts wrapped."""
    made: list[list[Part]] = []
    indent = max(12, min(34, width // 4))
    for key, words in found:
        if not key:
            made += [[]] if made else []
            made.append([(words, "title")])
            continue
        first, *more = text.wrap(words, width - indent - 1)
        if text.width(key) + 3 > indent:
            made.append([(f"  {key}", "key")])
            made.append([(" " * indent, ""), (first, "text")])
        else:
            made.append([("  ", ""), (text.fit(key, indent - 2), "key"), (first, "text")])
        made += [[(" " * indent, ""), (line, "text")] for line in more]
    return made


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
        inside: Sequence[Row],
        language: Sequence[Row],
        signs: Signs,
    ) -> None:
        super().__init__()
        self._signs = signs
        self._all = rows(keys, inside, language, signs)
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
        self._lines.focus()

    def on_resize(self) -> None:
        """Wrap to the new width."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        found = matching(self._all, self._search.value)
        self._lines.show(lines(found, self._lines.size.width))
        self._retitle()

    def _retitle(self) -> None:
        right: list[Part] = [(self._lines.position, "dim"), ("  / search  Esc close", "dim")]
        left: list[Part] = [("help", "focus")]
        width = self._title.size.width
        self._title.show([rule(left, right, width, self._signs, True)])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show only lines that hold what was typed."""
        event.stop()
        self._show()

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
