"""What goes to the terminal, what does it cost to run, and how soon is there a screen?"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.programs import (
    can_capture,
    command,
    family,
    installed,
    load,
    on_terminal,
    processor,
    start_live,
    target,
)
from tests.benchmarks.table import Figure, Plan
from tests.command import free_port, is_bound
from tests.pseudo_terminal import PseudoTerminal

BYTES = {0: 100.0, 10: 2000.0, 100: 4000.0, 10_000: 4000.0}
"""Bytes a second that may be written at so many messages a second."""
PROCESSOR = {0: 1.0, 100: 8.0}
"""Percent of a core that may be used at so many messages a second."""
START = 500.0
"""Milliseconds to the first screen."""
WARM_UP = 4.0


def compared() -> list[str]:
    """Return the programs that can be watched while they watch."""
    others = ["sngrep"] if installed("sngrep") and can_capture() else []
    return ["siptui", "plain", *others]


def run(plan: Plan) -> Iterator[Figure]:
    """Measure bytes to a terminal of 100x30 that follows, and the processor's share."""
    seconds = plan.size(20, 3)
    for program in compared():
        with ExitStack() as stack:
            port = stack.enter_context(target(program))
            line = start_live(plan, program, port)
            terminal = stack.enter_context(on_terminal(plan, line, emulate=False))
            _wait_for_start(terminal, program, port)
            for rate in BYTES:
                written, busy = _follow(terminal, port, rate, seconds)
                yield Figure("terminal", f"bytes, {rate:,} messages/s, 100x30", "B/s", written,
                             program, BYTES[rate])  # fmt: skip
                yield Figure("processor", f"all processes, {rate:,} messages/s", "% of a core",
                             busy, program, PROCESSOR.get(rate))  # fmt: skip


def _wait_for_start(terminal: PseudoTerminal, program: str, port: int) -> None:
    if program == "sngrep":
        terminal.until(lambda: terminal.written > 1000)
        terminal.read(0.5)
        terminal.type("A")  # its list stands still until it is told to follow
    else:
        terminal.until(lambda: is_bound(port) and terminal.written > 1000)


def _follow(terminal: PseudoTerminal, port: int, rate: int, seconds: float) -> tuple[float, float]:
    """Return bytes a second and percent of a core at a rate."""
    with ExitStack() as stack:
        if rate:
            stack.enter_context(load(port, rate, WARM_UP + seconds + 3, seed=rate))
        terminal.read(WARM_UP)
        pids = family(terminal.pid)
        written, busy, began = terminal.written, processor(pids), time.monotonic()
        terminal.read(seconds)
        took = time.monotonic() - began
        return (terminal.written - written) / took, 100 * (processor(pids) - busy) / took


def start(plan: Plan) -> Iterator[Figure]:
    """Measure the time from starting a program until its first screen stands."""
    programs = compared()
    for program in programs:
        _first_screen(plan, program)  # so that everything is compiled and in the page cache
    # By turns, so that what else the machine does meanwhile is the same for all of them.
    rounds = [[_first_screen(plan, program) for program in programs]
              for _ in range(plan.size(7, 2))]  # fmt: skip
    for program, times in zip(programs, zip(*rounds, strict=True), strict=True):
        yield Figure("start", "start to first screen", "ms", 1000 * statistics.median(times),
                     program, START)  # fmt: skip


def _first_screen(plan: Plan, program: str) -> float:
    if program == "sngrep":
        line, word = command(program, "-d", "lo", "udp port 5060"), b"Display Filter"
    else:
        line, word = command(program, "--udp", f"127.0.0.1:{free_port()}"), b"help"
    # An emulator would take its time from the two cores.
    with on_terminal(plan, line, emulate=False) as terminal:
        began = time.monotonic()
        terminal.until(lambda: word in terminal.raw)
        return time.monotonic() - began
