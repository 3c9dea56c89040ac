"""A short, bounded run of the fuzz target for messages; `tests/fuzz` says how to go on."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.decode.messages import seeds
from tests.fuzz.messages import check

ROOT = Path(__file__).resolve().parents[2]


def test_seeds_changed_at_random_break_nothing() -> None:
    chance = random.Random(3)
    corpus = seeds()
    for data in corpus:
        check(data)
    for _ in range(800):
        data = bytearray(b"".join(chance.choices(corpus, k=chance.randint(1, 2))))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data) + 1)
            data[at : at + chance.choice((0, 1, 1, 1, 20))] = chance.randbytes(chance.randint(0, 2))
        check(bytes(data))


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_guided_by_coverage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "messages"]
    subprocess.run([*command, "--seeds", str(tmp_path)], cwd=ROOT, check=True)
    run = [*command, "-runs=1500", "-seed=1", f"-artifact_prefix={tmp_path}/", str(tmp_path)]
    subprocess.run(run, cwd=ROOT, check=True)
