"""What a message is about: every rule on a message it means, and on one it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from siptui.enrich.book import SEVERITIES, WORD, load
from siptui.enrich.labels import Labels
from siptui.record import Record
from tests.enrich.labelled import label, labels
from tests.enrich.made import SOURCE, TARGET, digest, record, request


def test_the_note_that_began_this() -> None:
    data = request("INVITE", "1000", host="10.1.2.3")
    assert "relay-probe" in label(data)


def test_the_first_seed(shared: Path) -> None:
    data = (shared / "seed-options.bin").read_bytes()
    found = label(data, src="185.22.152.37", sport=61594, dst="18.191.0.181")
    assert found == {"capability-scan", "contact-is-source"}


def test_a_dialled_number_is_toll_fraud() -> None:
    assert "toll-fraud" in label(request("INVITE", "900442079460123"))
    assert "toll-fraud" not in label(request("INVITE", "100"))
    assert "toll-fraud" not in label(request("REGISTER", "+442079460123"))


@pytest.mark.parametrize(
    ("host", "options", "more", "probe"),
    [
        (TARGET, {}, {}, False),
        ("10.0.0.7", {}, {}, True),
        ("127.0.0.1", {}, {}, True),
        ("[fd00::1]", {}, {}, True),
        ("192.0.2.77", {}, {}, True),
        ("192.0.2.77", {"own": ["192.0.2.77"]}, {}, False),
        ("192.0.2.77", {}, {"dst": "10.0.0.2"}, False),
        ("192.0.2.77", {"own": ["192.0.2.1"]}, {"dst": "10.0.0.2"}, True),
        ("pbx.example", {}, {}, False),
        ("pbx.example", {"own": ["PBX.example"]}, {}, False),
        ("chicago.example", {"own": ["pbx.example"]}, {}, True),
        ("192.0.2.77", {}, {"src": "192.168.1.9"}, False),
    ],
)
def test_relay_probes_are_for_a_host_that_is_not_ours(
    host: str, options: dict[str, object], more: dict[str, object], probe: bool
) -> None:
    found = labels(record(request(host=host), **more), **options)  # type: ignore[arg-type]
    assert ("relay-probe" in found[0]) is probe


def test_what_svmap_thought_it_sent_to_is_nat_and_no_relay() -> None:
    probe = request(host="10.0.0.7")
    assert "relay-probe" not in label(probe, tag_target="10.0.0.7:5060")
    assert "relay-probe" in label(probe, tag_target="192.0.2.1:5060")


def test_a_route_on_an_initial_request_is_a_relay_probe() -> None:
    away = "Route: <sip:10.1.1.1;lr>"
    assert "relay-probe" in label(request("INVITE", more=(away,)))
    assert "relay-probe" not in label(request("INVITE", to_tag="x", more=(away,)))
    assert "relay-probe" not in label(request("INVITE", more=(f"Route: <sip:{TARGET};lr>",)))


def test_contact_is_the_source_or_is_elsewhere() -> None:
    assert "contact-is-source" in label(request())
    assert "contact-elsewhere" in label(request(Contact="<sip:a@192.0.2.9>"))
    named = label(request(Contact="<sip:a@phone.example>"))
    assert not named & {"contact-is-source", "contact-elsewhere"}


def test_one_verdict_does_not_stick_to_another_message_of_the_source() -> None:
    found = labels(
        record(request()),
        record(request(Contact="<sip:a@203.0.113.50:5060>"), at=1),
        record(request(Contact=""), at=2),
        record(request(host="10.0.0.1"), at=3),
        record(request(), at=4),
        record(request(Contact="<sip:a@203.0.113.5>"), at=5),
    )
    assert "contact-elsewhere" in found[1]
    assert not found[2] & {"contact-is-source", "contact-elsewhere"}
    assert "relay-probe" in found[3]
    assert "relay-probe" not in found[4]
    assert "contact-is-source" in found[5]


def test_private_addresses_count_only_from_public_sources() -> None:
    inside = request(source="192.168.1.9")
    assert "private-address" in label(inside)
    assert "private-address" not in label(inside, src="192.168.1.9")
    body = "v=0\r\no=- 1 1 IN IP4 10.0.0.9\r\nc=IN IP4 10.0.0.9\r\n"
    assert "private-address" in label(request("INVITE", body=body))


def test_a_forged_source_is_suspected() -> None:
    forged = request(Via="SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx", Contact="<sip:a@198.51.100.77>")
    assert "spoof-suspect" in label(forged)
    assert "spoof-suspect" in label(request(Via="SIP/2.0/UDP 192.0.2.1;branch=x;rport"), sport=53)
    assert "spoof-suspect" not in label(request())


def response(status: str = "200 OK", cseq: str = "1 OPTIONS") -> bytes:
    return (
        f"SIP/2.0 {status}\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK1\r\n"
        f"From: <sip:a@198.51.100.1>;tag=1\r\nTo: <sip:b@203.0.113.5>;tag=2\r\n"
        f"Call-ID: x\r\nCSeq: {cseq}\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def test_a_response_nobody_asked_for_is_backscatter() -> None:
    assert "backscatter" in label(response())
    asked = labels(record(request(), src=TARGET, dst=SOURCE), record(response(), at=1))
    assert "backscatter" not in asked[1]
    assert "backscatter" not in label(response(), ours=True)


def test_a_challenge_of_our_bye_wants_a_digest() -> None:
    assert "digest-leak" in label(response("407 Proxy Authentication Required", "2 BYE"))
    assert "digest-leak" not in label(response("401 Unauthorized", "2 REGISTER"))


def test_a_foreign_nonce_is_known_only_where_the_responder_is_asked() -> None:
    ours = record(request("REGISTER", more=(digest(nonce="ours"),)))
    other = record(request("REGISTER", more=(digest(nonce="other"),)), at=1)

    def issued(nonce: str, record: Record) -> bool:
        return nonce == "ours" and record.src == SOURCE

    found = labels(ours, other, issued=issued)
    assert "verified" in found[0]
    assert "foreign-digest" not in found[0]
    assert "foreign-digest" in found[1]
    assert "foreign-digest" not in labels(other)[0]


def test_what_came_over_a_connection_is_verified_and_says_so() -> None:
    over = request(Via="SIP/2.0/TCP 203.0.113.5:5060;branch=z9hG4bKx")
    assert "verified" in label(over, transport="tcp")
    assert "wrong-transport" not in label(over, transport="tcp")
    assert "wrong-transport" in label(over)
    assert "wrong-transport" in label(request(), transport="tcp")
    assert "wrong-transport" not in label(request(), transport="hep")


def test_tls_to_the_port_of_plain_sip_is_the_wrong_transport() -> None:
    hello = record(b"\x16\x03\x01\0\x05", transport="tls", kind="tls")
    encrypted = record(b"\x16\x03\x01\0\x05", transport="tls", kind="tls")
    encrypted.dport = 5061
    first, second = labels(hello, encrypted)
    assert "wrong-transport" in first
    assert "wrong-transport" not in second


@pytest.mark.parametrize("method", ["MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH"])
def test_unsolicited_requests_are_outside_a_dialog(method: str) -> None:
    assert "unsolicited" in label(request(method))
    assert "unsolicited" not in label(request(method, to_tag="x"))


def test_a_call_to_an_extension_without_credentials() -> None:
    assert "anonymous-invite" in label(request("INVITE", "100"))
    assert "anonymous-invite" not in label(request("INVITE", "100", more=(digest(),)))
    assert "anonymous-invite" not in label(request("INVITE", "alice"))
    assert "anonymous-invite" not in label(request("INVITE", "100", to_tag="x"))


def test_via_zero_and_missing_fields() -> None:
    assert "via-zero" in label(request(Via="SIP/2.0/UDP 0.0.0.0:5060;branch=x"))
    assert "malformed" in label(request(Call_ID=""))
    assert "malformed" in label(request().replace(b" SIP/2.0\r", b"\r", 1))
    assert "malformed" in label(request().replace(b" SIP/2.0\r", b" SIP/3.0\r", 1))
    assert "malformed" not in label(request())


def test_what_is_no_sip_has_labels_of_its_kind() -> None:
    assert label(b"") == {"empty"}
    assert label(b"\r\n\r\n") == {"keep-alive"}
    assert label(b"\0\0\0\0") == {"keep-alive"}
    assert label(b"help\r\n") == {"other-protocol"}


def test_four_protocols_are_a_service_sweep() -> None:
    kinds = ["stun", "dns", "snmp", "ntp", "http"]
    found = labels(*(record(b"\1", kind=each, at=n) for n, each in enumerate(kinds)))
    assert ["service-sweep" in each for each in found] == [False] * 3 + [True] * 2
    assert "service-sweep" not in labels(
        *(record(b"\1", kind=each, at=400 * n) for n, each in enumerate(kinds))
    )[-1]  # fmt: skip


def test_a_web_exploit_on_this_port() -> None:
    data = b"GET /admin/ajax.php?module=x HTTP/1.1\r\nHost: a\r\n\r\n"
    assert "web-exploit" in label(data, kind="http")
    assert "web-exploit" not in label(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", kind="http")


def test_labels_come_most_severe_first() -> None:
    made = record(request("INVITE", "900442079460123", host="10.0.0.1"))
    labels(made)
    book = load()
    order = [SEVERITIES.index(book.labels[each].severity) for each in made.labels]
    assert order == sorted(order, reverse=True)
    assert made.labels[0] == "toll-fraud"


def test_every_label_can_be_shown_and_says_what_it_rests_on() -> None:
    for each in load().labels.values():
        assert each.severity in SEVERITIES
        assert 0 < len(each.word) <= WORD
        assert each.says
        assert each.rule
        assert each.false_positives
        assert each.basis
    words = [each.word for each in load().labels.values()]
    assert len(set(words)) == len(words)


def test_ten_million_sources_do_not_fit_and_are_counted() -> None:
    engine = Labels()
    engine.sources.limit = 100
    for n in range(1000):
        engine.enrich([record(request(), src=f"192.0.{n >> 8}.{n & 255}", at=n)])
    assert len(engine.sources) <= 200
    assert engine.let_go >= 700


def test_whatever_is_sent_gets_labels_that_exist() -> None:
    engine = Labels()
    for data in (b"\xff" * 40, b"INVITE", b"SIP/2.0 200", b"REGISTER sip:x SIP/2.0\r\n\r\n"):
        made = record(data)
        engine.enrich([made])
        assert set(made.labels) <= set(engine.book.labels)


@pytest.mark.parametrize(
    ("media", "private"),
    [("IP4 10.1.2.3", True), ("IP4 192.168.1.7/127", True), ("IP6 fd00::1", True),
     ("IP4 203.0.113.9", False), ("IP4 100.1.2.3", False), ("IP6 2001:db8::1", False),
     ("IP4 pbx.example", False)],
)  # fmt: skip
def test_media_from_inside_a_network_are_a_private_address(media: str, private: bool) -> None:
    body = f"v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN {media}\r\nt=0 0\r\n"
    data = request("INVITE", body=body, more=("Content-Type: application/sdp",))
    assert ("private-address" in label(data)) is private
