"""The inspector links what a message says to its bytes, and shows nothing that a terminal obeys."""

from __future__ import annotations

import pytest

from siptui.record import Frame, Record
from siptui.tui.widgets.inspector import Fact
from tests.tui.inspecting import HEAD, NARROW, PLAIN, SDP, TIME, WIDE, Bench, painted, record


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
