"""What the engine sends arrives in the store, and its end is noticed, however it comes."""

from __future__ import annotations

import multiprocessing

import pytest

from siptui.batch import pack
from siptui.status import Status
from siptui.store import Store
from siptui.store.feed import Feed
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
