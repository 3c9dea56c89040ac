"""What do scanners and crackers send?

Each scene writes requests in the structure that the named program is known for. Nothing here is a
recording: numbers come from the stage's random source.
"""

from __future__ import annotations

import ipaddress

from tools.demo.messages import PBX, answer, challenge, letters, sip
from tools.demo.wire import SENSOR, SENSOR6, Stage


def vicious_tag(stage: Stage, payload: str) -> str:
    """Return a From tag as SIPVicious writes it: the payload, 0x01 and a random number, in hex."""
    return f"{payload}\x01{stage.random.getrandbits(32)}".encode().hex()


def target_tag(stage: Stage, host: str = SENSOR, port: int = 5060) -> str:
    """Return svmap's From tag, which carries the address that was aimed at."""
    return vicious_tag(
        stage, "".join(f"{int(part):02x}" for part in host.split(".")) + f"{port:04x}"
    )


def via(stage: Stage, host: str, port: int) -> str:
    """Return SIPVicious' Via: a hyphen and a decimal number behind the cookie, rport last."""
    return f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK-{stage.random.getrandbits(32)};rport"


def svmap(
    stage: Stage,
    at: float,
    src: tuple[str, int],
    agent: str = "friendly-scanner",
    name: str = "sipvicious",
) -> None:
    """Ask once for options, in the order of fields of the Python 3 builds."""
    host, port = src
    stage.udp(
        at,
        src,
        PBX,
        sip(
            f"OPTIONS sip:100@{SENSOR} SIP/2.0",
            via(stage, host, port),
            "Max-Forwards: 70",
            f'To: "{name}"<sip:100@1.1.1.1>',
            f'From: "{name}"<sip:100@1.1.1.1>;tag={target_tag(stage)}',
            f"User-Agent: {agent}",
            f"Call-ID: {stage.random.getrandbits(80)}",
            f"Contact: sip:100@{host}:{port}",
            "CSeq: 1 OPTIONS",
            "Accept: application/sdp",
            "Content-Length: 0",
        ),
    )


def first_request(stage: Stage, at: float) -> None:
    """Ask for options as a Python 2 build that calls itself PBX does: 390 bytes, no body."""
    host, port = "198.51.100.37", 61594
    tag = "".join(f"{int(part):02x}" for part in SENSOR.split(".")) + "13c4" + "\x01890475479"
    stage.udp(
        at,
        (host, port),
        PBX,
        sip(
            f"OPTIONS sip:100@{SENSOR} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK-1581053078;rport",
            "Content-Length: 0",
            f'From: "AmooT"<sip:100@1.1.1.1>;tag={tag.encode().hex()}',
            "Accept: application/sdp",
            "User-Agent: PBX",
            'To: "AmooT"<sip:100@1.1.1.1>',
            f"Contact: sip:100@{host}:{port}",
            "CSeq: 1 OPTIONS",
            "Call-ID: 566786674785161288795175",
            "Max-Forwards: 70",
        ),
    )


def svwar(stage: Stage, at: float, src: tuple[str, int], users: range) -> None:
    """Try one extension after the other; the exchange knows every tenth."""
    for number, user in enumerate([str(stage.random.getrandbits(31)), *map(str, users)]):
        request = sip(
            f"REGISTER sip:{SENSOR} SIP/2.0",
            via(stage, *src),
            "Max-Forwards: 70",
            f'To: "{user}"<sip:{user}@{SENSOR}>',
            f'From: "{user}"<sip:{user}@{SENSOR}>;tag={vicious_tag(stage, user)}',
            "User-Agent: friendly-scanner",
            f"Call-ID: {stage.random.getrandbits(32)}",
            f"Contact: sip:{user}@{SENSOR}",
            "CSeq: 1 REGISTER",
            "Accept: application/sdp",
            "Content-Length: 0",
        )
        moment = at + 0.19 * number + stage.random.random() * 0.02
        stage.udp(moment, src, PBX, request)
        if user.endswith("0") and number:
            answer(stage, moment + 0.004, src, request, "401 Unauthorized", challenge(stage)[1])
        else:
            answer(stage, moment + 0.004, src, request, "404 Not Found")


