"""Which programs are known, and by what are their messages recognised?

A signature is declared in TOML: which header fields in which order, and traits: a part of the
message (see `Wire.part`) and the pattern that it matches as a whole. Built-in ones stand in
``data/signatures.toml``, which explains the form; files of the user add to them, and override one
of the same name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from siptui.enrich.places import data_path
from siptui.enrich.tag import KINDS
from siptui.enrich.wire import Span, Wire
from siptui.errors import SiptuiError

BASES: Final = {
    "V": "verified by running it",
    "S": "read in its source",
    "W": "from public captures only",
    "K": "general knowledge only",
}
"""On what a signature can rest."""
_KINDS: Final = ("request", "response", "any")


class Trait(NamedTuple):
    """Describe one part of a message by a pattern."""

    field: str
    pattern: re.Pattern[bytes]
    says: str
    must: bool
    """Whether the signature fails without it; else it counts towards `Signature.least`."""
    carries: str = ""
    """What a From tag of SIPVicious carries (see `tag.KINDS`), if that is the trait."""


class Matched(NamedTuple):
    """Say which bytes of a message show a trait."""

    says: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Describe the messages of one program."""

    name: str
    tool: str
    program: str = ""
    versions: str = ""
    kind: str = "request"
    methods: frozenset[str] = frozenset()
    order: str = ""
    """The header names as on the wire, in order: ``[Name]`` may be missing, ``[A|B]`` is one of
    both or none, ``...`` is anything."""
    names: re.Pattern[str] | None = None
    """`order` as a pattern over the names, each followed by a line feed."""
    absent: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    least: int = 0
    """How many of the traits that are no must have to be there."""
    confidence: int = 50
    """In per cent."""
    agents: re.Pattern[str] | None = None
    """The user agents that the program has by itself; with another one the user agent lies. None
    if it has none of its own, or random ones."""
    evidence: str = ""
    source: str = ""
    basis: str = "K"

    @property
    def label(self) -> str:
        """Return tool and program as ``tool/program``."""
        return f"{self.tool}/{self.program}" if self.program else self.tool

    @property
    def because(self) -> str:
        """Return the evidence in a sentence; a rule that nobody verified says so."""
        best = next((each for each in "VSWK" if each in self.basis), "K")
        return self.evidence if best in "VS" else f"{self.evidence} ({BASES[best]})"

    def fits(self, wire: Wire, method: str) -> bool:
        """Tell whether kind, method and header names are those of the program."""
        if self.kind != "any" and (self.kind == "response") is bool(method):
            return False
        if self.methods and method not in self.methods:
            return False
        if self.names is not None and not self.names.fullmatch(_joined(wire.names)):
            return False
        return not any(wire.header(name.lower().encode()) for name in self.absent)

    def matches(self, wire: Wire) -> bool:
        """Tell whether the traits are there; `fits` is asked before."""
        found = 0
        for trait in self.traits:
            if shows(trait, wire) is not None:
                found += not trait.must
            elif trait.must:
                return False
        return found >= self.least

    def shown(self, wire: Wire) -> list[Matched]:
        """Return what of the signature a message shows, and where."""
        found = []
        if self.names is not None and wire.lines:
            last = wire.lines[-1]
            says = f"header fields in the order of {self.tool}"
            found.append(Matched(says, wire.lines[0].start, last.at + len(last.value)))
        for trait in self.traits:
            part = shows(trait, wire)
            if part is not None:
                found.append(Matched(trait.says, part.start, part.start + len(part.value)))
        return found


def shows(trait: Trait, wire: Wire) -> Span | None:
    """Return the part of a message that shows a trait, or None."""
    part = wire.part(trait.field)
    return part if part is not None and trait.pattern.fullmatch(part.value) else None


def _joined(names: Iterable[bytes]) -> str:
    return "".join([name.decode("latin-1") + "\n" for name in names])


@dataclass(frozen=True, slots=True)
class Product:
    """Describe what the messages of a product look like that a user agent claims to be."""

    name: str
    agent: re.Pattern[str]
    traits: tuple[Trait, ...]
    source: str = ""
    basis: str = "K"

    def contradicts(self, wire: Wire) -> list[Matched]:
        """Return what in an initial request the product would not have written."""
        found = []
        for trait in self.traits:
            part = wire.part(trait.field)
            if part is not None and not trait.pattern.fullmatch(part.value):
                says = f"{self.name} writes {trait.says}"
                found.append(Matched(says, part.start, part.start + len(part.value)))
        return found


