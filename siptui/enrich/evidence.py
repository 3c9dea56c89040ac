"""Why does a message have its labels? One sentence each, and the bytes it rests on.

What rests on the history of a source cannot be shown in one message; there the rule is told, and
the place in this message that it looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from siptui.enrich.book import Book, Label
from siptui.enrich.exploits import FINDERS, Place, head_end
from siptui.enrich.forged import LIKENESS, SILENCE, UNRETURNED
from siptui.enrich.hosts import Host, host, scope_of
from siptui.enrich.hosts import span as host_span
from siptui.enrich.reach import SPOOFED, VERSIONLESS, suspicions
from siptui.record import SPANS, Record

_CREDENTIALS = re.compile(rb"(?im)^(?:proxy-)?authorization[ \t]*:[ \t]*([^\r\n]*)")
_ROUTE = re.compile(rb"(?im)^route[ \t]*:[ \t]*([^\r\n]*)")
_FROM_TAG = re.compile(rb"(?i);[ \t]*tag=([^;\r\n]*)")
_USER = re.compile(rb"(?i)(?:sips?|tel):([^@>;\s]*)")
_SDP_HOST = re.compile(rb"(?m)^[oc]=[^\r\n]*?IN IP[46] ([^\s/]+)")
MARKS = {
    "V": "verified by running the tools",
    "S": "read in a source",
    "R": "an RFC",
    "W": "reported by others",
    "K": "general knowledge",
}
"""What the letters of `Label.basis` mean."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Say why one label was given."""

    label: str
    severity: str
    text: str
    """What was found, in one sentence or two; values are as they came, not yet safe to show."""
    places: tuple[Place, ...]
    """Start and stop in `Record.data` of the bytes it rests on; none if it rests on history."""
    rule: str
    false_positives: str
    basis: str
    """What the rule rests on, in words; says so where it was not verified."""


def explain(record: Record, book: Book) -> list[Evidence]:
    """Return the evidence for each label of a record, in their order."""
    found = []
    for name in record.labels:
        label = book.labels.get(name) or Label(name)
        text, places = _facts(record, book, name)
        found.append(
            Evidence(
                name,
                label.severity,
                f"{label.says} {text}".strip(),
                tuple(place for place in places if place[0] < place[1]),
                label.rule,
                label.false_positives,
                basis_of(label),
            )
        )
    return found


def basis_of(label: Label) -> str:
    """Return in words what a label's rule rests on."""
    if not label.basis:
        return "a rule of yours"
    words = ", ".join(MARKS[mark] for mark in label.basis)
    return f"{words}; not verified here" if label.weak else words


Facts = tuple[str, Sequence[Place]]


def _facts(record: Record, book: Book, name: str) -> Facts:
    finder = FINDERS.get(name)
    if finder is not None:
        place = finder(record)
        return ("", [place] if place else [])
    facts = _FACTS.get(name)
    if facts is not None:
        return facts(record)
    texts = [rule.text for rule in book.rules if rule.label == name and rule.matches(record)]
    return ("; ".join(texts), [])


def _span(record: Record, name: str) -> Place:
    at = 2 * SPANS.index(name)
    return record.spans[at], record.spans[at + 1]


def _host(record: Record, name: str) -> tuple[Host, Place]:
    """Return the host in a span, and its place."""
    start, stop = _span(record, name)
    value = record.data[start:stop]
    if name == "via":
        value = value.partition(b";")[0].rstrip()
    at, end = host_span(value)
    return host(value), (start + at, start + end)


def _start_line(record: Record) -> Place:
    end = record.data.find(b"\n")
    return 0, len(record.data[: end if end >= 0 else None].rstrip())


def _method(record: Record) -> Place:
    start = record.data.find(record.method.encode())
    return (start, start + len(record.method)) if start >= 0 else _start_line(record)


def _user(record: Record) -> Place:
    """Return where the user that is asked for stands: in the request-URI, else in To."""
    for name in ("uri", "to"):
        start, stop = _span(record, name)
        found = _USER.search(record.data, start, stop)
        if found and b"@" in record.data[start:stop]:
            return found.span(1)
    return 0, 0


def _header(pattern: re.Pattern[bytes], record: Record) -> Place:
    found = pattern.search(record.data, 0, head_end(record.data))
    return found.span(1) if found else (0, 0)


def _toll_fraud(record: Record) -> Facts:
    prefix = f" behind the prefix {record.number_prefix}" if record.number_prefix else ""
    country = f" ({record.number_country})" if record.number_country else ""
    return f"It dials {record.number}{country}{prefix}.", [_user(record)]


def _enumeration(record: Record) -> Facts:
    return f"This one asks for {record.user or 'no user'}.", [_user(record)]


def _guessing(record: Record) -> Facts:
    places = [_header(_CREDENTIALS, record)]
    if record.tag_password or record.tag_user:
        start, stop = _span(record, "from")
        found = _FROM_TAG.search(record.data, start, stop)
        places.append(found.span(1) if found else (0, 0))
        return f"The tag says: {record.tag_user} with {record.tag_password}.", places
    return "", places


