"""How do the two parts of the inspector scroll, and how is a long line folded?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from textual import events
from textual.message import Message

from siptui import text
from siptui.tui.paint import Painted, Part

Range = tuple[int, int]
"""First and behind-the-last offset in the bytes that are shown; ``(-1, -1)`` for none."""

NOWHERE: Range = (-1, -1)

_TOKENS = re.compile(r"[^\s;,&<>]*[\s;,&<>]+|[^\s;,&<>]+")


def fold(parts: Iterable[Part], width: int, indent: int) -> list[list[Part]]:
    """Divide parts into rows of `width` cells; all but the first are indented by `indent`.

    Lines break behind white space and the separators of SIP where they can.
    """
    indent = min(indent, width // 2)
    rows: list[list[Part]] = [[]]
    used = 0
    for words, role in parts:
        for token in _TOKENS.findall(words):
            room = width - used
            if text.width(token.rstrip()) > room and used > indent and _fits(token, width - indent):
                rows.append([(" " * indent, "")])
                used = indent
            while text.width(token.rstrip()) > width - used:
                head = text.prefix(token, width - used)
                if not head and used <= indent:
                    break
                rows[-1].append((head, role))
                token = token[len(head) :]
                rows.append([(" " * indent, "")])
                used = indent
            rows[-1].append((token, role))
            used += text.width(token)
    return rows


def _fits(token: str, width: int) -> bool:
    return text.width(token.rstrip()) <= width


def mark(parts: Sequence[Part], needle: str) -> list[Part]:
    """Give what contains `needle` (lower case) in the text of `parts` the role ``found``."""
    whole = "".join(words for words, _ in parts).lower()
    found = bytearray(len(whole))
    at = whole.find(needle)
    while at >= 0:
        found[at : at + len(needle)] = b"\1" * len(needle)
        at = whole.find(needle, at + len(needle))
    if not any(found) or len(whole) != sum(len(words) for words, _ in parts):
        return list(parts)
    marked: list[Part] = []
    at = 0
    for words, role in parts:
        for start, stop, hit in runs(found[at : at + len(words)]):
            marked.append((words[start:stop], f"{role} found" if hit else role))
        at += len(words)
    return marked


def runs(values: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield start, stop and value of each stretch of equal values."""
    start = 0
    for at in range(1, len(values) + 1):
        if at == len(values) or values[at] != values[start]:
            yield start, at, values[start]
            start = at


class InspectorPart(Painted, can_focus=True):
    """Show rows that may be more than fit."""

    class Moved(Message):
        """The user chose other bytes."""

        def __init__(self, part: InspectorPart, range: Range) -> None:
            super().__init__()
            self.part = part
            self.range = range

        @property
        def control(self) -> InspectorPart:
            """The part in which it happened."""
            return self.part

        def can_replace(self, message: Message) -> bool:
            """Only where the cursor is now matters."""
            return isinstance(message, InspectorPart.Moved) and message.part is self.part

    top = 0
    """The first row shown."""

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def look_at(self, first: int, last: int) -> None:
        """Scroll as little as shows the rows from `first` to `last`, the first rather."""
        height = max(1, self.size.height)
        top = self.top
        if last >= top + height:
            top = last - height + 1
        if first < top:
            top = first
        self.scroll_rows(top - self.top)

    def scroll_rows(self, rows: int) -> None:
        """Scroll by some rows, down if positive, and paint what differs."""
        most = max(0, self.row_count - max(1, self.size.height))
        self.top = max(0, min(self.top + rows, most))
        self.sync()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_rows(3)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_rows(-3)

    def on_focus(self) -> None:
        """Show the cursor as the one that keys move."""
        self.repaint()

    def on_blur(self) -> None:
        """Show the cursor as a mere link."""
        self.repaint()
