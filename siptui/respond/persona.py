"""As which product does the socket answer?

A persona is data: what Server says, which form a To tag has, in which order header fields stand.
Scanners compare these, so they must agree with one another.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from siptui.errors import SiptuiError


@dataclass(frozen=True, slots=True)
class Persona:
    """Describe one product by its answers."""

    name: str
    server: str
    """Value of `server_field`."""
    tag: str
    """Shape of a To tag: each ``x`` becomes a hexadecimal digit. Who returns it is verified, so it
    must not be guessed."""
    realm: str
    allow: str
    order: tuple[str, ...]
    """Header fields in the order they are written."""
    server_field: str = "Server"
    supported: str = ""
    challenge: str = 'Digest algorithm=MD5, realm="{realm}", nonce="{nonce}"'
    """How a challenge is written."""
    users: tuple[str, ...] = ()
    """Users that mode ``pbx`` knows, beside those that the secret chooses."""


DEFAULT_ORDER = (
    "Via", "From", "To", "Call-ID", "CSeq", "Server", "Allow", "Supported", "Contact",
    "WWW-Authenticate", "Content-Type", "Content-Length",
)  # fmt: skip
LEAST_DIGITS = 8
"""Hexadecimal digits of a To tag at least: RFC 3261 section 19.3 asks for 32 random bits."""
_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
_TEXTS = ("name", "server", "tag", "realm", "allow", "server_field", "supported", "challenge")


def load(path: Path) -> dict[str, Persona]:
    """Return the personas of a TOML file by name.

    Raises SiptuiError that names file, persona and key of a mistake.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8")).get("persona", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SiptuiError(f"{path}: not a file of personas: {error}") from None
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise SiptuiError(f"{path}: write each persona as [[persona]]")
    personas = [_persona(path, number, table) for number, table in enumerate(tables, 1)]
    return {persona.name: persona for persona in personas}


def _persona(path: Path, number: int, table: dict[str, object]) -> Persona:
    place = f"{path}, persona {table.get('name', number)!r}"
    known = {each.name for each in fields(Persona)}
    for key, value in table.items():
        if key not in known:
            raise SiptuiError(f"{place}: unknown key {key!r}")
        if key in _TEXTS and not (isinstance(value, str) and value.isascii() and _is_line(value)):
            raise SiptuiError(f"{place}: {key} must be one line of ASCII text")
        if key not in _TEXTS and not (
            isinstance(value, list) and all(isinstance(each, str) and _is_line(each)
                                            for each in value)
        ):  # fmt: skip
            raise SiptuiError(f"{place}: {key} must be a list of texts")
    texts = {key: str(table[key]) for key in _TEXTS if key in table}
    for key in ("name", "server", "tag", "realm", "allow"):
        if key not in texts:
            raise SiptuiError(f"{place}: {key} is missing")
    if texts["tag"].count("x") < LEAST_DIGITS or not _TOKEN.fullmatch(texts["tag"]):
        raise SiptuiError(f"{place}: tag must be a token with {LEAST_DIGITS} x or more")
    if not _TOKEN.fullmatch(texts.get("server_field", "Server")):
        raise SiptuiError(f"{place}: server_field must be the name of a header field")
    challenge = texts.get("challenge", "{nonce}").replace("{realm}", "")
    if "{nonce}" not in challenge or {"{", "}"} & set(challenge.replace("{nonce}", "")):
        raise SiptuiError(f"{place}: challenge must name {{nonce}}, and may name {{realm}}")
    order = _list(table, "order") or DEFAULT_ORDER
    missing = {"Via", "From", "To", "Call-ID", "CSeq", "Content-Length"} - set(order)
    if missing:
        raise SiptuiError(f"{place}: order lacks {', '.join(sorted(missing))}")
    if len(set(order)) < len(order):
        raise SiptuiError(f"{place}: order names a header field twice")
    return Persona(order=order, users=_list(table, "users"), **texts)


def _list(table: dict[str, object], key: str) -> tuple[str, ...]:
    value = table.get(key)
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def _is_line(value: str) -> bool:
    return value.isprintable()
