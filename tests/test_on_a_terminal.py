"""siptui on a pseudo-terminal, from start to quit, and killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path

import pytest

import siptui
from tests.command import SIPTUI, environment, free_port, is_bound, until
from tests.pseudo_terminal import PseudoTerminal

ALTERNATE_SCREEN_OFF = b"\x1b[?1049l"
CURSOR_ON = b"\x1b[?25h"
MOUSE_OFF = b"\x1b[?1003l"


def restored(terminal: PseudoTerminal) -> bool:
    end = bytes(terminal.raw)
    return (
        end.rfind(ALTERNATE_SCREEN_OFF) > end.rfind(b"\x1b[?1049h")
        and end.rfind(CURSOR_ON) > end.rfind(b"\x1b[?25l")
        and end.rfind(MOUSE_OFF) > end.rfind(b"\x1b[?1003h")
    )


def start(home: Path, *arguments: str, width: int = 100, height: int = 30) -> PseudoTerminal:
    return PseudoTerminal([*SIPTUI, *arguments], environment(home), width, height)


def send(port: int, payload: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(payload, ("127.0.0.1", port))


def test_from_start_to_quit(tmp_path: Path) -> None:
    port = free_port()
    with start(tmp_path, "--udp", f"127.0.0.1:{port}") as terminal:
        terminal.until(lambda: is_bound(port) and f"127.0.0.1:{port}" in terminal.text())
        terminal.until(lambda: "nothing yet" in terminal.text())
        send(port, b"OPTIONS sip:100@h SIP/2.0\r\nUser-Agent: TestPhone/1\r\n\r\n")
        terminal.until(lambda: "TestPhone/1" in terminal.text())
        terminal.type("q")
        assert terminal.wait() == 0
        assert restored(terminal)
        last = bytes(terminal.raw).rpartition(ALTERNATE_SCREEN_OFF)[2].decode()
        assert "siptui: 1 seen, 1 kept, 0 lost" in last


def test_a_terminal_that_cannot_place_anything_is_not_drawn_on(tmp_path: Path) -> None:
    with PseudoTerminal(["env", "TERM=dumb", *SIPTUI, "demo"], environment(tmp_path)) as terminal:
        assert terminal.wait() == 1
        assert bytes(terminal.raw).startswith(b"siptui: this terminal cannot place what is drawn")
        assert b"--json" in terminal.raw


def test_what_cannot_be_opened_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    signatures = tmp_path / "config" / "siptui" / "signatures.toml"
    signatures.parent.mkdir(parents=True)
    signatures.write_text('[[signature]]\nname = "mine"\nwrong = 1\n')
    with start(tmp_path, "demo") as terminal:
        assert terminal.wait() == 1
        assert bytes(terminal.raw).startswith(f"siptui: {signatures}, line 3:".encode())
        assert bytes(terminal.raw).count(b"\n") == 1


def test_an_interrupt_while_a_capture_is_awaited_ends_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = os.open(pipe, os.O_RDWR)
    with start(tmp_path, "-r", str(pipe)) as terminal:
        terminal.read(1.5)
        terminal.kill(signal.SIGINT)
        # On a busy machine it may still be loading what it needs, and ends by the signal itself.
        assert terminal.wait() in (130, -signal.SIGINT)
        assert not terminal.raw
    os.close(writer)


def test_whoever_looks_at_messages_gives_way_to_the_screen(tmp_path: Path) -> None:
    with start(tmp_path, "demo") as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text())
        children = Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read_text().split()
        own = os.getpriority(os.PRIO_PROCESS, terminal.pid)
        assert children
        assert all(os.getpriority(os.PRIO_PROCESS, int(child)) > own for child in children)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_the_terminal_as_it_was(tmp_path: Path, number: signal.Signals) -> None:
    with start(tmp_path, "demo") as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text())
        terminal.kill(number)
        assert terminal.wait() == 128 + number
        assert restored(terminal)


def test_a_closed_terminal_ends_everything(tmp_path: Path) -> None:
    port = free_port()
    terminal = start(tmp_path, "--udp", f"127.0.0.1:{port}")
    terminal.until(lambda: is_bound(port) and "nothing yet" in terminal.text())
    terminal.kill(signal.SIGKILL)
    terminal.end()
    until(lambda: not is_bound(port))


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_going_on_without_a_suspension_only_draws(tmp_path: Path) -> None:
    with start(tmp_path, "demo") as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text())
        terminal.read(1.0)
        before = threads(terminal.pid)
        terminal.screen.reset()
        terminal.kill(signal.SIGSTOP)
        terminal.kill(signal.SIGCONT)
        terminal.until(lambda: "OPTIONS" in terminal.text() and "Enter inspect" in terminal.text())
        assert threads(terminal.pid) <= before
        terminal.type("q")
        assert terminal.wait() == 0


def test_a_terminal_that_hangs_up_ends_everything(tmp_path: Path) -> None:
    port = free_port()
    with start(tmp_path, "--udp", f"127.0.0.1:{port}") as terminal:
        terminal.until(lambda: is_bound(port) and "nothing yet" in terminal.text())
        os.close(terminal.master)
        terminal.master = os.open(os.devnull, os.O_RDONLY)
        until(lambda: " Z " in Path(f"/proc/{terminal.pid}/stat").read_text())
        until(lambda: not is_bound(port))


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_the_demo_fills_the_screen_and_every_row_of_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    width, height = size
    with start(tmp_path, "demo", "--speed", "300", width=width, height=height) as terminal:
        terminal.until(lambda: terminal.text().count("OPTIONS") > 3)
        terminal.read(1.0)
        lines = terminal.text().split("\n")
        assert any("demo" in line for line in lines[:2])
        assert "quit" in lines[-1] or "help" in lines[-1]


def test_a_resize_is_followed(tmp_path: Path) -> None:
    with start(tmp_path, "demo", "--speed", "300") as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text())
        terminal.resize(60, 16)
        terminal.kill(signal.SIGWINCH)
        terminal.read(1.0)
        terminal.resize(132, 43)
        terminal.kill(signal.SIGWINCH)
        terminal.until(lambda: "help" in terminal.text().split("\n")[-1])
        terminal.until(lambda: "hide this" in terminal.text().split("\n")[-1])
        terminal.type("q")
        assert terminal.wait() == 0


def test_recording_that_fails_is_loud_and_ends_with_status_1(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with start(tmp_path, "demo", "--speed", "300", "-w", "/dev/full") as terminal:
        terminal.until(lambda: "No space left" in terminal.text() or terminal.status is not None)
        if terminal.status is None:
            terminal.type("q")
        assert terminal.wait() == 1


def test_the_keyboard_works_while_a_capture_comes_by_standard_input(
    tmp_path: Path, shared: Path
) -> None:
    capture = shared / "pcap" / "zeek__wireshark.pcap"
    command = ["bash", "-c", f"cat '{capture}' | {' '.join(SIPTUI)} -r -"]
    with PseudoTerminal(command, environment(tmp_path), 100, 30) as terminal:
        terminal.until(lambda: "REGISTER" in terminal.text())
        terminal.type("q")
        assert terminal.wait() == 0


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give rights up")
def test_nothing_is_missing_where_only_root_may_read_what_is_installed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = tmp_path / "installed"
    home.mkdir()
    shutil.copytree(Path(siptui.__file__).parent, folder / "siptui")
    folder.chmod(0o700)
    variables = environment(home, PYTHONPATH=str(folder))
    command = ["bash", "-c", f"cd '{folder}' && exec {' '.join(SIPTUI)} demo --speed 20"]
    with PseudoTerminal(command, variables, 100, 30) as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text() and "Russia" in terminal.text())
        for key, title in (("e", "─ Export"), ("?", "━ help"), ("S", "━ sources"), ("F", "━ flow")):
            terminal.type(key)
            terminal.until(lambda title=title: title in terminal.text())
            terminal.type("\x1b")
            terminal.until(lambda title=title: title not in terminal.text())
        terminal.type("q")
        assert terminal.wait() == 0


def test_text_that_comes_with_the_key_that_asks_for_it_is_text_and_no_commands(
    tmp_path: Path,
) -> None:
    # So a slow line brings it: in one piece.
    command = [*SIPTUI, "demo", "--speed", "100"]
    with PseudoTerminal(command, environment(tmp_path), 100, 30) as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text())
        terminal.type("/method:INVITE\r")
        terminal.until(lambda: "only method INVITE" in terminal.text())
        assert "marked" not in terminal.text()
        terminal.type("q")
        assert terminal.wait() == 0


def test_commands_that_come_with_the_key_that_closes_the_line_are_commands_and_no_text(
    tmp_path: Path,
) -> None:
    command = [*SIPTUI, "demo", "--speed", "100"]
    with PseudoTerminal(command, environment(tmp_path), 100, 30) as terminal:
        terminal.until(lambda: "OPTIONS" in terminal.text())
        terminal.type("/method:INVITE\rp")
        terminal.until(lambda: "only method INVITE" in terminal.text())
        terminal.until(lambda: "paused" in terminal.text())
        terminal.type("/ country:RU\rq")
        assert terminal.wait() == 0
