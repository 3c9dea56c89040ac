"""Which records does a filter text let through, what does it say in words, how is it edited?"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from siptui.filters.completion import Offer, complete
from siptui.filters.language import FilterError, Parser, tokens
from siptui.filters.predicates import Columns, Everything, Mask, Predicate

HELP: tuple[tuple[str, str], ...] = (
    ("country:RU", "the field is that, or holds it (text); letters may be of either case"),
    ("method:OPTIONS,REGISTER", "any of several"),
    ("-ua:friendly-scanner", "not; 'not' means the same"),
    ("src:10.0.0.0/8", "an address of that network"),
    ("dport:5060  dport:5060-5069", "a number, or a range"),
    ('ua~"^PBX"', "a regular expression"),
    ('ua="PBX"  ua!="PBX"', "exactly that, or not"),
    ('ua:""', "the message has none"),
    ("len>1000  status>=400", "compared as a number"),
    ("time>10:00  time>2026-01-31T10:00  time>-5m", "time of day, of a date, back from now"),
    ("odd  known  new  ua-lies  ours", "a flag by its name"),
    ("defect:lf-only  label:toll-fraud", "a list has one that holds it"),
    ('INVITE  "two words"', "looked for in the whole message, whatever the case"),
    ("country:RU ua:PBX", "both; 'and' means the same"),
    ("(country:RU or country:CN) -known", "either; brackets group"),
)
"""Examples of the language with what they mean, for the help screen and the README."""

__all__ = [
    "HELP", "Filter", "FilterError", "Offer", "add_term", "complete", "drop_last_term", "negate",
    "parse", "quote",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """Hold a filter text and what it means."""

    text: str
    predicate: Predicate
    terms: tuple[str, ...]
    """The terms that must all hold, as they were written."""

    def mask(self, columns: Columns, start: int, stop: int) -> Mask:
        """Return which of the rows `start` to `stop` of a chunk are let through."""
        return self.predicate.mask(columns, start, stop)

    def describe(self) -> str:
        """Return it in words; they may hold what was typed and are not safe for a terminal."""
        return self.predicate.describe()

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return isinstance(self.predicate, Everything)


def parse(text: str, now: Callable[[], float] = time.time) -> Filter:
    """Return the filter that `text` means; an empty one lets everything through.

    `now` gives seconds since the epoch, for times back from now. Raises FilterError.
    """
    parser = Parser(text, now)
    predicate = parser.parse()
    terms = tuple(text[start:stop] for start, stop in parser.conjuncts)
    return Filter(text.strip(), predicate, terms)


_PLAIN = re.compile(r"[^\s(),\"\\:=~<>!-][^\s(),\"\\]*")


def quote(value: str) -> str:
    """Return `value` as it is written behind an operator, in quotes where it needs them."""
    if _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def add_term(text: str, term: str) -> str:
    """Return a filter text that asks for `term` as well; one that it has already is not repeated.

    An ``or`` at the top is put into brackets first.
    """
    terms = parse(text).terms
    if term in terms:
        return text
    if len(terms) == 1 and _has_or(terms[0]):
        text = f"({text.strip()})"
    return f"{text.strip()} {term}".strip()


def _has_or(text: str) -> bool:
    depth = 0
    for token in tokens(text):
        depth += (token.kind == "(") - (token.kind == ")")
        if depth == 0 and token.kind == "word" and token.text.lower() == "or":
            return True
    return False


def drop_last_term(text: str) -> str:
    """Return a filter text without its last term."""
    return " ".join(parse(text).terms[:-1])


def negate(term: str) -> str:
    """Return the term that hides what `term` shows, and the other way round."""
    if term.startswith("-"):
        return term[1:]
    return f"-({term})" if _has_or(term) else f"-{term}"
