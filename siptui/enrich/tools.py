"""Which program wrote a message, how is it written, and does its user agent lie?

Most messages are written like one before; for these a template answers (see `templates`). The rest
is read with care, and what comes often becomes a template.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from siptui.enrich import shape as shapes
from siptui.enrich.declared import load
from siptui.enrich.signatures import LIES, Catalogue, Product, Signature
from siptui.enrich.tag import Carried, carried
from siptui.enrich.templates import Template, compiled
from siptui.enrich.wire import Wire
from siptui.record import Record

TEMPLATES: Final = 600
"""Templates kept at most; then all are made anew."""
ALIKE: Final = 16
"""Templates tried at most for one message."""
OFTEN: Final = 8
"""Messages written alike from which on a template is worth making."""
PATIENCE: Final = 256
"""Messages for each template that may be made, besides `AT_ONCE`: making one takes milliseconds."""
AT_ONCE: Final = 48
SIGHTINGS: Final = 8192
"""Ways of writing whose messages are counted at most."""
AGENTS: Final = 16_384
"""User agents remembered at most."""
TARGETS: Final = 4096
"""Targets in tags remembered at most."""
TINY: Final = 24
"""Bytes of a message that is too short for more than its method."""
_GREATEST = str(2**32 - 1).encode()


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Say what a user agent claims."""

    product: Product | None
    tool: str
    """The tool that it names, with a question mark; empty if none."""


class Judgement(NamedTuple):
    """Hold what a careful reading of a message gives."""

    shape: str
    signature: Signature | None
    lies: bool
    """Whether it contradicts the product that its user agent claims."""
    carried: Carried | None


NOTHING: Final = Claim(None, "")


