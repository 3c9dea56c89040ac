"""How is the watching going?

Two lines: which source, for how long and how fast; and what became of everything that arrived,
which always adds up: received, shown, kept, let go, lost.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from siptui import text
from siptui.tui.paint import Painted, Part, Signs

MANY = 5_000
"""Frames that wait from which on the user is told: rows then come some seconds late."""


@dataclass(slots=True)
class Facts:
    """Hold what the header tells."""

    state: str = "live"
    """``live``, ``paused``, ``reading``, ``ended``, ``incomplete`` or ``failed``."""
    source: str = ""
    elapsed: float = 0.0
    """Seconds since the start."""
    progress: float | None = None
    """How much of the files was read, 0 to 1."""
    received: int = 0
    shown: int = 0
    kept: int = 0
    let_go: int = 0
    lost_kernel: int = 0
    lost_socket: int = 0
    lost_ours: int = 0
    waiting: int = 0
    """Frames that arrived and are still to be looked at."""
    memory: int = 0
    """Bytes of messages held."""
    memory_most: int = 0
    """Bytes of messages held at most."""
    rates: list[float] = field(default_factory=list)
    """Messages a second, one value a second, the newest last."""
    recording: str = ""
    """How ``-w`` is going; empty: nothing is recorded."""
    recording_failed: bool = False
    masked: bool = False
    answering: str = ""
    """How sockets answer; empty: there is none that could."""


class Header(Painted):
    """Tell how the watching goes."""

    def __init__(self, *, id: str = "header", signs: Signs | None = None) -> None:
        super().__init__(id=id, signs=signs)
        self.facts = Facts()
        self._parts: list[list[Part]] = [[], []]

    def show(self, facts: Facts) -> None:
        """Show these facts."""
        self.facts = facts
        self.sync()

    def keys(self) -> Sequence[Hashable]:
        """Return what each line shows."""
        width = self.size.width
        self._parts = [self._first(width), self._second(width)]
        return [tuple(parts) for parts in self._parts]

    def line(self, y: int) -> Sequence[Part]:
        """Return one of the two lines."""
        return self._parts[y] if y < len(self._parts) else ()

    def _first(self, width: int) -> list[Part]:
        facts, signs = self.facts, self.signs
        sign, role = {
            "live": (signs.live, "good"),
            "reading": (signs.live, "good"),
            "paused": (signs.paused, "chip"),
            "ended": (signs.ended, "title"),
            "incomplete": (signs.defect, "alarm"),
            "failed": (signs.defect, "alarm"),
        }[facts.state]
        state = facts.state
        if state == "reading" and facts.progress is not None:
            state += f" {facts.progress:.0%}"
        now = facts.rates[-1] if facts.rates else 0.0
        right: list[Part] = []
        if facts.answering == "silent":
            right += [("silent", "dim"), ("  ", "")]
        elif facts.answering:
            right += [(f"{signs.ours} ANSWERING {facts.answering}", "alarm"), ("  ", "")]
        if facts.state == "live" and facts.waiting >= MANY:
            right += [(f"{text.short_count(facts.waiting)} waiting", "chip"), ("  ", "")]
        if facts.masked:
            right += [("masked", "chip"), ("  ", "")]
        if facts.recording:
            words = f"{signs.live} {facts.recording}"
            right += [(words, "alarm" if facts.recording_failed else "good"), ("  ", "")]
        memory = text.bytes_size(facts.memory)
        if width >= 110 and facts.memory_most:
            memory += f" of {text.bytes_size(facts.memory_most)}"
        right += [(text.duration(facts.elapsed), "text"), ("  ", ""), (memory, "dim"), (" ", "")]
        rate = text.fit(text.rate(now), 8, "right")
        head = f" {sign} {state}  "
        room = width - text.width(head) - sum(text.width(words) for words, _ in right) - 12
        source = text.cut(text.safe(facts.source), max(8, room - 10))
        cells = max(0, min(40, room - text.width(source) - 2))
        sparkline = text.spark(facts.rates, cells, signs.ascii) if cells >= 5 else ""
        left: list[Part] = [
            (f" {sign} {state}", role),
            ("  ", ""),
            (source, "title"),
            (rate, "value"),
            (" ", ""),
            (sparkline, "bar"),
        ]
        gap = width - sum(text.width(words) for words, _ in (*left, *right))
        return [*left, (" " * max(1, gap), ""), *right]

    def _second(self, width: int) -> list[Part]:
        facts = self.facts
        count = text.count if width >= 110 else _short
        lost = facts.lost_kernel + facts.lost_socket + facts.lost_ours
        gap = "   " if width >= 110 else " " if width < 90 else "  "
        parts: list[Part] = [(" ", "")]
        for words, number in (
            ("received", facts.received),
            ("shown", facts.shown),
            ("kept", facts.kept),
            ("let go", facts.let_go),
        ):
            parts += [(f"{words} ", "dim"), (count(number), "text"), (gap, "")]
        parts.append(("lost ", "alarm" if lost else "dim"))
        for words, number in (
            ("kernel", facts.lost_kernel),
            ("socket", facts.lost_socket),
            ("ours", facts.lost_ours),
        ):
            role = "alarm" if number else "dim"
            parts += [(f"{words} ", role), (count(number), role if number else "text"), (" ", "")]
        return parts


def _short(number: int) -> str:
    return text.count(number) if number < 10_000 else text.short_count(number)
