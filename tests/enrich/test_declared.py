"""Signature files of the user add, override, and are wrong with file and line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from siptui.enrich.declared import built_in, load
from siptui.enrich.tools import Tools
from siptui.errors import SiptuiError
from tests.enrich import scanners
from tests.enrich.honest import phones
from tests.enrich.made import record

MINE = """
[[signature]]
name = "mine"
tool = "mine"
confidence = 99
evidence = "it is mine"
basis = "V"
traits = [
  { field = "user-agent", is = '(?i:baresip).*', says = "user agent" },
  { field = "call-id", is = '[0-9a-f]{16}', says = "Call-ID" },
]
"""


def test_a_users_file_adds_and_overrides(tmp_path: Path) -> None:
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures.toml").write_text(MINE)
    (tmp_path / "signatures" / "more.toml").write_text(
        MINE.replace('tool = "mine"', 'tool = "again"')
    )
    one = record(phones()["baresip"])
    tools = Tools(tmp_path)
    for _ in range(20):
        tools.enrich([one])
    assert one.tool == "again"
    assert len(load(tmp_path).signatures) == len(built_in().signatures) + 1


def test_a_users_file_may_take_a_built_in_away(tmp_path: Path) -> None:
    text = MINE.replace('name = "mine"', 'name = "sipsak"')
    (tmp_path / "signatures.toml").write_text(text)
    one = record(scanners.sipsak(random.Random(1)))
    Tools(tmp_path).enrich([one])
    assert one.tool == "sipsak?"


def test_no_files_are_no_error(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere").signatures


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('tool = "mine"', "tool = 3", 4, "tool must be str"),
        ('tool = "mine"', "", 2, "tool is missing"),
        ("confidence = 99", "confidence = 101", 5, "1 to 100"),
        ('basis = "V"', 'basis = "X"', 7, "basis"),
        ("{16}", "{16", 10, ""),
        ("[0-9a-f]{16}", "([0-9a-f]{16})", 10, r"\?:"),
        ("[0-9a-f]{16}", "[0-9a-f", 10, "no regular expression"),
        ("says = ", "say = ", 9, "unknown key 'say'"),
        ("[[signature]]", "[[signatur]]", 2, r"\[\[signature\]\]"),
        ('evidence = "it is mine"', 'evidences = "it is mine"', 6, "unknown key"),
        ("call-id", "call-id", 0, ""),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, what: str
) -> None:
    path = tmp_path / "signatures.toml"
    path.write_text(MINE.replace(old, new))
    if not what:
        load(tmp_path)
        return
    with pytest.raises(SiptuiError, match=what) as caught:
        load(tmp_path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")


@pytest.mark.parametrize("content", [b"[[signature", b"\xff\xfe"])
def test_no_toml_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "signatures.toml").write_bytes(content)
    with pytest.raises(SiptuiError, match=r"signatures\.toml"):
        load(tmp_path)


def test_built_in_signatures_say_where_they_come_from() -> None:
    for signature in built_in().signatures:
        assert signature.evidence, signature.name
        assert signature.source, signature.name
        if not set(signature.basis) & {"V", "S"}:
            assert "only)" in signature.because, signature.name
    names = [each.name for each in built_in().signatures]
    assert len(names) == len(set(names))
