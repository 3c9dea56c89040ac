"""Records of real captures, written in every form and read back by the tools of others."""

from __future__ import annotations

import csv
import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from siptui.errors import SiptuiError
from siptui.export import ENDINGS, FORMATS, format_of, write
from siptui.export.frames import FrameOrder
from siptui.mask import Mask
from siptui.record import FIELDS, Frame
from tests.capture_files import frames_of, records_of
from tests.export.made import made


def tshark_count(path: Path) -> int:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    command = ["tshark", "-r", str(path), "-T", "fields", "-e", "frame.number"]
    return len(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("format", ["pcapng", "pcap"])
@pytest.mark.parametrize("masked", [False, True])
def test_exported_frames_open_in_tshark_with_as_many_messages(
    shared: Path, tmp_path: Path, format: str, masked: bool
) -> None:
    records = records_of(
        shared / "pcap" / "ndpi__pcap__sip.pcap", shared / "pcap" / "wireshark__SIP_DTMF2.cap"
    )
    sip = [record for record in records if record.kind == "sip" and len(record.frames) == 1]
    random.Random(1).shuffle(sip)
    path = tmp_path / f"out.{format}"
    assert write(sip, path, mask=Mask() if masked else None) == len(sip) > 100
    assert tshark_count(path) == len({record.frames[0] for record in sip})
    command = ["tshark", "-r", str(path), "-Y", "sip", "-T", "fields", "-e", "frame.number"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert len(found) == len({record.frames[0] for record in sip})


@pytest.mark.parametrize("format", ["pcapng", "pcap"])
def test_frames_leave_as_they_came_each_once_and_in_order_of_time(
    shared: Path, tmp_path: Path, format: str
) -> None:
    source = shared / "pcap" / "suricata__sip-tcp.pcap"
    records = records_of(source)
    path = tmp_path / f"out.{format}"
    assert write([*reversed(records), *records[:1]][:-1], path) == len(records)
    carried = {frame for record in records for frame in record.frames}
    expected = [frame for frame in frames_of(source) if frame in carried]
    assert [frame[:4] for frame in frames_of(path)] == [frame[:4] for frame in expected]


def test_messages_that_share_a_frame_write_it_once_and_equal_frames_stay_apart() -> None:
    one = made(b"A" * 20 + b"B" * 20)
    first, second = made(), made()
    for record, at in ((first, 0), (second, 20)):
        record.frames, record.offset = one.frames, one.offset + at
    order = FrameOrder()
    assert order.add([first, second]) == []
    assert order.end() == [one.frames[0]]
    twin = made()
    order = FrameOrder()
    order.add([twin, made(), made(time=5)])
    assert [frame.time for frame in order.end()] == [5, twin.time, twin.time]


def test_frames_far_out_of_order_are_written_as_they_come() -> None:
    order = FrameOrder(window=3)
    out = order.add([made(time=time) for time in (50, 40, 60, 70, 10)])
    assert [frame.time for frame in out] == [40, 10] or [frame.time for frame in out] == [10, 40]
    assert [frame.time for frame in order.end()] == [50, 60, 70]


def test_long_frames_are_held_back_within_bounds() -> None:
    order = FrameOrder(window_bytes=100_000)
    out = order.add([made(bytes(30_000), time=time) for time in (5, 4, 3, 2, 1)])
    assert [frame.time for frame in out] == [1, 2]
    assert [frame.time for frame in order.end()] == [3, 4, 5]


def test_pcap_turns_several_link_types_into_raw_ip_and_pcapng_keeps_them(tmp_path: Path) -> None:
    records = [made(time=1, link=1), made(time=2, link=101)]
    assert write(records, tmp_path / "a.pcapng") == 2
    assert [frame.link for frame in frames_of(tmp_path / "a.pcapng")] == [1, 101]
    assert write(records, tmp_path / "a.pcap") == 2
    raw = records[1].frames[0].data
    assert [(each.link, each.data, each.length) for each in frames_of(tmp_path / "a.pcap")] == [
        (101, raw, len(raw))
    ] * 2


def test_pcap_of_a_link_that_has_no_ip_suggests_pcapng(tmp_path: Path) -> None:
    odd = made()
    odd.frames = (Frame(1, b"whatever", 147, 8, "x"),)
    assert write([odd], tmp_path / "a.pcap") == 1
    with pytest.raises(SiptuiError, match="choose pcapng"):
        write([odd, made()], tmp_path / "b.pcap")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pcap"]


def test_xxd_gives_the_bytes_back(shared: Path, tmp_path: Path) -> None:
    if shutil.which("xxd") is None:
        pytest.skip("xxd is not installed")
    data = (shared / "seed-options.bin").read_bytes()
    path = tmp_path / "seed.xxd"
    assert write([made(data)], path) == 1
    assert len(data) == 390
    assert subprocess.run(["xxd", "-r", path], capture_output=True, check=True).stdout == data
    assert subprocess.run(["xxd"], input=data, capture_output=True).stdout == path.read_bytes()
    several = [made(data[:100]), made(b""), made(data), made(bytes(range(256)))]
    assert write(several, path) == 4
    whole = b"".join(record.data for record in several)
    assert subprocess.run(["xxd", "-r", path], capture_output=True, check=True).stdout == whole


def test_the_hex_dump_is_that_of_tcpdump_and_gives_the_bytes_back(
    shared: Path, tmp_path: Path
) -> None:
    data = (shared / "seed-options.bin").read_bytes()
    path = tmp_path / "seed.hex"
    assert write([made(data, method="OPTIONS"), made(b"\x1b[2J")], path) == 2
    first, second, _ = path.read_text().split("\n\n")
    head, *rows = first.splitlines()
    assert head == (
        "2026-01-01T10:15:00.123456789Z  udp 198.51.100.7:5060 > 203.0.113.81:5060  "
        "OPTIONS  390 bytes"
    )
    assert b"".join(bytes.fromhex(row[9:50]) for row in rows) == data
    assert second.endswith("\t0x0000:  1b5b 324a                                .[2J")
    if shutil.which("tcpdump") is not None:
        write([made(data)], tmp_path / "a.pcap")
        told = subprocess.run(
            ["tcpdump", "-Xttnr", tmp_path / "a.pcap"], capture_output=True, text=True, check=True
        ).stdout
        packet = made(data).frames[0].data
        write([made(packet)], path)
        assert path.read_text().splitlines()[1:26] == [
            line.rstrip() for line in told.splitlines()[1:26]
        ]


def test_text_shows_the_message_and_what_was_found_out(tmp_path: Path) -> None:
    record = made(
        b"INVITE sip:\x1b[2J@b SIP/2.0\r\nFrom: x\r\n\r\nv=0\r\n",
        method="INVITE",
        country="RU",
        labels=("toll-fraud", "scan"),
        ua_lies=True,
    )
    write([record, made(b"\0\x01\xff", kind="stun"), made(b"", kind="empty")], tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_text() == (
        "2026-01-01T10:15:00.123456789Z  udp 198.51.100.7:5060 > 203.0.113.81:5060  "
        "INVITE  43 bytes\n"
        "country RU; ua-lies; labels toll-fraud, scan\n"
        "    INVITE sip:␛[2J@b SIP/2.0\n"
        "    From: x\n"
        "\n"
        "    v=0\n"
        "\n"
        "2026-01-01T10:15:00.123456789Z  udp 198.51.100.7:5060 > 203.0.113.81:5060  "
        "stun  3 bytes\n"
        "\t0x0000:  0001 ff                                  ...\n"
        "\n"
        "2026-01-01T10:15:00.123456789Z  udp 198.51.100.7:5060 > 203.0.113.81:5060  "
        "empty  0 bytes\n"
        "\n"
    )


def test_json_has_the_names_of_the_filter_language_and_leaves_out_what_is_unknown(
    shared: Path, tmp_path: Path
) -> None:
    records = records_of(shared / "pcap" / "ndpi__pcap__sip.pcap")
    write(records, tmp_path / "a.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_bytes().splitlines()]
    assert len(lines) == len(records)
    names = {field.name for field in FIELDS}
    for line, record in zip(lines, records, strict=True):
        assert set(line) <= names
        assert line["len"] == len(record.data)
        assert ("method" in line) == bool(record.method)
        assert ("status" in line) == bool(record.status)
        assert not [value for name, value in line.items() if not value and name != "len"]
        if record.kind == "sip":
            assert line["call_id"] == record.text("call_id")
    assert lines[0]["time"] == "2005-07-04T09:32:52.844249000Z"
    assert {"src", "sport", "dst", "dport", "transport", "kind", "cseq", "from"} <= set(lines[0])


def test_json_is_text_that_no_terminal_obeys_and_loses_nothing(tmp_path: Path) -> None:
    ua = "\x1b[2J\x7f\x9b\u202e\u200b🧨\U000e0041\ue000é"
    write([made(b"", ua=ua, defects=("one", "two"), ua_lies=True)], tmp_path / "a.json")
    text = (tmp_path / "a.json").read_text()
    assert text.endswith("\n")
    assert text[:-1].isprintable()
    line = json.loads(text)
    assert line["ua"] == ua
    assert line["defects"] == ["one", "two"]
    assert line["ua-lies"] is True
    assert line["len"] == 0
    write([made(ua="odd \udcff name")], tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text())["ua"] == "odd \\udcff name"


def test_csv_is_safe_in_a_spreadsheet(tmp_path: Path) -> None:
    formulas = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", 'a"b,c', "plain", "\n=x"]
    records = [made(ua=text, labels=("a", "b")) for text in formulas]
    write(records, tmp_path / "a.csv")
    data = (tmp_path / "a.csv").read_bytes()
    assert data.count(b"\r\n") == 11 == data.count(b"\n")
    rows = list(csv.DictReader(data.decode().splitlines(keepends=True)))
    assert list(rows[0]) == [field.name for field in FIELDS]
    shown = [row["ua"] for row in rows]
    assert shown == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "'␉=1",
        "'␍=1",
        "'＝1",
        'a"b,c',
        "plain",
        "␊=x",
    ]
    assert rows[0]["labels"] == "a,b"
    assert rows[0]["asn"] == ""
    assert rows[0]["sport"] == "5060"


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_at_all_is_still_a_file(tmp_path: Path, format: str) -> None:
    path = tmp_path / "out"
    assert write([], path, format) == 0
    assert path.exists()
    if format.startswith("pcap"):
        assert frames_of(path) == []


def test_the_ending_says_the_format() -> None:
    assert format_of("a.PCAPNG") == "pcapng"
    assert set(map(format_of, (f"a{ending}" for ending in ENDINGS))) == set(FORMATS)
    for path in ("a", "a.docx", ".csv", "a.csv/x"):
        with pytest.raises(SiptuiError, match=r"\.pcapng.*\.csv"):
            format_of(path)
    with pytest.raises(SiptuiError, match="there is no format 'docx'"):
        write([], "/dev/null", "docx")


def test_a_masked_export_tells_no_address_and_no_user(shared: Path, tmp_path: Path) -> None:
    records = records_of(shared / "pcap" / "ndpi__pcap__sip.pcap")
    for format in FORMATS:
        path = tmp_path / format
        mask = Mask()
        assert write(records, path, format, mask=mask) == len(records)
        data = path.read_bytes()
        for secret in (b"192.168.1.2", b"212.242.33.35", b"voi18063", b"\xc0\xa8\x01\x02"):
            assert secret not in data, (format, secret)
