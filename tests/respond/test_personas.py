"""Personas are read from TOML, and what would make them unsafe or wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from siptui.errors import SiptuiError
from siptui.respond.persona import LEAST_DIGITS, load
from tests.respond.made import PERSONAS


def test_mistakes_in_a_persona_are_named(tmp_path: Path) -> None:
    base = 'name="a"\nserver="s"\ntag="xxxxxxxx"\nrealm="r"\nallow="INVITE"\n'
    for text, said in [
        (base.replace('realm="r"\n', ""), "realm is missing"),
        (base + 'colour="red"\n', "unknown key 'colour'"),
        (base + 'order=["Via"]\n', "order lacks"),
        (base + "users=[1]\n", "users must be a list of texts"),
        (base.replace('"s"', '"s\\r\\nX: y"'), "server must be one line"),
        (base + 'challenge="{secret}{nonce}"\n', "challenge must name {nonce}"),
        (base + 'challenge="Digest realm={realm}"\n', "challenge must name {nonce}"),
        (base.replace("xxxxxxxx", "xxxxxxx"), "tag must be a token with 8 x"),
        (base.replace("xxxxxxxx", "xxxxxxxx;y"), "tag must be a token with 8 x"),
        (base + 'server_field="Server: a"\n', "server_field must be the name"),
        (base + 'order=["Via","From","To","Call-ID","CSeq","Via","Content-Length"]\n', "twice"),
    ]:
        path = tmp_path / "personas.toml"
        path.write_text("[[persona]]\n" + text)
        with pytest.raises(SiptuiError, match=said):
            load(path)


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "personas.toml"
    for text in ("persona = [1]", 'persona = "x"', "[persona]\nname = 1"):
        path.write_text(text)
        with pytest.raises(SiptuiError, match=r"write each persona as \[\[persona\]\]"):
            load(path)


def test_no_persona_of_ours_has_a_tag_that_can_be_guessed() -> None:
    assert {"asterisk", "freeswitch", "kamailio", "cisco"} <= set(PERSONAS)
    assert all(each.tag.count("x") >= LEAST_DIGITS for each in PERSONAS.values())
