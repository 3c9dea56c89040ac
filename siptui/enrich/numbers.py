"""Which telephone number does a request dial, behind which prefix?

Bots hold a number and vary what they put before it. So the longest suffix that is common to what
one source, or the writers of one shape, dialled is the number; only where there is nothing to
compare with, every split into a prefix and a valid international number is weighed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from siptui.enrich.plans import MOST, country_of, is_number
from siptui.enrich.sources import Recent
from siptui.record import Record

LEAST = 8
"""Digits of the shortest number that is looked for."""
BASELINE = 11
"""Characters above the longest baseline of svwar."""
SUFFIX = 9
"""Digits that two dialled texts must have in common to be one number."""
LONGEST = 40
"""Characters of the longest text that is taken for a dialled one."""
CLUSTERS = 20_000
"""Numbers remembered at most, for each source and for each shape that dialled them."""
SURE = 40
"""The confidence in per cent from which on a number is shown."""

_SEPARATORS = str.maketrans("", "", "-.() \t/")
_DIALLED = re.compile(r"[0-9+*#]*[0-9]{8}")
_EXITS = ("0011", "011", "810", "00")
"""What dials out of a country: Australia, North America, Russia, most others."""


class Dialled(NamedTuple):
    """Hold a dialled number and how it was found."""

    number: str
    """In international form without ``+``; empty if none was found."""
    country: str
    """ISO 3166 code of its country; empty if unknown or none."""
    prefix: str
    """What was dialled before it."""
    confidence: int
    """In per cent."""
    why: str


NOTHING = Dialled("", "", "", 0, "no number")


def clean(user: str) -> str:
    """Return what a user part dials: digits, and ``+``, ``*`` or ``#`` before the last eight.

    Parameters and visual separators go (RFC 3966 section 5.1.1); what is no dialled text gives an
    empty one.
    """
    if len(user) > LONGEST:
        user = user.partition(";")[0].partition("@")[0]
        if len(user) > LONGEST:
            return ""
    if not user.isdecimal():
        user = user.partition(";")[0].partition("@")[0].translate(_SEPARATORS)
    return user if user.isascii() and _DIALLED.fullmatch(user) else ""


@lru_cache(1 << 14)
def split(text: str) -> Dialled:
    """Return the best split of a dialled text (see `clean`) into prefix and number.

    Nothing but the text is known here, so the answer may be a guess; `Dialled.confidence` tells.
    """
    plus = text.rfind("+")
    start = max(plus, text.rfind("*"), text.rfind("#")) + 1
    digits = text[start:]
    if plus >= 0 and start == plus + 1 and is_number(digits):
        return Dialled(digits, country_of(digits), text[:start], 95, "it follows the last +")
    best = NOTHING
    for length in range(max(0, len(digits) - MOST), len(digits) - LEAST + 1):
        number = digits[length:]
        if number[0] == "0" or not is_number(number):
            continue
        score, why = _weigh(digits[:length], number)
        if score > best.confidence:
            best = Dialled(number, country_of(number), text[: start + length], score, why)
    return best


def _weigh(prefix: str, number: str) -> tuple[int, str]:
    """Return the confidence in a split, in per cent, and its reason."""
    digits = len(number)
    short = 25 if digits < 9 else 10 if digits < 10 else 0
    if prefix == "":
        return 60 - short, "it is a valid international number as it stands"
    far = 4 * max(0, len(prefix) - 7)
    for exit in _EXITS:
        if prefix.endswith(exit):
            score = 90 if exit != "00" else 85
            return max(1, score - short // 2 - far - 2 * (len(prefix) - len(exit))), (
                f"it follows the exit prefix {exit}"
            )
    if len(prefix) <= 2:
        return 50 - short, "a valid international number follows a short prefix"
    return max(1, 46 - short - far - len(prefix)), "a valid number is at its end"


def within(suffix: str, text: str) -> Dialled:
    """Return the number in `text`, of which `suffix` is all that the texts have in common."""
    digits = suffix.lstrip("+*#0")
    if is_number(digits):
        prefix = text[: len(text) - len(digits)]
        return Dialled(digits, country_of(digits), prefix, 97, "all that was dialled ends with it")
    best = split(suffix)
    number = best.number or digits
    if len(number) < LEAST:
        return NOTHING
    return Dialled(
        number,
        best.country,
        text[: len(text) - len(number)],
        max(70, best.confidence) if best.number else 50,
        "all that was dialled has this end",
    )


def common(one: str, other: str) -> str:
    """Return the longest common suffix of two texts."""
    length = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        length += 1
    return one[len(one) - length :]


class Numbers:
    """Find the dialled number of each request, with what others dialled in mind."""

    def __init__(self, limit: int = CLUSTERS) -> None:
        """Remember at most `limit` numbers a source and a shape have dialled."""
        self._by_source: Recent[tuple[str, bool]] = Recent(limit)
        self._by_shape: Recent[tuple[str, bool]] = Recent(limit)

    @property
    def let_go(self) -> int:
        """Return how many remembered numbers were forgotten."""
        return self._by_source.let_go + self._by_shape.let_go

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill `number`, `number_country` and `number_prefix` of records, in order of arrival."""
        for record in records:
            user = record.user
            # svwar begins with a random number of up to ten digits, which nobody means to dial.
            least = BASELINE if record.tag_extension else LEAST
            if len(user) >= least and not record.status:
                found = self.dialled(record)
                if found.confidence >= SURE:
                    record.number, record.number_country, record.number_prefix = found[:3]

    def dialled(self, record: Record) -> Dialled:
        """Return what a request dials, and remember it.

        A request other than INVITE names its own number as often as another's, so there it takes
        an exit prefix. What has a To tag is in a dialog and dials nothing.
        """
        text = clean(record.user)
        if not text:
            return NOTHING
        method = record.method
        if method == "INVITE":
            at, stop = record.spans[4:6]
            if record.data.find(b";tag=", at, stop) >= 0:
                return NOTHING
        elif method in ("ACK", "CANCEL", "BYE", "PRACK", "UPDATE", "INFO", ""):
            return NOTHING
        else:
            found = split(text)
            sure = found.prefix.endswith(_EXITS) or len(found.prefix) > 1 < found.confidence - SURE
            return found if sure and found.prefix != "+" else NOTHING
        return self._compare(text, record)

    def _compare(self, text: str, record: Record) -> Dialled:
        for table, owner in ((self._by_source, record.src), (self._by_shape, record.shape)):
            if not owner or len(text) < SUFFIX:
                continue
            key = (owner, text[-SUFFIX:])
            known = table.get(key)
            if known is None:
                table.put(key, (text, False))
            elif known[0] != text:
                known = (common(known[0], text), True)
                table.put(key, known)
                return within(known[0], text)
            elif known[1]:
                return within(known[0], text)
        return split(text)
