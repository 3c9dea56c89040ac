"""What became of everything that arrived?"""

from __future__ import annotations

from siptui import text
from siptui.status import RecordingStatus, Status
from siptui.tui.widgets.header import Facts
from siptui.view import View


def gather(
    view: View,
    *,
    source: str,
    live: bool,
    elapsed: float,
    rates: list[float],
    memory_most: int,
    masked: bool,
) -> Facts:
    """Return what the header tells, from the view, its store and the engine's last report."""
    store = view.store
    facts = Facts(
        state="live" if live else "reading",
        source=source,
        elapsed=elapsed,
        received=store.received,
        shown=len(view),
        kept=store.kept,
        let_go=store.let_go,
        memory=store.bytes,
        memory_most=memory_most,
        rates=rates,
        masked=masked,
    )
    if store.status is not None:
        _report(facts, store.status)
    if view.frozen:
        facts.state = "paused"
    return facts


def _report(facts: Facts, status: Status) -> None:
    facts.lost_kernel = sum(each.statistics.dropped_kernel for each in status.sources)
    facts.lost_socket = sum(each.statistics.dropped_socket for each in status.sources)
    facts.lost_ours = status.lost
    facts.waiting = status.waiting
    facts.progress = progress(status)
    if status.recording is not None:
        facts.recording_failed = bool(status.recording.error)
        facts.recording = _recording(status.recording)
    facts.answering = text.safe(status.respond_mode)
    if status.ended:
        # What a notice says of a file passes; that there was one must not.
        cut = any(each.statistics.notice for each in status.sources)
        facts.state = "incomplete" if cut else "ended"
    if status.error:
        facts.state = "failed"


def news(status: Status | None, told: set[str]) -> list[str]:
    """Return what is wrong and was not yet told, a sentence each; note it in `told`."""
    if status is None:
        return []
    every = [each.statistics.notice for each in status.sources] + status.notices
    new = [words for words in dict.fromkeys(every) if words and words not in told]
    told.update(new)
    return new


def _recording(recording: RecordingStatus) -> str:
    return "NOT RECORDING" if recording.error else f"rec {text.bytes_size(recording.size)}"


def progress(status: Status) -> float | None:
    """Return how much of the files was read, 0 to 1; None where nobody can know."""
    known = [each.statistics.progress for each in status.sources]
    values = [value for value in known if value is not None]
    return sum(values) / len(values) if values else None
