"""The view shows what a list of records would show, whatever comes, goes and is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from siptui.batch import pack, unpack
from siptui.filters import FilterError
from siptui.record import Record
from siptui.store import Store
from siptui.view import View
from tests.made_up import batches, message, same

COUNTRIES = ("RU", "CN", "")
FILTERS = {
    "": lambda record: True,
    "country:RU": lambda record: record.country == "RU",
    "-country:RU odd": lambda record: record.country != "RU" and bool(record.defects),
    "country:XX": lambda record: False,
}


def made(number: int) -> Record:
    return message(
        number,
        country=COUNTRIES[number * 7 % 3],
        defects=("lf-only",) if number % 4 == 1 else (),
        src=f"192.0.2.{number % 5}",
    )


def feed(store: Store, first: int, count: int) -> None:
    store.append(unpack(pack([made(each) for each in range(first, first + count)])))


def settle(view: View) -> None:
    view.refresh(0)
    while view.scanned < 1:
        view.refresh(0)


def view_of(count: int, limit: int = 10_000, size: int = 4) -> View:
    store = Store(limit)
    for each in batches([made(number) for number in range(count)], size):
        store.append(each)
    view = View(store)
    settle(view)
    return view


def seqs(view: View) -> list[int]:
    return [view.seq_at(row) for row in range(len(view))]


class ViewMachine(RuleBasedStateMachine):
    """Compare a view with a list of what was received."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store(24)
        self.view = View(self.store)
        self.text = ""
        self.received = 0
        self.cleared = 0
        self.frozen_at: int | None = None
        self.counted_from: int | None = None
        settle(self.view)

    def expected(self) -> list[int]:
        held = range(self.store.first, self.received)
        if self.frozen_at is not None:
            held = range(held.start, min(held.stop, self.frozen_at))
        return [seq for seq in held if FILTERS[self.text](made(seq))]

    @rule(count=st.integers(1, 9))
    def receive(self, count: int) -> None:
        feed(self.store, self.received, count)
        self.received += count
        settle(self.view)

    @rule(text=st.sampled_from(sorted(FILTERS)))
    def set_filter(self, text: str) -> None:
        self.view.set_filter(text)
        self.text = text
        # Rows that only pausing keeps are shown, so they are counted.
        self.counted_from = self.store.first if self.frozen_at is None else None
        settle(self.view)

    @rule()
    def clear(self) -> None:
        self.view.clear()
        self.frozen_at = None
        self.cleared = self.counted_from = self.received
        settle(self.view)

    @rule(value=st.booleans())
    def freeze(self, value: bool) -> None:
        if value and self.frozen_at is None:
            self.frozen_at = self.received
        elif not value:
            self.frozen_at = None
        self.view.frozen = value
        settle(self.view)

    @precondition(lambda self: len(self.view))
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        self.view.following = False
        row = data.draw(st.integers(0, len(self.view) - 1))
        self.view.cursor = self.view.seq_at(row)
        assert self.view.row_of(self.view.cursor) == row
        self.view.marks.add(self.view.cursor)

    @rule()
    def follow(self) -> None:
        self.view.follow()
        self.frozen_at = None
        settle(self.view)
        assert self.view.new_count == 0
        if len(self.view):
            assert self.view.row_of(self.view.cursor) == len(self.view) - 1

    @precondition(lambda self: len(self.view))
    @rule(data=st.data(), step=st.sampled_from([1, -1]))
    def find(self, data: st.DataObject, step: int) -> None:
        start = data.draw(st.integers(-1, len(self.view)))
        shown = seqs(self.view)
        rows = range(start + 1, len(shown)) if step > 0 else range(start - 1, -1, -1)
        wanted = next((row for row in rows if made(shown[row]).defects), None)
        assert self.view.find("odd", start, step) == wanted

    @invariant()
    def the_rows_are_those_expected(self) -> None:
        shown = seqs(self.view)
        if self.frozen_at is None:
            assert shown == self.expected()
        else:
            # What the store let go may stay while rows are frozen.
            assert shown[len(shown) - len(self.expected()) :] == self.expected()
            assert all(FILTERS[self.text](made(seq)) and seq < self.frozen_at for seq in shown)
        assert all(self.view.row_of(seq) == row for row, seq in enumerate(shown))
        for seq in shown[-3:]:
            record = self.view.record(seq)
            assert record is not None
            assert same(record, made(seq))

    @invariant()
    def the_cursor_is_on_a_row(self) -> None:
        shown = seqs(self.view)
        assert self.view.cursor in shown if shown else self.view.cursor == -1

    @invariant()
    def marks_are_of_rows_that_are_held(self) -> None:
        assert all(self.view.record(seq) is not None for seq in self.view.marks)

    @invariant()
    def the_store_adds_up(self) -> None:
        store = self.store
        assert store.received == self.received == store.kept + store.let_go
        assert store.kept <= 24
        assert store.tallies["src"].total == self.received - self.cleared

    @invariant()
    def counters_follow_the_filter(self) -> None:
        if self.text and self.counted_from is not None:
            counted = range(self.counted_from, self.received)
            wanted = sum(FILTERS[self.text](made(seq)) for seq in counted)
            assert self.view.tallies["src"].total == wanted

    @invariant()
    def selections_are_what_is_shown(self) -> None:
        assert self.view.selection("shown") == seqs(self.view)
        assert set(self.view.selection("marked")) == self.view.marks