def svcrack(stage: Stage, at: float, src: tuple[str, int], user: str, words: list[str]) -> None:
    """Try one password after the other against one user; each gets a new challenge."""
    nonce = ""
    call = stage.random.getrandbits(32)
    for number, word in enumerate(["", *words]):
        tag = vicious_tag(stage, f"{user}:{word}") if word else "3206210844"
        fields = [
            via(stage, *src),
            "Max-Forwards: 70",
            f'To: "{user}" <sip:{user}@{SENSOR}>',
            f'From: "{user}" <sip:{user}@{SENSOR}>;tag={tag}',
            "User-Agent: friendly-scanner",
            f"Call-ID: {call}",
            f"Contact: sip:{user}@{SENSOR}",
            f"CSeq: {2 if word else 1} REGISTER",
            "Accept: application/sdp",
            "Content-Length: 0",
        ]
        if word:
            fields.append(
                f'Authorization: Digest username="{user}",realm="pbx.example",nonce="{nonce}",'
                f'uri="sip:{SENSOR}",algorithm=MD5,qop=auth,'
                f'response="{stage.random.getrandbits(128):032x}"'
            )
        request = sip(f"REGISTER sip:{SENSOR} SIP/2.0", *fields)
        moment = at + 0.24 * number
        stage.udp(moment, src, PBX, request)
        nonce, field = challenge(stage)
        answer(stage, moment + 0.005, src, request, "401 Unauthorized", field)


def sippts(
    stage: Stage, at: float, host: str, method: str, user: str, password: bool = False
) -> None:
    """Send one request as sippts 4 does: a private address in Via and Contact, a new port."""
    port = stage.random.randrange(32768, 60999)
    lines = [
        f"Via: SIP/2.0/UDP 10.0.0.1:{port};branch={letters(stage, 71)};rport",
        f"From:  <sip:{user}@{SENSOR}>;tag={stage.random.getrandbits(32):08x}",
        f"To:  <sip:{user}@{SENSOR}>",
        f"Contact: <sip:{user}@10.0.0.1:{port};transport=UDP>;expires=120",
        f"Call-ID: {stage.random.getrandbits(128):032x}",
        f"CSeq: 1 {method}",
        "Max-Forwards: 70",
        "User-Agent: pplsip",
        "Allow: INVITE, REGISTER, ACK, CANCEL, BYE, NOTIFY, REFER, OPTIONS, INFO, SUBSCRIBE, "
        "UPDATE, PRACK, MESSAGE",
        "Content-Length: 0",
    ]
    if password:
        lines.insert(
            5,
            f'Authorization: Digest username="{user}",realm="pbx.example",'
            f'nonce="{stage.random.getrandbits(64):016x}",uri="sip:{SENSOR}",'
            f'response="{stage.random.getrandbits(128):032x}",algorithm=MD5',
        )
    if method == "REGISTER":
        lines.insert(-1, "Expires: 120")
    uri = f"sip:{SENSOR}" if method == "REGISTER" else f"sip:{user}@{SENSOR}"
    stage.udp(at, (host, port), PBX, sip(f"{method} {uri} SIP/2.0", *lines))


def nmap(stage: Stage, at: float, host: str) -> None:
    """Probe for the version by UDP, after an empty datagram."""
    src = (host, stage.random.randrange(33000, 60000))
    stage.udp(at, src, PBX, b"")
    stage.udp(at + 1, src, PBX, nmap_options(";rport"))


def nmap_options(rport: str = "") -> bytes:
    """Return nmap's version probe; over TCP it has no rport."""
    return sip(
        "OPTIONS sip:nm SIP/2.0",
        f"Via: SIP/2.0/{'UDP' if rport else 'TCP'} nm;branch=foo{rport}",
        "From: <sip:nm@nm>;tag=root",
        "To: <sip:nm2@nm2>",
        "Call-ID: 50000",
        "CSeq: 42 OPTIONS",
        "Max-Forwards: 70",
        "Content-Length: 0",
        "Contact: <sip:nm@nm>",
        "Accept: application/sdp",
    )


def masscan(stage: Stage, at: float, host: str) -> None:
    """Ask carol of chicago.com, without the empty line that ends a head."""
    request = sip(
        "OPTIONS sip:carol@chicago.com SIP/2.0",
        "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877",
        "Max-Forwards: 70",
        "To: <sip:carol@chicago.com>",
        "From: Alice <sip:alice@atlanta.com>;tag=1928301774",
        "Call-ID: a84b4c76e66710",
        "CSeq: 63104 OPTIONS",
        "Contact: <sip:alice@pc33.atlanta.com>",
        "Accept: application/sdp",
        "Content-Length: 0",
    )
    stage.udp(at, (host, stage.random.randrange(40000, 60000)), PBX, request[:-2])


