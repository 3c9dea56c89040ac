"""Real datagrams on loopback, and the frames made of them."""

from __future__ import annotations

import os
import select
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

from siptui.capture.recording import Recording
from siptui.capture.udp import UdpSource, _ipv4, _ipv6, open_udp
from siptui.errors import SiptuiError
from siptui.record import Frame

HOSTS = ["127.0.0.1", "::1"]


def send(source: UdpSource, host: str, *payloads: bytes) -> tuple[str, int]:
    """Send payloads to the port of `source` on `host`; return who sent them."""
    with socket.socket(source.socket.family, socket.SOCK_DGRAM) as sender:
        sender.bind((host, 0))
        for payload in payloads:
            sender.sendto(payload, (host, source.socket.getsockname()[1]))
        return sender.getsockname()[:2]


def receive(source: UdpSource, count: int) -> list[Frame]:
    frames: list[Frame] = []
    while len(frames) < count and select.select([source.fileno()], [], [], 5)[0]:
        frames += source.read(100)
    return frames


def parse(frame: Frame) -> tuple[dpkt.ip.IP | dpkt.ip6.IP6, dpkt.udp.UDP]:
    packet = (dpkt.ip.IP if frame.data[0] >> 4 == 4 else dpkt.ip6.IP6)(frame.data)
    return packet, packet.data


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("bound", ["loopback", "any"])
def test_a_datagram_becomes_the_packet_that_carried_it(host: str, bound: str) -> None:
    everywhere = "::" if ":" in host else ""
    source = open_udp(host if bound == "loopback" else everywhere, 0)
    before = time.time_ns()
    payloads = [b"OPTIONS sip:a@b SIP/2.0\r\n\r\n", b"", b"odd", os.urandom(9000)]
    _, port = send(source, host, *payloads)
    frames = receive(source, 4)
    assert len(frames) == 4
    for frame, payload in zip(frames, payloads, strict=True):
        packet, udp = parse(frame)
        assert udp.data == payload
        assert (udp.sport, udp.dport) == (port, source.socket.getsockname()[1])
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        assert packet.src == packet.dst == socket.inet_pton(family, host)
        assert frame.link == 101
        assert frame.length == len(frame.data)
        assert udp.ulen == 8 + len(payload)
        assert before - 10**9 < frame.time <= time.time_ns()
        assert frame.interface == source.name
    assert [frame.time for frame in frames] == sorted(frame.time for frame in frames)
    assert source.statistics().received == 4
    source.close()
    source.close()
    assert source.finished
    assert source.read(1) == []


def test_the_destination_is_the_real_one_and_the_time_to_live_the_senders() -> None:
    source = open_udp("0.0.0.0", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 117)
        sender.bind(("127.0.0.2", 0))
        sender.sendto(b"x", ("127.0.0.3", source.socket.getsockname()[1]))
    (frame,) = receive(source, 1)
    packet, _ = parse(frame)
    assert (packet.src, packet.dst, packet.ttl) == (b"\x7f\0\0\2", b"\x7f\0\0\3", 117)
    source.close()


@pytest.mark.parametrize("host", HOSTS)
def test_tshark_finds_every_checksum_right(host: str, tmp_path: Path) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    source = open_udp(host, 0)
    send(source, host, b"", b"a", b"\0", b"\0\0\xff\xff", *(os.urandom(n) for n in range(40)))
    frames = receive(source, 44)
    recording = Recording(str(tmp_path / "a.pcapng"))
    recording.write(frames)
    recording.close()
    source.close()
    command = ["tshark", "-r", str(tmp_path / "a.pcapng"), "-o", "udp.check_checksum:TRUE"]
    command += ["-o", "ip.check_checksum:TRUE", "-T", "fields", "-e", "udp.checksum.status"]
    command += ["-e", "ip.checksum.status", "-e", "udp.length"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line.split("\t") for line in told.splitlines()]
    assert len(lines) == 44
    assert {line[0] for line in lines} == {"1"}
    assert {line[1] for line in lines} == ({""} if ":" in host else {"1"})
    assert [int(line[2]) - 8 for line in lines] == [0, 1, 1, 4, *range(40)]


