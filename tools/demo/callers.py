"""What do those send who want to call on somebody else's bill?

Dialled numbers are from the ranges set aside for drama (Ofcom, PTS, ARCEP, 555-01xx).
"""

from __future__ import annotations

from tools.demo.messages import PBX, answer, sdp, sip
from tools.demo.wire import SENSOR, Stage

DRAMA_NUMBERS = ("442079460123", "46701740635", "33199000012", "12025550143")
EXIT_PREFIXES = (
    "", "+", "0", "00", "000", "0000", "9", "900", "9011", "011", "810", "9810", "500", "14500",
)  # fmt: skip


def toll_fraud(
    stage: Stage, at: float, host: str, dialled: str, user: str, step: float = 0.28
) -> None:
    """Dial one number as the bot with the SDP origin ``16264 18299`` does, twice."""
    port = stage.random.randrange(20000, 60999)
    body = sdp(
        user, "192.168.1.83", "call", 25282, "0 101",
        "a=rtpmap:0 pcmu/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-11",
        origin="16264 18299",
    )  # fmt: skip
    numbers = "-".join(str(stage.random.getrandbits(31)) for _ in range(3))
    request = sip(
        f"INVITE sip:{dialled}@{SENSOR} SIP/2.0",
        f"To: {dialled}<sip:{dialled}@{SENSOR}>",
        f"From: {user}<sip:{user}@{SENSOR}>;tag={stage.random.getrandbits(31)}",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{stage.random.getrandbits(31)}",
        f"Call-ID: {numbers}",
        "CSeq: 1 INVITE",
        f"Contact: <sip:{user}@{host}:{port}>",
        "Max-Forwards: 70",
        "Allow: INVITE, ACK, CANCEL, BYE",
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
        body=body,
    )
    stage.udp(at, (host, port), PBX, request)
    stage.udp(at + step, (host, port), PBX, request)
    answer(stage, at + step + 0.01, (host, port), request, "403 Forbidden")


def sipcli(stage: Stage, at: float, host: str, dialled: str) -> None:
    """Dial one number as sipcli does: To and From before Via, no quotes."""
    port = stage.random.randrange(5062, 5099)
    body = sdp("sipcli-Session", host, "sipcli", 14256, "18 0 8 101", "a=fmtp:101 0-15",
               "a=rtpmap:101 telephone-event/8000", origin="1297842347 1297842347")  # fmt: skip
    request = sip(
        f"INVITE sip:{dialled}@{SENSOR} SIP/2.0",
        f"To: {dialled}<sip:{dialled}@{SENSOR}>",
        f"From: 1<sip:1@{host}>;tag={stage.random.getrandbits(32):08x}",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK-{stage.random.getrandbits(128):032x};rport",
        f"Call-ID: {stage.random.getrandbits(128):032x}",
        "CSeq: 1 INVITE",
        f"Contact: <sip:1@{host}:{port}>",
        "Max-Forwards: 70",
        "Allow: INVITE, ACK, CANCEL, BYE",
        "User-Agent: sipcli/v1.8",
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
        body=body,
    )
    stage.udp(at, (host, port), PBX, request)


def to_private(stage: Stage, at: float, src: tuple[str, int], inside: str) -> None:
    """Ask the exchange to connect to an address behind it."""
    request = sip(
        f"INVITE sip:1000@{inside}:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP {src[0]}:{src[1]};"
        f"branch=z9hG4bK{stage.random.getrandbits(64):016x};rport",
        f"Route: <sip:{inside};lr>",
        f"From: <sip:relay@{src[0]}>;tag={stage.random.getrandbits(40):x}",
        f"To: <sip:1000@{inside}>",
        f"Call-ID: {stage.random.getrandbits(64):016x}@{src[0]}",
        "CSeq: 1 INVITE",
        f"Contact: <sip:relay@{src[0]}:{src[1]}>",
        "Max-Forwards: 70",
        "User-Agent: MizuPhone",
        "Content-Length: 0",
    )
    stage.udp(at, src, PBX, request)
