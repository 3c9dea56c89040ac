"""Run siptui as a user does: as a command of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIPTUI = [sys.executable, "-m", "siptui"]
PATIENCE = 20.0
"""Seconds after which something that should have happened has not."""


def environment(home: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment with settings and state below `home`."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if "SIPTUI" not in name and name not in {"COLUMNS", "LINES", "NO_COLOR"}
    }
    package = str(Path(__file__).resolve().parents[1])
    return inherited | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_STATE_HOME": str(home / "state"),
        "PYTHONPATH": package,
        "PYTHONUNBUFFERED": "1",
    } | variables  # fmt: skip


def run(home: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run siptui to its end; return what it said."""
    return subprocess.run(
        [*SIPTUI, *arguments], env=environment(home), capture_output=True, text=True,
        timeout=60, **({"stdin": subprocess.DEVNULL} | options)
    )  # fmt: skip


def rows(output: str) -> list[dict[str, Any]]:
    """Return the objects of JSON lines."""
    return [json.loads(line) for line in output.splitlines()]


def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def free_port() -> int:
    """Return a UDP port of 127.0.0.1 that nobody uses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_bound(port: int) -> bool:
    """Tell whether somebody listens on a UDP port of 127.0.0.1 or of all addresses."""
    hexadecimal = f":{port:04X}"
    return any(
        line.split()[1].endswith(hexadecimal)
        for line in Path("/proc/net/udp").read_text().splitlines()[1:]
    )


@contextmanager
def running(home: Path, output: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run siptui with its standard output in a file, and end it by SIGINT."""
    errors = output.with_suffix(".errors")
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [*SIPTUI, *arguments], env=environment(home), stdin=subprocess.DEVNULL,
            stdout=out, stderr=err,
        )  # fmt: skip
        try:
            yield process
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
