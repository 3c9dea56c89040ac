"""Requests as honest phones and PBXs write them; made up after their documentation and captures."""

from __future__ import annotations

import random
import uuid


def _digits(rng: random.Random, low: int, high: int) -> str:
    return str(rng.randrange(10**low, 10**high))


def _hex(rng: random.Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


def _words(rng: random.Random, count: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(rng.choice(letters) for _ in range(count))


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def message(start: str, *lines: str, body: str = "") -> bytes:
    head = "\r\n".join([start, *lines])
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return f"{head}\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def sdp(origin: str, name: str, media: str = "audio 11780 RTP/AVP 0 8 101") -> str:
    return (
        f"v=0\r\no={origin} IN IP4 192.0.2.10\r\ns={name}\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
        f"m={media}\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=sendrecv\r\n"
    )


def phones(seed: int = 7) -> dict[str, bytes]:
    """Return one request by the name of its program."""
    r = random.Random(seed)
    host, me = "198.51.100.1", "192.0.2.10"
    return {
        "Asterisk chan_sip OPTIONS": message(
            f"OPTIONS sip:100@{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_hex(r, 8)};rport", "Max-Forwards: 70",
            f'From: "Unknown" <sip:Unknown@{me}>;tag=as{_hex(r, 8)}', f"To: <sip:100@{host}>",
            f"Contact: <sip:Unknown@{me}:5060>", f"Call-ID: {_hex(r, 32)}@{me}:5060",
            "CSeq: 102 OPTIONS", "User-Agent: Asterisk PBX 13.18.3",
            "Date: Mon, 23 Nov 2026 10:00:00 GMT",
            "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, SUBSCRIBE, NOTIFY, INFO, PUBLISH",
            "Supported: replaces, timer"),
        "Asterisk chan_sip INVITE": message(
            f"INVITE sip:200@{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_hex(r, 8)};rport", "Max-Forwards: 70",
            f'From: "Anna" <sip:100@{me}>;tag=as{_hex(r, 8)}', f"To: <sip:200@{host}>",
            f"Contact: <sip:100@{me}:5060>", f"Call-ID: {_hex(r, 32)}@{me}:5060",
            "CSeq: 102 INVITE", "User-Agent: FPBX-14.0.1(13.18.3)", "Supported: replaces, timer",
            body=sdp("root 1205465417 1205465417", "Asterisk PBX 13.18.3")),
        "Asterisk PJSIP": message(
            f"OPTIONS sip:100@{host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;rport;branch=z9hG4bKPj{_uuid(r)}",
            f"From: <sip:asterisk@{me}>;tag={_uuid(r)}", f"To: <sip:100@{host}>",
            f"Contact: <sip:asterisk@{me}:5060>", f"Call-ID: {_uuid(r)}",
            f"CSeq: {_digits(r, 3, 5)} OPTIONS", "Max-Forwards: 70",
            "User-Agent: Asterisk PBX 18.9.0"),
        "FreeSWITCH": message(
            f"INVITE sip:1001@{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me};rport;branch=z9hG4bK{_words(r, 13)}", "Max-Forwards: 69",
            f'From: "1000" <sip:1000@{me}>;tag={_words(r, 13)}', f"To: <sip:1001@{host}>",
            f"Call-ID: {_uuid(r)}", f"CSeq: {_digits(r, 7, 9)} INVITE",
            f"Contact: <sip:mod_sofia@{me}:5060>", "User-Agent: FreeSWITCH-mod_sofia/1.10.7",
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, REGISTER, REFER",
            "Supported: timer, path, replaces", body=sdp("FreeSWITCH 1648032541 1648032542",
                                                         "FreeSWITCH")),
        "Kamailio": message(
            f"OPTIONS sip:{host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {me};branch=z9hG4bK{_hex(r, 4)}.{_hex(r, 32)}.0",
            f"To: <sip:{host}:5060>", f"From: <sip:ping@{me}>;tag={_hex(r, 32)}-{_hex(r, 4)}",
            "CSeq: 10 OPTIONS", f"Call-ID: {_hex(r, 16)}-{_digits(r, 4, 5)}@{me}",
            "Max-Forwards: 70", "User-Agent: kamailio (5.6.3 (x86_64/linux))"),
        "Kamailio NAT ping": message(
            f"OPTIONS sip:100@{host}:5060 SIP/2.0", f"Via: SIP/2.0/UDP {me}:5060;branch=0",
            f"From: sip:pinger@{me};tag={_hex(r, 8)}", f"To: sip:100@{host}:5060",
            f"Call-ID: {_hex(r, 8)}-{_hex(r, 7)}-{_hex(r, 7)}@{me}", "CSeq: 1 OPTIONS"),
        "Linphone": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK.{_words(r, 9)};rport",
            f"From: <sip:anna@{host}>;tag={_words(r, 9)}", f"To: sip:anna@{host}",
            "CSeq: 20 REGISTER", f"Call-ID: {_words(r, 10)}", "Max-Forwards: 70",
            "Supported: replaces, outbound, gruu", "Accept: application/sdp",
            f'Contact: <sip:anna@{me}:5060>;+sip.instance="<urn:uuid:{_uuid(r)}>"',
            "Expires: 3600", "User-Agent: Linphone/3.12.0 (belle-sip/1.6.3)"),
        "Cisco 7960": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_hex(r, 8)}",
            f"From: <sip:101@{host}>;tag=0019e8{_hex(r, 6)}{_hex(r, 4)}-{_hex(r, 8)}",
            f"To: <sip:101@{host}>", f"Call-ID: 0019e8{_hex(r, 6)}-{_hex(r, 8)}@{me}",
            "Max-Forwards: 70", "CSeq: 101 REGISTER", "User-Agent: Cisco-CP7960G/8.0",
            f"Contact: <sip:101@{me}:5060;transport=udp>", "Expires: 3600"),
        "Cisco IOS": message(
            f"INVITE sip:5551234@{host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_hex(r, 6).upper()}",
            f"Remote-Party-ID: <sip:5550000@{me}>;party=calling;screen=yes;privacy=off",
            f"From: <sip:5550000@{me}>;tag={_hex(r, 8).upper()}-{_hex(r, 4).upper()}",
            f"To: <sip:5551234@{host}>", "Date: Mon, 23 Nov 2026 10:00:00 GMT",
            f"Call-ID: {'-'.join(_hex(r, 8).upper() for _ in range(4))}@{me}",
            "Supported: 100rel,timer,resource-priority,replaces", "Min-SE:  1800",
            "Cisco-Guid: 3152943276-1840910558-2259716610-3105862415",
            "User-Agent: Cisco-SIPGateway/IOS-15.2.4.M5", "CSeq: 101 INVITE",
            "Timestamp: 1416738000", f"Contact: <sip:5550000@{me}:5060>", "Max-Forwards: 69",
            body=sdp("CiscoSystemsSIP-GW-UserAgent 3184 6212", "SIP Call")),
        "Yealink": message(
            f"REGISTER sip:{host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_digits(r, 8, 10)}",
            f'From: "201" <sip:201@{host}:5060>;tag={_digits(r, 8, 10)}',
            f'To: "201" <sip:201@{host}:5060>', f"Call-ID: 0_{_digits(r, 8, 10)}@{me}",
            "CSeq: 1 REGISTER", f"Contact: <sip:201@{me}:5060>",
            "Allow: INVITE, INFO, PRACK, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REGISTER, SUBSCRIBE",
            "Max-Forwards: 70", "User-Agent: Yealink SIP-T46S 66.86.0.15", "Expires: 3600",
            "Allow-Events: talk,hold,conference"),
        "Yealink INVITE": message(
            f"INVITE sip:202@{host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_digits(r, 8, 10)}",
            f'From: "201" <sip:201@{host}:5060>;tag={_digits(r, 8, 10)}',
            f"To: <sip:202@{host}:5060>", f"Call-ID: 0_{_digits(r, 8, 10)}@{me}",
            "CSeq: 1 INVITE", f"Contact: <sip:201@{me}:5060>", "Max-Forwards: 70",
            "User-Agent: Yealink SIP-T46S 66.86.0.15", body=sdp("- 20000 20000", "SDP data")),
        "Grandstream": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_digits(r, 8, 10)};rport",
            f"From: <sip:301@{host}>;tag={_digits(r, 8, 10)}", f"To: <sip:301@{host}>",
            f"Call-ID: {_digits(r, 9, 10)}-5060-1@BJC.BGI.A.BA", "CSeq: 2000 REGISTER",
            f'Contact: <sip:301@{me}:5060>;reg-id=1;+sip.instance="<urn:uuid:{_uuid(r)}>"',
            "Max-Forwards: 70", "User-Agent: Grandstream GXP2170 1.0.9.135",
            "Supported: path", "Expires: 3600",
            "Allow: INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE"),
        "Zoiper": message(
            f"REGISTER sip:{host};transport=UDP SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:60371;branch=z9hG4bK-524287-1---{_hex(r, 16)};rport",
            "Max-Forwards: 70", f"Contact: <sip:401@{me}:60371;rinstance={_hex(r, 16)}>",
            f"To: <sip:401@{host};transport=UDP>", f"From: <sip:401@{host}>;tag={_hex(r, 8)}",
            f"Call-ID: {_words(r, 22)}..", "CSeq: 1 REGISTER", "Expires: 60",
            "User-Agent: Zoiper rv2.10.11.7", "Allow-Events: presence, kpml, talk"),
        "X-Lite": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:16862;branch=z9hG4bK-d87543-{_hex(r, 16)}-1--d87543-;rport",
            "Max-Forwards: 70", f"Contact: <sip:501@{me}:16862;rinstance={_hex(r, 16)}>",
            f'To: "501"<sip:501@{host}>', f'From: "501"<sip:501@{host}>;tag={_hex(r, 8)}',
            f"Call-ID: {_words(r, 34)}.", "CSeq: 1 REGISTER", "Expires: 3600",
            "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO",
            "User-Agent: X-Lite release 1011s stamp 41150"),
        "baresip": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:40382;branch=z9hG4bK{_hex(r, 16)};rport",
            f'Contact: <sip:601-0x{_hex(r, 12)}@{me}:40382>;expires=3600;'
            f'+sip.instance="<urn:uuid:{_uuid(r)}>"', "Max-Forwards: 70",
            f"To: <sip:601@{host}>", f"From: <sip:601@{host}>;tag={_hex(r, 16)}",
            f"Call-ID: {_hex(r, 16)}", f"CSeq: {_digits(r, 3, 5)} REGISTER",
            "User-Agent: baresip v1.0.0 (x86_64/linux)", "Supported: gruu,replaces,norefersub"),
        "Polycom": message(
            f"REGISTER sip:{host}:5060 SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;branch=z9hG4bK{_hex(r, 8)}{_hex(r, 8).upper()}",
            f'From: "701" <sip:701@{host}>;tag={_hex(r, 8).upper()}-{_hex(r, 8).upper()}',
            f"To: <sip:701@{host}>", "CSeq: 1 REGISTER",
            f"Call-ID: {_hex(r, 8)}-{_hex(r, 8)}-{_hex(r, 8)}@{me}",
            f'Contact: <sip:701@{me}>;methods="INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, MESSAGE"',
            "User-Agent: PolycomVVX-VVX_410-UA/5.4.3.1014", "Accept-Language: en",
            "Max-Forwards: 70", "Expires: 3600"),
        "MicroSIP": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:52014;rport;branch=z9hG4bKPj{_hex(r, 32)}",
            "Max-Forwards: 70", f"From: <sip:801@{host}>;tag={_hex(r, 32)}",
            f"To: <sip:801@{host}>", f"Call-ID: {_hex(r, 32)}",
            f"CSeq: {_digits(r, 3, 5)} REGISTER", "User-Agent: MicroSIP/3.20.3",
            f"Contact: <sip:801@{me}:52014;ob>", "Expires: 300",
            "Allow: PRACK, INVITE, ACK, BYE, CANCEL, UPDATE, INFO, SUBSCRIBE, NOTIFY, REFER"),
        "AVM FRITZ!Box": message(
            f"REGISTER sip:{host} SIP/2.0",
            f"Via: SIP/2.0/UDP {me}:5060;rport;branch=z9hG4bK{_hex(r, 16).upper()}",
            f"From: <sip:901@{host}>;tag={_hex(r, 16).upper()}", f"To: <sip:901@{host}>",
            f"Call-ID: {_hex(r, 16).upper()}@{me}", "CSeq: 3 REGISTER",
            f"Contact: <sip:901@{me};uniq={_hex(r, 32).upper()}>;expires=300",
            "User-Agent: AVM FRITZ!Box 7590 154.07.29", "Max-Forwards: 70", "Expires: 300"),
    }  # fmt: skip
