"""What do the keys of the senders screen do?"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from siptui import filters
from siptui.tui import alike, roster
from siptui.tui.keys import key_name, plain_key
from siptui.tui.listing_keys import SENDERS
from siptui.tui.roster import GROUPS
from siptui.tui.screens.sending import Drill, Sending
from siptui.tui.widgets.footer import Footer, Offer
from siptui.tui.widgets.listing import Listing
from siptui.tui.widgets.trail import Trail

_RISING = {"key", "first", "country", "as", "retransmission"}
"""Columns that are sorted from the least to the greatest at first."""
_OFFERED = ("open", "sort", "group", "campaigns", "filter", "leave", "what_is_left", "reverse",
            "only", "hide")  # fmt: skip
"""What the footer offers, the most important first."""


class SendersScreen(Sending, inherit_bindings=False):
    """Do what the keys say."""

    BINDINGS: ClassVar[list[BindingType]] = [*SENDERS]

    def offers(self) -> list[Offer]:
        """Return what the footer offers now."""
        found = []
        plain = self.monitor.signs.ascii
        for name in _OFFERED:
            id = f"senders.{name}"
            keys = self.monitor.keys_of.get(id, ())
            if not keys or (self.look.campaigns and name in ("sort", "group", "reverse")):
                continue
            words = next(each.description for each in SENDERS if each.id == id)
            if name == "campaigns" and self.look.campaigns:
                words = "senders"
            key = key_name(keys[0])
            found.append(Offer(id, plain_key(key) if plain else key, words))
        return found

    # Moving

    def action_move(self, lines: int) -> None:
        """Move by some rows."""
        self.listing.move(lines)
        self.update()

    def action_page(self, pages: float) -> None:
        """Move by a part of a page."""
        self.listing.page(pages)
        self.update()

    def action_edge(self, last: bool) -> None:
        """Go to the first or the last row."""
        self.listing.go(len(self.listing.rows) if last else 0)
        self.update()

    # What is shown

    def action_group(self, step: int) -> None:
        """Group by what comes next, or by what was before."""
        if self.look.campaigns:
            return
        self.look.group = (self.look.group + step) % len(GROUPS)
        names = [each.name for each in roster.headings(self.group, self.filtered)]
        if self.look.sort not in names:
            self._sort_by("messages")
        self._begin()

    def action_sort(self, step: int) -> None:
        """Sort by the next column."""
        if self.look.campaigns:
            return
        names = [each.name for each in roster.headings(self.group, self.filtered)]
        at = names.index(self.look.sort) if self.look.sort in names else -1
        self._sort_by(names[(at + step) % len(names)])
        self._begin()

    def _sort_by(self, name: str) -> None:
        self.look.sort = name
        self.look.descending = name not in _RISING

    def action_reverse(self) -> None:
        """Turn the order round."""
        if not self.look.campaigns:
            self.look.descending = not self.look.descending
            self._begin()

    def action_campaigns(self) -> None:
        """Show campaigns, or all senders."""
        self.look.campaigns = not self.look.campaigns
        self._begin()

    def _begin(self) -> None:
        """Show other rows, from the first one on."""
        self.listing.rows = ()
        self.listing.cursor = self.listing.top = 0
        self.update(anew=True)

    # Narrowing

    def term(self) -> str:
        """Return the filter terms that show the messages of the row; empty if there is none."""
        at = self.listing.cursor
        if self.look.campaigns:
            return alike.term(self.campaigns[at]) if at < len(self.campaigns) else ""
        return roster.term(self.group, self.senders[at].key) if at < len(self.senders) else ""

    def action_open(self) -> None:
        """Show the messages of the row."""
        if term := self.term():
            self.look.cursor = self.listing.cursor
            self.dismiss(Drill(term))

    def action_term(self, hide: bool) -> None:
        """Keep only the messages of the row, or hide them."""
        if term := self.term():
            self.monitor.narrow_to(filters.negate(term) if hide else term)
            self.update(anew=True)

    def action_left(self) -> None:
        """Hide what is known, or show it."""
        self.monitor.action_do("what_is_left")
        self.update(anew=True)

    def action_filter(self) -> None:
        """Edit the filter."""
        value = self.monitor.view.filter.text
        self.bar.ask("filter", f"{value} " if value else "", self._narrow)

    def _narrow(self, value: str) -> None:
        self.monitor.set_filter(value)
        self.update(anew=True)

    def action_leave(self) -> None:
        """Go back to the messages."""
        self.look.cursor = self.listing.cursor
        self.dismiss(None)

    # The mouse

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Show the messages of the row that was clicked twice."""
        message.stop()
        self.action_open()

    def on_listing_sorted(self, message: Listing.Sorted) -> None:
        """Sort by the column that was clicked, or turn its order round."""
        message.stop()
        if self.look.campaigns:
            return
        if message.name == self.look.sort:
            self.look.descending = not self.look.descending
        else:
            self._sort_by(message.name)
        self._begin()

    def on_trail_clicked(self, message: Trail.Clicked) -> None:
        """Edit the filter."""
        message.stop()
        self.action_filter()

    async def on_footer_chosen(self, message: Footer.Chosen) -> None:
        """Do what was clicked."""
        message.stop()
        action = next((each.action for each in SENDERS if each.id == message.action), None)
        if action is not None:
            await self.run_action(action)
