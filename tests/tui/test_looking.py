"""The main screen: how its panes, times and colours change, by keys and by mouse."""

from __future__ import annotations

import pytest
from textual.events import MouseScrollUp

from siptui.tui.themes import THEMES
from tests.tui.monitoring import running, screen, traffic

# Look


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_enter_inspects_and_escape_goes_back(size: tuple[int, int]) -> None:
    async with running(traffic(50), size) as (app, pilot):
        await pilot.press("enter")
        await pilot.pause()
        assert app.monitor.inspector.region.height >= 10
        assert app.monitor.pane_name == "inspector"
        assert not app.view.following
        assert "Call-ID" in screen(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.monitor.pane is app.monitor.stream
        assert app.monitor.stream.region.height > 5


async def test_the_inspector_follows_the_cursor() -> None:
    async with running(traffic(50)) as (app, pilot):
        await pilot.press("i", "g")
        await pilot.pause()
        assert "0@198.51.100.7" in screen(app)
        await pilot.press("j")
        await pilot.pause()
        assert "1@203.0.113.9" in screen(app)
        await pilot.press("i")
        assert not app.monitor.inspecting


async def test_zoom_gives_one_pane_everything() -> None:
    async with running(traffic(50)) as (app, pilot):
        await pilot.press("z")
        await pilot.pause()
        assert app.monitor.stream.size.width == 120
        await pilot.press("z")
        await pilot.pause()
        assert app.monitor.stream.size.width < 90


async def test_layouts_run_through() -> None:
    async with running(traffic(50)) as (app, pilot):
        seen = []
        for _ in range(4):
            seen.append((app.monitor.inspecting, app.monitor.panes[0].region.height > 0))
            await pilot.press("v")
            await pilot.pause()
        assert seen == [(False, True), (False, False), (True, False), (True, True)]
        assert app.monitor.arrangement == "counters"


async def test_times_run_through() -> None:
    async with running(traffic(3)) as (app, pilot):
        assert "12:00:00" in screen(app)
        await pilot.press("t")
        assert "0:59" in screen(app)
        await pilot.press("t")
        assert "+0.250" in screen(app)


async def test_themes_run_through() -> None:
    async with running(traffic(3)) as (app, pilot):
        seen = set()
        for _ in THEMES:
            await pilot.press("T")
            seen.add(app.theme)
        assert seen == {theme.name for theme in THEMES}


async def test_panes_by_tab() -> None:
    async with running(traffic(3)) as (app, pilot):
        seen = []
        for _ in range(4):
            await pilot.press("tab")
            seen.append(app.monitor.pane)
        assert seen == [*app.monitor.panes[:3], app.monitor.stream]
        await pilot.press("shift+tab")
        assert app.monitor.pane is app.monitor.panes[2]


async def test_the_palette_finds_actions() -> None:
    async with running(traffic(3)) as (app, pilot):
        for key in ("colon", "ctrl+p"):
            await pilot.press(key)
            await pilot.pause()
            assert type(app.screen).__name__ == "CommandPalette"
            await pilot.press("escape")
        await pilot.press("colon", *"freeze")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause()
        assert app.view.frozen


# The mouse


async def test_a_click_selects_and_a_double_click_inspects() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.click(app.monitor.stream, offset=(30, 5))
        assert app.view.row_of(app.view.cursor) == app.monitor.stream.window.top + 3
        assert not app.view.following
        await pilot.click(app.monitor.stream, offset=(30, 5), times=2)
        await pilot.pause()
        assert app.monitor.inspecting


async def test_the_wheel_scrolls_and_stops_following() -> None:
    async with running(traffic(100)) as (app, pilot):
        stream = app.monitor.stream
        top = stream.window.top
        await pilot._post_mouse_events([MouseScrollUp], stream, offset=(5, 5))
        await pilot.pause()
        assert stream.window.top == top - 3
        assert not app.view.following


async def test_a_click_on_a_counters_row_drills_in() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.click(app.monitor.panes[0], offset=(5, 1))
        await pilot.pause()
        assert app.view.filter.text == "country:RU"
