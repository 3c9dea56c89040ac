"""Make messages for the tests: well-formed ones, and what becomes of them when bytes change."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from siptui.decode.sip import skim
from siptui.record import Record

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

PLAIN = (
    b"OPTIONS sip:100@203.0.113.81 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 198.51.100.37:61594;branch=z9hG4bK-1581053078;rport\r\n"
    b'From: "ghost"<sip:100@192.0.2.9>;tag=31\r\n'
    b'To: "ghost"<sip:100@192.0.2.9>\r\n'
    b"Call-ID: 566786674785161288795175\r\n"
    b"CSeq: 1 OPTIONS\r\n"
    b"User-Agent: example\r\n"
    b"Max-Forwards: 70\r\n"
    b"Content-Length: 0\r\n\r\n"
)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\n"
)


def record(data: bytes, *, truncated: bool = False) -> Record:
    """Return the record that skimming makes of `data`."""
    made = Record(0, "192.0.2.1", 5060, "198.51.100.1", 5060, "udp", "", data, ())
    skim(made, truncated)
    return made


def seeds() -> list[bytes]:
    """Return real messages where they are present, and in any case some of our own."""
    found = [
        PLAIN,
        PLAIN.replace(b"Content-Length: 0\r\n\r\n", b"c: application/sdp\r\n\r\n" + SDP),
    ]
    if SHARED.is_dir():
        for pattern in ("rfc4475/*.dat", "rfc5118/*.dat", "tool-payloads/*.bin"):
            found += [path.read_bytes() for path in sorted(SHARED.glob(pattern))]
    return found


FIRST = st.sampled_from(
    [
        b"OPTIONS sip:100@192.0.2.1 SIP/2.0",
        b"INVITE sip:%2B1555@[2001:db8::1]:5070;transport=udp SIP/2.0",
        b"options 100 sip/2.0",
        b"INVITE  sip:a b@c SIP/2.0 ",
        b"REGISTER sip:example.com?x=y SIP/7.0",
        b"OPTIONS sip:a\x00b@c SIP/2.0",
        b"FOO <sip:a@b> SIP/2.0 junk",
        b"OPTIONS",
        b"INVITE sip:a@b",
        b"SIP/2.0 200 OK",
        b"SIP/2.0 99999999999 ",
        b"SIP/2.0 180",
        b"OPTIONS / RTSP/1.0",
        b"tel:1 SIP/2.0",
        b"",
    ]
)
NAMES = st.sampled_from(
    b"Via v From f To t Call-ID i CSeq cSEQ Contact m Max-Forwards Content-Length l Content-Type c "
    b"Expires Date Retry-After Warning Route Record-Route User-Agent Server Authorization Subject "
    b"X-Any Refer-To P-Asserted-Identity Via\t To\x01 C%6Fntact".split(b" ")
) | st.binary(max_size=6)
VALUES = st.sampled_from(
    [
        b" SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK77;rport",
        b" SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK",
        b"SIP / 2.0 / TCP [2001:db8::1] ; branch = z9hG4bK1 , SIP/2.0/UDP h;rport=1",
        b' "a, <b" <sip:a@b.example>;tag=1',
        b" <sip:100@192.0.2.1>;tag=1;tag=2",
        b" sip:a@b;tag=x",
        b" sip:a@b?x=y,z",
        b' "unclosed <sip:a@b>',
        b" Bell, Al <sip:a@b>",
        b' < sip:a@b >;x="',
        b" *",
        b" 1 OPTIONS",
        b"1 INVITE",
        b" 4294967296 OPTIONS",
        b" 70",
        b" 0",
        b" 5",
        b" -1",
        b" 99999999999999999999",
        b" application/sdp",
        b" multipart/mixed;boundary=b",
        b" text",
        b" Fri, 01 Jan 2010 16:00:00 GMT",
        b" Fri, 01 Jan 2010 16:00:00 EST",
        b' 301 host "text"',
        b" a@b",
        b" a b",
        b" caf\xc3\xa9",
        b" \xff",
        b" a\x00",
        b" a\rb",
        b" a\r\n b",
        b" a\r\n \r\n b",
        b"",
        b" " + b"x" * 1025,
    ]
) | st.binary(max_size=12)
ENDS = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b"\r\r\n"])
LINES = st.tuples(NAMES, st.sampled_from([b":"] * 8 + [b" :", b"", b"\t:"]), VALUES, ENDS)
BODIES = st.sampled_from(
    [
        b"",
        b"",
        b"\r\n",
        b"hello",
        SDP,
        b"m=audio\r\n",
        b"--b\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n\r\nx",
        PLAIN,
    ]
)


@st.composite
def composed(draw: st.DrawFn) -> bytes:
    """Make a message of parts that are right, odd or wrong."""
    lines = [b"".join(each) for each in draw(st.lists(LINES, max_size=14))]
    lead = draw(st.sampled_from([b""] * 6 + [b"\r\n", b"\n\n"]))
    blank = draw(st.sampled_from([b"\r\n"] * 6 + [b"", b"\n"]))
    return lead + draw(FIRST) + draw(ENDS) + b"".join(lines) + blank + draw(BODIES)


@st.composite
def almost(draw: st.DrawFn) -> bytes:
    """Make a well-formed message in which a few lines are replaced, doubled or left out."""
    head, _, body = PLAIN.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(1, max(1, len(lines) - 1)))
        change = draw(st.sampled_from(["value", "line", "double", "drop"]))
        if change == "value" and at < len(lines):
            lines[at] = lines[at].partition(b":")[0] + b":" + draw(VALUES)
        elif change == "line":
            lines.insert(at, b"".join(draw(LINES)[:3]))
        elif change == "double" and at < len(lines):
            lines.insert(at, lines[at])
        elif at < len(lines):
            del lines[at]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body + draw(BODIES)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """Make a real message in which some bytes are replaced, left out or put in, or that is cut."""
    data = bytearray(draw(st.sampled_from(_SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        size = draw(st.integers(0, 3))
        piece = draw(
            st.binary(max_size=3) | st.sampled_from([b"\r\n", b"\n", b":", b";", b" ", b'"'])
        )
        data[at : at + size] = piece
    if draw(st.booleans()):
        return bytes(data)
    return bytes(data[: draw(st.integers(0, len(data)))])


_SEEDS = seeds()

MESSAGES = composed() | almost() | mutated()
"""Messages of every kind; and bytes that are none."""
