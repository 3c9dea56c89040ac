"""What do the files declare that hold signatures, and what is wrong in them?

Built-in signatures stand in ``data/signatures.toml``; files of the user add to them, and override
one of the same name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from siptui.enrich import tag
from siptui.enrich.places import data_path
from siptui.enrich.signatures import (
    BASES,
    KINDS,
    Agent,
    Catalogue,
    Datagram,
    Datagrams,
    Product,
    Signature,
    Trait,
)
from siptui.errors import SiptuiError


def load(directory: Path | None = None) -> Catalogue:
    """Return the built-in catalogue and what the user's files in `directory` add to it.

    These are ``signatures.toml`` and ``signatures/*.toml``. Raises SiptuiError.
    """
    catalogue = Catalogue()
    add(catalogue, data_path("signatures.toml"))
    if directory is not None:
        files = [directory / "signatures.toml", *sorted(directory.glob("signatures/*.toml"))]
        for path in files:
            if path.exists():
                add(catalogue, path)
    return catalogue


@cache
def built_in() -> Catalogue:
    """Return the built-in catalogue, read once."""
    return load()


def add(catalogue: Catalogue, path: Path) -> None:
    """Add what a TOML file declares; raise SiptuiError with file and line if it is wrong."""
    _File(path).read(catalogue)


_TEXTS = ("name", "tool", "program", "versions", "kind", "order", "agents", "evidence", "source",
          "basis")  # fmt: skip
_SIGNATURE = {**dict.fromkeys(_TEXTS, str), "methods": list, "absent": list, "traits": list,
              "least": int, "confidence": int}  # fmt: skip
_TRAIT = {"field": str, "is": str, "carries": str, "says": str, "must": bool}
_PRODUCT = {"name": str, "agent": str, "traits": list, "source": str, "basis": str}
_AGENT = {"agent": str, "tool": str, "source": str}


_DATAGRAM = {"tool": str, "evidence": str, "source": str, "digests": list}
_DIGEST: Final = re.compile(r"([0-9]+):([0-9a-f]{16})")


class _WrongError(Exception):
    """Say what is wrong in a table, and under which key."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


class _File:
    """Read one TOML file into a catalogue."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""

    def read(self, catalogue: Catalogue) -> None:
        try:
            self._text = self._path.read_text("utf-8")
            tables = tomllib.loads(self._text)
        except OSError as error:
            raise SiptuiError(f"cannot read {self._path}: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise SiptuiError(f"{self._path}: not UTF-8 text at byte {error.start}") from None
        except tomllib.TOMLDecodeError as error:
            raise SiptuiError(f"{self._path}: not TOML: {error}") from None
        readers = {
            "signature": _signature,
            "product": _product,
            "agent": _agent,
            "datagram": _datagrams,
        }
        for kind, entries in tables.items():
            if kind not in readers or not isinstance(entries, list):
                raise self._error(kind, 0, "", f"write [[{']], [['.join(readers)}]], not {kind}")
            for number, entry in enumerate(entries):
                try:
                    found: Any = readers[kind](entry if isinstance(entry, dict) else {})
                except _WrongError as wrong:
                    raise self._error(kind, number, wrong.key, str(wrong)) from None
                catalogue.put(found)

    def _error(self, kind: str, number: int, key: str, what: str) -> SiptuiError:
        """Return the error with the line of a key in the `number`-th table of a kind."""
        line, seen = 1, -1
        for at, text in enumerate(self._text.splitlines(), 1):
            bare = text.strip()
            if bare.startswith("["):
                if seen == number:
                    break
                if re.fullmatch(rf"\[+\s*{re.escape(kind)}\s*\]+.*", bare):
                    seen += 1
                    line = at
            elif seen == number and key and (bare.startswith(key) or key in bare):
                line = at
                break
        return SiptuiError(f"{self._path}, line {line}: {what}")


def _checked(entry: Mapping[str, Any], known: Mapping[str, type], needed: Sequence[str]) -> None:
    for key, value in entry.items():
        if key not in known:
            raise _WrongError(key, f"unknown key {key!r}; there are {', '.join(known)}")
        if type(value) is not known[key]:
            raise _WrongError(key, f"{key} must be {known[key].__name__}, not {value!r}")
    for key in needed:
        if not entry.get(key):
            raise _WrongError("", f"{key} is missing")


def _pattern(text: str, key: str) -> re.Pattern[bytes]:
    """Compile a pattern over bytes; it must have no groups, since it becomes part of others."""
    try:
        pattern = re.compile(text.encode("utf-8"))
    except (re.error, OverflowError) as error:
        raise _WrongError(text, f"{key} is no regular expression: {error}") from None
    if pattern.groups or "\\A" in text or "\\Z" in text or text.startswith("(?i)"):
        raise _WrongError(text, f"{key}: write (?:...) and (?i:...); a whole part is matched")
    return pattern


def _agents(text: str, key: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise _WrongError(key, f"{key} is no regular expression: {error}") from None


def _traits(entries: Sequence[Any]) -> tuple[Trait, ...]:
    found = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise _WrongError("traits", "traits are tables: { field = ..., is = ..., says = ... }")
        carries = entry.get("carries", "")
        if carries and carries not in tag.KINDS:
            raise _WrongError(carries, f"carries must be one of {', '.join(tag.KINDS)}")
        _checked(entry, _TRAIT, ("says",) if carries else ("field", "is", "says"))
        field = "from-tag" if carries else entry["field"]
        pattern = _pattern(tag.KINDS[carries] if carries else entry["is"], "is")
        found.append(Trait(field, pattern, entry["says"], entry.get("must", True), carries))
    return tuple(found)


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = entry.get(key, ())
    if not all(isinstance(each, str) for each in values):
        raise _WrongError(key, f"{key} must be a list of texts")
    return tuple(values)


def _signature(entry: Mapping[str, Any]) -> Signature:
    _checked(entry, _SIGNATURE, ("name", "tool", "evidence"))
    kind, confidence = entry.get("kind", "request"), entry.get("confidence", 50)
    if kind not in KINDS:
        raise _WrongError("kind", f"kind must be one of {', '.join(KINDS)}")
    if not 0 < confidence <= 100:
        raise _WrongError("confidence", "confidence must be 1 to 100, in per cent")
    basis = entry.get("basis", "K")
    if not basis or set(basis) - set(BASES):
        raise _WrongError("basis", f"basis must be letters of {''.join(BASES)}")
    traits = _traits(entry.get("traits", ()))
    order = entry.get("order", "")
    if not traits and not order:
        raise _WrongError("", "a signature needs traits or an order")
    agents = entry.get("agents")
    return Signature(
        **{key: entry.get(key, "") for key in ("name", "tool", "program", "versions", "evidence",
                                               "source")},
        kind=kind,
        methods=frozenset(_texts(entry, "methods")),
        order=order,
        names=_order(order) if order else None,
        absent=_texts(entry, "absent"),
        traits=traits,
        least=entry.get("least", 0),
        confidence=confidence,
        agents=_agents(agents, "agents") if agents is not None else None,
        basis=basis,
    )  # fmt: skip


def _order(text: str) -> re.Pattern[str]:
    """Return the pattern of an order, over header names each followed by a line feed."""
    found = []
    for word in text.split():
        if word == "...":
            found.append(r"(?:[^\n]*\n)*?")
        elif word.startswith("[") and word.endswith("]"):
            names = "|".join(re.escape(each) for each in word[1:-1].split("|"))
            found.append(rf"(?:(?:{names})\n)?")
        else:
            found.append(re.escape(word) + "\n")
    return re.compile("".join(found))


def _product(entry: Mapping[str, Any]) -> Product:
    _checked(entry, _PRODUCT, ("name", "agent", "traits"))
    more = {key: entry[key] for key in ("source", "basis") if key in entry}
    agent = _agents(entry["agent"], "agent")
    return Product(entry["name"], agent, _traits(entry["traits"]), **more)


def _agent(entry: Mapping[str, Any]) -> Agent:
    _checked(entry, _AGENT, ("agent", "tool"))
    return Agent(_agents(entry["agent"], "agent"), entry["tool"], entry.get("source", ""))


def _datagrams(entry: Mapping[str, Any]) -> Datagrams:
    _checked(entry, _DATAGRAM, ("tool", "evidence", "digests"))
    datagram = Datagram(entry["tool"], entry["evidence"], entry.get("source", ""))
    found: Datagrams = {}
    for digest in _texts(entry, "digests"):
        match = _DIGEST.fullmatch(digest)
        if match is None:
            raise _WrongError(digest, "a digest is LENGTH:SIXTEEN DIGITS OF SHA-256")
        found[int(match[1]), match[2]] = datagram
    return found
