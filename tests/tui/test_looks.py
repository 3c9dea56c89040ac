"""What the main screens look like, as pictures made by one version of Textual."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.monitoring import application, pressing, traffic

SIZES = [(80, 24), (120, 40), (200, 50)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("stream", ()),
        ("counters", ("1", "j")),
        ("inspector", ("g", "j", "j", "enter")),
        ("filter", ("slash", *"country:", "down")),
        ("drilled", ("1", "enter", "2", "enter")),
        ("help", ("question_mark",)),
    ],
)
def test_the_main_screens(
    snap_compare: Any, size: tuple[int, int], name: str, keys: tuple[str, ...]
) -> None:
    assert snap_compare(application(traffic(120)), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize("theme", ["siptui-light", "siptui-contrast", "terminal-dark"])
def test_the_themes(snap_compare: Any, theme: str) -> None:
    app = application(traffic(60), settings={"theme": theme})
    assert snap_compare(app, terminal_size=(100, 30), run_before=pressing("k", "space", "k"))


def test_ascii_without_colour(snap_compare: Any) -> None:
    app = application(traffic(60), settings={"ascii": True}, environment={"NO_COLOR": "1"})
    assert snap_compare(app, terminal_size=(120, 30), run_before=pressing("k", "space", "k"))


def test_nothing_yet(snap_compare: Any) -> None:
    assert snap_compare(application([]), terminal_size=(80, 24), run_before=pressing())


def test_too_small(snap_compare: Any) -> None:
    assert snap_compare(application(traffic(9)), terminal_size=(50, 10), run_before=pressing())
