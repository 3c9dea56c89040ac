"""What can the user do, by which keys, and when?

The one table of actions: key bindings, footer, command palette, help screen and the README's table
of keys are made from it. Settings change keys by the id of an action.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual.binding import Binding

from siptui.errors import SiptuiError
from siptui.tui.keys import CHARACTERS, is_key, key_name


@dataclass(frozen=True, slots=True)
class Situation:
    """Say what an action's possibility and its words depend on."""

    pane: str = "stream"
    """Which pane has the focus: ``stream``, ``tally`` or ``inspector``."""
    rows: int = 0
    """Messages shown."""
    held: int = 0
    """Messages held."""
    marks: int = 0
    filter: str = ""
    """The filter in force."""
    search: str = ""
    """What is searched for; empty: nothing."""
    following: bool = True
    frozen: bool = False
    masked: bool = False
    inspecting: bool = False
    zoomed: bool = False
    ranging: bool = False
    """Whether a range of marks was begun."""
    value: str = ""
    """The filter term of the value under the cursor, empty if it has none."""
    answering: str = ""
    """How sockets answer, empty where none can."""


Reason = Callable[[Situation], str]
"""Why an action is not possible now, as a sentence; empty where it is."""


def _always(_: Situation) -> str:
    return ""


def _rows(situation: Situation) -> str:
    return "" if situation.rows else "no message is shown"


def _value(situation: Situation) -> str:
    return "" if situation.value else "there is no value under the cursor"


def _marks(situation: Situation) -> str:
    return "" if situation.marks else "nothing is marked"


def _search(situation: Situation) -> str:
    return "" if situation.search else "nothing is searched for yet: press f"


def _held(situation: Situation) -> str:
    return "" if situation.held else "no message is held"


def _socket(situation: Situation) -> str:
    return "" if situation.answering else "only a UDP socket (--udp) can answer"


NOTHING_BACK = "there is no step to go back"
"""A reason that is not worth a notice."""


def _back(situation: Situation) -> str:
    s = situation
    somewhere = s.filter or s.search or s.marks or s.zoomed or s.inspecting or s.ranging
    return "" if somewhere or s.pane != "stream" else NOTHING_BACK


MOVE, NARROW, LOOK, COUNT, PICK, PROGRAM = (
    "Move",
    "Filter and search",
    "Look",
    "Counters",
    "Select and export",
    "siptui",
)


@dataclass(frozen=True, slots=True)
class Action:
    """Describe one thing the user can do."""

    id: str
    """Its name in the settings and in code: the screen's method ``act_<id>`` does it."""
    keys: tuple[str, ...]
    words: str
    """At most two words for the footer."""
    help: str
    """A sentence for the help screen and the palette."""
    group: str
    when: Reason = _always
    footer: int = 0
    """Its rank in the footer, 1 the first to stay; 0: not in the footer."""
    panes: tuple[str, ...] = ("stream", "tally", "inspector")
    """Where the footer offers it."""
    instead: Callable[[Situation], str] | None = None
    """Other words for the footer, where the situation asks for them."""

    def label(self, situation: Situation) -> str:
        """Return the words for the footer."""
        return (self.instead(situation) if self.instead else "") or self.words


_LIST = ("stream", "tally")

