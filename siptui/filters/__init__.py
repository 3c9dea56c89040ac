"""Which records does a filter text let through, what does it say in words, how is it edited?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from siptui.errors import SiptuiError
from siptui.filters.completion import Offer, complete
from siptui.filters.language import FilterError, read
from siptui.filters.predicates import Columns, Everything, Mask, Predicate
from siptui.filters.quoting import quote
from siptui.filters.terms import Now, exact

HELP: tuple[tuple[str, str], ...] = (
    ("ua:pbx  uri:00", "the text holds that; letters may be of either case"),
    ("country:RU  method:OPTIONS,REGISTER", "it is that, or any of several (comma)"),
    ("src:10.0.0.0/8  src:192.0.2.1", "an address of that network, or that address"),
    ("dport:5060  dport:5060-5069  status:4xx", "a number, or a range"),
    ("len>1000  status>=400", "compared as a number"),
    ('ua="PBX"  ua!="PBX"', "exactly that, or not; letters count as written"),
    ('ua:""  label!=""', "it has none, or has one"),
    ('ua~"^PBX"  uri~^sip:(00|\\+)', "a regular expression; letters of either case"),
    ("time>10:00  time>2026-01-31T10:00  time>-5m", "time of day, of a date, back from now"),
    ("defect:lf-only  label:toll-fraud", "a list has one that holds it"),
    ("odd  known  new  ua-lies  ours", "a flag by its name; odd: has defects"),
    ('INVITE  "two words"', "looked for in the whole message; A-Z of either case"),
    ("-ua:friendly-scanner  not known", "not"),
    ("country:RU ua:PBX", "both; 'and' means the same"),
    ("(country:RU or country:CN) -known", "either; brackets group"),
    ('ua="a \\"b\\" \\x1b"', "in quotes: a quote, a byte or character by its number"),
)
"""Examples of the language with what they mean, for the help screen and the README."""

__all__ = [
    "HELP", "Filter", "FilterError", "Offer", "add_term", "complete", "drop_last_term", "exact",
    "negate", "parse", "parse_argument", "quote",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """Hold a filter text and what it means."""

    text: str
    predicate: Predicate
    terms: tuple[str, ...]
    """The terms that must all hold, as they were written."""
    alternatives: bool = False
    """Whether it is an ``or`` without brackets, which is one term."""

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


def parse(text: str, now: Callable[[], float] = time.time, *, utc: bool = False) -> Filter:
    """Return the filter that `text` means; an empty one lets everything through.

    `now` gives seconds since the epoch, for times back from now; `utc` says that times of day are
    those of UTC and not of this machine. Raises FilterError.
    """
    reading = read(text, Now(now(), utc))
    terms = tuple(text[start:stop] for start, stop in reading.conjuncts)
    return Filter(text.strip(), reading.predicate, terms, reading.alternatives)


def parse_argument(text: str) -> Filter:
    """Return the filter of a command line; raises SiptuiError that shows where it is wrong."""
    try:
        return parse(text)
    except FilterError as error:
        raise SiptuiError(f"--filter {text!r}, character {error.start + 1}: {error}") from None


def add_term(text: str, term: str) -> str:
    """Return a filter text that asks for `term` as well; one that it has already is not repeated.

    An ``or`` that is not in brackets is put into them first. Raises FilterError.
    """
    before = parse(text)
    if before.alternatives and not before.is_empty and term != before.terms[0]:
        text = f"({before.text})"
    if parse(term).alternatives and term not in before.terms:
        term = f"({term})"
    return text if term in before.terms else f"{text.strip()} {term}".strip()


def drop_last_term(text: str) -> str:
    """Return a filter text without its last term; raises FilterError."""
    return " ".join(parse(text).terms[:-1])


def negate(term: str) -> str:
    """Return the term that hides what `term` shows, and the other way round."""
    meaning = parse(term)
    if len(meaning.terms) > 1 or meaning.alternatives:
        return f"-({term})"
    return term[1:] if term.startswith("-") else f"-{term}"
