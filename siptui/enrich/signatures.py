"""Which programs are known, and by what are their messages recognised?

A signature is declared in TOML: which header fields in which order, and traits: a part of the
message (see `Wire.part`) and the pattern that it matches as a whole. Built-in ones stand in
``data/signatures.toml``, which explains the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from siptui.enrich.wire import Span, Wire

BASES: Final = {
    "V": "verified by running it",
    "S": "read in its source",
    "W": "from public captures only",
    "K": "general knowledge only",
}
"""On what a signature can rest."""
KINDS: Final = ("request", "response", "any")
"""What a signature can be of."""


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


LAYOUTS: Final = 4096
"""Sequences of header names whose signatures are remembered at most."""


class Datagram(NamedTuple):
    """Name the tool that always sends the same bytes, which are no SIP."""

    tool: str
    evidence: str
    source: str


Datagrams = dict[tuple[int, str], Datagram]
"""Datagrams by length in bytes and the first 16 digits of SHA-256."""


LIES: Final = 2
"""Contradicted traits of a product that make its user agent a lie."""


class Catalogue:
    """Hold all signatures, the surest first, and what is known of products and user agents."""

    def __init__(self) -> None:
        """Begin empty."""
        self.signatures: list[Signature] = []
        self.products: list[Product] = []
        self.agents: list[Agent] = []
        self.datagrams: Datagrams = {}
        self._lengths: set[int] = set()
        self._fitting: dict[tuple[object, ...], list[Signature]] = {}

    def put(self, found: Signature | Product | Agent | Datagrams) -> None:
        """Add one entry; a signature or product takes the place of one of the same name."""
        self._fitting.clear()
        if isinstance(found, Agent):
            self.agents.append(found)
        elif isinstance(found, Signature):
            kept = [each for each in self.signatures if each.name != found.name]
            self.signatures = sorted([*kept, found], key=lambda each: -each.confidence)
        elif isinstance(found, Product):
            self.products = [each for each in self.products if each.name != found.name] + [found]
        else:
            self.datagrams.update(found)
            self._lengths = {length for length, _ in self.datagrams}

    def datagram(self, data: bytes) -> Datagram | None:
        """Return whose constant bytes these are, or None."""
        if len(data) not in self._lengths:
            return None
        return self.datagrams.get((len(data), sha256(data).hexdigest()[:16]))

    def best(self, wire: Wire, method: str) -> Signature | None:
        """Return the surest signature that a message matches."""
        for each in self.fitting(wire, method):
            if each.matches(wire):
                return each
        return None

    def fitting(self, wire: Wire, method: str) -> list[Signature]:
        """Return the signatures for messages of this method with these header names."""
        key = (method, wire.names)
        found = self._fitting.get(key)
        if found is None:
            found = [each for each in self.signatures if each.fits(wire, method)]
            if len(self._fitting) >= LAYOUTS:
                self._fitting.clear()
            self._fitting[key] = found
        return found
