"""Which messages match what the user searches for, without hiding the others?"""

from __future__ import annotations

from siptui import filters
from siptui.view import View


class Search:
    """Hold what is searched for."""

    def __init__(self, view: View) -> None:
        """Begin with nothing searched for."""
        self.text = ""
        self._view = view
        self._filter = filters.parse("")

    def look_for(self, value: str) -> None:
        """Search for a filter text; empty: for nothing. Raises FilterError."""
        self._filter = filters.parse(value)
        self.text = value

    def matches(self, seq: int) -> bool:
        """Return whether a message is what is searched for."""
        if not self.text:
            return False
        record = self._view.record(seq)
        return record is not None and self._filter.one(record)

    def next_row(self, row: int, step: int) -> int | None:
        """Return the next row that matches, below (1) or above (-1) `row`; None: there is none."""
        at = row + step
        while 0 <= at < len(self._view):
            if self.matches(self._view.seq_at(at)):
                return at
            at += step
        return None
