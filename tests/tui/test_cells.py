"""Whatever is drawn, the terminal shows the same as if every frame had been written whole."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from siptui.tui.cells import Cells, is_frame

WIDTH, HEIGHT = 20, 8
STYLES = [
    "", "1", "31", "2;38;2;1;2;3;48;5;7", "38;2;1;2;3", "97;44", "7", "1;31;48;2;9;9;9",
    "1;2;3;4;9;31", "4;38;2;1;2;3;48;2;9;9;9", "38;2;1;2;3;48;2;9;9;9", "5;103",
]  # fmt: skip


def segment(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


texts = st.text(st.sampled_from("abc ▇─é"), min_size=1, max_size=3)
pieces = st.tuples(
    st.integers(1, HEIGHT - 2),
    st.integers(6, WIDTH - 8),
    st.lists(st.tuples(st.sampled_from(STYLES), texts), min_size=1, max_size=3),
).map(lambda drawn: f"\x1b[{drawn[0]};{drawn[1]}H" + "".join(segment(*each) for each in drawn[2]))
WIDE = ["日本 wide 語 row", "📞 call 📞", "e\u0301te\u0301 日", "日本語日本語日本語", "plain"]
wide_rows = st.tuples(
    st.integers(HEIGHT - 1, HEIGHT), st.sampled_from(STYLES), st.sampled_from(WIDE),
    st.sampled_from(STYLES),
).map(
    lambda drawn: f"\x1b[{drawn[0]};1H" + segment(drawn[1], drawn[2])
    + segment(drawn[3], " " * (WIDTH - cell_len(drawn[2])))
)  # fmt: skip


def full(first: int) -> str:
    """Draw a list of different rows, as one that follows new messages does."""
    rows = [
        segment("36", f"{n:04d}" if n % 4 else f"{n % 100:02d}日")
        + f" row number {n:<4d}"[:16].ljust(16)
        for n in range(first, first + HEIGHT)
    ]
    return "\n".join(f"\x1b[{y};1H{row}" for y, row in enumerate(rows, 1))


scrolls = st.integers(0, 40).map(full)
places = st.tuples(st.integers(1, HEIGHT), st.integers(1, WIDTH)).map(
    lambda place: f"\x1b[{place[0]};{place[1]}H"
)
frames = st.tuples(
    st.lists(st.one_of(pieces, wide_rows, scrolls), min_size=1, max_size=4).map("".join), places
).map("".join)


def emulate() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.set_mode(pyte.modes.LNM)
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


def looks(cell: pyte.screens.Char) -> tuple[object, ...]:
    """Return all of a cell that can be seen: a blank one has neither weight nor colour of ink."""
    lines = (cell.underscore, cell.strikethrough, cell.reverse, cell.blink)
    ink = () if cell.data == " " and not any(lines) else (cell.fg, cell.bold, cell.italics)
    return (cell.data, cell.bg, *lines, *ink)


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    return [[looks(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(frames, st.sampled_from(["", "disturbed", "mode"])), min_size=1, max_size=8)
)
def test_differences_show_what_whole_frames_show(drawn: list[tuple[str, str]]) -> None:
    plain, plain_stream = emulate()
    thin, thin_stream = emulate()
    cells = Cells(WIDTH, HEIGHT)
    for frame, before in drawn:
        if before == "mode":
            thin_stream.feed(cells.rest() + "\x1b[?1000h")
            assert thin.cursor.attrs == thin.default_char
        if before == "disturbed":
            thin_stream.feed("\x1b[H\x1b[2Jdisturbed by a resize")
            cells.forget()
        plain_stream.feed(frame)
        cells.draw(frame)
        thin_stream.feed(cells.difference())
        assert shown(thin) == shown(plain)
        assert (thin.cursor.y, thin.cursor.x) == (plain.cursor.y, plain.cursor.x)


def test_nothing_new_writes_nothing() -> None:
    cells = Cells(WIDTH, HEIGHT)
    cells.draw(full(0))
    assert cells.difference()
    cells.draw(full(0))
    assert cells.difference() == ""


def test_a_following_list_is_moved_and_only_its_new_row_written() -> None:
    cells = Cells(WIDTH, HEIGHT)
    cells.draw(full(101))
    cells.difference()
    cells.draw(full(102))
    difference = cells.difference()
    assert "0109" in difference
    assert "0107" not in difference
    assert len(difference) < 80


def test_few_changes_are_written_where_they_are_and_nothing_is_moved() -> None:
    cells = Cells(WIDTH, HEIGHT)
    cells.draw(full(101))
    assert cells.difference() + cells.rest()
    cells.draw("\x1b[2;18H!" + segment("31", "?") + "\x1b[1;1H")
    assert cells.difference() == "\x1b[2;18H!\x1b[31m?\x1b[H"


def test_where_a_wide_character_ends_is_left_to_no_terminal() -> None:
    cells = Cells(WIDTH, 1)
    cells.draw(segment("31", "日本") + segment("32", "ab") + "\x1b[1;1H")
    assert "\x1b[;5H" in cells.difference()


@pytest.mark.parametrize("data", ["\x1b[?1049h", "\x1b]0;title\x07", "\x1b[?2026$p", "text", ""])
def test_modes_and_queries_are_no_frames(data: str) -> None:
    assert not is_frame(data)
    assert is_frame("\x1b[1;1Htext")
