"""Why is said of a message what rows say of it? The evidence, as lines for the inspector."""

from __future__ import annotations

from collections.abc import Iterator

from siptui.enrich import Enricher
from siptui.enrich.evidence import explain as explain_labels
from siptui.enrich.explain import explain as explain_tool
from siptui.enrich.shape import prehash
from siptui.record import Record
from siptui.tui.widgets.inspector import Fact


class Reasons:
    """Give the reasons for what is said of records; texts are as they came, not yet safe."""

    def __init__(self, enricher: Enricher) -> None:
        self._enricher = enricher

    def __call__(self, record: Record) -> list[Fact]:
        """Return the reasons for a record's tool, tag and labels."""
        return [*_tool(record, self._enricher), *_labels(record, self._enricher)]

    def prehash(self, record: Record) -> str:
        """Return the text that the shape of a record is made of; empty if it has none."""
        return prehash(record) if record.shape else ""


def reasons(enricher: Enricher) -> Reasons:
    """Return what gives the reasons for a record's tool, tag and labels."""
    return Reasons(enricher)


def _tool(record: Record, enricher: Enricher) -> Iterator[Fact]:
    found = explain_tool(record.data, record, enricher.tools.catalogue)
    if found.tool:
        versions = f" {found.versions}" if found.versions else ""
        yield Fact("tool", f"{found.tool}{versions}, {found.confidence} %: {found.evidence}")
        if found.basis:
            yield Fact("rests on", found.basis)
    for trait in found.traits:
        yield Fact("trait", trait.says, trait.start, trait.stop)
    if found.carries is not None:
        carried = found.carries
        start = found.tag.start if found.tag is not None else -1
        stop = start + len(found.tag.value) if found.tag is not None else -1
        for title, text in (
            ("tag: target", carried.target),
            ("tag: extension", carried.extension),
            ("tag: user", carried.user),
            ("tag: password", carried.password),
        ):
            if text:
                yield Fact(title, text, start, stop)
    if found.lie:
        yield Fact("user agent lies", found.lie)
    for contradiction in found.contradictions:
        yield Fact("contradiction", contradiction.says, contradiction.start, contradiction.stop)


def _labels(record: Record, enricher: Enricher) -> Iterator[Fact]:
    for each in explain_labels(record, enricher.labels.book):
        start, stop = each.places[0] if each.places else (-1, -1)
        yield Fact(each.label, f"{each.severity}: {each.text}", start, stop)
        if each.false_positives and each.severity in {"warning", "severe"}:
            yield Fact("or else", each.false_positives)
