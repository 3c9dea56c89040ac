"""How does a call go to and fro between its hosts? One rung a message, one upright a host.

```
 12:00:00.000          198.51.100.9:5060        203.0.113.5:5060
 12:00:00.000                  │─── INVITE  SDP ──────▶│
 12:00:00.021   +0.021         │◀── 100 Trying ────────│
```
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from siptui import text
from siptui.decode import sdp
from siptui.record import Record
from siptui.tui import columns
from siptui.tui.paint import Part, Signs

NEAREST, FARTHEST = 16, 46
"""Cells between two uprights, at least and at most."""
_LONGEST = 23
"""Cells of a host's name, at most."""
_CLOCK = 12
_DELTA = 9
BEFORE = _CLOCK + _DELTA + 3
"""Cells before the uprights: time of day, and seconds since the rung above."""
_REPEATS = 512
"""Messages that are remembered to know what is sent again."""


class Rung(NamedTuple):
    """Hold one message of the call."""

    time: int
    """Nanoseconds since the epoch."""
    delta: int
    """Nanoseconds since the rung above; 0 for the first."""
    start: int
    """From which host, counted from the left."""
    stop: int
    words: str
    """Method or status, reason, media; safe."""
    role: str
    again: bool
    """Whether the same bytes went the same way before."""


class Ladder(NamedTuple):
    """Hold a call, or several."""

    hosts: tuple[str, ...]
    """``address:port`` in order of appearance."""
    rungs: tuple[Rung, ...]


def ladder(records: Iterable[Record]) -> Ladder:
    """Return the ladder of messages in time order."""
    hosts: dict[str, int] = {}
    rungs: list[Rung] = []
    before: dict[tuple[int, int, bytes], None] = {}
    for record in records:
        start = hosts.setdefault(text.safe(text.address(record.src, record.sport)), len(hosts))
        stop = hosts.setdefault(text.safe(text.address(record.dst, record.dport)), len(hosts))
        key = (start, stop, record.data)
        again = key in before
        before[key] = None
        if len(before) > _REPEATS:
            del before[next(iter(before))]
        words, role = _words(record)
        delta = record.time - rungs[-1].time if rungs else 0
        rungs.append(Rung(record.time, delta, start, stop, words, role, again))
    return Ladder(tuple(hosts), tuple(rungs))


def _words(record: Record) -> tuple[str, str]:
    words, role = columns.message(record)
    if record.status:
        line = record.data.lstrip(b"\r\n")[:200].partition(b"\n")[0].rstrip(b"\r")
        words += " " + text.safe(b" ".join(line.split(b" ", 2)[2:]))
    return " ".join((words.rstrip(), *_media(record.data))), role


def _media(data: bytes) -> list[str]:
    """Return where each medium of a body's SDP is wanted (RFC 8866)."""
    at = data.find(b"\r\n\r\nv=")
    if at < 0:
        return []
    found = sdp.read(data, at + 4)
    media = []
    for each in found.media[:3]:
        host = text.safe((each.connection or found.connection).rpartition(b" ")[2])
        media.append(f"{text.safe(each.kind)} {text.address(host, each.port)}")
    return [f"SDP {', '.join(media)}" if media else "SDP"]


class Uprights:
    """Say where the hosts stand, from host `first` on, in `width` cells."""

    def __init__(self, hosts: Sequence[str], first: int, width: int) -> None:
        self.hosts, self.first = hosts, first
        longest = min(_LONGEST, max((text.width(host) for host in hosts), default=0))
        self.margin = min(longest, (width - longest) // max(1, len(hosts) - 1)) // 2 + 1
        """Cells before the first upright: half of its name."""
        self.margin = max(NEAREST // 2, self.margin)
        room = max(0, width - 2 * self.margin)
        self.span = max(NEAREST, min(FARTHEST, room // max(1, len(hosts) - 1)))
        """Cells from one upright to the next."""
        self.hidden = max(0, len(hosts) - 1 - room // self.span)
        """Hosts that find no room at the same time as the others."""

    def heads(self) -> str:
        """Return the names of the hosts, each in the middle of its upright."""
        line = ""
        for at, host in enumerate(self.hosts[self.first :]):
            room = min(_LONGEST, self.span - 1)
            # The address says more than both ends of address and port.
            name = host if text.width(host) <= room else host.rpartition(":")[0]
            name = columns.middle(name, room)
            place = self.margin + at * self.span - len(name) // 2
            line = text.fit(line, max(0, place)) + name
        return line

    def rung(self, rung: Rung, signs: Signs) -> list[Part]:
        """Return uprights and arrow of one rung."""
        role = f"{rung.role} dim" if rung.again else rung.role
        words = f"{rung.words} (again)" if rung.again else rung.words
        left, right = sorted((rung.start, rung.stop))
        found: list[Part] = [(" " * self.margin, "")]
        host = self.first
        while host < len(self.hosts):
            found.append(("|" if signs.ascii else "│", "rule"))
            if left == right == host:
                found.append((text.fit(f"{signs.back} {words}", self.span - 1), role))
            elif max(left, self.first) == host < right:
                room = (right - host) * self.span - 1
                found.append((_arrow(words, room, signs, rung.start < rung.stop), role))
                host = right - 1
            else:
                found.append((" " * (self.span - 1), ""))
            host += 1
        return found


def _arrow(words: str, room: int, signs: Signs, forth: bool) -> str:
    label = f" {text.cut(words, room - 6)} "
    rest = room - 1 - text.width(label)
    before = min(3, rest // 2)
    shaft = signs.rule * before + label + signs.rule * (rest - before)
    return shaft + signs.forth if forth else signs.back + shaft


def times(rung: Rung, zone: tzinfo | None) -> list[Part]:
    """Return the time of day of a rung, and how long after the one above it came."""
    delta = f"{rung.delta / 1e9:+.3f}" if rung.delta else ""
    return [
        (text.fit(text.clock(rung.time, zone), _CLOCK), "dim"),
        (text.fit(delta, _DELTA + 1, "right"), "dim"),
        ("  ", ""),
    ]
