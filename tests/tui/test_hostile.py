"""Whatever a packet says, no byte that a terminal obeys is painted anywhere."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from siptui.capture import Statistics
from siptui.record import Record
from siptui.status import RecordingStatus, SourceStatus, Status
from siptui.tui.app import SiptuiApp
from tests.tui.monitoring import HOSTILE, application, record, running

WORDS = HOSTILE.replace(" ", "")


def hostile(count: int = 12) -> list[Record]:
    made = []
    for n in range(count):
        each = record(n, ua=HOSTILE, uri=f"sip:{WORDS}@x", country=HOSTILE, user=HOSTILE)
        each.method = WORDS
        each.tool = each.as_name = each.number_country = each.transport = HOSTILE
        each.labels = each.defects = (HOSTILE,)
        made.append(each)
    made.append(record(count, method="", kind=HOSTILE, data=HOSTILE.encode("utf-8") * 3, ua=""))
    made.append(record(count + 1, data=bytes(range(256)) * 2, ua="\udc80"))
    return made


def painted(app: SiptuiApp) -> list[str]:
    found = []
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            assert segment.control is None
            found.append(segment.text)
    return found


def check(app: SiptuiApp) -> None:
    for words in painted(app):
        for letter in words:
            assert letter.isprintable(), ascii(words)
            assert unicodedata.category(letter) not in ("Cc", "Cf", "Cs"), ascii(words)


STATUS = Status(
    sources=[SourceStatus(HOSTILE, True, False, Statistics(notice=HOSTILE))],
    recording=RecordingStatus(path=HOSTILE, error=HOSTILE),
    respond_mode=HOSTILE,
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (60, 12)])
async def test_no_pane_paints_what_a_terminal_obeys(size: tuple[int, int]) -> None:
    async with running(hostile(), size, status=STATUS, title=HOSTILE) as (app, pilot):
        check(app)
        for keys in (
            ["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["7"],
            ["g", "enter"], ["tab"], ["f"], ["escape"], ["escape"], ["y"], ["Y"],
            ["a"], ["V", "j"], ["escape"], ["u"],
        ):  # fmt: skip
            await pilot.press(*keys)
            await pilot.pause()
            check(app)
            assert app.is_running


@pytest.mark.parametrize("key", ["1", "2", "4", "5", "6", "7"])
async def test_a_hostile_value_can_be_drilled_into_edited_and_left(key: str) -> None:
    async with running(hostile()) as (app, pilot):
        await pilot.press(key, "enter")
        await pilot.pause()
        assert len(app.view.filter.terms) == 1
        assert len(app.view) > 0
        check(app)
        await pilot.press("slash")
        await pilot.pause()
        check(app)
        await pilot.press("escape", "escape")
        assert app.view.filter.text == ""


async def test_completion_shows_hostile_values_as_signs() -> None:
    async with running(hostile()) as (app, pilot):
        for field in ("ua:", "country:", "label:", "kind:"):
            await pilot.press("slash", *field)
            await pilot.pause()
            check(app)
            await pilot.press("down", "enter")
            await pilot.pause()
            check(app)
            await pilot.press("escape")


async def test_notices_and_titles_are_safe_and_no_markup() -> None:
    async with running(hostile()) as (app, pilot):
        app.monitor.say(HOSTILE, "error")
        await pilot.pause()
        check(app)
        assert app.title.isprintable()


@pytest.mark.parametrize(
    "more",
    [
        {"title": HOSTILE, "live": True},
        {"title": HOSTILE, "live": False},
        {"title": "udp 0.0.0.0:5060", "live": True, "status": Status(error=HOSTILE)},
        {"title": "x", "live": False, "status": Status(ended=True, sources=STATUS.sources)},
    ],
)
async def test_empty_screens_are_safe(more: dict[str, Any], tmp_path: Path) -> None:
    app = application([], directory=tmp_path, **more)
    async with app.run_test(size=(100, 30)) as pilot:
        app.monitor.tick()
        await pilot.pause()
        check(app)