def test_reading_never_waits_and_takes_no_more_than_asked() -> None:
    source = open_udp("127.0.0.1", 0)
    assert source.read(100) == []
    send(source, "127.0.0.1", *(b"x" for _ in range(50)))
    assert len(source.read(20)) == 20
    assert len(source.read(100)) == 30
    source.close()


def test_what_the_socket_had_no_room_for_is_counted() -> None:
    source = open_udp("127.0.0.1", 0, buffer_size=4096)
    send(source, "127.0.0.1", *(bytes(1000) for _ in range(100)))
    taken = len(source.read(1000))
    assert 0 < taken < 100
    send(source, "127.0.0.1", b"the kernel tells with the next one")
    assert len(receive(source, 1)) == 1
    assert source.statistics().dropped_socket == 100 - taken
    source.close()


def test_ipv4_and_ipv6_can_listen_side_by_side() -> None:
    six = open_udp("::", 0)
    four = open_udp("0.0.0.0", six.socket.getsockname()[1])
    send(six, "::1", b"six")
    send(four, "127.0.0.1", b"four")
    assert [parse(frame)[1].data for frame in receive(six, 1)] == [b"six"]
    assert [parse(frame)[1].data for frame in receive(four, 1)] == [b"four"]
    assert six.name == f"udp [::]:{four.name.rpartition(':')[2]}"
    six.close()
    four.close()


def test_an_answer_can_be_sent_from_the_socket() -> None:
    source = open_udp("127.0.0.1", 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as caller:
        caller.bind(("127.0.0.1", 0))
        caller.settimeout(5)
        source.socket.sendto(b"SIP/2.0 200 OK", caller.getsockname())
        assert caller.recvfrom(100) == (b"SIP/2.0 200 OK", source.socket.getsockname())
    source.close()


def test_a_taken_port_is_one_sentence() -> None:
    source = open_udp("127.0.0.1", 0)
    port = source.socket.getsockname()[1]
    with pytest.raises(SiptuiError, match=f"UDP 127.0.0.1:{port} is taken by another program"):
        open_udp("127.0.0.1", port)
    source.close()


@pytest.mark.parametrize(
    ("host", "port", "what"),
    [
        ("192.0.2.77", 5060, "this machine has no address '192.0.2.77'"),
        ("a..b", 5060, "there is no address 'a..b' to listen on"),
        ("\x1b[2J" + "a" * 70, 5060, r"there is no address '\\x1b"),
    ],
)
def test_a_host_that_cannot_be_listened_on_is_one_sentence(host: str, port: int, what: str) -> None:
    with pytest.raises(SiptuiError, match=what) as caught:
        open_udp(host, port)
    assert str(caught.value).isprintable()


def test_a_port_that_needs_a_right_says_how_to_get_it() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if os.geteuid() != 0 or first < 1000:
        pytest.skip("needs root to give up, and ports that need a right")
    child = os.fork()
    if child == 0:
        os.setresuid(65534, 65534, 65534)
        try:
            open_udp("127.0.0.1", 999)
        except SiptuiError as error:
            os._exit(0 if "setcap cap_net_bind_service" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def rfc_1071(data: bytes) -> int:
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(
    st.binary(min_size=4, max_size=4),
    st.binary(min_size=4, max_size=4),
    st.integers(0, 255),
    st.integers(0, 65535),
    st.integers(0, 65535),
    st.binary(max_size=99) | st.sampled_from([b"\0" * 8, b"\xff" * 9]),
)
def test_checksums_are_those_of_rfc_1071(
    source: bytes, target: bytes, ttl: int, sport: int, dport: int, payload: bytes
) -> None:
    packet = _ipv4(source, target, ttl)(sport, dport, payload)
    assert rfc_1071(packet[:20]) == 0xFFFF
    length = struct.pack(">HH", 17, len(packet) - 20)
    assert rfc_1071(source + target + length + packet[20:]) == 0xFFFF
    assert packet[26:28] != b"\0\0"
    assert (packet[8], packet[28:]) == (ttl, payload)
    long = _ipv6(source * 4, target * 4, ttl)(sport, dport, payload)
    assert rfc_1071(source * 4 + target * 4 + length + long[40:]) == 0xFFFF
    assert long[46:48] != b"\0\0"
    assert (long[7], long[48:]) == (ttl, payload)
