"""What does a message mean after all that its source has sent? The rules that need history."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from siptui.enrich import digests
from siptui.enrich.content import is_initial
from siptui.enrich.credentials import Guesses
from siptui.enrich.hosts import network
from siptui.enrich.sources import (
    FLOOD_RATE,
    FLOOD_SECONDS,
    SECOND,
    STEPS,
    SWEPT,
    Recent,
    Source,
    Traffic,
    distinct,
)
from siptui.record import Record, decode

SCANS = 3
"""OPTIONS of a source that are a capability scan; after that it is a habit."""
GROUPS = 10_000
"""Networks with a tool in common, and forms of probes, that are remembered."""
GUESSERS = 4_000
"""Sources whose digests are remembered."""
MASKED = 3
"""Sources with the same bytes that make an amplification probe."""
TINY = 20
"""Bytes of the longest partial OPTIONS that only asks for a large answer."""
_ENUMERATING = frozenset(("REGISTER", "OPTIONS", "INVITE", "SUBSCRIBE"))
_UNASKED = frozenset(("MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH"))

NonceTest = Callable[[str, Record], bool]
"""Tells whether a nonce was given to a record's source not long before it came."""


class Habits:
    """Find the labels of a request that what came before gives."""

    def __init__(self, bits: Mapping[str, int], issued: NonceTest | None) -> None:
        """Use `bits` for the labels; `issued` knows the responder's nonces, if there is one."""
        self.traffic = Traffic()
        self._issued = issued
        self._guesses = Guesses() if issued is not None else None
        self._digests: Recent[digests.Digests] = Recent(GUESSERS)
        self._groups: Recent[dict[int, int]] = Recent(GROUPS)
        self._probes: Recent[set[int]] = Recent(GROUPS)
        self._scan = bits["capability-scan"]
        self._enumeration = bits["enumeration"]
        self._in_order = bits["enumeration-in-order"]
        self._guessing = bits["password-guessing"]
        self._spray = bits["credential-spray"]
        self._sweep = bits["method-sweep"]
        self._flood = bits["flood"]
        self._ghost = bits["anonymous-invite"]
        self._unsolicited = bits["unsolicited"]
        self._amplification = bits["amplification-probe"]
        self._foreign = bits["foreign-digest"]
        self._verified = bits["verified"]

    @property
    def let_go(self) -> int:
        """Return how many groups, probes and guessers were forgotten for want of room."""
        return self._groups.let_go + self._probes.let_go + self._digests.let_go

    def remember(self, record: Record, source: Source, credentials: bytes | None) -> int:
        """Return the labels of a request by the history of its source, and add it to that."""
        found = 0
        now, method = record.time, record.method
        second = now // SECOND
        if second == source.second:
            source.in_second += 1
        elif source.in_second > FLOOD_RATE or source.busy:
            source.turns(second)
        else:
            source.second, source.in_second = second, 1
        user = hash(record.user)
        if method != source.method:
            source.changes_method(method, now)
            source.repeats = 0
        elif user == source.user:
            source.repeats += 1
            if source.repeats >= SCANS and (source.busy >= FLOOD_SECONDS or self.traffic.surges):
                found |= self._flood
        else:
            source.repeats = 0
        source.user = user
        methods = source.methods
        if methods is not None and len(methods) >= SWEPT and source.sweeps(now):
            found |= self._sweep
        if record.dst != source.peer:
            source.sends_to(record.dst)
        if credentials is not None or record.tag_password:
            source.interesting = True
            source.answers_challenge(user)
            self._group_answers(record, user)
            found |= self._credentials(record, source, credentials)
        elif method in _ENUMERATING and not record.number:
            if source.asks_for(user, now, record.user):
                found |= self._enumeration
                if source.steps >= STEPS or source.counts_up(record.user):
                    found |= self._in_order
            elif source.messages <= SCANS and self._group_asks(record, user):
                found |= self._enumeration
        if method == "REGISTER":
            source.other_at = now
        else:
            found |= self._by_method(record, source, credentials)
        return found

    def _by_method(self, record: Record, source: Source, credentials: bytes | None) -> int:
        found, method = 0, record.method
        if method == "OPTIONS":
            source.options += 1
            if source.options <= SCANS and record.time - source.other_at > 60 * SECOND:
                found |= self._scan
            return found | self._amplifies(record)
        source.other_at = record.time
        if method == "INVITE":
            user = record.user
            if credentials is None and len(user) <= 6 and user.isdecimal() and is_initial(record):
                found |= self._ghost
        elif method in _UNASKED and is_initial(record):
            found |= self._unsolicited
        return found

    def _credentials(self, record: Record, source: Source, value: bytes | None) -> int:
        found = self._guessing if record.tag_password else 0
        credentials = digests.read(value) if value is not None else None
        if credentials is None:
            return found
        record.auth_user, record.auth_realm = decode(credentials.user), decode(credentials.realm)
        if self._issued is not None and self._guesses is not None:
            nonce = credentials.nonce.decode("latin-1")
            ours = self._issued(nonce, record)
            found |= self._verified if ours else self._foreign
            if ours:
                body = record.data.partition(b"\r\n\r\n")[2]
                record.auth_password = self._guesses.password(
                    credentials, record.method, body, record.time, record.tag_password
                )
        if record.method in ("REGISTER", "INVITE"):
            history = self._digests.get(record.src)
            if history is None:
                history = digests.Digests()
                self._digests.put(record.src, history)
            guessed, sprayed = history.add(credentials, record.time)
            found |= self._guessing * guessed | self._spray * sprayed
        return found

    def _group_asks(self, record: Record, user: int) -> bool:
        """Tell whether the neighbours with the same tool, or shape, together ask for many users."""
        wrote = record.tool or record.shape
        if not wrote:
            return False
        # Much quicker for IPv4 than asking for the network, and nothing else begins so.
        key = (record.src.rpartition(".")[0] or network(record.src), wrote)
        groups = self._groups
        users = groups.young.get(key)
        if users is None and (users := groups.get(key)) is None:
            groups.put(key, {user: record.time})
            return False
        return distinct(users, user, record.time) >= record.time

    def _group_answers(self, record: Record, user: int) -> None:
        """Note that a user came with credentials, so that asking for it was no enumeration."""
        near = record.src.rpartition(".")[0] or network(record.src)
        users = self._groups.peek((near, record.tool or record.shape))
        if users is not None:
            users.pop(user, None)

    def _amplifies(self, record: Record) -> int:
        data = record.data
        if len(data) <= TINY:
            return self._amplification
        start, stop = record.spans[12], record.spans[13]
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
