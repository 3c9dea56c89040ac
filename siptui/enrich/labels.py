"""What is each message about? The rules, run over records in order of arrival.

Which rules there are, how severe and why, is in ``data/labels.toml``. A set of labels is a number
with a bit for each, the most severe the lowest, until it becomes a tuple of names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from siptui.enrich import exploits
from siptui.enrich.book import Book, load
from siptui.enrich.content import Content
from siptui.enrich.forged import Forged
from siptui.enrich.habits import Habits, NonceTest
from siptui.enrich.known import Known
from siptui.enrich.sources import Source, Sources
from siptui.record import Record

TINY = 20
"""Bytes of the longest partial OPTIONS that only asks for a large answer."""
PLAIN_PORT = 5060
"""The port of SIP that is not encrypted (RFC 3261 section 19.1.2)."""
SETS = 1 << 14
"""Sets of labels whose names are remembered."""
_CONNECTED = frozenset(("tcp", "tls", "ws", "wss", "sctp"))
_SILENT = frozenset(("malformed", "fragment", "text", "binary", "sip"))
"""Kinds that are no protocol of their own."""


class Labels:
    """Give records their labels, and say whether their source is known."""

    def __init__(
        self,
        file: Path | None = None,
        *,
        own: Collection[str] = (),
        sources: Sources | None = None,
        issued: NonceTest | None = None,
        returned: Callable[[Record], int] | None = None,
    ) -> None:
        """Read the built-in labels and the user's `file` of labels and rules, if it is there.

        `own` are addresses and names that are ours. `issued` tells of a nonce whether it is the
        responder's, `returned` of a request whether it gives back what only our answer held (1), or
        of how many answers its source gave nothing back (a number below 0); without them nothing is
        said about either. Raises SiptuiError for a wrong file.
        """
        self.book: Book = load(file)
        self.sources = Sources() if sources is None else sources
        self._returned = returned
        self._names = list(self.book.labels)
        bits = self._bits = {name: 1 << at for at, name in enumerate(self._names)}
        self._tuples: dict[int, tuple[str, ...]] = {0: ()}
        self._content = Content(bits, own)
        self._habits = Habits(bits, issued)
        self._forged = Forged()
        self._known = Known(bits)
        self._above = len(bits)
        self._toll = bits["toll-fraud"]
        self._spoofed = bits["spoof-suspect"]
        self._verified = bits["verified"]
        self._leak = bits["digest-leak"]
        self._backscatter = bits["backscatter"]

    @property
    def let_go(self) -> int:
        """Return how many sources and groups were forgotten for want of room."""
        return self.sources.let_go + self._habits.let_go + self._forged.let_go

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill `labels` and `known` of records, in order of arrival."""
        self.look(records)
        self.remember(records)

    def look(self, records: Sequence[Record]) -> None:
        """Fill `says` and `credentials`, which need nothing but the message."""
        look, attacks = self._content.look, self._content.attacks
        for record in records:
            if record.kind != "sip":
                continue
            if record.status or not record.method:
                record.says = attacks(record)
            else:
                look(record)

    def remember(self, records: Sequence[Record]) -> None:
        """Fill the rest, which depends on earlier messages, in order of arrival."""
        tuples, sources, known = self._tuples, self.sources, self._known
        remember, returned = self._habits.remember, self._returned
        above = 1 << self._above
        young, rules = sources.young, self.book.rules
        for record in records:
            source = young.get(record.src)
            if source is None:
                source = sources.of(record.src)
                young = sources.young
            source.messages += 1
            if record.kind != "sip":
                found = self._other(record, source)
            elif record.status or not record.method:
                found = self._response(record)
            else:
                found = record.says | remember(record, source, record.credentials)
                if record.number:
                    found |= self._toll
                if found >= above or record.transport != "udp" or returned is not None:
                    found = self._proves(record, found)
            if rules:
                found |= self._users_rules(record)
            source.last = record.time
            labels = tuples.get(found)
            record.labels = self._tuple(found) if labels is None else labels
            # Asking is not needed for those of whom it was found out before.
            if not source.interesting or record.status or record.ours:
                record.known = known.judge(record, source, found, sources)
        if records:
            self._habits.traffic.count(len(records), records[-1].time)

    def _tuple(self, found: int) -> tuple[str, ...]:
        names = tuple(name for at, name in enumerate(self._names) if found >> at & 1)
        if len(self._tuples) < SETS:
            self._tuples[found] = names
        return names

    def _users_rules(self, record: Record) -> int:
        found = 0
        for rule in self.book.rules:
            if rule.matches(record):
                found |= self._bits[rule.label]
        return found

    def _returns(self, record: Record) -> int:
        """Return 1 for what shows that its source reads what is sent to it, else `returned`."""
        if record.transport in _CONNECTED:
            return 1
        return self._returned(record) if self._returned is not None else 0

    def _proves(self, record: Record, found: int) -> int:
        """Return labels with what the source has proved, or what the points above them come to."""
        back = self._returns(record)
        points, found = found >> self._above, found & (1 << self._above) - 1
        if back > 0:
            found |= self._verified
        elif points and not found & self._verified and self._forged.suspects(record, points, -back):
            found |= self._spoofed
        return found

    def _response(self, record: Record) -> int:
        """Return the labels of a response: one nobody asked for, or one that asks for a digest."""
        found = record.says
        asked = self.sources.peek(record.dst)
        if not record.ours and (asked is None or not asked.sent_to(record.src)):
            found |= self._backscatter
        if record.status in (401, 407) and record.raw("cseq").upper().endswith(b"BYE"):
            found |= self._leak
        if record.transport != "udp" and self._returns(record) > 0:
            found |= self._verified
        return found

    def _other(self, record: Record, source: Source) -> int:
        """Return the labels of what is no SIP message."""
        kind, data = record.kind, record.data
        if kind in ("keep-alive", "empty"):
            return self._bits[kind]
        if len(data) <= TINY and data.startswith(b"OPTIONS"):
            return self._bits["amplification-probe"]
        found = self._bits["other-protocol"]
        if record.transport == "icmp":
            return found
        if kind in ("tls", "dtls") and record.dport == PLAIN_PORT:
            found |= self._bits["wrong-transport"]
        if kind not in _SILENT and source.speaks(kind, record.time):
            found |= self._bits["service-sweep"]
        if data.find(b"HTTP/1.", 0, 4096) > 0 and exploits.web_exploit(record) is not None:
            found |= self._bits["web-exploit"]
        return found
