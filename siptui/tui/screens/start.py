"""Where shall the traffic come from?

```
━ siptui  watch SIP traffic ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
  interfaces
▌   any     every interface                              no right to capture
    eth0    192.0.2.10  2001:db8::10                     no right to capture
  without any right
    socket  listen on a UDP port                         0.0.0.0:5060
    file    pcap or pcapng, gzip too
    demo    ten made-up minutes of scanners and callers
```
"""

from __future__ import annotations

import os
import stat
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Protocol

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from siptui import text
from siptui.tui import themes
from siptui.tui.paint import Painted, Part, Signs, rule
from siptui.tui.paths import expand, status
from siptui.tui.widgets.notes import Note
from siptui.tui.widgets.path_field import PathField

CAPTURES = (".pcap", ".pcapng", ".cap", ".pcap.gz", ".pcapng.gz", ".cap.gz")
"""The endings of files that completion offers."""

WIDEST = 96
"""Cells after which a line of the list does not grow any more."""


class Device(Protocol):
    """What a network interface tells of itself."""

    @property
    def name(self) -> str:
        """``eth0``, ``lo``, ``any`` …"""
        ...

    @property
    def addresses(self) -> Sequence[str]:
        """Its IPv4 and IPv6 addresses."""
        ...

    @property
    def up(self) -> bool:
        """Whether it is switched on."""
        ...

    @property
    def may_capture(self) -> bool:
        """Whether this user could capture on it now."""
        ...

    @property
    def reason(self) -> str:
        """Why not, as one sentence that says what to do."""
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """Say where the traffic shall come from."""

    kind: Literal["interface", "udp", "file", "demo"]
    value: str = ""
    """The interface's name, ``[HOST:]PORT`` or the file's path."""


