"""The short cut for ordinary frames gives what dpkt and the walk through all headers give."""

from __future__ import annotations

import dpkt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode import Decoder
from siptui.decode.shortcut import ordinary
from siptui.record import Frame, Record
from tests.decode.wire import (
    ETHERNET,
    IPV4,
    IPV6,
    RAW,
    SLL,
    SLL2,
    ethernet,
    frame,
    ip4,
    ip6,
    options,
    udp,
    vlan,
)

SLL_HEAD = bytes.fromhex("0000 0001 0006 0200000000010000")
SLL2_HEAD = bytes.fromhex("0000 00000001 00010006 0200000000010000")
PAYLOADS = st.one_of(
    st.just(options()), st.just(b""), st.binary(max_size=40), st.just(options() + options("c2"))
)
PORTS = st.sampled_from([5060, 4789, 2152, 6081, 9060, 1, 0, 65535])
DPKT = {
    ETHERNET: dpkt.ethernet.Ethernet,
    SLL: dpkt.sll.SLL,
    SLL2: dpkt.sll2.SLL2,
    IPV4: dpkt.ip.IP,
    IPV6: dpkt.ip6.IP6,
}


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """Return an ordinary frame, in most cases with something changed."""
    datagram = udp(draw(PAYLOADS), draw(PORTS), draw(PORTS))
    if draw(st.booleans()):
        packet = ip4(datagram, options=draw(st.sampled_from([b"", b"", b"\x01" * 4])))
        ethertype, raw = b"\x08\x00", IPV4
    else:
        packet = ip6(datagram)
        ethertype, raw = b"\x86\xdd", IPV6
    link = draw(st.sampled_from([ETHERNET, ETHERNET, SLL, SLL2, RAW, raw]))
    number = int.from_bytes(ethertype, "big")
    data = {
        ETHERNET: ethernet(packet, number),
        SLL: SLL_HEAD + ethertype + packet,
        SLL2: ethertype + SLL2_HEAD + packet,
    }.get(link, packet)
    if draw(st.booleans()) and link == ETHERNET:
        data = ethernet(vlan(packet, number), 0x8100)
    changed = bytearray(data)
    for _ in range(draw(st.integers(0, 2))):
        changed[draw(st.integers(0, min(len(data) - 1, 70)))] = draw(st.integers(0, 255))
    data = bytes(changed) + bytes(draw(st.sampled_from([0, 0, 6])))
    data = data[: len(data) - draw(st.sampled_from([0, 0, 0, 1, 30]))]
    return frame(data, link, length=len(data) + draw(st.sampled_from([0, 0, 9])))


def essence(records: list[Record]) -> list[tuple[object, ...]]:
    return [
        (
            record.time,
            record.src,
            record.sport,
            record.dst,
            record.dport,
            record.transport,
            record.kind,
            record.data,
            record.frames,
            record.offset,
            record.defects,
        )
        for record in records
    ]


class WalkingDecoder(Decoder):
    """Take no short cut."""

    def walk(self, of: Frame) -> list[Record]:
        self._records = []
        self._walk_frame(of)
        return self._records


@given(frames())
@settings(max_examples=600, deadline=None)
def test_the_short_cut_and_the_walk_agree(of: Frame) -> None:
    assert essence(Decoder().decode([of])) == essence(WalkingDecoder().walk(of))


@given(frames())
@settings(max_examples=600, deadline=None)
def test_the_short_cut_and_dpkt_agree(of: Frame) -> None:
    found = ordinary(of.data, of.link)
    if found is None:
        return
    link = of.link if of.link != RAW else (IPV4 if of.data[0] >> 4 == 4 else IPV6)
    packet = DPKT[link](of.data)
    if link not in (IPV4, IPV6):
        packet = packet.data
    datagram = packet.data
    assert isinstance(datagram, dpkt.udp.UDP)
    src, dst, sport, dport, start, stop = found
    assert (src, dst) == (packet.src, packet.dst)
    assert (sport, dport) == (datagram.sport, datagram.dport)
    assert of.data[start:stop] == datagram.data[: datagram.ulen - 8]


@pytest.mark.parametrize(
    ("data", "link"),
    [
        (ethernet(ip4(udp(options()))), ETHERNET),
        (ethernet(ip6(udp(options())), 0x86DD), ETHERNET),
        (SLL_HEAD + b"\x08\x00" + ip4(udp(options())), SLL),
        (b"\x08\x00" + SLL2_HEAD + ip4(udp(options())), SLL2),
        (ip4(udp(options())), RAW),
        (ip6(udp(options())), RAW),
        (ip4(udp(options())), IPV4),
        (ip6(udp(options())), IPV6),
    ],
)
def test_ordinary_frames_take_the_short_cut(data: bytes, link: int) -> None:
    assert ordinary(data, link) is not None
