"""Has a source shown nothing but known tools and routine scans?

This decides what ``not known`` leaves. A source is known until it shows one thing that is worth a
look: credentials, a dialled number, an exploit, a message that no signature knows (whatever its
user agent says, which is easily copied), or a user agent that lies. From that message on none of
its messages is known, so that what led from it can be read; the messages before it stay as they
were judged.

Enumeration and password guessing are what known tools do. So svwar stays known whatever it asks
for; svcrack does, too, until it sends credentials: these are kept, whoever sends them. OPTIONS of a
tool without a signature are a routine scan as soon as their shape came from many sources, and what
is no SIP is noise.
"""

from __future__ import annotations

from collections.abc import Mapping

from siptui.enrich.sources import Recent, Source, Sources
from siptui.record import Record

SHAPES = 10_000
"""Shapes of OPTIONS whose sources are remembered."""
COMMON = 10
"""Sources from which on a shape of OPTIONS is not rare."""
KEPT = (
    "log4shell", "sql-injection", "shell", "xss", "format-string", "terminal-attack",
    "header-smuggling", "web-exploit", "long-cseq", "tag-overflow", "bad-multipart", "bad-sdp",
    "many-accepts", "toll-fraud", "password-guessing", "credential-spray", "digest-leak",
    "foreign-digest", "backscatter",
)  # fmt: skip
"""Labels that are always worth a look."""
_FOLLOWING = frozenset(("ACK", "CANCEL", "BYE", "PRACK"))
"""What follows from an earlier request, and says nothing by itself."""


class Known:
    """Judge records by what their source has shown."""

    def __init__(self, bits: Mapping[str, int]) -> None:
        """Use `bits` for the labels."""
        self._kept = 0
        for name in KEPT:
            self._kept |= bits[name]
        self._relay = bits["relay-probe"]
        self._shapes: Recent[set[int]] = Recent(SHAPES)

    def judge(self, record: Record, source: Source, found: int, sources: Sources) -> bool:
        """Tell whether a record with the labels `found` is of a known source."""
        if record.ours or (record.status and not found & self._kept):
            asked = sources.peek(record.dst)
            return asked is not None and not asked.interesting
        if source.interesting:
            return False
        if found & self._kept or record.number or record.ua_lies or record.tag_password:
            source.interesting = True
        elif record.kind != "sip" or (record.tool and not record.tool.endswith("?")):
            pass
        elif found & self._relay or not self._is_routine(record):
            source.interesting = True
        return not source.interesting

    def _is_routine(self, record: Record) -> bool:
        if record.method in _FOLLOWING:
            return True
        if record.method != "OPTIONS" or not record.shape:
            return False
        senders = self._shapes.get(record.shape)
        if senders is None:
            senders = set()
            self._shapes.put(record.shape, senders)
        if len(senders) < COMMON:
            senders.add(hash(record.src))
        return len(senders) >= COMMON
