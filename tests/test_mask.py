"""Masked messages and frames give nobody away, keep their length, and are still sound."""

from __future__ import annotations

import ipaddress
import re
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.capture.files import open_file
from siptui.capture.recording import Recording
from siptui.decode import Decoder
from siptui.decode.frame import layers
from siptui.export import jsonl
from siptui.mask import MOST_ADDRESSES, Mask
from siptui.mask.words import hide, is_telling_tag
from siptui.record import Frame, Record

MESSAGE = b"""\
INVITE sip:+441632960000@203.0.113.5:5060;user=phone SIP/2.0\r
Via: SIP/2.0/UDP [2001:db8::7]:5060;branch=z9hG4bK-1;received=198.51.100.9\r
Via: SIP/2.0/UDP 198-51-100-7.dyn.example.net;branch=z9hG4bKnp-b9fc8192.168.1.2\r
From: "Doe, Jane \\"J\\"" <sip:jane.doe:secret@example.com>;tag=6334, Bob S <sip:b@[::1]>\r
To: tel:+441632960000\r
t:Fred\r
Contact: *\r
m: Bob <sip:1001>\r
Call-ID: abc@host.example.com\r
Authorization: Digest username="jane", realm="example.com", uri="sip:u@h", response="00"\r
Proxy-Authorization: Basic amFuZTpzZWNyZXQ=\r
P-Asserted-Identity: "Jane" <tel:+441632960000>\r
User-Agent: PBX 13\r
Contact: <sip:a@b>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-0004F2ABCDEF>"\r
Date: Thu, 01 Jan 2026 10:15:00 GMT\r
\r
v=0\r
o=jdoe 2890844526 2890842807 IN IP4 media.example.com\r
s=-\r
c=IN IP6 2001:db8::9/127\r
e=j.doe@example.com (Jane Doe)\r
t=0 0\r
a=candidate:1 1 UDP 2130706431 192.0.2.1 3456 typ host\r
"""

MASKED = b"""\
INVITE sip:xxxxxxxxxxxxx@xxx.x.xxx.x:5060;user=phone SIP/2.0\r
Via: SIP/2.0/UDP [xxxx:xxx::x]:5060;branch=z9hG4bK-1;received=xxx.xx.xxx.x\r
Via: SIP/2.0/UDP xxx-xx-xxx-x.dyn.example.net;branch=z9hG4bKnp-b9fc8xxx.xxx.x.x\r
From: "xxx, xxxx xxxxx" <sip:xxxxxxxx:xxxxxx@example.com>;tag=6334, xxx x <sip:x@[::x]>\r
To: tel:xxxxxxxxxxxxx\r
t:xxxx\r
Contact: *\r
m: xxx <sip:xxxx>\r
Call-ID: abc@xxxxxxxxxxxxxxxx\r
Authorization: Digest username="xxxx", realm="example.com", uri="sip:x@h", response="00"\r
Proxy-Authorization: Basic xxxxxxxxxxxxxxx=\r
P-Asserted-Identity: "xxxx" <tel:xxxxxxxxxxxxx>\r
User-Agent: PBX 13\r
Contact: <sip:x@b>;+sip.instance="<urn:uuid:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx>"\r
Date: Thu, 01 Jan 2026 10:15:00 GMT\r
\r
v=0\r
o=xxxx 2890844526 2890842807 IN IP4 xxxxx.xxxxxxx.xxx\r
s=-\r
c=IN IP6 xxxx:xxx::x/127\r
e=xxxxxxxxxxxxxxxxx xxxxx xxxx\r
t=0 0\r
a=candidate:1 1 UDP 2130706431 xxx.x.x.x 3456 typ host\r
"""


def frames_of(path: Path) -> list[Frame]:
    source = open_file(str(path))
    frames: list[Frame] = []
    while not source.finished:
        frames += source.read(1000)
    source.close()
    return frames


def records_of(path: Path) -> list[Record]:
    decoder = Decoder()
    return decoder.decode(frames_of(path)) + decoder.flush()


