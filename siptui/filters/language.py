"""What does a filter text mean? Its grammar, and where and why a wrong one is wrong.

filter  = [ or ]
or      = and { "or" and }
and     = not { ["and"] not }
not     = ( "not" | "-" ) not | "(" or ")" | term
term    = FIELD op [ value { "," value } ] | FLAG | word | quoted
op      = ":" | "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">="
value   = word | quoted

A word ends at white space, a bracket or a quote, a value at a comma, too. A pattern behind ``~``
goes on to white space or to the bracket that closes none of its own.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from siptui.errors import SiptuiError
from siptui.filters import terms
from siptui.filters.predicates import All, Everything, Not, Predicate, Some, Text
from siptui.filters.quoting import closing, unquote
from siptui.filters.terms import Now
from siptui.record import FIELD, FIELDS

OPERATORS = ("!=", "!~", "<=", ">=", ":", "=", "~", "<", ">")
FLAGS = {each.name for each in FIELDS if each.type == "flag"} | {"odd", "new"}
NAME = re.compile(r"([A-Za-z_][\w-]*)(!=|!~|<=|>=|[:=~<>])")
_WORD = re.compile(r'[^\s()"]+')
_VALUE = re.compile(r'[^\s(),"]*')
_KEYWORD = re.compile(r"(and|or|not)(?![^\s()])", re.IGNORECASE)
_SPACE = re.compile(r"\s*")
_DEEPEST = 50
"""Brackets and negations within each other."""


class FilterError(SiptuiError):
    """Say where and why a filter text is wrong."""

    def __init__(self, message: str, start: int, stop: int) -> None:
        """Point to the characters from `start` to `stop`."""
        super().__init__(message)
        self.start = start
        self.stop = stop


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what a filter text means."""

    predicate: Predicate
    conjuncts: tuple[tuple[int, int], ...]
    """Start and stop of each of the terms that must all hold."""
    alternatives: bool
    """Whether it is an ``or`` without brackets."""


def read(text: str, now: Now) -> Reading:
    """Return what `text` means; raises FilterError."""
    reader = _Reader(text, now)
    if reader.at == len(text):
        return Reading(Everything(), (), False)
    return reader.filter()


