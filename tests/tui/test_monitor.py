"""The main screen, by its keys and its mouse, against a store that is filled by hand."""

from __future__ import annotations

import dataclasses
import signal
from pathlib import Path
from typing import Any

import pytest
from textual.events import MouseScrollUp

from siptui.tui.actions import ACTIONS
from siptui.tui.themes import THEMES
from tests.tui.monitoring import Clock, application, feed, record, running, screen, traffic

# Follow, stand still, move


async def test_the_stream_follows_what_arrives() -> None:
    async with running(traffic(100)) as (app, pilot):
        assert app.view.following
        assert app.view.cursor == app.view.seq_at(99)
        feed(app.view.store, traffic(105)[100:])
        app.monitor.tick()
        await pilot.pause()
        assert app.view.cursor == app.view.seq_at(104)
        assert "following" in screen(app)
        assert "messages 105" in screen(app)


async def test_an_upward_move_stands_still_and_says_how_many_are_new() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("k")
        at = app.view.cursor
        feed(app.view.store, traffic(130)[100:])
        app.monitor.tick()
        await pilot.pause()
        assert app.view.cursor == at
        assert "+30 new" in screen(app)
        await pilot.press("G")
        assert app.view.following
        assert "+30 new" not in screen(app)
        assert app.view.cursor == app.view.seq_at(129)


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (["k"], 98),
        (["up", "up"], 97),
        (["k", "k", "j"], 98),
        (["up", "up", "down"], 98),
        (["g"], 0),
        (["home"], 0),
        (["g", "ctrl+d"], 18),
        (["g", "ctrl+d", "ctrl+u"], 0),
        (["g", "pagedown"], 35),
        (["g", "ctrl+f", "ctrl+b"], 0),
        (["g", "G"], 99),
        (["g", "end"], 99),
    ],
)
async def test_the_cursor_moves_by_vi_keys_and_arrows(keys: list[str], row: int) -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press(*keys)
        assert app.view.row_of(app.view.cursor) == row


async def test_keys_of_the_settings_do_what_they_say_and_no_longer_what_they_did() -> None:
    async with running(traffic(100), settings={"keys": {"clear": "p"}}) as (app, pilot):
        assert set(app.monitor.keys_changed) == {"clear", "pause"}
        await pilot.press("p")
        assert not app.view.frozen
        assert len(app.view) == 0


async def test_textual_is_given_only_keys_that_settings_changed() -> None:
    async with running(traffic(1)) as (app, _):
        assert app.monitor.keys_changed == {}


async def test_the_column_cursor_moves_sideways() -> None:
    async with running(traffic(10)) as (app, pilot):
        await pilot.press("l", "right", "h")
        assert app.monitor.stream.column == 2


async def test_pausing_freezes_rows_and_nothing_else() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("p")
        feed(app.view.store, traffic(120)[100:])
        app.monitor.tick()
        await pilot.pause()
        shown = screen(app)
        assert "received 120" in " ".join(shown.split())
        assert "messages 100" in shown
        assert "paused" in shown
        assert "+20 new" in shown
        assert "p resume" in shown
        await pilot.press("p")
        assert "messages 120" in screen(app)


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


# Mark, copy, export


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


# Sizes, states, ends


async def test_nothing_to_show_says_what_is_going_on() -> None:
    async with running([]) as (app, pilot):
        shown = screen(app)
        assert "listening on udp 0.0.0.0:5060, nothing yet" in shown
        assert "Try: sipsak -s sip:100@127.0.0.1:5060" in shown
        feed(app.view.store, traffic(4))
        app.monitor.set_filter("country:XX")
        await pilot.pause()
        shown = screen(app)
        assert "0 of 4 messages match" in shown
        assert "Esc" in shown


async def test_a_file_says_how_far_it_is_read() -> None:
    app = application([], title="trace.pcap", live=False)
    app.view.store.status.sources[0].statistics.progress = 0.43
    async with app.run_test(size=(100, 30)):
        app.monitor.tick()
        assert "reading trace.pcap 43%" in screen(app)


@pytest.mark.parametrize("size", [(59, 24), (80, 11), (30, 5), (1, 1)])
async def test_too_small_a_terminal_says_so_and_counts_on(size: tuple[int, int]) -> None:
    async with running(traffic(7), size) as (app, pilot):
        shown = screen(app)
        if size[0] > 20:
            assert "too small" in shown
            assert "received 7" in shown
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "messages 7" in screen(app)


async def test_resizing_keeps_the_record_under_the_cursor() -> None:
    async with running(traffic(100), (200, 50)) as (app, pilot):
        await pilot.press("g", *("j",) * 40)
        at = app.view.cursor
        for size in ((80, 24), (60, 12), (40, 10), (130, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            app.monitor.tick()
            assert app.view.cursor == at


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_signals_end_it_with_their_status(number: signal.Signals) -> None:
    app = application(traffic(3))
    async with app.run_test() as pilot:
        signal.raise_signal(number)
        await pilot.pause(0.1)
    assert app.return_code == 128 + number


async def test_q_quits_plainly() -> None:
    app = application(traffic(3))
    async with app.run_test() as pilot:
        await pilot.press("q")
    assert app.return_code == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 12), (40, 8)])
async def test_no_key_fails_anywhere(size: tuple[int, int]) -> None:
    async with running(traffic(30), size) as (app, pilot):
        for action in ACTIONS:
            for key in action.keys if action.id != "quit" else ():
                await pilot.press(key)
                if app.screen is not app.monitor:
                    await pilot.press("escape")
                if app.monitor.bar.display:
                    await pilot.press("escape")
            if not len(app.view):
                feed(app.view.store, traffic(30))
                app.monitor.tick()
        assert app.is_running


async def test_keys_are_those_of_the_settings() -> None:
    async with running(traffic(3), settings={"keys": {"pause": "x", "find": "p"}}) as (app, pilot):
        await pilot.press("x")
        assert app.view.frozen
        await pilot.press("p")
        assert app.monitor.bar.display


# What a tick costs


async def test_a_tick_with_nothing_new_paints_nothing() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("k")
        await pilot.pause()
        app.monitor.tick()
        await pilot.pause()
        panes: list[Any] = [app.monitor.stream, app.monitor.header, *app.monitor.panes[:3]]
        assert [pane.sync() for pane in panes] == [0] * len(panes)


async def test_a_standing_stream_paints_only_its_title_while_messages_come() -> None:
    async with running(traffic(100)) as (app, pilot):
        await pilot.press("g")
        await pilot.pause()
        feed(app.view.store, traffic(150)[100:])
        app.view.refresh(1)
        assert app.monitor.stream.sync() == 1


async def test_the_rows_clock_is_the_one_given() -> None:
    clock = Clock()
    async with running(traffic(1), clock=clock) as (app, pilot):
        await pilot.press("t")
        clock.now += 3600
        app.monitor.tick()
        await pilot.pause()
        assert "1:01:00" in screen(app)


async def test_a_marked_a_defective_and_an_own_row_have_signs() -> None:
    made = [record(0), dataclasses.replace(record(1), defects=("lf-only",))]
    async with running(made) as (app, pilot):
        await pilot.press("g", "space")
        rows = [line for line in screen(app).splitlines() if "12:00:0" in line]
        assert rows[0].startswith("◆")
        assert rows[1].startswith(" !")
