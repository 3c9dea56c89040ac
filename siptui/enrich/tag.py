"""What does a From tag of SIPVicious carry?

Its programs keep no state: what they must know when a response comes they write into the tag, as
lower-case hexadecimal of ``PAYLOAD \\x01 RANDOM`` (createTag and getTag, libs/svhelper.py).
"""

from __future__ import annotations

import re
from binascii import unhexlify
from typing import NamedTuple

LEAST = 6
"""Digits of RANDOM below which a tag that carries no target is taken for chance."""


def _random(least: int) -> str:
    """Return the pattern of a RANDOM of at least so many digits: none is 2**32 or more."""
    digits = str((1 << 32) - 1)
    rest = len(digits)
    longest = begin = ""
    for digit in digits:
        rest -= 1
        longest += f"|{begin}3[0-{int(digit) - 1}](?:3[0-9]){{{rest}}}"
        begin += f"3{digit}"
    return f"01(?:(?:3[0-9]){{{least},{len(digits) - 1}}}{longest}|{begin})"


_TEXT = "(?:[2-6][0-9a-f]|7[0-9a-e])"
_NO_COLON = f"(?:(?!3a){_TEXT})"
KINDS = {
    "target": "(?:3[0-9]|6[1-6]){12}" + _random(1),
    "extension": f"{_NO_COLON}+{_random(LEAST)}",
    "credentials": f"{_NO_COLON}*3a{_TEXT}*{_random(LEAST)}",
}
"""The tags that carry a target, what may be an extension, a user name with a password."""
PATTERN = f"(?:{KINDS['target']}|{_TEXT}+{_random(LEAST)})"
"""A tag that carries something: printable ASCII, one 0x01, a decimal number."""
WRITTEN = r"(?:(?:3[0-9]|6[1-6]){12}01(?:3[0-9]){1,10}|(?:[2-7][0-9a-f])+01(?:3[0-9]){6,10})"
"""A tag written like one that does, whose number may be too large; shapes take them all for one."""
_HEX = re.compile(rb"[0-9a-f]+")
_PRINTABLE = bytes(range(0x20, 0x7F))


class Carried(NamedTuple):
    """Hold what a tag carries; only what its program put there is not empty."""

    target: str = ""
    """The address and port that svmap thought it sent to: ``192.0.2.1:5060``."""
    extension: str = ""
    """The extension that svwar tried."""
    user: str = ""
    """The user name that svcrack tried."""
    password: str = ""
    """The password that svcrack tried."""

    @property
    def kind(self) -> str:
        """Return which of `KINDS` it is."""
        return "target" if self.target else "extension" if self.extension else "credentials"


def carried(tag: bytes, sender: bytes = b"", dst: str = "") -> Carried | None:
    """Return what a From tag carries, or None if it is no tag of SIPVicious.

    `sender` is the From header field and `dst` where the message was sent; they decide what a
    payload means that could be an extension as well as a target. The random number has one to ten
    digits; short ones are so rare that they count only behind a target, which nothing else looks
    like.
    """
    try:
        payload, mark, random = unhexlify(tag).partition(b"\x01")
    except ValueError:
        return None
    if not (mark and payload and random.isdigit() and len(random) <= 10):
        return None
    if int(random) >= 1 << 32 or payload.translate(None, _PRINTABLE) or tag != tag.lower():
        return None
    text = payload.decode()
    if _HEX.fullmatch(payload) and not (len(random) >= LEAST and _names(sender, payload)):
        if b"@[" in sender and len(payload) > 4 and len(random) >= LEAST:
            return Carried(target=_target6(text, dst))
        if len(payload) == 12:
            return Carried(target=_target(text))
    if len(random) < LEAST:
        return None
    name, colon, password = text.partition(":")
    return Carried(user=name, password=password) if colon else Carried(extension=text)


def _names(sender: bytes, user: bytes) -> bool:
    return b":" + user + b"@" in sender


def _target(digits: str) -> str:
    address = ".".join(str(int(digits[at : at + 2], 16)) for at in range(0, 8, 2))
    return f"{address}:{int(digits[8:], 16)}"


def _target6(digits: str, dst: str) -> str:
    """Return address and port; svmap leaves out the colons, so `dst` must say where they were."""
    joined, port = digits[:-4], int(digits[-4:], 16)
    if dst.replace(":", "") == joined:
        return f"[{dst}]:{port}"
    if len(joined) == 32:
        return f"[{':'.join(joined[at : at + 4] for at in range(0, 32, 4))}]:{port}"
    return f"[{joined}]:{port}"
