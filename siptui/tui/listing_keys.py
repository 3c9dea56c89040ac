"""Which keys work on the screens that show a table: senders, and the flow of a call?"""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding


def _key(screen: str, keys: str, action: str, words: str, id: str, tooltip: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"{screen}.{id}", tooltip=tooltip)


def _moving(screen: str) -> list[Binding]:
    return [
        _key(screen, keys, action, words, words.replace(" ", "_"), tooltip)
        for keys, action, words, tooltip in (
            ("j,down", "move(1)", "down", "One row down."),
            ("k,up", "move(-1)", "up", "One row up."),
            ("ctrl+d", "page(0.5)", "half down", "Half a page down."),
            ("ctrl+u", "page(-0.5)", "half up", "Half a page up."),
            ("pagedown,ctrl+f", "page(1)", "page down", "A page down."),
            ("pageup,ctrl+b", "page(-1)", "page up", "A page up."),
            ("g,home", "edge(False)", "top", "To the first row."),
            ("G,end", "edge(True)", "end", "To the last row."),
        )
    ]


def _bindings(screen: str, *rows: Sequence[str]) -> list[Binding]:
    return _moving(screen) + [_key(screen, *row) for row in rows]


SENDERS = _bindings(
    "senders",
    ("enter", "open", "messages", "open",
     "Show the sender's messages in time order with the gaps between them."),
    ("b", "group(1)", "group by", "group",
     "Group by address, network, AS, country, tool, shape, user agent or number."),
    ("B", "group(-1)", "group back", "group_before", "Group by what was before."),
    ("o", "sort(1)", "sort", "sort", "Sort by the next column."),
    ("O", "reverse", "reverse", "reverse", "Reverse the order."),
    ("tab,C", "campaigns", "campaigns", "campaigns",
     "Senders that share a shape and a number or constants; or all senders again."),
    ("slash,f3,f7", "filter", "filter", "filter",
     "Edit the filter, the same as that of the messages."),
    ("plus,equals_sign", "term(False)", "only this", "only",
     "Keep only messages of this sender."),
    ("minus", "term(True)", "hide this", "hide", "Hide the messages of this sender."),
    ("w", "left", "hide known", "what_is_left",
     "Hide sources that show only known tools and routine scans, or show them."),
    ("escape,q,S,backspace", "leave", "back", "leave", "Back to the messages."),
)  # fmt: skip

FLOW = _bindings(
    "flow",
    ("enter", "open", "message", "open", "Inspect the message of this row."),
    ("tab,shift+tab", "other", "next pane", "other", "To the message and back."),
    ("h,left", "host(-1)", "left", "host_before", "To the hosts on the left."),
    ("l,right", "host(1)", "right", "next_host", "To the hosts on the right."),
    ("plus,equals_sign", "only", "only this", "only",
     "Show only this call's messages in the stream."),
    ("escape,q,F,f4,backspace", "leave", "back", "leave", "Back to the messages."),
)  # fmt: skip
