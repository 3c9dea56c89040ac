"""Labels of records that come one after the other."""

from __future__ import annotations

from siptui.enrich.labels import Labels
from siptui.enrich.numbers import Numbers
from siptui.record import Record
from tests.enrich.made import record


def labels(*records: Record, **options: object) -> list[set[str]]:
    """Return the labels of each; `options` are those of `Labels`."""
    Numbers().enrich(records)
    Labels(**options).enrich(records)  # type: ignore[arg-type]
    return [set(each.labels) for each in records]


def label(data: bytes, **more: object) -> set[str]:
    """Return the labels of one message alone."""
    return labels(record(data, **more))[0]  # type: ignore[arg-type]
