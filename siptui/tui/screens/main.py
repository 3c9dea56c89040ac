"""What do the actions that move, narrow and look do to the main screen?

One method an action of `actions.ACTIONS`, named ``act_`` and its id.
"""

from __future__ import annotations

from typing import Any

from siptui import filters
from siptui.tui.screens.answering import Answering
from siptui.tui.screens.monitor import ARRANGEMENTS
from siptui.tui.themes import THEMES
from siptui.tui.widgets.stream import TIMES, Stream
from siptui.tui.widgets.tally import TallyPane


class MainScreen(Answering):
    """Do what the keys say."""

    # Move

    def _move(self, lines: int) -> None:
        if isinstance(self.pane, (Stream, TallyPane)):
            self.pane.move(lines)

    def _page(self, pages: float) -> None:
        if isinstance(self.pane, (Stream, TallyPane)):
            self.pane.page(pages)

    def act_up(self) -> None:
        """Move up; from the newest message this stops following."""
        self._move(-1)

    def act_down(self) -> None:
        """Move down."""
        self._move(1)

    def act_left(self) -> None:
        """Move to the column on the left."""
        if self.pane is self.stream:
            self.stream.move_column(-1)

    def act_right(self) -> None:
        """Move to the column on the right."""
        if self.pane is self.stream:
            self.stream.move_column(1)

    def act_half_up(self) -> None:
        """Move half a page up."""
        self._page(-0.5)

    def act_half_down(self) -> None:
        """Move half a page down."""
        self._page(0.5)

    def act_page_up(self) -> None:
        """Move a page up."""
        self._page(-1)

    def act_page_down(self) -> None:
        """Move a page down."""
        self._page(1)

    def act_top(self) -> None:
        """Go to the first row."""
        if isinstance(self.pane, (Stream, TallyPane)):
            self.pane.go(0)

    def act_follow(self) -> None:
        """Go to the newest message and follow; in a counter, to the last row."""
        if isinstance(self.pane, TallyPane):
            self.pane.go(len(self.pane.entries))
        else:
            self.stream.follow()

    def _visible_panes(self) -> list[Any]:
        if self.narrow or self.zoomed:
            return [self.stream, *([self.inspector] if self.inspecting else []), *self.panes[:2]]
        every = [self.stream, self.inspector, *self.panes]
        return [pane for pane in every if pane.display and pane.region.height]

    def _next_pane(self, step: int) -> None:
        panes = self._visible_panes()
        at = panes.index(self.pane) if self.pane in panes else 0
        self.unzoom()
        self.focus_pane(panes[(at + step) % len(panes)])

    def act_next_pane(self) -> None:
        """Focus the next pane."""
        self._next_pane(1)

    def act_previous_pane(self) -> None:
        """Focus the pane before."""
        self._next_pane(-1)

    # Narrow

    def act_filter(self) -> None:
        """Edit the filter."""
        value = self.view.filter.text
        self.bar.ask("filter", f"{value} " if value else "", self.set_filter)

    def act_find(self) -> None:
        """Ask what to search for."""
        self.bar.ask("find", self.search.text, self.go_to)

    def act_back(self) -> None:
        """Go one step back."""
        view = self.view
        if self.look.range_from >= 0:
            self.look.range_from = -1
        elif self.pane_name == "tally" and view.filter.text:
            self.set_filter(filters.drop_last_term(view.filter.text))
        elif self.zoomed or self.pane is not self.stream:
            if self.pane is self.inspector and (self.narrow or self.zoomed):
                self.inspect(False)
            self.unzoom()
            self.focus_pane(self.stream)
        elif self.inspecting and self.arrangement not in ("inspector", "all"):
            self.inspect(False)
        elif self.search.text:
            self.look_for("")
        elif view.filter.text:
            self.drop_term()
        elif view.marks:
            view.marks.clear()

    def act_only(self) -> None:
        """Keep only messages like the value under the cursor."""
        self.narrow_to(self.term() or "")

    def act_hide(self) -> None:
        """Hide messages like the value under the cursor."""
        self.narrow_to(self.term(hide=True) or "")

    def act_find_next(self) -> None:
        """Go to the next match below."""
        self.find(1)

    def act_find_previous(self) -> None:
        """Go to the next match above."""
        self.find(-1)

    # Look

    def act_open(self) -> None:
        """Inspect the message, or drill into the counter's row."""
        if isinstance(self.pane, TallyPane):
            term = self.term()
            if term:
                if self.zoomed:
                    self.unzoom()
                    self.focus_pane(self.stream)
                self.narrow_to(term)
            return
        if not len(self.view):
            return
        self.stream.stand()
        self.inspect(True)
        self.focus_pane(self.inspector)

    def act_inspector(self) -> None:
        """Show or hide the inspector."""
        self.inspect(not self.inspecting)
        if self.inspecting and self.alone(self.inspector):
            self.focus_pane(self.inspector)

    def act_pause(self) -> None:
        """Freeze the rows, or let them go on."""
        self.view.frozen = not self.view.frozen
        self.tick()

    def act_zoom(self) -> None:
        """Give the pane the whole screen, or back."""
        self.zoomed = "" if self.zoomed else self.pane_name
        if not self.zoomed and self.narrow:
            self.focus_pane(self.stream)
        self.lay_out()

    def act_layout(self) -> None:
        """Arrange the panes in the next way."""
        at = ARRANGEMENTS.index(self.arrangement)
        self.arrangement = ARRANGEMENTS[(at + 1) % len(ARRANGEMENTS)]
        self.zoomed = ""
        self.inspect(self.arrangement in ("inspector", "all"))
        self.focus_pane(self.stream)
        self.say(f"layout: {self.arrangement}")

    def act_time(self) -> None:
        """Show the time in the next way."""
        self.look.time = TIMES[(TIMES.index(self.look.time) + 1) % len(TIMES)]

    def act_theme(self) -> None:
        """Use the next theme."""
        names = [theme.name for theme in THEMES]
        at = names.index(self.app.theme) if self.app.theme in names else -1
        self.app.theme = names[(at + 1) % len(names)]
        self.say(f"theme: {self.app.theme}")

    def act_mask(self) -> None:
        """Hide addresses and users, or show them."""
        self.cover.on = not self.cover.on
        self.stream.repaint()
        for pane in self.panes:
            pane.repaint()
        self.say("addresses and users are hidden" if self.cover.on else "nothing is hidden")

    def act_redraw(self) -> None:
        """Draw everything anew."""
        self.app.refresh(repaint=True, layout=True)
        for pane in (self.header, self.trail, self.stream, *self.panes, self.strip_, self.footer):
            pane.repaint()

    def act_suspend(self) -> None:
        """Give the terminal back to the shell until it brings siptui to the foreground."""
        self.app.action_suspend_process()
