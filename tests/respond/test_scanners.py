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
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.command import free_port, is_bound, rows, run, running, until


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


def lab(home: Path) -> None:
    """Write a persona of the user's own that knows two users."""
    folder = home / "config" / "siptui"
    folder.mkdir(parents=True)
    (folder / "personas.toml").write_text(
        '[[persona]]\nname="lab"\nserver="Asterisk PBX"\ntag="asxxxxxxxx"\nrealm="lab"\n'
        'allow="INVITE"\nusers=["104", "117"]\n'
    )


class Seen(NamedTuple):
    """Say what is seen of a scanner in one mode: how often each method came, what was answered."""

    mode: str
    program: str
    came: str
    """Methods with their number, or the least and the most."""
    answered: str
    """Statuses likewise; a mirrored request is 0."""
    said: str
    """A part of what the scanner said."""


SCANS = {
    "svmap": ("sipvicious_svmap",),
    "svwar REGISTER": ("sipvicious_svwar", "-e", "100-109", "-m", "REGISTER"),
    "svwar INVITE": ("sipvicious_svwar", "-e", "100-109", "-m", "INVITE"),
    "svcrack": ("sipvicious_svcrack", "-u", "100", "-r", "100-109"),
}
NOTHING = "found nothing"
REFUSES = "authentication request for an unknown extension"
LISTED = "Asterisk PBX"
# Eleven requests are ten users and one that nobody has, or ten passwords and the empty one.
TABLE = [
    Seen("silent", "svmap", "OPTIONS 1", "", NOTHING),
    Seen("silent", "svwar REGISTER", "REGISTER 1", "", "timed out"),
    Seen("silent", "svwar INVITE", "INVITE 1", "", "timed out"),
    Seen("silent", "svcrack", "REGISTER 1", "", "no server response"),
    # The first request is mirrored. svwar takes that for an answer and asks on; the rest of the
    # minute is silent, and so are its answers to what is mirrored.
    Seen("mirror", "svmap", "OPTIONS 1", "0 1", NOTHING),
    Seen("mirror", "svwar REGISTER", "REGISTER 11", "0 1", NOTHING),
    Seen("mirror", "svwar INVITE", "INVITE 11", "0 1", NOTHING),
    Seen("mirror", "svcrack", "REGISTER 1", "0 1", "unknown response"),
    Seen("options", "svmap", "OPTIONS 1", "200 1", LISTED),
    Seen("options", "svwar REGISTER", "REGISTER 1", "", "timed out"),
    Seen("options", "svwar INVITE", "INVITE 1", "", "timed out"),
    Seen("options", "svcrack", "REGISTER 1", "", "no server response"),
    Seen("challenge", "svmap", "OPTIONS 1", "200 1", LISTED),
    Seen("challenge", "svwar REGISTER", "REGISTER 1", "401 1", REFUSES),
    Seen("challenge", "svwar INVITE", "INVITE 1, ACK 1", "401 1", REFUSES),
    # Half of them show a password; now and then it asks once more.
    Seen("challenge", "svcrack", "REGISTER 21-40", "401 11-29, 403 10-12", NOTHING),
    Seen("pbx", "svmap", "OPTIONS 1", "200 1", LISTED),
    Seen("pbx", "svwar REGISTER", "REGISTER 11", "404 7-10, 401 1-4", "| 104 "),
    Seen("pbx", "svwar INVITE", "INVITE 11, ACK 11", "404 7-10, 401 1-4", "| 104 "),
    Seen("pbx", "svcrack", "REGISTER 1", "404 1", "User not found"),
    Seen("call", "svmap", "OPTIONS 1", "200 1", LISTED),
    Seen("call", "svwar REGISTER", "REGISTER 1", "401 1", REFUSES),
    # Its ACK to the 486 verifies it, so it is called on by every other user.
    Seen("call", "svwar INVITE", "INVITE 11, ACK 11, CANCEL 10, BYE 10",
         "486 1, 100 10, 180 10, 200 20-30", "noauth"),
    Seen("call", "svcrack", "REGISTER 21-40", "401 11-29, 403 10-12", NOTHING),
]  # fmt: skip


def agree(expected: str, rows: list[dict[str, Any]], of: str) -> None:
    """Assert that rows are as many of each kind as was said."""
    found = Counter(str(row.get(of) or 0) for row in rows)
    names = []
    for each in expected.split(", ") if expected else []:
        name, _, numbers = each.partition(" ")
        least, _, most = numbers.partition("-")
        assert int(least) <= found[name] <= int(most or least), f"{each}: {found}"
        names.append(name)
    assert set(found) == set(names)


@pytest.mark.parametrize("seen", TABLE, ids=lambda seen: f"{seen.mode}-{seen.program}")
def test_each_scanner_does_in_each_mode_what_was_measured(tmp_path: Path, seen: Seen) -> None:
    program, *more = SCANS[seen.program]
    lab(tmp_path)
    with answering(tmp_path, seen.mode, "--persona", "lab") as (port, output):
        said = call(tmp_path, tool(program), "127.0.0.1", "-p", str(port), *more)
    agree(seen.came, told(output, ours=False), "method")
    agree(seen.answered, told(output, ours=True), "status")
    assert seen.said in said
    name = seen.program.split()[0]
    assert {row["tool"] for row in told(output, ours=False)} <= {f"sipvicious/{name}"}


