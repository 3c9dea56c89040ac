"""How does one source behave: does it repeat itself, and what does it do once it is answered?"""

from __future__ import annotations

from dataclasses import dataclass, field

EXAMINED = 24
"""Requests of a source whose repetition is looked at."""
ANSWERS = 16
"""Status codes of answers to one source that are remembered."""
ACTIONS = 16
"""Different actions after one status that are remembered."""
_SECOND = 1_000_000_000
_PATIENCE = 600_000_000
"""Nanoseconds after which a stack of RFC 3261 (T1 is 0.5 s) would have sent again."""
_TIMER = (0.4, 0.65)
_DOUBLED = (1.7, 2.4)


class Repetition:
    """Learn from the first requests of a source whether and when it sends the same bytes again."""

    __slots__ = ("_gaps", "_last", "_sent", "count")

    def __init__(self) -> None:
        self.count = 0
        """Requests examined."""
        self._sent: dict[int, int] = {}
        self._gaps: dict[int, list[float]] | None = None
        self._last = 0

    def add(self, message: int, time: int) -> None:
        """Note a request by the hash of its bytes, at `time` in nanoseconds."""
        self.count += 1
        before = self._sent.get(message)
        if before is not None:
            if self._gaps is None:
                self._gaps = {}
            self._gaps.setdefault(message, []).append((time - before) / _SECOND)
        self._sent[message] = time
        self._last = time

    @property
    def text(self) -> str:
        """Say what the habit is; empty if it is not known yet.

        ``0.5-1-2-4`` are the timers of a full stack (RFC 3261 section 17.1), ``none`` is what
        scanners do, anything else repeats at its own interval.
        """
        repeated = list((self._gaps or {}).values())
        for gaps in repeated:
            if _TIMER[0] <= gaps[0] <= _TIMER[1] and (
                len(gaps) < 2 or _DOUBLED[0] <= gaps[1] / gaps[0] <= _DOUBLED[1]
            ):
                return "0.5-1-2-4"
        if repeated:
            every = sorted(gap for gaps in repeated for gap in gaps)
            return f"repeats {every[len(every) // 2]:.2f} s"
        waited = [time for time in self._sent.values() if self._last - time > _PATIENCE]
        return "none" if waited else ""


@dataclass(slots=True)
class Answer:
    """Hold what a source did after one kind of answer."""

    status: int
    count: int = 0
    actions: dict[str, int] = field(default_factory=dict)
    """The next request by its method, and how often."""
    shortest: float = 0.0
    """The shortest time to the next request, in seconds."""
    total: float = 0.0
    """All times to the next request, in seconds."""

    @property
    def text(self) -> str:
        """Say it in a few words: ``401 32 times: REGISTER 31 after 0.01 s``."""
        done = sum(self.actions.values())
        answer = self.status or "mirrored"
        if not done:
            return f"{answer} {self.count} times: silent"
        what = ", ".join(
            f"{name} {number}"
            for name, number in sorted(self.actions.items(), key=lambda each: -each[1])
        )
        return f"{answer} {self.count} times: {what} after {self.total / done:.2f} s"


class Answers:
    """Follow what one source does after it is answered."""

    __slots__ = ("_pending", "by_status")

    def __init__(self) -> None:
        self.by_status: dict[int, Answer] = {}
        self._pending: tuple[int, int] | None = None

    @property
    def waits(self) -> bool:
        """Whether the next request will be the reaction to an answer."""
        return self._pending is not None

    def answered(self, status: int, time: int) -> None:
        """Note an answer to the source."""
        answer = self.by_status.get(status)
        if answer is None:
            if len(self.by_status) >= ANSWERS:
                return
            answer = self.by_status[status] = Answer(status)
        answer.count += 1
        self._pending = status, time

    def acts(self, method: str, time: int) -> None:
        """Note the next request of the source."""
        if self._pending is None:
            return
        status, since = self._pending
        self._pending = None
        answer = self.by_status[status]
        delay = max(0, time - since) / _SECOND
        answer.shortest = delay if not answer.actions else min(answer.shortest, delay)
        answer.total += delay
        if method in answer.actions or len(answer.actions) < ACTIONS:
            answer.actions[method] = answer.actions.get(method, 0) + 1
