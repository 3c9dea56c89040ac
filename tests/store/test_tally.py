"""Counters stay small, keep exact totals, and say where they can no longer be exact."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.batch import pack, unpack
from siptui.record import Record
from siptui.store import COUNTED, Store
from siptui.store.tally import STEP, WINDOW, Tally
from tests.made_up import NOON, batches, message, records

MINUTE = 60 * 10**9


def what(record: Record) -> str:
    return str(record.status) if record.status else record.method or record.kind


def counted(made: list[Record], field: str) -> Counter[str]:
    if field == "what":
        return Counter(map(what, made))
    if field == "labels":
        return Counter(each for record in made for each in record.labels if each)
    return Counter(str(v) for record in made if (v := getattr(record, field)) != "")


@given(st.lists(records(), max_size=12), st.integers(1, 5), st.sampled_from(COUNTED))
def test_counters_agree_with_counting_by_hand(made: list[Record], size: int, field: str) -> None:
    store = Store()
    for each in batches(made, size):
        store.append(each)
    tally = store.tallies[field]
    found = tally.top(NOON)
    wanted = counted(made, field)
    assert {each.value: each.count for each in found} == wanted
    assert [each.count for each in found] == sorted(wanted.values(), reverse=True)
    assert tally.total == len(made)
    assert not any(each.at_least for each in found)
    assert tally.top(NOON, 2) == found[:2]
    if field == "src":
        for each in found:
            size = sum(len(record.data) for record in made if record.src == each.value)
            assert each.bytes == size
            assert each.share == pytest.approx(wanted[each.value] / len(made))


def test_ten_million_keys_take_no_more_memory_than_some_thousand() -> None:
    tally = Tally()

    def flood(start: int, stop: int) -> None:
        for first in range(start, stop, 4096):
            keys = [f"10.{key}" for key in range(first, first + 4096)]
            tally.add(keys, [1] * 4096, [400] * 4096, 4096)
            tally.add_recent(first // 10_000, keys, [1] * 4096)

    flood(0, 200_000)
    tracemalloc.start()
    flood(200_000, 400_000)
    grown = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    # As many again change nothing: every bound was reached before.
    assert grown < 6_000_000
    assert len(tally) < 10_000
    assert tally.total >= 400_000


def test_long_values_are_bounded_too() -> None:
    tally = Tally(characters=100_000)
    for key in range(3000):
        tally.add([f"{key:05}" + "x" * 10_000], [1], [1], 1)
    assert len(tally) <= 20
    assert tally.total == 3000


def test_the_common_stay_and_a_value_that_returns_is_marked() -> None:
    tally = Tally(capacity=10)
    tally.add(["often"], [100], [1], 100)
    for key in range(50):
        tally.add([f"once {key}"], [1], [1], 1)
    often = tally.top(0, 1)[0]
    assert (often.value, often.count, often.at_least) == ("often", 100, False)
    tally.add(["once 49", "once 3"], [5, 6], [1, 1], 11)
    marked = {each.value: each.at_least for each in tally.top(0, 3)}
    assert marked["once 3"]
    assert not marked["often"]
    assert tally.total == 161
    assert tally.forgotten >= 30


def rate(store: Store, now: int) -> float:
    return next(each.rate for each in store.tallies["country"].top(now) if each.value == "RU")


def test_rates_are_of_the_last_minute() -> None:
    store = Store()
    for first in range(0, 60_000, 3000):
        # 100 a second for ten minutes, in batches of half a minute.
        made = [message(first + each, country="RU") for each in range(3000)]
        store.append(unpack(pack(made)))
    end = store.newest_time
    assert rate(store, end) == pytest.approx(100, rel=STEP / WINDOW)
    assert rate(store, end + MINUTE // 2) == pytest.approx(50, rel=2 * STEP / WINDOW)
    assert rate(store, end + 2 * MINUTE) == 0


def test_older_rows_that_are_counted_late_change_no_rate() -> None:
    store = Store()
    store.append(unpack(pack([message(0, time=NOON + 10 * MINUTE, country="RU")])))
    before = rate(store, NOON + 10 * MINUTE)
    store.append(unpack(pack([message(0, time=NOON, country="RU")] * 50)))
    assert rate(store, NOON + 10 * MINUTE) == before
    assert store.tallies["country"].top(NOON)[0].count == 51


def test_nothing_counted_is_nothing_shown() -> None:
    tally = Tally()
    assert tally.top(0) == []
    assert tally.top(0, 5) == []
    assert tally.count_of("x") == 0
