"""Masked frames are as long as before and still sound on every layer."""

from __future__ import annotations

import re
import shutil
import socket
import struct
import subprocess
from pathlib import Path

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.capture.recording import Recording
from siptui.decode import Decoder
from siptui.decode.frame import layers
from siptui.export import jsonl
from siptui.mask import Mask
from siptui.mask.words import hide
from siptui.record import Frame
from tests.capture_files import records_of
from tests.masking import MASKED, MESSAGE


def ethernet(payload: bytes, src: str = "203.0.113.5", dst: str = "203.0.113.81") -> Frame:
    udp = dpkt.udp.UDP(sport=5060, dport=5060, data=payload)
    udp.ulen = 8 + len(payload)
    packet = dpkt.ip.IP(src=socket.inet_aton(src), dst=socket.inet_aton(dst), p=17, data=udp)
    data = bytes(range(1, 13)) + b"\x08\x00" + bytes(packet)
    return Frame(5, data, 1, len(data), "eth0")


def test_record_and_frame_agree_and_the_record_is_left_as_it_was() -> None:
    decoder = Decoder()
    frame = ethernet(MESSAGE)
    (record,) = decoder.decode([frame]) + decoder.flush()
    record.ua = "PBX at 203.0.113.5"
    record.number, record.tag_target = "441632960000", "203.0.113.81:5060"
    record.country, record.labels = "RU", ("scan",)
    mask = Mask()
    masked = mask.record(record)
    assert record.data == MESSAGE
    assert record.frames == (frame,)
    assert masked.data == MASKED
    assert masked.spans == record.spans
    assert (masked.src, masked.dst) == ("198.18.0.1", "198.18.0.2")
    assert masked.tag_target == "198.18.0.2:5060"
    assert masked.user == "x" * len(record.user)
    assert masked.number == "xxxxxxxxxxxx"
    assert masked.ua == "PBX at xxx.x.xxx.x"
    assert (masked.country, masked.labels, masked.sport) == ("RU", ("scan",), 5060)
    (hidden,) = masked.frames
    assert hidden.data[masked.offset : masked.offset + len(MASKED)] == MASKED
    assert (hidden.time, hidden.link, hidden.length) == (frame.time, 1, len(frame.data))
    assert hidden.data[:12] == bytes(12)
    assert hidden == mask.frame(frame, (record,)) == mask.frame(frame)
    packet = dpkt.ethernet.Ethernet(hidden.data).data
    assert socket.inet_ntoa(packet.src) == masked.src
    assert socket.inet_ntoa(packet.dst) == masked.dst
    line = jsonl.line(mask.record(record, frames=False))
    assert line == jsonl.line(masked)
    for secret in (b"203.0.113", b"jane", b"Doe", b"1632"):
        assert secret not in line


def check_sums(tmp_path: Path, frames: list[Frame]) -> dict[str, int]:
    """Return how often tshark finds which checksum bad."""
    path = tmp_path / "sums.pcapng"
    recording = Recording(str(path))
    recording.write(frames)
    recording.close()
    names = ["ip.checksum.status", "udp.checksum.status", "tcp.checksum.status"]
    command = ["tshark", "-r", str(path), "-T", "fields", *(x for n in names for x in ("-e", n))]
    for protocol in ("ip", "udp", "tcp"):
        command += ["-o", f"{protocol}.check_checksum:TRUE"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split("\t") for line in told.split("\n")[:-1]]
    assert len(rows) == len(frames)
    return {name: sum("0" in row[at].split(",") for row in rows) for at, name in enumerate(names)}


def test_real_captures_stay_sound_and_tell_no_address(shared: Path, tmp_path: Path) -> None:
    masked: dict[bool, list[Frame]] = {True: [], False: []}
    for path in sorted((shared / "pcap").glob("*cap*")):
        mask = Mask()
        fuzzed = "fuzz" in path.name or "sip-method" in path.name
        for record in records_of(path):
            hidden = mask.record(record)
            assert len(hidden.data) == len(record.data)
            for before, after in zip(record.frames, hidden.frames, strict=True):
                masked[fuzzed].append(after)
                assert [layer[:3] for layer in layers(after)] == [
                    layer[:3] for layer in layers(before)
                ]
                for address in (record.src, record.dst):
                    family = socket.AF_INET6 if ":" in address else socket.AF_INET
                    assert address.encode() not in after.data
                    if record.kind == "sip":
                        assert socket.inet_pton(family, address) not in after.data
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    assert not any(check_sums(tmp_path, masked[False]).values())
    # What was fuzzed has lengths in its headers for which no UDP or TCP checksum can be right.
    assert not check_sums(tmp_path, masked[True])["ip.checksum.status"]


