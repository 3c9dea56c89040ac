"""What the responder answers in each mode, and that its answers are right by RFC 3261 and 3581."""

from __future__ import annotations

import pytest

from siptui.respond.response import field_values, tag_of
from siptui.respond.rules import Limits
from tests.respond.made import (
    ANY_RATE,
    PERSONAS,
    PUBLIC,
    answered,
    nonce_of,
    parsed,
    persona,
    received,
    request,
    responder,
    status_of,
)


@pytest.mark.parametrize(
    ("mode", "method", "statuses"),
    [
        ("silent", "OPTIONS", []),
        ("options", "OPTIONS", [200]),
        ("options", "REGISTER", []),
        ("options", "INVITE", []),
        ("challenge", "OPTIONS", [200]),
        ("challenge", "REGISTER", [401]),
        ("challenge", "INVITE", [401]),
        ("challenge", "MESSAGE", []),
        ("pbx", "REGISTER", [404]),
        ("pbx", "INVITE", [404]),
        ("call", "INVITE", [486]),
        ("call", "BYE", [481]),
        ("call", "ACK", []),
    ],
)
def test_each_mode_has_its_answers(mode: str, method: str, statuses: list[int]) -> None:
    user = "100000000000" if mode == "pbx" else "100"
    assert answered(responder(mode), received(request(method, user))) == statuses


def test_a_response_copies_what_rfc_3261_asks_for_byte_for_byte() -> None:
    data = request(
        via="SIP/2.0/UDP 10.1.1.1:5071;branch=z9hG4bK-1;rport, SIP/2.0/UDP b;branch=2",
        extra="Via: SIP/2.0/TCP third;branch=z9hG4bK-3\r\n",
    ).replace(b"Max-Forwards", b"X-Pad: " + b"x" * 60 + b"\r\nMax-Forwards")
    answer = responder("options").consider(received(data, sport=1234))
    assert answer is not None
    back = parsed(answer.datagrams[0])
    assert field_values(back, b"via") == [
        b"SIP/2.0/UDP 10.1.1.1:5071;branch=z9hG4bK-1;rport=1234;received=" + PUBLIC.encode()
        + b", SIP/2.0/UDP b;branch=2",
        b"SIP/2.0/TCP third;branch=z9hG4bK-3",
    ]  # fmt: skip
    asked = received(data)
    for name in (b"from", b"call-id", b"cseq"):
        assert field_values(back, name) == field_values(asked, name)
    assert field_values(back, b"to")[0].startswith(field_values(asked, b"to")[0] + b";tag=as")
    assert field_values(back, b"content-length") == [b"0"]


def test_received_is_added_without_rport_only_where_the_sender_is_elsewhere() -> None:
    for via, expected in [
        ("SIP/2.0/UDP name:5060;branch=1", b";received=" + PUBLIC.encode()),
        (f"SIP/2.0/UDP {PUBLIC}:5060;branch=1", b""),
        (f"SIP/2.0/UDP {PUBLIC};branch=1", b""),
    ]:
        answer = responder("options").consider(received(request(via=via)))
        assert answer is not None
        assert field_values(parsed(answer.datagrams[0]), b"via") == [via.encode() + expected]


def test_the_to_tag_is_stable_for_repetitions_and_differs_between_calls() -> None:
    one = responder("options", limits=Limits(source_burst=50, source_rate=50))
    tags = []
    for call_id in ("1@x", "1@x", "2@x"):
        answer = one.consider(received(request(call_id=call_id)))
        assert answer is not None
        tags.append(tag_of(field_values(parsed(answer.datagrams[0]), b"to")[0]))
    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize("name", sorted(PERSONAS))
def test_a_persona_answers_in_its_own_order_and_form(name: str) -> None:
    own = PERSONAS[name]
    answer = responder("challenge", persona=own).consider(
        received(request("REGISTER", extra="X-Pad: " + "x" * 300 + "\r\n"))
    )
    assert answer is not None
    back = parsed(answer.datagrams[0])
    names = [written.decode() for written in back.names]
    order = [own.server_field if each == "Server" else each for each in own.order]
    assert names == [each for each in order if each in names]
    assert own.server.encode() in answer.datagrams[0]
    assert len(tag_of(field_values(back, b"to")[0])) == len(own.tag)


def test_credentials_for_our_nonce_are_refused_and_verify_the_source() -> None:
    one = responder("challenge")
    first = one.consider(received(request("REGISTER")))
    assert first is not None
    nonce = nonce_of(first.datagrams[0])
    assert not one.is_verified(PUBLIC, 5060)
    authorization = f'Authorization: Digest username="100",nonce="{nonce}",response="x"\r\n'
    record = received(request("REGISTER", cseq=2, extra=authorization))
    assert answered(one, record) == [403]
    assert one.is_verified(PUBLIC, 5060)


