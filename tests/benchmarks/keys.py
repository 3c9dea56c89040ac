"""How soon does a key show on the screen?"""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from contextlib import ExitStack

from tests.benchmarks.programs import command, installed, load, on_terminal, settle, shown
from tests.benchmarks.reading import capture
from tests.benchmarks.table import Figure, Plan, number, percentile
from tests.command import free_port
from tests.pseudo_terminal import PseudoTerminal

TARGET = 50.0
"""Milliseconds within which 95 % of the keys show."""
RATE = 20_000
_DOWN, _UP = "\x1b[B", "\x1b[A"
_TOP, _BOTTOM = 5, 26
"""Lines of a terminal of 30 among which the cursor's line is found, by its colours."""
_PIECE = 200_000
_MOST = 20.0
"""Seconds that are waited for keys in all."""


def run(plan: Plan) -> Iterator[Figure]:
    """Measure from key to screen while messages are held and arrive."""
    held, keys = plan.size(1_000_000, 20_000), plan.size(200, 30)
    for program in ("siptui", "plain"):
        yield from _siptui(plan, program, held, keys)
    if installed("sngrep"):
        some = plan.size(200_000, 20_000)
        with on_terminal(plan, command("sngrep", "-I", str(capture(plan, some)))) as terminal:
            settle(terminal, "Dialogs", most=600)
            late = _press(terminal, min(keys, 30), away="\x1bOB", back="\x1bOA")
            yield Figure("keys", "key to screen, 95 %", "ms", late, "sngrep",
                         note=f"{some:,} messages of a file held, nothing arrives")  # fmt: skip


def _siptui(plan: Plan, program: str, held: int, keys: int) -> Iterator[Figure]:
    port = free_port()
    files = [str(capture(plan, min(held, _PIECE)))] * max(1, held // _PIECE)
    line = command(program, "--udp", f"127.0.0.1:{port}", "--keep", str(held),
                   "--keep-bytes", "8G", "-r", *files)  # fmt: skip
    with ExitStack() as stack:
        terminal = stack.enter_context(on_terminal(plan, line, 120, 30))
        terminal.until(lambda: shown(terminal, "kept") > 0)
        settle(terminal, "received", quiet=3, most=900)
        # What the file's rows lost on the way into a screen that is live comes by the socket.
        missing = held - shown(terminal, "kept")
        if missing > 0:
            with load(port, 10_000, missing / 10_000, seed=3) as sender:
                while sender.poll() is None:
                    terminal.read(0.1)
            settle(terminal, "received", quiet=3)
        seconds = 10 + keys * 0.25
        stack.enter_context(load(port, RATE, seconds, seed=4))
        terminal.read(3.0)
        kept = shown(terminal, "kept")
        late = _press(terminal, keys, away=_UP, back=_DOWN)
    yield Figure("keys", "key to screen, 95 %", "ms", late, program, TARGET,
                 note=f"{number(kept)} held, {RATE:,} a second arriving")  # fmt: skip


def _press(terminal: PseudoTerminal, keys: int, *, away: str, back: str) -> float:
    """Return the milliseconds that 95 % of the keys need to move the cursor's line."""
    for _ in range(8):
        terminal.type(away)
        terminal.read(0.3)
    times: list[float] = []
    for at in range(keys):
        if sum(times) > _MOST:
            break  # slow enough to know
        before = _cursor(terminal)
        began = time.monotonic()
        terminal.type(away if at % 10 < 5 else back)
        times.append(_until_moved(terminal, before) - began)
        # Not in step with the screen's own clock.
        terminal.read(0.05 + 0.013 * (at % 10))
    return 1000 * percentile(times, 0.95)


def _cursor(terminal: PseudoTerminal) -> list[tuple[str, bool]]:
    """Return the colours by which the cursor's line differs from others."""
    lines = terminal.screen.buffer
    return [(lines[y][20].bg, lines[y][20].reverse) for y in range(_TOP, _BOTTOM)]


def _until_moved(terminal: PseudoTerminal, before: list[tuple[str, bool]]) -> float:
    """Return when the bytes came that moved the cursor's line, or when patience ended."""
    until = time.monotonic() + 5
    while (now := time.monotonic()) < until:
        ready, _, _ = select.select([terminal.master], [], [], until - now)
        came = time.monotonic()
        if ready:
            terminal.read(0)
            if _cursor(terminal) != before:
                return came
    return until
