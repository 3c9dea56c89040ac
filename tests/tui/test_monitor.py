"""The main screen: how it follows what arrives, fits its terminal and ends."""

from __future__ import annotations

import dataclasses
import signal
from typing import Any

import pytest

from siptui.tui.actions import ACTIONS
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


async def test_an_action_may_be_left_without_a_key() -> None:
    async with running(traffic(3), settings={"keys": {"pause": ""}}) as (app, pilot):
        await pilot.press("p")
        assert not app.view.frozen
        assert "pause" not in screen(app)


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


# Sizes, states, ends


async def test_a_screen_that_closes_is_not_troubled_by_what_is_set_up_later() -> None:
    async with running([]) as (app, _):
        pass
    app.monitor.bar.set_up()
    app.monitor.inspector.set_up()


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
