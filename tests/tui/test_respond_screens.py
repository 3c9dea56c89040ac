"""Answers on screen: the mode in the header, its choice, our own rows, and conversations."""

from __future__ import annotations

from typing import Any

import pytest

from siptui.capture import Statistics
from siptui.record import Record
from siptui.respond import MODES
from siptui.status import SourceStatus, Status
from siptui.tui.app import SiptuiApp
from siptui.tui.screens.main import MainScreen
from siptui.tui.screens.respond import RespondScreen
from siptui.tui.themes import THEMES
from tests.tui.monitoring import application, feed, pressing, record, running, screen

COUNTS = {
    "sent 200": 3, "sent 401": 1204, "sent 403": 12, "withheld: rate of the source": 77,
    "withheld: not SIP": 5, "withheld: larger than the request": 1,
}  # fmt: skip


def status(mode: str = "silent", **more: Any) -> Status:
    modes = dict(MODES) if mode else {}
    return Status(
        sources=[SourceStatus("udp 0.0.0.0:5060", True, False, Statistics(9))],
        respond_mode=mode, respond_modes=modes, **more,
    )  # fmt: skip


def answered(count: int = 6) -> list[Record]:
    """Return requests of three sources, our answers to two of them, and what they did then."""
    made = []
    for n in range(count):
        src = ("198.51.100.7", "203.0.113.9", "2001:db8::17")[n % 3]
        tried = {"auth_user": "100", "auth_realm": "asterisk"} if n >= 3 else {}
        made.append(record(3 * n, method="REGISTER", src=src, **tried))  # type: ignore[arg-type]
        if n % 3 < 2:
            answer = record(
                3 * n + 1, method="REGISTER", status=403 if tried else 401, src="192.0.2.1",
                ua="Asterisk PBX", country="", ours=True,
            )  # fmt: skip
            answer.dst = src
            made.append(answer)
    return made


def answering(mode: str = "challenge", **more: Any) -> SiptuiApp:
    app = application(
        [], status=status(mode, respond_counts=COUNTS), control=more.pop("control", None), **more
    )
    feed(app.view.store, answered())
    return app


class Engine:
    """Take commands as the engine does."""

    def __init__(self) -> None:
        self.commands: list[tuple[object, ...]] = []

    def __call__(self, *words: object) -> None:
        self.commands.append(words)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
