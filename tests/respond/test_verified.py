"""Who is verified? Those who return what only our answer to their address and port held."""

from __future__ import annotations

import pytest

from siptui.respond.response import field_values, tag_of
from siptui.respond.secret import Secret
from tests.respond.made import (
    ANY_RATE,
    PUBLIC,
    Clock,
    answered,
    challenged,
    parsed,
    received,
    request,
    responder,
    with_nonce,
)


def test_a_nonce_lives_for_a_minute_and_no_longer() -> None:
    for age, status in ((0, 403), (59.9, 403), (61, 401), (119, 401), (65_536, 401)):
        clock = Clock()
        one = responder("challenge", clock)
        nonce = challenged(one)
        clock.now += age
        assert answered(one, with_nonce(nonce)) == [status]
        assert one.is_verified(PUBLIC, 5060) == (status == 403)


def test_a_source_is_verified_for_ten_minutes() -> None:
    clock = Clock()
    one = responder("challenge", clock)
    one.consider(with_nonce(challenged(one)))
    clock.now += 599
    assert one.is_verified(PUBLIC, 5060)
    clock.now += 2
    assert not one.is_verified(PUBLIC, 5060)


def test_a_foreign_nonce_verifies_nobody_and_is_challenged_again() -> None:
    clock = Clock()
    one = responder("challenge", clock, limits=ANY_RATE)
    other = Secret(b"other").nonce(PUBLIC, 5060, clock())
    for value in ("f" * 16, other, "", "zzzz", "\u0661" * 4, challenged(one)[:-1]):
        assert answered(one, with_nonce(value)) == [401]
        assert not one.is_verified(PUBLIC, 5060)


@pytest.mark.parametrize(("src", "sport"), [("93.184.216.35", 5060), (PUBLIC, 5061)])
def test_a_nonce_is_good_for_the_address_and_port_it_was_sent_to(src: str, sport: int) -> None:
    one = responder("challenge")
    nonce = challenged(one)
    assert answered(one, with_nonce(nonce, src=src, sport=sport)) == [401]
    assert not one.is_verified(src, sport)


def test_a_to_tag_is_good_for_the_address_and_port_it_was_sent_to() -> None:
    one = responder("call")
    busy = one.consider(received(request("INVITE")))
    assert busy is not None
    tag = tag_of(field_values(parsed(busy.datagrams[0]), b"to")[0]).decode()
    acknowledged = request("ACK", to_tag=tag)
    one.consider(received(acknowledged, sport=5061))
    one.consider(received(acknowledged, src="93.184.216.35"))
    one.consider(received(request("ACK", to_tag=tag, call_id="2@x")))
    one.consider(received(request("ACK", to_tag=tag[:-1] + "-")))
    assert not one._verified
    one.consider(received(acknowledged))
    assert one.is_verified(PUBLIC, 5060)


def test_our_own_answer_that_somebody_sends_back_verifies_nobody() -> None:
    one = responder("call")
    busy = one.consider(received(request("INVITE")))
    assert busy is not None
    assert one.consider(received(busy.datagrams[0])) is None
    assert not one._verified
    assert one.counts == {"withheld: a response": 1}


def test_what_may_not_be_answered_verifies_nobody() -> None:
    one = responder("challenge", limits=ANY_RATE)
    nonce = challenged(one)
    for changed in ({"transport": "tcp"}, {"transport": "hep"}, {"ours": True}, {"frames": ()}):
        one.consider(with_nonce(nonce, **changed))
    assert not one._verified
