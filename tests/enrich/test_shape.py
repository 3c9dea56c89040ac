"""A shape stays when what is said changes, and changes when how it is written does."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from siptui.enrich.shape import NONE, prehash
from siptui.enrich.tools import Tools
from tests.enrich import scanners
from tests.enrich.honest import phones
from tests.enrich.made import record

TOOLS = Tools()


def shape(data: bytes, transport: str = "udp") -> str:
    one = record(data, transport=transport)
    TOOLS.enrich([one])
    return one.shape


@pytest.mark.parametrize(
    "make",
    [
        scanners.svmap, scanners.svwar, scanners.svcrack, scanners.sippts, scanners.sipsak,
        scanners.metasploit, scanners.zmap, scanners.nse, scanners.bot_16264, scanners.viproy,
        lambda rng: scanners.svcrack(rng, password=str(rng.getrandbits(40))),
        lambda rng: scanners.sipp(rng, rng.randrange(1, 1000)),
        lambda rng: scanners.svwar(rng, scanners.PYTHON_2, method="OPTIONS"),
    ],
)  # fmt: skip
def test_is_the_same_over_a_thousand_messages_of_a_tool(
    make: Callable[[random.Random], bytes],
) -> None:
    rng = random.Random(11)
    shapes = {shape(make(rng)) for _ in range(1000)}
    assert len(shapes) == 1


def test_honest_phones_keep_theirs() -> None:
    for name, data in phones(1).items():
        if name == "Polycom":
            continue  # Half its branch is in upper case, and may have no letter in it.
        assert {shape(phones(seed)[name]) for seed in range(30)} == {shape(data)}, name


def test_user_agent_name_and_sender_do_not_enter() -> None:
    rng = random.Random(5)
    plain = shape(scanners.svmap(rng))
    assert shape(scanners.svmap(rng, ua="PBX")) == plain
    assert shape(scanners.svmap(rng, name="AmooT")) == plain
    assert shape(scanners.svmap(rng, sender="4711@192.0.2.77")) == plain
    assert shape(scanners.svmap(rng, target="203.0.113.200")) == plain
    assert shape(scanners.svwar(rng, extension="anna")) == shape(scanners.svwar(rng))


def test_names_group_forks_and_values_tell_programs_apart() -> None:
    rng = random.Random(5)
    programs = [
        shape(make).split("_")
        for make in (
            scanners.svmap(rng),
            scanners.svwar(rng, method="OPTIONS"),
            scanners.svcrack(rng, password="x1"),
            scanners.svmap(rng, scanners.PYTHON_2),
        )
    ]
    names = [each[1] for each in programs]
    values = [each[2] for each in programs]
    assert names[0] == names[1] == names[2] != names[3]
    assert len(set(values[:3])) == 3
    assert values[0] == values[3]
    assert {each[3] for each in programs} == {NONE}


def test_a_challenge_changes_no_names() -> None:
    data = phones()["baresip"]
    answered = data.replace(b"Supported:", b'Authorization: Digest username="1"\r\nSupported:')
    assert shape(answered) == shape(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Call-ID:", b"Call-Id:"),
        (b"Call-ID: ", b"Call-ID:"),
        (b"Call-ID: ", b"Call-ID:  "),
        (b"\r\nMax-Forwards: 70", b""),
        (b"Max-Forwards: 70", b"Max-Forwards: 69"),
        (b"z9hG4bK", b"z9hG4bk"),
        (b";rport", b""),
        (b'"<sip:', b'" <sip:'),
        (b"\r\n", b"\n"),
        (b"Accept: application/sdp", b"Accept: text/plain"),
        (b"Content-Length: 0", b"Content-Length:   0"),
    ],
)
def test_how_it_is_written_enters(old: bytes, new: bytes) -> None:
    data = scanners.svmap(random.Random(5))
    assert old in data
    assert shape(data.replace(old, new)) != shape(data)


def test_the_prefix_is_readable(shared: Path) -> None:
    data = scanners.svmap(random.Random(5))
    assert shape(data).startswith("uOPT09cn_")
    assert shape(data, "tcp").startswith("tOPT09cn_")
    assert shape(data.replace(b"\r\n", b"\n")).startswith("uOPT09ln_")
    assert shape(data[:-2]).startswith("uOPT09c!n_")
    assert shape(scanners.bot_16264(random.Random(5))).startswith("uINV07cb_")
    assert shape((shared / "seed-options.bin").read_bytes()).startswith("uOPT09cn_")


def test_a_description_enters_without_its_numbers() -> None:
    rng = random.Random(5)
    bot = scanners.bot_16264(rng)
    assert shape(bot.replace(b"25282", b"40000")) == shape(bot)
    assert shape(bot.replace(b"0.0.0.0", b"192.168.1.83")) == shape(bot)
    assert shape(bot.replace(b"s=call", b"s=pplsip")) != shape(bot)
    assert shape(bot.replace(b"pcmu", b"PCMU")) != shape(bot)


def test_the_text_behind_it_is_shown() -> None:
    text = prehash(record(scanners.svmap(random.Random(5))))
    assert "uOPT09cn" in text
    assert "tag=HT" in text
    assert "branch=c+-x" in text
    assert "192.0.2.9" not in text
