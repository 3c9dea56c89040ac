"""How did this call go between its hosts?

    ┌ title: which call, how many messages ─────────────┬ the message under ────┐
    │ time, gap, and an upright for each host           │ the cursor, where     │
    │ a rung a message, the newest last                 │ there is room         │
    └ footer: keys that do something now ───────────────┴───────────────────────┘

The call is what has the same Call-ID (RFC 3261 section 8.1.1.4); of a message that has none, what
went to and fro between its two ends. It is looked for among all messages held, also those that the
filter hides, and goes on to grow.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import UTC, tzinfo
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen

from siptui import text
from siptui.filters import exact
from siptui.record import Record
from siptui.tui import inside, ladder
from siptui.tui.keys import key_name, plain_key
from siptui.tui.ladder import Ladder, Uprights
from siptui.tui.listing_keys import FLOW
from siptui.tui.paint import Part
from siptui.tui.screens.above import Above
from siptui.tui.screens.asking import Asking
from siptui.tui.widgets.footer import Footer, Offer
from siptui.tui.widgets.inspector import Inspector
from siptui.tui.widgets.listing import HEAD, Head, Listing
from siptui.view import View

MOST = 2000
"""Messages of a call that are drawn: the newest."""
CALLS = 30
"""Calls of marked messages that are drawn in one ladder."""
_BUDGET = 0.05
"""Seconds for looking for messages, each time."""
_OFFERED = ("open", "other", "only", "next_host", "leave")


def term(records: Sequence[Record]) -> str:
    """Return the filter that lets the calls of some messages through, empty if there is none."""
    calls: dict[str, None] = {}
    for record in records:
        if call_id := record.text("call_id"):
            calls[exact("call_id", call_id)] = None
        else:
            here = f"src:{record.src} sport:{record.sport} dst:{record.dst} dport:{record.dport}"
            back = f"dst:{record.src} dport:{record.sport} src:{record.dst} sport:{record.dport}"
            calls[f"({here} or {back})"] = None
        if len(calls) == CALLS:
            break
    return " or ".join(calls)


class Rungs(Listing):
    """Show a ladder's uprights and rungs."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.ladder = Ladder((), ())
        self.first = 0
        """The host at the left edge."""
        self.zone: tzinfo | None = None

    @property
    def uprights(self) -> Uprights:
        """Where the hosts stand."""
        return Uprights(self.ladder.hosts, self.first, self.size.width - ladder.BEFORE)

    def line(self, y: int) -> Sequence[Part]:
        """Return the title, the hosts, or a rung."""
        row = self.top + y - HEAD
        if y == 1:
            names = self.uprights.heads()
            return [
                (text.fit(" time", 13) + text.fit("delta", ladder.BEFORE - 13), "head"),
                (names, "head text"),
                (" " * self.size.width, "head"),
            ]
        if y == 0 or row >= len(self.rows):
            return super().line(y)
        base = ("cursor" if self.has_focus else "blurred") if row == self.cursor else ""
        rung = self.ladder.rungs[row]
        found = self.uprights.rung(rung, self.signs)
        return [
            (words, f"{base} {role}")
            for words, role in (
                (" ", ""), *ladder.times(rung, self.zone), *found, (" " * self.size.width, "")
            )
        ]  # fmt: skip


