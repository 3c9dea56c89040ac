"""Which messages are written exactly alike, so that one need be read with care and not all?

A template is a regular expression made from one message. What it matches has the same shape, the
same signature and contradicts the same product: every part on which these depend stands in it
literally, by its form, or behind an assertion. It does not match all such messages; what no
template matches is read with care, so templates save time and change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from siptui.enrich import forms
from siptui.enrich.shape import LITERAL, read
from siptui.enrich.signatures import Product, Signature, Trait, shows
from siptui.enrich.tag import Carried
from siptui.enrich.wire import Wire

LINES: Final = 48
"""Header lines of the longest message that becomes a template."""
HEAD: Final = 4096
"""Bytes of the longest head that does."""
_TOKENS: Final = frozenset(("branch", "from-tag", "to-tag"))
_TOKEN_ENDS: Final = r"(?![^;,\s])"
_TAGS: Final = {
    "target": r"([0-9a-f]{28,46})" + _TOKEN_ENDS,
    "extension": r"([0-9a-f]{12,128})" + _TOKEN_ENDS,
    "credentials": r"([0-9a-f]{12,256})" + _TOKEN_ENDS,
}
"""What holds a tag that carries something; what it carries is looked at each time."""


class Template(NamedTuple):
    """Hold what is true of every message that `match` accepts."""

    match: Callable[[bytes], re.Match[bytes] | None]
    shape: str
    tool: str
    signature: Signature | None
    lies: bool
    """Whether the message contradicts the product that the user agent claims."""
    carries: str
    """What the tag carries, which is the first group; empty if nothing."""
    pattern: str


def asks(
    signatures: Sequence[Signature],
    winner: Signature | None,
    product: Product | None,
    wire: Wire,
) -> dict[str, str]:
    """Return the assertions by part that keep signature and product as they are.

    `signatures` are those that fit, the surest first. Of each surer one a reason why it does not
    match must stay, of the `winner` all for which it does; of the product whether each trait is
    there.
    """
    found: dict[str, list[str]] = {}
    for signature in signatures:
        if signature is winner:
            wanted = [each for each in signature.traits if shows(each, wire) is not None]
            spare = [each for each in wanted if not each.must][signature.least :]
            _ask(found, (each for each in wanted if each not in spare), wire, "(?=")
            break
        missing = [each for each in signature.traits if shows(each, wire) is None]
        musts = [each for each in missing if each.must]
        if any(_is_fixed(each, wire) for each in musts):
            continue
        musts.sort(key=lambda each: _price(each, found))
        _ask(found, musts[:1] or missing, wire, "(?!")
    if product is not None:
        for trait in product.traits:
            _ask(found, (trait,), wire, "(?!" if shows(trait, wire) is None else "(?=")
    return {part: "".join(each) for part, each in found.items()}


def _is_fixed(trait: Trait, wire: Wire) -> bool:
    """Tell whether a trait is missing from everything of the same form."""
    return (
        _is_held(trait, wire)
        or wire.part(trait.field) is None
        or trait.field.lower().encode() in LITERAL
        or trait.field == "content-type"
    )


def _is_held(trait: Trait, wire: Wire) -> bool:
    """Tell whether a trait is about what a tag carries, which is looked at in each request."""
    return bool(trait.carries) and not wire.start_line.value.startswith(b"SIP/")


def _price(trait: Trait, found: Mapping[str, Sequence[str]]) -> tuple[bool, bool, int]:
    """Return what it costs to ask for a trait, to be compared: nothing if it was asked before."""
    asked = _assertion(trait, "(?!") in found.get(trait.field.lower(), ())
    return not asked, trait.field == "data", len(trait.pattern.pattern)


def _assertion(trait: Trait, mark: str) -> str:
    if trait.field in _TOKENS:
        ends = _TOKEN_ENDS
    elif trait.field == "data":
        ends = r"\Z"
    elif trait.field == "uri":
        ends = " "
    else:
        ends = r"[ \t]*\r\n"
    return f"{mark}(?:{trait.pattern.pattern.decode('latin-1')}){ends})"


def _ask(
    found: dict[str, list[str]], traits: Sequence[Trait] | Iterator[Trait], wire: Wire, mark: str
) -> None:
    for trait in traits:
        if _is_held(trait, wire) or wire.part(trait.field) is None:
            continue
        assertions = found.setdefault(trait.field.lower(), [])
        text = _assertion(trait, mark)
        if text not in assertions:
            assertions.append(text)


def pattern(wire: Wire, response: bool, assertions: dict[str, str], carries: str) -> str:
    """Return the pattern of messages written like this one; empty if there is none for it."""
    if wire.begin or wire.eol != "c" or not wire.ended or wire.body > HEAD:
        return ""
    if len(wire.lines) > LINES or not wire.lines:
        return ""
    if carries:
        more = assertions.get("from-tag", "")
        assertions = {**assertions, "from-tag": f"{more}(?={_TAGS[carries]})"}
    reading = read(wire, response, assertions)
    if carries:
        # The assertion has looked at every character of the tag.
        known = forms.quote(b"tag=") + assertions["from-tag"]
    parts = [assertions.get("data", ""), assertions.get("start-line", ""), _start(wire, assertions)]
    for line, form in zip(wire.lines, reading.values, strict=True):
        if b"\n" in line.value or line.value != line.value.rstrip() or not line.name:
            return ""
        value = line.value.lstrip(b" \t")
        space = line.value[: len(line.value) - len(value)]
        if value[:1].isspace():
            return ""
        first = wire.header(line.key) is line
        key = line.key.decode("latin-1")
        before = assertions.get(f"raw:{key}", "") if first else ""
        after = assertions.get(key, "") if first else ""
        if line.key == b"content-type":
            text = forms.quote(value)
        elif form is None:
            text = r"(?![ \t])[^\r\n]*"
        elif not form.pattern:
            return ""
        else:
            text = form.pattern
            if carries and line.key == b"from":
                text = text.partition(known)[0] + known + r"[0-9a-f]+" + _after_tag(line.value)
        parts += [forms.quote(line.name), ":", before, forms.quote(space), after, text, r"\r\n"]
    parts.append(r"\r\n")
    if reading.sdp and wire.body < len(wire.data):
        body = wire.data[wire.body :]
        if body.count(b"\n") != body.count(b"\r\n") or not all(
            each.pattern for each in reading.sdp
        ):
            return ""
        parts.append(r"\r\n".join(each.pattern for each in reading.sdp))
        parts.append(r"\r\n\Z" if body.endswith(b"\n") else r"\Z")
    else:
        parts.append("(?s:.)" if wire.body < len(wire.data) else r"\Z")
    return "".join(parts)


def _after_tag(value: bytes) -> str:
    """Return the pattern of the parameters behind the tag; only a tag at the end has one."""
    tag = value.rpartition(b";tag=")[2]
    return _TOKEN_ENDS if not tag.strip(b"0123456789abcdef") else "(?!)"


def _start(wire: Wire, assertions: dict[str, str]) -> str:
    line = wire.start_line.value
    method, _, rest = line.partition(b" ")
    if method.upper().startswith(b"SIP/"):
        status, _, _ = rest.partition(b" ")
        return forms.quote(method + b" " + status) + r"(?: [^\r\n]*)?\r\n"
    uri, _, version = rest.rpartition(b" ")
    if not uri or b" " in uri:
        return "(?!)"
    asked = assertions.get("uri", "")
    return forms.quote(method) + " " + asked + r"[^ \r\n]+ " + forms.quote(version) + r"\r\n"


def compiled(
    wire: Wire,
    response: bool,
    shape: str,
    tool: str,
    found: tuple[Signature | None, Product | None, bool],
    signatures: Sequence[Signature],
    carried: Carried | None,
) -> Template | None:
    """Return the template of a message, or None if none can be made that matches it."""
    winner, product, lies = found
    assertions = asks(signatures, winner, product, wire)
    carries = carried.kind if carried is not None else ""
    text = pattern(wire, response, assertions, carries)
    if not text:
        return None
    try:
        match = re.compile(text.encode("latin-1")).match
    except (re.error, OverflowError, RecursionError):
        return None
    if match(wire.data) is None:
        return None
    return Template(match, shape, tool, winner, lies, carries, text)
