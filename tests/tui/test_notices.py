"""What goes wrong beside the traffic is said once, in words that are safe."""

from __future__ import annotations

from dataclasses import replace

from siptui.capture import Statistics
from siptui.status import SourceStatus, Status
from tests.tui.monitoring import running, screen, traffic


async def test_a_notice_is_said_once_however_often_it_is_reported() -> None:
    async with running(traffic(10)) as (app, pilot):
        died = "a process that helped to decode has died: all is decoded, but slower"
        store = app.view.store
        store.status = replace(store.status, notices=[died, "seen.sqlite\x1b[2J: no room"])
        for _ in range(3):
            app.monitor.tick()
            await pilot.pause()
        said = [each.message for each in app._notifications]
        assert said.count(died) == 1
        assert len(said) == 2
        assert not any("\x1b" in each for each in said)


async def test_a_file_that_was_cut_off_stays_incomplete_on_screen() -> None:
    source = SourceStatus("cut.pcap", False, True, Statistics(notice="it is cut off"))
    async with running(traffic(10), status=Status(sources=[source], ended=True)) as (app, pilot):
        app.monitor.tick()
        await pilot.pause()
        assert "! incomplete" in screen(app).splitlines()[0]
