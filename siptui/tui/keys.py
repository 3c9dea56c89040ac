"""How are keys named?"""

from __future__ import annotations

import unicodedata

from textual.keys import KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys

_NAMES = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "plus": "+",
    "equals_sign": "=",
    "minus": "-",
    "space": "Spc",
    "escape": "Esc",
    "backspace": "Bksp",
    "enter": "Enter",
    "tab": "Tab",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "comma": ",",
    "full_stop": ".",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}


def key_name(key: str) -> str:
    """Return a key as a person names it: ``Ctrl-D``, ``/``, ``Spc``."""
    head, plus, last = key.rpartition("+")
    if plus and head:
        name = _NAMES.get(last, last.upper() if head == "ctrl" and len(last) == 1 else last)
        return f"{head.capitalize()}-{name.capitalize() if len(name) > 1 else name}"
    name = _NAMES.get(key, key)
    return name.upper() if len(name) == 2 and name[0] == "f" else name


_KEYS = frozenset(key.value for key in Keys) | KEY_TO_UNICODE_NAME.keys() | REPLACED_KEYS.keys()
_WITH = frozenset({"ctrl", "shift", "alt", "meta", "super", "hyper"})


def is_key(key: str) -> bool:
    """Tell whether a terminal may have a key of Textual's name `key`, such as ``ctrl+p``."""
    *modifiers, last = key.split("+") if key not in _KEYS else [key]
    if not _WITH.issuperset(modifiers):
        return False
    if len(last) == 1 or last in _KEYS:
        return True
    try:
        unicodedata.lookup(last.replace("_", " "))
    except KeyError:
        return False
    return True


def plain_key(name: str) -> str:
    """Return a key's name in ASCII."""
    for arrow, word in zip("↑↓←→", ("Up", "Down", "Left", "Right"), strict=True):
        name = name.replace(arrow, word)
    return name


CHARACTERS = {
    "/": "slash",
    "?": "question_mark",
    ":": "colon",
    "+": "plus",
    "=": "equals_sign",
    "-": "minus",
    " ": "space",
    ".": "full_stop",
}
"""Textual's names of keys that settings may give by their character."""
