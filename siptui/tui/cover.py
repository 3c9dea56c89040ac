"""What may be shown while addresses and users are hidden?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from siptui.record import Record
from siptui.tui import language, veil
from siptui.tui.widgets.filterbar import Verdict

_TELLING = ("src", "dst", "user", "ua", "number", "as_name")
"""Counted fields that may name an address or a user."""


class Cover:
    """Hide addresses and users in all that is shown, as long as it is on."""

    def __init__(self, mask: Any, on: bool) -> None:
        """Hide by `mask`, the one of exports, so that pseudonyms agree; without one it is off."""
        self._mask = mask
        self.on = on

    @property
    def mask(self) -> Any:
        """What hides; None while nothing is hidden."""
        return self._mask if self.on else None

    def record(self, record: Record) -> Record:
        """Return a record as it may be shown."""
        return record if self.mask is None else self.mask.record(record, frames=False)

    def words(self, words: str) -> str:
        """Return a text that may hold addresses and users."""
        return words if self.mask is None else str(self.mask.text(words))

    def value(self, field: str, value: str) -> str:
        """Return the value of a counted field."""
        if self.mask is None or field not in _TELLING:
            return value
        return str(self.mask.value(field, value))

    def terms(self, terms: Sequence[str]) -> list[str]:
        """Return the terms of a filter, with the pseudonyms of rows."""
        if self.mask is None:
            return list(terms)
        return [veil.veiled(term, self.mask.value) for term in terms]

    def filter(self, value: str) -> str:
        """Return a filter text; its length stays."""
        return value if self.mask is None else veil.veiled(value)

    def judge(self, value: str) -> Verdict:
        """Return what a filter text means, or what is wrong with it."""
        found = language.judge(value)
        if self.mask is None:
            return found
        return replace(found, words=veil.covered(found.words, value))
