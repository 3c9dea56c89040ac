"""What is said in the normal screen, or behind the rows, when all is over?"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from siptui import text
from siptui.status import Status

if TYPE_CHECKING:
    from siptui.store import Store


def farewell(store: Store) -> int:
    """Say in the normal screen what became of the traffic; return 1 if anything went wrong."""
    status = store.status
    parts = [f"{text.count(store.received)} seen", f"{text.count(store.kept)} kept"]
    if status.recording is not None:
        parts.append(f"{text.plural(status.recording.frames, 'frame')} written to "
                     f"{text.safe(status.recording.path)}")  # fmt: skip
    dropped = sum(
        each.statistics.dropped_kernel + each.statistics.dropped_socket for each in status.sources
    )
    parts.append(f"{text.count(dropped + status.lost)} lost")
    print(f"siptui: {', '.join(parts)}")
    return report(status)


def report(status: Status) -> int:
    """Say on standard error what was lost or went wrong; return 1 if anything did, else 0."""
    problems = [each.statistics.notice for each in status.sources if each.statistics.notice]
    if status.recording is not None and status.recording.error:
        problems.append(status.recording.error)
    if status.error:
        problems.append(status.error)
    dropped = sum(
        each.statistics.dropped_kernel + each.statistics.dropped_socket for each in status.sources
    )
    for problem in (*problems, *status.notices):
        print(f"siptui: {problem}", file=sys.stderr)
    if dropped or status.lost:
        print(
            f"siptui: lost {text.count(dropped)} in the kernel, {text.count(status.lost)} by us",
            file=sys.stderr,
        )
    return 1 if problems else 0
