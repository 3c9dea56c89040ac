"""The README says what is so: its made tables, its two lines, its pictures, its flags."""

from __future__ import annotations

import re

from siptui.cli import parser
from siptui.config import NAMES
from tools.readme import README, renewed

TEXT = README.read_text("utf-8")


def test_made_tables_are_as_the_program_has_them() -> None:
    assert renewed(TEXT) == TEXT, "run: python -m tools.readme"


def test_there_is_one_line_to_run_and_one_to_test() -> None:
    for name in ("run", "test"):
        (block,) = re.findall(rf"<!-- {name} -->\n```sh\n(.*?)```", TEXT, re.DOTALL)
        assert len(block.strip().splitlines()) == 1


def test_every_picture_and_file_it_names_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        if "://" not in target:
            assert (README.parent / target).exists(), target


def test_every_flag_it_names_exists() -> None:
    known = set(re.findall(r"--[a-z][a-z-]*", parser().format_help()))
    foreign = {"--user"}
    for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT):
        assert flag in known | foreign, flag


def test_every_setting_it_shows_exists() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    for name in re.findall(r"^(\w+) =", block.partition("[")[0], re.MULTILINE):
        assert name in NAMES