ACTIONS: tuple[Action, ...] = (
    Action("up", ("k", "up"), "up", "One line up; the stream stops following.", MOVE),
    Action("down", ("j", "down"), "down", "One line down.", MOVE),
    Action("left", ("h", "left"), "left", "To the value on the left.", MOVE),
    Action("right", ("l", "right"), "right", "To the value on the right.", MOVE),
    Action("half_up", ("ctrl+u",), "half up", "Half a page up.", MOVE),
    Action("half_down", ("ctrl+d",), "half down", "Half a page down.", MOVE),
    Action("page_up", ("pageup", "ctrl+b"), "page up", "A page up.", MOVE),
    Action("page_down", ("pagedown", "ctrl+f"), "page down", "A page down.", MOVE),
    Action("top", ("g", "home"), "top", "To the oldest message, or the first row.", MOVE),
    Action(
        "follow",
        ("G", "end"),
        "follow",
        "To the newest message, and follow what arrives; in a counter, to the last row.",
        MOVE,
        footer=5,
        panes=("stream",),
        instead=lambda s: "newest" if s.following else "",
    ),
    Action("next_pane", ("tab",), "next pane", "To the next pane.", MOVE, footer=9),
    Action("previous_pane", ("shift+tab",), "previous pane", "To the pane before.", MOVE),
    Action(
        "filter",
        ("slash", "f3", "f7"),
        "filter",
        "Edit the filter: only messages that match are shown, counted and exported.",
        NARROW,
        footer=2,
        panes=_LIST,
    ),
    Action(
        "back",
        ("escape", "backspace"),
        "back",
        "One step back: leave a pane, take the last term off the filter, drop the marks.",
        NARROW,
        _back,
        footer=3,
        instead=lambda s: "drop term" if s.filter and s.pane == "stream" else "",
    ),
    Action(
        "only",
        ("plus", "equals_sign"),
        "only this",
        "Show only messages like the value under the cursor.",
        NARROW,
        _value,
        footer=7,
        panes=_LIST,
    ),
    Action(
        "hide",
        ("minus",),
        "hide this",
        "Hide messages like the value under the cursor.",
        NARROW,
        _value,
        footer=8,
        panes=_LIST,
    ),
    Action(
        "what_is_left",
        ("w",),
        "hide known",
        "Hide sources that show only known tools and routine scans, or show them again.",
        NARROW,
        footer=8,
        panes=_LIST,
        instead=lambda s: "show known" if "-known" in s.filter.split() else "",
    ),
    Action("find", ("f",), "find", "Search without hiding; takes the filter language.", NARROW),
    Action("find_next", ("n",), "find next", "To the next match below.", NARROW, _search),
    Action("find_previous", ("N",), "find previous", "To the next match above.", NARROW, _search),
    Action(
        "open",
        ("enter",),
        "inspect",
        "Inspect the message under the cursor; on a counter's row, narrow the stream to it.",
        LOOK,
        footer=1,
        panes=_LIST,
        instead=lambda s: "drill in" if s.pane == "tally" else "",
    ),
    Action(
        "senders",
        ("S",),
        "senders",
        "Who sends, and what each has shown; campaigns of senders that work together.",
        LOOK,
        footer=7,
        panes=_LIST,
    ),
    Action("flow", ("F", "f4"), "call flow",
           "This message's call between its hosts, as a ladder; or all marked messages' calls.",
           LOOK, _rows, footer=5, panes=("stream",)),
    Action("conversation", ("C",), "conversation",
           "Both directions of this message's source in time order, with the gaps.", LOOK, _rows),
    Action("respond", ("R",), "answers",
           "How the socket answers, and what sources did then; change the mode.", LOOK, _socket,
           footer=6),
    Action(
        "inspector", ("i",), "inspector", "Show or hide the inspector beside the stream.", LOOK
    ),
    Action(
        "pause",
        ("p",),
        "pause",
        "Freeze the rows; counting, losses and recording go on.",
        LOOK,
        footer=6,
        instead=lambda s: "resume" if s.frozen else "",
    ),
    Action("zoom", ("z",), "zoom", "Give the pane the whole screen, or back.", LOOK, footer=12),
    Action("layout", ("v",), "layout", "Next layout: which panes lie beside the stream.", LOOK),
    Action("time", ("t",), "time", "Time of day, age, or time since the row above.", LOOK),
    Action("theme", ("T",), "theme", "Next theme.", LOOK),
    Action(
        "mask",
        ("m",),
        "mask",
        "Hide addresses and users on screen and in exports, or show them.",
        LOOK,
        instead=lambda s: "unmask" if s.masked else "",
    ),
    *(
        Action(f"count_{number}", (str(number),), name, f"Counter: {name}.", COUNT)
        for number, name in enumerate(
            ("countries", "user agents", "methods", "sources", "users", "tools", "labels",
             "dialled countries", "dialled numbers"), 1
        )
    ),
    Action(
        "sort",
        ("o",),
        "sort",
        "Sort the counters by count, by rate over the last minute, or by name.",
        COUNT,
        footer=4,
        panes=("tally",),
    ),
    Action(
        "mark",
        ("space",),
        "mark",
        "Mark or unmark the message under the cursor.",
        PICK,
        _rows,
        footer=4,
        panes=("stream",),
    ),
    Action(
        "mark_range",
        ("V",),
        "mark range",
        "Begin a range at the cursor; once more marks all up to the cursor.",
        PICK,
        _rows,
    ),
    Action("mark_all", ("a", "A"), "mark all", "Mark all shown messages.", PICK, _rows),
    Action("unmark", ("u",), "unmark", "Unmark all.", PICK, _marks),
    Action(
        "export",
        ("e", "s", "f2"),
        "export",
        "Write the marked messages, the one under the cursor, or all shown to a file.",
        PICK,
        _rows,
        footer=10,
        panes=("stream", "inspector"),
    ),
    Action(
        "copy",
        ("y",),
        "copy message",
        "Send the message's text to the terminal's clipboard (OSC 52).",
        PICK,
        _rows,
    ),
    Action(
        "copy_value",
        ("Y",),
        "copy value",
        "Send the value under the cursor to the terminal's clipboard (OSC 52).",
        PICK,
        _value,
    ),
    Action(
        "clear",
        ("c", "f5"),
        "clear",
        "Forget the messages held; counting and recording go on.",
        PROGRAM,
        _held,
    ),
    Action("redraw", ("ctrl+l",), "redraw", "Draw the screen anew.", PROGRAM),
    Action("suspend", ("ctrl+z",), "suspend", "To the shell, until fg; capture goes on.", PROGRAM),
    Action("palette", ("colon", "ctrl+p"), "commands", "Find a command by typing.", PROGRAM),
    Action("help", ("question_mark", "f1"), "help", "Keys and the filter language.", PROGRAM,
           footer=3),
    Action("quit", ("q", "ctrl+q"), "quit", "End siptui.", PROGRAM, footer=11),
)  # fmt: skip

