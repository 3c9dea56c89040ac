"""What a user may say about labels, and what is said about mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from siptui.enrich.book import load
from siptui.enrich.evidence import explain
from siptui.enrich.labels import Labels
from siptui.errors import SiptuiError
from tests.enrich.made import record, request


def written(folder: Path, text: str) -> Path:
    path = folder / "labels.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_user_changes_severity_and_word(tmp_path: Path) -> None:
    path = written(
        tmp_path, '[[label]]\nname = "capability-scan"\nseverity = "severe"\nword = "probe"\n'
    )
    labels = Labels(path)
    made = record(request(host="10.0.0.1"))
    labels.enrich([made])
    assert made.labels[0] == "capability-scan"
    assert labels.book.labels["capability-scan"].word == "probe"
    assert labels.book.labels["capability-scan"].says


def test_a_user_adds_rules(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[[label]]\nname = "my-trunk"\nseverity = "info"\nword = "trunk"\n'
        '[[rule]]\nlabel = "my-trunk"\nfield = "src"\nequals = "203.0.113.5"\n'
        '[[rule]]\nlabel = "phone"\nfield = "ua"\nregex = "^phone \\\\d"\n'
        '[[rule]]\nlabel = "phone"\nfield = "from"\ncontains = "NOBODY"\n',
    )
    labels = Labels(path)
    made, other = record(request()), record(request(User_Agent="x"), src="192.0.2.1")
    labels.enrich([made, other])
    assert {"my-trunk", "phone"} <= set(made.labels)
    assert not {"my-trunk", "phone"} & set(other.labels)
    told = {each.label: each.text for each in explain(made, labels.book)}
    assert "203.0.113.5" in told["my-trunk"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[[label]\n", 1, "TOML"),
        ('[[label]]\nname = "x"\n\n[[label]]\nname = "flood"\nseverity = "awful"\n', 6, "awful"),
        ('[[label]]\nname = "a b"\n', 2, "hyphens"),
        ('[[label]]\nname = "x"\nwurd = "y"\n', 3, "wurd"),
        ('[[label]]\nname = "x"\nword = "much too long"\n', 3, "10"),
        ('[[label]]\nname = "x"\nword = "a\\u001b"\n', 3, "printable"),
        ("[[label]]\nname = 5\n", 2, "text"),
        ('# a comment\n[[rule]]\nlabel = "x"\nfield = "nose"\nequals = "y"\n', 4, "nose"),
        ('[[rule]]\nlabel = "x"\nfield = "ua"\nregex = "("\n', 4, "regular"),
        ('[[rule]]\nlabel = "x"\nfield = "ua"\n', 1, "exactly one"),
        ('[[rule]]\nlabel = "x"\nfield = "ua"\nequals = "a"\nregex = "b"\n', 1, "exactly one"),
        ('[[rule]]\nlabel = "x"\nfield = "known"\nequals = "yes"\n', 3, "known"),
        ('[label]\nname = "x"\n', 1, "[[label]]"),
        ('\n[[labels]]\nname = "x"\n', 2, "labels"),
        ("top = 1\n", 1, "top"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SiptuiError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert f"line {line}" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_file_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml").labels.keys() == load().labels.keys()


def test_what_is_only_hearsay_says_so() -> None:
    labels = Labels()
    made = record(request(User_Agent="${jndi:x}"))
    labels.enrich([made])
    told = {each.label: each.basis for each in explain(made, labels.book)}
    assert "not verified" in told["log4shell"]
    assert "not verified" not in told["capability-scan"]
