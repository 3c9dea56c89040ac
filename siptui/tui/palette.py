"""Which commands does the palette find?"""

from __future__ import annotations

from textual.command import DiscoveryHit, Hit, Hits, Provider

from siptui.tui.actions import ACTIONS, Action
from siptui.tui.keys import key_name
from siptui.tui.screens.main import MainScreen
from siptui.tui.themes import THEMES

_NOT_THERE = {"up", "down", "left", "right", "palette"}
"""Actions that nobody looks for in a palette."""


class Commands(Provider):
    """Offer every action, and every theme by its name."""

    def _actions(self) -> list[Action]:
        if not isinstance(self.screen, MainScreen):
            return []
        situation = self.screen.situation()
        return [
            action
            for action in ACTIONS
            if action.id not in _NOT_THERE and not action.when(situation)
        ]

    def _words(self, action: Action) -> str:
        assert isinstance(self.screen, MainScreen)
        keys = self.screen.keys_of[action.id]
        key = f"  ({key_name(keys[0])})" if keys else ""
        return f"{action.group}: {action.label(self.screen.situation())}{key}"

    async def discover(self) -> Hits:
        """Yield everything."""
        for action in self._actions():
            yield DiscoveryHit(self._words(action), self._doing(action), help=action.help)

    async def search(self, query: str) -> Hits:
        """Yield what matches."""
        matcher = self.matcher(query)
        for action in self._actions():
            words = self._words(action)
            score = max(matcher.match(words), matcher.match(action.help) * 0.8)
            if score > 0:
                yield Hit(score, matcher.highlight(words), self._doing(action), help=action.help)
        for theme in THEMES:
            words = f"Theme: {theme.name}"
            if (score := matcher.match(words)) > 0:
                name = theme.name
                yield Hit(
                    score,
                    matcher.highlight(words),
                    lambda name=name: setattr(self.app, "theme", name),
                    help="Use these colours.",
                )

    def _doing(self, action: Action):  # type: ignore[no-untyped-def]
        screen = self.screen
        assert isinstance(screen, MainScreen)
        return lambda: screen.action_do(action.id)
