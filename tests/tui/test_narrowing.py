"""The main screen: what a filter, a counter and a search leave in sight."""

from __future__ import annotations

import pytest
from textual.events import Key

from siptui.tui.keys import CHARACTERS
from tests.tui.monitoring import record, running, screen, traffic

# Filter and drill in


async def test_a_filter_is_typed_and_shown() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("slash", *"method:INVITE", "enter")
        assert app.view.filter.text == "method:INVITE"
        assert len(app.view) < 100
        assert "only method INVITE" in screen(app)
        await pilot.press("escape")
        assert app.view.filter.text == ""
        assert len(app.view) == 100


@pytest.mark.parametrize(
    ("keys", "line", "filter", "frozen"),
    [
        (["/", *"method:INVITE", "enter", "p"], "", "method:INVITE", True),
        (["/", *"meth", "tab", *"INV", "tab", "enter", "p"], "", "method:INVITE", True),
        (["/", *"method:INVX", "backspace", *"ITE", "enter", "p"], "", "method:INVITE", True),
        (["/", *"ua:PBX", "enter", "/", *"len>1"], "ua:PBX len>1", "ua:PBX", False),
        (["/", *"ua:PBX", "enter", "/", *"len>1", "escape", "p"], "", "ua:PBX", True),
        (["/", *"contry:RU", "enter", "p"], "contry:RUp", "", False),
        (["f", *"country:RU", "enter", "p"], "", "", True),
    ],
)
async def test_keys_that_come_in_one_piece_do_what_they_do_one_by_one(
    keys: list[str], line: str, filter: str, frozen: bool
) -> None:
    async with running(traffic(100)) as (app, pilot):
        for key in keys:
            app.post_message(Key(CHARACTERS.get(key, key), key if len(key) == 1 else None))
        await pilot.pause()
        assert app.monitor.bar.display == bool(line)
        assert not line or app.monitor.bar.value == line
        assert app.view.filter.text == filter
        assert app.view.frozen == frozen


async def test_a_wrong_filter_says_where_and_leaves_the_old_one_in_force() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("slash", *"country:RU", "enter")
        await pilot.press("slash", *"contry:CN", "enter")
        assert app.monitor.bar.display
        shown = screen(app)
        assert "^^^^^^" in shown
        assert "contry" in shown
        assert "country" in shown.split("^^^^^^")[1].splitlines()[0]
        await pilot.press("escape")
        assert app.view.filter.text == "country:RU"


async def test_completion_offers_fields_and_known_values() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("slash", *"coun", "tab")
        assert app.monitor.bar.value == "country:"
        assert "RU" in screen(app)
        await pilot.press(*"R", "tab", "enter")
        assert app.view.filter.text.strip() == "country:RU"


async def test_the_history_of_filters_comes_back_by_up() -> None:
    async with running(traffic(10)) as (app, pilot):
        for words in ("country:RU", "country:CN"):
            app.monitor.set_filter("")
            await pilot.press("slash", *words, "enter")
        app.monitor.set_filter("")
        await pilot.press("slash", "up", "up")
        assert app.monitor.bar.value == "country:RU"
        await pilot.press("down", "down")
        assert app.monitor.bar.value == ""


async def test_enter_on_a_counter_narrows_and_the_others_follow() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("1", "enter")
        assert app.view.filter.text == "country:RU"
        assert len(app.view) == 50
        await pilot.press("2", "j", "enter")
        first, second = app.view.filter.terms
        assert first == "country:RU"
        assert second.startswith("ua=")
        assert "only country RU \u203a ua " in screen(app)
        await pilot.press("escape")
        assert app.view.filter.text == "country:RU"
        await pilot.press("backspace")
        assert app.view.filter.text == ""


async def test_only_and_hide_take_the_value_under_the_cursor() -> None:
    async with running(traffic(90)) as (app, pilot):
        source = app.view.record(app.view.cursor).src
        await pilot.press("minus")
        assert app.view.filter.text.startswith("-src:")
        assert len(app.view) == 60
        assert app.view.record(app.view.cursor).src != source
        await pilot.press("escape", "plus")
        assert app.view.filter.text.startswith("src:")
        assert len(app.view) == 30
        await pilot.press("escape", "l", "l", "equals_sign")
        assert app.view.filter.text.startswith(("method=", "status:"))


async def test_a_counter_can_be_used_before_it_is_drawn() -> None:
    async with running(traffic(100), (80, 24)) as (app, _):
        app.monitor.action_do("count_2")
        app.monitor.action_do("open")
        assert app.view.filter.terms == ("ua=PBX",)


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("1", "countries"),
        ("2", "user agents"),
        ("3", "methods"),
        ("4", "sources"),
        ("5", "users"),
        ("6", "tools"),
        ("7", "labels"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_every_counter_is_one_key_away(size: tuple[int, int], key: str, title: str) -> None:
    async with running(traffic(100), size) as (app, pilot):
        await pilot.press(key)
        await pilot.pause()
        assert f"{key} {title}" in screen(app)
        assert app.monitor.pane_name == "tally"
        await pilot.press("enter")
        assert len(app.view.filter.terms) == 1
        assert 0 < len(app.view) < 100
        await pilot.press("escape")
        assert len(app.view) == 100


async def test_counters_are_on_screen_where_there_is_room_else_in_a_line() -> None:
    async with running(traffic(100), (120, 40)) as (app, _):
        shown = screen(app)
        assert "1 countries" in shown
        assert "2 user agents" in shown
        assert "━" in shown
    async with running(traffic(100), (80, 24)) as (app, _):
        assert "1 countries RU 50%" in screen(app)


async def test_a_counter_can_be_gone_through_to_its_end() -> None:
    records = [record(n, src=f"198.51.{n // 250}.{n % 250}") for n in range(290)]
    async with running(records) as (app, pilot):
        await pilot.press("4")
        await pilot.pause()
        pane = app.monitor.pane
        assert pane.field == "src"
        await pilot.press("G")
        assert f"{len(records)}/{len(records)}" in screen(app)
        at = pane.value
        await pilot.press("escape")
        app.monitor.tick()
        await pilot.pause()
        assert len(pane.entries) < len(records)
        await pilot.press("4")
        app.monitor.tick()
        assert pane.value == at


async def test_counters_are_sorted_by_a_key() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("1", "o")
        assert "by rate" in screen(app)
        await pilot.press("o")
        assert app.monitor.panes[0].sort == "name"


# Search


async def test_search_goes_to_matches_without_hiding() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("g", "f", *"method:INVITE", "enter")
        assert app.view.record(app.view.cursor).method == "INVITE"
        assert len(app.view) == 100
        first = app.view.cursor
        await pilot.press("n")
        assert app.view.cursor > first
        assert app.view.record(app.view.cursor).method == "INVITE"
        await pilot.press("N")
        assert app.view.cursor == first
        await pilot.press("N")
        assert app.view.cursor == first
        await pilot.press("escape")
        assert app.monitor.search.text == ""