TestViewMachine = ViewMachine.TestCase
TestViewMachine.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)


def test_a_wrong_filter_leaves_the_old_one_in_force() -> None:
    view = view_of(9)
    view.set_filter("country:RU")
    settle(view)
    before = seqs(view)
    with pytest.raises(FilterError):
        view.set_filter("contry:CN")
    settle(view)
    assert view.filter.text == "country:RU"
    assert seqs(view) == before


def test_the_newest_rows_of_a_filter_are_there_at_once() -> None:
    view = view_of(400, limit=400)
    clock = iter(range(10_000))
    slow = View(view.store, clock=lambda: next(clock))
    slow.set_filter("country:RU")
    slow.refresh(0)
    assert 0 < slow.scanned < 1
    newest = [seq for seq in range(view.store.chunks[-1].first, 400) if made(seq).country == "RU"]
    assert seqs(slow) == newest
    steps = 0
    while slow.scanned < 1:
        slow.refresh(0)
        steps += 1
    assert steps >= 7
    assert len(slow) == sum(made(seq).country == "RU" for seq in range(400))


def test_what_the_user_looks_at_is_matched_before_older_rows() -> None:
    view = view_of(400, limit=400)
    view.following = False
    view.cursor = 104
    view.set_filter("-country:XX")
    view._clock = iter(range(10_000)).__next__
    view.refresh(1)
    assert view.scanned < 1
    assert view.cursor == 104


def test_a_row_that_was_hidden_gets_the_cursor_back() -> None:
    view = view_of(12)
    view.following = False
    view.cursor = 4
    assert made(4).country != "RU"
    view.set_filter("country:RU")
    settle(view)
    assert view.cursor == 6
    view.set_filter("")
    settle(view)
    assert view.cursor == 4


def test_standing_still_says_how_many_are_new() -> None:
    view = view_of(8)
    view.following = False
    feed(view.store, 8, 5)
    settle(view)
    assert view.new_count == 5
    assert view.cursor == 7
    view.set_filter("country:RU")
    settle(view)
    assert view.new_count == sum(made(seq).country == "RU" for seq in range(8, 13))
    view.follow()
    assert view.new_count == 0
    assert view.cursor == view.seq_at(len(view) - 1)


def test_pausing_freezes_rows_and_counts_on() -> None:
    view = view_of(8)
    view.frozen = True
    feed(view.store, 8, 5)
    settle(view)
    assert seqs(view) == list(range(8))
    assert view.new_count == 5
    assert view.tallies["country"].total == 13
    view.frozen = False
    settle(view)
    assert seqs(view) == list(range(13))


def test_what_is_paused_at_stays_while_a_flood_passes() -> None:
    view = view_of(64, limit=64)
    view.frozen = True
    last = seqs(view)[-10:]
    for first in range(64, 640, 8):
        feed(view.store, first, 8)
    settle(view)
    assert seqs(view)[-10:] == last
    assert view.store.first > 64
    record = view.record(last[0])
    assert record is not None
    assert same(record, made(last[0]))
    view.frozen = False
    settle(view)
    assert seqs(view) == list(range(view.store.first, 640))


def test_marks_outlive_filters_and_those_let_go_are_counted() -> None:
    view = view_of(64, limit=64)
    view.marks |= {1, 2, 60}
    view.set_filter("country:XX")
    settle(view)
    assert view.selection("marked") == [1, 2, 60]
    feed(view.store, 64, 16)
    settle(view)
    assert view.marks == {60}
    assert view.marks_gone == 2


def test_an_export_gets_all_its_rows_whatever_is_let_go_meanwhile() -> None:
    view = view_of(64, limit=64)
    view.marks |= {3, 17}
    chosen: dict[str, Any] = {
        which: view.selection(which) for which in ("all", "shown", "marked", "cursor")
    }
    rows = chosen["all"].records()
    next(rows)
    for first in range(64, 640, 8):
        feed(view.store, first, 8)
    settle(view)
    assert view.store.first > 64
    assert len(list(rows)) == 63
    assert [each.time for each in chosen["shown"].records()] == [
        made(seq).time for seq in range(64)
    ]
    assert len(list(view.records(chosen["marked"]))) == 2
    assert chosen["cursor"][0] == 63
    assert len(list(view.records([0, 639]))) == 1


def test_an_unknown_selection_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no such selection"):
        view_of(1).selection("some")


def test_counts_of_a_field_are_those_of_the_rows_shown() -> None:
    view = view_of(30)
    view.set_filter("-country:RU odd")
    settle(view)
    shown = [made(seq) for seq in seqs(view)]
    assert sum(view.counts("src").values()) == len(shown)
    assert view.counts("country").get("CN", 0) == sum(each.country == "CN" for each in shown)
    assert view.counts("dport") == {5060: len(shown)}


def test_times_back_from_now_are_those_of_the_clock_given() -> None:
    view = view_of(10)
    view.now = lambda: made(9).time / 1e9 + 60
    view.set_filter("time>-61s")
    settle(view)
    assert len(view) == 10
    view.set_filter("time>-59s")
    settle(view)
    assert len(view) == 0
