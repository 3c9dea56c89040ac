"""How is a message written, told by a short text that stays when names and numbers change?

A shape is ``A_B_C_D``, in `VERSION` 1 of these rules:

- **A**, readable: transport (``u``, ``t``, ``s`` for TLS, ``w`` for WebSocket …), the first three
  letters of the method or the status code, the count of the header lines in B in two digits, line
  ends (``c`` CRLF, ``l`` LF, ``m`` both, ``!`` added if no empty line ends the head), ``b`` or
  ``n``: with or without a body.
- **B**, 12 hexadecimal digits of SHA-256 over the header names as on the wire in order, with the
  white space around the colon where it is not the usual one space behind it. Of Via only the first
  counts. What depends on the moment is left out, see `PASSING`.
- **C**, the same over how values are written: the first Via (transport, kind of host, parameters,
  branch), From, To and Contact (name quoted, a token or none, space before ``<``, scheme, names of
  parameters), the tag of the sender, Call-ID, CSeq if its number is a constant, and word for word
  Max-Forwards, Allow, Accept and Supported; whether Content-Length is padded.
- **D**, the same over a session description: its lines in order, the session name, the media
  without port, codecs and attributes, the form of the numbers of the origin. Twelve zeros without.

A random token enters by class and length only (see `forms`): digits and hexadecimal digits are one
class, since a draw may have no letter in it. User agents, addresses, names, users and
numbers never enter. Shapes of equal B are the same code base, those of equal C the same program;
honest programs may share one: a shape is evidence, no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from siptui.enrich import forms
from siptui.enrich.forms import Form
from siptui.enrich.tag import PATTERN as CARRIES
from siptui.enrich.tag import WRITTEN
from siptui.enrich.wire import Line, Span, Wire
from siptui.record import Record

VERSION: Final = 1
"""Raise it with every change that gives any message another shape."""
PASSING: Final = frozenset((
    b"authorization", b"proxy-authorization", b"route", b"record-route", b"content-type",
    b"content-length", b"content-disposition", b"expires", b"event",
))  # fmt: skip
"""Header fields that do not count in B, so that a challenged request has the shape of the first."""
LITERAL: Final = frozenset((b"max-forwards", b"allow", b"accept", b"supported"))
"""Header fields whose value counts word for word."""
NONE: Final = "0" * 12
NO_ASKS: Final[Mapping[str, str]] = {}
_TRANSPORTS: Final = {"tls": "s", "wss": "W", "sctp": "c"}
_CARRIES = re.compile(CARRIES.encode())
_WRITTEN = re.compile(WRITTEN.encode())
_MEDIA = re.compile(rb"(\S+) ([0-9]+)((?:/[0-9]+)? \S.*)")
_ORIGIN = re.compile(rb"(\S+) (\S+) (\S+) (IN IP[46]) (\S+)")
_CODEC = re.compile(rb"(?:rtpmap|fmtp|ptime|maxptime):[ -~]*")
_TOLD: Final = (b"from", b"to", b"contact")


class Reading(NamedTuple):
    """Hold the forms of a message, from which its shape is made."""

    names: tuple[str, ...]
    """What B is made of."""
    values: tuple[Form | None, ...]
    """For each header line its form; None where only the name counts, if that."""
    sdp: tuple[Form, ...]
    """The form of each line of the session description."""


def read(wire: Wire, response: bool, asks: Mapping[str, str] = NO_ASKS) -> Reading:
    """Return the forms of a message.

    `asks` are patterns by the name of a part (see `Wire.part`) to be put before the pattern of that
    part: assertions that say more about it than its form.
    """
    names = []
    values = []
    for line in wire.lines:
        first = wire.header(line.key) is line
        values.append(_value(line, wire, response, asks) if first else None)
        if line.key not in PASSING and (first or line.key != b"via"):
            names.append(_name(line))
    return Reading(tuple(names), tuple(values), _description(wire, asks))


def _name(line: Line) -> str:
    name = line.name.decode("latin-1")
    if line.value.startswith(b" ") and line.value[1:2] not in (b" ", b"\t"):
        return name
    spaces = len(line.value) - len(line.value.lstrip())
    return f"{name}:{spaces}"


def _value(line: Line, wire: Wire, response: bool, asks: Mapping[str, str]) -> Form | None:
    key, value = line.key, line.value.strip()
    if key in _TOLD:
        name = f"{key.decode()}-tag"
        tag = wire.part(name) if key != b"contact" else None
        if tag is None:
            return forms.address(value, None)
        own = key == (b"to" if response else b"from")
        form = _tag(tag.value) if own else Form("", r"[^;,\s]*")
        if form.pattern:
            form = Form(form.form, asks.get(name, "") + form.pattern)
        return forms.address(value, form)
    if key == b"via":
        return forms.via(value, asks.get("branch", ""))
    if key == b"call-id":
        return forms.token(value)
    if key == b"cseq":
        return forms.cseq(value)
    if key in LITERAL:
        return Form(value.decode("latin-1"), forms.quote(value))
    if key == b"content-length":
        padded = line.value.startswith(b"  ")
        return Form("padded" if padded else "plain", "[0-9]+")
    return None


def _tag(value: bytes) -> Form:
    if _WRITTEN.fullmatch(value):
        carries = rf"(?:{CARRIES})(?![^;,\s])"
        # They have one shape, but not one template: what is carried must be read.
        other = "" if _CARRIES.fullmatch(value) else rf"(?!{carries})(?:{WRITTEN})(?![^;,\s])"
        return Form("HT", other or carries)
    form = forms.token(value)
    return Form(form.form, form.pattern and rf"(?!(?:{WRITTEN})(?![^;,\s])){form.pattern}")


def _description(wire: Wire, asks: Mapping[str, str]) -> tuple[Form, ...]:
    """Return the forms of the lines of a session description; an ask is for the first of a type."""
    open_asks = dict(asks) if asks else {}
    return tuple(
        _sdp(kind, part, open_asks.pop(f"sdp.{kind.decode('latin-1')}", ""))
        for kind, part in wire.sdp()
    )


def _sdp(kind: bytes, part: Span, ask: str) -> Form:
    letter, value = kind.decode("latin-1"), part.value
    if not kind:
        return Form("odd", "") if value else Form("-", "(?:)")
    head = forms.quote(kind + b"=") + ask
    if kind == b"o":
        return _origin(value, head)
    if kind == b"m":
        found = _MEDIA.fullmatch(value)
        if found is None:
            return Form("m", "")
        rest = found[3].decode("latin-1")
        pattern = f"{head}{forms.quote(found[1])} [0-9]+{forms.quote(found[3])}"
        return Form(f"m={found[1].decode('latin-1')}{rest}", pattern)
    if kind == b"s" or (kind == b"a" and _CODEC.fullmatch(value)):
        return Form(f"{letter}={value.decode('latin-1')}", head + forms.quote(value))
    if kind == b"a":
        name, colon, _ = value.partition(b":")
        more = r"(?!(?:rtpmap|fmtp|ptime|maxptime):)" + forms.quote(name + colon)
        return Form(f"a={name.decode('latin-1')}", head + more + (r"[^\r\n]*" if colon else ""))
    return Form(letter, head + r"[^\r\n]*")


def _origin(value: bytes, head: str) -> Form:
    found = _ORIGIN.fullmatch(value)
    if found is None:
        return Form("o", "")
    user = "-" if found[1] == b"-" else "u"
    first, second = forms.token(found[2]), forms.token(found[3])
    form = f"o={user} {first.form} {second.form} {found[4].decode()}"
    if not first.pattern or not second.pattern:
        return Form(form, "")
    name = "-" if user == "-" else r"(?!- )\S+"
    numbers = f"{first.pattern} {second.pattern}"
    return Form(form, rf"{head}{name} {numbers} {forms.quote(found[4])} [^\s]+")


def parts(wire: Wire, reading: Reading, record: Record) -> tuple[str, str, str, str]:
    """Return A, and the texts behind B, C and D."""
    transport = _TRANSPORTS.get(record.transport, record.transport[:1] or "-")
    method = re.sub("[^A-Za-z]", "x", record.method[:3]) if record.method else ""
    word = method or f"{record.status % 1000:03}"
    count = min(99, len(reading.names))
    body = "b" if wire.body < len(wire.data) else "n"
    first = f"{transport}{word}{count:02}{wire.eol}{'' if wire.ended else '!'}{body}"
    values = [
        f"{line.key.decode('latin-1')}: {form.form}"
        for line, form in zip(wire.lines, reading.values, strict=True)
        if form is not None
    ]
    sdp = "\n".join(each.form for each in reading.sdp)
    return first, "\n".join(reading.names), "\n".join(sorted(values)), sdp


def shape(wire: Wire, reading: Reading, record: Record) -> str:
    """Return the shape of a message."""
    first, names, values, sdp = parts(wire, reading, record)
    return f"{first}_{_digest(names)}_{_digest(values)}_{_digest(sdp) if sdp else NONE}"


@lru_cache(4096)
def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]


def prehash(record: Record) -> str:
    """Return the text that the shape of a record is made of, for who wants to know why.

    It holds bytes of the message as they came: make it safe before it is shown.
    """
    wire = Wire(record.data)
    reading = read(wire, bool(record.status))
    first, names, values, sdp = parts(wire, reading, record)
    title = f"shape {VERSION}: {shape(wire, reading, record)}"
    body = sdp or "(no session description)"
    return f"{title}\n\nA  {first}\n\nB\n{names}\n\nC\n{values}\n\nD\n{body}\n"
