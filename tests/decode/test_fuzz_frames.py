"""A short, bounded run of the fuzz target for frames; `tests/fuzz` says how to go on."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.frames import check, frames_of, input_of, seeds

ROOT = Path(__file__).resolve().parents[2]


def test_an_input_stands_for_frames() -> None:
    for data in seeds():
        frames = frames_of(data)
        assert frames
        assert input_of(frames) == data


def test_seeds_changed_at_random_break_nothing() -> None:
    chance = random.Random(3)
    corpus = seeds()
    for data in corpus:
        check(data)
    for _ in range(1500):
        data = bytearray(b"".join(chance.choices(corpus, k=chance.randint(1, 3))))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            if chance.random() < 0.8:
                data[at] = chance.randrange(256)
            else:
                del data[at : at + chance.randint(1, 40)]
        check(bytes(data))


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
def test_guided_by_coverage(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", "frames"]
    subprocess.run([*command, "--seeds", str(tmp_path)], cwd=ROOT, check=True)
    run = [*command, "-runs=1500", "-seed=1", f"-artifact_prefix={tmp_path}/", str(tmp_path)]
    subprocess.run(run, cwd=ROOT, check=True)
