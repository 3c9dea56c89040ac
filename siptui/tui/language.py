"""How does the filter language answer the line to type in?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from siptui import filters, text
from siptui.tui.widgets.filterbar import Completion, Verdict
from siptui.view import View

_CHUNKS = 8
"""Newest chunks whose values are offered."""
_VALUES = 500


def judge(value: str) -> Verdict:
    """Return what a filter text means, or what is wrong with it and where."""
    if not value.strip():
        return Verdict(True, "everything")
    try:
        return Verdict(True, text.safe(filters.parse(value).describe()))
    except filters.FilterError as error:
        unfinished = error.start >= len(value.rstrip()) - 1
        return Verdict(False, text.safe(str(error)), error.start, error.stop, unfinished)


def complete(view: View, value: str, cursor: int) -> Sequence[Completion]:
    """Return how a filter text may go on at the cursor."""
    offers = filters.complete(value, cursor, lambda field: known_values(view, field))
    return [Completion(offer.start, offer.stop, offer.text, offer.help) for offer in offers]


def known_values(view: View, field: str) -> list[tuple[str, str]]:
    """Return the values of a field in the newest messages, the commonest first, with counts."""
    counts: Counter[str] = Counter()
    for chunk in view.store.chunks[-_CHUNKS:]:
        if field in chunk.words:
            column = chunk.words[field]
            found = np.bincount(column.codes[: chunk.count], minlength=len(column.values))
            for held, count in zip(list(column.values), found.tolist(), strict=False):
                for each in held if isinstance(held, tuple) else (held,):
                    counts[str(each)] += count
        elif field in chunk.numbers and field != "time":
            numbers, times = np.unique(chunk.numbers[field][: chunk.count], return_counts=True)
            counts.update(dict(zip(map(str, numbers.tolist()), times.tolist(), strict=True)))
    return [
        (value, text.count(count))
        for value, count in counts.most_common(_VALUES)
        if count and value not in ("", "0")
    ]
