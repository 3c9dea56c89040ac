"""Why is a message said to come from a tool, or its user agent to lie?"""

from __future__ import annotations

from dataclasses import dataclass, field

from siptui.enrich.declared import built_in
from siptui.enrich.signatures import BASES, LIES, Catalogue, Matched
from siptui.enrich.tag import Carried, carried
from siptui.enrich.wire import Span, Wire
from siptui.record import Record


@dataclass(frozen=True, slots=True)
class Explanation:
    """Hold the evidence for who wrote a message; texts of the message are as they came."""

    tool: str = ""
    """As ``tool/program``; empty if no signature matches."""
    versions: str = ""
    confidence: int = 0
    """In per cent."""
    evidence: str = ""
    """Why, in one sentence; it says so where the signature was not verified."""
    basis: str = ""
    """What the signature rests on, in words."""
    source: str = ""
    traits: tuple[Matched, ...] = ()
    """What the message shows of the signature, with the range of its bytes."""
    carries: Carried | None = None
    """What the From tag carries."""
    tag: Span | None = None
    """The From tag, if it carries something."""
    lie: str = ""
    """Why the user agent lies, in one sentence; empty if nothing speaks against it."""
    contradictions: tuple[Matched, ...] = field(default=())
    """What the product would not have written that the user agent claims."""


def explain(data: bytes, record: Record, catalogue: Catalogue | None = None) -> Explanation:
    """Return the evidence in the message `data` of a record.

    `catalogue` holds the signatures, None takes the built-in ones. Ranges are those of `data`.
    """
    known = catalogue or built_in()
    if record.kind != "sip" or len(data) <= 24:
        datagram = known.datagram(data)
        if datagram is None:
            return Explanation()
        what = Matched("constant bytes", 0, len(data))
        return Explanation(datagram.tool, "", 90, datagram.evidence, BASES["V"], datagram.source,
                           (what,))  # fmt: skip
    wire = Wire(data)
    tag, carries = _tag(wire, record)
    lie, contradictions = _lie(wire, record, known)
    found = known.best(wire, record.method)
    if found is None:
        named = next((each for each in known.agents if each.agent.search(record.ua)), None)
        if named is None or lie:
            return Explanation(carries=carries, tag=tag, lie=lie, contradictions=contradictions)
        evidence = "only the user agent says so, which is copied and faked (weak evidence)"
        agent = wire.part("user-agent") or wire.part("server")
        traits = (
            (Matched("user agent", agent.start, agent.start + len(agent.value)),) if agent else ()
        )
        return Explanation(f"{named.tool}?", "", 20, evidence, BASES["W"], named.source, traits,
                           carries, tag, lie, contradictions)  # fmt: skip
    if found.agents is not None and record.ua and not found.agents.search(record.ua):
        lie = f"the message is written as {found.tool} writes it, which calls itself otherwise"
    return Explanation(
        found.label,
        found.versions,
        found.confidence,
        found.because,
        ", ".join(BASES[each] for each in found.basis),
        found.source,
        tuple(found.shown(wire)),
        carries,
        tag,
        lie,
        contradictions,
    )


def _tag(wire: Wire, record: Record) -> tuple[Span | None, Carried | None]:
    tag, sender = wire.part("from-tag"), wire.header(b"from")
    if tag is None or sender is None or record.status:
        return None, None
    carries = carried(tag.value, sender.value, record.dst)
    return (tag, carries) if carries is not None else (None, None)


def _lie(wire: Wire, record: Record, known: Catalogue) -> tuple[str, tuple[Matched, ...]]:
    """Return why the user agent contradicts its own product, and where."""
    if record.status or not record.ua:
        return "", ()
    for product in known.products:
        if product.agent.search(record.ua):
            found = tuple(product.contradicts(wire))
            if len(found) >= LIES:
                return f"{len(found)} parts are not written as {product.name} writes them", found
            return "", ()
    return "", ()