class Choices(Painted, can_focus=True):
    """List what can be watched."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "down", show=False, id="start.down"),
        Binding("k,up", "move(-1)", "up", show=False, id="start.up"),
        Binding("g,home", "move(-999)", "first", show=False, id="start.first"),
        Binding("G,end", "move(999)", "last", show=False, id="start.last"),
        Binding("enter,space", "take", "watch", show=False, id="start.watch"),
    ]

    class Moved(Message):
        """The cursor stands on another line."""

    class Taken(Message):
        """The line under the cursor was chosen."""

    def __init__(self, devices: Sequence[Device], *, signs: Signs | None = None) -> None:
        super().__init__(id="choices", signs=signs)
        self.devices = devices
        self.rows: list[Choice] = [Choice("interface", each.name) for each in devices]
        self.rows += [Choice("udp"), Choice("file"), Choice("demo")]
        self.cursor = self._first()
        self.top = 0

    def _first(self) -> int:
        """Return the line to begin at: what most likely can be watched and is wanted."""
        ready = [at for at, each in enumerate(self.devices) if each.may_capture]
        outer = [at for at in ready if any(map(_is_outer, self.devices[at].addresses))]
        return (outer or ready or [len(self.devices)])[0]

    @property
    def choice(self) -> Choice:
        """The line under the cursor."""
        return self.rows[self.cursor]

    @property
    def device(self) -> Device | None:
        """The interface under the cursor."""
        return self.devices[self.cursor] if self.cursor < len(self.devices) else None

    def _lines(self) -> list[int | str]:
        lines: list[int | str] = ["interfaces"] if self.devices else []
        lines += range(len(self.devices))
        lines += ["", "without any right"]
        lines += range(len(self.devices), len(self.rows))
        return lines

    def keys(self) -> Sequence[Hashable]:
        """Return what the lines show."""
        lines = self._lines()[self.top :]
        return [(line, line == self.cursor, self.has_focus) for line in lines]

    def line(self, y: int) -> Sequence[Part]:
        """Return a heading or something that can be watched."""
        lines = self._lines()
        if y + self.top >= len(lines):
            return ()
        line = lines[y + self.top]
        if isinstance(line, str):
            return [("  " + line, "title")]
        sign = self.signs.cursor if line == self.cursor else " "
        return [(sign, "focus"), ("   ", ""), *self._row(line, min(self.size.width - 4, WIDEST))]

    def render_line(self, y: int) -> Strip:
        """Return line `y` in exactly the widget's width, raised under the cursor."""
        lines = self._lines()[self.top :]
        here = y < len(lines) and lines[y] == self.cursor
        base = ("cursor" if self.has_focus else "blurred") if here else ""
        return self.strip(self.line(y), self.size.width, base)

    def _row(self, number: int, width: int) -> list[Part]:
        choice = self.rows[number]
        name_width = 14 if width >= 70 else 9
        if choice.kind != "interface":
            words = {
                "udp": ("socket", "listen on a UDP port, needs no root"),
                "file": ("file", "read pcap or pcapng, gzip too"),
                "demo": ("demo", "replay ten made-up minutes"),
            }[choice.kind]
            return [(text.fit(words[0], name_width) + " ", "value"), (words[1], "dim")]
        device = self.devices[number]
        state = _state(device)
        room = width - name_width - 1 - len(state) - 3
        addresses = "  ".join(device.addresses) or ("all" if device.name == "any" else "no address")
        return [
            (text.fit(text.safe(device.name), name_width) + " ", "value"),
            (text.fit(text.safe(addresses), max(0, room)) + "  ", "dim"),
            (state, "good" if device.may_capture else "warn"),
        ]

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + rows, len(self.rows) - 1))
        at = self._lines().index(self.cursor)
        top = min(self.top, max(0, at - 1))
        self.top = max(top, at - max(1, self.size.height) + 1)
        self.sync()
        self.post_message(self.Moved())

    def action_take(self) -> None:
        """Choose the line under the cursor."""
        self.post_message(self.Taken())

    def on_click(self, event: events.Click) -> None:
        """Move to the line under the mouse; choose it if it was under the cursor before."""
        lines = self._lines()
        at = self.top + event.y
        line = lines[at] if at < len(lines) else ""
        if isinstance(line, int):
            if line == self.cursor:
                self.action_take()
            else:
                self.action_move(line - self.cursor)

    def on_focus(self) -> None:
        """Show whose keys move the cursor."""
        self.sync()

    def on_blur(self) -> None:
        """Show whose keys move the cursor."""
        self.sync()


class Heading(Painted):
    """Say which program this is."""

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [0]

    def line(self, y: int) -> Sequence[Part]:
        """Return name and purpose on a rule."""
        words: list[Part] = [("siptui", "title"), ("  what shall be watched?", "dim")]
        return rule(words, (), self.size.width, self.signs, True)


