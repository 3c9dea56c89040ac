"""Masked messages and frames give nobody away, keep their length, and are still sound."""

from __future__ import annotations

import ipaddress
import re
import socket
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.mask import MOST_ADDRESSES, Mask
from siptui.mask.words import hide, is_telling_tag
from tests.masking import MASKED, MESSAGE


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
