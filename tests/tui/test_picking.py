"""The main screen: marks, copies, exports, the mask, and starting anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.monitoring import feed, record, running, screen, traffic


async def test_marks_one_a_range_and_all() -> None:
    async with running(traffic(50)) as (app, pilot):
        await pilot.press("g", "space")
        assert len(app.view.marks) == 1
        assert app.view.row_of(app.view.cursor) == 1
        await pilot.press("k", "space")
        assert not app.view.marks
        await pilot.press("V", "j", "j", "V")
        assert len(app.view.marks) == 3
        assert "3 marked" in screen(app)
        await pilot.press("a")
        assert len(app.view.marks) == 50
        await pilot.press("u")
        assert not app.view.marks
        await pilot.press("A", "escape")
        assert not app.view.marks


async def test_copying_is_said_honestly(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(traffic(5)) as (app, pilot):
        await pilot.press("y")
        assert app.clipboard.startswith("OPTIONS sip:104@192.0.2.1 SIP/2.0\nVia:")
        await pilot.press("Y")
        assert app.clipboard == "203.0.113.9"
        assert "sent to the terminal" in str(list(app._notifications)[-1].message)


async def test_what_is_too_long_for_a_clipboard_is_not_copied() -> None:
    async with running([record(data=b"OPTIONS " + b"x" * 80_000)]) as (app, pilot):
        await pilot.press("y")
        assert app.clipboard == ""


@pytest.mark.parametrize("key", ["e", "s"])
async def test_export_opens_its_dialog(key: str, tmp_path: Path) -> None:
    async with running(traffic(5), directory=tmp_path) as (app, pilot):
        await pilot.press(key)
        assert type(app.screen).__name__ == "ExportScreen"


async def test_clear_forgets_what_is_held_and_goes_on_counting() -> None:
    async with running(traffic(50)) as (app, pilot):
        await pilot.press("c")
        assert len(app.view) == 0
        assert app.view.store.received == 50
        feed(app.view.store, traffic(3))
        app.monitor.tick()
        await pilot.pause()
        assert len(app.view) == 3


async def test_the_mask_hides_addresses_and_users() -> None:
    async with running(traffic(50), (200, 50)) as (app, pilot):
        assert "203.0.113.9" in screen(app)
        await pilot.press("m")
        shown = screen(app)
        assert "203.0.113.9" not in shown
        assert "198.51.100.7" not in shown
        assert "masked" in shown
        await pilot.press("4")
        assert "203.0.113.9" not in screen(app)
        await pilot.press("enter")
        assert app.view.filter.text == "src:198.51.100.7"
        assert "only src 198.18.0." in screen(app)
        await pilot.press("slash", "space", *"dst:")
        assert "src:••••••••••••" in screen(app)
        assert "198.51.100.7" not in screen(app)
        assert "192.0.2.1" not in screen(app)
