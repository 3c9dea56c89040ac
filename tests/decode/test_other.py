"""What is no SIP has a name that says what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from siptui.decode.other import name
from siptui.decode.sip import skim
from siptui.record import Record

STUN = bytes.fromhex("000100002112a442") + bytes(12)
DNS = bytes.fromhex("1234010000010000000000000377777707") + b"example\x03com\0\0\1\0\1"
RTP = b"\x80\x00" + bytes(10) + bytes(160)

NAMES = {
    "empty": b"",
    "keep-alive": b"\r\n\r\n",
    "stun": STUN,
    "tls": bytes.fromhex("160301020001"),
    "dtls": bytes.fromhex("16feff0000000000000000000a"),
    "rdp": bytes.fromhex("0300002b26e00000000000") + b"Cookie: mstshash=x\r\n",
    "h323": bytes.fromhex("0300002308020000"),
    "http": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "rtsp": b"OPTIONS / RTSP/1.0\r\n\r\n",
    "dns": DNS,
    "netbios": bytes.fromhex("80f000100001000000000000") + b"\x20CK" + b"A" * 30 + b"\0\0\x21\0\1",
    "snmp": bytes.fromhex("300a020100040370756202 00".replace(" ", "")) + b"",
    "ntp": b"\x1b" + bytes(47),
    "rpc": bytes.fromhex("72fe1d130000000000000002000186a000000002000000040000000000000000"),
    "ldap": bytes.fromhex("300c020101600702010304008000"),
    "memcached": bytes.fromhex("0001000000010000") + b"stats\r\n",
    "coap": bytes.fromhex("400101cebb2e77656c6c2d6b6e6f776e04636f7265"),
    "ssdp": b"M-SEARCH * HTTP/1.1\r\nST: ssdp:all\r\n\r\n",
    "ike": b"\2" * 8 + bytes(8) + bytes.fromhex("2120220800000000") + (28).to_bytes(4, "big"),
    "l2tp": bytes.fromhex("c802000c0000000000000000"),
    "quic": bytes.fromhex("c00000000108") + bytes(20),
    "smb": b"\0\0\0\x10\xffSMBr" + bytes(10),
    "mgcp": b"AUEP 1200 *@x MGCP 1.0\r\n\r\n",
    "iax2": bytes.fromhex("800100000000000000000601"),
    "rtp": RTP,
    "rtcp": bytes.fromhex("80c80006") + bytes(24),
    "ssh": b"SSH-2.0-x\r\n",
    "continuation": b"To: <sip:a@h>\r\nVia: SIP/2.0/UDP h\r\n",
    "text": b"hello",
    "binary": b"\xde\xad\xbe\xef",
}


@pytest.mark.parametrize("kind", NAMES)
def test_each_protocol_is_named(kind: str) -> None:
    assert name(NAMES[kind], "udp", 40000, 5060) == kind


@pytest.mark.parametrize("data", [b"\0", b"\0\0\0\0", b"\r\n", b"     ", b"jaK\0"])
def test_what_phones_send_to_keep_a_way_open_is_named(data: bytes) -> None:
    assert name(data, "udp", 5060, 5060) == "keep-alive"


PROBES = {
    "RAW-1": "empty", "RAW-2": "dns", "RAW-4": "netbios", "RAW-5": "ldap", "RAW-7": "ntp",
    "RAW-8": "snmp", "RAW-9": "snmp", "RAW-12": "dns", "RAW-15": "game", "RAW-23": "memcached",
    "RAW-33": "coap", "RAW-34": "dtls", "F-1": "rpc", "r-1": "rpc", "help-1": "text",
    "j-1": "kerberos", "OPTIONS-1": "sip", "RAW-13": "binary", "AMSNIFF-1": "text",
}  # fmt: skip


@pytest.mark.parametrize("probe", PROBES)
def test_the_probes_of_a_version_scan_are_named(shared: Path, probe: str) -> None:
    data = (shared / "tool-payloads" / f"nmap793-sUV-all-{probe}.bin").read_bytes()
    record = Record(0, "192.0.2.1", 40000, "198.51.100.1", 5060, "udp", "", data, ())
    skim(record)
    assert record.kind == PROBES[probe]


def test_no_other_probe_of_it_is_taken_for_sip(shared: Path) -> None:
    for path in (shared / "tool-payloads").glob("nmap793-sUV-all-*.bin"):
        record = Record(0, "192.0.2.1", 1, "198.51.100.1", 5060, "udp", "", path.read_bytes(), ())
        skim(record)
        assert (record.kind == "sip") == ("OPTIONS" in path.name)
