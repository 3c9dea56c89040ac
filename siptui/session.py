"""How do the screen and the engine come together on a terminal?

The engine's process is forked before anything else is loaded: while it opens what was asked for,
this one loads the screen. What cannot be opened is told before anything is drawn.
"""

from __future__ import annotations

import gc
import os
import pwd
import sys
from functools import partial
from typing import TYPE_CHECKING

from siptui import privilege
from siptui.cli import Arguments
from siptui.config import THEMES, Settings
from siptui.errors import SiptuiError
from siptui.process import EngineProcess

if TYPE_CHECKING:
    from siptui.engine import Engine, Output
    from siptui.status import Opened

SWITCH = 0.0005
"""Seconds that a thread of the screen's process computes while others want to."""
LAZY_PACKAGES = (
    "dpkt",
    "maxminddb",
    "numpy",
    "orjson",
    "phonenumbers",
    "rich",
    "siptui",
    "textual",
)
"""Packages of which the screen imports parts on first use."""


def run(arguments: Arguments, settings: Settings) -> int:
    """Watch what was asked for, with or without a screen; return the exit status.

    Raises SiptuiError for everything that the user can mend.
    """
    if arguments.headless:
        from siptui import launch

        if settings.is_argument("theme") and settings.theme not in THEMES:
            # Textual has themes, too, but takes longer to load than many a run without a screen.
            from siptui.tui import themes

            themes.judge(settings)
        return launch.run(arguments, settings)
    if not (sys.stdin.isatty() or "-" in arguments.files) or not sys.stdout.isatty():
        raise SiptuiError(
            "no terminal to draw on; use --json, --export FILE or --quiet to go without a screen"
        )
    if os.environ.get("TERM") == "dumb":
        raise SiptuiError(
            "this terminal cannot place what is drawn (TERM is dumb); "
            "use --json, --export FILE or --quiet to go without a screen"
        )
    if arguments.has_source:
        return _watch(arguments, settings)
    return _choose(settings)


def judge(settings: Settings) -> None:
    """Raise SiptuiError for settings that a start would refuse only when it needs them."""
    from siptui import launch
    from siptui.tui import actions, inside, themes

    privilege.unprivileged_user(settings.user, settings.origin("user"))
    launch.judge_mode(settings)
    launch.persona(settings)
    themes.judge(settings)
    actions.keymap(settings.keys, inside.keys(), settings.origin)


def _watch(arguments: Arguments, settings: Settings) -> int:
    if arguments.filter:
        from siptui.filters import parse_argument

        parse_argument(arguments.filter)
    user = privilege.unprivileged_user(settings.user, settings.origin("user"))
    capture = _take_keyboard_from_terminal() if "-" in arguments.files else -1
    process = EngineProcess(partial(_prepare, arguments, settings, user, capture))
    try:
        if capture >= 0:
            os.close(capture)
        from siptui.farewell import farewell
        from siptui.mask import Mask
        from siptui.reasons import Reasons
        from siptui.store import Store
        from siptui.store.feed import Feed
        from siptui.tui.app import run_app

        privilege.preload(user, *LAZY_PACKAGES)
        opened = process.opened()
        privilege.drop(user)
        store = Store(settings.keep, settings.keep_bytes)
        feed = Feed(process.connection, store)
        feed.start()
        # Looking through everything held for garbage stops the screen for 0.2 s, and finds next to
        # none: what the screen drops is found while it is young.
        gc.freeze()
        gc.set_threshold(10_000, 5, 1000)
        # A key goes through three threads, and each waits that long while rows are taken in.
        sys.setswitchinterval(SWITCH)
        status = run_app(
            store,
            settings=settings,
            mask=Mask(),
            title=opened.title,
            live=opened.live,
            filter=arguments.filter,
            control=process.command,
            typed=feed.give_way,
            explain=Reasons(opened.knowledge),
            country_name=lambda code: opened.country_names.get(code, code),
            label_words=opened.label_words,
        )
    finally:
        process.stop()
    return farewell(store) or status


def _prepare(
    arguments: Arguments,
    settings: Settings,
    user: pwd.struct_passwd | None,
    capture: int,
    output: Output,
) -> tuple[Engine, Opened]:
    """Put the engine together in its process, with a capture for its standard input if any."""
    from siptui import launch

    if capture >= 0:
        os.dup2(capture, 0)
        os.close(capture)
    return launch.prepare(arguments, settings, user, output)


def _take_keyboard_from_terminal() -> int:
    """Make the terminal standard input again; return the capture that came in by it."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise SiptuiError(
            "standard input is a capture and there is no terminal for the keyboard; use --json"
        ) from None
    capture = os.dup(0)
    os.dup2(terminal, 0)
    os.close(terminal)
    return capture


def _choose(settings: Settings) -> int:
    """Ask on a screen of its own what to watch, until it can be opened."""
    from siptui.capture.interface import interfaces
    from siptui.tui.screens.start import StartApp

    error = ""
    while True:
        choice = StartApp(interfaces(), error=error).run()
        if choice is None:
            return 0
        arguments = Arguments()
        if choice.kind == "udp":
            arguments.udp = [choice.value]
        elif choice.kind == "interface":
            arguments.interfaces = [choice.value]
        elif choice.kind == "file":
            arguments.files = [choice.value]
        else:
            arguments.demo = True
        try:
            return _watch(arguments, settings)
        except SiptuiError as problem:
            error = str(problem)
