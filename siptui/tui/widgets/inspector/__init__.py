"""What is in this one message, and which bytes say so?

```
━ OPTIONS sip:100@203.0.113.81 ━━━━━━━━━━━━━━━━ message · bytes  0x0024 +67 of 390 ━
  source     198.51.100.37:61594             │ 0000  4f 50 54 49 4f 4e 53 20  OPTIONS
 !defects    2: no-via, lf-only              │ 0008  73 69 70 3a 31 30 30 40  sip:100@
  ── message ─────────────────────────────── │ 0010  32 30 33 2e 30 2e 31 31  203.0.11
  OPTIONS sip:100@203.0.113.81 SIP/2.0       │ 0018  33 2e 38 31 20 53 49 50  3.81 SIP
▌ Via: SIP/2.0/UDP 198.51.100.37:61594;…     │ 0020  2f 32 2e 30 0d 0a 56 69  /2.0..Vi
```
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import ClassVar, Protocol

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from siptui import text
from siptui.record import Record
from siptui.tui.paint import Part, Signs
from siptui.tui.widgets.inspector.bindings import BINDINGS
from siptui.tui.widgets.inspector.chrome import Title, Upright, bytes_of, is_hex
from siptui.tui.widgets.inspector.decoded import Decoded
from siptui.tui.widgets.inspector.dump import NARROW, WIDE, Dump, dump_width
from siptui.tui.widgets.inspector.items import SHAPE, Account, Fact, shape_facts
from siptui.tui.widgets.inspector.part import InspectorPart

__all__ = ["Fact", "Inspector"]

READABLE = 40
"""Cells the decoded message needs beside the dump."""
CLIPBOARD = 74_000
"""Characters that terminals still take by OSC 52."""

Explain = Callable[[Record], Sequence[Fact]]


class Hides(Protocol):
    """Hide addresses and users of a record in a copy."""

    def record(self, record: Record) -> Record:
        """Return the copy."""
        ...


class Inspector(Widget):
    """Show one message decoded and as bytes, linked both ways."""

    DEFAULT_CSS = """
    Inspector { layout: vertical; }
    Inspector > #inspector-title { height: 1; }
    Inspector > #inspector-parts { height: 1fr; }
    Inspector Decoded { width: 1fr; height: 1fr; }
    Inspector Dump { height: 1fr; width: 1fr; }
    Inspector #inspector-rule { width: 1; height: 1fr; display: none; }
    Inspector.-beside #inspector-rule { display: block; }
    Inspector.-message Dump, Inspector.-bytes Decoded { display: none; }
    Inspector > #inspector-find {
        height: 1; border: none; padding: 0; display: none; background: transparent;
    }
    Inspector.-finding > #inspector-find { display: block; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*BINDINGS]

    class TermChosen(Message):
        """The user wants only (or, with a minus, none of) the messages like this one."""

        def __init__(self, term: str) -> None:
            super().__init__()
            self.term = term

    def __init__(
        self,
        explain: Explain | None = None,
        *,
        id: str | None = "inspector",
        signs: Signs | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """Show nothing yet.

        `explain` says what is known of a record beyond its bytes; times are in `zone` or local.
        """
        super().__init__(id=id)
        self._explain = explain
        self._signs = signs or Signs()
        self._zone = zone
        self._record: Record | None = None
        self._shown: tuple[Record | None, Hides | None] | None = None
        self._account = Account()
        self._whole = False
        self._shapes = False
        self._frame = 0
        self._needle = ""
        self._part = "message"
        self._title = Title(id="inspector-title", signs=self._signs)
        self.decoded = Decoded(signs=self._signs)
        self.dump = Dump(signs=self._signs)

    def set_up(self) -> None:
        """Mount the parts, once: the first screen need not wait for what it does not show."""
        if self.decoded.is_attached:
            return
        parts = Horizontal(id="inspector-parts")
        find = Input(id="inspector-find", placeholder="find text, or bytes as 0x0d0a", compact=True)
        self.mount(self._title, parts, find)
        if parts.is_attached:  # A screen that closes takes nothing in any more.
            parts.mount(self.decoded, Upright(id="inspector-rule", signs=self._signs), self.dump)

    @property
    def term(self) -> str:
        """The filter term of what is under the cursor; empty if it has none."""
        item = self.decoded.item
        return item.term if item else ""

    @property
    def value(self) -> str:
        """The value under the cursor, safe for a terminal."""
        item = self.decoded.item
        return item.value if item else ""

    def show(self, record: Record | None, mask: Hides | None = None) -> None:
        """Show another record, or none; with a `mask` nothing that it hides is shown.

        The cursor stays on the field of the same name.
        """
        if self._shown is not None and _same(record, self._shown[0]) and mask is self._shown[1]:
            return
        self._shown = (record, mask)
        self._record = mask.record(record) if record is not None and mask is not None else record
        self._frame = 0
        self._read()

    def _read(self) -> None:
        if not self.is_mounted:
            return
        self.set_up()
        item = self.decoded.item
        self._account = self._of(self._record) if self._record is not None else Account()
        items = self._account.items
        names = [each.name for each in items]
        if item is not None and item.name in names:
            cursor = names.index(item.name)
        else:
            cursor = next((at for at, each in enumerate(items) if each.kind == "start"), 0)
        self.dump.show(self._account.data, self._account.defects)
        self.decoded.show(items, cursor)
        if self.decoded.item is not None:
            self.dump.choose(self.decoded.item.range)
        self._entitle()

    def _of(self, record: Record) -> Account:
        # What reads messages and packets takes a while to load, which the first screen need not.
        from siptui.tui.widgets.inspector.account import account

        facts = [*self._explain(record)] if self._explain else []
        if self._shapes:
            facts += shape_facts(self._explain, record)
        return account(record, facts, self._frame if self._whole else None, self._zone)

    def on_mount(self) -> None:
        """Show what was asked for before there was a screen."""
        if self._record is not None:
            self._read()

    def on_resize(self, event: events.Resize) -> None:
        """Choose between side by side and one part at a time."""
        width = event.size.width
        beside = width >= READABLE + dump_width(NARROW) + 1
        self.set_class(beside, "-beside")
        if beside:
            size = WIDE if width >= READABLE + dump_width(WIDE) + 1 else NARROW
            self.dump.styles.width = dump_width(size, self.dump.digits) + 1
        else:
            self.dump.styles.width = "1fr"
        self._arrange()

    def _arrange(self) -> None:
        beside = self.has_class("-beside")
        self.set_class(not beside and self._part == "message", "-message")
        self.set_class(not beside and self._part == "bytes", "-bytes")
        self._entitle()

    def _entitle(self) -> None:
        title = self._title
        right: list[Part] = []
        if not self.has_class("-beside"):
            for name in ("message", "bytes"):
                right += [(name, "focus" if name == self._part else "dim"), (" ", "")]
            right += [(self._signs.dot + " ", "rule")]
        start, stop = self.dump.range
        size = len(self._account.data)
        if self.dump.has_focus and (name := self._account.part_at(self.dump.cursor)):
            right += [(text.cut(name, 20), "value"), (" ", "")]
        if 0 <= start < stop:
            right += [(f"0x{start:04x} +{stop - start} of ", "dim")]
        right += [(text.bytes_size(size), "dim")] if self._record is not None else []
        if self._whole and self._record is not None:
            frames = len(self._record.frames)
            right += [(f" frame {self._frame + 1}/{frames}", "value")]
        title.left, title.right = self._account.title, right
        title.focused = self.decoded.has_focus or self.dump.has_focus
        title.sync()

    def focus(self, scroll_visible: bool = True) -> Inspector:
        """Give the focus to the part that shows the message, or to the only one shown."""
        self.set_up()
        (self.dump if self.has_class("-bytes") else self.decoded).focus(scroll_visible)
        return self

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _focus_moved(self) -> None:
        self._entitle()

    @on(InspectorPart.Moved)
    def _follow(self, event: InspectorPart.Moved) -> None:
        event.stop()
        if isinstance(event.part, Decoded):
            self.dump.choose(event.range)
        else:
            number = self.decoded.at(event.range[0])
            if number >= 0:
                self.decoded.choose(number)
                self.dump.range = self.decoded.items[number].range
                self.dump.repaint()
        self._entitle()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key to the screen where it means nothing here."""
        if action == "part":
            return self.decoded.has_focus if parameters == (1,) else self.dump.has_focus
        if action == "term":
            return bool(self.term)
        if action == "again":
            return bool(self._needle)
        if action == "step":
            return self._whole
        return True

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines or rows."""
        if self.dump.has_focus:
            self.dump.move(rows=lines)
        else:
            self.decoded.move(lines)

    def action_sideways(self, step: int) -> None:
        """Move by a byte."""
        if self.dump.has_focus:
            self.dump.move(bytes_=step)

    def action_page(self, pages: float) -> None:
        """Move by a part of what is visible."""
        self.action_move(int(pages * max(2, self.decoded.size.height, self.dump.size.height)))

    def action_end(self, step: int) -> None:
        """Move to the beginning or the end."""
        if self.dump.has_focus:
            self.dump.move_to(0 if step < 0 else len(self.dump.data) - 1)
        else:
            self.decoded.move(step * len(self.decoded.items))

    def action_part(self, step: int) -> None:
        """Go to the bytes, or back to the message."""
        self._part = "bytes" if step > 0 else "message"
        self._arrange()
        (self.dump if step > 0 else self.decoded).focus()

    def action_frame(self) -> None:
        """Show the payload alone, or the whole frame."""
        if self._record is not None and self._record.frames:
            self._whole = not self._whole
            self._read()

    def action_shape(self) -> None:
        """Show what the shape is made of, or not any more."""
        self._shapes = not self._shapes
        self._read()
        if self._shapes:
            first = (n for n, each in enumerate(self.decoded.items) if each.name == SHAPE)
            if (number := next(first, None)) is not None:
                self.decoded.move_to(number)
            else:
                self.notify("the message has no shape, or nobody knows why", markup=False)

    def action_step(self, step: int) -> None:
        """Show another of the frames that carried the message."""
        if self._record is not None:
            self._frame = max(0, min(self._frame + step, len(self._record.frames) - 1))
            self._read()

    def action_find(self) -> None:
        """Ask what to search for."""
        self.add_class("-finding")
        field = self.query_one(Input)
        field.value = self._needle
        field.focus()

    @on(Input.Submitted, "#inspector-find")
    def _found(self, event: Input.Submitted) -> None:
        event.stop()
        self._needle = event.value.strip()
        self._stop_finding()
        self.decoded.needle = "" if is_hex(self._needle) else self._needle.lower()
        self.dump.needle = bytes_of(self._needle)
        self.dump.exact = is_hex(self._needle)
        self.decoded.repaint()
        self.dump.repaint()
        if self._needle:
            self.action_again(1)

    def _stop_finding(self) -> None:
        self.remove_class("-finding")
        self.focus()

    def on_key(self, event: events.Key) -> None:
        """Leave the search by Escape."""
        if event.key == "escape" and self.has_class("-finding"):
            event.stop()
            event.prevent_default()
            self._stop_finding()

    def action_again(self, step: int) -> None:
        """Go to the next match, in the part that has the focus."""
        found = False
        if not self.dump.has_focus and not is_hex(self._needle):
            found = self.decoded.find(self._needle.lower(), step)
        found = found or self.dump.find(step)
        if not found:
            self.notify(f"not in this message: {text.safe(self._needle)}", markup=False)

    def action_defect(self) -> None:
        """Go to the next defect and its bytes."""
        items = self.decoded.items
        for distance in range(1, len(items) + 1):
            number = (self.decoded.cursor + distance) % len(items)
            if items[number].kind == "finding":
                self.decoded.move_to(number)
                return
        self.notify("nothing is wrong with this message", markup=False)

    def action_term(self, hide: bool) -> None:
        """Say which messages the user wants to keep or to hide."""
        if self.term:
            self.post_message(self.TermChosen(f"-{self.term}" if hide else self.term))

    def action_copy_message(self) -> None:
        """Send the message to the clipboard."""
        self._copy(self._account.copy, "message")

    def action_copy_value(self) -> None:
        """Send the value under the cursor, or the chosen bytes in hex, to the clipboard."""
        if self.dump.has_focus:
            start, stop = self.dump.range
            self._copy(self._account.data[max(0, start) : stop].hex(" "), "bytes")
        else:
            self._copy(self.value, "value")

    def _copy(self, words: str, what: str) -> None:
        if not words:
            return
        self.app.copy_to_clipboard(words[:CLIPBOARD])
        cut = f", cut to {CLIPBOARD:,} characters" if len(words) > CLIPBOARD else ""
        self.notify(f"sent the {what} to the terminal's clipboard{cut}", markup=False)


def _same(one: Record | None, other: Record | None) -> bool:
    if one is other:
        return True
    if one is None or other is None:
        return False
    return (
        one.time == other.time
        and (one.src, one.sport, one.offset) == (other.src, other.sport, other.offset)
        and one.data == other.data
    )