def ones_complement(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def test_what_an_icmp_error_quotes_is_hidden_and_its_checksum_right() -> None:
    quoted = ethernet(MESSAGE).data[14:]
    icmp = b"\x03\x03" + bytes(6) + quoted
    icmp = icmp[:2] + struct.pack(">H", 0xFFFF - ones_complement(icmp)) + icmp[4:]
    packet = bytes(dpkt.ip.IP(src=b"\xcb\0\x71\x51", dst=b"\xcb\0\x71\5", p=1, data=icmp))
    frame = Frame(1, packet, 101, len(packet), "x")
    hidden = Mask().frame(frame).data
    assert len(hidden) == len(packet)
    assert b"\xcb\0\x71" not in hidden
    assert hidden.endswith(MASKED)
    assert ones_complement(hidden[:20]) == ones_complement(hidden[20:]) == 0xFFFF
    assert ones_complement(hidden[28:48]) == 0xFFFF
    assert hidden[54:56] == b"\0\0"


def test_ipv6_tags_and_tunnels_are_hidden_on_every_level() -> None:
    source, target = (socket.inet_pton(socket.AF_INET6, f"2001:db8::{n}") for n in (5, 81))
    udp = struct.pack(">HHHH", 5060, 5060, 8 + len(MESSAGE), 0x1234) + MESSAGE
    six = struct.pack(">IHBB", 6 << 28, len(udp), 17, 64) + source + target + udp
    four = bytes(dpkt.ip.IP(src=b"\xcb\0\x71\x51", dst=b"\xcb\0\x71\5", p=41, data=six))
    data = bytes(12) + b"\x81\0\0\7\x08\0" + four + b"trailer"
    mask = Mask()
    hidden = mask.frame(Frame(1, data, 1, len(data), "x")).data
    assert len(hidden) == len(data)
    assert hidden.endswith(MASKED + bytes(7))
    assert hidden[18 + 12 : 18 + 20] == socket.inet_aton("198.18.0.1") + socket.inet_aton(
        "198.18.0.2"
    )
    addresses = hidden[38 + 8 : 38 + 40]
    assert addresses == socket.inet_pton(socket.AF_INET6, "2001:2::1") + socket.inet_pton(
        socket.AF_INET6, "2001:2::2"
    )
    assert ones_complement(hidden[18:38]) == 0xFFFF
    segment = hidden[78:-7]
    assert ones_complement(addresses + struct.pack(">II", len(segment), 17) + segment) == 0xFFFF


def test_a_datagram_that_the_capture_cut_keeps_no_checksum_that_tells() -> None:
    whole = ethernet(MESSAGE)
    cut = whole._replace(data=whole.data[:200])
    hidden = Mask().frame(cut)
    assert hidden.length == whole.length
    assert hidden.data[40:42] == b"\0\0"
    assert ones_complement(hidden.data[14:34]) == 0xFFFF


def fragments(payload: bytes, size: int) -> list[Frame]:
    whole = struct.pack(">HHHH", 5060, 5060, 8 + len(payload), 0xBEEF) + payload
    frames: list[Frame] = []
    for at in range(0, len(whole), size):
        part = whole[at : at + size]
        flags = at // 8 | (0x2000 if at + size < len(whole) else 0)
        packet = dpkt.ip.IP(
            src=b"\xcb\0\x71\5", dst=b"\xcb\0\x71\x51", p=17, id=7, data=part, len=20 + len(part)
        )
        packet._flags_offset = flags
        packet.len = 20 + len(part)
        data = bytes(packet)
        frames.append(Frame(at, data, 101, len(data), "x"))
    return frames


@pytest.mark.parametrize("size", [16, 24, 64, 400])
def test_an_address_that_a_fragment_cuts_is_hidden_too(size: int) -> None:
    decoder = Decoder()
    frames = fragments(MESSAGE, size)
    (record,) = decoder.decode(frames) + decoder.flush()
    masked = Mask().record(record)
    assert masked.data == MASKED
    pieces = b"".join(frame.data[20:] for frame in masked.frames)
    assert pieces[8:] == MASKED
    assert pieces[6:8] == b"\0\0"


def segments(stream: bytes, size: int) -> list[Frame]:
    frames: list[Frame] = []
    for at in range(0, len(stream), size):
        tcp = dpkt.tcp.TCP(sport=5060, dport=5060, seq=1 + at, flags=24)
        tcp.data = stream[at : at + size]
        packet = dpkt.ip.IP(src=b"\xcb\0\x71\5", dst=b"\xcb\0\x71\x51", p=6, data=tcp)
        data = bytes(packet)
        frames.append(Frame(at, data, 101, len(data), "x"))
    return frames


@pytest.mark.parametrize("size", [37, 100, 1000])
def test_messages_that_share_segments_are_hidden_together_and_alone(
    size: int, tmp_path: Path
) -> None:
    head, body = MESSAGE.split(b"\r\n\r\n")
    one = head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    decoder = Decoder()
    frames = segments(one * 3, size)
    records = decoder.decode(frames) + decoder.flush()
    assert [record.data for record in records] == [one] * 3
    mask = Mask()
    together = b"".join(
        mask.frame(frame, [each for each in records if frame in each.frames]).data[40:]
        for frame in frames
    )
    assert together == hide(one) * 3
    (hidden, *_) = (mask.record(record) for record in records[1:])
    for frame in hidden.frames:
        shown = frame.data[40:]
        assert not re.search(rb"[0-9]{2,3}\.[0-9]|jane|441632", shown)
    if shutil.which("tshark") is not None:
        assert not any(check_sums(tmp_path, list(hidden.frames)).values())


@given(st.binary(max_size=200), st.sampled_from([0, 1, 101, 113, 276, 147]))
def test_no_frame_is_too_broken_to_be_masked(data: bytes, link: int) -> None:
    frame = Frame(1, data, link, len(data) + 3, "x")
    masked = Mask().frame(frame)
    assert len(masked.data) == len(data)
    assert masked.length == frame.length