def test_a_call_is_accepted_only_from_a_verified_source() -> None:
    one = responder("call")
    busy = one.consider(received(request("INVITE", body="v=0\r\n")))
    assert busy is not None
    assert [status_of(each) for each in busy.datagrams] == [486]
    tag = tag_of(field_values(parsed(busy.datagrams[0]), b"to")[0]).decode()
    assert answered(one, received(request("ACK", to_tag=tag))) == []
    accepted = one.consider(received(request("INVITE", call_id="2@x")))
    assert accepted is not None
    assert [status_of(each) for each in accepted.datagrams] == [100, 180, 200]
    ok = accepted.datagrams[-1]
    assert b"m=audio 9 " in ok
    assert b"Contact: <sip:" in ok
    assert int(field_values(parsed(ok), b"content-length")[0]) == len(ok.split(b"\r\n\r\n")[1])
    dialog = tag_of(field_values(parsed(ok), b"to")[0]).decode()
    assert answered(one, received(request("BYE", call_id="2@x", to_tag=dialog))) == [200]


def test_pbx_knows_a_few_short_users_and_those_of_the_persona() -> None:
    one = responder("pbx", limits=ANY_RATE)
    statuses = [
        answered(one, received(request("REGISTER", str(user)))) for user in range(100, 1100)
    ]
    assert 1 <= statuses.count([401]) <= 40
    assert statuses.count([401]) + statuses.count([404]) == 1000
    known = responder("pbx", persona=persona(users=("4711",)))
    assert answered(known, received(request("REGISTER", "4711"))) == [401]
    assert answered(one, received(request("REGISTER", "4711471147"))) == [404]


def verified_call(data: bytes) -> tuple[bytes, ...]:
    """Return the datagrams that a verified source gets for an INVITE."""
    one = responder("call")
    busy = one.consider(received(request("INVITE", call_id="first")))
    assert busy is not None
    tag = tag_of(field_values(parsed(busy.datagrams[0]), b"to")[0]).decode()
    one.consider(received(request("ACK", call_id="first", to_tag=tag)))
    answer = one.consider(received(data))
    assert answer is not None
    return answer.datagrams


def test_what_begins_a_dialog_repeats_the_route_and_names_a_contact() -> None:
    routes = "Record-Route: <sip:a;lr>\r\nTimestamp: 54\r\nRecord-Route: <sip:b;lr>,<sip:c>\r\n"
    trying, ringing, ok = (parsed(each) for each in verified_call(request("INVITE", extra=routes)))
    for each in (ringing, ok):
        assert field_values(each, b"record-route") == [b"<sip:a;lr>", b"<sip:b;lr>,<sip:c>"]
        assert len(field_values(each, b"contact")) == 1
        assert not field_values(each, b"timestamp")
    assert not field_values(trying, b"record-route")
    assert field_values(trying, b"timestamp") == [b"54"]
    assert not tag_of(field_values(trying, b"to")[0])
    assert tag_of(field_values(ringing, b"to")[0]) == tag_of(field_values(ok, b"to")[0])


@pytest.mark.parametrize(
    ("offer", "media"),
    [
        ("", [b"m=audio 9 RTP/AVP 0"]),
        ("v=0\r\nm=audio 4000 RTP/AVP 8 101\r\n", [b"m=audio 9 RTP/AVP 8"]),
        (
            "v=0\r\nm=video 4002 RTP/AVP 31\r\nm=audio 4000 RTP/SAVP 8 0\r\n"
            "m=audio 4004 RTP/AVP 0\r\n",
            [b"m=video 0 RTP/AVP 31", b"m=audio 9 RTP/SAVP 8", b"m=audio 0 RTP/AVP 0"],
        ),
        ("v=0\r\nm=image 49170 udptl t38\r\n", [b"m=image 0 udptl t38"]),
        ("m=\r\nm=audio\r\n\xff", [b"m=audio 9 RTP/AVP 0"]),
    ],
)
def test_an_offer_is_answered_medium_by_medium(offer: str, media: list[bytes]) -> None:
    ok = verified_call(request("INVITE", body=offer))[-1]
    body = ok.partition(b"\r\n\r\n")[2]
    assert [line for line in body.split(b"\r\n") if line.startswith(b"m=")] == media
    assert int(field_values(parsed(ok), b"content-length")[0]) == len(body)


def test_a_received_of_the_senders_own_is_not_believed() -> None:
    via = "SIP/2.0/UDP h:5071;received=192.0.2.9;branch=z9hG4bK-1;rport;Received = 1.1.1.1"
    answer = responder("options").consider(received(request(via=via)))
    assert answer is not None
    written = field_values(parsed(answer.datagrams[0]), b"via")[0]
    assert written == (
        b"SIP/2.0/UDP h:5071;branch=z9hG4bK-1;rport=5060;received=" + PUBLIC.encode()
    )


def test_a_folded_field_is_copied_with_its_fold() -> None:
    folded = request().replace(b"Call-ID: 1@x", b"Call-ID:\r\n\t1@x")
    answer = responder("options").consider(received(folded))
    assert answer is not None
    assert field_values(parsed(answer.datagrams[0]), b"call-id") == [b"1@x"]
    folded = request(via="SIP/2.0/UDP h:5071\r\n ;branch=z9hG4bK-1")
    answer = responder("options").consider(received(folded))
    assert answer is not None
    assert b"Via: SIP/2.0/UDP h:5071\r\n ;branch=z9hG4bK-1;received=" in answer.datagrams[0]


def test_what_the_system_does_not_take_is_not_counted_as_sent() -> None:
    one = responder("options")
    answer = one.consider(received(request()))
    assert answer is not None
    one.count(answer.datagrams[0], sent=True)
    one.count(answer.datagrams[0], sent=False)
    assert one.counts == {"sent 200": 1, "withheld: not taken by the system": 1}
