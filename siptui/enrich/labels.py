"""What is each message about? The rules, run over records in order of arrival.

Cheap tests come first: a look at bytes that only attacks need, the addresses by what repeats, then
the history of the source. Which rules there are, how severe and why, is in ``data/labels.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from siptui.enrich import digests, exploits
from siptui.enrich.book import Book, load
from siptui.enrich.hosts import network
from siptui.enrich.known import Known
from siptui.enrich.reach import Reach
from siptui.enrich.sources import FLOOD_SECONDS, SECOND, Recent, Source, Sources, Traffic
from siptui.record import Record

SCANS = 3
"""OPTIONS of a source that are a capability scan; after that it is a habit."""
GROUPS = 10_000
"""Networks with a tool in common whose users are remembered."""
TINY = 20
"""Bytes of the longest partial OPTIONS that only asks for a large answer."""
MASKED = 3
"""Sources with the same bytes that make an amplification probe."""
ORDINARY = frozenset(
    name.encode()
    for name in (
        "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "User-Agent",
        "Content-Length", "Accept", "Allow", "Supported", "Expires", "Server", "Date",
        "Allow-Events", "Accept-Language", "Accept-Encoding", "Event", "Subject",
        "Organization", "Require", "v", "f", "t", "i", "m", "l", "k", "Call-Id", "User-agent",
    )
)  # fmt: skip
"""Header names that no rule asks for."""
_ENUMERATING = frozenset(("REGISTER", "OPTIONS", "INVITE", "SUBSCRIBE"))
_STARTING = frozenset(("INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER",
                       "NOTIFY", "INFO"))  # fmt: skip
_UNASKED = frozenset(("MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH"))
_CONNECTED = frozenset(("tcp", "tls", "ws", "wss", "sctp"))
_SILENT = frozenset(("keep-alive", "empty", "malformed", "fragment", "sip"))
_TELLING_DEFECTS = ("length", "duplicate", "repeated", "twice", "colon", "control", "name", "cseq")

NonceTest = Callable[[str, str, float], bool]
"""Tells whether a nonce was given to a source (address) not long before a time (seconds)."""


class Labels:
    """Give records their labels, and say whether their source is known."""

    def __init__(
        self,
        file: Path | None = None,
        *,
        own: Collection[str] = (),
        sources: Sources | None = None,
        issued: NonceTest | None = None,
        returned: Callable[[Record], bool] | None = None,
    ) -> None:
        """Read the built-in labels and the user's `file` of labels and rules, if it is there.

        `own` are addresses and names that are ours. `issued` tells of a nonce whether it is the
        responder's, `returned` of a request whether it gives back what only our answer held;
        without them nothing is said about either. Raises SiptuiError for a wrong file.
        """
        self.book: Book = load(file)
        self.sources = sources or Sources()
        self._issued = issued
        self._returned = returned
        self._names = list(self.book.labels)
        self._bits = {name: 1 << at for at, name in enumerate(self._names)}
        self._tuples: dict[int, tuple[str, ...]] = {0: ()}
        self._reach = Reach(self._bits.__getitem__, own)
        self._known = Known(self._bits)
        self._traffic = Traffic()
        self._groups: Recent[Source] = Recent(GROUPS)
        self._probes: Recent[set[int]] = Recent(GROUPS)
        self._telling: dict[tuple[str, ...], bool] = {(): False}
        bit = self._bits.__getitem__
        self._scan = bit("capability-scan")
        self._enumeration = bit("enumeration")
        self._guessing = bit("password-guessing")
        self._spray = bit("credential-spray")
        self._toll = bit("toll-fraud")
        self._sweep = bit("method-sweep")
        self._flood = bit("flood")
        self._ghost = bit("anonymous-invite")
        self._unsolicited = bit("unsolicited")
        self._relay = bit("relay-probe")
        self._amplification = bit("amplification-probe")
        self._spoofed = bit("spoof-suspect")
        self._malformed = bit("malformed")
        self._foreign = bit("foreign-digest")
        self._verified = bit("verified")

    @property
    def let_go(self) -> int:
        """Return how many sources and groups were forgotten for want of room."""
        return self.sources.let_go + self._groups.let_go + self._probes.let_go

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill `labels` and `known` of records, in order of arrival."""
        tuples, sources, known = self._tuples, self.sources, self._known
        rules = self.book.rules
        for record in records:
            source = sources.of(record.src)
            source.messages += 1
            if record.kind != "sip":
                found = self._other(record, source)
            elif record.status or not record.method:
                found = self._response(record)
            else:
                found = self._request(record, source)
            for rule in rules:
                if rule.matches(record):
                    found |= self._bits[rule.label]
            source.last = record.time
            labels = tuples.get(found)
            record.labels = self._tuple(found) if labels is None else labels
            record.known = known.judge(record, source, found, sources)
        if records:
            self._traffic.count(len(records), records[-1].time)

    def _tuple(self, found: int) -> tuple[str, ...]:
        names = tuple(name for at, name in enumerate(self._names) if found >> at & 1)
        if len(self._tuples) < 1 << 14:
            self._tuples[found] = names
        return names

    def _all(self, names: object) -> int:
        found = 0
        for name in names:  # type: ignore[attr-defined]
            found |= self._bits[name]
        return found

    def _request(self, record: Record, source: Source) -> int:
        now, data, method, spans = record.time, record.data, record.method, record.spans
        found = self._reach.judge(record)
        if found & self._relay and not (method in _STARTING and self._is_initial(record)):
            found ^= self._relay
        if record.number:
            found |= self._toll
        credentials = None
        special = record.headers is None or len(data) > 1024
        for name, value in record.headers or ():
            if name not in ORDINARY:
                name = name.strip().lower()
                if name == b"authorization" or name == b"proxy-authorization":
                    credentials = value
                elif name == b"route":
                    if (
                        method in _STARTING
                        and self._is_initial(record)
                        and self._reach.routes_elsewhere(value, record)
                    ):
                        found |= self._relay
                else:
                    special = True
        telling = self._telling.get(record.defects)
        if telling is None:
            telling = self._tells(record.defects)
        if special or telling:
            found |= self._all(exploits.by_names(record))
        odd = data.translate(None, exploits.ORDINARY_BYTES)
        if odd:
            found |= self._all(exploits.by_bytes(record, odd))
        if data.find(b"</") >= 0 or data.find(b"../") >= 0 or b"(" in odd:
            found |= self._all(exploits.by_text(record))
        if not (spans[13] and spans[3] and spans[5] and spans[7] and spans[9]):
            found |= self._malformed
        return found | self._habits(record, source, credentials, now, method)

    def _habits(
        self, record: Record, source: Source, credentials: bytes | None, now: int, method: str
    ) -> int:
        """Return the labels that the history of the source gives."""
        found = 0
        second = now // SECOND
        if second == source.second:
            source.in_second += 1
        else:
            source.turns(second)
        user = hash(record.user)
        if method != source.method:
            source.changes_method(method, now)
            source.repeats = 0
        elif user == source.user:
            source.repeats += 1
        else:
            source.repeats = 0
        source.user = user
        if source.methods is not None and source.sweeps(now):
            found |= self._sweep
        if record.dst != source.peer:
            source.sends_to(record.dst)
        if credentials is not None or record.tag_password:
            source.interesting = True
            found |= self._credentials(record, source, credentials)
            if source.users is not None:
                source.users.pop(user, None)
        elif method in _ENUMERATING and (
            source.asks_for(user, now)
            or (source.messages <= SCANS and record.tool and self._group_asks(record, user))
        ):
            found |= self._enumeration
        if method == "OPTIONS":
            source.options += 1
            if source.options <= SCANS and now - source.other_at > 60 * SECOND:
                found |= self._scan
            found |= self._amplifies(record)
        else:
            source.other_at = now
            if method == "INVITE":
                if credentials is None and _short(record.user) and self._is_initial(record):
                    found |= self._ghost
            elif method in _UNASKED and self._is_initial(record):
                found |= self._unsolicited
        if source.repeats >= SCANS and (source.busy >= FLOOD_SECONDS or self._traffic.surges):
            found |= self._flood
        if record.transport in _CONNECTED or (self._returned and self._returned(record)):
            found |= self._verified
        return found

    def _credentials(self, record: Record, source: Source, value: bytes | None) -> int:
        found = self._guessing if record.tag_password else 0
        credentials = digests.read(value) if value is not None else None
        if credentials is None:
            return found
        if self._issued is not None:
            nonce = credentials.nonce.decode("latin-1")
            if self._issued(nonce, record.src, record.time / SECOND):
                found |= self._verified
            else:
                found |= self._foreign
        if record.method in ("REGISTER", "INVITE"):
            if source.digests is None:
                source.digests = digests.Digests()
            guessed, sprayed = source.digests.add(credentials, record.time)
            found |= self._guessing * guessed | self._spray * sprayed
        return found

    def _group_asks(self, record: Record, user: int) -> bool:
        """Tell whether the neighbours with the same tool together ask for many users."""
        key = (network(record.src), record.tool)
        group = self._groups.get(key)
        if group is None:
            group = Source()
            self._groups.put(key, group)
        return group.asks_for(user, record.time)

    def _amplifies(self, record: Record) -> int:
        if len(record.data) <= TINY:
            return self._amplification
        start, stop = record.spans[12:14]
        data = record.data
        if data.find(b";rport", start, stop) >= 0:
            return 0
        if data.find(record.src.encode(), start, stop) >= 0:
            return 0
        key = hash(data)
        found = self._probes.get(key)
        if found is None:
            found = set()
            self._probes.put(key, found)
        if len(found) < MASKED:
            found.add(hash(record.src))
        return self._amplification if len(found) >= MASKED else 0

    def _response(self, record: Record) -> int:
        """Return the labels of a response: one nobody asked for, or one that asks for a digest."""
        found = 0
        asked = self.sources.peek(record.dst)
        if not record.ours and (asked is None or not asked.sent_to(record.src)):
            found |= self._bits["backscatter"]
        if record.status in (401, 407) and record.raw("cseq").upper().endswith(b"BYE"):
            found |= self._bits["digest-leak"]
        odd = record.data.translate(None, exploits.ORDINARY_BYTES)
        if odd:
            found |= self._all(exploits.by_bytes(record, odd))
        if record.transport in _CONNECTED:
            found |= self._verified
        return found

    def _other(self, record: Record, source: Source) -> int:
        """Return the labels of what is no SIP message."""
        kind, data = record.kind, record.data
        if kind in ("keep-alive", "empty"):
            return self._bits[kind]
        if len(data) <= TINY and data.startswith(b"OPTIONS"):
            return self._amplification
        found = self._bits["other-protocol"]
        if record.transport == "icmp" or kind in _SILENT:
            return found
        if source.speaks(kind, record.time):
            found |= self._bits["service-sweep"]
        if data.find(b"HTTP/1.", 0, 4096) > 0 and exploits.web_exploit(record) is not None:
            found |= self._bits["web-exploit"]
        return found

    def _tells(self, defects: tuple[str, ...]) -> bool:
        """Tell whether one of these defects can be the sign of an exploit; remember it."""
        found = any(part in each for each in defects for part in _TELLING_DEFECTS)
        if len(self._telling) < 1 << 12:
            self._telling[defects] = found
        return found

    def _is_initial(self, record: Record) -> bool:
        """Tell whether a request is outside any dialog: its To has no tag."""
        return record.data.find(b"tag=", record.spans[4], record.spans[5]) < 0


def _short(user: str) -> bool:
    return 0 < len(user) <= 6 and user.isdecimal()
