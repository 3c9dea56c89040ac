"""The ring holds the newest rows within its limits, and says what became of the others."""

from __future__ import annotations

import threading
import tracemalloc
from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from siptui.batch import pack, unpack
from siptui.store import CHUNK_ROWS, LIMIT_BYTES, LIMIT_RECORDS, Chunk, Store
from tests.made_up import NOON, batches, message, same, scanners


def filled(count: int, limit_records: int = 10_000, limit_bytes: int = 10**9) -> Store:
    store = Store(limit_records, limit_bytes)
    for each in batches([message(number) for number in range(count)], 7):
        store.append(each)
    return store


@given(st.lists(st.integers(1, 40), max_size=12), st.integers(1, 60))
def test_the_newest_rows_are_held_and_the_rest_is_counted(sizes: list[int], limit: int) -> None:
    store = Store(limit)
    for size in sizes:
        first = store.received
        store.append(unpack(pack([message(first + each) for each in range(size)])))
        assert store.kept <= max(limit, size)
    assert store.received == sum(sizes) == store.kept + store.let_go
    held = range(store.first, store.received)
    assert len(held) == store.kept
    for seq in held:
        record = store.record(seq)
        assert record is not None
        assert same(record, message(seq))
    assert store.record(store.first - 1) is None
    assert store.record(store.received) is None


def test_large_messages_are_let_go_by_their_bytes() -> None:
    store = Store(10_000, 1_000_000)
    for number in range(200):
        record = message(number, data=b"x" * 50_000, frames=(), offset=-1)
        store.append(unpack(pack([record])))
        assert store.bytes <= 1_100_000
    assert store.kept >= 10
    assert store.received == 200


def test_one_batch_beyond_the_limit_is_held_until_the_next() -> None:
    store = Store(10_000, 100_000)
    store.append(unpack(pack([message(1, data=b"x" * 500_000, frames=(), offset=-1)])))
    assert store.kept == 1
    store.append(unpack(pack([message(2)])))
    assert store.record(0) is None
    assert store.record(1) is not None


def test_clearing_lets_rows_go_and_counts_values_anew() -> None:
    store = filled(50)
    store.clear()
    assert (store.received, store.kept, store.let_go) == (50, 0, 50)
    assert store.tallies["src"].total == 0
    assert store.newest_time == 0
    store.append(unpack(pack([message(50)])))
    assert (store.received, store.kept, store.let_go) == (51, 1, 50)
    assert store.record(50) is not None
    assert store.tallies["src"].total == 1


def full_chunks(count: int) -> list[Chunk]:
    chunks = []
    for first in range(0, count, CHUNK_ROWS):
        chunk = Chunk(first, CHUNK_ROWS)
        for each in batches(scanners(CHUNK_ROWS, seed=first, sources=20_000), 512):
            chunk.append(each)
        chunk.seal()
        chunks.append(chunk)
    return chunks


def test_memory_beside_the_bytes_of_messages_is_bounded() -> None:
    chunks = full_chunks(5 * CHUNK_ROWS)
    kept = sum(chunk.count for chunk in chunks)
    own = sum(chunk.size for chunk in chunks)
    assert (sum(chunk.memory for chunk in chunks) - own) / kept <= 600


def test_the_memory_that_is_claimed_is_that_which_is_used() -> None:
    made = [pack(scanners(512, seed, sources=20_000)) for seed in range(8)]
    tracemalloc.start()
    try:
        chunk = Chunk(0, CHUNK_ROWS)
        for each in made:
            chunk.append(unpack(each))
        open_claimed, open_used = chunk.memory, tracemalloc.get_traced_memory()[0]
        chunk.seal()
        claimed, used = chunk.memory, tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert used <= 1.05 * claimed
    assert claimed <= 1.25 * used
    assert open_used <= 1.25 * open_claimed
    assert claimed < open_claimed


def test_the_default_limits_hold_what_they_promise() -> None:
    a_row = 42 + 450 + 600
    assert LIMIT_RECORDS == 150_000
    assert LIMIT_BYTES == 80_000_000 < LIMIT_RECORDS * a_row


def test_rates_go_by_the_clock_of_the_capture() -> None:
    store = filled(250)
    now = NOON + 3 * 10**9
    assert store.pulse.rates(now, 4) == [0, 100, 100, 50]
    assert store.pulse.rates(now + 10**9, 2) == [50, 0]
    assert store.pulse.rates(now + 10**15, 60) == [0] * 60
    store.append(unpack(pack([message(300, time=NOON + 10**15), message(301, time=NOON)])))
    assert store.pulse.rates(NOON + 10**15 + 10**9, 2) == [0, 1]


def test_reading_while_rows_arrive_and_go_sees_whole_rows() -> None:
    store = Store(200)
    made = [message(number) for number in range(6000)]
    made_batches = batches(made, 6)
    problems: list[str] = []

    def write() -> None:
        for each in made_batches:
            store.append(each)

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while writer.is_alive() or not reads:
        for chunk in store.chunks:
            for row in (0, chunk.count - 1):
                if chunk.count and not same(chunk.record(row), made[chunk.first + row]):
                    problems.append(f"row {chunk.first + row}")
                reads += 1
        store.tallies["user"].top(NOON, 5)
        store.pulse.rates(NOON)
        assert store.kept >= 0
    writer.join()
    assert not problems
    assert store.received == 6000


def test_a_full_chunk_gives_back_what_it_does_not_use() -> None:
    store = Store(80)
    for each in batches([message(number) for number in range(40)], 3):
        store.append(each)
    *full, _ = store.chunks
    for chunk in full:
        assert chunk.room == 0
        assert isinstance(chunk.blob, bytes)
        assert all(len(column) == chunk.count for column in chunk.numbers.values())


def test_columns_hold_one_value_a_row() -> None:
    store = filled(10)
    chunk = store.chunks[0]
    assert chunk.numbers["len"][: chunk.count].tolist() == [len(message(n).data) for n in range(10)]
    assert np.all(chunk.numbers["dport"][: chunk.count] == 5060)
    assert chunk.words["iface"].values == ["eth0"]
    assert fields(type(store.status))
