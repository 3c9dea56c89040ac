"""Requests as scanners write them, with their random parts drawn anew."""

from __future__ import annotations

import random

PYTHON_3 = ("Via", "Max-Forwards", "To", "From", "User-Agent", "Call-ID", "Contact", "CSeq",
            "Accept", "Content-Length", "Authorization")  # fmt: skip
PYTHON_2 = ("Via", "Content-Length", "From", "Accept", "User-Agent", "To", "Contact", "CSeq",
            "Call-ID", "Max-Forwards", "Authorization")  # fmt: skip
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def written(start: str, fields: dict[str, str], order: tuple[str, ...]) -> bytes:
    lines = [start, *(f"{name}: {fields[name]}" for name in order if name in fields)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def tag(payload: str, rng: random.Random) -> str:
    return f"{payload}\x01{rng.getrandbits(32)}".encode().hex()


def svmap(
    rng: random.Random, order: tuple[str, ...] = PYTHON_3, *, ua: str = "friendly-scanner",
    name: str = "sipvicious", sender: str = "100@1.1.1.1", method: str = "OPTIONS",
    target: str = "198.51.100.7",
) -> bytes:  # fmt: skip
    carried = "".join(f"{int(part):02x}" for part in target.split(".")) + "13c4"
    return written(f"{method} sip:100@{target} SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-{rng.getrandbits(32)};rport",
        "Max-Forwards": "70", "To": f'"{name}"<sip:{sender}>',
        "From": f'"{name}"<sip:{sender}>;tag={tag(carried, rng)}', "User-Agent": ua,
        "Call-ID": str(rng.getrandbits(80)), "Contact": "sip:100@192.0.2.9:5060",
        "CSeq": f"1 {method}", "Accept": "application/sdp", "Content-Length": "0",
    }, order)  # fmt: skip


def svwar(
    rng: random.Random, order: tuple[str, ...] = PYTHON_3, *, ua: str = "friendly-scanner",
    extension: str = "", method: str = "REGISTER", target: str = "198.51.100.7",
) -> bytes:  # fmt: skip
    who = extension or str(rng.randrange(100, 9999))
    return written(f"{method} sip:{target} SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-{rng.getrandbits(32)};rport",
        "Max-Forwards": "70", "To": f'"{who}"<sip:{who}@{target}>',
        "From": f'"{who}"<sip:{who}@{target}>;tag={tag(who, rng)}', "User-Agent": ua,
        "Call-ID": str(rng.getrandbits(32)), "Contact": f"sip:{who}@{target}",
        "CSeq": f"1 {method}", "Accept": "application/sdp", "Content-Length": "0",
    }, order)  # fmt: skip


def svcrack(
    rng: random.Random, order: tuple[str, ...] = PYTHON_3, *, ua: str = "friendly-scanner",
    user: str = "100", password: str = "", target: str = "198.51.100.7",
) -> bytes:  # fmt: skip
    fields = {
        "Via": f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-{rng.getrandbits(32)};rport",
        "Max-Forwards": "70", "To": f'"{user}" <sip:{user}@{target}>',
        "From": f'"{user}" <sip:{user}@{target}>;tag=3206210844', "User-Agent": ua,
        "Call-ID": str(rng.getrandbits(32)), "Contact": f"sip:{user}@{target}",
        "CSeq": "1 REGISTER", "Accept": "application/sdp", "Content-Length": "0",
    }  # fmt: skip
    if password:
        carried = tag(f"{user}:{password}", rng)
        fields["From"] = f'"{user}" <sip:{user}@{target}>;tag={carried}'
        fields["CSeq"] = "2 REGISTER"
        fields["Authorization"] = (
            f'Digest username="{user}",realm="asterisk",nonce="a{rng.getrandbits(32)}",'
            f'uri="sip:{target}",algorithm=MD5,qop=auth,response="{rng.getrandbits(128):032x}"'
        )
    return written(f"REGISTER sip:{target} SIP/2.0", fields, order)


