"""The one table of actions."""

from __future__ import annotations

import pytest

from siptui.errors import SiptuiError
from siptui.tui import actions
from siptui.tui.actions import ACTIONS, Situation, footer, keymap
from siptui.tui.keys import key_name
from siptui.tui.screens.main import MainScreen


def test_no_key_does_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))


def test_ids_are_unique_and_each_is_done_by_the_screen() -> None:
    assert len(actions.ACTION) == len(ACTIONS)
    for action in ACTIONS:
        assert hasattr(MainScreen, f"act_{action.id}")


def test_every_action_has_words_for_footer_and_help() -> None:
    for action in ACTIONS:
        assert 1 <= len(action.words.split()) <= 2, action.id
        assert action.help.endswith("."), action.id


def test_nothing_needs_a_function_key() -> None:
    for action in ACTIONS:
        assert any(not (key[0] == "f" and key[1:].isdigit()) for key in action.keys), action.id


def test_settings_change_keys_and_take_them_from_their_defaults() -> None:
    keys = keymap({"find": "p,ctrl+g"})
    assert keys["find"] == ("p", "ctrl+g")
    assert "p" not in keys["pause"]


def test_settings_may_name_keys_by_their_character() -> None:
    assert keymap({"find": "/"})["find"] == ("slash",)


def test_an_unknown_action_is_named_with_the_nearest() -> None:
    with pytest.raises(SiptuiError, match="did you mean pause"):
        keymap({"pauze": "p"})


@pytest.mark.parametrize("key", ["f5", "ctrl+g", "!", "at", "shift+tab", "alt+enter", "space", "ü"])
def test_a_key_that_a_terminal_has_may_be_given(key: str) -> None:
    assert keymap({"find": key})["find"] == (key,)


@pytest.mark.parametrize("key", ["spacee", "ctl+p", "F 5", "ctrl+pp"])
def test_what_is_no_key_is_named_with_its_place(key: str) -> None:
    with pytest.raises(SiptuiError, match=r"config.toml, line 3: there is no key .* such as p"):
        keymap({"find": key}, origin=lambda name: {"keys.find": "config.toml, line 3: "}[name])


def test_a_key_given_twice_is_an_error() -> None:
    with pytest.raises(SiptuiError, match="both find and pause"):
        keymap({"find": "x", "pause": "x"})


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("slash", "/"),
        ("ctrl+d", "Ctrl-D"),
        ("space", "Spc"),
        ("G", "G"),
        ("shift+tab", "Shift-Tab"),
        ("f3", "F3"),
    ],
)
def test_keys_are_named_as_people_do(key: str, name: str) -> None:
    assert key_name(key) == name


def test_the_footer_offers_only_what_is_possible_and_tells_the_truth() -> None:
    words = {action.id: action.label(Situation()) for action in footer(Situation())}
    assert "mark" not in words
    assert "back" not in words
    now = Situation(rows=3, value="src:x", frozen=True, filter="country:RU")
    words = {action.id: action.label(now) for action in footer(now)}
    assert words["pause"] == "resume"
    assert words["back"] == "drop term"
    assert words["open"] == "inspect"
    counting = Situation(pane="tally", rows=3)
    assert {action.id: action.label(counting) for action in footer(counting)}["open"] == "drill in"


def test_the_readmes_table_has_every_action() -> None:
    table = actions.markdown()
    for action in ACTIONS:
        assert f"`{action.id}`" in table
        assert action.help in table


def test_the_panes_own_keys_may_be_changed_without_touching_others() -> None:
    others = {"inspector.frame": ("f",), "inspector.find": ("slash",)}
    keys = keymap({"inspector.frame": "p"}, others)
    assert keys["inspector.frame"] == ("p",)
    assert keys["pause"] == ("p",)
    with pytest.raises(SiptuiError, match="both"):
        keymap({"inspector.frame": "x", "inspector.find": "x"}, others)
