"""What of a filter text may be seen while addresses and users are hidden?"""

from __future__ import annotations

import re
from collections.abc import Callable

from siptui.record import FIELD

DOT = "•"
_TERM = re.compile(
    r"(?<![\w-])(?P<term>-?(?P<field>[A-Za-z][\w-]*)(?:!=|[<>]=?|[:=~]))?"
    r'(?P<value>"(?:[^"\\]|\\.)*"?|[^\s()]+)'
)
_PLAIN = frozenset((
    "time", "sport", "dport", "transport", "kind", "method", "status", "country", "asn", "len",
    "cseq", "defects", "tool", "labels", "shape", "number_country", "number_prefix", "new", "iface",
))  # fmt: skip
"""Fields whose values name neither an address nor a user."""
_WORD = re.compile(r"-?(?:[A-Z]+|and|or|not|odd)", re.ASCII)
"""What may stand alone: methods, keywords and the flag that is no field."""


def dotted(field: str, value: str) -> str:
    """Return dots in place of the value of a field."""
    return DOT * len(value)


def veiled(value: str, hide: Callable[[str, str], str] = dotted) -> str:
    """Return a filter text in which what may name an address or a user is hidden.

    `hide` takes a field and its value, and returns what is seen of it; dots keep the length.
    """

    def seen(match: re.Match[str]) -> str:
        term, words = match["term"] or "", match["value"]
        if match["field"]:
            field = FIELD.get(match["field"].lower())
            name = field.name if field else ""
            return term + (words if name in _PLAIN else hide(name, words))
        plain = _WORD.fullmatch(words) or words.lstrip("-").lower() in FIELD
        return words if plain else dotted("", words)

    return _TERM.sub(seen, value)


def covered(words: str, value: str) -> str:
    """Return words about a filter text in which what `veiled` dots is dotted, too."""
    for match in re.finditer(f"{DOT}+", veiled(value)):
        words = words.replace(value[match.start() : match.end()].strip('"'), DOT * 3)
    return words
