"""Who sends, what has each sender shown, and who works together?

    ┌ header, trail: as on the main screen ─────────────────────────────────────┐
    │ title: grouping · how many · what they are sorted by                       │
    │ heads of the columns                                                       │
    │ a row a sender, or a campaign                                              │
    ├ about      all that is known of the row under the cursor, if there is room ┤
    └ footer     keys that do something now ─────────────────────────────────────┘

The totals are those since the start; the filter says whose rows are shown. Order is made anew about
once a second, and less often where that takes long; in between only visible rows are looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC
from typing import NamedTuple

from textual.app import ComposeResult
from textual.screen import Screen

from siptui import text
from siptui.store.campaigns import Campaign
from siptui.store.columns import LONGEST, network
from siptui.store.sender import Sender
from siptui.tui import alike, language, roster
from siptui.tui.paint import Lines, Part, rule
from siptui.tui.roster import GROUPS
from siptui.tui.screens.above import Above
from siptui.tui.screens.asking import Asking
from siptui.tui.widgets.filterbar import FilterBar
from siptui.tui.widgets.footer import Footer, Offer
from siptui.tui.widgets.header import Header
from siptui.tui.widgets.listing import Head, Listing
from siptui.tui.widgets.trail import Trail

_OFTEN = 1.0
"""Seconds between two times that the order is made anew, at least."""
_SHARE = 20
"""The order is made anew at most in a part of the time of this size."""


class Look:
    """Hold what the user chose, from one visit of the screen to the next."""

    def __init__(self) -> None:
        self.group = 0
        self.sort = "messages"
        self.descending = True
        self.campaigns = False
        self.cursor = 0


class Drill(NamedTuple):
    """Say what the user wants to see the messages of."""

    term: str
    """One or several filter terms."""


class Sending(Above, Screen[Drill | None], inherit_bindings=False):
    """Show who sends, as far as it is kept up to date."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-middle")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-middle-high"), (34, "-high")]

    def __init__(self, monitor: Asking, look: Look) -> None:
        """Show the senders of what a monitor shows; `look` is changed by the keys."""
        super().__init__(id="senders")
        self.monitor = monitor
        self.look = look
        signs = monitor.signs
        self.header = Header(id="senders-header", signs=signs)
        self.trail = Trail(id="senders-trail", signs=signs)
        self.listing = Listing(signs=signs)
        self.about = Lines(id="about", signs=signs)
        self.about.can_focus = False
        self.footer = Footer(id="senders-footer", signs=signs)
        self.bar = FilterBar(
            monitor.cover.judge,
            lambda value, cursor: language.complete(monitor.view, value, cursor),
            behind=lambda: self.listing,
            veil=monitor.cover.filter,
            signs=signs,
        )
        self.senders: list[Sender] = []
        self.campaigns: list[Campaign] = []
        self._teams = 0
        """Campaigns that there are."""
        self._keys: Sequence[Hashable] = ()
        self._shown: dict[Hashable, int] = {}
        self._next = 0.0
        self._about: list[tuple[str, str]] | None = None

    def compose(self) -> ComposeResult:
        """Lay out the parts."""
        yield self.header
        yield self.trail
        yield self.listing
        yield self.about
        yield self.footer
        yield self.bar

    def on_mount(self) -> None:
        """Begin where the user was."""
        self.listing.cursor = self.look.cursor
        self.listing.focus()
        self.call_after_refresh(self.update)

    def on_resize(self) -> None:
        """Bring everything in line with the new size."""
        self._about = None
        self.call_after_refresh(self.update)

    @property
    def group(self) -> roster.Group:
        """What the messages are brought together by."""
        return GROUPS[self.look.group]

    @property
    def filtered(self) -> bool:
        """Whether a filter says whose rows are shown."""
        return not self.monitor.view.filter.is_empty

    # Keeping up

    def update(self, anew: bool = False) -> None:
        """Show what has changed; `anew`: in an order made now."""
        if not self.is_mounted or not self.listing.size.width:
            return
        monitor = self.monitor
        begin = time.perf_counter()
        if anew or begin >= self._next:
            self._order()
            took = time.perf_counter() - begin
            self._next = begin + max(_OFTEN, took * _SHARE)
        self.header.show(monitor.header.facts)
        view = monitor.view
        self.trail.show(monitor.cover.terms(view.filter.terms), view.scanned)
        zone = UTC if monitor.settings.utc else None
        moment = roster.Moment(monitor.view.store.senders.now, zone)
        if self.look.campaigns:
            self._show_campaigns(moment)
        else:
            self._show_senders(moment)
        self._tell()
        self.footer.show(self.offers())

    def _order(self) -> None:
        store = self.monitor.view.store
        look = self.look
        self._shown = self._matching() if self.filtered else {}
        found = store.campaigns.rows()
        self._teams = len(found)
        if look.campaigns:
            if self.filtered:
                sources = self.monitor.view.counts("src").keys()
                found = [each for each in found if not sources.isdisjoint(each.sources)]
            self.campaigns = found
            self._keys = [alike.key(each) for each in self.campaigns]
            return
        shown = self._shown
        held: Callable[[Sender], bool] | None = (
            (lambda each: self._place(each.key) in shown) if self.filtered else None
        )
        sort = look.sort if look.sort != "shown" else "messages"
        self.senders = store.senders.rows(self.group.name, sort, look.descending, held)
        if look.sort == "shown":
            self.senders.sort(
                key=lambda each: shown.get(self._place(each.key), 0), reverse=look.descending
            )
        self._keys = [each.key for each in self.senders]

    def _matching(self) -> dict[Hashable, int]:
        """Return how many of the messages shown are of whom."""
        view, name = self.monitor.view, self.group.name
        if name == "network":
            sums: dict[Hashable, int] = {}
            for address, count in view.counts("src").items():
                key = network(address)
                sums[key] = sums.get(key, 0) + count
            return sums
        if name == "as":
            return {**view.counts("as_name"), **view.counts("asn")}
        return {str(key)[: LONGEST]: count for key, count in
                view.counts(self.group.field).items()}  # fmt: skip

    def _place(self, key: Hashable) -> Hashable:
        """Return by what a sender is found among what is shown."""
        return (key[0] or key[1]) if isinstance(key, tuple) else key

    def _show_senders(self, moment: roster.Moment) -> None:
        listing, group, words = self.listing, self.group, self.monitor.hide_value
        first = slice(listing.top, listing.top + listing.height)
        names = (roster.name_of(group, each.key, words) for each in self.senders[first])
        longest = max((text.width(each) for each in names), default=0)
        columns = roster.choose(
            max(1, listing.size.width - 1), group, self.look.sort, self.filtered, longest
        )
        listing.heads = [Head(each.name, each.title, width, each.align) for each, width in columns]
        listing.sort, listing.descending = self.look.sort, self.look.descending
        table = self.monitor.view.store.senders.tables[group.name]
        left: list[Part] = [
            (group.many + " ", "title"),
            (text.count(len(self.senders)), "value"),
        ]
        if self.filtered:
            left.append((f" of {text.count(len(table.senders))}", "dim"))
        if table.let_go:
            left.append((f"  {text.count(table.let_go)} forgotten", "chip"))
        right: list[Part] = [(f"Tab {text.plural(self._teams, 'campaign')}", "dim")]
        listing.title = (left, right)
        listing.empty = "nobody sent what the filter shows" if self.filtered else "nobody yet"

        short = self.monitor.look.label_words

        def cells(row: int) -> list[Part]:
            sender = self.senders[row]
            shown = self._shown.get(self._place(sender.key), 0)
            return [
                (
                    roster.name_of(group, sender.key, words)
                    if each.name == "key"
                    else roster.cell(sender, each.name, moment, shown, short),
                    each.role,
                )
                for each, _ in columns
            ]

        listing.show(self._keys, cells)

    def _show_campaigns(self, moment: roster.Moment) -> None:
        listing, words = self.listing, self.monitor.hide_value
        heads = alike.heads(max(1, listing.size.width - 1))
        listing.heads, listing.sort, listing.descending = heads, "source", True
        listing.title = (
            [("campaigns ", "title"), (text.count(len(self.campaigns)), "value"),
             (": one shape, and one number or From", "dim")],
            [("Tab senders", "dim")],
        )  # fmt: skip
        listing.empty = "no three sources share a shape and a number or a From"
        listing.show(self._keys, lambda row: alike.cells(self.campaigns[row], heads, moment, words))

    def _tell(self) -> None:
        """Say all that is known of the row under the cursor."""
        if not self.about.size.height:
            return
        words = self.monitor.hide_value
        at = self.listing.cursor
        found: Sequence[tuple[str, str]] = ()
        name = ""
        if self.look.campaigns and at < len(self.campaigns):
            found = alike.details(self.campaigns[at], words)
            name = alike.shared(self.campaigns[at], words)
        elif not self.look.campaigns and at < len(self.senders):
            short = self.monitor.look.label_words
            found = roster.details(self.senders[at], self.group, words, short)
            name = roster.name_of(self.group, self.senders[at].key, words)
        told = [(name, ""), *found]
        if told == self._about:
            return
        self._about = told
        width = self.about.size.width
        lines: list[list[Part]] = [
            rule([(text.cut(name, width - 8), "title")], (), width, self.monitor.signs, False)
        ]
        for title, value in found:
            for number, line in enumerate(text.wrap(value, max(10, width - 12))[:2]):
                lines.append([(text.fit("" if number else f" {title}", 11), "dim"), (line, "text")])
        self.about.show(lines)

    def offers(self) -> list[Offer]:
        """Return what the footer offers."""
        return []
