"""How is a response written that copies what it must? RFC 3261 section 8.2.6 and RFC 3581."""

from __future__ import annotations

import re
from collections.abc import Sequence

from siptui.decode import sdp
from siptui.record import Record
from siptui.respond.persona import Persona

REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
}
MOST_MEDIA = 8
"""Media descriptions of an offer that are answered."""
_COMPACT = {b"v": b"via", b"f": b"from", b"t": b"to", b"i": b"call-id"}
_OPTIONAL = ("Accept", "Supported", "Allow", "Server")
"""Left out one after the other where an answer must not be larger than what it answers."""
_TAG = re.compile(rb";\s*tag\s*=", re.IGNORECASE)
_RECEIVED = re.compile(rb";\s*received\s*=[^;]*", re.IGNORECASE)
_RPORT = re.compile(rb";\s*rport\s*(?=;|$)", re.IGNORECASE)


def field_values(record: Record, name: bytes) -> list[bytes]:
    """Return the values of each header field `name` (lower case) as they came, in order."""
    values = []
    for written, value in zip(record.names, record.values, strict=True):
        key = written.strip().lower()
        if _COMPACT.get(key, key) == name:
            values.append(value.strip())
    return values


def has_tag(to: bytes) -> bool:
    """Tell whether a To value carries a tag; one inside ``<>`` is the URI's, not the field's."""
    return _TAG.search(_parameters(to)) is not None


def tag_of(to: bytes) -> bytes:
    """Return the tag of a To value; empty if it has none."""
    match = _TAG.search(_parameters(to))
    if match is None:
        return b""
    return _parameters(to)[match.end() :].split(b";")[0].strip()


def _parameters(value: bytes) -> bytes:
    return value.rpartition(b">")[2] if b">" in value else value


def top_via(value: bytes, record: Record) -> bytes:
    """Return the topmost Via with ``received`` and ``rport`` (RFC 3581 section 4).

    `received` is always added where ``rport`` asks for it, and else where the sender's address is
    not what it says (RFC 3261 section 18.2.1); one that the sender wrote itself is left out.
    """
    first, comma, rest = _first_value(value)
    first = _RECEIVED.sub(b"", first).rstrip()
    source = record.src.encode()
    asked = _RPORT.search(first)
    if asked is not None:
        stop = asked.end()
        first = (
            first[: asked.start()]
            + b";rport=%d;received=%s" % (record.sport, source)
            + first[stop:]
        )
    elif _sent_by(first) != source:
        first += b";received=" + source
    return first + comma + rest


def _first_value(value: bytes) -> tuple[bytes, bytes, bytes]:
    """Split a comma-joined Via behind its first value; commas in quotes are no separators."""
    quoted = False
    for at, byte in enumerate(value):
        if byte == 0x22:
            quoted = not quoted
        elif byte == 0x2C and not quoted:
            return value[:at].rstrip(), b",", value[at + 1 :]
    return value, b"", b""


def _sent_by(via: bytes) -> bytes:
    words = via.split(b";")[0].split()
    host = words[-1] if words else b""
    if host.startswith(b"["):
        return host[1:].split(b"]")[0]
    return host.rsplit(b":", 1)[0]


def build(
    record: Record,
    status: int,
    persona: Persona,
    *,
    tag: str,
    limit: int | None,
    contact: str = "",
    challenges: Sequence[str] = ("",),
    body: bytes = b"",
) -> bytes:
    """Return a response to the request `record`; empty if `limit` bytes do not hold it.

    Via, From, Call-ID and CSeq are copied byte for byte, all Via in their order; To gets `tag`
    unless it has one or the status is 100. What begins a dialog repeats Record-Route (section
    12.1.1), a 100 repeats Timestamp (section 8.2.6.1). Optional header fields are dropped one by
    one until the response fits; then shorter `challenges` are tried.
    """
    to = field_values(record, b"to")[0]
    if status > 100 and not has_tag(to):
        to += b";tag=" + tag.encode()
    vias = field_values(record, b"via")
    copied: dict[str, Sequence[bytes]] = {
        "Via": [top_via(vias[0], record), *vias[1:]],
        "From": field_values(record, b"from"),
        "To": [to],
        "Call-ID": field_values(record, b"call-id"),
        "CSeq": field_values(record, b"cseq"),
    }
    if status == 100:
        copied["Timestamp"] = field_values(record, b"timestamp")
    elif status < 300 and record.method == "INVITE":
        copied["Record-Route"] = field_values(record, b"record-route")
    ours: dict[str, str] = {"Content-Length": str(len(body))}
    if status > 100:
        ours["Server"] = persona.server
    if status == 200 and record.method in {"OPTIONS", "INVITE"}:
        ours["Allow"] = persona.allow
        ours["Supported"] = persona.supported
        ours["Accept"] = "application/sdp"
    if contact:
        ours["Contact"] = contact
    if body:
        ours["Content-Type"] = "application/sdp"
    tries = [(dropped, challenges[0]) for dropped in range(len(_OPTIONAL) + 1)]
    tries += [(len(_OPTIONAL), challenge) for challenge in challenges[1:]]
    for dropped, challenge in tries:
        ours["WWW-Authenticate"] = challenge
        kept = {name: value for name, value in ours.items()
                if value and name not in _OPTIONAL[:dropped]}  # fmt: skip
        response = _write(status, persona, copied, kept) + body
        if limit is None or len(response) <= limit:
            return response
    return b""


def _write(
    status: int,
    persona: Persona,
    copied: dict[str, Sequence[bytes]],
    ours: dict[str, str],
) -> bytes:
    lines = [f"SIP/2.0 {status} {REASONS[status]}".encode()]
    order = [*persona.order, *(name for name in (*copied, *ours) if name not in persona.order)]
    for name in order:
        if name in copied:
            lines += [name.encode() + b": " + value for value in copied[name]]
        elif name in ours:
            written = persona.server_field if name == "Server" else name
            lines.append(f"{written}: {ours[name]}".encode())
    return b"\r\n".join([*lines, b"", b""])


def session(address: str, number: int, offer: bytes) -> bytes:
    """Return an SDP answer (RFC 3264) whose media go nowhere: port 9 discards (RFC 863).

    The first audio of `offer` is taken, all else in it refused. Where it has none that can be
    read, audio is offered.
    """
    kind = "IP6" if ":" in address else "IP4"
    lines = [
        "v=0", f"o=- {number} {number} IN {kind} {address}", "s=-", f"c=IN {kind} {address}",
        "t=0 0",
    ]  # fmt: skip
    media = [
        (*(each.decode("latin-1") for each in (m.kind, m.protocol, m.formats[0])), m.port)
        for m in sdp.read(offer).media[:MOST_MEDIA]
        if m.formats
    ]
    taken = False
    for name, protocol, form, port in media or [("audio", "RTP/AVP", "0", 1)]:
        take = name == "audio" and bool(port) and not taken
        lines.append(f"m={name} {9 if take else 0} {protocol} {form}")
        if take:
            taken = True
            lines.append("a=inactive")
    return "\r\n".join([*lines, ""]).encode("latin-1")
