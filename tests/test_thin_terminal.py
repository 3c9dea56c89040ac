"""The thin driver shows after every step what plain Textual draws, seen on an emulated terminal."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyte
import pytest

from siptui.pcapng import Section
from siptui.record import Frame
from tests.command import PATIENCE, SIPTUI, environment, until
from tests.pseudo_terminal import PseudoTerminal

RAW_IP = 101
NOON = 1_767_268_800 * 10**9
NAMES = (
    "日本語の電話",
    "emoji 📞📠 phone",
    "Cafe\u0301 Zu\u0308rich",
    "friendly-scanner",
    "한국 PBX",
)


def capture(path: Path, count: int = 200) -> Path:
    """Write a capture of requests whose names are of all widths."""
    section = Section()
    frames = []
    for number in range(count):
        name = NAMES[number % len(NAMES)]
        method = ("OPTIONS", "REGISTER", "INVITE")[number % 3]
        data = (
            f"{method} sip:{100 + number}@192.0.2.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 198.51.100.{number % 9}:5060;branch=z9hG4bK{number}\r\n"
            f'From: "{name}" <sip:100@198.51.100.1>;tag={number}\r\nTo: <sip:200@192.0.2.1>\r\n'
            f"Call-ID: {number}@{number % 7}\r\nCSeq: {number} {method}\r\nUser-Agent: {name}\r\n"
            f"Subject: 件名 {name} {'語' * (number % 40)} 📞\r\nContent-Length: 0\r\n\r\n"
        ).encode()
        frames.append(
            Frame(NOON + number * 10**8, packet(data, number), RAW_IP, 28 + len(data), "x")
        )
    path.write_bytes(section.header() + section.blocks(frames))
    return path


def packet(data: bytes, number: int) -> bytes:
    """Return data as a UDP datagram in IPv4 (RFC 768, RFC 791), without checksums."""
    total = 28 + len(data)
    ip = b"\x45\0" + total.to_bytes(2, "big") + number.to_bytes(2, "big") + b"\0\0\x40\x11\0\0"
    return (
        ip + bytes((198, 51, 100, number % 9)) + bytes((192, 0, 2, 1))
        + (5060).to_bytes(2, "big") * 2 + (8 + len(data)).to_bytes(2, "big") + b"\0\0" + data
    )  # fmt: skip


def looks(cell: pyte.screens.Char) -> tuple[object, ...]:
    """Return all of a cell that can be seen: a blank one has neither weight nor colour of ink."""
    lines = (cell.underscore, cell.strikethrough, cell.reverse, cell.blink)
    ink = () if cell.data == " " and not any(lines) else (cell.fg, cell.bold, cell.italics)
    return (cell.data, cell.bg, *lines, *ink)


class Pair:
    """Run siptui with and without the thin driver; type the same to both."""

    def __init__(self, thin: PseudoTerminal, plain: PseudoTerminal) -> None:
        self.thin, self.plain = thin, plain

    def shown(self, terminal: PseudoTerminal) -> list[list[tuple[object, ...]]]:
        """Return all that is seen, but for the line with time and memory."""
        screen = terminal.screen
        return [
            [looks(screen.buffer[y][x]) for x in range(screen.columns)]
            for y in range(1, screen.lines)
        ]

    def until(self, word: str) -> None:
        """Wait until both have drawn something, show a word, and the same."""
        before = [self.thin.written, self.plain.written]
        deadline = time.monotonic() + PATIENCE
        while True:
            for terminal in (self.thin, self.plain):
                assert terminal.read(0.05), "it has ended:\n" + terminal.text()
            texts = [self.thin.text(), self.plain.text()]
            drawn = self.thin.written > before[0] and self.plain.written > before[1]
            if drawn and all(word in each for each in texts) and not self.differences():
                return
            assert time.monotonic() < deadline, f"they differ, or lack {word!r}:\n" + "\n\n".join(
                [*texts, self.differences()]
            )

    def differences(self) -> str:
        """Say which cells differ."""
        thin, plain = self.shown(self.thin), self.shown(self.plain)
        return "\n".join(
            f"{y + 1}, {x}: {one} is not {other}"
            for y, (row, other_row) in enumerate(zip(thin, plain, strict=True))
            for x, (one, other) in enumerate(zip(row, other_row, strict=True))
            if one != other
        )

    def type(self, keys: str, word: str = "") -> None:
        """Type keys to both, and wait for a word."""
        self.thin.type(keys)
        self.plain.type(keys)
        self.until(word)

    def resize(self, width: int, height: int, word: str) -> None:
        """Change both sizes, and wait for a word."""
        for terminal in (self.thin, self.plain):
            terminal.resize(width, height)
            terminal.kill(signal.SIGWINCH)
        self.until(word)


@contextmanager
def both(home: Path, *arguments: str, width: int = 100, height: int = 30) -> Iterator[Pair]:
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                PseudoTerminal([*SIPTUI, *arguments, *more], environment(home), width, height)
            )
            for home, more in ((home / "thin", []), (home / "plain", ["--plain-terminal"]))
        ]
        yield Pair(*started)


@pytest.mark.parametrize("size", [(100, 30), (150, 40)])
def test_every_step_shows_what_plain_textual_draws(tmp_path: Path, size: tuple[int, int]) -> None:
    file = capture(tmp_path / "wide.pcapng")
    width, height = size
    with both(tmp_path, "-r", str(file), width=width, height=height) as pair:
        pair.until("messages 200")  # following, as long as there is nothing, too
        pair.type("k" * 30, "standing still")
        pair.type("\x1b[5~")  # a page up
        pair.type("g", " 0% standing still")
        pair.type("j" * 40)
        pair.type("\r", "Via: SIP")
        pair.type("jjjj", "CSeq")
        for _ in range(3):
            pair.type("z")
        pair.type("\x1b")
        pair.type("/", "filter")
        pair.type("ua:phone method:INVITE")
        pair.type("\r", "goes one step back")
        pair.type("t")
        pair.type("v", "layout:")
        pair.resize(70, 20, "received")
        pair.resize(130, 35, "received")
        pair.type("?", "Filter and search")
        pair.type("jjjj")
        pair.type("\x1b", "received")
        pair.type("T", "theme: siptui-light")
        pair.type("G", "following")
        assert pair.thin.written * 2 < pair.plain.written
        for terminal in (pair.thin, pair.plain):
            terminal.type("q")
            assert terminal.wait() == 0


def test_a_suspension_is_followed_by_the_whole_screen(tmp_path: Path) -> None:
    file = capture(tmp_path / "wide.pcapng")
    with both(tmp_path, "-r", str(file)) as pair:
        pair.until("messages 200")  # following, as long as there is nothing, too
        pair.type("k" * 30, "standing still")
        for terminal in (pair.thin, pair.plain):
            terminal.type("\x1a")  # Ctrl-Z
            until(lambda terminal=terminal: is_stopped(terminal.pid))  # type: ignore[misc]
            terminal.read(0.2)
            pyte.Stream(terminal.screen).feed("\x1b[m\x1b[H\x1b[2J$ something else\r\n$ fg\r\n")
        for terminal in (pair.thin, pair.plain):
            terminal.kill(signal.SIGCONT)
        pair.until("standing still")
        pair.type("jjj")
        pair.type("G", "following")


def is_stopped(pid: int) -> bool:
    """Tell whether a process is stopped, as the shell's job control sees it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
