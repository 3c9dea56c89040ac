"""How may a filter text that is being typed go on?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from siptui.filters.language import FLAGS, OPERATORS
from siptui.record import FIELD, FIELDS

LIMIT = 50


class Offer(NamedTuple):
    """Offer to replace a part of the text."""

    text: str
    """What would stand there."""
    start: int
    stop: int
    help: str
    """What it is, in a few words; not safe for a terminal where it comes from traffic."""


def complete(
    text: str, cursor: int, known_values: Callable[[str], Sequence[tuple[str, str]]]
) -> list[Offer]:
    """Return what may stand at the cursor of `text`, likeliest first.

    `known_values` gives a field's values with a word of help each, commonest first.
    """
    from siptui.filters import quote

    start = cursor
    while start > 0 and text[start - 1] not in ' ()"':
        start -= 1
    word = text[start:cursor]
    if word.startswith("-"):
        start, word = start + 1, word[1:]
    name, operator, value = _split(word)
    if not operator:
        return _names(word, start, cursor)
    field = FIELD.get(name.lower())
    if field is None:
        return []
    value = value.rpartition(",")[2]
    at = cursor - len(value)
    folded = value.casefold()
    values = known_values(field.name)
    begin = [each for each in values if each[0].casefold().startswith(folded)]
    hold = [each for each in values if folded in each[0].casefold() and each not in begin]
    return [Offer(quote(found), at, cursor, help) for found, help in (begin + hold)[:LIMIT]]


def _split(word: str) -> tuple[str, str, str]:
    places = [(word.find(each), each) for each in OPERATORS if each in word]
    if not places:
        return word, "", ""
    at, operator = min(places, key=lambda place: (place[0], -len(place[1])))
    return word[:at], operator, word[at + len(operator) :]


def _names(word: str, start: int, stop: int) -> list[Offer]:
    folded = word.lower()
    fields = [each for each in FIELDS if each.type != "flag"]
    offers = [Offer(f"{each.name}:", start, stop, each.help) for each in fields
              if each.name.startswith(folded)]  # fmt: skip
    offers += [Offer(f"{each.name}:", start, stop, each.help) for each in fields
               if folded and not each.name.startswith(folded)
               and any(alias.startswith(folded) for alias in each.aliases)]  # fmt: skip
    offers += [Offer(each, start, stop, FIELD[each].help if each in FIELD else "has defects")
               for each in sorted(FLAGS) if each.startswith(folded)]  # fmt: skip
    return offers[:LIMIT]
