"""Whatever is drawn, the terminal shows the same as if every frame had been written whole."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.tui.cells import Cells, is_frame

WIDTH, HEIGHT = 20, 8
STYLES = ["", "1", "31", "2;38;2;1;2;3;48;5;7", "38;2;1;2;3", "97;44", "7", "1;31;48;2;9;9;9"]


def segment(style: str, text: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


texts = st.text(st.sampled_from("abc ▇─é"), min_size=1, max_size=9)
pieces = st.tuples(
    st.integers(1, HEIGHT - 2),
    st.integers(1, WIDTH - 9),
    st.lists(st.tuples(st.sampled_from(STYLES), texts), min_size=1, max_size=1),
).map(lambda drawn: f"\x1b[{drawn[0]};{drawn[1]}H" + "".join(segment(*each) for each in drawn[2]))
wide_rows = st.tuples(st.integers(HEIGHT - 1, HEIGHT), st.sampled_from(STYLES)).map(
    lambda drawn: f"\x1b[{drawn[0]};1H" + segment(drawn[1], "日本 wide 語 row".ljust(WIDTH - 5))
)


def full(first: int) -> str:
    """Draw a list of different rows, as one that follows new messages does."""
    rows = [segment("36", f"{n:04d}") + segment("", f" row number {n:<4d}"[:16].ljust(16))
            for n in range(first, first + HEIGHT)]  # fmt: skip
    return "\n".join(f"\x1b[{y};1H{row}" for y, row in enumerate(rows, 1))


scrolls = st.integers(0, 40).map(full)
frames = st.lists(st.one_of(pieces, wide_rows, scrolls), min_size=1, max_size=4).map("".join)


def emulate() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.set_mode(pyte.modes.LNM)
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    return [
        [
            (cell.data, cell.bold, cell.reverse, cell.bg)
            + (() if cell.data == " " and not cell.reverse else (cell.fg,))
            for cell in (screen.buffer[y][x] for x in range(WIDTH))
        ]
        for y in range(HEIGHT)
    ]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(frames, st.booleans()), min_size=1, max_size=8))
def test_differences_show_what_whole_frames_show(drawn: list[tuple[str, bool]]) -> None:
    plain, plain_stream = emulate()
    thin, thin_stream = emulate()
    cells = Cells(WIDTH, HEIGHT)
    for frame, disturbed in drawn:
        if disturbed:
            thin_stream.feed("\x1b[H\x1b[2Jdisturbed by a resize")
            cells.forget()
        plain_stream.feed(frame)
        cells.draw(frame)
        thin_stream.feed(cells.difference())
        assert shown(thin) == shown(plain)


def test_nothing_new_writes_nothing() -> None:
    cells = Cells(WIDTH, HEIGHT)
    cells.draw(full(0))
    assert cells.difference()
    cells.draw(full(0))
    assert cells.difference() == ""


def test_a_following_list_is_moved_and_only_its_new_row_written() -> None:
    cells = Cells(WIDTH, HEIGHT)
    cells.draw(full(100))
    cells.difference()
    cells.draw(full(101))
    difference = cells.difference()
    assert "0108" in difference
    assert "0107" not in difference
    assert len(difference) < 80


@pytest.mark.parametrize("data", ["\x1b[?1049h", "\x1b]0;title\x07", "\x1b[?2026$p", "text", ""])
def test_modes_and_queries_are_no_frames(data: str) -> None:
    assert not is_frame(data)
    assert is_frame("\x1b[1;1Htext")
