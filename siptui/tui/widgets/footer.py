"""What can the user do now?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.actions import Action, Situation, key_name, plain_key
from siptui.tui.paint import Painted, Part, Signs


class Footer(Painted):
    """Offer the keys that do something now, the most important where room is short."""

    class Chosen(Message):
        """An action was clicked."""

        def __init__(self, id: str) -> None:
            super().__init__()
            self.action = id

    def __init__(
        self, keys: Mapping[str, Sequence[str]], *, id: str = "footer", signs: Signs | None = None
    ) -> None:
        super().__init__(id=id, signs=signs)
        self._keys = keys
        self._offers: list[tuple[str, str, str]] = []

    def show(self, actions: Sequence[Action], situation: Situation) -> None:
        """Offer as many of these actions as fit, the first ones first."""
        room = self.size.width - 1
        offers: list[tuple[str, str, str]] = []
        for action in actions:
            keys = self._keys.get(action.id)
            if not keys:
                continue
            key = key_name(keys[0])
            if self.signs.ascii:
                key = plain_key(key)
            offer = (action.id, key, action.label(situation))
            need = text.width(key) + text.width(offer[2]) + 3
            if need <= room:
                offers.append(offer)
                room -= need
        self._offers = offers
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
