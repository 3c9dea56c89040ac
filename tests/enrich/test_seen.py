"""What was never seen before, in this run and in earlier ones, whatever became of the file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from siptui.enrich.seen import Seen
from siptui.record import Record
from tests.enrich.made import record, request


def made(n: int = 0, **more: object) -> Record:
    values = {"src": "192.0.2.1", "shape": "s", "number": ""} | more
    return record(request(), at=n, **values)  # type: ignore[arg-type]


def new(seen: Seen, *records: Record) -> list[tuple[str, ...]]:
    seen.enrich(records)
    return [each.new for each in records]


def new_later(path: Path, *records: Record) -> list[tuple[str, ...]]:
    with closing(Seen(path)) as seen:
        return new(seen, *records)


def test_the_first_of_each_is_new_and_the_second_is_not() -> None:
    found = new(
        Seen(),
        made(0),
        made(1),
        made(2, src="192.0.2.77"),
        made(3, src="203.0.113.1"),
        made(4, shape="other"),
        made(5, number="442079460123"),
        made(6, number="442079460123"),
        made(7, src="2001:db8:1::1"),
        made(8, src="2001:db8:1:2::1"),
    )
    assert found == [
        ("shape", "ua", "network"), (), (), ("network",), ("shape",), ("number",), (),
        ("network",), (),
    ]  # fmt: skip


def test_nothing_is_not_new() -> None:
    quiet = made(shape="", ua="", src="")
    assert new(Seen(), quiet) == [()]


def test_it_is_remembered_across_runs(tmp_path: Path) -> None:
    path = tmp_path / "state" / "seen.sqlite"
    first = Seen(path)
    assert new(first, made(0, number="46701740635")) == [("shape", "ua", "network", "number")]
    first.close()
    second = Seen(path)
    assert second.notice == ""
    assert new(second, made(1, number="46701740635"), made(2, shape="x")) == [(), ("shape",)]
    second.close()
    assert path.parent.stat().st_mode & 0o077 == 0


def test_what_came_is_written_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    first = Seen(path)
    first.enrich([made(0)])
    first.enrich([made(10, shape="later")])
    assert new_later(path, made(20, shape="later")) == [()]
    first.close()


def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    path.write_bytes(b"this is no database at all, but long enough to be looked at" * 40)
    seen = Seen(path)
    assert str(path) in seen.notice
    assert "\n" not in seen.notice
    assert new(seen, made(0), made(1)) == [("shape", "ua", "network"), ()]
    seen.close()


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA user_version = 99")
    assert "99" in Seen(path).notice


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    assert Seen(folder / "seen.sqlite").notice


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    seen = Seen(tmp_path / "state" / "seen.sqlite")
    assert seen.notice
    assert new(seen, made(0)) == [("shape", "ua", "network")]


def test_a_file_that_another_holds_is_written_later(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    seen = Seen(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    seen.enrich([made(0)])
    assert seen.notice == ""
    other.execute("COMMIT")
    other.close()
    seen.close()
    assert new_later(path, made(1)) == [()]


def test_memory_and_file_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    seen = Seen(path, limit=50)
    for n in range(500):
        seen.enrich([made(n, shape=f"s{n}", src=f"192.0.{n % 256}.1")])
    assert seen.let_go > 0
    seen.close()
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT max(n) FROM (SELECT count(*) n FROM seen GROUP BY kind)")\
            .fetchone()[0] <= 50  # fmt: skip
    again = Seen(path, limit=50)
    assert new(again, made(600, shape="s499", src="192.0.243.9")) == [()]
    again.close()


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give rights up")
def test_it_is_written_after_rights_were_dropped(tmp_path: Path) -> None:
    path = tmp_path / "closed" / "seen.sqlite"
    seen = Seen(path)
    child = os.fork()
    if not child:
        status = 1
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            seen.enrich([made(0)])
            seen.close()
            status = int(bool(seen.notice))
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    seen.close()
    assert new_later(path, made(1)) == [()]
