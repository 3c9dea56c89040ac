"""What do start line and header fields say, and where in them is something wrong?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from siptui import text
from siptui.decode.message import Finding, Header, Message
from siptui.record import Record, decode
from siptui.tui.paint import Part
from siptui.tui.widgets.inspector.facts import quoted, term
from siptui.tui.widgets.inspector.items import Item
from siptui.tui.widgets.inspector.part import Range

FIELD_TERMS = {
    "user-agent": "ua",
    "server": "ua",
    "from": "from",
    "to": "to",
    "call-id": "call_id",
    "cseq": "cseq",
    "contact": "contact",
    "via": "via",
}
"""By which field of the filter language a header field is found."""


def head_items(record: Record, message: Message) -> Iterator[Item]:
    """Yield the start line and every header field line, with what is wrong marked in place."""
    data, findings = record.data, message.findings
    start, stop = message.start_line
    line = data[start:stop]
    wanted = f"status:{record.status}" if record.status else term("method", record.method)
    yield Item(
        "start",
        tuple(_pieces(data, start, stop, findings, "title")),
        (start, _line_end(data, stop)),
        wanted,
        text.safe(decode(line)),
        is_wrong((start, stop), findings),
        2,
        "start",
    )
    for header in message.headers:
        yield _field(data, header, findings)


def _field(data: bytes, header: Header, findings: Sequence[Finding]) -> Item:
    value = decode(data[header.value_start : header.value_stop])
    field = FIELD_TERMS.get(header.canonical.lower())
    shown = text.safe(value)
    wanted = term(field, value) if field else quoted(f"{header.name}: {value}")
    parts: list[Part] = [
        *_pieces(data, header.start, header.name_stop, findings, "answer"),
        *_pieces(data, header.name_stop, header.value_start, findings, "dim"),
        *_pieces(data, header.value_start, header.value_stop, findings, "text"),
    ]
    return Item(
        "field",
        tuple(parts),
        (header.start, header.stop),
        wanted,
        shown,
        is_wrong((header.start, header.stop), findings),
        2,
        f"field {header.canonical.lower()}",
    )


def is_wrong(where: Range, findings: Sequence[Finding]) -> bool:
    """Tell whether one of the findings touches a range; never for a range that is nowhere."""
    return any(
        each.start < where[1] and where[0] < max(each.stop, each.start + 1) for each in findings
    )


def _pieces(
    data: bytes, start: int, stop: int, findings: Sequence[Finding], role: str
) -> Iterator[Part]:
    """Yield the bytes between two offsets as safe texts, wrong ones with a role of their own."""
    cuts = {start, stop}
    wrong = [each for each in findings if each.start < stop and each.stop > start]
    for each in wrong:
        cuts |= {max(start, each.start), min(stop, each.stop)}
    ordered = sorted(cuts)
    for first, last in itertools.pairwise(ordered):
        bad = any(each.start <= first and last <= each.stop for each in wrong)
        yield (text.safe(_unfolded(data[first:last])), "alarm" if bad else role)


def _unfolded(piece: bytes) -> str:
    """Return bytes as text with line breaks kept as one space (RFC 3261 section 7.3.1)."""
    words = piece.decode("utf-8", "backslashreplace")
    for fold in ("\r\n", "\n"):
        if fold in words:
            words = " ".join(
                each.strip() if at else each.rstrip() for at, each in enumerate(words.split(fold))
            )
    return words


def _line_end(data: bytes, at: int) -> int:
    if data[at : at + 2] == b"\r\n":
        return at + 2
    return at + 1 if data[at : at + 1] in {b"\r", b"\n"} else at
