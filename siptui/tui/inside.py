"""Which keys work only inside a part of the screen, and what does the footer offer of them?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.binding import Binding

from siptui.tui import listing_keys
from siptui.tui.keys import key_name, plain_key
from siptui.tui.widgets.footer import Offer
from siptui.tui.widgets.inspector import Inspector

_OFFERED = ("only", "next_part", "part_before", "frame", "find", "find_next", "defect")
"""What the footer offers, the most important first."""


def bindings() -> Iterator[Binding]:
    """Yield the inspector's bindings that have an id."""
    for binding in Inspector.BINDINGS:
        if isinstance(binding, Binding) and binding.id:
            yield binding


def keys() -> dict[str, tuple[str, ...]]:
    """Return the keys of the inspector and of the screens with a table by id."""
    return {each.id: tuple(each.key.split(",")) for _, part in _parts() for each in part if each.id}


def _parts() -> list[tuple[str, list[Binding]]]:
    return [
        ("In the inspector", list(bindings())),
        ("In the senders screen", listing_keys.SENDERS),
        ("In the flow of a call", listing_keys.FLOW),
    ]


def rows(keys_of: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return keys and what they do, for the help; a row without keys is a title."""
    found = []
    for title, part in _parts():
        found.append(("", title))
        for each in part:
            if each.id:
                found.append(("  ".join(map(key_name, keys_of[each.id])), each.tooltip))
    return found


def offers(inspector: Inspector, keys_of: Mapping[str, Sequence[str]], ascii: bool) -> list[Offer]:
    """Return what the footer offers while the inspector has the focus."""
    by_id = {binding.id: binding for binding in bindings()}
    found = []
    for name in _OFFERED:
        binding = by_id.get(f"inspector.{name}")
        if binding is None or binding.id is None or not keys_of[binding.id]:
            continue
        if _possible(inspector, binding):
            key = key_name(keys_of[binding.id][0])
            found.append(Offer(binding.id, plain_key(key) if ascii else key, binding.description))
    return found


def _possible(inspector: Inspector, binding: Binding) -> bool:
    name, _, arguments = binding.action.partition("(")
    words = arguments.rstrip(")")
    value: object = {"True": True, "False": False}.get(words)
    if value is None and words.lstrip("-").isdecimal():
        value = int(words)
    return bool(inspector.check_action(name, () if value is None else (value,)))


def action(id: str) -> str | None:
    """Return the inspector's action of an id, None if it has none."""
    return next((binding.action for binding in bindings() if binding.id == id), None)
