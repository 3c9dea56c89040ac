"""What was answered, what was not and why, and what did sources do then? As lines."""

from __future__ import annotations

from collections.abc import Mapping

from siptui import text
from siptui.store.reactions import OUTCOMES, Kind
from siptui.tui.paint import Part, Signs, rule

_SENT, _WITHHELD = "sent ", "withheld: "
_MODE, _STATUS = 10, 9


def lines(
    counts: Mapping[str, int],
    reactions: Mapping[Kind, Mapping[str, int]],
    width: int,
    signs: Signs,
) -> list[list[Part]]:
    """Return counters of answers (`Status.respond_counts`) and of reactions in `width` cells."""
    sent = _counted(counts, _SENT)
    withheld = _counted(counts, _WITHHELD)
    found = [_title("answers sent", sum(sent.values()), width, signs)]
    words = "   ".join(f"{name} {text.count(number)}" for name, number in sent.items())
    found += [[("  ", ""), (line, "text")] for line in text.wrap(words, width - 2) if line]
    found.append(_title("withheld", sum(withheld.values()), width, signs))
    for reason, number in withheld.items():
        found.append([(text.fit(text.count(number), 9, "right"), "value"), (f"  {reason}", "text")])
    found.append(rule([("what sources did then", "title")], (), width, signs, False))
    if not reactions:
        return [*found, [("  nobody was answered yet", "dim")]]
    heads = "".join(text.fit(name, _width(name), "right") for name in ("sources", *OUTCOMES))
    head = f"  {text.fit('mode', _MODE)} {text.fit('answer', _STATUS)}{heads}"
    found.append([(text.fit(head, width), "head")])
    for kind, done in reactions.items():
        parts: list[Part] = [
            (f"  {text.fit(text.safe(kind.mode), _MODE)} ", "text"),
            (text.fit(str(kind.status or "mirrored"), _STATUS), "value"),
            (_number("sources", sum(done.values())), "value"),
        ]
        for name in OUTCOMES:
            role = "dim" if not done[name] else "warn" if name == OUTCOMES[-1] else "text"
            parts.append((_number(name, done[name]), role))
        found.append(parts)
    return found


def _counted(counts: Mapping[str, int], head: str) -> dict[str, int]:
    """Return the counters whose names begin so, the greatest first."""
    found = {
        text.safe(name.removeprefix(head)): number
        for name, number in counts.items()
        if name.startswith(head)
    }
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _title(words: str, number: int, width: int, signs: Signs) -> list[Part]:
    return rule([(f"{words} ", "title"), (text.count(number), "value")], (), width, signs, False)


def _width(name: str) -> int:
    return max(9, len(name) + 2)


def _number(name: str, number: int) -> str:
    return text.fit(text.count(number), _width(name), "right")
