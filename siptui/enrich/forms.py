"""How is a value written, whatever it says?

Each reader takes a value's bytes and returns its form, a short text in which no address, user,
number or random draw stands, and a pattern: a regular expression that matches only bytes of the
same form, not all of them. An empty pattern says that none was made.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple


class Form(NamedTuple):
    """Hold a form and the pattern that holds other bytes to it."""

    form: str
    pattern: str


BUCKETS: Final = ((6, 12, "x"), (13, 27, "X"), (28, 40, "y"), (41, 64, "Y"), (65, 4096, "z"))
"""Characters of the shortest and longest piece of each bucket. What is shorter is one class, up to
five digits or four other characters; five other characters belong to the first bucket."""
COOKIE: Final = b"z9hG4bK"
SEPARATORS: Final = re.compile(rb"([-.@:])")
PIECES: Final = 12
"""Pieces of a token that are told apart."""
CONSTANTS: Final = frozenset((b"42", b"1234", b"13100", b"63104", b"3452345"))
"""CSeq numbers that programs are known to write always. What starts at 1 also counts on."""
_HEX = b"0123456789abcdef"
_UPPER_HEX = b"0123456789ABCDEF"
_PLAIN = r"[^-.@:;,\s<>\"]"
_WORD = r"(?!(?:[0-9a-f]+|[0-9A-F]+)(?:[-.@:;,\s<>\"]|\Z))"

_ADDRESS = re.compile(
    rb'(?P<name>"(?:[^"\\]|\\.)*+"[ \t]*+|[^"<>;,]*+)'
    rb"<(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>[^<>;?]*)(?P<uri>;[^<>?]*)?(?P<ask>\?[^<>]*)?>"
    rb"(?P<params>(?:[ \t]*;.*)?)",
    re.DOTALL,
)
_BARE = re.compile(
    rb"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>[^<>;,\" \t]*)(?P<params>(?:[ \t]*;.*)?)",
    re.DOTALL,
)
_VIA = re.compile(
    rb"(?P<sent>[^/\s]+/[^/\s]+/[^/\s]+)(?P<space>[ \t]+)(?P<host>\[[^\]]*\]|[^;,:\s\[\]]+)"
    rb"(?P<port>:[0-9]+)?(?P<params>(?:[ \t]*;[^,]*)?)",
    re.DOTALL,
)
_IPV4 = re.compile(rb"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")
_PARAMETER = re.compile(rb"([ \t]*;[ \t]*)([^;=\s]+)(?:(=)([^;\s]*))?")


@lru_cache(4096)
def quote(value: bytes) -> str:
    """Return the pattern of exactly these bytes; bytes stand for characters of Latin-1."""
    return re.escape(value.decode("latin-1"))


def token(value: bytes) -> Form:
    """Return the form of a random token: bucket and class of each piece between separators.

    From five or six characters on there are two classes: digits and hexadecimal digits, lower or
    upper, and words. What follows an ``@`` is a host and not looked at.
    """
    local, at, _ = value.partition(b"@")
    pieces = SEPARATORS.split(local)
    if len(pieces) > 2 * PIECES:
        return Form("many", "")
    forms = []
    patterns = []
    for place, piece in enumerate(pieces):
        if place % 2:
            forms.append(piece.decode())
            patterns.append(quote(piece))
        elif piece:
            form, pattern = _piece(piece)
            forms.append(form)
            patterns.append(pattern)
    if at:
        forms.append("@")
        patterns.append(r"@[^\r\n]*")
    return Form("".join(forms), "".join(patterns))


def _piece(piece: bytes) -> Form:
    size = len(piece)
    if size <= 4 or (size == 5 and piece.isdigit()):
        return Form("s", rf"(?:{_PLAIN}{{1,4}}|[0-9]{{5}})")
    lower, upper, name = next((each for each in BUCKETS if size <= each[1]), (0, 0, ""))
    if not name:
        return Form("huge", "")
    if not piece.translate(None, _HEX):
        return Form(name, rf"[0-9a-f]{{{lower},{upper}}}")
    if not piece.translate(None, _UPPER_HEX):
        return Form(name, rf"[0-9A-F]{{{lower},{upper}}}")
    return Form(name + "w", rf"{_WORD}{_PLAIN}{{{lower},{upper}}}")


def branch(value: bytes) -> Form:
    """Return the form of a branch: the magic cookie (RFC 3261 section 8.1.1.7) and a token."""
    if value.startswith(COOKIE):
        rest = token(value[len(COOKIE) :])
        return Form("c+" + rest.form, rest.pattern and "z9hG4bK" + rest.pattern)
    rest = token(value)
    return Form(rest.form, rest.pattern and "(?!z9hG4bK)" + rest.pattern)


def parameters(value: bytes, wanted: dict[bytes, Form | None]) -> Form:
    """Return the form of parameters: their names in order, and which have a value.

    `wanted` gives the forms of some values by lower-case name; None there takes out a value that
    may be missing or there.
    """
    forms = []
    patterns = []
    at = 0
    while found := _PARAMETER.match(value, at):
        at = found.end()
        before, name, equals, _ = found.groups()
        known = wanted.get(name.lower())
        forms.append(";" + name.decode("latin-1") + ("=" if equals else ""))
        patterns.append(quote(before + name))
        if equals and known is not None:
            forms.append(known.form)
            patterns.append("=" + known.pattern if known.pattern else "\0")
        elif equals:
            patterns.append(r"=[^;,\s]*")
    if value[at:].strip():
        return Form("odd", "")
    pattern = "".join(patterns)
    return Form("".join(forms), "" if "\0" in pattern or value[at:] else pattern or "(?:)")


def address(value: bytes, tag: Form | None) -> Form:
    """Return the form of From, To or Contact: how the name is written, whether a space follows it,
    scheme, and the names of the parameters; `tag` is the form of its tag, None to leave it out.
    """
    found = _ADDRESS.fullmatch(value)
    if found is None:
        return _bare(value, tag)
    whole, scheme, uri, ask, params = found.group("name", "scheme", "uri", "ask", "params")
    name = whole.rstrip(b" \t")
    space = whole[len(name) :]
    if not name:
        form, pattern = "none", ""
    elif name.startswith(b'"'):
        form, pattern = "quoted", r'"[^"\\\r\n]*"'
    else:
        form, pattern = "token", r'(?![ \t])[^"<>;,\r\n]*[^"<>;,\s]'
    inner = parameters(uri or b"", {})
    outer = parameters(params, {b"tag": tag})
    form += f"{' ' * len(space)}<{scheme.decode().lower()}{inner.form}>{outer.form}"
    if ask or not inner.pattern or not outer.pattern:
        return Form(form, "")
    pattern += f"{quote(space)}<{quote(scheme)}:[^<>;?\\r\\n]*{inner.pattern}>{outer.pattern}"
    return Form(form, pattern)


def _bare(value: bytes, tag: Form | None) -> Form:
    found = _BARE.fullmatch(value)
    if found is None:
        return Form("*" if value == b"*" else "odd", r"\*" if value == b"*" else "")
    scheme = found["scheme"]
    outer = parameters(found["params"], {b"tag": tag})
    form = f"{scheme.decode().lower()}{outer.form}"
    if not outer.pattern:
        return Form(form, "")
    return Form(form, rf'{quote(scheme)}:[^<>;,"\s]*{outer.pattern}')


def via(value: bytes, ask: str = "") -> Form:
    """Return the form of a Via: transport, kind of host, parameters in order, and the branch.

    `ask` is put before the pattern of the branch.
    """
    found = _VIA.fullmatch(value)
    if found is None:
        return Form("odd", "")
    sent, space, host, params = found.group("sent", "space", "host", "params")
    match = re.search(rb";[ \t]*branch=([^;\s]*)", params, re.IGNORECASE)
    known = branch(match[1]) if match else None
    if known is not None and known.pattern:
        known = Form(known.form, ask + known.pattern)
    outer = parameters(params, {b"branch": known})
    if host.startswith(b"["):
        kind, pattern = "6", r"\[[^\]\r\n]*\]"
    elif _IPV4.fullmatch(host):
        kind, pattern = "4", r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+"
    else:
        kind, pattern = "n", r"(?![0-9]+\.[0-9]+\.[0-9]+\.[0-9]+[:;\s])[^;,:\s\[\]]+"
    form = f"{sent.decode('latin-1')}{'' if space == b' ' else 's'} {kind}{outer.form}"
    if not outer.pattern:
        return Form(form, "")
    return Form(form, f"{quote(sent + space)}{pattern}(?::[0-9]+)?{outer.pattern}")


def cseq(value: bytes) -> Form:
    """Return the form of a CSeq: its number if it is a constant of some program, and spacing."""
    number, space, method = value.partition(b" ")
    if not number.isdigit() or not method.strip().isalpha():
        return Form("odd", "")
    more = "" if method == method.strip() else "s"
    if number in CONSTANTS:
        return Form(number.decode() + more, quote(number + space + method))
    if len(number) == 1:
        return Form("n" + more, f"[0-9]{quote(space + method)}")
    others = "|".join(sorted(each.decode() for each in CONSTANTS))
    return Form("n" + more, f"(?!(?:{others}) )[0-9]+{quote(space + method)}")
