"""What can the user do now?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part, Signs


class Offer(NamedTuple):
    """Offer one action: its id, its key as people name it, and words for it."""

    id: str
    key: str
    words: str


class Footer(Painted):
    """Offer the keys that do something now, the most important where room is short."""

    class Chosen(Message):
        """An action was clicked."""

        def __init__(self, id: str) -> None:
            super().__init__()
            self.action = id

    def __init__(self, *, id: str = "footer", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self._offers: list[Offer] = []

    def show(self, offers: Sequence[Offer]) -> None:
        """Offer as many of these as fit, the first ones first."""
        room = self.size.width - 1
        shown: list[Offer] = []
        for offer in offers:
            need = text.width(offer.key) + text.width(offer.words) + 3
            if need <= room:
                shown.append(offer)
                room -= need
        self._offers = shown
        self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [tuple(self._offers)]

    def line(self, y: int) -> Sequence[Part]:
        """Return keys and words."""
        parts: list[Part] = [(" ", "")]
        for _, key, words in self._offers:
            parts += [(key, "key"), (f" {words}  ", "dim")]
        return parts

    def on_click(self, event: events.Click) -> None:
        """Do what is under the mouse."""
        event.stop()
        x = 1
        for id, key, words in self._offers:
            x += text.width(key) + text.width(words) + 3
            if event.x < x:
                self.post_message(self.Chosen(id))
                return
