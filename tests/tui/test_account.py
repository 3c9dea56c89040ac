"""What the inspector says of any bytes, and that no terminal obeys it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from siptui.record import Record
from siptui.tui.widgets.inspector import Fact
from siptui.tui.widgets.inspector.account import account
from siptui.tui.widgets.inspector.part import fold, mark
from tests.tui.inspecting import HEAD, NARROW, PLAIN, SDP, WIDE, Bench, painted, record

HOSTILE = (
    b"\x1b]0;owned\x07\x1b[2J",
    b"\x9b31m\x90q\x9c",
    "\u202egpj.exe\u200b\u2066".encode(),
    b"[bold red]markup[/] [/nothing] [@click=app.quit]x[/]",
    b"\x00\x08\x7f\xff\xfe",
)


def obeyed(lines: Sequence[str]) -> list[str]:
    return [
        each
        for line in lines
        for each in line
        if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_field_reaches_the_terminal_raw(hostile: bytes, size: tuple[int, int]) -> None:
    body = b"v=0\r\ns=" + hostile + b"\r\n"
    data = PLAIN.replace(b"PBX", hostile).replace(b"Max-Forwards", b"Max-" + hostile)
    data = data.replace(b"sip:100@203", b"sip:" + hostile + b"@203")
    data = data.replace(b"Content-Length: 0", b"Content-Type: application/sdp") + body
    words = hostile.decode("utf-8", "backslashreplace")
    shown = record(
        data, ua=words, user=words, tool=words, labels=(words,), shape=words, as_name=words
    )
    app = Bench(shown, [Fact(words, words)])
    async with app.run_test(size=size) as pilot:
        for keys in (("g",), ("G",), ("f",), ("tab", "G"), ("f",), ("Y",)):
            await pilot.press(*keys)
            await pilot.pause()
            assert obeyed(painted(app)) == []
        assert obeyed([app.clipboard]) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=80).map(lambda tail: HEAD + tail)))
def test_any_bytes_have_an_account(data: bytes) -> None:
    for kind in ("sip", "text"):
        each = record(data, kind)
        for frame in (None, 0, 7):
            found = account(each, (), frame)
            assert all(
                -1 <= start <= stop <= len(found.data)
                for start, stop in (i.range for i in found.items)
            )
            for item in found.items:
                assert obeyed([words for words, _ in item.parts]) == []
                for width in (4, 40):
                    rows = fold(item.parts, width, item.indent)
                    whole = "".join(words for row in rows for words, _ in row)
                    assert "".join(whole.split()) == "".join(
                        "".join(words for words, _ in item.parts).split()
                    )


def test_what_is_no_sip_is_named() -> None:
    words = [
        "".join(words for item in account(record(data, kind)).items for words, _ in item.parts)
        for data, kind in (
            (b"", "empty"),
            (b"\r\n\r\n", "keep-alive"),
            (bytes(range(128, 168)), "stun"),
        )
    ]
    assert "an empty datagram" in words[0]
    assert "nothing but 4 line ends" in words[1]
    assert "no text; the dump shows them" in words[2]


def test_session_descriptions_and_parts_are_told_apart() -> None:
    parts = (
        b"--b\r\nContent-Type: application/sdp\r\n\r\n" + SDP + b"\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
    )
    data = HEAD + b"Content-Type: multipart/mixed;boundary=b\r\n\r\n" + parts
    items = account(record(data)).items
    rules = [item.parts[0][0] for item in items if item.kind == "rule"]
    assert rules[-4:] == ["part 1", f"session description, {len(SDP)} bytes", "part 2",
                          "text/plain, 5 bytes"]  # fmt: skip
    media = next(item for item in items if item.name.startswith("sdp m"))
    assert data[slice(*media.range)] == b"m=audio 4000 RTP/AVP 0\r\n"


def test_what_is_left_over_is_shown_and_marked() -> None:
    items = account(record(PLAIN + b"behind the end")).items
    assert items[-2].parts[0][0] == "left over, 14 bytes"
    assert items[-1].defect
    assert PLAIN[slice(*items[-1].range)] == b""


def findings_of(shown: Record) -> list[str]:
    return [item.term for item in account(shown).items if item.kind == "finding"]


def test_what_the_capture_cut_is_not_held_against_the_message() -> None:
    cut = record(
        HEAD + b"Content-Type: a/b\r\nContent-Length: 400\r\n\r\nv=0", defects=("truncated",)
    )
    assert findings_of(cut) == ["defect:truncated"]


def test_what_the_layers_below_found_is_listed_also_where_there_is_no_sip() -> None:
    for shown in (
        record(PLAIN, defects=("udp-length", "fragment-overlap")),
        record(b"\0\1", kind="binary", defects=("udp-length", "fragment-overlap")),
    ):
        assert findings_of(shown) == ["defect:udp-length", "defect:fragment-overlap"]


def test_matches_are_marked_across_parts() -> None:
    parts = [("User-", "bar"), ("Agent", "text")]
    assert mark(parts, "er-ag") == [
        ("Us", "bar"), ("er-", "bar found"), ("Ag", "text found"), ("ent", "text"),
    ]  # fmt: skip
