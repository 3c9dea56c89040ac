"""How does the user get from the senders to their messages and back, and to what is left?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from siptui import filters
from siptui.tui.screens.picks import Picks

if TYPE_CHECKING:
    from siptui.tui.screens.sending import Drill, Look

_KNOWN = "-known"
"""The term that leaves what is neither a known tool nor a routine scan."""


class _Way(NamedTuple):
    """Hold what was in force before a sender's messages were shown."""

    before: str
    """The filter."""
    filter: str
    """The filter that shows them."""
    time: str
    """The way in which the time was shown."""


class Drilling(Picks):
    """Show senders, their messages, and what is left without what is known."""

    _way: _Way | None = None
    _senders_look: Look | None = None

    def act_senders(self) -> None:
        """Show who sends."""
        from siptui.tui.screens.senders import SendersScreen
        from siptui.tui.screens.sending import Look

        if self._senders_look is None:
            self._senders_look = Look()
        self.app.push_screen(SendersScreen(self, self._senders_look), self._drill)

    def _drill(self, drill: Drill | None) -> None:
        """Show the messages of a sender in time order with the gaps between them."""
        if drill is None:
            self.update()
            return
        before, time = self.view.filter.text, self.look.time
        self.narrow_to(drill.term)
        if self.view.filter.text == before:
            return
        self._way = _Way(before, self.view.filter.text, time)
        self.look.time = "delta"
        if self.zoomed:
            self.unzoom()
        self.focus_pane(self.stream)
        self.view.following = False
        self.stream.go(0)
        self.update()

    def drop_term(self) -> None:
        """Take the last term off the filter; behind a drill, go back to the senders."""
        way, self._way = self._way, None
        if way is None or way.filter != self.view.filter.text:
            self.set_filter(filters.drop_last_term(self.view.filter.text))
            return
        self.look.time = way.time
        self.set_filter(way.before)
        self.view.following = True
        self.act_senders()

    def act_what_is_left(self) -> None:
        """Hide sources that show only known tools and routine scans, or show them again."""
        terms = self.view.filter.terms
        if _KNOWN in terms:
            self.set_filter(" ".join(each for each in terms if each != _KNOWN))
            self.say("everything again")
        else:
            self.narrow_to(_KNOWN)
            self.say("what is left: without known tools and routine scans")