class _Reader:
    """Read a text from its beginning to its end."""

    def __init__(self, text: str, now: Now) -> None:
        self._text = text
        self._now = now
        self._end = 0
        """Where the last thing that was read ended."""
        self._depth = 0
        self.at = 0
        self._go(0)

    def _go(self, stop: int) -> None:
        """Go on behind what ended at `stop`, white space skipped."""
        self._end = stop
        match = _SPACE.match(self._text, stop)
        self.at = match.end() if match else stop

    def _keyword(self) -> str:
        match = _KEYWORD.match(self._text, self.at)
        return match[1].lower() if match else ""

    def filter(self) -> Reading:
        start = self.at
        conjuncts: list[tuple[int, int]] = []
        parts = [self._and(conjuncts)]
        self._alternatives(parts)
        if self.at < len(self._text):
            raise FilterError("this ')' closes nothing", self.at, self.at + 1)
        if len(parts) > 1:
            return Reading(Some(tuple(parts)), ((start, self._end),), True)
        return Reading(parts[0], tuple(conjuncts), False)

    def _alternatives(self, parts: list[Predicate]) -> None:
        while self._keyword() == "or":
            self._go(self.at + 2)
            parts.append(self._and([]))

    def _and(self, conjuncts: list[tuple[int, int]]) -> Predicate:
        parts: list[Predicate] = []
        while not parts or (
            self.at < len(self._text) and self._text[self.at] != ")" and self._keyword() != "or"
        ):
            if parts and self._keyword() == "and":
                self._go(self.at + 3)
            start = self.at
            parts.append(self._not())
            conjuncts.append((start, self._end))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _not(self) -> Predicate:
        negated = False
        while self._text.startswith("-", self.at) or self._keyword() == "not":
            self._go(self.at + (1 if self._text[self.at] == "-" else 3))
            negated = not negated
        inner = self._primary()
        return Not(inner) if negated else inner

    def _primary(self) -> Predicate:
        text, start = self._text, self.at
        if start == len(text):
            raise FilterError("a term is missing at the end", start, start)
        if text[start] == "(":
            return self._brackets()
        if text[start] == ")" or self._keyword():
            stop = start + max(1, len(self._keyword()))
            raise FilterError(f"a term is missing before {text[start:stop]!r}", start, stop)
        if text[start] == '"':
            return _text(*self._quoted())
        if match := NAME.match(text, start):
            return self._term(match)
        match = _WORD.match(text, start)
        assert match is not None
        self._ends_at(match.end())
        if match[0].lower() in FLAGS:
            return terms.flag(match[0].lower())
        return _text(match[0], start, match.end())

    def _brackets(self) -> Predicate:
        start = self.at
        self._depth += 1
        if self._depth > _DEEPEST:
            raise FilterError("too many brackets within each other", start, start + 1)
        self._go(start + 1)
        parts = [self._and([])]
        self._alternatives(parts)
        if not self._text.startswith(")", self.at):
            raise FilterError("this '(' is never closed", start, start + 1)
        self._depth -= 1
        self._go(self.at + 1)
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _ends_at(self, stop: int) -> None:
        """Go on behind a word or value; what is in quotes must not touch it."""
        if self._text[stop : stop + 1] in ('"', "("):
            raise FilterError("white space is missing here, or the whole belongs in quotes",
                              stop, stop + 1)  # fmt: skip
        self._go(stop)

    def _quoted(self, *, pattern: bool = False) -> tuple[str, int, int]:
        """Read a quoted value; of a pattern only quotes are unquoted."""
        start = self.at
        stop = closing(self._text, start)
        if stop < 0:
            raise FilterError("this quote is never closed", start, len(self._text))
        inside = self._text[start + 1 : stop]
        try:
            value = inside.replace('\\"', '"') if pattern else unquote(inside)
        except ValueError as error:
            raise FilterError(str(error), start, stop + 1) from None
        after = self._text[stop + 1 : stop + 2]
        if after and not after.isspace() and after not in "),":
            raise FilterError("white space is missing behind the quote", stop + 1, stop + 2)
        self._go(stop + 1)
        return value, start, stop + 1

    def _term(self, match: re.Match[str]) -> Predicate:
        name, sign = match.groups()
        field = FIELD.get(name.lower())
        if field is None:
            raise FilterError(_unknown(name), match.start(), match.end(1))
        self._go(match.end())
        values = [self._value(sign)]
        while sign not in ("~", "!~") and self._text.startswith(",", self._end):
            self._go(self._end + 1)
            values.append(self._value(","))
        try:
            return terms.term(field, sign, values, self._now)
        except ValueError as error:
            raise FilterError(str(error), match.end(), max(self._end, match.end())) from None

    def _value(self, sign: str) -> str:
        pattern = sign in ("~", "!~")
        if self.at == self._end and self._text.startswith('"', self.at):
            return self._quoted(pattern=pattern)[0]
        start = self._end
        if pattern:
            stop = _pattern_end(self._text, start)
        else:
            match = _VALUE.match(self._text, start)
            stop = match.end() if match else start
        if start == stop and sign not in (":", "=", "!="):
            raise FilterError(f"a value is missing behind {sign!r}", start - len(sign), start)
        self._ends_at(stop)
        return self._text[start:stop]


def _pattern_end(text: str, at: int) -> int:
    """Return where a pattern without quotes ends."""
    depth, in_class = 0, False
    while at < len(text) and not text[at].isspace():
        if text[at] == "\\":
            at += 1
        elif in_class:
            in_class = text[at] != "]"
        elif text[at] == ")" and not depth:
            break
        else:
            in_class = text[at] == "["
            depth += (text[at] == "(") - (text[at] == ")")
        at += 1
    return min(at, len(text))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), FIELD, 1)
    hint = f"did you mean {near[0]}?" if near else "text belongs in quotes"
    return f"unknown field {name!r} - {hint}"


def _text(value: str, start: int, stop: int) -> Predicate:
    try:
        return Text(value)
    except UnicodeEncodeError:
        raise FilterError("this holds half a character", start, stop) from None
