"""Real scanners and a real user agent against each mode, on loopback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.command import free_port, is_bound, rows, running, until


def tool(name: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def answering(home: Path, mode: str, *more: str) -> Iterator[tuple[int, Path]]:
    port = free_port()
    output = home / "rows"
    with running(home, output, "--udp", f"127.0.0.1:{port}", "--json", "--no-seen",
                 "--respond", mode, *more):  # fmt: skip
        until(lambda: is_bound(port))
        yield port, output
        time.sleep(0.5)


def call(home: Path, *command: str, seconds: float = 15.0) -> str:
    """Run a tool for at most some seconds; return what it said."""
    process = subprocess.Popen(
        command, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]


def told(output: Path, *, ours: bool) -> list[dict[str, Any]]:
    found = rows(output.read_text())
    return [row for row in found if "time" in row and row.get("ours", False) == ours]


def statuses(output: Path) -> list[int]:
    return [row["status"] for row in told(output, ours=True)]


@pytest.mark.parametrize(
    ("mode", "found"), [("silent", False), ("options", True), ("challenge", True), ("call", True)]
)
def test_svmap_lists_us_only_if_we_answer(tmp_path: Path, mode: str, found: bool) -> None:
    svmap = tool("sipvicious_svmap")
    with answering(tmp_path, mode) as (port, output):
        said = call(tmp_path, svmap, "127.0.0.1", "-p", str(port))
    assert ("Asterisk" in said or f"127.0.0.1:{port}" in said) == found
    asked = told(output, ours=False)
    assert len(asked) == 1
    assert asked[0]["tool"] == "sipvicious/svmap"
    assert statuses(output) == ([200] if found else [])
    for answer in told(output, ours=True):
        assert answer["len"] <= asked[0]["len"]


def test_svwar_finds_the_users_that_pbx_knows_and_no_other(tmp_path: Path) -> None:
    svwar = tool("sipvicious_svwar")
    (tmp_path / "config" / "siptui").mkdir(parents=True)
    (tmp_path / "config" / "siptui" / "personas.toml").write_text(
        '[[persona]]\nname="lab"\nserver="Lab"\ntag="asxxxxxxxx"\nrealm="lab"\nallow="INVITE"\n'
        'users=["104", "117"]\n'
    )
    with answering(tmp_path, "pbx", "--persona", "lab") as (port, output):
        said = call(
            tmp_path, svwar, "127.0.0.1", "-p", str(port), "-e", "100-120", "-m", "REGISTER"
        )
    assert "104" in said
    assert "117" in said
    users = {row["user"] for row in told(output, ours=True) if row["status"] == 401}
    assert {"104", "117"} <= users
    assert statuses(output).count(404) >= 15
    assert {row["tool"] for row in told(output, ours=False)} == {"sipvicious/svwar"}


def test_svwar_gives_up_where_nothing_answers_or_all_is_challenged(tmp_path: Path) -> None:
    svwar = tool("sipvicious_svwar")
    for mode, most in (("silent", 1), ("challenge", 2)):
        home = tmp_path / mode
        home.mkdir()
        with answering(home, mode) as (port, output):
            call(home, svwar, "127.0.0.1", "-p", str(port), "-e", "100-130", "-m", "REGISTER")
        assert 1 <= len(told(output, ours=False)) <= most


def test_svcrack_shows_its_passwords_to_a_challenge(tmp_path: Path) -> None:
    svcrack = tool("sipvicious_svcrack")
    with answering(tmp_path, "challenge") as (port, output):
        call(tmp_path, svcrack, "127.0.0.1", "-p", str(port), "-u", "100", "-r", "100-110")
    tried = [row["tag_password"] for row in told(output, ours=False) if "tag_password" in row]
    assert {str(number) for number in range(100, 111)} <= set(tried)
    assert {row["tag_user"] for row in told(output, ours=False) if "tag_user" in row} == {"100"}
    assert set(statuses(output)) == {401, 403}
    assert any("password-guessing" in row.get("labels", ()) for row in told(output, ours=False))


def test_a_mirror_sends_the_same_bytes_back_once(tmp_path: Path) -> None:
    with (
        answering(tmp_path, "mirror") as (port, output),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        sender.settimeout(5)
        sender.connect(("127.0.0.1", port))
        for _ in range(3):
            sender.send(b"whatever it is")
        assert sender.recv(100) == b"whatever it is"
        sender.settimeout(0.5)
        with pytest.raises(TimeoutError):
            sender.recv(100)
    assert len(told(output, ours=True)) == 1


def test_sipp_is_busy_until_it_is_verified_and_then_completes_its_call(tmp_path: Path) -> None:
    sipp = tool("sipp")
    with answering(tmp_path, "call") as (port, output):
        local = free_port()
        command = (sipp, "-sn", "uac", f"127.0.0.1:{port}", "-i", "127.0.0.1", "-p", str(local),
                   "-m", "1", "-nostdin", "-timeout", "8", "-d", "100")  # fmt: skip
        first = call(tmp_path, *command)
        until(lambda: statuses(output) == [486])
        second = call(tmp_path, *command)
    assert re.search(r"Failed call\s+\|\s+\d+\s+\|\s+1\b", first)
    assert re.search(r"Successful call\s+\|\s+\d+\s+\|\s+1\b", second)
    assert statuses(output) == [486, 100, 180, 200, 200]


def test_sipsak_reads_our_answer(tmp_path: Path) -> None:
    sipsak = tool("sipsak")
    with answering(tmp_path, "options") as (port, output):
        said = call(tmp_path, sipsak, "-vv", "-s", f"sip:100@127.0.0.1:{port}")
    assert "200 OK" in said
    assert statuses(output) == [200]


def test_respond_without_a_socket_is_a_mistake(tmp_path: Path) -> None:
    from tests.command import run

    done = run(tmp_path, "demo", "--json", "--respond", "options")
    assert (done.returncode, done.stdout) == (1, "")
    assert "only UDP sockets can answer" in done.stderr
    done = run(tmp_path, "--udp", f"127.0.0.1:{free_port()}", "--json", "--respond", "loudly")
    assert "there is no mode 'loudly'" in done.stderr
