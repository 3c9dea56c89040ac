"""What does a filter text mean? Its grammar, and where and why a wrong one is wrong.

filter   = or
or       = and { "or" and }
and      = not { ["and"] not }
not      = ( "not" | "-" ) not | "(" or ")" | term
term     = FIELD op values | FLAG | text
op       = ":" | "=" | "!=" | "~" | "!~" | "<" | "<=" | ">" | ">="
values   = value { "," value }
value    = word | quoted
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from siptui.errors import SiptuiError
from siptui.filters import terms
from siptui.filters.predicates import All, Everything, Not, Predicate, Some, Text
from siptui.record import FIELD, FIELDS

OPERATORS = ("!=", "!~", "<=", ">=", ":", "=", "~", "<", ">")
FLAGS = {each.name for each in FIELDS if each.type == "flag"} | {"odd", "new"}
_SPACE = " \t\r\n"


class FilterError(SiptuiError):
    """Say where and why a filter text is wrong."""

    def __init__(self, message: str, start: int, stop: int) -> None:
        """Point to the characters from `start` to `stop`."""
        super().__init__(message)
        self.start = start
        self.stop = stop


@dataclass(frozen=True, slots=True)
class Token:
    """Hold one piece of a filter text."""

    kind: str
    """``(``, ``)``, ``-``, ``,``, ``op``, ``word`` or ``quoted``."""
    text: str
    start: int
    stop: int


def tokens(text: str) -> list[Token]:
    """Return the pieces of a filter text; raises FilterError for a quote that is never closed."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        character = text[at]
        if character in _SPACE:
            at += 1
        elif character in "()":
            found.append(Token(character, character, at, at + 1))
            at += 1
        elif character == '"':
            value, stop = _quoted(text, at)
            found.append(Token("quoted", value, at, stop))
            at = stop
        elif character == "-" and (not found or found[-1].stop < at or found[-1].kind in "(-"):
            found.append(Token("-", "-", at, at + 1))
            at += 1
        elif character == "," and found and found[-1].stop == at:
            found.append(Token(",", ",", at, at + 1))
            at += 1
        elif operator := next((each for each in OPERATORS if text.startswith(each, at)), ""):
            stop = at + len(operator)
            found.append(Token("op", operator, at, stop))
            at = stop
            if at < len(text) and text[at] not in _SPACE + '"(),':
                stop = _word_stop(text, at, in_value=True)
                found.append(Token("word", text[at:stop], at, stop))
                at = stop
        else:
            in_value = bool(found) and found[-1].kind == "," and found[-1].stop == at
            stop = max(_word_stop(text, at, in_value=in_value), at + 1)
            found.append(Token("word", text[at:stop], at, stop))
            at = stop
    return found


def _word_stop(text: str, at: int, *, in_value: bool) -> int:
    """Return where a word ends: a value may hold operators, a field's name may not."""
    ends = _SPACE + '(),"' + ("" if in_value else ":=~<>!")
    stop = at
    while stop < len(text) and text[stop] not in ends:
        stop += 1
    return stop


def _quoted(text: str, at: int) -> tuple[str, int]:
    """Return a quoted value without its quotes and where it ends; a backslash quotes one more."""
    value, stop = [], at + 1
    while stop < len(text):
        character = text[stop]
        if character == "\\" and stop + 1 < len(text):
            value.append(text[stop + 1])
            stop += 2
        elif character == '"':
            return "".join(value), stop + 1
        else:
            value.append(character)
            stop += 1
    raise FilterError("this quote is never closed", at, len(text))


class Parser:
    """Turn tokens into a predicate."""

    def __init__(self, text: str, now: Callable[[], float]) -> None:
        """Parse `text`; `now` gives seconds since the epoch for relative times."""
        self._text = text
        self._tokens = tokens(text)
        self._at = 0
        self._now = now
        self.conjuncts: list[tuple[int, int]] = []
        """Start and stop of each of the terms that must all hold."""

    def parse(self) -> Predicate:
        """Return the predicate; raises FilterError."""
        if not self._tokens:
            return Everything()
        result = self._or(top=True)
        if token := self._peek():
            raise FilterError(f"{token.text!r} closes nothing", token.start, token.stop)
        return result

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self, wanted: str) -> Token:
        token = self._peek()
        if token is None:
            end = len(self._text)
            raise FilterError(f"{wanted} is missing at the end", end, end)
        self._at += 1
        return token

    def _is_word(self, word: str) -> bool:
        token = self._peek()
        return token is not None and token.kind == "word" and token.text.lower() == word

    def _or(self, *, top: bool = False) -> Predicate:
        start = self._tokens[self._at].start if self._peek() else len(self._text)
        parts = [self._and(top=top)]
        while self._is_word("or"):
            self._at += 1
            parts.append(self._and())
        if len(parts) == 1:
            return parts[0]
        if top:
            self.conjuncts = [(start, self._tokens[self._at - 1].stop)]
        return Some(tuple(parts))

    def _and(self, *, top: bool = False) -> Predicate:
        parts = [self._conjunct(top)]
        while (token := self._peek()) and token.kind != ")" and not self._is_word("or"):
            if self._is_word("and"):
                self._at += 1
            parts.append(self._conjunct(top))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _conjunct(self, top: bool) -> Predicate:
        token = self._peek()
        start = token.start if token else len(self._text)
        result = self._not()
        if top:
            self.conjuncts.append((start, self._tokens[self._at - 1].stop))
        return result

    def _not(self) -> Predicate:
        token = self._peek()
        if token is not None and (token.kind == "-" or self._is_word("not")):
            self._at += 1
            return Not(self._not())
        return self._primary()

    def _primary(self) -> Predicate:
        token = self._next("a term")
        if token.kind == "(":
            result = self._or()
            closing = self._next("')'")
            if closing.kind != ")":
                raise FilterError("')' is missing", closing.start, closing.stop)
            return result
        if token.kind == "quoted":
            return _text(token.text)
        if token.kind != "word" or token.text.lower() in {"and", "or"}:
            raise FilterError(f"a term is missing before {token.text!r}", token.start, token.stop)
        following = self._peek()
        if following is not None and following.kind == "op" and following.start == token.stop:
            return self._term(token)
        if token.text.lower() in FLAGS:
            return terms.flag(token.text.lower())
        return _text(token.text)

    def _term(self, name: Token) -> Predicate:
        operator = self._next("an operator")
        key = name.text.lower()
        if key not in FIELD:
            raise FilterError(_unknown(name.text), name.start, name.stop)
        values = [self._value(operator)]
        while (token := self._peek()) and token.kind == "," and token.start == values[-1].stop:
            self._at += 1
            values.append(self._value(token))
        try:
            return terms.term(FIELD[key], operator.text, [each.text for each in values],
                              self._now())  # fmt: skip
        except ValueError as error:
            raise FilterError(str(error), values[0].start, values[-1].stop) from None

    def _value(self, before: Token) -> Token:
        token = self._peek()
        if token is None or token.start != before.stop or token.kind not in {"word", "quoted"}:
            raise FilterError(
                f"a value is missing behind {before.text!r}", before.start, before.stop
            )
        self._at += 1
        return token


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), FIELD, 1)
    return f"unknown field {name!r}" + (f" - {near[0]}?" if near else "")


def _text(value: str) -> Predicate:
    pattern = re.compile(re.escape(value.encode("utf-8", "surrogateescape")), re.IGNORECASE)
    return Text(pattern, f"message contains {value!r}")
