"""What do the actions on counters, marks and copies, and clicks on panes, do to the main screen?

One method an action of `actions.ACTIONS`, named ``act_`` and its id.
"""

from __future__ import annotations

from functools import partialmethod
from typing import Any

from siptui import text
from siptui.tui import actions, columns, counters, inside
from siptui.tui.screens.asking import Asking
from siptui.tui.widgets.footer import Footer
from siptui.tui.widgets.inspector import Inspector
from siptui.tui.widgets.stream import Stream
from siptui.tui.widgets.strip import Strip
from siptui.tui.widgets.tally import TallyPane
from siptui.tui.widgets.trail import Trail

CLIPBOARD = 74_000
"""Bytes that terminals take in one OSC 52, at most."""


class Picks(Asking):
    """Count, mark and copy, and answer what panes ask for."""

    # Count

    def show_counter(self, number: int) -> None:
        """Show a counter and give it the focus; once more goes back to the stream."""
        counter = counters.COUNTERS[number - 1]
        if isinstance(self.pane, TallyPane) and self.pane.number == number:
            self.unzoom()
            self.focus_pane(self.stream)
            return
        if self.arrangement in ("stream", "inspector"):
            self.arrangement = "all" if self.inspecting else "counters"
            self.lay_out()
        shown = [pane for pane in self.panes if pane.region.height] or self.panes[:1]
        pane = next((pane for pane in shown if pane.number == number), None)
        if pane is None:
            pane = self.pane if self.pane in shown else shown[-1]
            assert pane is not None
            pane.count(counter.field, counter.title, counter.number)
        self.focus_pane(pane)

    act_count_1 = partialmethod(show_counter, 1)
    act_count_2 = partialmethod(show_counter, 2)
    act_count_3 = partialmethod(show_counter, 3)
    act_count_4 = partialmethod(show_counter, 4)
    act_count_5 = partialmethod(show_counter, 5)
    act_count_6 = partialmethod(show_counter, 6)
    act_count_7 = partialmethod(show_counter, 7)
    act_count_8 = partialmethod(show_counter, 8)
    act_count_9 = partialmethod(show_counter, 9)

    def act_sort(self) -> None:
        """Sort the counters in the next way."""
        panes = [self.pane] if isinstance(self.pane, TallyPane) else self.panes
        order = ""
        for pane in panes:
            order = pane.next_sort()
        self.say(f"counters: by {order}")

    # Select and export

    def act_mark(self) -> None:
        """Mark or unmark the message under the cursor, and move on."""
        seq = self.view.cursor
        if seq in self.view.marks:
            self.view.marks.discard(seq)
        else:
            self.view.marks.add(seq)
        self.stream.stand()
        self.stream.move(1)

    def act_mark_range(self) -> None:
        """Begin a range, or mark all from its beginning to the cursor."""
        start = self.look.range_from
        if start < 0:
            self.stream.stand()
            self.look.range_from = self.view.cursor
            return
        low, high = sorted((self.view.row_of(start), self.stream.window.cursor_row))
        for row in range(low, high + 1):
            self.view.marks.add(self.view.seq_at(row))
        self.look.range_from = -1

    def act_mark_all(self) -> None:
        """Mark all shown."""
        self.view.marks.update(self.view.selection("shown"))
        self.say(f"{text.plural(len(self.view.marks), 'message')} marked")

    def act_unmark(self) -> None:
        """Unmark all."""
        self.view.marks.clear()

    def act_copy(self) -> None:
        """Copy the message as text."""
        record = self.view.record(self.view.cursor)
        if record is not None:
            data = self.cover.record(record).data
            lines = (text.safe(line.rstrip(b"\r")) for line in data.split(b"\n"))
            self._copy("\n".join(lines), "message")

    def act_copy_value(self) -> None:
        """Copy the value under the cursor."""
        if isinstance(self.pane, TallyPane):
            self._copy(self.hide_value(self.pane.field, self.pane.value or ""), "value")
            return
        found = self.stream.value()
        if found is not None:
            field, _, record = found
            self._copy(columns.value(self.cover.record(record), field), field)

    def _copy(self, words: str, what: str) -> None:
        if len(words.encode()) > CLIPBOARD:
            self.say(f"the {what} is too long for a terminal's clipboard; export it", "warning")
            return
        self.app.copy_to_clipboard(words)
        self.say(
            f"{what} sent to the terminal ({len(words)} characters); it has it if it knows OSC 52"
        )

    # The program

    def act_clear(self) -> None:
        """Forget what is held."""
        held = self.view.store.kept
        self.view.clear()
        self.stream.repaint()
        self.say(f"{text.plural(held, 'message')} forgotten; recording is not touched")

    def act_palette(self) -> None:
        """Find a command by typing."""
        self.app.action_command_palette()

    def act_quit(self) -> None:
        """End siptui."""
        self.app.exit()

    # The mouse, and what panes ask for

    def on_descendant_focus(self, event: Any) -> None:
        """Remember which pane has the focus, also where the mouse gave it."""
        around = event.widget.ancestors_with_self
        for pane in (self.stream, self.inspector, *self.panes):
            if pane in around and pane is not self.pane:
                self.focus_pane(pane)

    def on_stream_moved(self, message: Stream.Moved) -> None:
        """Show what changed."""
        message.stop()
        self.update()

    def on_stream_opened(self, message: Stream.Opened) -> None:
        """Inspect what was clicked."""
        message.stop()
        self.focus_pane(self.stream)
        self.action_do("open")

    def on_tally_pane_chosen(self, message: TallyPane.Chosen) -> None:
        """Drill into what was clicked."""
        message.stop()
        self.action_do("open")

    def on_inspector_term_chosen(self, message: Inspector.TermChosen) -> None:
        """Narrow to a header field's value."""
        message.stop()
        if self.zoomed:
            self.unzoom()
            self.focus_pane(self.stream)
        self.narrow_to(message.term)
        self.update()

    async def on_footer_chosen(self, message: Footer.Chosen) -> None:
        """Do what was clicked."""
        message.stop()
        if message.action in actions.ACTION:
            self.action_do(message.action)
        elif (action := inside.action(message.action)) is not None:
            await self.inspector.run_action(action)

    def on_strip_clicked(self, message: Strip.Clicked) -> None:
        """Show the counter that was clicked."""
        message.stop()
        self.show_counter(message.number)

    def on_trail_clicked(self, message: Trail.Clicked) -> None:
        """Edit the filter."""
        message.stop()
        self.action_do("filter")
