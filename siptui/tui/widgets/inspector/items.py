"""What is one line of the decoded message, before it is folded to a width, and what are all?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from siptui import text
from siptui.record import Record
from siptui.tui.paint import Part
from siptui.tui.widgets.inspector.part import NOWHERE, Range

if TYPE_CHECKING:
    from siptui.decode.message import Message

Kind = Literal["rule", "fact", "finding", "layer", "start", "field", "body", "note"]


class Fact(NamedTuple):
    """Hold one thing that is known about a message, and from which of its bytes."""

    title: str
    """A word or two: ``tag``, ``why``."""
    text: str
    """The finding in words; need not be safe for a terminal."""
    start: int = -1
    """Where its bytes begin in the message; -1 if it comes from none."""
    stop: int = -1


SHAPE = "made of"
"""The title of the lines that say what a shape is made of."""


def shape_facts(explain: object, record: Record) -> list[Fact]:
    """Return what the shape of a record is made of, a fact a line, if `explain` can tell."""
    prehash = getattr(explain, "prehash", None)
    words = prehash(record) if prehash else ""
    return [Fact(SHAPE, line) for line in words.splitlines() if line.strip()]


class Item(NamedTuple):
    """Hold one line and what can be done with it."""

    kind: Kind
    parts: tuple[Part, ...]
    """Safe texts and their roles."""
    range: Range = NOWHERE
    """Its bytes among those that are shown."""
    term: str = ""
    """The filter term that keeps only messages like this."""
    value: str = ""
    """What is copied: the value alone."""
    defect: bool = False
    """Whether something is wrong with it."""
    indent: int = 0
    """How far the lines are indented that it is continued on."""
    name: str = ""
    """By what it is found again in another message."""


class Account(NamedTuple):
    """Hold what both parts of the inspector show of one record."""

    items: tuple[Item, ...] = ()
    data: bytes = b""
    """The bytes shown."""
    defects: tuple[Range, ...] = ()
    """Where in `data` something is wrong."""
    title: tuple[Part, ...] = (("no message", "dim"),)
    copy: str = ""
    """The message as lines of safe text."""
    message: Message | None = None
    shift: int = 0
    """Where in `data` the message begins; -1 if it does not lie there in one piece."""

    def part_at(self, offset: int) -> str:
        """Return the name of the smallest part of the message that holds a byte of `data`."""
        if self.message is None or self.shift < 0:
            return ""
        element = self.message.at(offset - self.shift)
        return text.safe(element.name) if element else ""


LABEL = 10
"""The width of the titles of facts, in cells."""


def rule(words: str) -> Item:
    """Return a line that begins a section."""
    return Item("rule", ((words, "title"),), name=f"rule {words}")


def fact(
    title: str,
    words: str | tuple[Part, ...],
    term: str = "",
    range: Range = NOWHERE,
    *,
    alarm: bool = False,
    value: str = "",
) -> Item:
    """Return a line that states one thing about the message."""
    if isinstance(words, str):
        words = ((text.safe(words), "text"),)
    plain = "".join(each for each, _ in words)
    # The name of a defect is what filters ask for, so it is never cut.
    title = text.safe(title)
    label = title.ljust(LABEL) if alarm else text.fit(title, LABEL)
    return Item(
        "finding" if alarm else "fact",
        ((label + " ", "alarm" if alarm else "dim"), *words),
        range,
        term,
        value or plain,
        alarm,
        LABEL + 1,
        f"fact {title}",
    )