class StartApp(App[Choice | None]):
    """Let the user choose what to watch; run it before the application proper."""

    TITLE = "siptui"
    CSS_PATH = Path(__file__).parent.parent / "siptui.tcss"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; color: $sip-text; layout: vertical; }
    #heading { height: 1; }
    #error { height: 2; margin-top: 1; display: none; }
    .-failed #error { display: block; }
    #choices { height: 1fr; margin-top: 1; }
    #asking { height: 4; display: none; padding: 0 2; }
    .-asking #asking { display: block; }
    #port { height: 1; border: none; padding: 0; }
    #path { display: none; }
    .-file #path { display: block; }
    .-file #port { display: none; }
    #question { height: 1; }
    #hint { height: 3; }
    #keys { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+q", "quit_start", "quit", show=False, id="start.quit"),
        Binding("escape", "leave", "back", show=False, id="start.back"),
    ]

    def __init__(
        self,
        devices: Sequence[Device],
        *,
        error: str = "",
        theme: str = "siptui-dark",
        port: str = "0.0.0.0:5060",
        folder: str = "",
        signs: Signs | None = None,
    ) -> None:
        """Offer `devices`, a socket, a file and the demo.

        `error` says why the last choice did not work. `port` is what to listen on if nobody says
        otherwise, `folder` where files are looked for first.
        """
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        for each in themes.THEMES:
            self.register_theme(each)
        self.theme = themes.choose(theme, "NO_COLOR" in os.environ)
        self.animation_level = "none"
        self._devices = devices
        self._error = error
        self._port = port
        self._folder = folder
        self._signs = signs or Signs()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the roles' colours for themes that have none."""
        return themes.role_defaults(self.current_theme.dark)

    def compose(self) -> ComposeResult:
        """Put the list in the middle, with what went wrong above and what to type below."""
        yield Heading(id="heading", signs=self._signs)
        yield Note(self._error, "alarm", indent=2, id="error")
        yield Choices(self._devices, signs=self._signs)
        with Vertical(id="asking"):
            yield Note(id="question")
            yield Input(self._port, id="port", compact=True, select_on_focus=False)
            yield PathField(self._folder, endings=CAPTURES, id="path", signs=self._signs)
        yield Note(indent=2, id="hint")
        yield Note(indent=2, id="keys")

    def on_mount(self) -> None:
        """Begin in the list."""
        self.screen.set_class(bool(self._error), "-failed")
        self.query_one(Choices).focus()
        self._hint()

    @on(Choices.Moved)
    def _hint(self) -> None:
        device = self.query_one(Choices).device
        hint = self.query_one("#hint", Note)
        hint.say(device.reason if device is not None else "", "warn")
        keys = "Enter watch   j k move   q quit"
        if self.screen.has_class("-asking"):
            tab = "Tab complete   " if self.screen.has_class("-file") else ""
            keys = f"Enter watch   {tab}Esc back"
        self.query_one("#keys", Note).say(keys)

    @on(Choices.Taken)
    def _taken(self) -> None:
        choice = self.query_one(Choices).choice
        if choice.kind in {"interface", "demo"}:
            self.exit(choice)
            return
        self.screen.add_class("-asking")
        self.screen.set_class(choice.kind == "file", "-file")
        question = self.query_one("#question", Note)
        if choice.kind == "udp":
            question.say("listen on host:port, or a port for all addresses:", "text")
            self.query_one("#port", Input).focus()
        else:
            question.say("read the file:", "text")
            self.query_one(PathField).focus()
        self._hint()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        value = event.value.strip()
        asks_file = self.screen.has_class("-file")
        problem = _file_problem(value) if asks_file else _port_problem(value)
        if problem:
            self.query_one("#hint", Note).say(problem, "alarm")
        elif asks_file:
            self.exit(Choice("file", str(expand(value))))
        else:
            self.exit(Choice("udp", value))

    def action_leave(self) -> None:
        """Go back from typing to the list."""
        self.screen.remove_class("-asking", "-file")
        self.query_one(Choices).focus()
        self._hint()

    def action_quit_start(self) -> None:
        """End without a choice."""
        self.exit(None)


def _state(device: Device) -> str:
    if device.may_capture:
        return "ready"
    return "no right to capture" if device.up else "down"


def _is_outer(address: str) -> bool:
    return not address.startswith(("127.", "::1", "fe80:"))


def _file_problem(value: str) -> str:
    if not value:
        return "type the path of a capture file; Tab completes it"
    path = expand(value)
    name = text.safe(str(path))
    try:
        found = status(path)
    except OSError as error:
        return f"{error.strerror}: {name}"
    if found is None:
        return f"there is no file {name}"
    return f"{name} is a folder; Tab shows what is in it" if stat.S_ISDIR(found.st_mode) else ""


def _port_problem(value: str) -> str:
    port = value.rpartition(":")[2]
    if port.isdecimal() and port.isascii() and 0 < int(port) < 65536:
        return ""
    return "say [host:]port, such as 5060, 127.0.0.1:5060 or [::1]:5060"
