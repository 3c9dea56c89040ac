"""How the application is put together: themes, settings, colours."""

from __future__ import annotations

import pytest

from siptui.config import THEMES
from siptui.errors import SiptuiError
from siptui.tui import themes
from tests.tui.monitoring import application, record, running, screen, traffic


def test_an_unknown_theme_is_an_error_with_the_choice() -> None:
    with pytest.raises(SiptuiError, match="siptui-dark, siptui-light"):
        application([], settings={"theme": "neon"})


def test_without_colour_a_theme_of_the_terminals_own_colours_is_taken() -> None:
    app = application([], environment={"NO_COLOR": ""})
    assert app.theme == "terminal-dark"
    assert app.native_ansi_color
    light = application([], settings={"theme": "terminal-light"}, environment={"NO_COLOR": "1"})
    assert light.theme == "terminal-light"
    assert not application([]).native_ansi_color


async def test_without_colour_no_colour_is_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with running(traffic(9), environment={"NO_COLOR": "1"}) as (app, pilot):
        await pilot.press("k", "space")
        for widget in (app.monitor.stream, app.monitor.header, app.monitor.footer):
            for strip in widget.render_lines(widget.size.region):
                for segment in strip:
                    style = segment.style
                    assert style is not None
                    assert style.color is None or style.color.is_default
                    assert style.bgcolor is None or style.bgcolor.is_default


async def test_the_cursor_is_reversed_where_there_is_no_background() -> None:
    async with running(traffic(9), settings={"theme": "terminal-dark"}) as (app, _):
        stream = app.monitor.stream
        row = stream.window.cursor_row - stream.window.top + 2
        assert all(s.style is not None and s.style.reverse for s in stream.render_line(row))


def test_the_names_of_the_themes_are_known_without_them() -> None:
    assert tuple(theme.name for theme in themes.THEMES) == THEMES


def test_every_theme_has_every_role() -> None:
    for theme in themes.THEMES:
        assert set(themes.ROLE_VARIABLES) <= set(theme.variables)


@pytest.mark.parametrize("name", ["nord", "textual-light", "ansi-light"])
async def test_textuals_own_themes_work(name: str) -> None:
    async with running(traffic(9), settings={"theme": name}) as (app, _):
        assert "messages 9" in screen(app)


async def test_ascii_paints_ascii_only() -> None:
    made = [*traffic(30), record(31, ua="Größe ␛ 日本", src="2001:db8:1:2:3:4:5:6:7")]
    async with running(made, (100, 30), settings={"ascii": True}) as (app, pilot):
        for keys in (["1"], ["escape"], ["k", "space", "V"], ["p"], ["question_mark"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert screen(app).isascii()


async def test_a_filter_may_be_given_at_the_start() -> None:
    async with running(traffic(100), filter="country:RU") as (app, _):
        assert len(app.view) == 50
        assert "only country RU" in screen(app)


async def test_the_settings_choose_columns() -> None:
    async with running(traffic(9), settings={"columns": ["call_id", "src"]}) as (app, _):
        heads = screen(app).splitlines()[3]
        assert heads.split()[:2] == ["call-id", "source"]
