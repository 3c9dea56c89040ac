"""What the engine sends arrives in the store, and its end is noticed, however it comes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable

import pytest

from siptui.batch import pack
from siptui.status import Status
from siptui.store import Store
from siptui.store.feed import MOST_WAY, WAY, Feed
from tests.made_up import message


def run(*messages: object) -> Store:
    ours, theirs = multiprocessing.Pipe()
    store = Store()
    feed = Feed(ours, store)
    for each in messages:
        theirs.send(each)
    theirs.close()
    feed.start()
    feed.join(10)
    assert not feed.is_alive()
    return store


def test_batches_and_reports_arrive() -> None:
    store = run(
        ("batch", pack([message(1), message(2)])),
        ("status", Status(records=2)),
        ("batch", pack([message(3)])),
        ("status", Status(records=3, ended=True)),
    )
    assert store.received == 3
    assert store.status == Status(records=3, ended=True)


def test_an_engine_that_just_goes_is_reported() -> None:
    store = run(("batch", pack([message(1)])), ("status", Status(records=1)))
    assert store.received == 1
    assert store.status.ended
    assert store.status.records == 1
    assert "unexpectedly" in store.status.error


def test_the_engines_own_reason_is_kept() -> None:
    store = run(("status", Status(error="no such file")))
    assert store.status.ended
    assert store.status.error == "no such file"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_rows_that_cannot_be_taken_in_are_not_lost_in_silence() -> None:
    store = run(("batch", b"no batch"))
    assert store.status.ended
    assert "can no longer be taken in" in store.status.error


class Clock:
    """Stand still but where somebody sleeps; meanwhile a user may type."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.while_asleep: Callable[[], None] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.while_asleep()


@pytest.mark.parametrize(("typing", "waited"), [(False, WAY), (True, MOST_WAY)])
def test_rows_wait_while_somebody_types_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, typing: bool, waited: float
) -> None:
    clock = Clock()
    monkeypatch.setattr("siptui.store.feed.time", clock)
    ours, theirs = multiprocessing.Pipe()
    store = Store()
    feed = Feed(ours, store)
    theirs.send(("batch", pack([message(1)])))
    theirs.close()
    feed.give_way()
    if typing:
        clock.while_asleep = feed.give_way
    feed.run()
    assert store.received == 1
    assert sum(clock.slept) == pytest.approx(waited)


def test_rows_do_not_wait_where_nobody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("siptui.store.feed.time", clock)
    assert run(("batch", pack([message(1)]))).received == 1
    assert not clock.slept
