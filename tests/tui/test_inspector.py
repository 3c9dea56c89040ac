"""The inspector links what a message says to its bytes, and shows nothing that a terminal obeys."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

import siptui.tui
from siptui.record import Frame, Record
from siptui.tui import themes
from siptui.tui.widgets.inspector import Fact, Inspector
from siptui.tui.widgets.inspector.account import account
from siptui.tui.widgets.inspector.part import fold, mark

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


WIDE, NARROW = (120, 40), (80, 24)


async def test_a_field_highlights_its_bytes() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        assert app.field == "start"
        assert app.bytes_chosen == b"OPTIONS sip:100@203.0.113.81 SIP/2.0\r\n"
        await pilot.press("j", "down")
        await pilot.pause()
        assert app.field == "field from"
        assert app.bytes_chosen == b'From: "AmooT"<sip:100@1.1.1.1>;tag=31\r\n'
        await pilot.press("k", "up", "up")
        await pilot.pause()
        assert app.field.startswith("fact")


async def test_a_byte_chooses_its_field() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("tab", *["j"] * 6, "l", "right", "h", "left")
        await pilot.pause()
        assert app.inspector.dump.cursor == 96
        assert app.field == "field via"
        await pilot.press("end")
        await pilot.pause()
        assert app.inspector.dump.cursor == len(PLAIN) - 1
        await pilot.press("g")
        await pilot.pause()
        assert app.field == "start"


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_tab_goes_between_the_parts(size: tuple[int, int]) -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=size) as pilot:
        assert app.inspector.decoded.has_focus
        await pilot.press("tab")
        assert app.inspector.dump.has_focus
        assert app.inspector.decoded.display is (size == WIDE)
        await pilot.press("shift+tab")
        assert app.inspector.decoded.has_focus
        assert app.inspector.dump.display is (size == WIDE)


async def test_rows_have_sixteen_bytes_or_eight_where_narrow() -> None:
    for width, size in ((120, 16), (100, 8), (80, 16), (60, 8)):
        app = Bench(record(PLAIN))
        async with app.run_test(size=(width, 24)) as pilot:
            await pilot.press("tab")
            await pilot.pause()
            assert app.inspector.dump.size_of_row == size, width


async def test_pages_and_ends() -> None:
    app = Bench(record(HEAD + b"Content-Length: 0\r\n\r\n" + b"x\r\n" * 200))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("G")
        await pilot.pause()
        last = len(app.inspector.decoded.items) - 1
        assert app.inspector.decoded.cursor == last
        await pilot.press("pageup", "ctrl+u")
        await pilot.pause()
        assert app.inspector.decoded.cursor < last - 20
        await pilot.press("pagedown", "ctrl+d")
        await pilot.pause()
        assert app.inspector.decoded.cursor == last
        await pilot.press("home")
        await pilot.pause()
        assert app.inspector.decoded.cursor == 0


async def test_f_shows_the_whole_frame_with_its_layers() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("j", "f")
        await pilot.pause()
        assert app.inspector.dump.data.endswith(PLAIN)
        assert len(app.inspector.dump.data) == len(PLAIN) + 42
        assert app.field == "field via"
        assert app.bytes_chosen.startswith(b"Via:")
        await pilot.press("g")
        await pilot.pause()
        assert app.field == "fact ethernet"
        assert app.bytes_chosen == app.inspector.dump.data[:14]
        await pilot.press("f")
        await pilot.pause()
        assert app.inspector.dump.data == PLAIN


async def test_brackets_step_through_the_frames_of_one_message() -> None:
    one = record(PLAIN)
    second = Frame(TIME, b"second frame", 101, 12, "demo0")
    one.frames = (*one.frames, second)
    one.offset = -1
    app = Bench(one)
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("f", "right_square_bracket")
        await pilot.pause()
        assert app.inspector.dump.data == b"second frame"
        assert app.field == "start"
        assert app.bytes_chosen == b""
        await pilot.press("left_square_bracket")
        await pilot.pause()
        assert app.inspector.dump.data.endswith(PLAIN)


async def test_search_goes_round_in_both_parts() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"amoot", "enter")
        await pilot.pause()
        assert app.field == "field from"
        await pilot.press("n")
        await pilot.pause()
        assert app.field == "field to"
        await pilot.press("n")
        await pilot.pause()
        assert app.field == "field from"
        await pilot.press("N")
        await pilot.pause()
        assert app.field == "field to"
        await pilot.press("tab", "g", "n")
        await pilot.pause()
        assert app.inspector.dump.cursor == PLAIN.index(b"AmooT")
        await pilot.press("N")
        await pilot.pause()
        assert app.inspector.dump.cursor == PLAIN.rindex(b"AmooT")


async def test_search_finds_bytes_and_escape_leaves_it() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"0x0d0a0d0a", "enter")
        await pilot.pause()
        assert app.inspector.dump.cursor == len(PLAIN) - 4
        await pilot.press("slash", "x", "escape", "j")
        await pilot.pause()
        assert app.inspector.decoded.has_focus
        assert app.backs == 0
        await pilot.press("escape")
        assert app.backs == 1


async def test_d_goes_to_the_next_defect_and_its_bytes() -> None:
    app = Bench(record(PLAIN.replace(b"CSeq: 1 OPTIONS\r\n", b"CSeq: 1 OPTIONS\n")))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("d")
        await pilot.pause()
        item = app.inspector.decoded.item
        assert item is not None
        assert item.kind == "finding"
        assert app.inspector.dump.defects
        assert any("!CSeq:" in line for line in painted(app))
        await pilot.press("enter")
        await pilot.pause()
        assert app.terms == [item.term]
        assert item.term.startswith("defect:")


@pytest.mark.parametrize(
    ("keys", "term"),
    [
        (("enter",), "method=OPTIONS"),
        (("minus",), "-method=OPTIONS"),
        (("g", "plus"), "src:198.51.100.37"),
        (("slash", *"user-agent", "enter", "equals_sign"), "ua=PBX"),
        (("slash", *"max-forw", "enter", "enter"), '"Max-Forwards: 70"'),
    ],
)
async def test_a_line_becomes_a_filter_term(keys: tuple[str, ...], term: str) -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        assert app.terms == [term]


async def test_copies_message_value_and_bytes() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("j", "Y")
        assert app.clipboard.startswith("SIP/2.0/UDP 198.51.100.37")
        await pilot.press("y")
        assert app.clipboard.splitlines()[6] == "User-Agent: PBX"
        await pilot.press("tab", "Y")
        assert app.clipboard.startswith("56 69 61 3a")


async def test_the_mouse_chooses_lines_and_bytes() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()  # the parts are laid out once there is a message
        await pilot.click("#decoded", offset=(5, 0))
        await pilot.pause()
        assert app.field == "fact source"
        await pilot.click("#dump", offset=(7 + 3, 2))
        await pilot.pause()
        assert app.inspector.dump.cursor == 33
        await pilot.click("#dump", offset=(7 + 49 + 2 + 15, 3))
        await pilot.pause()
        assert app.inspector.dump.cursor == 63


async def test_another_message_keeps_the_field() -> None:
    app = Bench(record(PLAIN))
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"user-agent", "enter")
        await pilot.pause()
        app.inspector.show(record(PLAIN.replace(b"PBX", b"friendly-scanner")))
        await pilot.pause()
        assert app.field == "field user-agent"
        assert app.bytes_chosen == b"User-Agent: friendly-scanner\r\n"
        app.inspector.show(None)
        await pilot.pause()
        assert "no message under the cursor" in painted(app)[1]


async def test_facts_stand_above_the_message_with_their_bytes() -> None:
    app = Bench(
        record(PLAIN, tool="sipvicious/svmap", tag_target="203.0.113.81:5060"),
        [Fact("why", "the order of \x1b[31mfields", 38, 42)],
    )
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"order", "enter")
        await pilot.pause()
        assert app.bytes_chosen == PLAIN[38:42]
        screen = "\n".join(painted(app))
        assert "sipvicious/svmap" in screen
        assert "AS64496 Example Hosting Volga" in screen
        assert "the order of ␛[31mfields" in screen


async def test_a_mask_is_applied_to_all_that_is_shown() -> None:
    class Mask:
        def record(self, each: Record) -> Record:
            return record(each.data.replace(b"198.51.100.37", b"source-1     "))

    app = Bench(None)
    async with app.run_test(size=WIDE) as pilot:
        app.inspector.show(record(PLAIN), Mask())
        await pilot.pause()
        assert b"198.51.100.37" not in app.inspector.dump.data


def obeyed(lines: Sequence[str]) -> list[str]:
    return [
        each
        for line in lines
        for each in line
        if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


HOSTILE = (
    b"\x1b]0;owned\x07\x1b[2J",
    b"\x9b31m\x90q\x9c",
    "\u202egpj.exe\u200b\u2066".encode(),
    b"[bold red]markup[/] [/nothing] [@click=app.quit]x[/]",
    b"\x00\x08\x7f\xff\xfe",
)


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_field_reaches_the_terminal_raw(hostile: bytes, size: tuple[int, int]) -> None:
    body = b"v=0\r\ns=" + hostile + b"\r\n"
    data = PLAIN.replace(b"PBX", hostile).replace(b"Max-Forwards", b"Max-" + hostile)
    data = data.replace(b"sip:100@203", b"sip:" + hostile + b"@203")
    data = data.replace(b"Content-Length: 0", b"Content-Type: application/sdp") + body
    words = hostile.decode("utf-8", "backslashreplace")
    shown = record(
        data, ua=words, user=words, tool=words, labels=(words,), shape=words, as_name=words
    )
    app = Bench(shown, [Fact(words, words)])
    async with app.run_test(size=size) as pilot:
        for keys in (("g",), ("G",), ("f",), ("tab", "G"), ("f",), ("Y",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert obeyed(painted(app)) == []
        assert obeyed([app.clipboard]) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=80).map(lambda tail: HEAD + tail)))
def test_any_bytes_have_an_account(data: bytes) -> None:
    for kind in ("sip", "text"):
        each = record(data, kind)
        for frame in (None, 0, 7):
            found = account(each, (), frame)
            assert all(
                -1 <= start <= stop <= len(found.data)
                for start, stop in (i.range for i in found.items)
            )
            for item in found.items:
                assert obeyed([words for words, _ in item.parts]) == []
                for width in (4, 40):
                    rows = fold(item.parts, width, item.indent)
                    whole = "".join(words for row in rows for words, _ in row)
                    assert "".join(whole.split()) == "".join(
                        "".join(words for words, _ in item.parts).split()
                    )


def test_what_is_no_sip_is_named() -> None:
    words = [
        "".join(words for item in account(record(data, kind)).items for words, _ in item.parts)
        for data, kind in (
            (b"", "empty"),
            (b"\r\n\r\n", "keep-alive"),
            (bytes(range(128, 168)), "stun"),
        )
    ]
    assert "an empty datagram" in words[0]
    assert "nothing but 4 line ends" in words[1]
    assert "no text; the dump shows them" in words[2]


def test_session_descriptions_and_parts_are_told_apart() -> None:
    parts = (
        b"--b\r\nContent-Type: application/sdp\r\n\r\n" + SDP + b"\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
    )
    data = HEAD + b"Content-Type: multipart/mixed;boundary=b\r\n\r\n" + parts
    items = account(record(data)).items
    rules = [item.parts[0][0] for item in items if item.kind == "rule"]
    assert rules[-4:] == ["part 1", f"session description, {len(SDP)} bytes", "part 2",
                          "text/plain, 5 bytes"]  # fmt: skip
    media = next(item for item in items if item.name.startswith("sdp m"))
    assert data[slice(*media.range)] == b"m=audio 4000 RTP/AVP 0\r\n"


def test_what_is_left_over_is_shown_and_marked() -> None:
    items = account(record(PLAIN + b"behind the end")).items
    assert items[-2].parts[0][0] == "left over, 14 bytes"
    assert items[-1].defect
    assert PLAIN[slice(*items[-1].range)] == b""


def findings_of(shown: Record) -> list[str]:
    return [item.term for item in account(shown).items if item.kind == "finding"]


def test_what_the_capture_cut_is_not_held_against_the_message() -> None:
    cut = record(
        HEAD + b"Content-Type: a/b\r\nContent-Length: 400\r\n\r\nv=0", defects=("truncated",)
    )
    assert findings_of(cut) == ["defect:truncated"]


def test_what_the_layers_below_found_is_listed_also_where_there_is_no_sip() -> None:
    for shown in (
        record(PLAIN, defects=("udp-length", "fragment-overlap")),
        record(b"\0\1", kind="binary", defects=("udp-length", "fragment-overlap")),
    ):
        assert findings_of(shown) == ["defect:udp-length", "defect:fragment-overlap"]


def test_matches_are_marked_across_parts() -> None:
    parts = [("User-", "bar"), ("Agent", "text")]
    assert mark(parts, "er-ag") == [
        ("Us", "bar"), ("er-", "bar found"), ("Ag", "text found"), ("ent", "text"),
    ]  # fmt: skip


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("part", ["message", "bytes", "frame"])
def test_inspector_looks_as_it_should(snap_compare, size: tuple[int, int], part: str) -> None:
    shown = record(
        HEAD.replace(b"Max-Forwards: 70\r\n", b"Max-Forwards: 70\n")
        + b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n" % len(SDP)
        + SDP,
        tool="sipvicious/svmap",
        labels=("capability-scan",),
    )
    keys = {"message": ["d"], "bytes": ["j", "j", "tab", "down"], "frame": ["f", "g", "j"]}[part]
    facts = [Fact("why", "order of fields and tag of svmap")]
    assert snap_compare(Bench(shown, facts), terminal_size=size, press=keys)