def sippts(
    rng: random.Random, method: str = "OPTIONS", *, ua: str = "pplsip", user: str = "100",
    target: str = "198.51.100.7",
) -> bytes:  # fmt: skip
    port = rng.randrange(30000, 60000)
    branch = "".join(rng.choice(_ALPHABET) for _ in range(71))
    return written(f"{method} sip:{user}@{target} SIP/2.0", {
        "Via": f"SIP/2.0/UDP 10.0.0.1:{port};branch={branch};rport",
        "From": f" <sip:{user}@{target}>;tag={rng.getrandbits(32):08x}",
        "To": f" <sip:{user}@{target}>",
        "Contact": f"<sip:{user}@10.0.0.1:{port};transport=UDP>;expires=120",
        "Call-ID": f"{rng.getrandbits(128):032x}", "CSeq": f"1 {method}", "Max-Forwards": "70",
        "User-Agent": ua,
        "Allow": "INVITE, REGISTER, ACK, CANCEL, BYE, NOTIFY, REFER, OPTIONS, INFO, SUBSCRIBE, "
                 "UPDATE, PRACK, MESSAGE",
        "Content-Length": "0",
    }, ("Via", "From", "To", "Contact", "Call-ID", "CSeq", "Max-Forwards", "User-Agent", "Allow",
        "Content-Length"))  # fmt: skip


def sipsak(rng: random.Random, *, ua: str = "sipsak 0.9.8.1") -> bytes:
    port = rng.randrange(30000, 60000)
    return written("OPTIONS sip:100@198.51.100.7 SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:{port};branch=z9hG4bK.{rng.getrandbits(32):08x};rport;alias",
        "From": f"sip:sipsak@192.0.2.9:{port};tag={rng.getrandbits(32):x}",
        "To": "sip:100@198.51.100.7", "Call-ID": f"{rng.getrandbits(31)}@192.0.2.9",
        "CSeq": "1 OPTIONS", "Contact": f"sip:sipsak@192.0.2.9:{port}", "Content-Length": "0",
        "Max-Forwards": "70", "User-Agent": ua, "Accept": "text/plain",
    }, ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length", "Max-Forwards",
        "User-Agent", "Accept"))  # fmt: skip


def sipp(rng: random.Random, call: int = 1, *, ua: str = "") -> bytes:
    process = 8672
    fields = {
        "Via": f"SIP/2.0/UDP 192.0.2.9:25070;branch=z9hG4bK-{process}-{call}-0",
        "From": f"sipp <sip:sipp@192.0.2.9:25070>;tag={process}SIPpTag00{call}",
        "To": "service <sip:service@198.51.100.7:5060>", "Call-ID": f"{call}-{process}@192.0.2.9",
        "CSeq": "1 INVITE", "Contact": "sip:sipp@192.0.2.9:25070", "Max-Forwards": "70",
        "Subject": "Performance Test", "Content-Length": "0",
    }  # fmt: skip
    order = tuple(fields)
    return written("INVITE sip:service@198.51.100.7:5060 SIP/2.0", fields, order)


def metasploit(rng: random.Random) -> bytes:
    user = "".join(rng.choice(_ALPHABET) for _ in range(rng.randrange(1, 9)))
    return written("OPTIONS sip:nobody@198.51.100.7 SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK.{rng.getrandbits(32):08x};rport;alias",
        "From": f"sip:{user}@192.0.2.9:5060;tag=70c00e8c", "To": "sip:nobody@198.51.100.7",
        "Call-ID": f"{rng.getrandbits(32)}@192.0.2.9", "CSeq": "1 OPTIONS",
        "Contact": f" sip:{user}@192.0.2.9:5060", "Max-Forwards": "20", "User-Agent": user,
        "Accept": "text/plain", "Content-Length": "0",
    }, ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "User-Agent", "Accept",
        "Content-Length"))  # fmt: skip