def test_a_message_is_masked_to_the_letter() -> None:
    assert hide(MESSAGE).decode() == MASKED.decode()
    assert Mask().data(MESSAGE) == MASKED


def test_the_same_holds_for_lines_that_end_otherwise_and_for_folds() -> None:
    for ending in (b"\n", b"\r"):
        assert hide(MESSAGE.replace(b"\r\n", ending)) == MASKED.replace(b"\r\n", ending)
    folded = b'From:\r\n "Jane"\r\n <sip:jane@h>\r\nCall-ID: a\r\n @host\r\n\r\n'
    masked = b'From:\r\n "xxxx"\r\n <sip:xxxx@h>\r\nCall-ID: a\r\n @xxxx\r\n\r\n'
    assert hide(folded) == masked


@pytest.mark.parametrize(
    ("given", "masked"),
    [
        (b"sip:a@b@c SIP/2.0", b"sip:xxx@c SIP/2.0"),
        (b"sip:a b@c SIP/2.0", b"sip:x x@c SIP/2.0"),
        (b"SIPS:%41lice@c", b"SIPS:xxxxxxx@c"),
        (b"sip:100", b"sip:xxx"),
        (b"sip:example.com, <sip:bob@x>", b"sip:example.com, <sip:xxx@x>"),
        (b'From: "Bob <sip:bob@x', b'From: "xxx xxxx:xxxxx'),
        (b"From: Bob <sip:bob@x", b"From: xxx <sip:xxx@x"),
        (b'"A<B" x\r\nTo: "A<B" <sip:x>', b'"A<B" x\r\nTo: "xxx" <sip:x>'),
        (b"username*=UTF-8''bob, realm=x", b"username*=xxxxxxxxxx, realm=x"),
        (b"::1 is here, ::ffff:192.0.2.1:", b"::x is here, ::xxxx:xxx.x.x.x:"),
        (b"10:15:00 std::x 1-800-555-1234", b"10:15:00 stx::x 1-800-555-1234"),
        (b"2001:DB8:0:0:0:0:0:1 fe80::1%eth0", b"xxxx:xxx:x:x:x:x:x:x xxxx::x%eth0"),
        (b"o=- 1 1 IN IP4 0.0.0.0", b"o=- 1 1 IN IP4 x.x.x.x"),
        (b"Subject: Bob <bob>", b"Subject: Bob <bob>"),
        (b"\xffsip:\xff\xfe@x", b"\xffsip:xx@x"),
    ],
)
def test_odd_writings(given: bytes, masked: bytes) -> None:
    assert hide(given) == masked


def test_a_tag_of_sipvicious_is_masked_because_it_carries_the_sensors_address() -> None:
    tag = b"cb00715113c4".hex().encode() + b"01" + b"1234567890".hex().encode()
    assert is_telling_tag(tag)
    assert hide(b"From: <sip:a@b>;tag=" + tag) == b"From: <sip:x@b>;tag=" + b"x" * len(tag)
    for plain in (b"903df0a1", b"0123456789abcdef", tag[:-1], b"01" + tag, tag + b"61", b""):
        assert not is_telling_tag(plain)
        assert hide(b";tag=" + plain) == b";tag=" + plain


def test_the_request_of_a_real_scanner_gives_nothing_away(shared: Path) -> None:
    data = (shared / "seed-options.bin").read_bytes()
    masked = hide(data)
    assert len(masked) == len(data) == 390
    for secret in (b"185.22.152.37", b"18.191.0.181", b"AmooT", b"1.1.1.1", b"3132626630306235"):
        assert secret in data
        assert secret not in masked
    assert masked.startswith(b"OPTIONS sip:xxx@xx.xxx.x.xxx SIP/2.0\r\nVia: SIP/2.0/UDP ")


def test_real_payloads_lose_their_addresses(shared: Path) -> None:
    address = re.compile(rb"(?<![0-9.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9.])")
    for path in (shared / "tool-payloads").iterdir():
        data = path.read_bytes()
        masked = hide(data)
        assert len(masked) == len(data)
        assert address.search(masked) is None, path
        assert [len(line) for line in masked.split(b"\n")] == [
            len(line) for line in data.split(b"\n")
        ]


