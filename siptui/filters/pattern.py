"""Does a regular expression match, without ever taking long?

Python's own engine tries one way after the other, and for some patterns there are more ways than
anybody can wait for; the texts come from whoever sends. So it is asked only where the ways are few.
Else all ways are followed at once, character by character: a set of places in the pattern is a
state, and where a character leads from a state is computed once. Both give the same answer.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
import warnings
from collections.abc import Callable, Iterable
from typing import Any

LONGEST = 500
"""Characters of a pattern, at most."""
_PLACES = 1000
"""Places in a pattern, repetitions written out, at most."""
_STATES = 2000
_TRANSITIONS = 20_000
"""States and transitions that are remembered."""
_WAYS = 50_000
"""Ways that Python's engine may have to try."""
_SMALL = 8
"""Differences of a repetition's limits that count as a few ways, and not as the length."""
_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT}
_WORD_CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_WORD: lambda character: _is_word(character),
}
_NOT_CATEGORIES = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
}


class Pattern:
    """Search texts for a regular expression of Python's, in either case."""

    def __init__(self, text: str) -> None:
        """Read the pattern; raises ValueError if it is wrong, or of a kind that may take long."""
        if len(text) > LONGEST:
            raise ValueError(f"the pattern is longer than {LONGEST} characters")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._search = re.compile(text, re.IGNORECASE).search
                tree = parser.parse(text, re.IGNORECASE)
            if tree.state.flags & ~(re.IGNORECASE | re.UNICODE):
                raise ValueError("flags such as (?s) are not possible here")
            self._automaton = Automaton(tree)
            degree, self._ways = _effort(tree)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"not a regular expression: {error}") from None
        self._exponent = degree + 1 if degree else 0

    def search(self, text: str) -> bool:
        """Return whether the pattern occurs in `text`."""
        if len(text) ** self._exponent * self._ways <= _WAYS:
            return self._search(text) is not None
        return self._automaton.search(text)


def _effort(items: Iterable[tuple[Any, Any]]) -> tuple[int, int]:
    """Return as which power of the length, and by which factor, the ways to match grow, at most."""
    degree, ways = 0, 1
    for kind, value in items:
        if kind in _REPEATS:
            low, high, inner = value
            inner_degree, inner_ways = _effort(inner)
            if high - low > _SMALL:
                degree += 1
            else:
                ways *= high - low + 1
            if high > 1 and (inner_degree or inner_ways > 1):
                degree += 99
            degree, ways = degree + inner_degree, ways * inner_ways
        elif kind is op.BRANCH:
            efforts = [_effort(branch) for branch in value[1]]
            degree += max(each for each, _ in efforts)
            ways *= sum(each for _, each in efforts)
        elif kind is op.SUBPATTERN:
            inner_degree, inner_ways = _effort(value[-1])
            degree, ways = degree + inner_degree, ways * inner_ways
        ways = min(ways, _WAYS + 1)
    return min(degree, 99), ways


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


class _State:
    """Hold the places in the pattern that were reached, and where characters lead from there."""

    __slots__ = ("after", "at_end", "follows_word", "is_start", "places")

    def __init__(self, places: frozenset[int], follows_word: bool, is_start: bool) -> None:
        self.places = places
        self.follows_word = follows_word
        self.is_start = is_start
        self.after: dict[str, _State | None] = {}
        self.at_end: bool | None = None


