"""How is a value written in a filter text, so that it can be shown and reads back the same?"""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^\s(),\"\\:=~<>!-][^\s(),\"\\]*")
_RESERVED = {"and", "or", "not"}
_ESCAPE = re.compile(r'\\(?:(["\\])|([nrt])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))')
_NAMED = {"n": "\n", "r": "\r", "t": "\t"}


def quote(value: str) -> str:
    """Return `value` as it is written behind an operator, in quotes where it needs them.

    What is not printable, and so might be obeyed by a terminal, is written as an escape.
    """
    if _PLAIN.fullmatch(value) and value.isprintable() and value.lower() not in _RESERVED:
        return value
    return f'"{"".join(map(_escaped, value))}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def closing(text: str, at: int) -> int:
    """Return where the quote that closes the one at `at` stands; -1 if there is none."""
    at += 1
    while at < len(text):
        if text[at] == '"':
            return at
        at += 2 if text[at] == "\\" else 1
    return -1


def unquote(inside: str) -> str:
    """Return what is meant by the text between two quotes.

    A backslash that begins no escape is one of the value. Raises ValueError for an escape of no
    character.
    """
    return _ESCAPE.sub(_meant, inside)


def _meant(match: re.Match[str]) -> str:
    if match[1]:
        return match[1]
    if match[2]:
        return _NAMED[match[2]]
    number = int(match[3] or match[4] or match[5], 16)
    if number > 0x10FFFF:
        raise ValueError(f"{match[0]} is no character")
    return chr(number)