_PIECES = st.sampled_from(
    [
        *(b'"', b"<", b">", b"sip:", b"@", b",", b";tag=", b"tel:", b"\\", b"::", b":", b" "),
        *(b"\r\n", b"\r\nFrom: ", b"\r\nCall-ID:", b"username=", b"\r\no=", b"192.0.2.1", b"a"),
        *(b"\n ", b"-1", b".1", b"IN IP4 ", b"ff", b"x", b"\xff", b"="),
    ]
)


@given(st.lists(st.one_of(_PIECES, st.binary(max_size=4)), max_size=60).map(b"".join))
def test_whatever_the_bytes_length_and_lines_stay_and_no_address_is_left(data: bytes) -> None:
    masked = hide(data)
    assert len(masked) == len(data)
    assert re.search(rb"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}", masked) is None
    assert all(a in (b, 0x78) for a, b in zip(masked, data, strict=True))
    assert masked.count(b"\r") == data.count(b"\r")
    assert masked.count(b"\n") == data.count(b"\n")


@pytest.mark.parametrize(
    "piece",
    [b"sip:", b"sip:a@", b'"\\"', b'"', b"<", b"::", b":a:", b"a:", b"1.", b"\nFrom:", b"tag=",
     b'username="', b"a-", b"\r ", b"<sip:", b"@", b"IN IP4 ", b"ab", b"o=", b"1.1.1.1"],
)  # fmt: skip
def test_hostile_repetition_costs_no_more_than_its_length(piece: bytes) -> None:
    def cost(size: int) -> float:
        data = piece * (size // len(piece))
        begin = time.process_time()
        hide(data)
        return time.process_time() - begin

    cost(1000)
    # A quadratic rule would take 256 times as long, a linear one 16 times.
    assert cost(64_000) < 100 * max(cost(4_000), 0.0005)


def test_addresses_become_those_of_benchmarks_in_order_of_sight() -> None:
    mask = Mask()
    assert [mask.address(each) for each in ("203.0.113.5", "127.0.0.1", "203.0.113.5")] == [
        "198.18.0.1",
        "198.18.0.2",
        "198.18.0.1",
    ]
    assert mask.address("2001:db8::1") == "2001:2::1"
    assert mask.address("2001:0DB8:0::1") == "2001:2::1"
    assert mask.packed(socket.inet_aton("127.0.0.1")) == socket.inet_aton("198.18.0.2")
    assert mask.address("") == ""
    assert mask.text("127.0.0.1") == "198.18.0.2"
    assert mask.text("udp 127.0.0.1:5060") == "udp xxx.x.x.x:5060"
    assert Mask().address("127.0.0.1") == "198.18.0.1"


def test_however_many_addresses_memory_and_range_are_bounded() -> None:
    assert ipaddress.IPv4Address("198.18.0.1") + MOST_ADDRESSES in ipaddress.IPv4Network(
        "198.18.0.0/15"
    )
    mask = Mask(most=100)
    seen = [mask.address(str(ipaddress.IPv4Address(number))) for number in range(1000)]
    assert len(set(seen[:100])) == 100
    assert set(seen[100:]) == {"198.18.0.101"}
    assert len(mask._known) <= 402


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


def test_values_of_fields_are_hidden_as_the_record_hides_them() -> None:
    mask = Mask()
    assert mask.value("src", "203.0.113.5") == "198.18.0.1"
    assert mask.value("user", "100") == "xxx"
    assert mask.value("user", "Jörg") == "xxxxx"
    assert mask.value("tag_target", "[2001:db8::1]:5060") == "2001:2::1:5060"
    assert mask.value("from", '"Jane" <sip:j@h>') == '"xxxx" <sip:x@h>'
    assert mask.value("call_id", "a@host") == "a@xxxx"
    assert mask.value("uri", "sip:bob@192.0.2.1") == "sip:xxx@xxx.x.x.x"
    assert mask.value("country", "RU") == "RU"
    assert mask.value("ua", "odd \udcff 192.0.2.1") == "odd \udcff xxx.x.x.x"


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
