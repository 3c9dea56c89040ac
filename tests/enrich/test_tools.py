"""Tools are named by structure, honest programs never, and the quick way says what the slow one."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.capture.files import open_file
from siptui.decode import Decoder
from siptui.enrich.tools import Tools
from siptui.record import Record
from tests.enrich import scanners
from tests.enrich.honest import phones
from tests.enrich.made import record

TOOLS = Tools()


def judged(*messages: bytes, tools: Tools | None = None) -> list[Record]:
    records = [record(data) for data in messages]
    (tools or Tools()).enrich(records)
    return records


def named(data: bytes) -> str:
    one = record(data)
    TOOLS.enrich([one])
    return one.tool


def _expected(name: str) -> str:
    for program in ("svmap", "svwar", "svcrack"):
        if name.startswith(program):
            return f"sipvicious/{program}"
    if name.startswith("sippts412-scan-reg"):
        return "sippts/exten"
    if name.startswith("sippts412-rcrack"):
        return "sippts/exten" if int(name[-5]) % 2 else "sippts/rcrack"
    if name.startswith("sippts"):
        return f"sippts/{name.split('-')[1]}"
    if name.startswith("nmap"):
        return "nmap/version-probe" if "OPTIONS" in name else "nmap/version-scan"
    return "sipsak" if name.startswith("sipsak") else "sipp/uac"


def test_names_every_payload(shared: Path) -> None:
    for path in sorted(shared.glob("tool-payloads/*.bin")):
        data = path.read_bytes()
        if len(data) > 2:
            assert named(data) == _expected(path.name), path.name


def test_names_every_payload_with_another_user_agent_and_name(shared: Path) -> None:
    for path in sorted(shared.glob("tool-payloads/s*.bin")):
        data = path.read_bytes()
        for old in (b"friendly-scanner", b"pplsip", b"sipsak 0.9.8.1"):
            data = data.replace(old, b"Grandstream GXP2170 1.0")
        data = data.replace(b"sipvicious", b"Anna").replace(b"127.0.0.1", b"198.51.100.200")
        assert named(data) == _expected(path.name), path.name


def test_says_what_the_first_request_carries(shared: Path) -> None:
    seed = record((shared / "seed-options.bin").read_bytes())
    TOOLS.enrich([seed])
    assert seed.tool == "sipvicious/svmap"
    assert seed.ua_lies
    assert seed.tag_target == "18.191.0.181:5060"


@pytest.mark.parametrize(
    ("data", "tool"),
    [
        (scanners.NMAP, "nmap/version-probe"),
        (scanners.MASSCAN, "masscan"),
        (scanners.SUNDAYDDR, "sundayddr"),
        (scanners.ASTERISK_PBX_BOT, "asterisk-pbx-bot"),
        (scanners.SIPCLI, "sipcli"),
        (scanners.VOIP_REGISTER, "voip-register-bot"),
        (scanners.SVCRASH, "sipvicious/svcrash"),
        (b"OPTIONS", "zmap/sip_5060"),
        (scanners.metasploit(random.Random(1)), "metasploit/options"),
        (scanners.zmap(random.Random(1)), "zmap/sip_options"),
        (scanners.nse(random.Random(1)), "nmap/sip-methods"),
        (scanners.nse(random.Random(1), "REGISTER", ua="X"), "nmap/sip-enum-users"),
        (scanners.bot_16264(random.Random(1)), "bot-16264"),
        (scanners.bot_16264(random.Random(1), ua="pplsip"), "bot-16264"),
        (scanners.viproy(random.Random(1)), "viproy"),
        (scanners.sippts(random.Random(1), "SUBSCRIBE"), "sippts/enumerate"),
        (scanners.svmap(random.Random(1), scanners.PYTHON_2, method="INVITE"), "sipvicious/svmap"),
        (scanners.svwar(random.Random(1), scanners.PYTHON_2, ua="PBX"), "sipvicious/svwar"),
    ],
)
def test_names_tools_by_structure(data: bytes, tool: str) -> None:
    assert named(data) == tool


@pytest.mark.parametrize("seed", range(20))
def test_never_names_an_honest_program_a_scanner(seed: int) -> None:
    for name, data in phones(seed).items():
        one = record(data)
        TOOLS.enrich([one])
        assert (one.tool, one.ua_lies) == ("", False), name


def test_never_names_real_captures_scanners(shared: Path) -> None:
    for path in sorted(shared.glob("pcap/*.*cap*")):
        source, decoder, records = open_file(str(path)), Decoder(), []
        while frames := source.read(512):
            records += decoder.decode(frames)
        source.close()
        records += decoder.flush()
        TOOLS.enrich(records)
        named = {each.tool.split("/")[0] for each in records} - {"", "sipp"}
        assert named == ({"metasploit"} if "metasploit" in path.name else set()), path.name
        assert not any(each.ua_lies for each in records), path.name


def test_svcrack_shows_what_it_tries() -> None:
    rng = random.Random(3)
    first, second = judged(scanners.svcrack(rng), scanners.svcrack(rng, password="s3cret:1"))
    assert (first.tool, first.tag_password) == ("sipvicious/svcrack", "")
    assert second.tool == "sipvicious/svcrack"
    assert (second.tag_user, second.tag_password) == ("100", "s3cret:1")


def test_twelve_digits_of_svwar_are_no_target() -> None:
    (one,) = judged(scanners.svwar(random.Random(3), extension="468507802967"))
    assert (one.tool, one.tag_target, one.tag_extension) == (
        "sipvicious/svwar", "", "468507802967"
    )  # fmt: skip


def test_a_user_agent_lies_if_it_is_not_the_tools() -> None:
    rng = random.Random(5)
    own, other, none = judged(
        scanners.svmap(rng),
        scanners.svmap(rng, ua="Asterisk PBX 16"),
        scanners.svmap(rng, tuple(each for each in scanners.PYTHON_3 if each != "User-Agent")),
    )
    assert [own.ua_lies, other.ua_lies, none.ua_lies] == [False, True, False]


def test_a_user_agent_lies_if_it_contradicts_its_product() -> None:
    zoiper = phones()["Zoiper"].replace(b"Zoiper rv2.10.11.7", b"Asterisk PBX 13.1")
    (one,) = judged(zoiper)
    assert (one.tool, one.ua_lies) == ("", True)


def test_a_tools_user_agent_alone_is_weak_evidence() -> None:
    baresip = phones()["baresip"]
    weak, lie = judged(
        baresip.replace(b"baresip v1.0.0", b"sipcli/v1.8"),
        baresip.replace(b"baresip v1.0.0 (x86_64/linux)", b"friendly-scanner"),
    )
    assert (weak.tool, weak.ua_lies) == ("sipcli?", False)
    assert (lie.tool, lie.ua_lies) == ("", True)


def _facts(one: Record) -> tuple[object, ...]:
    return (one.tool, one.ua_lies, one.shape, one.tag_target, one.tag_extension, one.tag_user,
            one.tag_password)  # fmt: skip


MAKERS = (
    scanners.svmap, scanners.svwar, scanners.svcrack, scanners.sippts, scanners.sipsak,
    scanners.sipp, scanners.metasploit, scanners.zmap, scanners.nse, scanners.bot_16264,
    scanners.viproy,
)  # fmt: skip
AGENTS = (b"friendly-scanner", b"PBX", b"Asterisk PBX 16.2", b"pplsip", b"sipsak 1", b"Zoiper")


def _mixture(rng: random.Random, count: int) -> list[bytes]:
    found = []
    for _ in range(count):
        if rng.random() < 0.3:
            data = rng.choice(list(phones(rng.randrange(100)).values()))
        else:
            data = rng.choice(MAKERS)(rng)
        if rng.random() < 0.2:
            data = data.replace(b"User-Agent: ", b"User-Agent: " + rng.choice(AGENTS) + b" ")
        if rng.random() < 0.1:
            data = data.replace(rng.choice((b"tag=", b"branch=", b"sip:", b": ")), b"", 1)
        if rng.random() < 0.1:
            at = rng.randrange(len(data))
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        found.append(data)
    return found


def test_templates_change_nothing() -> None:
    rng = random.Random(2018)
    tools = Tools()
    quick = judged(*_mixture(rng, 3000), tools=tools)
    assert tools.templates > 10
    for one in quick:
        alone = record(one.data)
        Tools.enrich(TOOLS_WITHOUT_TEMPLATES, [alone])
        assert _facts(one) == _facts(alone), one.data


class _Careful(Tools):
    """Read every message with care."""

    def _add(self, *_: object) -> None:
        pass


TOOLS_WITHOUT_TEMPLATES = _Careful()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_judged(data: bytes) -> None:
    TOOLS.enrich([record(data, kind="sip")])
    TOOLS.enrich([record(b"OPTIONS sip:a SIP/2.0\r\n" + data, kind="sip")])


def test_no_tag_with_too_large_a_number_is_svwar_nor_hides_one() -> None:
    rng = random.Random(7)
    tools = Tools()
    order = tuple(sorted(scanners.PYTHON_3))
    honest = [scanners.svwar(rng, order, extension="100", ua="x") for _ in range(40)]
    large = f"100\x01{2**32}".encode().hex().encode()
    false = [re.sub(rb"tag=[0-9a-f]+", b"tag=" + large, data) for data in honest]
    assert not any(one.tool or one.tag_extension for one in judged(*false, tools=tools))
    for one in judged(*honest, *false, *honest, tools=tools):
        named = ("", "") if large in one.data else ("sipvicious/svwar", "100")
        assert (one.tool, one.tag_extension) == named
