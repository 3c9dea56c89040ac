"""Which labels are there, how severe is each, and what did the user add?

The built-in labels are in ``data/labels.toml``. A user's file may change their severity and words,
add labels, and give labels by simple rules::

    [[label]]
    name = "flood"
    severity = "severe"

    [[rule]]
    label = "my-trunk"
    field = "src"
    equals = "192.0.2.7"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from siptui.errors import SiptuiError
from siptui.record import FIELD, Record

SEVERITIES = ("info", "notice", "warning", "severe")
WORD = 10
"""Characters of the longest word that a row shows."""
_MARKS = "VSWRK"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Label:
    """Describe one label."""

    name: str
    severity: str = "notice"
    word: str = ""
    says: str = ""
    rule: str = ""
    false_positives: str = ""
    basis: str = ""

    @property
    def weak(self) -> bool:
        """Tell whether nothing but reports and general knowledge stands behind the rule."""
        return bool(self.basis) and not set(self.basis) - set("WK")


@dataclass(frozen=True, slots=True)
class Rule:
    """Give a label by one field of a record."""

    label: str
    field: str
    test: Callable[[str], object]
    text: str
    """What is asked, for the evidence."""

    def matches(self, record: Record) -> bool:
        """Tell whether a record gets the label."""
        return any(self.test(value) for value in _values(FIELD[self.field].get(record)))


def _values(value: Any) -> Iterable[str]:
    if isinstance(value, tuple):
        return value
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (str(value),)


def _equals(folded: str, value: str) -> bool:
    return value.casefold() == folded


def _contains(folded: str, value: str) -> bool:
    return folded in value.casefold()


class Book:
    """Hold the labels in order, most severe first, and the user's rules."""

    def __init__(self, labels: Iterable[Label], rules: Iterable[Rule] = ()) -> None:
        """Order `labels` by severity, then as they come."""
        found = sorted(labels, key=lambda each: -SEVERITIES.index(each.severity))
        self.labels: dict[str, Label] = {each.name: each for each in found}
        self.rules = tuple(rules)

    @property
    def words(self) -> dict[str, str]:
        """The short word for each label that has one, by its name."""
        return {name: label.word for name, label in self.labels.items() if label.word}

    def worst(self, names: Iterable[str]) -> Label | None:
        """Return the most severe of the labels with these names, None if there is none."""
        wanted = set(names)
        return next((each for name, each in self.labels.items() if name in wanted), None)


def load(file: Path | None = None) -> Book:
    """Return the built-in labels with those of the user's `file` over them, if it is there.

    Raises SiptuiError that names file and line of what is wrong in it.
    """
    text = (resources.files("siptui") / "data" / "labels.toml").read_text("utf-8")
    labels = {each["name"]: Label(**each) for each in tomllib.loads(text)["label"]}
    rules: list[Rule] = []
    if file is not None and file.exists():
        _File(file, labels, rules).read()
    return Book(labels.values(), rules)