class Automaton:
    """Follow all ways through a pattern at once, in time that grows with the text alone."""

    def __init__(self, tree: Any) -> None:
        """Build it from what Python's parser read; raises ValueError for what it cannot follow."""
        self._places: list[tuple[Any, ...]] = [("match",)]
        self._first = self._build(tree, 0)
        self._states: dict[tuple[frozenset[int], bool, bool], _State] = {}
        self._transitions = 0

    def search(self, text: str) -> bool:
        """Return whether the pattern occurs in `text`."""
        state = self._state(frozenset(), False, True)
        last = len(text) - 1
        for at, character in enumerate(text):
            # Before a final line end, `$` holds as well.
            key = "\n$" if at == last and character == "\n" else character
            try:
                following = state.after[key]
            except KeyError:
                following = self._follow(state, character, key)
            if following is None:
                return True
            state = following
        if state.at_end is None:
            state.at_end = self._reach(state, False, True, True) is None
        return state.at_end

    def _state(self, places: frozenset[int], follows_word: bool, is_start: bool) -> _State:
        key = places, follows_word, is_start
        found = self._states.get(key)
        if found is None:
            if len(self._states) >= _STATES or self._transitions >= _TRANSITIONS:
                for each in self._states.values():
                    each.after.clear()
                self._states.clear()
                self._transitions = 0
            found = self._states[key] = _State(places, follows_word, is_start)
        return found

    def _follow(self, state: _State, character: str, key: str) -> _State | None:
        """Return the state behind a character; None if the pattern has matched before it."""
        word = _is_word(character)
        reached = self._reach(state, word, key != character, False)
        following = None
        if reached is not None:
            places = frozenset(after for test, after in reached if test(character))
            following = self._state(places, word, False)
        self._transitions += 1
        state.after[key] = following
        return following

    def _reach(
        self, state: _State, before_word: bool, before_end: bool, at_end: bool
    ) -> list[tuple[Callable[[str], bool], int]] | None:
        """Return what may be matched next, empty steps taken; None if the pattern has matched."""
        boundary = state.follows_word != before_word
        holds = {
            op.AT_BEGINNING: state.is_start,
            op.AT_BEGINNING_STRING: state.is_start,
            op.AT_END: before_end,
            op.AT_END_STRING: at_end,
            op.AT_BOUNDARY: boundary,
            op.AT_NON_BOUNDARY: not boundary,
        }
        waiting = [*state.places, self._first]
        seen = set(waiting)
        found = []
        while waiting:
            kind, *rest = self._places[waiting.pop()]
            if kind == "match":
                return None
            if kind == "character":
                found.append((rest[0], rest[1]))
                continue
            targets = rest[0] if kind == "split" else [rest[1]] if holds[rest[0]] else []
            for target in targets:
                if target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return found

    def _add(self, *place: Any) -> int:
        if len(self._places) >= _PLACES:
            raise ValueError("the pattern is too large with its repetitions written out")
        self._places.append(place)
        return len(self._places) - 1

    def _build(self, items: Any, after: int) -> int:
        """Add the places of a sequence that goes on at `after`; return where it begins."""
        for kind, value in reversed(list(items)):
            after = self._build_one(kind, value, after)
        return after

    def _build_one(self, kind: Any, value: Any, after: int) -> int:
        if kind in _REPEATS:
            low, high, inner = value
            return self._build_repeat(low, high, inner, after)
        if kind is op.BRANCH:
            return self._add("split", [self._build(each, after) for each in value[1]])
        if kind is op.SUBPATTERN:
            _, added, removed, inner = value
            if added or removed:
                raise ValueError("flags such as (?s:…) are not possible here")
            return self._build(inner, after)
        if kind is op.AT:
            return self._add("at", value, after)
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            return self._add("character", _test(kind, value), after)
        raise ValueError("looking around, groups that refer back and atomic ones are not possible")

    def _build_repeat(self, low: int, high: Any, inner: Any, after: int) -> int:
        if high is op.MAXREPEAT:
            start = self._add("split", [after])
            self._places[start][1].append(self._build(inner, start))
        else:
            start = after
            for _ in range(high - low):
                start = self._add("split", [self._build(inner, start), after])
        for _ in range(low):
            start = self._build(inner, start)
        return start


def _test(kind: Any, value: Any) -> Callable[[str], bool]:
    """Return whether a character, in one of its cases, is what a place asks for."""
    if kind is op.ANY:
        return lambda character: character != "\n"
    items = value if kind is op.IN else [(op.LITERAL, value)]
    negated = kind is op.NOT_LITERAL or items[0][0] is op.NEGATE
    tests = [_member(*item) for item in items if item[0] is not op.NEGATE]

    def test(character: str) -> bool:
        variants = (character, character.lower(), character.upper())
        found = any(each(variant) for each in tests for variant in variants)
        return found != negated

    return test


def _member(kind: Any, value: Any) -> Callable[[str], bool]:
    if kind is op.LITERAL:
        return lambda character: character == chr(value)
    if kind is op.RANGE:
        low, high = map(chr, value)
        return lambda character: len(character) == 1 and low <= character <= high
    opposite = _NOT_CATEGORIES.get(value)
    if opposite is not None:
        category = _WORD_CATEGORIES[opposite]
        return lambda character: not category(character)
    return _WORD_CATEGORIES[value]
