"""What does the main screen ask its user, and what does it make of the answer?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from siptui import filters, text
from siptui.errors import SiptuiError
from siptui.tui.screens.help import HelpScreen
from siptui.tui.widgets.filterbar import Completion, FilterBar, Verdict

if TYPE_CHECKING:
    from siptui.tui.screens.monitor import Monitor as _Base
else:
    _Base = object


class Asking(_Base):
    """Ask for filters, for what to search, and for files."""

    def judge(self, value: str) -> Verdict:
        """Return what a filter text means, or what is wrong with it and where."""
        if not value.strip():
            return Verdict(True, "everything" if self.bar.purpose == "filter" else "nothing")
        try:
            return Verdict(True, text.safe(filters.parse(value).describe()))
        except filters.FilterError as error:
            return Verdict(False, text.safe(str(error)), error.start, error.stop)

    def complete(self, value: str, cursor: int) -> Sequence[Completion]:
        """Return how a filter text may go on at the cursor."""
        return []

    def on_filter_bar_submitted(self, message: FilterBar.Submitted) -> None:
        """Take the filter, or begin to search."""
        message.stop()
        if message.purpose == "filter":
            self.set_filter(message.value.strip())
        else:
            self.look_for(message.value.strip())
            if self.search:
                self.find(1)
        self.pane.focus()
        self.update()

    def on_filter_bar_closed(self, message: FilterBar.Closed) -> None:
        """Go on as before."""
        message.stop()
        self.pane.focus()
        self.update()

    def set_filter(self, value: str) -> None:
        """Put a filter in force; a wrong one leaves the old one in force and says why."""
        try:
            self.view.set_filter(value)
        except SiptuiError as error:
            self.say(str(error), "error")
            return
        self.tick()

    def act_help(self) -> None:
        """Show keys and the filter language."""
        self.app.push_screen(HelpScreen(self.keys_of, filters.HELP, self.signs))

    def found(self, seq: int) -> bool:
        """Return whether a message matches what is searched for."""
        return False

    def look_for(self, value: str) -> None:
        """Search for a filter text from now on."""
        self.search = value

    def find(self, step: int) -> None:
        """Go to the next match, down or up."""

    def act_export(self) -> None:
        """Ask what to write where, and write it."""
        from siptui.tui.screens.export import ExportScreen

        mask = self.mask if self.masking else None
        self.app.push_screen(ExportScreen(self.view, mask, self.directory), self._exported)

    def _exported(self, sentence: str | None) -> None:
        if sentence:
            self.say(sentence)
        self.update()
