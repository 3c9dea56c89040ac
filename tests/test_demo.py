"""The demo is what `tools.demo` writes, and its messages are read as they were meant."""

from __future__ import annotations

import ipaddress
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import maxminddb

import siptui
from siptui.decode import Decoder
from siptui.record import Frame, Record
from tests.capture_files import frames_of

DATA = Path(siptui.__file__).parent / "data"
DOCUMENTATION = [
    ipaddress.ip_network(network)
    for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]


@cache
def frames() -> tuple[Frame, ...]:
    return tuple(frames_of(DATA / "demo.pcapng"))


@cache
def records() -> tuple[Record, ...]:
    decoder = Decoder()
    found = decoder.decode(frames())
    return (*found, *decoder.flush())


def test_the_bundled_files_are_what_the_generator_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.demo", str(tmp_path)]
    subprocess.run(command, check=True, cwd=DATA.parents[1], stdout=subprocess.DEVNULL)
    for name in ("demo.pcapng", "demo-country.mmdb", "demo-asn.mmdb"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_it_is_ten_minutes_of_about_two_thousand_messages() -> None:
    times = [frame.time for frame in frames()]
    assert times == sorted(times)
    assert 590 < (times[-1] - times[0]) / 1e9 < 600
    assert 1700 < len(records()) < 2300


def test_every_address_is_one_for_documentation() -> None:
    for record in records():
        for text in (record.src, record.dst):
            address = ipaddress.ip_address(text)
            assert any(address in network for network in DOCUMENTATION), text


def test_every_source_has_a_country_and_a_network() -> None:
    countries = maxminddb.open_database(str(DATA / "demo-country.mmdb"))
    networks = maxminddb.open_database(str(DATA / "demo-asn.mmdb"))
    with countries, networks:
        for source in {record.src for record in records()}:
            assert countries.get(source)["country"]["iso_code"], source  # type: ignore[index, call-overload]
            assert networks.get(source)["autonomous_system_number"] >= 64496, source  # type: ignore[index, call-overload, operator]


def test_the_first_request_has_the_form_of_the_one_it_stands_for() -> None:
    (request,) = [
        record for record in records() if b"Call-ID: 566786674785161288795175" in record.data
    ]
    assert (request.method, request.ua, len(request.data)) == ("OPTIONS", "PBX", 390)
    assert (request.src, request.sport) == ("198.51.100.37", 61594)
    tag = request.data.partition(b";tag=")[2].partition(b"\r")[0]
    assert bytes.fromhex(tag.decode()) == b"cb00715113c4\x01890475479"
    assert request.defects == ()


def test_everything_that_was_put_in_comes_out() -> None:
    methods = Counter(record.method for record in records() if record.method)
    for method in ("OPTIONS", "REGISTER", "INVITE", "ACK", "BYE", "MESSAGE", "SUBSCRIBE", "REFER"):
        assert methods[method], method
    statuses = {record.status for record in records()}
    assert {100, 180, 200, 401, 403, 404, 486} <= statuses
    assert {"udp", "tcp"} <= {record.transport for record in records()}
    assert any(":" in record.src for record in records())
    kinds = Counter(record.kind for record in records())
    assert kinds["sip"] > 1500
    for kind in ("stun", "dns", "http", "keep-alive", "empty", "tls"):
        assert kinds[kind] or any(kind in each for each in kinds), (kind, kinds)
    agents = {record.ua for record in records()}
    for agent in ("friendly-scanner", "pplsip", "sipcli/v1.8", "VOIP", "PBX", "sipsak 0.9.8.1"):
        assert agent in agents, agent
    assert any("\x1b" in agent for agent in agents)


def test_honest_messages_have_no_defects() -> None:
    for record in records():
        if record.src.startswith("192.0.2.") and int(record.src.split(".")[3]) < 41:
            assert not record.defects, (record.defects, record.data)


def test_a_message_in_fragments_is_put_together() -> None:
    (first, _) = [record for record in records() if b"History-Info" in record.data]
    assert len(first.frames) == 2
    assert first.data.endswith(b"a=sendrecv\r\n")


def test_two_messages_of_one_stream_are_two_rows() -> None:
    phone = [record for record in records() if record.src == "2001:db8:1::2006"]
    assert [record.method for record in phone] == ["REGISTER", "OPTIONS"] * 2
