"""How does the filter language answer the line to type in?"""

from __future__ import annotations

from collections.abc import Sequence

from siptui import filters, text
from siptui.tui.widgets.filterbar import Completion, Verdict
from siptui.view import View


def judge(value: str) -> Verdict:
    """Return what a filter text means, or what is wrong with it and where."""
    if not value.strip():
        return Verdict(True, "everything")
    try:
        return Verdict(True, text.safe(filters.parse(value).describe()))
    except filters.FilterError as error:
        return Verdict(False, text.safe(str(error)), error.start, error.stop)


def complete(view: View, value: str, cursor: int) -> Sequence[Completion]:
    """Return how a filter text may go on at the cursor."""
    return []
