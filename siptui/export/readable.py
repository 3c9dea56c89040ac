"""How does somebody read messages in a text file?

A line about each, what was found out, then its lines as the screen would show them: made safe, so
that a pager obeys none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from siptui.export.hexdump import headline, rows
from siptui.record import FIELD, Record
from siptui.text import safe

_FACTS = (
    "country",
    "asn",
    "as_name",
    "tool",
    "ua-lies",
    "labels",
    "number",
    "number_country",
    "number_prefix",
    "tag_target",
    "tag_extension",
    "tag_user",
    "tag_password",
    "auth_user",
    "auth_realm",
    "auth_password",
    "new",
    "known",
    "ours",
    "shape",
    "defects",
)
"""The fields that are not to be seen in the message itself."""

_INDENT = "    "
_TEXT = frozenset((*range(0x20, 0x7F), 0x09, 0x0A, 0x0D))


def facts(record: Record) -> str:
    """Return what was found out about a record in one line, empty if nothing was."""
    return "; ".join(
        f"{name} {_shown(value)}" if value is not True else name
        for name in _FACTS
        if (value := FIELD[name].get(record))
    )


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(safe, value))
    return safe(str(value))


def body(record: Record) -> list[str]:
    """Return the lines of a message, or its dump if it is no text."""
    if record.kind != "sip" and not _TEXT.issuperset(record.data):
        return rows(record.data)
    lines = record.data.replace(b"\r\n", b"\n").split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [(_INDENT + safe(each.replace(b"\t", b" "))).rstrip() for each in lines]


class Encoder:
    """Write each message as a paragraph."""

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the paragraphs of `records`."""
        lines: list[str] = []
        for record in records:
            lines.append(headline(record))
            if found := facts(record):
                lines.append(found)
            lines += [*body(record), ""]
        return "".join(f"{line}\n" for line in lines).encode()

    def end(self) -> bytes:
        """Return nothing: every paragraph stands for itself."""
        return b""