def zmap(rng: random.Random) -> bytes:
    def letters(count: int) -> str:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyzABCDEFGH") for _ in range(count))

    digits = f"{rng.randrange(10**10):010}"
    return written(f"OPTIONS sip:{letters(8)}@198.51.100.7 SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:40000;branch={letters(6)}.{digits};rport;alias",
        "From": f"sip:{letters(8)}@192.0.2.9:40000;tag={digits[:8]}",
        "To": f"sip:{letters(8)}@198.51.100.7", "Call-ID": f"{digits[::-1]}@192.0.2.9",
        "CSeq": "1 OPTIONS", "Contact": f"sip:{letters(8)}@192.0.2.9:40000", "Content-Length": "0",
        "Max-Forwards": "20", "User-Agent": letters(8), "Accept": "text/plain",
    }, ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Length", "Max-Forwards",
        "User-Agent", "Accept"))  # fmt: skip


def nse(rng: random.Random, method: str = "OPTIONS", *, ua: str = "Nmap NSE") -> bytes:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

    def draw(count: int) -> str:
        return "".join(rng.choice(letters) for _ in range(count))

    me = '"Nmap NSE" <sip:user@198.51.100.7>'
    return written(f"{method} sip:198.51.100.7 SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:41000;rport;branch=z9hG4bK{draw(25)}", "Max-Forwards": "70",
        "From": f"{me};tag={draw(20)}", "To": me, "Call-ID": draw(60), "CSeq": f"1234 {method}",
        "User-Agent": ua, "Contact": '"Nmap NSE" <sip:user@192.0.2.9:41000>',
        "Allow": "PRACK, INVITE ,ACK, BYE, CANCEL, UPDATE, SUBSCRIBE, NOTIFY, REFER, MESSAGE, "
                 "OPTIONS",
        "Content-Length": " 0",
    }, ("Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "User-Agent", "Contact", "Allow",
        "Content-Length"))  # fmt: skip


def bot_16264(rng: random.Random, *, ua: str = "") -> bytes:
    body = (
        "v=0\r\no=100 16264 18299 IN IP4 0.0.0.0\r\ns=call\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
        "m=audio 25282 RTP/AVP 0 101\r\na=rtpmap:0 pcmu/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\n"
    )
    numbers = "-".join(str(rng.randrange(10**8, 10**10)) for _ in range(3))
    fields = {
        "Via": f"SIP/2.0/UDP 0.0.0.0:5060;branch=z9hG4bK{rng.randrange(10**8, 10**10)}",
        "Max-Forwards": "70",
        "From": f"<sip:100@198.51.100.7>;tag={rng.randrange(10**8, 10**10)}",
        "To": "<sip:90046850780296@198.51.100.7>", "Contact": "<sip:100@192.0.2.9:5060>",
        "Call-ID": numbers, "CSeq": "1 INVITE",
    } | ({"User-Agent": ua} if ua else {})  # fmt: skip
    fields |= {"Content-Type": "application/sdp", "Content-Length": str(len(body))}
    start = "INVITE sip:90046850780296@198.51.100.7 SIP/2.0"
    return written(start, fields, tuple(fields)) + body.encode()


def viproy(rng: random.Random) -> bytes:
    def draw(count: int) -> str:
        return "".join(rng.choice(_ALPHABET.upper() + _ALPHABET) for _ in range(count))

    return written("OPTIONS sip:100@198.51.100.7 SIP/2.0", {
        "Via": f"SIP/2.0/UDP 192.0.2.9:5066;rport;branch=branch{draw(10)}", "Max-Forwards": "70",
        "From": f"<sip:100@198.51.100.7>;tag={draw(10)}", "To": "<sip:100@198.51.100.7>",
        "Call-ID": f"call{draw(30)}@192.0.2.9", "CSeq": "3452345 OPTIONS",
        "Contact": "<sip:100@192.0.2.9:5066>", "User-Agent": draw(8), "Content-Length": "0",
    }, ("Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "User-Agent",
        "Content-Length"))  # fmt: skip


