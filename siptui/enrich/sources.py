"""What has each source done so far? A bounded history that rules read.

Time is the capture's clock. Whatever a source sends, its entry holds a fixed number of small
things; texts are kept as hashes. When the table is full, the half that was silent longest goes.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

ENTRIES = 20_000
"""Sources remembered at most."""
SECOND = 1_000_000_000
ENUMERATED = 4
"""Distinct users within `ENUMERATION_TIME` that make an enumeration."""
ENUMERATION_TIME = 60 * SECOND
STEPS = 3
"""Users in a row that are one more than the one before: a list of numbers is worked through."""
LONG, SHORT = range(7, 11), range(1, 7)
"""Digits of the random user that svwar asks for first, and of those that follow."""
SWEPT = 6
"""Distinct methods within `SWEEP_TIME` that make a method sweep."""
SWEEP_TIME = 5 * SECOND
FLOOD_RATE = 50
"""Requests a second that `FLOOD_SECONDS` full seconds must exceed to be a flood."""
FLOOD_SECONDS = 10
SERVICES = 4
"""Distinct protocols within `SERVICE_TIME` that make a service sweep."""
SERVICE_TIME = 300 * SECOND
PEERS = 8
"""Addresses remembered that one source sent requests to."""

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Map keys to values, and forget those that were not asked for longest.

    There are two halves: what is asked for moves into the young one; when that is full it becomes
    the old one, and what was left in the old one is gone. No order has to be kept a look-up.
    """

    __slots__ = ("let_go", "limit", "old", "young")

    def __init__(self, limit: int) -> None:
        """Hold at most `limit` entries."""
        self.limit = max(1, limit // 2)
        self.young: dict[object, Value] = {}
        self.old: dict[object, Value] = {}
        self.let_go = 0
        """How many entries were forgotten."""

    def __len__(self) -> int:
        return len(self.young) + len(self.old)

    def get(self, key: object) -> Value | None:
        """Return the value of a key, or None."""
        found = self.young.get(key)
        if found is None:
            found = self.old.pop(key, None)
            if found is not None:
                self.put(key, found)
        return found

    def peek(self, key: object) -> Value | None:
        """Return the value of a key without counting this as being asked for."""
        found = self.young.get(key)
        return self.old.get(key) if found is None else found

    def put(self, key: object, value: Value) -> None:
        """Set the value of a key."""
        if len(self.young) >= self.limit:
            self.let_go += len(self.old)
            self.old = self.young
            self.young = {}
        self.young[key] = value


def distinct(
    users: dict[int, int],
    user: int,
    now: int,
    many: int = ENUMERATED,
    within: int = ENUMERATION_TIME,
) -> int:
    """Note a user (its hash); return until when the last `many` came `within` a time, or 0.

    `users` holds the last distinct ones in order and when each was asked for.
    """
    if user in users:
        del users[user]
    elif len(users) >= many:
        del users[next(iter(users))]
    users[user] = now
    return next(iter(users.values())) + within if len(users) >= many else 0


class Source:
    """Hold what one address has sent."""

    __slots__ = (
        "asked", "asked_at", "began_long", "busy", "enumerates_until", "in_second", "interesting",
        "kinds", "last", "messages", "method", "methods", "number", "options", "other_at", "peer",
        "peers", "repeats", "second", "steps", "user", "users",
    )  # fmt: skip

    def __init__(self) -> None:
        self.messages = 0
        self.last = 0
        self.second = 0
        self.in_second = 0
        """Requests in `second` so far."""
        self.busy = 0
        """Full seconds in a row that were above the rate of a flood."""
        self.user = 0
        """Hash of the user last asked for."""
        self.repeats = 0
        """Requests in a row with the same method and user."""
        self.asked = 0
        """Hash of the user that was asked for without credentials, while it is but one."""
        self.asked_at = 0
        """When it was; 0 if none was."""
        self.users: dict[int, int] | None = None
        """Hashes of the last distinct users, and when; None while it is but one."""
        self.enumerates_until = 0
        """Until when there are enough distinct users within the time of an enumeration."""
        self.began_long = False
        """Whether one of the users before an enumeration was a long number."""
        self.number = 0
        """The number last asked for in an enumeration."""
        self.steps = 0
        """How often in a row it was one more than the one before; `STEPS` for what is as sure."""
        self.method = ""
        self.methods: dict[str, int] | None = None
        """The last distinct methods, and when each was last in use."""
        self.options = 0
        self.other_at = -(1 << 62)
        """When a request other than OPTIONS came last, long before any if none did."""
        self.peer = ""
        self.peers: set[str] | None = None
        """Whom it sent requests to before `peer`."""
        self.kinds: dict[str, int] | None = None
        """Protocols other than SIP, and when each was last seen."""
        self.interesting = False
        """Whether it has shown more than known tools and routine scans."""

    def asks_for(self, user: int, now: int, name: str) -> bool:
        """Note a user (its hash and its name); tell whether it is one of many."""
        if 0 <= self.enumerates_until - now >= ENUMERATION_TIME // 2:
            return True
        users = self.users
        if users is None and user == self.asked and self.asked_at:
            self.asked_at = now
            return False
        is_long = len(name) in LONG and name.isdecimal()
        if users is None:
            if self.asked_at == 0:
                self.asked, self.asked_at, self.began_long = user, now, is_long
                return False
            users = self.users = {self.asked: self.asked_at}
        until = distinct(users, user, now)
        if 0 < until < now:
            self.steps, self.began_long = 0, False
        self.began_long = self.began_long or is_long
        self.enumerates_until = until
        return until >= now

    def counts_up(self, name: str) -> bool:
        """Note a user of an enumeration; tell whether a list of numbers is worked through."""
        if self.steps >= STEPS:
            return True
        if not name.isdecimal() or len(name) > LONG[-1]:
            self.steps = 0
        elif self.began_long and len(name) in SHORT:
            self.steps = STEPS
        else:
            step = int(name) - self.number
            self.number += step
            if step:
                self.steps = self.steps + 1 if step == 1 else 0
        return self.steps >= STEPS

    def answers_challenge(self, user: int) -> None:
        """Note that a user came with credentials, so that asking for it was no enumeration."""
        if self.users is not None:
            self.users.pop(user, None)
            self.enumerates_until = 0
        elif user == self.asked:
            self.asked_at = 0

    def changes_method(self, method: str, now: int) -> None:
        """Note that the method differs from the one before."""
        if self.method:
            methods = self.methods
            if methods is None:
                methods = self.methods = {}
            methods.pop(self.method, None)
            methods[self.method] = self.last
            methods.pop(method, None)
            methods[method] = now
            if len(methods) > SWEPT:
                del methods[next(iter(methods))]
        self.method = method

    def sweeps(self, now: int) -> bool:
        """Tell whether many methods came within a short time."""
        methods = self.methods
        return (
            methods is not None
            and len(methods) >= SWEPT
            and now - next(iter(methods.values())) <= SWEEP_TIME
        )

    def turns(self, second: int) -> None:
        """Begin a new second of the capture's clock."""
        if self.in_second > FLOOD_RATE and second - self.second == 1:
            self.busy += 1
        else:
            self.busy = 0
        self.second = second
        self.in_second = 1

    def speaks(self, kind: str, now: int) -> bool:
        """Note a protocol other than SIP; tell whether it is one of many."""
        kinds = self.kinds
        if kinds is None:
            kinds = self.kinds = {}
        kinds.pop(kind, None)
        kinds[kind] = now
        if len(kinds) > SERVICES:
            del kinds[next(iter(kinds))]
        return len(kinds) >= SERVICES and now - next(iter(kinds.values())) <= SERVICE_TIME

    def sends_to(self, peer: str) -> None:
        """Note whom a request was sent to."""
        if self.peer:
            peers = self.peers
            if peers is None:
                peers = self.peers = set()
            if len(peers) >= PEERS:
                peers.clear()
            peers.add(self.peer)
        self.peer = peer

    def sent_to(self, peer: str) -> bool:
        """Tell whether a request was sent to this address."""
        return self.peer == peer or (self.peers is not None and peer in self.peers)


class Sources(Recent[Source]):
    """Hold the history of every source, within bounds."""

    __slots__ = ()

    def __init__(self, limit: int = ENTRIES) -> None:
        super().__init__(limit)

    def of(self, address: str) -> Source:
        """Return the history of a source; a new one if it is not known."""
        found = self.young.get(address)
        if found is None:
            found = self.old.pop(address, None) or Source()
            self.put(address, found)
        return found


class Traffic:
    """Know the rate of all requests together: now, and over the last hour."""

    _SHORT = 10
    _LEARN = 10

    def __init__(self) -> None:
        self._minutes: OrderedDict[int, int] = OrderedDict()
        self._slot = 0
        self._in_slot = 0
        self._last_rate = 0.0
        self.surges = False
        """Whether the last seconds were far above the mean of the hour before."""

    def count(self, messages: int, now: int) -> None:
        """Add messages that arrived until `now` (nanoseconds)."""
        seconds = now // SECOND
        slot = seconds // self._SHORT
        if slot != self._slot:
            self._last_rate = self._in_slot / self._SHORT
            self._slot = slot
            self._in_slot = 0
            self._judge()
        self._in_slot += messages
        minute = seconds // 60
        self._minutes[minute] = self._minutes.get(minute, 0) + messages
        while len(self._minutes) > 60:
            self._minutes.popitem(last=False)

    def _judge(self) -> None:
        before = list(self._minutes.values())[:-1]
        mean = sum(before) / (60 * len(before)) if before else 0.0
        self.surges = (
            len(before) >= self._LEARN
            and self._last_rate > FLOOD_RATE
            and self._last_rate > 5 * mean
        )
