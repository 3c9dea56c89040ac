"""What is known of a record as one line of JSON?

Keys are the names of the fields; what is unknown is left out. Characters that a
terminal might obey, or that hide, are written as ``\\u009b``: the same text to whoever reads JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import orjson

from siptui.export.moments import moment
from siptui.record import FIELDS, SPANS, Record, decode

_HELD = tuple(field for field in FIELDS if field.attribute in Record.__slots__)
_NAMES = tuple(field.name for field in _HELD)
_ask = attrgetter(*(field.attribute for field in _HELD))
"""Gets all that a record holds at once: asking field by field takes three times as long."""
_SPANS = tuple((name, 2 * at, 2 * at + 1) for at, name in enumerate(SPANS))
_OTHERS = tuple(
    (field.name, field.get) for field in FIELDS if field not in _HELD and field.storage != "span"
)


def values(record: Record) -> dict[str, Any]:
    """Return what is known of `record` by field name, the time as RFC 3339 text.

    What is empty, 0 or false is unknown and left out, but for the length.
    """
    known = {name: value for name, value in zip(_NAMES, _ask(record), strict=True) if value}
    known["time"] = moment(record.time)
    spans, data = record.spans, record.data
    # Most messages are ASCII, and most values on one line: they are decoded at once.
    whole = data.decode() if data.isascii() else ""
    for name, first, last in _SPANS:
        start, stop = spans[first], spans[last]
        if start < stop:
            text = whole[start:stop]
            if not text or "\n" in text or "\r" in text:
                text = decode(data[start:stop])
            known[name] = text
    for name, get in _OTHERS:
        value = get(record)
        if value or name == "len":
            known[name] = value
    return known


def line(record: Record) -> bytes:
    """Return `record` as a JSON object, without the end of the line."""
    known = values(record)
    try:
        text = orjson.dumps(known)
    except TypeError:
        # A lone surrogate, as file names of odd bytes bring it along.
        text = orjson.dumps({name: _without_surrogates(value) for name, value in known.items()})
    if text.isascii() and b"\x7f" not in text:
        return text
    return _printable(text.decode()).encode()


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, tuple | list):
        return [_without_surrogates(each) for each in value]
    return value


def _printable(text: str) -> str:
    """Return JSON text with the unprintable escaped (RFC 8259 section 7)."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escape(each) for each in text)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


class Encoder:
    """Write one JSON object a line."""

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the lines of `records`."""
        return b"".join([line(record) + b"\n" for record in records])

    def end(self) -> bytes:
        """Return nothing: every line stands for itself."""
        return b""
