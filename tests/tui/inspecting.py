"""An inspector by itself, with a message to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

import siptui.tui
from siptui.record import Frame, Record
from siptui.tui import themes
from siptui.tui.widgets.inspector import Fact, Inspector

HEAD = (
    b"OPTIONS sip:100@203.0.113.81 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 198.51.100.37:61594;branch=z9hG4bK-1581053078;rport\r\n"
    b'From: "AmooT"<sip:100@1.1.1.1>;tag=31\r\n'
    b'To: "AmooT"<sip:100@1.1.1.1>\r\n'
    b"Call-ID: 566786674785161288795175\r\n"
    b"CSeq: 1 OPTIONS\r\n"
    b"User-Agent: PBX\r\n"
    b"Max-Forwards: 70\r\n"
)


PLAIN = HEAD + b"Content-Length: 0\r\n\r\n"


SDP = (
    b"v=0\r\no=- 1 1 IN IP4 10.0.0.7\r\ns=-\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 0\r\n"
)


TIME = 1_767_262_503_500_000_000


def record(data: bytes, kind: str = "sip", **more: object) -> Record:
    ethernet = bytes(14) + bytes.fromhex("4500") + (len(data) + 28).to_bytes(2, "big")
    ethernet = ethernet[:12] + b"\x08\x00" + ethernet[14:] + bytes(5) + b"\x11" + bytes(2)
    ethernet += bytes((198, 51, 100, 37, 203, 0, 113, 81))
    ethernet += (61594).to_bytes(2, "big") + (5060).to_bytes(2, "big")
    ethernet += (len(data) + 8).to_bytes(2, "big") + bytes(2)
    frame = Frame(TIME, ethernet + data, 1, len(ethernet + data), "demo0")
    fields: dict[str, object] = {
        "method": "OPTIONS" if kind == "sip" else "",
        "country": "RU",
        "asn": 64496,
        "as_name": "Example Hosting Volga",
    }
    return Record(
        TIME, "198.51.100.37", 61594, "203.0.113.81", 5060, "udp", kind, data, (frame,), 42,
        **(fields | more),  # type: ignore[arg-type]
    )  # fmt: skip


class Bench(App[None]):
    """Hold one inspector and what it says."""

    CSS_PATH = Path(siptui.tui.__file__).parent / "siptui.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back")]
    CSS = "Inspector { height: 1fr; } Screen { background: $background; color: $sip-text; }"

    def __init__(self, shown: Record | None, facts: Sequence[Fact] = ()) -> None:
        super().__init__()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = "siptui-dark"
        self.shown = shown
        self.facts = facts
        self.terms: list[str] = []
        self.backs = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.role_defaults(True)

    def compose(self) -> ComposeResult:
        yield Inspector(lambda _: self.facts, zone=UTC)

    def on_mount(self) -> None:
        self.inspector.show(self.shown)
        self.inspector.focus()

    @property
    def inspector(self) -> Inspector:
        return self.query_one(Inspector)

    @on(Inspector.TermChosen)
    def _chosen(self, event: Inspector.TermChosen) -> None:
        self.terms.append(event.term)

    def action_back(self) -> None:
        self.backs += 1

    @property
    def field(self) -> str:
        item = self.inspector.decoded.item
        return item.name if item else ""

    @property
    def bytes_chosen(self) -> bytes:
        start, stop = self.inspector.dump.range
        return self.inspector.dump.data[start:stop] if start >= 0 else b""


def painted(app: App[None]) -> list[str]:
    return [strip.text for strip in app.screen._compositor.render_strips()]


WIDE = (120, 40)


NARROW = (80, 24)