def _relay(record: Record) -> Facts:
    wanted, place = _host(record, "uri")
    places = [place] if wanted.text and wanted.text != record.dst else []
    text = f"It was sent to {record.dst} and is for {wanted.text}." if places else ""
    route = _header(_ROUTE, record)
    if route[1]:
        places.append(route)
        text += f" A Route leads to {host(record.data[slice(*route)]).text}."
    return text.strip(), places


def _private(record: Record) -> Facts:
    places, texts = [], []
    for name, title in (("uri", "request-URI"), ("via", "Via"), ("contact", "Contact")):
        found, place = _host(record, name)
        if found.scope == "private":
            places.append(place)
            texts.append(f"{title} {found.text}")
    for match in _SDP_HOST.finditer(record.data, head_end(record.data)):
        if scope_of(match[1].decode("latin-1")) == "private":
            places.append(match.span(1))
            texts.append(f"SDP {match[1].decode('latin-1')}")
    return ", ".join(dict.fromkeys(texts)) + "." if texts else "", places


def _contact(record: Record) -> Facts:
    found, place = _host(record, "contact")
    port = record.data[place[1] : place[1] + 7]
    named = re.match(rb":(\d{1,5})", port)
    number = int(named[1]) if named else 5060
    same = "the same port" if number == record.sport else f"port {number}, not {record.sport}"
    if found.text == record.src:
        return f"Contact is {found.text}, as the source, with {same}.", [place]
    return f"Contact is {found.text}, the source is {record.src}.", [place]


def _spoofed(record: Record) -> Facts:
    sent_by, via = _host(record, "via")
    reached, contact = _host(record, "contact")
    points = suspicions(record, sent_by, reached)
    named = (
        f"Via is {sent_by.text}, not {record.src}",
        f"Contact is {reached.text}",
        "no rport",
        f"source port {record.sport}",
    )
    texts = [f"{text} ({count})" for text, count in zip(named, points, strict=True) if count]
    places = [place for place, count in zip((via, contact), points, strict=False) if count]
    before = _before(record, sum(points))
    if before:
        texts.append(before)
    return "Points: " + ", ".join(texts) + ".", places


def _before(record: Record, points: int) -> str:
    """Return what must have been in the past of a source whose message has so many points."""
    silent = f"{UNRETURNED} answers of ours of which it gave nothing back ({SILENCE})"
    alike = f"the time to live and port {record.sport} of many sources ({LIKENESS})"
    lacks = SPOOFED - points
    if lacks <= 0:
        return ""
    if lacks > SILENCE:
        return f"{silent}, {alike}"
    return silent if lacks > LIKENESS else f"{alike}, or {silent}"


def _transport(record: Record) -> Facts:
    if record.kind != "sip":
        return f"TLS to port {record.dport}.", [(0, min(5, len(record.data)))]
    start, stop = _span(record, "via")
    end = record.data.find(b" ", start, stop)
    return f"It came over {record.transport}.", [(start, end if end >= 0 else stop)]


def _malformed(record: Record) -> Facts:
    names = {"via": "Via", "from": "From", "to": "To", "call_id": "Call-ID", "cseq": "CSeq"}
    missing = [title for name, title in names.items() if not _span(record, name)[1]]
    if not VERSIONLESS.isdisjoint(record.defects):
        missing.insert(0, "SIP/2.0")
    return f"It lacks {', '.join(missing)}.", [_start_line(record)]


def _via_zero(record: Record) -> Facts:
    return "", [_host(record, "via")[1]]


def _amplification(record: Record) -> Facts:
    return f"It has {len(record.data)} bytes.", [_start_line(record)]


def _verified(record: Record) -> Facts:
    if record.transport == "udp":
        return "It gave back what our answer held.", []
    return f"It came over {record.transport}.", []


def _other(record: Record) -> Facts:
    return f"It is: {record.kind}.", [(0, min(16, len(record.data)))]


_FACTS: dict[str, Callable[[Record], Facts]] = {
    "toll-fraud": _toll_fraud,
    "password-guessing": _guessing,
    "credential-spray": lambda record: ("", [_header(_CREDENTIALS, record)]),
    "foreign-digest": lambda record: ("", [_header(_CREDENTIALS, record)]),
    "digest-leak": lambda record: ("", [_start_line(record), _span(record, "cseq")]),
    "relay-probe": _relay,
    "enumeration": _enumeration,
    "enumeration-in-order": _enumeration,
    "anonymous-invite": _enumeration,
    "method-sweep": lambda record: (f"This one is {record.method}.", [_method(record)]),
    "capability-scan": lambda record: ("", [_method(record)]),
    "unsolicited": lambda record: (f"It is {record.method}.", [_method(record)]),
    "amplification-probe": _amplification,
    "spoof-suspect": _spoofed,
    "via-zero": _via_zero,
    "wrong-transport": _transport,
    "backscatter": lambda record: ("", [_start_line(record)]),
    "malformed": _malformed,
    "private-address": _private,
    "contact-is-source": _contact,
    "contact-elsewhere": _contact,
    "verified": _verified,
    "service-sweep": _other,
    "other-protocol": _other,
}
