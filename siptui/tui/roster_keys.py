"""Which keys work on the senders screen?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding

from siptui.tui.keys import key_name


def _key(keys: str, action: str, words: str, id: str, tooltip: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"senders.{id}", tooltip=tooltip)


BINDINGS = [
    _key("j,down", "move(1)", "down", "down", "One row down."),
    _key("k,up", "move(-1)", "up", "up", "One row up."),
    _key("ctrl+d", "page(0.5)", "half down", "half_down", "Half a page down."),
    _key("ctrl+u", "page(-0.5)", "half up", "half_up", "Half a page up."),
    _key("pagedown,ctrl+f", "page(1)", "page down", "page_down", "A page down."),
    _key("pageup,ctrl+b", "page(-1)", "page up", "page_up", "A page up."),
    _key("g,home", "edge(False)", "top", "top", "To the first row."),
    _key("G,end", "edge(True)", "end", "end", "To the last row."),
    _key("enter", "open", "messages", "open",
         "Show the sender's messages in time order with the gaps between them."),
    _key("b", "group(1)", "group by", "group",
         "Group by address, network, AS, country, tool, shape, user agent or number."),
    _key("B", "group(-1)", "group back", "group_before", "Group by what was before."),
    _key("o", "sort(1)", "sort", "sort", "Sort by the next column."),
    _key("O", "reverse", "reverse", "reverse", "Reverse the order."),
    _key("tab,C", "campaigns", "campaigns", "campaigns",
         "Senders that share a shape and a number or constants; or all senders again."),
    _key("slash,f3,f7", "filter", "filter", "filter",
         "Edit the filter, the same as that of the messages."),
    _key("plus,equals_sign", "term(False)", "only this", "only",
         "Keep only messages of this sender."),
    _key("minus", "term(True)", "hide this", "hide", "Hide the messages of this sender."),
    _key("w", "left", "hide known", "what_is_left",
         "Hide sources that show only known tools and routine scans, or show them."),
    _key("escape,q,S,backspace", "leave", "back", "leave", "Back to the messages."),
]  # fmt: skip


def keys() -> dict[str, tuple[str, ...]]:
    """Return the screen's keys by id."""
    return {each.id: tuple(each.key.split(",")) for each in BINDINGS if each.id}


def rows(keys_of: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return keys and what they do, for the help."""
    return [
        ("  ".join(map(key_name, keys_of[each.id])), each.tooltip) for each in BINDINGS if each.id
    ]
