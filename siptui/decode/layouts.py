"""Was a message with these header names in this order seen before? Then one pattern reads it.

Scanners write all their messages alike. A layout (the names as written, in order) that was seen
often enough becomes one regular expression over the whole head, which finds every value at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from siptui.decode.fields import canonical
from siptui.decode.usual import BODIES

AFTER = 32
"""Sightings after which a layout becomes a pattern."""

EVERY = 2000
"""Messages of new layouts for each pattern that is made: making one takes milliseconds."""

KEYS = 64
"""Kinds of messages, by their first and last bytes, that layouts are kept of."""

CANDIDATES = 6
"""Layouts of one kind that are kept; the one unused for longest goes."""

_ANY = rb"([ -~\t]*+)"
_CSEQ = rb"( *(\d{1,9} ([A-Z]+)))"
_END = b"\r\n\r\n"


class Layout(NamedTuple):
    """Hold the pattern of one layout, and which of its groups hold what."""

    match: Callable[[bytes], re.Match[bytes] | None]
    names: tuple[bytes, ...]
    values: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
    """Picks the values from the groups, in order."""
    spans: tuple[int, ...]
    """The groups of From, To, Call-ID, CSeq, Contact and Via without white space around them; 1,
    an empty group, for what is missing."""
    method: int
    """The group of the method in CSeq."""
    user: int
    """The first of the two groups of which one may hold To's user."""
    via: int
    """The group of transport and host in the topmost Via."""
    contact: tuple[int, int]
    """The groups of which one may hold the host of the first Contact."""
    length: int
    """Where among the values Content-Length stands; -1 if nowhere."""
    content: int
    """The same for Content-Type."""
    agent: int
    server: int
    others: tuple[tuple[int, str], ...]
    """Where among the values stand those that must be judged, and their canonical names."""


def build(names: tuple[bytes, ...], judged: frozenset[str]) -> Layout:
    """Make the layout of messages with these names; `judged` are fields that have a judge.

    A name that may be there only once must not be there twice, and CSeq must be.
    """
    pattern = [rb"()([^\r\n]*+)"]
    groups = 2
    values: list[int] = []
    spans: dict[str, int] = {}
    places: dict[str, int] = {}
    others: list[tuple[int, str]] = []
    method = user = 0
    via, contact = 1, (1, 1)
    for place, name in enumerate(names):
        known = canonical(name)
        pattern.append(b"\r\n" + re.escape(name) + b":")
        values.append(groups + 1)
        if known == "To":
            user = groups + 3
        elif known == "Via":
            via = groups + 3 if via == 1 else via
        elif known == "Contact" and contact == (1, 1):
            contact = groups + 4, groups + 6
        if known == "CSeq":
            pattern.append(_CSEQ)
            method = groups + 3
        elif known in BODIES:
            pattern.append(b"( *(" + BODIES[known] + b"))")
        else:
            pattern.append(_ANY)
            if known in judged and known not in ("Content-Length", "Content-Type"):
                others.append((place, known))
        if known in BODIES or known == "CSeq":
            spans.setdefault(known, groups + 2)
        places.setdefault(known, place)
        groups += re.compile(pattern[-1]).groups
    order = ("From", "To", "Call-ID", "CSeq", "Contact", "Via")
    return Layout(
        re.compile(b"".join(pattern) + _END).match,
        names,
        _picker([each - 1 for each in values]),
        tuple(spans.get(each, 1) for each in order),
        method - 1,
        user - 1,
        via - 1,
        (contact[0] - 1, contact[1] - 1),
        places.get("Content-Length", -1),
        places.get("Content-Type", -1),
        places.get("User-Agent", -1),
        places.get("Server", -1),
        tuple(others),
    )


def _picker(indexes: list[int]) -> Callable[[tuple[bytes, ...]], tuple[bytes, ...]]:
    pick: Callable[[tuple[bytes, ...]], Any] = itemgetter(*indexes)
    return pick


class Layouts:
    """Keep the layouts that are seen often."""

    def __init__(self, after: int = AFTER, every: int = EVERY) -> None:
        """Make a pattern `after` so many sightings, one for `every` so many messages at most."""
        self._after = after
        self._every = every
        self._credit = 16 * every
        self._kinds: dict[bytes, list[Layout]] = {}
        self._sightings: dict[tuple[bytes, ...], int] = {}

    def find(self, data: bytes, end: int) -> tuple[Layout, re.Match[bytes]] | None:
        """Return the layout that reads a message whose head ends at `end`, and what it found."""
        last = data.rfind(b"\n", 0, end)
        layouts = self._kinds.get(data[:3] + data[last : last + 4])
        if layouts is None:
            return None
        for place, layout in enumerate(layouts):
            match = layout.match(data)
            if match is not None:
                if place:
                    del layouts[place]
                    layouts.insert(0, layout)
                return layout, match
        return None

    def note(self, data: bytes, end: int, names: tuple[bytes, ...], judged: frozenset[str]) -> None:
        """Count a well-formed message that no layout read; make one if it is time."""
        self._credit = min(self._credit + 1, 16 * self._every)
        sightings = self._sightings.get(names, 0) + 1
        if sightings < self._after or self._credit < self._every:
            if len(self._sightings) >= 1024:
                self._sightings.clear()
            self._sightings[names] = sightings
            return
        self._sightings.pop(names, None)
        self._credit -= self._every
        last = data.rfind(b"\n", 0, end)
        if len(self._kinds) >= KEYS:
            self._kinds.clear()
        layouts = self._kinds.setdefault(data[:3] + data[last : last + 4], [])
        # A message whose values are unusual has no layout, though its names may have one.
        if all(each.names != names for each in layouts):
            layouts[:] = [build(names, judged), *layouts[: CANDIDATES - 1]]
