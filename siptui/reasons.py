"""Why is said of a message what rows say of it? The evidence, as lines for the inspector.

What finds it is the engine's, and is loaded here only when somebody looks.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, cast

from siptui.record import Record
from siptui.tui.widgets.inspector import Fact

if TYPE_CHECKING:
    from siptui.enrich.book import Book
    from siptui.enrich.signatures import Catalogue


class Reasons:
    """Give the reasons for what is said of records; texts are as they came, not yet safe."""

    def __init__(self, knowledge: bytes) -> None:
        """Rest on the signatures and labels that the engine has in force (`Opened.knowledge`)."""
        self._knowledge = knowledge

    @cached_property
    def _known(self) -> tuple[Catalogue, Book]:
        return cast("tuple[Catalogue, Book]", pickle.loads(self._knowledge))

    def __call__(self, record: Record) -> list[Fact]:
        """Return the reasons for a record's tool, tag and labels."""
        catalogue, book = self._known
        return [*_tool(record, catalogue), *_labels(record, book)]

    def prehash(self, record: Record) -> str:
        """Return the text that the shape of a record is made of; empty if it has none."""
        from siptui.enrich.shape import prehash

        return prehash(record) if record.shape else ""


def _tool(record: Record, catalogue: Catalogue) -> Iterator[Fact]:
    from siptui.enrich.explain import explain

    found = explain(record.data, record, catalogue)
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


def _labels(record: Record, book: Book) -> Iterator[Fact]:
    from siptui.enrich.evidence import explain

    for each in explain(record, book):
        start, stop = each.places[0] if each.places else (-1, -1)
        yield Fact(each.label, f"{each.severity}: {each.text}", start, stop)
        if each.false_positives and each.severity in {"warning", "severe"}:
            yield Fact("or else", each.false_positives)