class _File:
    """Read a user's file into labels and rules."""

    def __init__(self, path: Path, labels: dict[str, Label], rules: list[Rule]) -> None:
        self._path = path
        self._labels = labels
        self._rules = rules
        self._lines: list[str] = []

    def read(self) -> None:
        try:
            text = self._path.read_text("utf-8")
            tables = tomllib.loads(text)
        except UnicodeDecodeError as error:
            raise SiptuiError(f"{self._path}: not UTF-8 text at byte {error.start}") from None
        except tomllib.TOMLDecodeError as error:
            raise SiptuiError(f"{self._path}: not TOML: {error}") from None
        except OSError as error:
            raise SiptuiError(f"{self._path}: cannot be read ({error.strerror})") from None
        self._lines = text.splitlines()
        for name, entries in tables.items():
            if name not in ("label", "rule"):
                raise self._error(name, -1, "", f"unknown table {name!r}; there are label and rule")
            if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
                raise self._error(name, -1, "", f"write [[{name}]]")
        for number, entry in enumerate(tables.get("label", ())):
            self._label(number, entry)
        for number, entry in enumerate(tables.get("rule", ())):
            self._rule(number, entry)

    def _error(self, table: str, number: int, key: str, what: str) -> SiptuiError:
        """Return the error with the line of a key in the `number`-th table of a name."""
        line, seen, inside = 0, -1, False
        for at, text in enumerate(self._lines, 1):
            bare = text.strip()
            if bare.startswith("["):
                inside = re.sub(r"[\[\]\s\"']|#.*", "", bare) == table
                seen += inside
                if inside and seen == max(number, 0):
                    line = at
            elif (
                inside and seen == number and re.match(rf"""["']?{re.escape(key)}["']?\s*=""", bare)
            ):
                return SiptuiError(f"{self._path}, line {at}: {what}")
            elif number < 0 and not line and re.match(rf"{re.escape(table)}\s*[=.]", bare):
                line = at
        return SiptuiError(f"{self._path}, line {line or 1}: {what}")

    def _label(self, number: int, entry: dict[str, Any]) -> None:
        known = {each.name for each in fields(Label)}
        for key, value in entry.items():
            wrong = self._objection(key, value, known)
            if wrong:
                raise self._error("label", number, key, wrong)
        name = entry.get("name", "")
        if not _NAME.fullmatch(name):
            raise self._error("label", number, "name", "name must be words joined by hyphens")
        old = self._labels.get(name)
        new = replace(old, **entry) if old else Label(**entry)
        self._labels[name] = new if new.word else replace(new, word=name[:WORD])

    def _objection(self, key: str, value: Any, known: set[str]) -> str:
        if key not in known:
            return f"unknown key {key!r}; there are {', '.join(sorted(known))}"
        if not isinstance(value, str):
            return f"{key} must be text"
        if key == "severity" and value not in SEVERITIES:
            return f"severity must be one of {', '.join(SEVERITIES)}, not {value!r}"
        if key == "word" and not (0 < len(value) <= WORD and value.isprintable()):
            return f"word must have 1 to {WORD} printable characters"
        if key == "basis" and set(value) - set(_MARKS):
            return f"basis must be letters of {_MARKS}"
        return ""

    def _rule(self, number: int, entry: dict[str, Any]) -> None:
        tests = [key for key in ("contains", "equals", "regex") if key in entry]
        for key, value in entry.items():
            if key not in ("label", "field", "contains", "equals", "regex"):
                raise self._error("rule", number, key, f"unknown key {key!r}")
            if not isinstance(value, str):
                raise self._error("rule", number, key, f"{key} must be text")
        if len(tests) != 1:
            what = "a rule needs exactly one of contains, equals and regex"
            raise self._error("rule", number, "", what)
        field, label = entry.get("field", ""), entry.get("label", "")
        if field not in FIELD or FIELD[field].name in ("labels", "known", "new"):
            raise self._error("rule", number, "field", f"no such field to look at: {field!r}")
        if not _NAME.fullmatch(label):
            raise self._error("rule", number, "label", "label must be words joined by hyphens")
        self._labels.setdefault(label, Label(label, word=label[:WORD], says="A rule of yours."))
        kind, wanted = tests[0], entry[tests[0]]
        text = f"{field} {kind} {wanted!r}"
        self._rules.append(Rule(label, field, self._test(number, kind, wanted), text))

    def _test(self, number: int, kind: str, wanted: str) -> Callable[[str], object]:
        folded = wanted.casefold()
        if kind == "equals":
            return partial(_equals, folded)
        if kind == "contains":
            return partial(_contains, folded)
        try:
            return re.compile(wanted, re.IGNORECASE).search
        except re.error as error:
            raise self._error(
                "rule", number, "regex", f"not a regular expression: {error}"
            ) from None
