"""What does honest traffic look like between all that?"""

from __future__ import annotations

from tools.demo.messages import PBX, answer, challenge, sdp, sip
from tools.demo.wire import SENSOR, SENSOR6, Stage

PHONES = (
    ("2001", "Reception", ("192.0.2.11", 5060), "Yealink SIP-T46U 108.86.0.45"),
    ("2002", "Workshop", ("192.0.2.12", 5060), "snomD785/10.1.175.16"),
    ("2003", "J. Berger", ("192.0.2.13", 5062), "Grandstream GXP2170 1.0.11.64"),
    ("2004", "M. Yilmaz", ("192.0.2.14", 61022), "Linphone-Desktop/5.2.4 (LinphoneCore/5.3.47)"),
    ("2005", "Mobile", ("192.0.2.77", 40112), "Zoiper v2.10.20.5"),
)


def _branch(stage: Stage) -> str:
    return f"z9hG4bK{stage.random.getrandbits(64):016x}"


def register(stage: Stage, at: float, phone: int) -> None:
    """Register a phone: refused without a digest, taken with it."""
    user, name, src, agent = PHONES[phone]
    call = f"{stage.random.getrandbits(64):016x}@{src[0]}"
    tag = f"{stage.random.getrandbits(32):08x}"
    nonce, asked = challenge(stage)
    digest = (
        f'Authorization: Digest username="{user}", realm="pbx.example", nonce="{nonce}", '
        f'uri="sip:pbx.example", response="{stage.random.getrandbits(128):032x}", algorithm=MD5'
    )
    contact = f"Contact: <sip:{user}@{src[0]}:{src[1]}>;expires=120"
    for number, (status, *more) in enumerate(
        (("401 Unauthorized", asked), ("200 OK", contact, "Expires: 120")), start=1
    ):
        fields = [
            f"Via: SIP/2.0/UDP {src[0]}:{src[1]};branch={_branch(stage)};rport",
            f'From: "{name}" <sip:{user}@pbx.example>;tag={tag}',
            f'To: "{name}" <sip:{user}@pbx.example>',
            f"Call-ID: {call}",
            f"CSeq: {number} REGISTER",
            contact,
            "Max-Forwards: 70",
            f"User-Agent: {agent}",
            "Supported: path, gruu, outbound",
            "Content-Length: 0",
        ]
        if number == 2:
            fields.insert(-1, digest)
        request = sip("REGISTER sip:pbx.example SIP/2.0", *fields)
        stage.udp(at + 0.06 * number, src, PBX, request)
        answer(stage, at + 0.06 * number + 0.003, src, request, status, *more)


def keep_alive(stage: Stage, at: float, phone: int) -> None:
    """Keep a hole in the NAT open (RFC 5626 section 3.5.1 means streams; many do it by UDP)."""
    stage.udp(at, PHONES[phone][2], PBX, b"\r\n\r\n")


def qualify(stage: Stage, at: float, phone: int) -> None:
    """Let the exchange ask whether a phone is still there."""
    user, _, phone_address, agent = PHONES[phone]
    branch, tag = _branch(stage), f"as{stage.random.getrandbits(32):08x}"
    common = (
        f"From: <sip:pbx@{SENSOR}>;tag={tag}",
        f"To: <sip:{user}@{phone_address[0]}:{phone_address[1]}>",
        f"Call-ID: {stage.random.getrandbits(128):032x}@{SENSOR}:5060",
        "CSeq: 102 OPTIONS",
    )
    via = f"Via: SIP/2.0/UDP {SENSOR}:5060;branch={branch};rport"
    request = sip(
        f"OPTIONS sip:{user}@{phone_address[0]}:{phone_address[1]} SIP/2.0", via, *common,
        f"Contact: <sip:pbx@{SENSOR}:5060>", "Max-Forwards: 70", "User-Agent: Example PBX 20.1",
        "Content-Length: 0",
    )  # fmt: skip
    stage.udp(at, PBX, phone_address, request)
    reply = sip(
        "SIP/2.0 200 OK", via + "=5060", common[0], f"{common[1]};tag={user}", *common[2:],
        f"User-Agent: {agent}", "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY",
        "Content-Length: 0",
    )  # fmt: skip
    stage.udp(at + 0.021, phone_address, PBX, reply)


