"""How much arrives of what is sent, and is every loss told?"""

from __future__ import annotations

import re
import signal
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.programs import (
    can_capture,
    command,
    environment,
    installed,
    load,
    on_terminal,
    sent,
    settle,
    sngrep_on,
    start_live,
    target,
)
from tests.benchmarks.table import Figure, Plan
from tests.command import is_bound

SUSTAINED = 20_000
"""Messages a second for a minute."""
BURST = 60_000
"""Messages a second for five seconds."""
_SAID = re.compile(rb"siptui: ([\d,]+) seen, ([\d,]+) kept, ([\d,]+) lost")
_GENTLY = 1_000
"""Messages a second at which sngrep loses none; what it keeps then is what it takes for SIP."""


def run(plan: Plan) -> Iterator[Figure]:
    """Measure losses at a sustained rate and in a burst."""
    beside = installed("sngrep") and can_capture()
    usual = _kept(plan, _GENTLY, 4, screen=False) if beside else 0.0
    for what, rate, seconds in (
        ("sustained", SUSTAINED, plan.size(60, 4)),
        ("burst", BURST, plan.size(5, 1)),
    ):
        name = f"{what}, {rate:,}/s for {seconds} s"
        yield from _siptui(plan, name, rate, seconds)
        if beside and usual:
            some = min(seconds, 10)
            note = f"sngrep for {some} s, kept as told by what -O wrote"
            for screen, suffix in ((True, ""), (False, ", no screen")):
                lost = max(0.0, 100 * (1 - _kept(plan, rate, some, screen=screen) / usual))
                yield Figure("live", f"{name}: lost{suffix}", "%", lost, "sngrep", note=note)


def _siptui(plan: Plan, name: str, rate: int, seconds: int) -> Iterator[Figure]:
    with target("siptui") as port:
        line = start_live(plan, "siptui", port)
        with on_terminal(plan, line, 120, 30) as terminal:
            terminal.until(lambda: is_bound(port) and "nothing yet" in terminal.text())
            with load(port, rate, seconds, seed=1) as sender:
                while sender.poll() is None:
                    terminal.read(0.1)
                count, took = sent(sender)
            started = time.monotonic()
            settle(terminal, "received")
            behind = max(0.0, time.monotonic() - started - 1.5)
            terminal.type("q")
            terminal.wait()
            said = _SAID.search(bytes(terminal.raw))
    assert said is not None, "siptui did not say what it had seen and lost"
    seen, _, lost = (int(each.replace(b",", b"")) for each in said.groups())
    note = f"really sent {count / took:,.0f} a second"
    yield Figure("live", f"{name}: lost", "%", 100 * (count - seen) / count, target=0, note=note)
    yield Figure("live", f"{name}: lost and not told", "messages", abs(count - seen - lost),
                 target=0)  # fmt: skip
    yield Figure("live", f"{name}: rows behind at the end", "s", behind)


def _kept(plan: Plan, rate: int, seconds: int, *, screen: bool) -> float:
    """Return what share (0 to 1) of the messages sngrep kept."""
    written = plan.directory / "sngrep.pcap"
    written.unlink(missing_ok=True)
    with target("sngrep") as port:
        if screen:
            line = start_live(plan, "sngrep", port, "-R", "-O", str(written))
            with on_terminal(plan, line, 120, 30) as terminal:
                terminal.until(lambda: "Dialogs" in terminal.text())
                with load(port, rate, seconds, seed=2) as sender:
                    while sender.poll() is None:
                        terminal.read(0.1)
                    count, _ = sent(sender)
                terminal.read(5.0)
                terminal.kill(signal.SIGTERM)
                terminal.read(2.0)
        else:
            line = command("sngrep", "-R", "-N", "-q", "-O", str(written), *sngrep_on(port))
            with subprocess.Popen(
                line, env=environment(plan.home()), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ) as process:  # fmt: skip
                time.sleep(1.0)
                with load(port, rate, seconds, seed=2) as sender:
                    sender.wait()
                    count, _ = sent(sender)
                time.sleep(5.0)
                process.terminate()
                try:
                    process.wait(5.0)
                except subprocess.TimeoutExpired:
                    process.kill()
    return _frames(written) / count


def _frames(path: Path) -> int:
    """Return how many frames a pcap file holds; one cut off at the end counts, too."""
    if not path.exists():
        return 0
    count, at, data = 0, 24, path.read_bytes()
    while at + 16 <= len(data):
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
        count += 1
    return count
