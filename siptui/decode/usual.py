"""How are the values of the most frequent fields usually written?

These patterns are a short cut: what one of them matches is right, and what it does not match is
judged by its grammar. They are narrower than the grammar, and take time in proportion to length.
Names in quotation marks have none of ``/:;<=``, and Call-IDs no ``:``, ``<`` and ``../``, which
attacks on readers need: see `siptui.enrich.content`.
"""

from __future__ import annotations

import re

_T = rb"[A-Za-z0-9\-.!%*_+`'~]"
_OCTET = rb"(?:1?\d{1,2}|2[0-4]\d|25[0-5])"
_NAME = rb"(?:[A-Za-z][A-Za-z0-9]{0,15}[.\-]){0,8}[A-Za-z][A-Za-z0-9]{0,15}"
_PORT = rb"(?:[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]|[1-9]\d{0,3})"
_HOST = rb"(?:" + _OCTET + rb"(?:\." + _OCTET + rb"){3}|" + _NAME + rb")"
_HOST_PORT = _HOST + rb"(?::" + _PORT + rb")?"
_NAMED_PORT = rb"(" + _HOST + rb")(?::" + _PORT + rb")?"
_USER = rb"(?:([A-Za-z0-9_.+\-]+)@)?"
_TRANSPORT = rb"(?:;transport=[A-Za-z]+)?"
_URI = rb"sips?:" + _USER + _HOST_PORT + _TRANSPORT
_NAMED_URI = rb"sips?:" + _USER + _NAMED_PORT + _TRANSPORT
_QUOTED = rb"\"[^\"\\\r\n\x00-\x08\x0b-\x1f\x7f-\xff/:;<=]*\" *"
_DISPLAY = rb"(?:" + _QUOTED + rb"|" + _T + rb"[A-Za-z0-9\-.!%*_+`'~ ]*)?"
_ADDRESS = rb"(?:" + _DISPLAY + rb"<" + _URI + rb">|" + _URI + rb")"
_NAMED_ADDRESS = rb"(?:" + _DISPLAY + rb"<" + _NAMED_URI + rb">|" + _NAMED_URI + rb")"
_BRANCH = rb";branch=(?!z9hG4bK(?:;|\r|\Z))" + _T + rb"+"
_PARAMETERS = rb"(?:" + _BRANCH + rb"(?:;rport(?:=\d+)?)?(?:;alias)?|;rport" + _BRANCH + rb")"
_WORD = rb"(?:[A-Za-z0-9\-.!%*_+`'~()>\\\"\[\]?{}]++|(?<!\.\.)/)+"

BODIES = {
    "Via": rb"SIP/2\.0/([A-Z]+ " + _HOST + rb")(?::" + _PORT + rb")?" + _PARAMETERS,
    "From": _ADDRESS + rb";tag=" + _T + rb"+",
    "To": _ADDRESS + rb"(?:;tag=" + _T + rb"+)?",
    "Contact": _NAMED_ADDRESS + rb"(?:;expires=\d{1,9})?",
    "Call-ID": _WORD + rb"(?:@" + _WORD + rb")?",
}
"""By canonical name; white space around the value is left out.

Via has a group with transport and host; Contact has four, user and host in ``<>`` and without.
"""

PATTERNS = {name: re.compile(rb" *" + body) for name, body in BODIES.items()}
"""By canonical name; to be matched with the whole of what stands behind the colon."""

START = re.compile(rb"([A-Z]{3,9}) (" + _NAMED_URI + rb") SIP/2\.0")
"""A request line; its groups are method, request-URI, user and host."""


def usual_user(to: bytes) -> bytes | None:
    """Return the user of a To value that is written as usual, else None."""
    match = PATTERNS["To"].fullmatch(to)
    return (match[1] or match[2] or b"") if match else None


def usual_branch(via: bytes) -> bytes | None:
    """Return what follows ``;branch=`` in a Via value that is written as usual, else None."""
    return via.partition(b";branch=")[2] if PATTERNS["Via"].fullmatch(via) else None
