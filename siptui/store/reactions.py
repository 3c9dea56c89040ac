"""What do sources do after each kind of our answers? By mode and status, how many did what."""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import NamedTuple

import numpy as np

from siptui.batch import SPAN_COUNT, Batch
from siptui.record import SPANS

SOURCES = 20_000
"""Sources whose reactions are followed at most; the longest unheard go first, but stay counted."""
OUTCOMES = ("silent", "acknowledged", "came back", "escalated")
"""What a source did at most after an answer, from nothing to more than it asked for before."""
_CSEQ = 2 * SPANS.index("cseq")
_RANKS = {"INVITE": 4, "OPTIONS": 0, "": 0}
_ANY_OTHER = 2
_WITH_CREDENTIALS = 1


class Kind(NamedTuple):
    """Name one kind of answer."""

    mode: str
    """The mode it was given in."""
    status: int
    """Its status code; 0 for a mirrored request."""


class _Source:
    """Hold what one source was answered last, and what it did after each kind of answer."""

    __slots__ = ("asked", "done", "kind")

    def __init__(self) -> None:
        self.asked = 0
        """The rank of its last request."""
        self.kind: tuple[Kind, int] | None = None
        """The last answer to it, and the rank of what was answered."""
        self.done: dict[Kind, int] = {}
        """The highest place in `OUTCOMES` by kind of answer."""


class Reactions:
    """Count sources by what they did after our answers, within bounds."""

    def __init__(self, limit: int = SOURCES) -> None:
        """Follow at most `limit` sources at a time."""
        self._limit = limit
        self._sources: OrderedDict[str, _Source] = OrderedDict()
        self._counts: dict[Kind, Counter[int]] = {}

    @property
    def counts(self) -> dict[Kind, dict[str, int]]:
        """Return the number of sources by kind of answer and by outcome; each counts once."""
        return {
            kind: {name: found[at] for at, name in enumerate(OUTCOMES)}
            for kind, found in sorted(self._counts.copy().items())
        }

    def add(self, batch: Batch, mode: str) -> None:
        """Follow the rows of a batch that arrived while answers were given in `mode`."""
        ours = np.asarray(batch.numbers["ours"], np.bool_)
        if not ours.any() and not self._sources:
            return
        targets, target_codes = batch.words["dst"]
        names, codes = batch.words["src"]
        met = self._sources.keys() | {str(targets[target_codes[row]]) for row in
                                      np.flatnonzero(ours).tolist()}  # fmt: skip
        known = np.array([name in met for name in names], np.bool_)
        for row in np.flatnonzero(ours | known[np.asarray(codes, np.uint16)]).tolist():
            if ours[row]:
                status = batch.numbers["status"][row]
                self._answered(str(targets[target_codes[row]]), Kind(mode, status), batch, row)
            elif not batch.numbers["status"][row]:
                self._acted(str(names[codes[row]]), batch, row)

    def _answered(self, name: str, kind: Kind, batch: Batch, row: int) -> None:
        source = self._sources.get(name)
        if source is None:
            source = self._sources[name] = _Source()
            if len(self._sources) > self._limit:
                self._sources.popitem(last=False)
        else:
            self._sources.move_to_end(name)
        source.kind = kind, max(source.asked, _rank(_method(batch, row)))
        if kind not in source.done:
            source.done[kind] = 0
            self._counts.setdefault(kind, Counter())[0] += 1

    def _acted(self, name: str, batch: Batch, row: int) -> None:
        source = self._sources.get(name)
        if source is None:
            return
        method = _word(batch, "method", row)
        rank = _rank(method) + _WITH_CREDENTIALS * bool(_word(batch, "auth_user", row))
        if source.kind is not None:
            kind, before = source.kind
            outcome = 1 if method == "ACK" else 3 if rank > before else 2
            if outcome > source.done[kind]:
                counts = self._counts[kind]
                counts[source.done[kind]] -= 1
                counts[outcome] += 1
                source.done[kind] = outcome
        if method != "ACK":
            source.asked = rank


def _rank(method: str) -> int:
    """Return how much a request asks for: to be told something, to be let in, to be called."""
    return _RANKS.get(method, _ANY_OTHER)


def _word(batch: Batch, name: str, row: int) -> str:
    values, codes = batch.words[name]
    return str(values[codes[row]])


def _method(batch: Batch, row: int) -> str:
    """Return the method of an answer's CSeq, or of the request if it was mirrored."""
    start, stop = batch.spans[row * SPAN_COUNT + _CSEQ : row * SPAN_COUNT + _CSEQ + 2]
    at = batch.data_offsets[row]
    return batch.blob[at + start : at + stop].rpartition(b" ")[2].decode("ascii", "replace")
