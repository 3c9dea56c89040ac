"""Settings: what is in force, from where, and what a mistake says."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from siptui import config
from siptui.errors import SiptuiError
from tests import command
from tests.pseudo_terminal import PseudoTerminal


def environment(tmp_path: Path, text: str | None = None, **variables: str) -> dict[str, str]:
    if text is not None:
        (tmp_path / "siptui").mkdir()
        (tmp_path / "siptui" / "config.toml").write_text(text)
    return {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)} | variables


def test_flags_override_variables_override_file_override_defaults(tmp_path: Path) -> None:
    settings = config.load(
        environment(tmp_path, 'theme = "a"\nfps = 2\nkeep = "10k"\n', SIPTUI_THEME="b",
                    SIPTUI_FPS="3"),
        {"theme": "c", "mask": None},
    )  # fmt: skip
    assert (settings.theme, settings.fps, settings.keep, settings.mask) == ("c", 3.0, 10_000, False)
    assert settings.origins["theme"] == "--theme"
    assert settings.origins["fps"] == "SIPTUI_FPS"
    assert settings.origins["keep"].endswith("config.toml, line 3")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fps = 4\ntehme = "x"\n', r"line 2: unknown key 'tehme' - did you mean theme\?"),
        ("\n\nfps = 1000\n", r"line 3: fps must be a number from 0.1 to 60, not 1000"),
        ("ports = [0]\n", r"line 1: ports must be ports from 1 to 65535, not \[0\]"),
        ('mask = "perhaps"\n', r"line 1: mask must be true or false, not 'perhaps'"),
        ("keep = 0\n", r"line 1: keep must be a whole number above 0"),
        ("keep = true\n", r"line 1: keep must be a whole number above 0"),
        ("[keys]\npause = 3\n", r"line 1: keys must be text"),
        (
            'columns = ["src", "uaa"]\n',
            r"line 1: columns must be names of fields \(there is no 'uaa'; did you",
        ),
        (
            'own = ["pbx.example", "300.1.1.1"]\n',
            r"line 1: own must be .* \('300.1.1.1' is no address",
        ),
        ('own = ["10.0.0.0/8"]\n', r"line 1: own must be .* \('10.0.0.0/8' is no address"),
        ('respond_allow = ["10/8/8"]\n', r"line 1: respond_allow must be networks"),
        ("theme = \n", r"not TOML: .*line 1"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SiptuiError, match=said):
        config.load(environment(tmp_path, text), {})


def test_a_key_and_a_default_say_where_they_come_from(tmp_path: Path) -> None:
    text = 'theme = "x"\nmask = true\n\n[keys]\nclear = "c"\nmask = "M"\n'
    settings = config.load(environment(tmp_path, text), {})
    assert settings.origin("mask").endswith("config.toml, line 2: ")
    assert settings.origin("keys.mask").endswith("config.toml, line 6: ")
    assert settings.origin("keep") == ""


def test_a_mistake_in_a_variable_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(SiptuiError, match=r"SIPTUI_PORTS: ports must be ports"):
        config.load(environment(tmp_path, SIPTUI_PORTS="5060,x"), {})
    with pytest.raises(SiptuiError, match=r"SIPTUI_TEHME: no such setting - did you mean theme"):
        config.load(environment(tmp_path, SIPTUI_TEHME="x"), {})


def test_a_file_that_is_not_utf8_or_not_there_is_one_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"theme = '\xff'")
    with pytest.raises(SiptuiError, match="not UTF-8 text at byte 9"):
        config.load({"HOME": str(tmp_path)}, {}, bad)
    with pytest.raises(SiptuiError, match="cannot be read"):
        config.load({"HOME": str(tmp_path)}, {}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'mask = true\ntheme = "neon"\n',
            "line 2: there is no theme 'neon'; there are siptui-dark",
        ),
        ('[keys]\npauze = "p"\n', "line 2: there is no action 'pauze' - did you mean pause?"),
        ('[keys]\npause = "x"\nfind = "x"\n', "line 3: x is given to both pause and find"),
        ('\nrespond = "loudly"\n', "line 2: there is no mode 'loudly'; there are silent"),
        ('persona = "nobody"\n', "line 1: there is no persona 'nobody'; there are asterisk"),
    ],
)
def test_config_says_of_a_mistake_what_a_start_says(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "config" / "siptui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    judged = command.run(tmp_path, "config")
    assert (judged.returncode, judged.stdout) == (1, "")
    assert judged.stderr.startswith(f"siptui: {file}, {said}")
    arguments = [*command.SIPTUI, "--udp", f"127.0.0.1:{command.free_port()}"]
    with PseudoTerminal(arguments, command.environment(tmp_path)) as terminal:
        assert terminal.wait() == 1
        assert bytes(terminal.raw).decode().replace("\r\n", "\n") == judged.stderr


def test_config_shows_settings_that_are_right(tmp_path: Path) -> None:
    file = tmp_path / "right.toml"
    file.write_text('theme = "nord"\nrespond = "pbx"\n[keys]\npause = "P"\n')
    done = command.run(tmp_path, "config", "--config", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    assert tomllib.loads(done.stdout)["theme"] == "nord"


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    settings = config.load(
        environment(tmp_path, 'theme = "q\\"\\\\x"\nown = ["a", "b"]\n[keys]\npause = "P"\n'), {}
    )
    again = tmp_path / "again.toml"
    again.write_text(config.show(settings))
    assert tomllib.loads(again.read_text())["keys"] == {"pause": "P"}
    loaded = config.load({"HOME": str(tmp_path)}, {}, again)
    for name in config.NAMES:
        assert getattr(loaded, name) == getattr(settings, name)


def test_how_the_terminal_is_written_to_is_a_flag_a_variable_and_a_setting(tmp_path: Path) -> None:
    settings = config.load(
        environment(tmp_path, "plain_terminal = true\n", SIPTUI_BANDWIDTH="16k"), {"fps": "10"}
    )
    assert (settings.plain_terminal, settings.bandwidth, settings.fps) == (True, 16_000, 10.0)
    with pytest.raises(SiptuiError, match="--bandwidth: bandwidth must be a whole number above 0"):
        config.load(environment(tmp_path), {"bandwidth": "16 kB/s"})