class Agent(NamedTuple):
    """Say which tool a user agent names: weak evidence, since it is copied and faked."""

    agent: re.Pattern[str]
    tool: str
    source: str


class Datagram(NamedTuple):
    """Name the tool that always sends the same bytes, which are no SIP."""

    tool: str
    evidence: str
    source: str


class Catalogue:
    """Hold all signatures, the surest first, and what is known of products and user agents."""

    def __init__(self) -> None:
        """Begin empty."""
        self.signatures: list[Signature] = []
        self.products: list[Product] = []
        self.agents: list[Agent] = []
        self.datagrams: dict[tuple[int, str], Datagram] = {}
        """By length in bytes and the first 16 digits of SHA-256."""
        self._lengths: set[int] = set()

    def add(self, path: Path) -> None:
        """Add what a TOML file declares; raise SiptuiError with file and line if it is wrong."""
        _File(path).read(self)
        self.signatures.sort(key=lambda each: -each.confidence)
        self._lengths = {length for length, _ in self.datagrams}

    def datagram(self, data: bytes) -> Datagram | None:
        """Return whose constant bytes these are, or None."""
        if len(data) not in self._lengths:
            return None
        return self.datagrams.get((len(data), sha256(data).hexdigest()[:16]))

    def best(self, wire: Wire, method: str) -> Signature | None:
        """Return the surest signature that a message matches."""
        for each in self.signatures:
            if each.fits(wire, method) and each.matches(wire):
                return each
        return None


def load(directory: Path | None = None) -> Catalogue:
    """Return the built-in catalogue and what the user's files in `directory` add to it.

    These are ``signatures.toml`` and ``signatures/*.toml``. Raises SiptuiError.
    """
    catalogue = Catalogue()
    catalogue.add(data_path("signatures.toml"))
    if directory is not None:
        files = [directory / "signatures.toml", *sorted(directory.glob("signatures/*.toml"))]
        for path in files:
            if path.exists():
                catalogue.add(path)
    return catalogue


_TEXTS = ("name", "tool", "program", "versions", "kind", "order", "agents", "evidence", "source",
          "basis")  # fmt: skip
_SIGNATURE = {**dict.fromkeys(_TEXTS, str), "methods": list, "absent": list, "traits": list,
              "least": int, "confidence": int}  # fmt: skip
_TRAIT = {"field": str, "is": str, "carries": str, "says": str, "must": bool}
_PRODUCT = {"name": str, "agent": str, "traits": list, "source": str, "basis": str}
_AGENT = {"agent": str, "tool": str, "source": str}


_DATAGRAM = {"tool": str, "evidence": str, "source": str, "digests": list}
_DIGEST: Final = re.compile(r"([0-9]+):([0-9a-f]{16})")
_Datagrams = dict[tuple[int, str], Datagram]


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
                _put(catalogue, found)

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


def _put(catalogue: Catalogue, found: Signature | Product | Agent | _Datagrams) -> None:
    if isinstance(found, dict):
        catalogue.datagrams.update(found)
        return
    if isinstance(found, Agent):
        catalogue.agents.append(found)
        return
    entries: list[Any] = (
        catalogue.signatures if isinstance(found, Signature) else catalogue.products
    )
    entries[:] = [each for each in entries if each.name != found.name]
    entries.append(found)


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
        if carries and carries not in KINDS:
            raise _WrongError(carries, f"carries must be one of {', '.join(KINDS)}")
        _checked(entry, _TRAIT, ("says",) if carries else ("field", "is", "says"))
        field = "from-tag" if carries else entry["field"]
        pattern = _pattern(KINDS[carries] if carries else entry["is"], "is")
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
    if kind not in _KINDS:
        raise _WrongError("kind", f"kind must be one of {', '.join(_KINDS)}")
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


def _datagrams(entry: Mapping[str, Any]) -> _Datagrams:
    _checked(entry, _DATAGRAM, ("tool", "evidence", "digests"))
    datagram = Datagram(entry["tool"], entry["evidence"], entry.get("source", ""))
    found: _Datagrams = {}
    for digest in _texts(entry, "digests"):
        match = _DIGEST.fullmatch(digest)
        if match is None:
            raise _WrongError(digest, "a digest is LENGTH:SIXTEEN DIGITS OF SHA-256")
        found[int(match[1]), match[2]] = datagram
    return found
