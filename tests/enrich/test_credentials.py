"""Common passwords explain digest responses to our own nonce, and nothing is tried without end."""

from __future__ import annotations

from hashlib import md5

import pytest

from siptui.decode.sip import skim
from siptui.enrich import Enricher
from siptui.enrich.credentials import Guesses, built_in
from siptui.enrich.digests import Credentials, read
from siptui.mask import Mask
from siptui.record import Frame, Record

NOW = 1_767_268_800 * 10**9
NONCE = "abcd0123456789ef"


def digest(*parts: str) -> str:
    return md5(":".join(parts).encode()).hexdigest()


def authorization(
    password: str, *, user: str = "100", realm: str = "asterisk", qop: str = "", method: str =
    "REGISTER", algorithm: str = "MD5", body: str = "", uri: str = "sip:192.0.2.1",
) -> str:  # fmt: skip
    """Return credentials as RFC 7616 section 3.4 has them made."""
    secret = digest(user, realm, password)
    if algorithm == "MD5-sess":
        secret = digest(secret, NONCE, "0a4f113b")
    what = digest(method, uri, digest(body)) if qop == "auth-int" else digest(method, uri)
    middle = (NONCE, "00000001", "0a4f113b", qop) if qop else (NONCE,)
    more = f', qop={qop}, nc=00000001, cnonce="0a4f113b"' if qop or "sess" in algorithm else ""
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{NONCE}", uri="{uri}", '
        f'response="{digest(secret, *middle, what)}", algorithm={algorithm}{more}'
    )


def said(value: str) -> Credentials:
    found = read(value.encode())
    assert found is not None
    return found


def request(value: str, *, src: str = "203.0.113.9") -> Record:
    data = (
        "REGISTER sip:192.0.2.1 SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {src}:5060;branch=z9hG4bK-1\r\n"
        f"From: <sip:100@192.0.2.1>;tag=1\r\nTo: <sip:100@192.0.2.1>\r\nCall-ID: 1\r\n"
        f"CSeq: 2 REGISTER\r\nAuthorization: {value}\r\nContent-Length: 0\r\n\r\n"
    ).encode()
    frame = Frame(NOW, data, 101, len(data), "udp 0.0.0.0:5060")
    record = Record(NOW, src, 5060, "192.0.2.1", 5060, "udp", "", data, (frame,), 0)
    skim(record)
    return record


def test_the_example_of_rfc_2617_is_explained() -> None:
    value = (
        'Digest username="Mufasa", realm="testrealm@host.com", uri="/dir/index.html", qop=auth, '
        'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", nc=00000001, cnonce="0a4f113b", '
        'response="6629fae49393a05397450978507c4ef1"'
    )
    guesses = Guesses(["other", "Circle Of Life"])
    assert guesses.password(said(value), "GET", b"", NOW) == "Circle Of Life"


@pytest.mark.parametrize("qop", ["", "auth", "auth-int"])
@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess"])
@pytest.mark.parametrize("password", ["100", "100100", "001", "admin", "1234", "asterisk"])
def test_common_passwords_are_found_in_each_form(qop: str, algorithm: str, password: str) -> None:
    value = authorization(password, qop=qop, algorithm=algorithm, body="v=0")
    assert Guesses().password(said(value), "REGISTER", b"v=0", NOW) == password


def test_others_are_not_and_unknown_algorithms_are_left_alone() -> None:
    guesses = Guesses()
    assert guesses.password(said(authorization("Xy7!kkq0")), "REGISTER", b"", NOW) == ""
    assert guesses.password(said(authorization("1234")), "INVITE", b"", NOW) == ""
    assert guesses.password(
        said(authorization("1234", algorithm="SHA-256")), "REGISTER", b"", NOW
    ) == ""  # fmt: skip


def test_what_a_tag_carries_is_tried_first() -> None:
    value = authorization("Xy7!kkq0")
    assert Guesses([]).password(said(value), "REGISTER", b"", NOW, "Xy7!kkq0") == "Xy7!kkq0"
    assert Guesses([]).password(said(value), "REGISTER", b"", NOW, "else") == ""


def test_only_so_many_digests_are_computed_in_a_second() -> None:
    guesses = Guesses(["a", "b"], most=10)
    found = [
        guesses.password(said(authorization("b", user=f"{n}")), "REGISTER", b"", NOW)
        for n in range(5)
    ]
    assert found == ["b", "b", "", "", ""]
    assert guesses.let_go == 3
    later = NOW + 10**9
    assert guesses.password(said(authorization("b", user="9")), "REGISTER", b"", later) == "b"


def test_a_known_user_costs_less_and_few_users_are_remembered() -> None:
    guesses = Guesses(["a"], most=10**6)
    for n in range(1000):
        guesses.password(said(authorization("a", user=str(n))), "REGISTER", b"", NOW)
    assert len(guesses._users) <= 64


def test_only_answers_to_our_own_nonce_are_tried() -> None:
    enricher = Enricher(issued=lambda nonce, record: record.src == "203.0.113.9")
    ours, foreign = (
        request(authorization("admin")),
        request(authorization("admin"), src="192.0.2.9"),
    )
    enricher.enrich([ours, foreign])
    assert (ours.auth_user, ours.auth_realm, ours.auth_password) == ("100", "asterisk", "admin")
    assert (foreign.auth_user, foreign.auth_realm, foreign.auth_password) == ("100", "asterisk", "")


def test_credentials_are_masked() -> None:
    enricher = Enricher(issued=lambda nonce, record: True)
    record = request(authorization("admin", realm="192.0.2.1"))
    enricher.enrich([record])
    hidden = Mask().record(record)
    assert (hidden.auth_user, hidden.auth_password) == ("xxx", "xxxxx")
    assert "192.0.2.1" not in hidden.auth_realm


@pytest.mark.parametrize(
    "value",
    [
        "Digest",
        'Digest response=""',
        'Digest username="\xff\xfe", realm="", response="z", uri="", nonce=""',
        'Digest username="{user}{resu}", realm="%s", response="z", nonce="x"',
        'Digest username="' + "a" * 3000 + '", response="z", nonce="x"',
    ],
)
def test_odd_credentials_do_no_harm(value: str) -> None:
    record = request(value)
    Enricher(issued=lambda nonce, record: True).enrich([record])
    assert record.auth_password == ""


def test_the_list_is_short_and_has_nothing_twice() -> None:
    words = built_in()
    assert 150 <= len(words) <= 300
    assert len(set(words)) == len(words)