def zmap(stage: Stage, at: float, host: str) -> None:
    """Ask for options with random letters everywhere."""
    alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    user, agent = letters(stage, 8, alphabet), letters(stage, 8, alphabet)
    port = stage.random.randrange(32768, 60999)
    request = sip(
        f"OPTIONS sip:{user}@{SENSOR} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};branch={letters(stage, 6, alphabet)}."
        f"{stage.random.randrange(10**9, 10**10)};rport;alias",
        f"From: sip:{user}@{host}:{port};tag={stage.random.randrange(10**7, 10**8)}",
        f"To: sip:{user}@{SENSOR}",
        f"Call-ID: {stage.random.randrange(10**9, 10**10)}@{host}",
        "CSeq: 1 OPTIONS",
        f"Contact: sip:{user}@{host}:{port}",
        "Content-Length: 0",
        "Max-Forwards: 20",
        f"User-Agent: {agent}",
        "Accept: text/plain",
    )
    stage.udp(at, (host, port), PBX, request)


def sipsak(stage: Stage, at: float, host: str) -> None:
    """Ask for options and, as nobody answers, again."""
    port = stage.random.randrange(32768, 60999)
    request = sip(
        f"OPTIONS sip:100@{SENSOR}:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK."
        f"{stage.random.getrandbits(32):08x};rport;alias",
        f"From: sip:sipsak@{host}:{port};tag={stage.random.getrandbits(32):x}",
        f"To: sip:100@{SENSOR}:5060",
        f"Call-ID: {stage.random.getrandbits(30)}@{host}",
        "CSeq: 1 OPTIONS",
        f"Contact: sip:sipsak@{host}:{port}",
        "Content-Length: 0",
        "Max-Forwards: 70",
        "User-Agent: sipsak 0.9.8.1",
        "Accept: text/plain",
    )
    for late in (0, 0.5, 1.5, 3.5):
        stage.udp(at + late, (host, port), PBX, request)


def survey(stage: Stage, at: float, host: str) -> None:
    """Send the seven bytes of an amplification survey."""
    stage.udp(at, (host, stage.random.randrange(40000, 60000)), PBX, b"OPTIONS")


def voip(stage: Stage, at: float, host: str, user: str) -> None:
    """Register as the scanner that calls itself VOIP and imitates reSIProcate's branch."""
    port = 5060 + stage.random.randrange(40)
    number = stage.random.randrange(10**8, 10**9)
    request = sip(
        f"REGISTER sip:{SENSOR} SIP/2.0",
        f"To: <sip:{user}@{SENSOR}>",
        f"From: <sip:{user}@{SENSOR}>;tag={number}",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK-d87543-{number}-1--d87543-;rport",
        f"Call-ID: {number + 1}",
        "CSeq: 1 REGISTER",
        f"Contact: <sip:{user}@{host}:{port}>",
        "Expires: 3600",
        "Max-Forwards: 70",
        "User-Agent: VOIP",
        "Content-Length: 0",
    )
    stage.udp(at, (host, port), PBX, request)


def over_six(stage: Stage, at: float, host: str, user: str) -> None:
    """Ask for options over IPv6."""
    src = (host, stage.random.randrange(20000, 60000))
    request = sip(
        f"OPTIONS sip:{user}@[{SENSOR6}] SIP/2.0",
        f"Via: SIP/2.0/UDP [{host}]:{src[1]};branch=z9hG4bK-{stage.random.getrandbits(32)};rport",
        "Max-Forwards: 70",
        f'To: "sipvicious"<sip:{user}@[{SENSOR6}]>',
        f'From: "sipvicious"<sip:{user}@[{SENSOR6}]>;tag='
        + vicious_tag(stage, f"{int(ipaddress.ip_address(SENSOR6)):032x}13c4"),
        "User-Agent: friendly-scanner",
        f"Call-ID: {stage.random.getrandbits(80)}",
        f"Contact: sip:{user}@[{host}]:{src[1]}",
        "CSeq: 1 OPTIONS",
        "Accept: application/sdp",
        "Content-Length: 0",
    )
    stage.udp(at, src, (SENSOR6, 5060), request)
