"""The window onto the rows stays on its records."""

from __future__ import annotations

import bisect

from hypothesis import given
from hypothesis import strategies as st

from siptui.record import Record
from siptui.tui.window import Window


class Rows:
    """Rows that come at one end and go at the other."""

    def __init__(self, seqs: list[int]) -> None:
        self.seqs = seqs
        self.cursor = 0
        self.following = True
        self.frozen = False
        self.marks: set[int] = set()
        self.new_count = 0

    def __len__(self) -> int:
        return len(self.seqs)

    def seq_at(self, row: int) -> int:
        return self.seqs[row]

    def row_of(self, seq: int) -> int:
        return min(bisect.bisect_left(self.seqs, seq), max(0, len(self.seqs) - 1))

    def record(self, seq: int) -> Record | None:
        return None


def window(count: int, height: int = 10) -> Window:
    made = Window(Rows(list(range(count))))
    made.height = height
    made.settle()
    return made


def test_it_follows_the_newest_until_moved_up() -> None:
    at = window(50)
    assert (at.top, at.view.cursor) == (40, 49)
    at.view.seqs.extend(range(50, 60))  # type: ignore[attr-defined]
    at.settle()
    assert (at.top, at.view.cursor) == (50, 59)
    at.move(-1)
    assert not at.view.following
    at.view.seqs.extend(range(60, 70))  # type: ignore[attr-defined]
    at.settle()
    assert (at.top, at.view.cursor) == (50, 58)


def test_it_stays_on_its_records_when_old_ones_go() -> None:
    at = window(50)
    at.go(20)
    del at.view.seqs[:15]  # type: ignore[attr-defined]
    at.settle()
    assert at.view.cursor == 20
    assert at.view.seq_at(at.top) == 20


def test_a_record_that_went_gives_way_to_the_oldest_left() -> None:
    at = window(50)
    at.go(3)
    del at.view.seqs[:15]  # type: ignore[attr-defined]
    at.settle()
    assert at.view.cursor == 15


def test_the_wheel_moves_the_window_and_keeps_the_cursor_while_it_is_visible() -> None:
    at = window(50)
    at.go(30)
    top = at.top
    at.scroll(-1)
    assert (at.top, at.view.cursor) == (top - 1, 30)
    at.scroll(-15)
    assert at.view.cursor < 30


def test_a_page_keeps_the_cursor_in_the_window() -> None:
    at = window(50)
    at.go(0)
    at.page(1)
    assert (at.top, at.view.cursor) == (10, 10)
    at.page(-0.5)
    assert (at.top, at.view.cursor) == (5, 5)


@given(
    st.integers(0, 60),
    st.integers(1, 20),
    st.lists(
        st.tuples(
            st.sampled_from(["move", "go", "page", "scroll", "come", "leave"]), st.integers(-40, 40)
        ),
        max_size=30,
    ),
)
def test_whatever_happens_the_cursor_is_visible(
    count: int, height: int, steps: list[tuple[str, int]]
) -> None:
    at = window(count, height)
    view: Rows = at.view  # type: ignore[assignment]
    for what, number in steps:
        if what == "come":
            last = view.seqs[-1] if view.seqs else 0
            view.seqs.extend(range(last + 1, last + 1 + abs(number)))
        elif what == "leave":
            del view.seqs[: abs(number)]
        else:
            getattr(at, what)(number)
        at.settle()
        if view.seqs:
            assert at.top <= at.cursor_row < at.top + height
            assert view.cursor in view.seqs
            assert 0 <= at.top <= max(0, len(view.seqs) - height)
