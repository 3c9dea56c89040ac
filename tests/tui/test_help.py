"""The help is made from the real keys, fields and language, and can be searched."""

from __future__ import annotations

from siptui import filters, text
from siptui.record import FIELDS
from siptui.tui import inside
from siptui.tui.actions import ACTIONS, keymap
from siptui.tui.paint import PLAIN, Signs
from siptui.tui.screens import help
from tests.tui.monitoring import running, screen, traffic


def made(**changes: str) -> list[help.Row]:
    keys = keymap(changes, inside.keys())
    return help.rows(keys, inside.rows(keys), filters.HELP, Signs())


def test_it_has_every_action_field_example_and_pane_key() -> None:
    rows = made()
    words = [row[1] for row in rows]
    for action in ACTIONS:
        assert action.help in words
    for field in FIELDS:
        assert any(row[0].split(",")[0] == field.name for row in rows)
    for example in filters.HELP:
        assert example in rows
    assert ("f", "The payload alone, or the whole frame.") in rows


def test_it_shows_the_keys_of_the_settings() -> None:
    assert ("Ctrl-G", "Sort the counters by count, by rate over the last minute, or by name.") in (
        made(sort="ctrl+g")
    )


def test_a_search_keeps_titles_of_what_it_finds() -> None:
    found = help.matching(made(), "clipboard message")
    assert found[0] == ("", "Select and export")
    assert all(not key or "message" in words.lower() for key, words in found)
    assert help.matching(made(), "xyzzy") == [("", "nothing about xyzzy")]


def test_long_texts_are_wrapped() -> None:
    for line in help.lines(made(), 78):
        assert sum(text.width(words) for words, _ in line) <= 78


def test_in_ascii_keys_are_named_in_ascii() -> None:
    keys = keymap({}, inside.keys())
    for key, _ in help.rows(keys, inside.rows(keys), filters.HELP, PLAIN):
        assert key.isascii()


async def test_keys_scroll_search_and_leave_it() -> None:
    async with running(traffic(3), (80, 24)) as (app, pilot):
        await pilot.press("question_mark")
        assert "Move" in screen(app)
        await pilot.press("G")
        assert "end" in screen(app).splitlines()[0]
        await pilot.press("g", "j", "ctrl+d", "pageup", "k")
        assert "top" in screen(app).splitlines()[0]
        await pilot.press("slash", *"follow")
        assert "To the newest message" in screen(app)
        assert "Half a page" not in screen(app)
        await pilot.press("escape")
        assert "Half a page" in screen(app)
        await pilot.press("q")
        assert app.screen is app.monitor
        await pilot.press("question_mark", "escape")
        assert app.screen is app.monitor