@pytest.mark.parametrize("mode", list(MODES))
async def test_the_header_says_the_mode_at_all_times(size: tuple[int, int], mode: str) -> None:
    recording_too = status(mode)
    async with running(answered(), size, status=recording_too) as (app, pilot):
        words = "silent" if mode == "silent" else f"ANSWERING {mode}"
        for keys in ((), ("m",), ("p",), ("enter",), ("S",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert words in screen(app).splitlines()[0]


async def test_without_a_socket_nothing_is_said_and_the_key_says_why() -> None:
    async with running(answered(), status=status("")) as (app, pilot):
        first = screen(app).splitlines()[0]
        assert "silent" not in first
        assert "ANSWERING" not in first
        await pilot.press("R")
        assert isinstance(app.screen, MainScreen)
        assert any("only a UDP socket" in each.message for each in app._notifications)


async def test_a_mode_is_listed_chosen_confirmed_and_sent() -> None:
    engine = Engine()
    async with running(answered(), status=status(), control=engine) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        words = " ".join(screen(app).split())
        for mode, explanation in MODES.items():
            assert mode in words
            assert explanation[:30] in words
        await pilot.press("j", "down", "k", "enter")
        await pilot.pause()
        assert engine.commands == []
        assert "Answers will be sent to sources that ask" in screen(app)
        await pilot.press("enter")
        await pilot.pause()
        assert engine.commands == [("respond", "mirror")]
        assert isinstance(app.screen, MainScreen)


@pytest.mark.parametrize("keys", [("escape",), ("n",), ("j",), ("k",), ("q",)])
async def test_nothing_is_sent_without_a_yes(keys: tuple[str, ...]) -> None:
    engine = Engine()
    async with running(answered(), status=status(), control=engine) as (app, pilot):
        await pilot.press("R", "j", "j", "enter", *keys)
        await pilot.pause()
        assert isinstance(app.screen, RespondScreen)
        assert "Answers will be sent" not in screen(app)
        await pilot.press("escape")
        assert engine.commands == []


async def test_y_is_a_yes_and_only_to_a_question() -> None:
    engine = Engine()
    async with running(answered(), status=status(), control=engine) as (_, pilot):
        await pilot.press("R", "j", "y")
        assert engine.commands == []
        await pilot.press("enter", "y")
        assert engine.commands == [("respond", "mirror")]


async def test_silence_needs_no_confirmation_and_the_same_mode_changes_nothing() -> None:
    engine = Engine()
    async with running(answered(), status=status("call"), control=engine) as (app, pilot):
        await pilot.press("R", "enter")
        assert isinstance(app.screen, MainScreen)
        assert engine.commands == []
        await pilot.press("R", *["k"] * 9, "enter")
        assert engine.commands == [("respond", "silent")]


async def test_the_counters_of_answers_and_reactions_are_shown() -> None:
    app = answering()
    async with app.run_test(size=(100, 44)) as pilot:
        app.monitor.tick()
        await pilot.press("R")
        await pilot.pause()
        words = [" ".join(line.split()).strip("│ ") for line in screen(app).splitlines()]
        assert any("answers sent 1,219" in line for line in words)
        assert any("withheld 83" in line for line in words)
        assert "401 1,204 403 12 200 3" in words
        assert "77 rate of the source" in words
        assert "challenge 401 2 0 0 0 2" in words
        assert "challenge 403 2 2 0 0 0" in words


async def test_the_counters_are_scrolled_where_they_do_not_fit() -> None:
    app = answering()
    async with app.run_test(size=(80, 20)) as pilot:
        app.monitor.tick()
        await pilot.press("R")
        await pilot.pause()
        assert "challenge  403" not in screen(app)
        for key in ("pagedown", "space", "ctrl+d"):
            await pilot.press(key)
        await pilot.pause()
        assert "challenge  403" in screen(app)
        await pilot.press("pageup", "ctrl+u", "pageup")
        await pilot.pause()
        assert "answers sent" in screen(app)


async def test_the_screen_keeps_up_with_the_engine() -> None:
    app = answering()
    async with app.run_test(size=(100, 40)) as pilot:
        app.monitor.tick()
        await pilot.press("R")
        await pilot.pause()
        app.view.store.status = status("call", respond_counts={"sent 486": 41})
        app.monitor.tick()
        await pilot.pause()
        assert "486 41" in screen(app)
        line = next(each for each in screen(app).splitlines() if "486 to INVITE" in each)
        assert app.monitor.signs.live in line


@pytest.mark.parametrize("plain", [False, True])
async def test_answers_are_rows_marked_as_ours(plain: bool) -> None:
    async with running(answered(), status=status("challenge"), settings={"ascii": plain}) as (
        app, pilot,
    ):  # fmt: skip
        sign = app.monitor.signs.ours
        rows = [line for line in screen(app).splitlines() if "192.0.2.1" in line[:40]]
        assert len(rows) == 4
        assert all(row[2] == sign for row in rows)
        await pilot.press("g", "j", "enter")
        await pilot.pause()
        assert f"{sign} our answer SIP/2.0" in screen(app)
        assert "siptui sent it as an answer" in screen(app)


async def test_a_conversation_has_both_directions_and_the_gaps() -> None:
    async with running(answered(), status=status("challenge")) as (app, pilot):
        await pilot.press("slash", *"method:REGISTER", "enter", "g")
        assert app.view.record(app.view.cursor).src == "198.51.100.7"  # type: ignore[union-attr]
        seq = app.view.cursor
        await pilot.press("C")
        await pilot.pause()
        assert app.view.filter.text == "src:198.51.100.7 or dst:198.51.100.7"
        assert len(app.view) == 4
        assert app.view.cursor == seq
        assert app.monitor.look.time == "delta"
        assert "+0.250" in screen(app)
        await pilot.press("j", "j")
        here = app.view.cursor
        await pilot.press("escape")
        await pilot.pause()
        assert app.view.filter.text == "method:REGISTER"
        assert app.monitor.look.time == "clock"
        assert app.view.cursor == here


async def test_a_conversation_from_our_answer_is_that_of_whom_it_went_to() -> None:
    async with running(answered(), status=status("challenge")) as (app, pilot):
        await pilot.press("g", "j", "C")
        await pilot.pause()
        assert app.view.filter.text == "src:198.51.100.7 or dst:198.51.100.7"
        await pilot.press("C")
        await pilot.pause()
        assert app.view.filter.text == ""


async def test_the_same_key_while_following_goes_back_to_the_newest() -> None:
    async with running(answered(), status=status("challenge")) as (app, pilot):
        await pilot.press("C")
        await pilot.pause()
        assert app.view.filter.text == "src:2001:db8::17 or dst:2001:db8::17"
        assert len(app.view) == 2
        await pilot.press("C")
        await pilot.pause()
        assert app.view.following
        assert app.monitor.look.time == "clock"


async def test_there_is_no_conversation_without_a_message() -> None:
    async with running([], status=status()) as (app, pilot):
        await pilot.press("C")
        assert app.view.filter.text == ""


async def test_the_mouse_chooses_and_asks() -> None:
    engine = Engine()
    async with running(answered(), (100, 40), status=status(), control=engine) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        await pilot.click("#respond-modes", offset=(5, 2))
        await pilot.click("#respond-keys", offset=(3, 0))
        await pilot.pause()
        assert "Answers will be sent" in screen(app)
        await pilot.click("#respond-keys", offset=(3, 0))
        await pilot.pause()
        assert engine.commands == [("respond", "options")]


async def test_hostile_words_in_reports_do_no_harm() -> None:
    told = status("call", respond_counts={"sent \x1b[2J": 1, "withheld: [/b]\x07": 2})
    async with running(answered(), (80, 24), status=told) as (app, pilot):
        await pilot.press("R")
        await pilot.pause()
        assert not {"\x1b", "\x07"} & set(screen(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("stream", ()),
        ("modes", ("R",)),
        ("question", ("R", "j", "enter")),
        ("conversation", ("g", "C", "j")),
        ("inspector", ("g", "j", "enter")),
    ],
)
def test_how_it_looks(
    snap_compare: Any, size: tuple[int, int], name: str, keys: tuple[str, ...]
) -> None:
    assert snap_compare(answering(), terminal_size=size, run_before=pressing(*keys))


@pytest.mark.parametrize("theme", [each.name for each in THEMES[1:]])
def test_the_themes(snap_compare: Any, theme: str) -> None:
    app = answering(settings={"theme": theme})
    assert snap_compare(app, terminal_size=(80, 24), run_before=pressing("R", "j", "enter"))
