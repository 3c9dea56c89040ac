"""How do store, screens, keys, themes and signals come together on a terminal?

Wiring only. The application runs in the main thread of the main process; its one timer asks the
view what is new, and nothing else ever tells it of messages.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.driver import Driver
from textual.events import Event, InputEvent, Key

from siptui.config import Settings
from siptui.store import Store
from siptui.tui import themes
from siptui.tui.frames import Frames
from siptui.tui.palette import Commands
from siptui.tui.paths import default_folder
from siptui.tui.screens.main import MainScreen
from siptui.tui.terminal import PlainDriver, driver_class
from siptui.tui.widgets.filterbar import FilterBar
from siptui.tui.widgets.inspector import Explain
from siptui.view import View

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""What ends the application with the terminal restored and status 128 + n."""


class SiptuiApp(App[None]):
    """Show the monitor on a terminal."""

    TITLE = "siptui"
    # Read before root is given up: the user whom siptui becomes may not be let in there.
    CSS = (Path(__file__).parent / "siptui.tcss").read_text("utf-8")
    COMMANDS: ClassVar = {lambda: Commands}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ENABLE_COMMAND_PALETTE = True
    NOTIFICATION_TIMEOUT = 3

    def __init__(
        self,
        store: Store,
        *,
        settings: Settings,
        mask: Any = None,
        clock: Callable[[], float] = time.time,
        control: Callable[[str, object], None] | None = None,
        title: str = "",
        live: bool = True,
        filter: str = "",
        directory: Path | None = None,
        explain: Explain | None = None,
        country_name: Callable[[str], str] = str,
        label_words: Mapping[str, str] | None = None,
        typed: Callable[[], None] = lambda: None,
        environment: Mapping[str, str] = os.environ,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """Prepare the screens; nothing is drawn yet.

        `clock` gives seconds since the epoch. `control` takes commands for the engine. `title` is
        what the header calls the source, `live` whether it is one that waits. `directory` is where
        exports go by default. `explain` gives the reasons for what is said of a record,
        `country_name` the name of a code, `label_words` the short words for labels. `typed` is
        called when something is typed or the mouse moves. Raises SiptuiError for an unknown theme
        and for keys that clash.
        """
        no_color = "NO_COLOR" in environment
        # Textual decides in its constructor between dropping colours and turning them grey.
        super().__init__(driver_class=driver_class, ansi_color=True if no_color else None)
        for theme in themes.THEMES:
            self.register_theme(theme)
        themes.judge(settings)
        self.theme = themes.choose(settings.theme, no_color)
        self.animation_level = "none"
        self._settings = settings
        self._typed = typed
        self.view = View(store, utc=settings.utc)
        if filter:
            self.view.set_filter(filter)
        self.monitor = MainScreen(
            self.view,
            settings=settings,
            mask=mask,
            clock=clock,
            control=control,
            title=title,
            live=live,
            directory=directory or default_folder(),
            explain=explain,
            country_name=country_name,
            label_words=label_words,
        )
        self.set_class(settings.ascii, "-ascii")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the roles' colours for themes that have none."""
        return themes.role_defaults(self.current_theme.dark)

    def refresh_css(self, animate: bool = True) -> None:
        """Apply a theme: before anything is on the screen, only to what is parsed for it anyway."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        """Show the monitor, and begin to ask."""
        self.set_keymap(self.monitor.keys_changed)
        self.monitor.fit(self.size)
        self.push_screen(self.monitor)
        line = self._driver.line if isinstance(self._driver, PlainDriver) else None
        self._frames = Frames(self._settings.fps, self._settings.bandwidth, line)
        self._follow()
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            # A loop that does not run in the main thread, as in tests, takes no signals.
            with suppress(RuntimeError, ValueError, NotImplementedError):
                loop.add_signal_handler(number, self._end_by, number)

    async def on_event(self, event: Event) -> None:
        """Say that something was typed before anything is done about it.

        Textual gives all keys that came at once, as they do over a slow line, to what has the
        focus before the first one has an effect: text typed behind ``/`` would be taken for
        commands, and commands typed behind it for text. A key that does something on the main
        screen or in the filter's line therefore does it at once.
        """
        if isinstance(event, InputEvent):
            self._typed()
        if isinstance(event, Key) and not event.is_forwarded:
            bar = self._bar
            if bar is not None and await bar.take(event):
                return
            if bar is not None or self._commands_are_typed:
                bound = self.screen.active_bindings.get(event.key)
                if bound is not None and bound.enabled:
                    await self.run_action(bound.binding.action, bound.node)
                    return
        await super().on_event(event)

    @property
    def _bar(self) -> FilterBar | None:
        """The bar that has the line which is typed into."""
        above = self.focused.ancestors if self.focused is not None else ()
        return next((each for each in above if isinstance(each, FilterBar)), None)

    @property
    def _commands_are_typed(self) -> bool:
        """Whether keys mean actions of the main screen, and are neither text nor of a pane."""
        monitor = self.monitor
        return (
            self.screen is monitor
            and not monitor.bar.display
            and self.focused is monitor.pane
            and monitor.pane_name != "inspector"
        )

    def _follow(self) -> None:
        """Draw what has arrived if that is due, and come back when it is due again."""
        if not self.is_running:
            return
        if not self._frames.wait():
            self.monitor.tick()
            self._frames.drawn()
        # A timer of Textual's that starts too late never rings.
        loop = asyncio.get_running_loop()
        loop.call_later(self._frames.wait(), self.call_next, self._follow)

    def _end_by(self, number: int) -> None:
        self.exit(return_code=128 + number)


def run_app(store: Store, *, settings: Settings, **more: Any) -> int:
    """Show the monitor until the user quits or a signal comes; return the exit status.

    `more` are the other arguments of `SiptuiApp`.
    """
    app = SiptuiApp(
        store, settings=settings, driver_class=driver_class(plain=settings.plain_terminal), **more
    )
    app.run(mouse=settings.mouse)
    return app.return_code or 0
