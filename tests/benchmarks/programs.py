"""How are the programs started that are compared, and what do they take from the machine?"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import command as commands
from tests.benchmarks.table import Plan
from tests.command import SIPTUI, free_port
from tests.pseudo_terminal import PseudoTerminal

PLAIN = [*SIPTUI, "--plain-terminal"]
"""siptui writing all that Textual draws."""
SNGREP = ["sngrep", "-F", "-l", "262144"]
"""sngrep without anybody's settings, at the limit that suits it best."""
_TICKS = os.sysconf("SC_CLK_TCK")


def installed(program: str) -> bool:
    """Tell whether a program can be run."""
    return program in {"siptui", "plain"} or shutil.which(program) is not None


def can_capture() -> bool:
    """Tell whether interfaces can be captured from, which all of `sngrep` live needs."""
    return os.geteuid() == 0


def environment(home: Path) -> dict[str, str]:
    """Return what programs are started with: compiled modules are kept, as when installed."""
    inherited = commands.environment(home)
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return inherited


def command(program: str, *arguments: str) -> list[str]:
    """Return the command of siptui, of `plain` or of sngrep."""
    return [*{"siptui": SIPTUI, "plain": PLAIN, "sngrep": SNGREP}[program], *arguments]


def on_terminal(
    plan: Plan, command: list[str], width: int = 100, height: int = 30, *, emulate: bool = True
) -> PseudoTerminal:
    """Start a command on a terminal of its own, with settings of its own."""
    return PseudoTerminal(command, environment(plan.home()), width, height, emulate=emulate)


def sngrep_on(port: int) -> list[str]:
    """Return the arguments by which sngrep captures a loopback port.

    The first word is what messages must match; only what follows is a filter of the kernel.
    """
    return ["-d", "lo", "", f"udp port {port}"]


def start_live(plan: Plan, program: str, port: int, *more: str) -> list[str]:
    """Return the command that watches a loopback port with the screen."""
    if program == "sngrep":
        return command(program, *more, *sngrep_on(port))
    return command(program, "--udp", f"127.0.0.1:{port}", *more)


@contextmanager
def target(program: str) -> Iterator[int]:
    """Give a port of 127.0.0.1; where the program only looks on, somebody else has it open."""
    port = free_port()
    if program != "sngrep":
        yield port
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind(("127.0.0.1", port))
        yield port


@contextmanager
def load(port: int, rate: float, seconds: float, seed: int) -> Iterator[subprocess.Popen[str]]:
    """Send messages to a port of 127.0.0.1 from a process of its own, as long as this lasts."""
    sender = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.traffic", "send", str(port), str(rate),
         str(seconds), "--seed", str(seed)],
        stdout=subprocess.PIPE, text=True, env=environment(Path("/")),
    )  # fmt: skip
    try:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
        yield sender
    finally:
        sender.kill()
        sender.wait()
        assert sender.stdout is not None
        sender.stdout.close()


def sent(sender: subprocess.Popen[str]) -> tuple[int, float]:
    """Return how many messages a load that has ended sent, and in how many seconds."""
    assert sender.stdout is not None
    count, seconds = sender.stdout.readline().split()
    return int(count), float(seconds)


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    found = [pid]
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(_stat(path)[1]) in found:
                found.append(int(path.parent.name))
        except (OSError, IndexError):
            continue
    return found


def _stat(path: Path) -> list[str]:
    return path.read_text().rpartition(")")[2].split()


def processor(pids: list[int]) -> float:
    """Return the processor seconds that processes used so far."""
    ticks = 0
    for pid in pids:
        fields = _stat(Path(f"/proc/{pid}/stat"))
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICKS


def memory(pids: list[int], kind: str = "Rss") -> int:
    """Return the bytes of memory of processes; `kind` ``Pss`` counts once what they share."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue  # it has ended
        total += sum(int(each) for each in re.findall(rf"^{kind}:\s+(\d+)", rollup, re.MULTILINE))
    return total * 1024


def shown(terminal: PseudoTerminal, word: str) -> int:
    """Return the number that the screen shows behind a word such as ``received``; -1 if none."""
    match = re.search(rf"{word}:?\s+([\d,]+)(?![\d.,]*[kMG])", terminal.text())
    return int(match[1].replace(",", "")) if match else -1


def settle(terminal: PseudoTerminal, word: str, quiet: float = 1.5, most: float = 120.0) -> int:
    """Wait until a number on the screen has not changed for `quiet` seconds; return it."""
    last, since, until = -1, time.monotonic(), time.monotonic() + most
    while time.monotonic() < until:
        if not terminal.read(0.1):
            break
        now = shown(terminal, word)
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > quiet:
            break
    return last
