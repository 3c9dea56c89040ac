"""How does the user follow what belongs together: answers, a source's conversation, a call?"""

from __future__ import annotations

from typing import NamedTuple

from siptui.filters import exact
from siptui.tui.screens.drilling import Drilling


class _Talk(NamedTuple):
    """Hold what was in force before a conversation was shown."""

    before: str
    """The filter."""
    filter: str
    """The filter that shows the conversation."""
    time: str
    """The way in which the time was shown."""
    following: bool


class Answering(Drilling):
    """Choose how to answer, follow what comes of it, and follow calls."""

    _talk: _Talk | None = None

    def act_respond(self) -> None:
        """Show the modes and the counters of answers."""
        from siptui.tui.screens.respond import RespondScreen

        store = self.view.store
        screen = RespondScreen(lambda: store.status, lambda: store.reactions.counts, self.signs)
        self.app.push_screen(screen, self._respond)

    def _respond(self, mode: str | None) -> None:
        from siptui.tui.screens.respond import SILENT

        if mode is not None and self.control is not None:
            self.control("respond", mode)
            words = "nothing is answered" if mode == SILENT else f"answers are sent: mode {mode}"
            self.say(words, "information" if mode == SILENT else "warning")
        self.update()

    def act_flow(self) -> None:
        """Show the call of the message under the cursor, or the calls of the marked ones."""
        from siptui.tui.screens import flow

        view = self.view
        which = "marked" if view.marks else "cursor"
        records = list(view.records(view.selection(which)[:1000]))
        if records:
            self.stream.stand()
            screen = flow.FlowScreen(self, flow.term(records), view.cursor)
            self.app.push_screen(screen, self._flow)

    def _flow(self, term: str | None) -> None:
        if term is not None:
            self.set_filter(term)
        self.update()

    def act_conversation(self) -> None:
        """Show both directions of one source with the gaps between them; once more goes back."""
        if self._in_talk:
            self.drop_term()
            return
        record = self.view.record(self.view.cursor)
        if record is None:
            return
        source = record.dst if record.ours else record.src
        seq, view = self.view.cursor, self.view
        before = view.filter.text, view.following
        self.set_filter(f"{exact('src', source)} or {exact('dst', source)}")
        self._talk = _Talk(before[0], view.filter.text, self.look.time, before[1])
        self.look.time = "delta"
        if self.zoomed:
            self.unzoom()
        self.focus_pane(self.stream)
        view.following = False
        self.stream.go(view.row_of(seq))

    @property
    def _in_talk(self) -> bool:
        return self._talk is not None and self._talk.filter == self.view.filter.text

    def drop_term(self) -> None:
        """Take the last term off the filter; behind a conversation, all is as before it."""
        talk = self._talk
        if talk is None or not self._in_talk:
            super().drop_term()
            return
        seq, self._talk = self.view.cursor, None
        self.look.time = talk.time
        self.set_filter(talk.before)
        if talk.following:
            self.stream.follow()
        else:
            self.stream.go(self.view.row_of(seq))
