"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real payloads and captures that lies beside a checkout."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes and long texts by their argument, and leave the rest to pytest.

    Workers that run the suite in parallel must give every case the same name; what gzip packs,
    for one, holds the second in which it was packed.
    """
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 200):
        return argname
    return None
