"""How fast is a capture file read?"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.programs import command, environment, installed, on_terminal, shown
from tests.benchmarks.table import Figure, Plan
from tests.benchmarks.traffic import write_capture
from tests.command import SIPTUI

COUNT = 200_000
QUICK = 10_000
_PATIENCE = 900.0
_FIELDS = ("frame.time_epoch", "ip.src", "udp.srcport", "sip.Method", "sip.Status-Code",
           "sip.User-Agent", "sip.Call-ID")  # fmt: skip
FACTOR = 5
"""How many times as fast as the best of sngrep is meant."""


def capture(plan: Plan, count: int) -> Path:
    """Return a capture file of `count` messages, written once a run."""
    path = plan.directory / f"{count}.pcap"
    if not path.exists():
        write_capture(path, count)
    return path


def run(plan: Plan) -> Iterator[Figure]:
    """Measure messages a second of siptui, sngrep and tshark, without and with the screen."""
    count = plan.size(COUNT, QUICK)
    path = capture(plan, count)
    without = plan.median(lambda: count / _timed(plan, [*SIPTUI, "-r", str(path), "--json"]))
    screen = plan.median(lambda: count / _with_screen(plan, "siptui", path, count))
    rival: dict[str, float] = {}
    if installed("sngrep"):
        quiet = command("sngrep", "-N", "-q", "-I", str(path))
        rival["without"] = plan.median(lambda: count / _timed(plan, quiet))
        calls = _calls(path)
        rival["with"] = plan.median(lambda: count / _with_screen(plan, "sngrep", path, calls))
    best = max(rival.values(), default=0.0)
    target = FACTOR * best if best else None
    note = f"{count:,} messages"
    what = "file, no screen (siptui: --json to /dev/null)"
    unit = "messages/s"
    yield Figure("reading", what, unit, without, target=target, at_least=True, note=note)
    if rival:
        yield Figure("reading", what, unit, rival["without"], "sngrep")
    if installed("tshark"):
        some = plan.size(20_000, 2_000)
        yield Figure("reading", what, unit, _tshark(plan, some), "tshark",
                     note=f"{some:,} messages only: it slows with the number of calls")  # fmt: skip
    what = "file, with the screen, until the count shows"
    yield Figure("reading", what, unit, screen, target=target, at_least=True, note=note)
    if rival:
        yield Figure("reading", what, unit, rival["with"], "sngrep")
    plain = plan.median(lambda: count / _with_screen(plan, "plain", path, count))
    yield Figure("reading", what, unit, plain, "plain")


def _timed(plan: Plan, line: list[str]) -> float:
    """Return the seconds that a command takes with its output thrown away."""
    started = time.monotonic()
    subprocess.run(line, env=environment(plan.home()), stdin=subprocess.DEVNULL, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   timeout=_PATIENCE)  # fmt: skip
    return time.monotonic() - started


def _tshark(plan: Plan, count: int) -> float:
    line = ["tshark", "-n", "--disable-protocol", "dof", "-r", str(capture(plan, count)),
            "-Y", "sip", "-T", "fields"]  # fmt: skip
    for field in _FIELDS:
        line += ["-e", field]
    return count / _timed(plan, line)


def _calls(path: Path) -> int:
    """Return how many dialogs sngrep finds in a capture, so that its end can be seen."""
    said = subprocess.run(
        command("sngrep", "-N", "-I", str(path)), env=environment(path.parent), text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=True,
    )  # fmt: skip
    numbers = re.findall(r"Dialog count: (\d+)", said.stdout)
    return int(numbers[-1]) if numbers else -1


def _with_screen(plan: Plan, program: str, path: Path, count: int) -> float:
    """Return the seconds from the start until the screen shows the whole count."""
    if program == "sngrep":
        line, word = command(program, "-I", str(path)), "Dialogs"
    else:
        line, word = command(program, "-r", str(path)), "received"
    started = time.monotonic()
    with on_terminal(plan, line, 120, 30) as terminal:
        terminal.until(lambda: shown(terminal, word) >= count, _PATIENCE)
        return time.monotonic() - started
