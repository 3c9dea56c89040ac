"""What is going on while there is no message to show?"""

from __future__ import annotations

from siptui import text
from siptui.status import Status


def lines(
    *, title: str, live: bool, held: int, filter: str, status: Status | None, scanned: float
) -> tuple[str, ...]:
    """Return safe lines: what is going on first, then what to do about it."""
    if status is not None and status.error:
        return ("stopped: " + text.safe(status.error), "q quits; what was recorded is kept")
    notice = next((s.statistics.notice for s in status.sources if s.statistics.notice), "") if (
        status is not None
    ) else ""  # fmt: skip
    if held and filter:
        if scanned < 1:
            return (f"looking through {text.plural(held, 'message')} …", text.safe(filter))
        return (
            f"0 of {text.plural(held, 'message')} match",
            text.safe(filter),
            "Esc takes the last term off, / edits the filter",
        )
    if live:
        return (f"listening on {text.safe(title)}, nothing yet", *_advice(title))
    if status is not None and status.ended:
        words = f"{text.safe(title)}: no SIP message and no datagram in it"
        return tuple(line for line in (words, text.safe(notice)) if line)
    progress = [s.statistics.progress for s in status.sources] if status is not None else []
    known = [value for value in progress if value is not None]
    percent = f" {sum(known) / len(known):.0%}" if known else ""
    return (f"reading {text.safe(title)}{percent}",)


def _advice(title: str) -> tuple[str, ...]:
    head, _, port = text.safe(title).rpartition(":")
    if not head.startswith("udp") or not port.isdecimal():
        return ("what the sources take in appears here",)
    host = head.removeprefix("udp").strip()
    if host in ("", "0.0.0.0", "[::]", "*"):
        host = "127.0.0.1"
    return (f"Try: sipsak -s sip:100@{host}:{port}",)
