"""How much memory does it take, and does it stay as fast and as small for ever?"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Iterator
from multiprocessing import get_context

from siptui.config import Settings
from siptui.store import Store
from tests.benchmarks import programs
from tests.benchmarks.filtering import batches, filled
from tests.benchmarks.pipeline import Cost, Frames, Pipeline
from tests.benchmarks.reading import capture
from tests.benchmarks.table import Figure, Plan
from tests.pseudo_terminal import PseudoTerminal

BESIDE = 600.0
"""Bytes a held message may take beside its own."""
WHOLE = 400.0
"""Megabytes that the whole program may take at the default limits."""
FORGED = 20.0
"""Megabytes that forged sources may add once everything bounded is full; a target of ours."""
SLOWER = 10.0
"""Percent that a message may cost more at the end than among the first."""
_BLOCK = 20_000


def run(plan: Plan) -> Iterator[Figure]:
    """Measure bytes a message, and of all processes after a file that fills the default limits."""
    held = plan.size(200_000, 20_000)
    # In a process of its own: what was given back to this one before would be taken first.
    with get_context("spawn").Pool(1) as pool:
        counted, grown = pool.apply(_beside, (held,))
    note = f"{held:,} messages"
    yield Figure("memory", "a held message beside its own bytes, as counted", "B",
                 counted, target=BESIDE, note=note)  # fmt: skip
    yield Figure("memory", "a held message beside its own bytes, as the process grew", "B",
                 grown, target=BESIDE, note=note)  # fmt: skip
    yield from _programs(plan)


def _beside(held: int) -> tuple[float, float]:
    """Return bytes a held message beside its own, as counted and as this process grew."""
    contents = batches(held)
    before = programs.memory([os.getpid()])
    store = filled(held, contents)
    grown = programs.memory([os.getpid()]) - before
    own = sum(len(chunk.data(row)) for chunk in store.chunks for row in range(chunk.count))
    return (store.bytes - own) / store.kept, (grown - own) / store.kept


def _programs(plan: Plan) -> Iterator[Figure]:
    count = plan.size(400_000, 20_000)
    path = str(capture(plan, count))
    note = f"at most while reading a file of {count:,} messages"
    with programs.on_terminal(plan, programs.command("siptui", "-r", path), 120, 30) as terminal:
        yield from _most(terminal, count, note)
    if programs.installed("sngrep"):
        command = programs.command("sngrep", "-I", path)
        with programs.on_terminal(plan, command, 120, 30) as terminal:
            programs.settle(terminal, "Dialogs", quiet=3, most=600)
            yield Figure("memory", "all processes, RSS", "MB",
                         programs.memory([terminal.pid]) / 1e6, "sngrep", note=note)  # fmt: skip


def _most(terminal: PseudoTerminal, count: int, note: str) -> Iterator[Figure]:
    """Yield what the processes of siptui took at most until the screen shows `count`."""
    samples: list[tuple[float, float, float]] = []
    until = time.monotonic() + 900
    while programs.shown(terminal, "received") < count and time.monotonic() < until:
        terminal.read(0.25)
        screen, *engine = programs.family(terminal.pid)
        samples.append((
            programs.memory([screen]) / 1e6,
            programs.memory(engine) / 1e6,
            programs.memory([screen, *engine], "Pss") / 1e6,
        ))  # fmt: skip
    every = max(screen + engine for screen, engine, _ in samples)
    screen, engine, shared_once = (max(each) for each in zip(*samples, strict=True))
    for what, value, target in (
        ("all processes, RSS", every, WHOLE),
        ("all processes, what they share counted once", shared_once, WHOLE),
        ("the screen's process, RSS", screen, None),
        ("the engine's process, RSS", engine, None),
    ):
        yield Figure("memory", what, "MB", value, target=target, note=note)


def lasting(plan: Plan) -> Iterator[Figure]:
    """Measure cost and memory while every message comes from another forged source."""
    total = plan.size(1_000_000, 60_000, long=10_000_000)
    first_part = min(100_000, total // 3)
    settings = Settings()
    store = Store(settings.keep, settings.keep_bytes)
    pipeline, frames = Pipeline(), Frames()
    costs: list[Cost] = []
    memory: list[int] = []
    began = time.monotonic()
    for _ in range(total // _BLOCK):
        costs.append(pipeline.block(frames.take(_BLOCK), store))
        memory.append(_resident_now())
    few = max(1, first_part // _BLOCK)
    note = f"{total:,} messages from as many addresses, {time.monotonic() - began:.0f} s"
    for what, all_of in (
        ("engine", [each.engine for each in costs]), ("screen", [each.screen for each in costs]),
        ("both", [each.engine + each.screen for each in costs]),
    ):  # fmt: skip
        early, late = statistics.median(all_of[:few]), statistics.median(all_of[-few:])
        yield Figure("lasting", f"{what}: a message among the first {few * _BLOCK:,}", "µs",
                     1e6 * early / _BLOCK)  # fmt: skip
        yield Figure("lasting", f"{what}: at the end against the first", "% more",
                     100 * (late / early - 1), target=SLOWER, note=note)  # fmt: skip
    # The limits and every bounded memory are full by the middle.
    grown = memory[-1] - memory[len(memory) // 2]
    yield Figure("lasting", "memory at the end beyond that of the middle", "MB", grown / 1e6,
                 target=FORGED, note=note)  # fmt: skip
    yield Figure("lasting", "engine and screen in one process, RSS", "MB", memory[-1] / 1e6,
                 target=WHOLE, note=note)  # fmt: skip


def _resident_now() -> int:
    with open("/proc/self/status") as status:
        match = re.search(r"VmRSS:\s+(\d+)", status.read())
    return int(match[1]) * 1024 if match else 0
