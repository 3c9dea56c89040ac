"""Measure siptui beside others: ``python -m tests.benchmarks``."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks import filtering, keys, knowing, live, memory, reading, terminal
from tests.benchmarks.table import Figure, Plan, as_json, machine, render

BENCHMARKS: dict[str, Callable[[Plan], Iterator[Figure]]] = {
    "start": terminal.start,
    "reading": reading.run,
    "terminal": terminal.run,
    "live": live.run,
    "keys": keys.run,
    "knowing": knowing.run,
    "filter": filtering.run,
    "memory": memory.run,
    "lasting": memory.lasting,
}


def main() -> int:
    """Run the benchmarks that were asked for, one at a time; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="little work, once: to see that it works")
    add("--long", action="store_true", help="ten million messages where it matters")
    add("--only", action="append", choices=BENCHMARKS, metavar="NAME",
        help=f"one of {', '.join(BENCHMARKS)}; may be given again")  # fmt: skip
    add("--json", type=Path, metavar="FILE", help="write the figures to a file, too")
    given = parser.parse_args()
    figures: list[Figure] = []
    failed = False
    about = machine()
    with tempfile.TemporaryDirectory(prefix="siptui-benchmarks-") as directory:
        plan = Plan(Path(directory), given.quick, given.long)
        for name in given.only or BENCHMARKS:
            began = time.monotonic()
            try:
                for figure in BENCHMARKS[name](plan):
                    figures.append(figure)
                    print(f"{figure.program}: {figure.what}: {figure.value:.4g} {figure.unit}",
                          file=sys.stderr)  # fmt: skip
            except (AssertionError, OSError, ValueError) as error:
                failed = True
                print(f"{name} failed: {type(error).__name__}: {error}", file=sys.stderr)
            print(f"{name} took {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(", ".join(f"{what}: {value}" for what, value in about.items()) + "\n")
    print(render(figures))
    if given.json is not None:
        given.json.write_text(json.dumps(as_json(figures, about), indent=1) + "\n")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