class Tools:
    """Fill `tool`, `ua_lies`, what the tag carries, and `shape`."""

    def __init__(self, directory: Path | None = None) -> None:
        """Read the built-in signatures and those of the user in `directory`.

        Raises SiptuiError that names file and line of what is wrong in one of them.
        """
        self.catalogue: Catalogue = load(directory)
        self._claims: dict[str, Claim] = {}
        self._kinds: dict[tuple[int, str], Claim] = {}
        self._own: dict[tuple[str, str], bool] = {}
        self._targets: dict[bytes, tuple[str, bytes]] = {}
        self._small: dict[tuple[str, bytes], tuple[str, str]] = {}
        self._templates: dict[object, list[Template]] = {}
        self._sightings: dict[object, int] = {}
        self._made = 0
        self._seen = 0
        self._kept = 0

    @property
    def templates(self) -> int:
        """Return how many templates there are."""
        return self._kept

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill records in place."""
        claims, templates = self._claims, self._templates
        for record in records:
            if record.kind != "sip":
                self._other(record)
                continue
            claim = claims.get(record.ua)
            if claim is None:
                claim = self._claim(record.ua)
            key = (
                record.transport,
                record.method or record.status,
                len(record.names),
                claim,
            )
            data = record.data
            found = None
            alike = templates.get(key)
            if alike is not None:
                for place, template in enumerate(alike):
                    found = template.match(data)
                    if found is not None:
                        if place:
                            alike.insert(0, alike.pop(place))
                        break
            elif len(data) <= TINY:
                self._tiny(record)
                continue
            if found is None or (template.carries and not self._carry(record, template, found)):
                self._with_care(record, key, claim)
                continue
            record.shape = template.shape
            signature = template.signature
            if signature is None:
                record.ua_lies = template.lies
                record.tool = claim.tool if claim.tool and not template.lies else ""
            else:
                record.tool = template.tool
                record.ua_lies = (
                    template.lies
                    if signature.agents is None
                    else self._lies(signature, record.ua, template.lies)
                )
        self._seen += len(records)

    def _tiny(self, record: Record) -> None:
        """Fill a message of a few bytes, which comes again byte for byte if it comes often."""
        key = (record.transport, record.data)
        known = self._small.get(key)
        if known is None:
            datagram = self.catalogue.datagram(record.data)
            judged = self.judge(record)
            tool = datagram.tool if datagram is not None else ""
            if judged.signature is not None:
                tool = judged.signature.label
            known = (judged.shape, tool)
            if len(self._small) >= TARGETS:
                self._small.clear()
            self._small[key] = known
        record.shape, record.tool = known

    def judge(self, record: Record) -> Judgement:
        """Read a SIP message with care."""
        return self._judge(record, Wire(record.data))

    def claim(self, agent: str) -> Claim:
        """Return what a user agent claims."""
        return self._claims.get(agent) or self._claim(agent)

    def _judge(self, record: Record, wire: Wire) -> Judgement:
        response = bool(record.status)
        shape = shapes.shape(wire, shapes.read(wire, response), record)
        signature = self.catalogue.best(wire, record.method)
        product = self.claim(record.ua).product
        lies = False
        if product is not None and not response:
            lies = len(product.contradicts(wire)) >= LIES
        tag = wire.part("from-tag")
        sender = wire.header(b"from")
        found = None
        if tag is not None and sender is not None and not response:
            found = carried(tag.value, sender.value, record.dst)
        return Judgement(shape, signature, lies, found)

    def _with_care(self, record: Record, key: object, claim: Claim) -> None:
        wire = Wire(record.data)
        shape, signature, lies, found = self._judge(record, wire)
        record.shape = shape
        if signature is not None:
            record.tool = signature.label
            record.ua_lies = self._lies(signature, record.ua, lies)
        else:
            record.tool = claim.tool if claim.tool and not lies else ""
            record.ua_lies = lies
        if found is not None:
            record.tag_target, record.tag_extension = found.target, found.extension
            record.tag_user, record.tag_password = found.user, found.password
        name = signature.name if signature is not None else ""
        way = hash((wire.names, shape, name, claim))
        count = self._sightings.get(way, 0) + 1
        if len(self._sightings) >= SIGHTINGS:
            self._sightings.clear()
        self._sightings[way] = count
        if count & (count - 1) or count < OFTEN:
            return
        if self._made < AT_ONCE + self._seen // PATIENCE:
            self._made += 1
            self._add(record, wire, key, Judgement(shape, signature, lies, found))

    def _add(self, record: Record, wire: Wire, key: object, judgement: Judgement) -> None:
        shape, signature, lies, found = judgement
        template = compiled(
            wire,
            bool(record.status),
            shape,
            signature.label if signature is not None else "",
            (signature, None if record.status else self.claim(record.ua).product, lies),
            self.catalogue.fitting(wire, record.method),
            found,
        )
        if template is None:
            return
        if self._kept >= TEMPLATES:
            self._templates.clear()
            self._kept = 0
        alike = self._templates.setdefault(key, [])
        if any(each.pattern == template.pattern for each in alike):
            return
        self._kept += 1
        if len(alike) >= ALIKE:
            alike.pop()
            self._kept -= 1
        alike.insert(0, template)

    def _claim(self, agent: str) -> Claim:
        claim = NOTHING
        if agent:
            catalogue = self.catalogue
            product = next((each for each in catalogue.products if each.agent.search(agent)), None)
            named = next((each for each in catalogue.agents if each.agent.search(agent)), None)
            if product is not None or named is not None:
                tool = f"{named.tool}?" if named is not None else ""
                claim = self._kinds.setdefault((id(product), tool), Claim(product, tool))
        if len(self._claims) >= AGENTS:
            self._claims.clear()
        self._claims[agent] = claim
        return claim

    def _lies(self, signature: Signature, agent: str, contradicts: bool) -> bool:
        """Tell whether a user agent is not one of those that the program has by itself."""
        if signature.agents is None:
            return contradicts
        key = (signature.name, agent)
        lies = self._own.get(key)
        if lies is None:
            lies = bool(agent) and signature.agents.search(agent) is None
            if len(self._own) >= AGENTS:
                self._own.clear()
            self._own[key] = lies
        return lies

    def _carry(self, record: Record, template: Template, found: re.Match[bytes]) -> bool:
        """Fill what the tag carries; tell whether it is of the kind that the template is for."""
        tag = found[1]
        if template.carries == "target":
            known = self._targets.get(tag[:26])
            if known is not None:
                target, sender = known
                random = unhexlify(tag[26:]) if len(tag) % 2 == 0 else b""
                if (
                    random.isdigit()
                    and (len(random) < 10 or random <= _GREATEST)
                    and record.data.find(sender) < 0
                    and record.data.find(b"@[") < 0
                ):
                    record.tag_target = target
                    return True
        carries = carried(tag, record.raw("from"), record.dst)
        if carries is None or carries.kind != template.carries:
            return False
        if len(carries.extension) == 12:
            # It may be written like a target as well.
            return False
        record.tag_target, record.tag_extension = carries.target, carries.extension
        record.tag_user, record.tag_password = carries.user, carries.password
        if template.carries == "target" and "[" not in carries.target:
            if len(self._targets) >= TARGETS:
                self._targets.clear()
            self._targets[tag[:26]] = carries.target, b":" + unhexlify(tag[:24]) + b"@"
        return True

    def _other(self, record: Record) -> None:
        """Name the tool of what is no SIP message, if its bytes are known."""
        known = self.catalogue.datagram(record.data)
        if known is not None:
            record.tool = known.tool
