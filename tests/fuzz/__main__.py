"""Let coverage guide the bytes that a target is fed: ``frames`` or ``messages``.

From the checkout, with what the tests need::

    python -m tests.fuzz frames --seeds /tmp/frames
    python -m tests.fuzz frames -max_total_time=600 /tmp/frames

The first writes a corpus made of the tests' own frames or messages, the second fuzzes and adds to
it; options are libFuzzer's. What breaks an invariant ends the run, and the input is left in
``crash-*``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

TARGETS = ("frames", "messages")


def main(arguments: list[str]) -> None:
    program, name, *options = arguments
    if name not in TARGETS:
        raise SystemExit(f"there is no target {name}; there are {', '.join(TARGETS)}")
    module = f"tests.fuzz.{name}"
    if options[:1] == ["--seeds"]:
        folder = Path(options[1])
        folder.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(import_module(module).seeds()):
            (folder / f"seed-{number:03}").write_bytes(data)
        return
    import atheris

    with atheris.instrument_imports(include=["siptui"]):
        check = import_module(module).check
    atheris.Setup([program, *options], check)
    atheris.Fuzz()


main(sys.argv)
