"""What stands around and between the two parts, and what is searched for in them?"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from siptui import text
from siptui.tui.paint import Painted, Part, rule


class Title(Painted):
    """Say what is inspected and which bytes are chosen."""

    left: Sequence[Part] = ()
    right: Sequence[Part] = ()
    focused = False

    def keys(self) -> Sequence[Hashable]:
        """Return what the line shows."""
        return [(tuple(self.left), tuple(self.right), self.focused)]

    def line(self, y: int) -> Sequence[Part]:
        """Return words at both ends of a rule."""
        width = self.size.width
        room = width - 8 - sum(text.width(words) for words, _ in self.right)
        left: list[Part] = []
        for words, role in self.left:
            words = text.cut(words, max(0, room))
            room -= text.width(words)
            left.append((words, role))
        return rule(left, self.right, width, self.signs, self.focused)


class Upright(Painted):
    """Divide the two parts."""

    def keys(self) -> Sequence[Hashable]:
        """Return what the lines show."""
        return [0] * self.size.height

    def line(self, y: int) -> Sequence[Part]:
        """Return one piece of the line."""
        return [("|" if self.signs.ascii else "│", "rule")]


def is_hex(words: str) -> bool:
    """Tell whether bytes are searched for: ``0x0d0a``."""
    digits = words[2:].replace(" ", "")
    return (
        words[:2].lower() == "0x"
        and bool(digits)
        and len(digits) % 2 == 0
        and all(each in "0123456789abcdefABCDEF" for each in digits)
    )


def bytes_of(words: str) -> bytes:
    """Return the bytes to look for; those of text in lower case."""
    if is_hex(words):
        return bytes.fromhex(words[2:].replace(" ", ""))
    return words.lower().encode()