def test_svwar_finds_the_users_that_pbx_knows_and_no_other(tmp_path: Path) -> None:
    svwar = tool("sipvicious_svwar")
    lab(tmp_path)
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


def test_svcrack_shows_its_passwords_to_a_challenge(tmp_path: Path) -> None:
    svcrack = tool("sipvicious_svcrack")
    with answering(tmp_path, "challenge") as (port, output):
        call(tmp_path, svcrack, "127.0.0.1", "-p", str(port), "-u", "100", "-r", "100-110")
    tried = [row["tag_password"] for row in told(output, ours=False) if "tag_password" in row]
    assert {str(number) for number in range(100, 111)} <= set(tried)
    assert {row["tag_user"] for row in told(output, ours=False) if "tag_user" in row} == {"100"}
    assert set(statuses(output)) == {401, 403}
    assert any("password-guessing" in row.get("labels", ()) for row in told(output, ours=False))


def asks(port: int, method: str = "OPTIONS", elsewhere: int = 9) -> bytes:
    """Return a request whose Via, Contact and Route name a port of this host."""
    other = f"127.0.0.1:{elsewhere}"
    return (
        f"{method} sip:100@127.0.0.1:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {other};branch=z9hG4bK-1;maddr=127.0.0.1\r\n"
        f"Route: <sip:{other};lr>\r\nRecord-Route: <sip:{other};lr>\r\nMax-Forwards: 70\r\n"
        f"From: <sip:100@{other}>;tag=1\r\nTo: <sip:100@127.0.0.1>\r\nCall-ID: 1@{other}\r\n"
        f"CSeq: 1 {method}\r\nContact: <sip:100@{other}>\r\nRefer-To: <sip:100@{other}>\r\n"
        f"User-Agent: one with a name that is long enough to be answered\r\n"
        f"Content-Length: 0\r\n\r\n"
    ).encode()


def silent_for(bound: socket.socket, seconds: float) -> None:
    bound.settimeout(seconds)
    with pytest.raises(TimeoutError):
        bound.recv(100)


def test_a_mirror_sends_the_same_bytes_back_once(tmp_path: Path) -> None:
    with (
        answering(tmp_path, "mirror") as (port, output),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        sender.settimeout(5)
        sender.connect(("127.0.0.1", port))
        for _ in range(3):
            sender.send(asks(port))
        assert sender.recv(2000) == asks(port)
        silent_for(sender, 0.5)
    assert len(told(output, ours=True)) == 1
    assert rows(output.read_text())[-1]["respond_counts"] == {
        "sent mirror": 1, "withheld: mirrored within the minute": 2,
    }  # fmt: skip


def test_an_answer_goes_to_the_packets_source_once_and_nowhere_else(tmp_path: Path) -> None:
    with (
        answering(tmp_path, "call") as (port, output),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as named,
    ):
        named.bind(("127.0.0.1", 0))
        elsewhere = named.getsockname()[1]
        sender.settimeout(5)
        sender.bind(("127.0.0.1", 0))
        sender.sendto(asks(port, "INVITE", elsewhere), ("127.0.0.1", port))
        answer, source = sender.recvfrom(2000)
        assert answer.startswith(b"SIP/2.0 486 ")
        assert source == ("127.0.0.1", port)
        # An INVITE's final response would be sent again after half a second (RFC 3261 17.2.1).
        silent_for(sender, 1.2)
        silent_for(named, 0.1)
    (ours,) = told(output, ours=True)
    assert ours["dport"] != elsewhere


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_are_recorded_with_their_real_addresses(tmp_path: Path, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    written, output, port = tmp_path / "all.pcapng", tmp_path / "rows", free_port()
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    with (
        running(tmp_path, output, "--udp", place, "--json", "--no-seen", "--respond", "options",
                "-w", str(written)),
        socket.socket(family, socket.SOCK_DGRAM) as sender,
    ):  # fmt: skip
        listening = Path("/proc/net/udp6" if ":" in host else "/proc/net/udp")
        until(lambda: f":{port:04X} " in listening.read_text())
        sender.settimeout(5)
        sender.connect((host, port))
        own = sender.getsockname()[1]
        sender.send(asks(port))
        assert sender.recv(2000).startswith(b"SIP/2.0 200 OK")
        until(lambda: statuses(output) == [200])
    again = rows(run(tmp_path, "-r", str(written), "--json").stdout)
    assert [(row["src"], row["sport"], row["dst"], row["dport"]) for row in again] == [
        (host, own, host, port), (host, port, host, own),
    ]  # fmt: skip
    assert again[1]["status"] == 200


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
    done = run(tmp_path, "demo", "--json", "--respond", "options")
    assert (done.returncode, done.stdout) == (1, "")
    assert "only UDP sockets can answer" in done.stderr
    done = run(tmp_path, "--udp", f"127.0.0.1:{free_port()}", "--json", "--respond", "loudly")
    assert "--respond: there is no mode 'loudly'" in done.stderr


def test_a_way_to_answer_in_the_settings_is_judged_with_file_and_line_and_only_for_sockets(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config" / "siptui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('respond = "options"\npersona = "nobody"\n')
    done = run(tmp_path, "--udp", f"127.0.0.1:{free_port()}", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{file}, line 2: there is no persona 'nobody'" in done.stderr
    done = run(tmp_path, "demo", "--speed", "9999", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout)
