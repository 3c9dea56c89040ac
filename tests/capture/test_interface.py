"""Real captures on the loopback interface, and the filters that the kernel gets."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time

import dpkt
import pcapy
import pytest

from siptui.capture.interface import InterfaceSource, default_filter, interfaces, open_interface
from siptui.errors import SiptuiError
from siptui.record import Frame


def may_capture() -> bool:
    return any(each.may_capture for each in interfaces() if each.name == "lo")


needs_right = [
    pytest.mark.root,
    pytest.mark.skipif(not may_capture(), reason="needs the right to capture on lo"),
]

ETHERNET, SLL, RAW = 1, 113, 12


def udp(sport: int, dport: int, payload: bytes = b"x", *, fragment: int = 0) -> bytes:
    packet = dpkt.udp.UDP(sport=sport, dport=dport, data=payload)
    packet.ulen = 8 + len(payload)
    ip = dpkt.ip.IP(src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1", p=17, data=packet)
    if fragment:
        ip = dpkt.ip.IP(src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1", p=17, data=bytes(20))
        ip._flags_offset = fragment
    return bytes(ip)


def ethernet(packet: bytes, *tags: int) -> bytes:
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    return (
        bytes(12) + b"".join(b"\x81\x00" + tag.to_bytes(2, "big") for tag in tags) + kind + packet
    )


def ipv6(following: int, body: bytes) -> bytes:
    head = b"\x60\0\0\0" + len(body).to_bytes(2, "big") + bytes((following, 64))
    return head + bytes(15) + b"\1" + bytes(15) + b"\1" + body


TCP = b"\x45\0\0\x28\0\0\0\0\x40\x06\0\0" + bytes(8) + b"\x13\xc4\x40\x00" + bytes(16)
PORTS6 = b"\x13\xc5\x40\x00\x00\x0c\0\0" + bytes(4)


@pytest.mark.parametrize(
    ("packet", "passes"),
    [
        (udp(5060, 40000), True),
        (udp(40000, 5061), True),
        (udp(40000, 5080), True),
        (udp(40000, 5062), False),
        (udp(40000, 53), False),
        (TCP, True),
        (udp(1, 2, fragment=0x2000), True),
        (udp(1, 2, fragment=185), True),
        (udp(1, 2, fragment=0x4000), False),
        (ipv6(17, PORTS6), True),
        (ipv6(17, b"\0\x35" * 2 + bytes(8)), False),
        (ipv6(44, bytes(40)), True),
        *((ipv6(kind, b"\x11\0" + bytes(6) + PORTS6), True) for kind in (0, 43, 60)),
        (ipv6(0, b"\x3a\0" + bytes(14)), False),
    ],
)
def test_the_default_filter_passes_sip_and_fragments_on_every_link(
    packet: bytes, passes: bool
) -> None:
    ports = [5080, 5061, 5060]
    tagged = pcapy.compile(ETHERNET, 262144, default_filter(ports), 1, 0)
    plain = default_filter(ports, tags=False)
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    assert bool(tagged.filter(ethernet(packet))) is passes
    assert bool(tagged.filter(ethernet(packet, 7))) is passes
    assert bool(tagged.filter(ethernet(packet, 7, 8))) is passes
    assert bool(pcapy.compile(RAW, 262144, plain, 1, 0).filter(packet)) is passes
    sll = bytes(14) + kind + packet
    assert bool(pcapy.compile(SLL, 262144, plain, 1, 0).filter(sll)) is passes


def test_runs_of_ports_stay_short() -> None:
    text = default_filter([5080, *range(5060, 5070), 5080], tags=False)
    assert text.startswith("portrange 5060-5069 or port 5080 or ")


def collect(source: InterfaceSource, count: int) -> list[Frame]:
    frames: list[Frame] = []
    until = time.monotonic() + 5
    while len(frames) < count and time.monotonic() < until:
        select.select([source.fileno()], [], [], 0.5)
        frames += source.read(1000)
    return frames + source.read(1000)


def talk(port: int, *payloads: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for payload in payloads:
            sender.sendto(payload, ("127.0.0.1", port))


class TestOnLoopback:
    pytestmark = needs_right

    def test_each_packet_is_shown_once(self) -> None:
        source = open_interface("lo", None, [15060])
        before = time.time_ns()
        talk(15060, *(b"%d" % number for number in range(100)))
        talk(15061, b"another port")
        frames = collect(source, 100)
        packets = [dpkt.ethernet.Ethernet(frame.data).data.data.data for frame in frames]
        assert packets == [b"%d" % number for number in range(100)]
        for frame in frames:
            assert (frame.link, frame.interface) == (1, "lo")
            assert frame.length == len(frame.data)
            assert before - 10**9 < frame.time < before + 10 * 10**9
        statistics = source.statistics()
        assert (statistics.received, statistics.dropped_kernel) == (100, 0)
        source.close()
        source.close()
        assert source.read(1) == []
        assert source.statistics().received == 100

    def test_any_captures_behind_its_own_link_type(self) -> None:
        source = open_interface("any", None, [15060])
        talk(15060, b"hello")
        frames = collect(source, 1)
        assert len(frames) == 1
        assert frames[0].link in (113, 276)
        assert frames[0].data.endswith(b"hello")
        source.close()

    def test_a_filter_of_ones_own_replaces_the_default(self) -> None:
        source = open_interface("lo", "udp dst port 15099", [15060])
        talk(15060, b"default")
        talk(15099, b"own")
        frames = collect(source, 1)
        assert [frame.data[-3:] for frame in frames] == [b"own"]
        source.close()

    def test_fragments_are_captured_whole(self) -> None:
        source = open_interface("lo", None, [15060])
        talk(15060, bytes(65_507))
        frames = collect(source, 1)
        assert sum(len(frame.data) for frame in frames) > 65_507
        source.close()

    def test_reading_does_not_wait(self) -> None:
        source = open_interface("lo", "port 1")
        assert source.read(10) == []
        assert source.live
        assert not source.finished
        source.close()

    def test_another_process_goes_on_when_this_one_closes(self) -> None:
        source = open_interface("lo", None, [15060])
        child = os.fork()
        if child == 0:
            os._exit(0 if len(collect(source, 5)) == 5 else 1)
        source.close()
        time.sleep(0.2)
        talk(15060, *[b"x"] * 5)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    def test_a_wrong_filter_is_told_in_libpcaps_words(self) -> None:
        with pytest.raises(SiptuiError, match=r"'udp prot 5' is wrong: .*syntax error"):
            open_interface("lo", "udp prot 5")

    def test_an_unknown_interface_names_those_there_are(self) -> None:
        with pytest.raises(SiptuiError, match=r"no interface nosuch0; there are .*lo.*any"):
            open_interface("nosuch0")

    def test_a_name_that_is_none_is_one_sentence(self) -> None:
        for name in ("", "x" * 300, "a b/\x1b", "nul\0"):
            with pytest.raises(SiptuiError) as caught:
                open_interface(name)
            assert str(caught.value).isprintable()

    def test_without_the_right_the_sentence_says_how_to_get_it(self) -> None:
        child = os.fork()
        if child == 0:
            os.setresuid(65534, 65534, 65534)
            assert not any(each.may_capture for each in interfaces())
            try:
                open_interface("lo")
            except SiptuiError as error:
                python = os.path.realpath(sys.executable)
                wanted = f"sudo setcap cap_net_raw,cap_net_admin=eip {python}"
                os._exit(0 if wanted in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    def test_an_interface_that_goes_down_ends_with_a_notice(self) -> None:
        code = (
            "import subprocess, time\n"
            "from siptui.capture.interface import open_interface\n"
            "from siptui.errors import SiptuiError\n"
            "subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)\n"
            "source = open_interface('lo')\n"
            "subprocess.run(['ip', 'link', 'set', 'lo', 'down'], check=True)\n"
            "until = time.monotonic() + 5\n"
            "while not source.finished and time.monotonic() < until: source.read(1)\n"
            "print(source.statistics().notice)\n"
            "source.close()\n"
            "try: open_interface('lo')\n"
            "except SiptuiError as error: print(error)\n"
        )
        done = subprocess.run(
            ["unshare", "-n", sys.executable, "-c", code], capture_output=True, text=True
        )
        if done.returncode != 0:
            pytest.skip(f"no network namespace can be made: {done.stderr[-200:]}")
        ended, down = done.stdout.splitlines()
        assert ended == "capturing on lo has ended: The interface went down"
        assert down.startswith("the interface lo is down; ")


def test_interfaces_have_their_addresses_and_any_comes_last() -> None:
    found = {each.name: each for each in interfaces()}
    assert list(found)[-1] == "any"
    assert "127.0.0.1" in found["lo"].addresses
    assert found["lo"].up
    for each in found.values():
        assert each.may_capture or each.reason
        assert list(each.addresses) == sorted(each.addresses, key=lambda text: ":" in text)