class FlowScreen(Above, Screen[str | None], inherit_bindings=False):
    """Show a call; what it returns is a filter for the stream, None if it stays as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [*FLOW]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]

    def __init__(self, monitor: Asking, term: str, seq: int) -> None:
        """Show what the filter `term` lets through, with the cursor on message `seq`."""
        super().__init__(id="flow")
        self.monitor = monitor
        self.term = term
        self.view = View(monitor.view.store)
        self.view.following = False
        self.view.set_filter(term)
        signs = monitor.signs
        self.rungs = Rungs(id="rungs")
        self.rungs.signs = signs
        self.inspector = Inspector(monitor.explain, id="flow-inspector", signs=signs)
        self.footer = Footer(id="flow-footer", signs=signs)
        self._seq = seq
        self._keys: Sequence[Hashable] = ()

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        with Horizontal(id="flow-body"):
            yield self.rungs
            yield self.inspector
        yield self.footer

    def on_mount(self) -> None:
        """Begin at the message that was asked for."""
        self.rungs.focus()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.update()
        if self._seq in self._keys:
            self.rungs.go(self._keys.index(self._seq))
        self.update()

    def on_resize(self) -> None:
        """Bring everything in line with the new size."""
        self.call_after_refresh(self.update)

    def on_descendant_focus(self) -> None:
        """Offer the keys of what has the focus."""
        self.call_after_refresh(self.update)

    def update(self) -> None:
        """Show what has changed."""
        if not self.is_mounted or not self.size.width:
            return
        if self.view.refresh(_BUDGET) or not self._keys:
            seqs = self.view.selection("shown")[-MOST:]
            monitor = self.monitor
            self.rungs.ladder = ladder.ladder(map(monitor.cover.record, self.view.records(seqs)))
            self._keys = list(seqs)
            self.rungs.repaint()
        self._show_rungs()
        record = self.view.record(self.seq) if self.seq >= 0 else None
        self.inspector.show(record, self.monitor.cover.mask)
        self.footer.show(self.offers())

    @property
    def seq(self) -> int:
        """The message under the cursor; -1 if there is none."""
        key = self.rungs.key
        return key if isinstance(key, int) else -1

    def _show_rungs(self) -> None:
        rungs, view = self.rungs, self.view
        rungs.zone = UTC if self.monitor.settings.utc else None
        count, hosts = len(rungs.ladder.rungs), len(rungs.ladder.hosts)
        left: list[Part] = [
            ("flow ", "title"),
            (text.plural(count, "message"), "value"),
            (f", {text.plural(hosts, 'host')}", "dim"),
        ]
        if len(view) > count:
            left.append((f", {text.count(len(view) - count)} older ones left out", "chip"))
        looking = f"looking {view.scanned:.0%}" if view.scanned < 1 else ""
        rungs.title = (left, [(looking, "good")] if looking else [])
        rungs.empty = "none of its messages is held any more"
        rungs.heads = [Head("flow", "", rungs.size.width)]
        rungs.show(self._keys, lambda row: [(str(rungs.ladder.rungs[row]), str(rungs.first))])

    def offers(self) -> list[Offer]:
        """Return what the footer offers now."""
        monitor, plain = self.monitor, self.monitor.signs.ascii
        inspecting = self.inspector.has_focus_within
        found = inside.offers(self.inspector, monitor.keys_of, plain) if inspecting else []
        for name in _OFFERED:
            keys = monitor.keys_of.get(f"flow.{name}", ())
            if not keys or (inspecting and name in ("open", "next_host", "only")):
                continue
            if name == "next_host" and not self.rungs.uprights.hidden:
                continue
            words = next(each.description for each in FLOW if each.id == f"flow.{name}")
            key = key_name(keys[0])
            if not any(offer.key == key for offer in found):
                found.append(Offer(f"flow.{name}", plain_key(key) if plain else key, words))
        return found

    # Keys

    def action_move(self, lines: int) -> None:
        """Move by some rungs."""
        self.rungs.move(lines)
        self.update()

    def action_page(self, pages: float) -> None:
        """Move by a part of a page."""
        self.rungs.page(pages)
        self.update()

    def action_edge(self, last: bool) -> None:
        """Go to the first or the last rung."""
        self.rungs.go(len(self.rungs.rows) if last else 0)
        self.update()

    def action_host(self, step: int) -> None:
        """Show the hosts on the left or on the right."""
        self.rungs.first = max(0, min(self.rungs.first + step, self.rungs.uprights.hidden))
        self.rungs.repaint()
        self.update()

    def action_open(self) -> None:
        """Inspect the message of the rung."""
        if self.seq >= 0:
            self.add_class("with-inspector")
            self.inspector.focus()

    def action_other(self) -> None:
        """Go to the message, or back."""
        if self.inspector.has_focus_within:
            self._close_inspector()
        else:
            self.action_open()

    def _close_inspector(self) -> None:
        self.remove_class("with-inspector")
        self.rungs.focus()

    def action_only(self) -> None:
        """Show the call in the stream."""
        self.dismiss(self.term)

    def action_leave(self) -> None:
        """Go back: from the message to the ladder, from there to the stream."""
        if self.inspector.has_focus_within:
            self._close_inspector()
        else:
            self.dismiss(None)

    # The mouse

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Inspect the message of the rung that was clicked twice."""
        message.stop()
        self.action_open()

    def on_inspector_term_chosen(self, message: Inspector.TermChosen) -> None:
        """Show in the stream what was chosen in the message."""
        message.stop()
        self.dismiss(message.term)

    async def on_footer_chosen(self, message: Footer.Chosen) -> None:
        """Do what was clicked."""
        message.stop()
        action = next((each.action for each in FLOW if each.id == message.action), None)
        if action is not None:
            await self.run_action(action)
        elif (action := inside.action(message.action)) is not None:
            await self.inspector.run_action(action)