def call(stage: Stage, at: float, phone: int, dialled: str, talk: float) -> None:
    """Hold a call from a phone through the exchange: INVITE to BYE, with session descriptions."""
    user, name, src, agent = PHONES[phone]
    call_id = f"{stage.random.getrandbits(96):024x}"
    tag, to_tag = f"{stage.random.getrandbits(32):08x}", f"as{stage.random.getrandbits(32):08x}"

    def request(method: str, number: int, answered: bool, body: str = "") -> bytes:
        end = f";tag={to_tag}" if answered else ""
        typed = ("Content-Type: application/sdp",) if body else ()
        return sip(
            f"{method} sip:{dialled}@pbx.example SIP/2.0",
            f"Via: SIP/2.0/UDP {src[0]}:{src[1]};branch={_branch(stage)};rport",
            f'From: "{name}" <sip:{user}@pbx.example>;tag={tag}',
            f"To: <sip:{dialled}@pbx.example>{end}",
            f"Call-ID: {call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{user}@{src[0]}:{src[1]}>",
            "Max-Forwards: 70",
            f"User-Agent: {agent}",
            "Supported: replaces, 100rel, timer",
            *typed,
            f"Content-Length: {len(body)}",
            body=body,
        )

    codecs = ("a=rtpmap:9 G722/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
              "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=ptime:20",
              "a=sendrecv")  # fmt: skip
    offer = request("INVITE", 1, False, sdp(user, src[0], "-", 11780, "9 8 0 101", *codecs))
    stage.udp(at, src, PBX, offer)
    lines = offer.decode("latin-1").split("\r\n")
    kept = [each for each in lines if each.split(":")[0] in {"Via", "From", "Call-ID", "CSeq"}]

    def reply(
        late: float, status: str, kept: list[str], body: str = "", tagged: bool = True
    ) -> None:
        end = f";tag={to_tag}" if tagged else ""
        typed = ("Content-Type: application/sdp",) if body else ()
        message = sip(
            f"SIP/2.0 {status}", *kept, f"To: <sip:{dialled}@pbx.example>{end}",
            f"Contact: <sip:{dialled}@{SENSOR}:5060>", "Server: Example PBX 20.1", *typed,
            f"Content-Length: {len(body)}", body=body,
        )  # fmt: skip
        stage.udp(at + late, PBX, src, message)

    reply(0.004, "100 Trying", kept, tagged=False)
    reply(0.4, "180 Ringing", kept)
    reply(4.2, "200 OK", kept, sdp("pbx", SENSOR, "Example PBX", 16384, "8 101", *codecs[1:2],
          *codecs[3:]))  # fmt: skip
    stage.udp(at + 4.24, src, PBX, request("ACK", 1, True))
    bye = request("BYE", 2, True)
    stage.udp(at + 4.2 + talk, src, PBX, bye)
    last = [
        each
        for each in bye.decode("latin-1").split("\r\n")
        if each.split(":")[0] in {"Via", "From", "Call-ID", "CSeq"}
    ]
    reply(4.2 + talk + 0.005, "200 OK", last)


def trunk_call(stage: Stage, at: float) -> None:
    """Take a call from the carrier, whose INVITE is too long for one frame."""
    carrier = ("192.0.2.40", 5060)
    history = [
        f"History-Info: <sip:+4940555010{n}@carrier.example?Reason=SIP%3Bcause%3D302>;index=1.{n}"
        for n in range(9)
    ]
    identity = stage.random.getrandbits(3200)
    body = sdp("-", "192.0.2.41", "carrier", 30110, "8 0 18 101", "a=rtpmap:8 PCMA/8000",
               "a=rtpmap:101 telephone-event/8000", "a=maxptime:40", "a=sendrecv")  # fmt: skip
    request = sip(
        "INVITE sip:+494055501000@pbx.example;user=phone SIP/2.0",
        f"Via: SIP/2.0/UDP {carrier[0]}:5060;branch={_branch(stage)}",
        "Record-Route: <sip:192.0.2.40;lr;ftag=c0ffee>",
        "From: <sip:+442079460991@carrier.example;user=phone>;tag=c0ffee",
        "To: <sip:+494055501000@pbx.example;user=phone>",
        f"Call-ID: {stage.random.getrandbits(96):024x}@carrier.example",
        "CSeq: 7 INVITE",
        "Contact: <sip:192.0.2.40:5060>",
        "Max-Forwards: 64",
        *history,
        f"Identity: {identity:x};info=<https://carrier.example/cert.pem>;alg=ES256;ppt=shaken",
        "Content-Type: application/sdp",
        f"Content-Length: {len(body)}",
        body=body,
    )
    stage.fragmented(at, carrier, PBX, request)
    answer(stage, at + 0.004, carrier, request, "100 Trying")
    answer(stage, at + 1.2, carrier, request, "486 Busy Here")


def register_by_tcp(stage: Stage, at: float) -> None:
    """Register a softphone over TCP and IPv6, two messages on one connection, cut anywhere."""
    src, pbx = ("2001:db8:1::2006", 51514), (SENSOR6, 5060)
    fields = (
        f"Via: SIP/2.0/TCP [{src[0]}]:{src[1]};branch={_branch(stage)};rport",
        "From: <sip:2006@pbx.example>;tag=6f2a",
        "To: <sip:2006@pbx.example>",
        "Call-ID: kX3tVn0Qy1@softphone",
    )
    contact = f"Contact: <sip:2006@[{src[0]}]:{src[1]};transport=tcp>;expires=600"
    agent = "User-Agent: baresip v3.14.0 (x86_64/Linux)"
    first = sip("REGISTER sip:pbx.example SIP/2.0", *fields, "CSeq: 1 REGISTER", contact,
                "Max-Forwards: 70", agent, "Content-Length: 0")  # fmt: skip
    ask = sip("OPTIONS sip:pbx.example SIP/2.0", fields[0] + "2", *fields[1:3],
              "Call-ID: u8GQ@softphone", "CSeq: 1 OPTIONS", contact, "Max-Forwards: 70", agent,
              "Content-Length: 0")  # fmt: skip
    taken = sip("SIP/2.0 200 OK", fields[0], fields[1], fields[2] + ";tag=as00c0de", fields[3],
                "CSeq: 1 REGISTER", contact, "Server: Example PBX 20.1",
                "Content-Length: 0")  # fmt: skip
    stage.tcp(at, src, pbx, (first + ask, taken), size=333)
