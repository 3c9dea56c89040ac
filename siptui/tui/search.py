"""Which messages match what the user searches for, without hiding the others?"""

from __future__ import annotations

from siptui import filters
from siptui.view import View

_CACHED = 5000


class Search:
    """Hold what is searched for."""

    def __init__(self, view: View) -> None:
        """Begin with nothing searched for."""
        self.text = ""
        self._view = view
        self._filter = filters.parse("")
        self._known: dict[int, bool] = {}

    def look_for(self, value: str) -> None:
        """Search for a filter text; empty: for nothing. Raises FilterError."""
        self._filter = filters.parse(value)
        self._known.clear()
        self.text = value

    def matches(self, seq: int) -> bool:
        """Return whether a message is what is searched for."""
        if not self.text:
            return False
        known = self._known.get(seq)
        if known is None:
            chunk = self._view.store.chunk_of(seq)
            if chunk is None:
                return False
            row = seq - chunk.first
            known = bool(self._filter.mask(chunk, row, row + 1)[0])
            if len(self._known) > _CACHED:
                self._known.clear()
            self._known[seq] = known
        return known

    def next_row(self, row: int, step: int) -> int | None:
        """Return the next row that matches, below `row` (1) or above it (-1), or None."""
        return self._view.find(self._filter, row, step)
