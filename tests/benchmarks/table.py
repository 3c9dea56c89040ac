"""What was measured, and how does it look as a table?"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

PROGRAMS = ("siptui", "plain", "sngrep", "tshark")
"""The columns of the table; `plain` is siptui with Textual's own driver."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one measured figure."""

    benchmark: str
    what: str
    """The row of the table."""
    unit: str
    value: float
    program: str = "siptui"
    target: float | None = None
    at_least: bool = False
    """Whether the target is a least value; else it is the most."""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclass(frozen=True, slots=True)
class Plan:
    """Say how much is to be measured, and where files go."""

    directory: Path
    quick: bool = False
    long: bool = False

    @property
    def repeat(self) -> int:
        """How often what is short is measured; the median counts."""
        return 1 if self.quick else 3

    def size(self, full: int, quick: int, long: int | None = None) -> int:
        """Return the amount of work that fits the plan."""
        return quick if self.quick else long if self.long and long is not None else full

    def home(self) -> Path:
        """Return a new folder for the settings and the memory of one run."""
        number = sum(1 for _ in self.directory.glob("home-*"))
        path = self.directory / f"home-{number}"
        path.mkdir()
        return path

    def median(self, measure: Callable[[], float]) -> float:
        """Measure as often as the plan says; return the median."""
        return median(measure() for _ in range(self.repeat))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of `values` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, ceil(share * len(ordered)) - 1))]


def number(value: float) -> str:
    """Return three digits that count, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def render(figures: Sequence[Figure]) -> str:
    """Return a Markdown table: one row a thing measured, one column a program."""
    rows: dict[tuple[str, str, str], dict[str, Figure]] = {}
    for each in figures:
        rows.setdefault((each.benchmark, each.what, each.unit), {})[each.program] = each
    lines = [
        ["benchmark", "what", "unit", "target", *PROGRAMS],
        ["-"] * (4 + len(PROGRAMS)),
    ]
    notes: list[str] = []
    for (benchmark, what, unit), found in rows.items():
        own = found.get("siptui")
        target = ""
        if own is not None and own.target is not None:
            target = ("≥ " if own.at_least else "≤ ") + number(own.target)
        cells = []
        for program in PROGRAMS:
            figure = found.get(program)
            if figure is None:
                cells.append("")
                continue
            text = number(figure.value)
            if figure.met is False:
                text += " ✗"
            if figure.note:
                if figure.note not in notes:
                    notes.append(figure.note)
                text += f" ({notes.index(figure.note) + 1})"
            cells.append(text)
        lines.append([benchmark, what, unit, target, *cells])
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    table = [
        "| "
        + " | ".join(
            cell.ljust(width, "-" if cell == "-" else " ")
            for cell, width in zip(line, widths, strict=True)
        )
        + " |"
        for line in lines
    ]
    return "\n".join([*table, "", *(f"({at}) {note}" for at, note in enumerate(notes, 1))])


def machine() -> dict[str, Any]:
    """Describe the machine and what else keeps it busy."""
    cpu = [line.partition(":")[2].strip()
           for line in Path("/proc/cpuinfo").read_text().splitlines()
           if line.startswith("model name")]  # fmt: skip
    memory = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": cpu[0] if cpu else platform.machine(),
        "cores": len(cpu),
        "memory": f"{memory / 1e9:.1f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "textual": version("textual"),
        "load before": Path("/proc/loadavg").read_text().split()[0],
    }


def as_json(figures: Sequence[Figure], about: dict[str, Any]) -> dict[str, Any]:
    """Return the figures and the machine as one JSON object."""
    return {"machine": about, "figures": [asdict(each) | {"met": each.met} for each in figures]}
