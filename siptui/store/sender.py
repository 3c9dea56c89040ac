"""What is known of one sender: an address, or all addresses that share something?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from siptui.store.behaviour import Answers, Repetition

Marks = tuple[tuple[str, str], ...]
"""Values with their kinds, shared between all that have the same."""
_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND
DISTINCT = 1000
"""Distinct users, or sources, that are counted exactly; above it is more than that."""
FEW = 8
"""Distinct users, or sources, that are counted even if there is no room left."""
CAPS = {"password": 100, "credentials": 100, "number": 100, "prefix": 50, "ua": 10, "shape": 10}
CAP = 40
"""Distinct values of one kind that are held for one sender."""


class Room:
    """Bound what all senders together hold."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


class Sender:
    """Hold one row of the senders screen; times are nanoseconds since the Unix epoch."""

    __slots__ = (
        "answers", "as_name", "asn", "bytes", "country", "first", "in_minute", "in_second", "key",
        "last", "marks", "messages", "minute", "more", "peak", "previous", "repetition", "second",
        "sources", "users", "values",
    )  # fmt: skip

    def __init__(self, key: Hashable, time: int) -> None:
        self.key = key
        """The address, or the network, country, tool … that its addresses share."""
        self.first = self.last = time
        self.messages = 0
        self.bytes = 0
        self.peak = 0
        """Most messages in one second; exact for addresses, a little low for groups of them."""
        self.second = self.in_second = 0
        self.minute = self.in_minute = self.previous = 0
        self.users: set[int] | None = None
        self.sources: set[int] | None = None
        self.more: set[str] | None = None
        """Kinds of values of which there are more than are held."""
        self.marks: Marks = ()
        """What its last messages had in common; the only values as long as `values` is None."""
        self.values: dict[str, dict[str, None]] | None = None
        """Distinct values by kind: method, tool, label, shape, ua, number, prefix, password …"""
        self.country = ""
        self.asn = 0
        self.as_name = ""
        self.answers: Answers | None = None
        self.repetition: Repetition | None = None

    def add(self, count: int, size: int, first: int, last: int) -> None:
        """Count messages that arrived from `first` to `last`."""
        self.messages += count
        self.bytes += size
        if first < self.first:
            self.first = first
        if last > self.last:
            self.last = last
        second = last // _SECOND
        share = count // (second - first // _SECOND + 1) or 1
        if second == self.second:
            self.in_second += share
        else:
            self.second = second
            self.in_second = share
        if self.in_second > self.peak:
            self.peak = self.in_second
        minute = last // _MINUTE
        if minute == self.minute:
            self.in_minute += count
        else:
            self.previous = self.in_minute if minute == self.minute + 1 else 0
            self.minute = minute
            self.in_minute = count

    def mark(self, marks: Marks) -> None:
        """Add values; most senders only ever have one set of them."""
        if marks is self.marks:
            return
        if self.values is None and self.marks and marks != self.marks:
            old, self.marks = self.marks, ()
            self.values = {}
            self.mark(old)
        if self.values is not None:
            for kind, value in marks:
                held = self.values.get(kind)
                if held is None:
                    self.values[kind] = {value: None}
                elif value not in held:
                    self._hold(kind, held, value)
        self.marks = marks

    def _hold(self, kind: str, held: dict[str, None], value: str) -> None:
        if len(held) < CAPS.get(kind, CAP):
            held[value] = None
        else:
            self._has_more(kind)

    def _has_more(self, kind: str) -> None:
        if self.more is None:
            self.more = set()
        self.more.add(kind)

    def hold(self, kind: str, values: Iterable[str]) -> None:
        """Add values of one kind, as far as there is room."""
        if self.values is None:
            self.values = {}
            marks, self.marks = self.marks, ()
            self.mark(marks)
        held = self.values.setdefault(kind, {})
        full = CAPS.get(kind, CAP)
        for value in values:
            if value not in held:
                self._hold(kind, held, value)
                if len(held) >= full and self.more is not None and kind in self.more:
                    return

    def asks_for(self, users: Iterable[int], room: Room) -> None:
        """Add users (their hashes), as far as they are counted and there is room."""
        self.users = self._count("user", self.users, users, room)

    def come_from(self, sources: Iterable[int], room: Room) -> None:
        """Add sources (their hashes), as far as they are counted and there is room."""
        held = self.sources
        if held is None or not held.issuperset(sources):
            self.sources = self._count("source", held, sources, room)

    def _count(
        self, kind: str, held: set[int] | None, values: Iterable[int], room: Room
    ) -> set[int]:
        if held is None:
            held = set()
        before = len(held)
        if before <= (DISTINCT if room.left > 0 else FEW):
            held.update(values)
            room.left -= len(held) - before
        else:
            self._has_more(kind)
        return held

    @property
    def is_counted_out(self) -> bool:
        """Whether it has asked for more users than are counted."""
        return self.users is not None and len(self.users) > DISTINCT

    @property
    def room(self) -> int:
        """How many users and sources it holds."""
        return len(self.users or ()) + len(self.sources or ())

    def rate(self, now: int) -> float:
        """Return the messages a second over the last minute before `now`."""
        minute = now // _MINUTE
        if minute > self.minute + 1:
            return 0.0
        part = (now % _MINUTE) / _MINUTE
        if minute == self.minute + 1:
            return self.in_minute * (1 - part) / 60
        return (self.previous * (1 - part) + self.in_minute) / 60

    def get(self, kind: str) -> tuple[str, ...]:
        """Return the values of one kind in order of appearance."""
        if self.values is None:
            return tuple(value for name, value in self.marks if name == kind)
        return tuple(self.values.get(kind, ()))

    def count(self, kind: str) -> tuple[int, bool]:
        """Return how many values of a kind there are, and whether there are more than that.

        Kinds are those of `values`, ``user`` and ``source``.
        """
        if kind in ("user", "source"):
            held = self.users if kind == "user" else self.sources
            number = len(held or ())
            more = self.more is not None and kind in self.more
            return min(number, DISTINCT), more or number > DISTINCT
        return len(self.get(kind)), self.more is not None and kind in self.more

    @property
    def methods(self) -> tuple[str, ...]:
        """Methods of its requests."""
        return self.get("method")

    @property
    def tools(self) -> tuple[str, ...]:
        """Tools that wrote its messages."""
        return self.get("tool")

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of its messages, in order of appearance."""
        return self.get("labels")

    @property
    def numbers(self) -> tuple[str, ...]:
        """Numbers that it dialled."""
        return self.get("number")

    @property
    def passwords(self) -> tuple[str, ...]:
        """Passwords that its tags carried, as ``user:password``."""
        return self.get("password")

    @property
    def credentials(self) -> tuple[str, ...]:
        """User names and realms of its credentials, with common passwords that explain them."""
        return self.get("credentials")

    @property
    def retransmission(self) -> str:
        """How it repeats requests: ``none``, ``0.5-1-2-4``, or at an interval; empty if unknown."""
        if self.repetition is None:
            return ""
        habit = self.repetition.text
        # Who is answered has no reason to send again.
        return "" if habit == "none" and self.answers is not None else habit

    @property
    def answered(self) -> int:
        """How many answers to it were seen."""
        answers = self.answers
        return sum(each.count for each in answers.by_status.values()) if answers else 0

    @property
    def reaction(self) -> str:
        """What it did after our answers, most frequent first; empty if it was never answered."""
        if self.answers is None:
            return ""
        found = sorted(self.answers.by_status.values(), key=lambda each: -each.count)
        return "; ".join(each.text for each in found)
