"""The same messages as tshark finds, in every real capture and in the tests' own frames."""

from __future__ import annotations

import csv
import shutil
import struct
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from siptui.record import Frame, Record
from tests.capture_files import frames_of
from tests.decode.test_encapsulations import CASES
from tests.decode.test_streams import MESSAGES, segments
from tests.decode.wire import RAW, decode, frame, ip4, ip6, options, pieces4, pieces6, response, udp

TSHARK = shutil.which("tshark")

Essence = tuple[Counter[str], Counter[str], Counter[str], Counter[str]]
"""How often each method, status code, Call-ID and user agent comes."""

KNOWN: dict[str, str] = {
    "ndpi__fuzz-2006-06-26-2594.pcap": "bytes flipped at every layer: tshark passes over messages "
    "with damaged versions and status codes, and ends texts at the first NUL",
    "hepws__hep.pcap": "tshark 4.0 reads no HEP",
    "hepws__hep3_compressed.pcap.pcapng": "tshark 4.0 reads no HEP",
}
"""Where siptui finds more than tshark, and why; it finds no less."""

HEP = {"hepws__hep.pcap": 6, "hepws__hep3_compressed.pcap.pcapng": 21}
"""How many messages are in HEP: TRUTH.tsv says it in words."""


def files() -> list[pytest.param]:
    truth = Path(__file__).resolve().parents[3] / "shared" / "data" / "pcap" / "TRUTH.tsv"
    if not truth.is_file():
        return [pytest.param({}, marks=pytest.mark.skip(reason="no ../shared/data/pcap"))]
    with truth.open(encoding="utf-8", newline="") as lines:
        return [pytest.param(row, id=row["file"]) for row in csv.DictReader(lines, delimiter="\t")]


def ours(records: list[Record]) -> Essence:
    sip = [record for record in records if record.kind == "sip"]
    return (
        Counter(record.method for record in sip if record.method),
        Counter(str(record.status) for record in sip if record.status),
        Counter(record.text("call_id") for record in sip if record.raw("call_id")),
        Counter(record.ua.strip() for record in sip if record.ua.strip()),
    )


def theirs(path: Path) -> Essence:
    if TSHARK is None:
        pytest.skip("tshark is not installed")
    fields = ("sip.Method", "sip.Status-Code", "sip.Call-ID", "sip.User-Agent", "sip.Server")
    command = [TSHARK, "--disable-protocol", "dof", "-r", str(path), "-Y", "sip", "-T", "fields"]
    command += ["-d", "udp.port==8472,vxlan"]
    command += [word for name in fields for word in ("-e", name)]
    command += ["-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=\x1f"]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    counts: Essence = (Counter(), Counter(), Counter(), Counter())
    for line in output.decode("utf-8", "backslashreplace").splitlines():
        columns = line.split("\t")
        for count, column in zip((*counts, counts[3]), columns, strict=False):
            count.update(value.strip() for value in column.split("\x1f") if value.strip())
    return counts


@pytest.mark.parametrize("truth", files())
def test_the_counts_are_true(truth: dict[str, str], shared: Path) -> None:
    name, expected = truth["file"], truth["true_sip_messages"]
    if expected.startswith("undefined"):
        pytest.skip("nobody can say what a fuzzed file holds")
    records = decode(frames_of(shared / "pcap" / name))
    count = HEP[name] if name in HEP else int(expected)
    assert sum(record.kind == "sip" for record in records) == count


@pytest.mark.parametrize("truth", files())
def test_tshark_finds_the_same(truth: dict[str, str], shared: Path) -> None:
    name = truth["file"]
    path = shared / "pcap" / name
    found, expected = ours(decode(frames_of(path))), theirs(path)
    if name in KNOWN:
        assert found != expected, "this difference is no more"
        methods, statuses, _, _ = expected
        assert methods <= found[0]
        assert statuses <= found[1]
    else:
        assert found == expected


def write(path: Path, frames: list[Frame]) -> None:
    """Write a pcap file in nanoseconds; all frames are of one link type."""
    head = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, frames[0].link)
    body = b"".join(
        struct.pack("<IIII", *divmod(of.time, 10**9), len(of.data), of.length) + of.data
        for of in frames
    )
    path.write_bytes(head + body)


UNREAD = {
    "GRE with VLAN, IPv4": "tshark 4.0 reads no VLAN tag behind GRE",
    "MPLS pseudowire, IPv4": "tshark 4.0 takes four zero bytes behind MPLS for Ethernet",
}
"""The encapsulations in which tshark finds nothing, and why."""


@pytest.mark.parametrize("link", sorted({case.values[1] for case in CASES}))
def test_tshark_agrees_on_encapsulations(link: int, tmp_path: Path) -> None:
    path = tmp_path / "own.pcap"
    cases = [case for case in CASES if case.values[1] == link and case.id not in UNREAD]
    frames = [
        frame(case.values[0].replace(b"Call-ID: c1", b"Call-ID: %02d" % number), link)
        for number, case in enumerate(cases)
    ]
    write(path, frames)
    found = ours(decode(frames_of(path)))
    assert found == ours(decode(frames)) == theirs(path)
    assert len(found[2]) == len(cases)


OWN = {
    "a stream in small segments": segments(b"".join(MESSAGES), list(range(0, 3000, 90))),
    "a stream in one segment": segments(b"".join(MESSAGES), []),
    "fragments": [
        frame(packet, RAW)
        for packet in pieces4(udp(options("f1", bytes(3000))), [800, 1600, 2400])[::-1]
    ],
    "IPv6 fragments": [
        frame(packet, RAW) for packet in pieces6(udp(options("f2", bytes(3000))), [1000, 2000])
    ],
    "both versions": [
        frame(packet, RAW) for packet in (ip4(udp(options("v4"))), ip6(udp(response("v6", 404))))
    ],
}


@pytest.mark.parametrize("name", OWN)
def test_tshark_agrees_on_what_is_joined(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.pcap"
    write(path, OWN[name])
    assert ours(decode(OWN[name])) == theirs(path)
