"""How soon does a new filter show its rows?"""

from __future__ import annotations

import time
from collections.abc import Iterator

from siptui.batch import Batch
from siptui.store import Store
from siptui.view import View
from tests.benchmarks.pipeline import Pipeline, unpacked
from tests.benchmarks.table import Figure, Plan

FILTERS = ("country:RU", "-ua:friendly-scanner method:INVITE", "user:100", "sipvicious",
           "label:toll-fraud", "src:45.0.0.0/8")  # fmt: skip
FIRST, ALL, LONGEST = 100.0, 1000.0, 50.0
"""Milliseconds to the first rows, to all of them, and that the list may be blocked meanwhile."""
SLICE = 0.02
"""Seconds that the screen gives the view at once."""
_SCREEN = 25
_DISTINCT = 50_000


def batches(held: int) -> list[Batch]:
    """Return what a store of `held` messages is filled from."""
    return list(unpacked(Pipeline(), min(held, _DISTINCT)))


def filled(held: int, contents: list[Batch]) -> Store:
    """Return a store that holds `held` messages, the same ones again and again."""
    store = Store(held, 1 << 40)
    while store.received < held:
        for batch in contents:
            store.append(batch)
    return store


def run(plan: Plan) -> Iterator[Figure]:
    """Measure new filters over what is held, matched in slices as the screen does."""
    held = plan.size(1_000_000, 50_000)
    view = View(filled(held, batches(held)))
    _match(view, "")
    note = f"{held:,} held, in process, slices of {1000 * SLICE:.0f} ms"
    for text in FILTERS:
        measured = [_match(view, text) for _ in range(plan.repeat)]
        first, whole, longest = (
            1000 * sorted(each)[len(each) // 2] for each in zip(*measured, strict=True)
        )
        for what, value, most in (
            ("first rows", first, FIRST), ("all rows", whole, ALL), ("longest slice", longest,
                                                                     LONGEST),
        ):  # fmt: skip
            yield Figure("filter", f"`{text}`: {what}", "ms", value, target=most, note=note)
        _match(view, "")


def _match(view: View, text: str) -> tuple[float, float, float]:
    """Return seconds to a screenful of rows (or the end), to the end, and of the longest slice."""
    began = time.perf_counter()
    view.set_filter(text)
    first = longest = 0.0
    while True:
        slice_began = time.perf_counter()
        view.refresh(SLICE)
        now = time.perf_counter()
        longest = max(longest, now - slice_began)
        if not first and len(view) >= _SCREEN:
            first = now - began
        if view.scanned >= 1:
            return first or now - began, now - began, longest
