"""What is going on while there is no message to show?"""

from __future__ import annotations

from siptui import text
from siptui.status import Status
from siptui.tui.facts import progress


def lines(
    *, title: str, live: bool, held: int, terms: str, status: Status | None, scanned: float
) -> tuple[str, ...]:
    """Return safe lines: what is going on first, then what to do about it."""
    if status is not None and status.error:
        return ("stopped: " + text.safe(status.error), "q quits; what was recorded is kept")
    notices = [each.statistics.notice for each in status.sources] if status is not None else []
    notice = next(filter(None, notices), "")
    if held and terms:
        if scanned < 1:
            return (f"looking through {text.plural(held, 'message')} …", text.safe(terms))
        return (
            f"0 of {text.plural(held, 'message')} match",
            text.safe(terms),
            "Esc takes the last term off, / edits the filter",
        )
    if live:
        return (f"listening on {text.safe(title)}, nothing yet", *_advice(title))
    if status is not None and status.ended:
        words = f"{text.safe(title)}: no SIP message and no datagram in it"
        return tuple(line for line in (words, text.safe(notice)) if line)
    done = progress(status) if status is not None else None
    percent = f" {done:.0%}" if done is not None else ""
    return (f"reading {text.safe(title)}{percent}",)


def _advice(title: str) -> tuple[str, ...]:
    head, _, port = text.safe(title).rpartition(":")
    if not head.startswith("udp") or not port.isdecimal():
        return ("what the sources take in appears here",)
    host = head.removeprefix("udp").strip()
    if host in ("", "0.0.0.0", "[::]", "*"):
        host = "127.0.0.1"
    return (f"Try: sipsak -s sip:100@{host}:{port}",)