ACTION: dict[str, Action] = {action.id: action for action in ACTIONS}


def keymap(
    changes: Mapping[str, str],
    others: Mapping[str, tuple[str, ...]] | None = None,
    origin: Callable[[str], str] = lambda _: "[keys]: ",
) -> dict[str, tuple[str, ...]]:
    """Return the keys of every action, with the settings' `changes` (keys separated by commas).

    `others` are keys by the ids of what only one pane does; `origin` tells where the setting
    ``keys.`` and an id stands. Raises SiptuiError for an unknown action, for what is no key, and
    for a key that would do two things in the same place.
    """
    keys = {action.id: action.keys for action in ACTIONS} | dict(others or {})
    taken: dict[tuple[str, str], str] = {}
    for id, words in changes.items():
        where = origin(f"keys.{id}")
        if id not in keys:
            near = difflib.get_close_matches(id, keys, 1)
            hint = f" - did you mean {near[0]}?" if near else ""
            raise SiptuiError(f"{where}there is no action {id!r}{hint}")
        place = id.rpartition(".")[0]
        wanted = filter(None, map(str.strip, words.split(",")))
        keys[id] = tuple(CHARACTERS.get(key, key) for key in wanted)
        for key in keys[id]:
            if not is_key(key):
                raise SiptuiError(f"{where}there is no key {key!r} such as p, f5 or ctrl+p")
            other = taken.setdefault((place, key), id)
            if other != id:
                raise SiptuiError(f"{where}{key_name(key)} is given to both {other} and {id}")
    # A key that the user gives away is taken from the action that had it by default.
    for id, theirs in keys.items():
        if id not in changes:
            place = id.rpartition(".")[0]
            keys[id] = tuple(key for key in theirs if (place, key) not in taken)
    return keys


def bindings() -> list[Binding]:
    """Return the bindings of a screen that does actions by ``action_do(id)``."""
    return [
        Binding(",".join(action.keys), f"do('{action.id}')", action.words, show=False, id=action.id)
        for action in ACTIONS
    ]


def footer(situation: Situation) -> list[Action]:
    """Return what the footer offers now, the most important first."""
    fitting = (
        action
        for action in ACTIONS
        if action.footer and situation.pane in action.panes and not action.when(situation)
    )
    return sorted(fitting, key=lambda action: action.footer)


def markdown() -> str:
    """Return the table of keys for the README."""
    rows = ["| keys | what they do | id |", "|---|---|---|"]
    for action in ACTIONS:
        names = " ".join(f"`{key_name(key)}`" for key in action.keys)
        rows.append(f"| {names} | {action.help} | `{action.id}` |")
    return "\n".join(rows) + "\n"
