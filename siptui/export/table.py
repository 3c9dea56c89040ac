"""What is known of records as a table for a spreadsheet?

RFC 4180, in UTF-8, a column for each field in their order. Texts are made safe to show as on the
screen; JSON has them unchanged. A text that a spreadsheet would take for a formula gets an
apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from siptui.export.jsonl import values
from siptui.record import FIELDS, Record
from siptui.text import safe

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What begins a formula for one spreadsheet or another."""


def cell(value: Any) -> str:
    """Return a field's value as the text of a cell; lists are joined by commas."""
    if isinstance(value, tuple | list):
        value = ",".join(value)
    if value is True:
        return "true"
    if not isinstance(value, str):
        return str(value)
    text = safe(value)
    return "'" + text if value.startswith(_FORMULA) or text.startswith(_FORMULA) else text


class Encoder:
    """Write a line of names, then a line a record."""

    def __init__(self) -> None:
        """Begin before the line of names."""
        self._names = [field.name for field in FIELDS]
        self._begun = False

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the lines of `records`."""
        text = io.StringIO()
        write = csv.writer(text, lineterminator="\r\n")
        if not self._begun:
            self._begun = True
            write.writerow(self._names)
        for record in records:
            known = values(record)
            write.writerow([cell(known.get(name, "")) for name in self._names])
        return text.getvalue().encode()

    def end(self) -> bytes:
        """Return the line of names if no record came."""
        return b"" if self._begun else self.add(())
