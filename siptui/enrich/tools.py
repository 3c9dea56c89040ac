"""Which program wrote a message, and how is it written?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from siptui.enrich.tag import carried
from siptui.record import Record


class Tools:
    """Fill `tool`, `ua_lies`, what the tag carries, and `shape`."""

    def __init__(self, directory: Path | None = None) -> None:
        """Read the built-in signatures and those of the user in `directory`."""

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill records in place."""
        for record in records:
            if record.kind == "sip":
                value = record.raw("from")
                at = value.find(b"tag=")
                found = carried(value[at + 4 :]) if at >= 0 else None
                if found is not None:
                    record.tag_target, record.tag_extension = found.target, found.extension
                    record.tag_user, record.tag_password = found.user, found.password
                    program = "svmap" if found.target else "svwar"
                    record.tool = "sipvicious/" + ("svcrack" if found.user else program)
