"""What does the main screen ask its user, and what does it make of the answer?"""

from __future__ import annotations

from siptui import filters
from siptui.errors import SiptuiError
from siptui.tui import inside
from siptui.tui.screens.monitor import Monitor


class Asking(Monitor):
    """Ask for filters, for what to search, and for files."""

    def set_filter(self, value: str) -> None:
        """Put a filter in force; a wrong one leaves the old one in force and says why."""
        try:
            self.view.set_filter(value)
        except SiptuiError as error:
            self.say(str(error), "error")
            return
        self.tick()

    def narrow_to(self, term: str) -> None:
        """Add a term to the filter."""
        self.set_filter(filters.add_term(self.view.filter.text, term))

    def act_help(self) -> None:
        """Show keys and the filter language."""
        from siptui.tui.screens.help import HelpScreen

        keys = inside.rows(self.keys_of)
        self.app.push_screen(HelpScreen(self.keys_of, keys, filters.HELP, self.signs))

    def go_to(self, value: str) -> None:
        """Begin to search for a filter text, and go to the first match."""
        self.look_for(value)
        if value:
            self.find(1)
        self.update()

    def look_for(self, value: str) -> None:
        """Search for a filter text from now on; an empty one ends the search."""
        self.search.look_for(value)
        self.stream.repaint()

    def find(self, step: int) -> None:
        """Go to the next match, down or up."""
        row = self.search.next_row(self.stream.window.cursor_row, step)
        if row is None:
            self.say(f"no match {'below' if step > 0 else 'above'}: {self.search.text}")
        else:
            self.stream.stand()
            self.stream.go(row)

    def act_export(self) -> None:
        """Ask what to write where, and write it."""
        from siptui.tui.screens.export import ExportScreen

        screen = ExportScreen(self.view, self.cover.mask, self.directory)
        self.app.push_screen(screen, self._exported)

    def _exported(self, sentence: str | None) -> None:
        if sentence:
            self.say(sentence)
        self.update()
