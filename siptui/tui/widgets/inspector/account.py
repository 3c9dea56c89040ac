"""What is there to say about one record, and which bytes does each line stand for?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from siptui import text
from siptui.decode import frame as frames
from siptui.decode.defects import DEFECTS
from siptui.decode.message import read
from siptui.filters import quote
from siptui.record import Record, decode
from siptui.tui.paint import Part
from siptui.tui.widgets.inspector.body import body_items, other_items, rest_items
from siptui.tui.widgets.inspector.facts import fact_items
from siptui.tui.widgets.inspector.head import head_items, is_wrong
from siptui.tui.widgets.inspector.items import Account, Fact, Item, fact, rule
from siptui.tui.widgets.inspector.part import NOWHERE


def account(
    record: Record,
    facts: Sequence[Fact] = (),
    frame: int | None = None,
    zone: tzinfo | None = None,
) -> Account:
    """Return everything about `record`; its payload, or one of its frames whole."""
    cut = "truncated" in record.defects
    message = read(record.data, cut) if record.kind == "sip" else None
    findings = message.findings if message else ()
    items = [*fact_items(record, zone)]
    items += [fact(each.title, each.text, range=(each.start, each.stop)) for each in facts]
    items += [
        fact(
            each.name,
            each.text,
            f"defect:{each.name}",
            (each.start, each.stop),
            alarm=True,
        )
        for each in findings
    ]
    # What the layers below found has no bytes in the message.
    below = [name for name in record.defects if all(name != each.name for each in findings)]
    for name in below:
        words = DEFECTS[name].text if name in DEFECTS else ""
        items.append(fact(text.safe(name), words, f"defect:{quote(name)}", alarm=True))
    if message is not None:
        items.append(rule("message"))
        items += head_items(record, message)
        for item in body_items(record.data, message.part):
            items.append(item._replace(defect=is_wrong(item.range, findings)))
        for item in rest_items(record.data, *message.rest):
            items.append(item._replace(defect=is_wrong(item.range, findings)))
    else:
        items.append(rule(f"not SIP: {text.safe(record.kind)}"))
        items += other_items(record.data)
    data, shift, layers = record.data, 0, []
    if frame is not None and frame < len(record.frames):
        data = record.frames[frame].data
        shift = record.offset if frame == 0 else -1
        layers = [
            fact(each.name, each.summary, range=(each.start, each.stop))._replace(kind="layer")
            for each in frames.layers(record.frames[frame])
        ]
        items = [*layers, *(_moved(item, shift) for item in items)]
        items.insert(0, rule(f"frame {frame + 1} of {len(record.frames)}"))
        items.insert(len(layers) + 1, rule("record"))
    defects = tuple(item.range for item in items if item.kind == "finding" and item.range[0] >= 0)
    return Account(tuple(items), data, defects, _title(record), _copy(record.data), message, shift)


def _moved(item: Item, shift: int) -> Item:
    start, stop = item.range
    if shift < 0 or start < 0:
        return item._replace(range=NOWHERE)
    return item._replace(range=(start + shift, stop + shift))


def _title(record: Record) -> tuple[Part, ...]:
    ours: tuple[Part, ...] = (("◂ our answer ", "ours"),) if record.ours else ()
    if record.kind != "sip":
        return (*ours, ("not SIP", "title"), (f" {text.safe(record.kind)}", "text"))
    line = record.data.lstrip(b"\r\n").split(b"\n", 1)[0].strip()
    first, _, rest = text.safe(decode(line)).partition(" ")
    return (*ours, (first, "title"), (f" {rest}", "dim"))


def _copy(data: bytes) -> str:
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    return "\n".join(text.safe(line) for line in lines)
