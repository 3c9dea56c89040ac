"""Where exports go: nothing is lost and nothing left behind, whatever fails."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from siptui.errors import SiptuiError
from siptui.export import Export, write
from siptui.export.destination import _Beside, open_destination
from siptui.record import Record
from tests.capture_files import frames_of
from tests.export.made import made


def as_nobody(action: Callable[[], None], folder: Path) -> None:
    """Do something in a process that is not root, in a folder that is its own."""
    if os.geteuid() != 0:
        action()
        return
    os.chown(folder, 65534, 65534)
    for parent in folder.parents:
        if parent.stat().st_uid == 0 and parent.stat().st_mode & 0o077 == 0:
            parent.chmod(0o711)
    child = os.fork()
    if child == 0:
        try:
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            action()
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def check_that_failure_loses_nothing(folder: Path) -> None:
    path = folder / "a.csv"
    write([made()], path)
    path.chmod(0o640)
    before = path.read_bytes()

    def broken() -> Iterator[Record]:
        yield made()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(broken(), path)
    assert path.read_bytes() == before
    write([made(), made()], path)
    assert path.read_bytes().count(b"\n") == 3
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in folder.iterdir()] == ["a.csv"]
    with pytest.raises(KeyboardInterrupt):
        write(broken(), folder / "new.csv")
    with pytest.raises(SiptuiError, match=r"absent/a\.csv was not written: No such file"):
        write([], folder / "absent" / "a.csv")
    with pytest.raises(SiptuiError, match="it is a folder"):
        write([], folder, "csv")
    with pytest.raises(SiptuiError, match="Not a directory"):
        write([], path / "b.csv")
    with pytest.raises(SiptuiError, match=r"null (byte|character)"):
        write([], "a\0.csv")
    assert [each.name for each in folder.iterdir()] == ["a.csv"]


def test_failure_loses_nothing_and_leaves_no_litter(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    check_that_failure_loses_nothing(tmp_path / "root")
    (tmp_path / "nobody").mkdir()
    as_nobody(lambda: check_that_failure_loses_nothing(tmp_path / "nobody"), tmp_path / "nobody")


def test_without_the_right_to_write_nothing_happens(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"precious")

    def refused() -> None:
        folder.chmod(0o555)
        (folder / "a.csv").chmod(0o444)
        for name in ("a.csv", "b.csv"):
            with pytest.raises(SiptuiError, match=r"Permission denied|may not be changed"):
                write([], folder / name)
        folder.chmod(0o755)
        assert [each.name for each in folder.iterdir()] == ["a.csv"]

    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"precious")
    if os.geteuid() == 0:
        os.chown(folder / "a.csv", 65534, 65534)
    as_nobody(refused, folder)
    assert (folder / "a.csv").read_bytes() == b"precious"


def check_a_full_disk(folder: Path) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = folder / "a.csv"
    write([made()], path)
    before = path.read_bytes()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    for target in (path, folder / "b.csv"):
        with pytest.raises(SiptuiError, match="was not written: File too large"):
            write((made() for _ in range(10_000)), target)
    assert path.read_bytes() == before
    assert [each.name for each in folder.iterdir()] == ["a.csv"]


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    for name in ("root", "nobody"):
        (tmp_path / name).mkdir()
    as_nobody(lambda: check_a_full_disk(tmp_path / "nobody"), tmp_path / "nobody")
    child = os.fork()
    if child == 0:
        try:
            check_a_full_disk(tmp_path / "root")
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_root_can_finish_after_becoming_somebody_else(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to give up")
    (tmp_path / "old.csv").write_bytes(b"x" * 100_000)
    child = os.fork()
    if child == 0:
        try:
            exports = [Export(tmp_path / name) for name in ("old.csv", "new.pcapng")]
            os.setresuid(65534, 65534, 65534)
            for export in exports:
                export.add([made()])
                assert export.close() == 1
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (tmp_path / "old.csv").read_bytes().count(b"\r\n") == 2
    assert len(frames_of(tmp_path / "new.pcapng")) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new.pcapng", "old.csv"]


def test_an_export_that_ended_says_so(tmp_path: Path) -> None:
    export = Export(tmp_path / "a.csv")
    export.discard()
    export.discard()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SiptuiError, match="has ended"):
        export.add([])


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    assert write([made()], link) == 1
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_bytes().count(b"\n") == 2
    assert write([made()], "/dev/null", "csv") == 1
    assert not Path("/dev/null").is_file()
    with pytest.raises(SiptuiError, match="No space left on device"):
        write([made()], "/dev/full", "csv")


def test_a_temporary_file_beside_a_long_name_still_fits(tmp_path: Path) -> None:
    path = tmp_path / ("ä" * 120 + ".csv")
    destination = _Beside(str(path), 0o644)
    destination.write(b"x")
    destination.finish()
    assert path.read_bytes() == b"x"
    open_destination(str(path)).discard()
    assert path.read_bytes() == b"x"
