"""How may a filter text that is being typed go on?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from siptui.filters.language import FLAGS, NAME
from siptui.filters.quoting import closing, quote, unquote
from siptui.record import FIELD, FIELDS, Field

LIMIT = 50
KnownValues = Callable[[str], Sequence[tuple[str, str]]]


class Offer(NamedTuple):
    """Offer to replace a part of the text."""

    text: str
    """What would stand there."""
    start: int
    stop: int
    help: str
    """What it is, in a few words; not safe for a terminal where it comes from traffic."""


def complete(text: str, cursor: int, known_values: KnownValues) -> list[Offer]:
    """Return what may stand at the cursor of `text`, likeliest first.

    `known_values` gives a field's values with a word of help each, commonest first.
    """
    start, opened = _word_start(text[:cursor])
    if text.startswith("-", start):
        start += 1
    word = text[start:cursor]
    match = NAME.match(word)
    if match is None:
        return [] if opened >= 0 else _names(word, start, cursor)
    field = FIELD.get(match[1].lower())
    if field is None or "~" in match[2]:
        return []
    at = max(start + match.end(), text.rfind(",", start, cursor) + 1)
    stop, value = cursor, text[at:cursor]
    if opened >= 0:
        at, stop = opened, cursor + text.startswith('"', cursor)
        try:
            value = unquote(text[opened + 1 : cursor])
        except ValueError:
            return []
    return _values(known_values(field.name), value, at, stop)


def _word_start(text: str) -> tuple[int, int]:
    """Return where the last word begins, and where a quote in it that is still open; else -1."""
    start = at = 0
    while at < len(text):
        if text[at] == '"':
            close = closing(text, at)
            if close < 0:
                return start, at
            at = close
        elif text[at].isspace() or text[at] in "()":
            start = at + 1
        at += 1
    return start, -1


def _values(known: Sequence[tuple[str, str]], value: str, start: int, stop: int) -> list[Offer]:
    folded = value.casefold()
    begin = [each for each in known if each[0].casefold().startswith(folded)]
    hold = [
        each
        for each in known
        if folded in each[0].casefold() and not each[0].casefold().startswith(folded)
    ]
    return [Offer(quote(found), start, stop, help) for found, help in (begin + hold)[:LIMIT]]


_OPERATORS = {
    "number": (":", ">", "<", ">=", "<=", "!="),
    "time": (">", "<", ":"),
    "address": (":", "!="),
    "flag": (),
}
"""Operators by the type of a field, most useful first."""


def _names(word: str, start: int, stop: int) -> list[Offer]:
    folded = word.lower()
    whole = FIELD.get(folded)
    first = [whole] if whole is not None and whole.type != "flag" else []
    named = [each for each in FIELDS if each.type != "flag" and each not in first]
    begin = [each for each in named if each.name.startswith(folded)]
    called = [
        each
        for each in named
        if folded and each not in begin and any(name.startswith(folded) for name in each.aliases)
    ]
    offers = [
        Offer(f"{each.name}{operator}", start, stop, each.help)
        for each in first
        for operator in _operators(each)
    ]
    offers += [
        Offer(f"{each.name}{_operators(each)[0]}", start, stop, each.help)
        for each in begin + called
    ]
    offers += [
        Offer(
            each, start, stop, FIELD[each].help if each in FIELD else "something is wrong with it"
        )
        for each in sorted(FLAGS)
        if each.startswith(folded)
    ]
    offers += [
        Offer(each, start, stop, help)
        for each, help in (("and", "both"), ("or", "either"), ("not", "the others"))
        if folded and each.startswith(folded)
    ]
    return offers[:LIMIT]


def _operators(field: Field) -> Sequence[str]:
    return _OPERATORS.get(field.type, (":", "=", "~", "!="))