NMAP = (
    b"OPTIONS sip:nm SIP/2.0\r\nVia: SIP/2.0/TCP nm;branch=foo\r\nFrom: <sip:nm@nm>;tag=root\r\n"
    b"To: <sip:nm2@nm2>\r\nCall-ID: 50000\r\nCSeq: 42 OPTIONS\r\nMax-Forwards: 70\r\n"
    b"Content-Length: 0\r\nContact: <sip:nm@nm>\r\nAccept: application/sdp\r\n\r\n"
)
MASSCAN = (
    b"OPTIONS sip:carol@chicago.com SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKhjhs8ass877\r\nMax-Forwards: 70\r\n"
    b"To: <sip:carol@chicago.com>\r\nFrom: Alice <sip:alice@atlanta.com>;tag=1928301774\r\n"
    b"Call-ID: a84b4c76e66710\r\nCSeq: 63104 OPTIONS\r\nContact: <sip:alice@pc33.atlanta.com>\r\n"
    b"Accept: application/sdp\r\nContent-Length: 0\r\n"
)
SUNDAYDDR = (
    b"OPTIONS sip:100@198.51.100.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.168.1.9:5060;"
    b'branch=zqwehwebK-2817362536;rport\r\nContent-Length: 0\r\nFrom: "sipsscuser"'
    b"<sip:199@192.168.1.9>;tag=6336333336333037313363340133323935363138303739\r\n"
    b'Accept: application/sdp\r\nUser-Agent: sundayddr\r\nTo: "sipssc"<sip:100@192.168.1.9>\r\n'
    b"Contact: sip:199@192.168.1.9:5060\r\nCSeq: 1 OPTIONS\r\nCall-ID: 397203465\r\n"
    b"Max-Forwards: 70\r\n\r\n"
)
ASTERISK_PBX_BOT = (
    b"REGISTER sip:100@198.51.100.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;"
    b"branch=88y8n2p4U3;rport\r\nContent-Length: 0\r\nFrom: <sip:100@198.51.100.7>;tag=4Tq8Hx\r\n"
    b"Accept: application/sdp\r\nUser-Agent: Asterisk PBX\r\nTo: <sip:100@198.51.100.7>\r\n"
    b"Contact: sip:100@192.0.2.9\r\nCSeq: 1 REGISTER\r\nCall-ID: 288129847\r\n"
    b"Max-Forwards: 70\r\n\r\n"
)
SIPCLI = (
    b"INVITE sip:90046850780296@198.51.100.7 SIP/2.0\r\nTo: 90046850780296"
    b"<sip:90046850780296@198.51.100.7>\r\nFrom: 1<sip:1@198.51.100.7>;tag=5c30db2a\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.9:5074;branch=z9hG4bK-2d9e08cb17ad4bb7b2b3cb2d98c91c5e;rport\r\n"
    b"Call-ID: 2d9e08cb17ad4bb7b2b3cb2d98c91c5e\r\nCSeq: 1 INVITE\r\n"
    b"Contact: <sip:1@192.0.2.9:5074>\r\nMax-Forwards: 70\r\nUser-Agent: PBX\r\n"
    b"Content-Type: application/sdp\r\nContent-Length: 97\r\n\r\nv=0\r\n"
    b"o=sipcli-Session 1 1 IN IP4 192.0.2.9\r\ns=sipcli\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    b"m=audio 5075 RTP/AVP 18 0 8 101\r\n"
)
VOIP_REGISTER = (
    b"REGISTER sip:198.51.100.7 SIP/2.0\r\nTo: <sip:100@198.51.100.7>\r\n"
    b"From: <sip:100@198.51.100.7>;tag=5c30db2a\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.9:5074;branch=z9hG4bK-d87543-281736253-1--d87543-;rport\r\n"
    b"Call-ID: 5c30db2b\r\nCSeq: 1 REGISTER\r\nContact: <sip:100@192.0.2.9:5074>\r\n"
    b"Expires: 3600\r\nMax-Forwards: 70\r\nUser-Agent: Whatever\r\nContent-Length: 0\r\n\r\n"
)
SVCRASH = (
    b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK-1;rport\r\n"
    b"Content-Length: 0\r\nFrom: <sip:100@198.51.100.7>;tag=683a653a7901746865726501627965\r\n"
    b"To: <sip:100@198.51.100.7>\r\nCSeq: 1 REGISTER\r\nCall-ID: 1\r\n\r\n"
)
