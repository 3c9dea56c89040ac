"""URIs, addresses, session descriptions and multipart bodies are read part by part."""

from __future__ import annotations

import pytest

from siptui.decode import bodies, sdp
from siptui.decode.defects import DEFECTS
from siptui.decode.fields import COMPACT, canonical
from siptui.decode.message import read
from siptui.decode.uri import read_address, read_uri, unescape
from tests.decode.messages import PLAIN, SDP

URIS = {
    b"sip:alice:secret@example.com:5070;transport=tcp;lr?subject=a&to=b": (
        "sip", "alice", b"secret", "example.com", b"5070", ["transport", "lr"],
        ["subject", "to"], ()),
    b"SIPS:%61lice@[2001:DB8::1]:5061": ("sips", "alice", b"", "2001:db8::1", b"5061", [], [], ()),
    b"sip:192.0.2.1": ("sip", "", b"", "192.0.2.1", b"", [], [], ()),
    b"sip:+1%20x;phone-context=a@h": (
        "sip", "+1 x;phone-context=a", b"", "h", b"", [], [], ()),
    b"tel:+1-201-555-0123;ext=5": ("tel", "+1-201-555-0123", b"", "", b"", ["ext"], [], ()),
    b"urn:service:sos": ("urn", "service:sos", b"", "", b"", [], [], ()),
    b"100@192.0.2.1": ("", "100", b"", "192.0.2.1", b"", [], [], ("no-scheme",)),
    b"host:5060": ("", "", b"", "host", b"5060", [], [], ("no-scheme",)),
    b"sip:a@192.0.2.256": ("sip", "a", b"", "192.0.2.256", b"", [], [], ("bad-host",)),
    b"sip:a@2001:db8::1": ("sip", "a", b"", "2001:db8::1", b"", [], [], ("ipv6-without-brackets",)),
    b"sip:a@[2001:db8::g]": ("sip", "a", b"", "2001:db8::g", b"", [], [], ("bad-host",)),
    b"sip:a@h:": ("sip", "a", b"", "h", b"", [], [], ("bad-port",)),
    b"sip:a@h;;x": ("sip", "a", b"", "h", b"", ["x"], [], ("empty-parameter",)),
    b"sip:a@h;x=1;X=2": ("sip", "a", b"", "h", b"", ["x", "x"], [], ("repeated-parameter",)),
    b"sip:a\xc3\xa9@h": ("sip", "a\u00e9", b"", "h", b"", [], [], ("bad-uri",)),
    b"": ("", "", b"", "", b"", [], [], ("no-scheme", "no-host")),
}  # fmt: skip


@pytest.mark.parametrize("data", URIS)
def test_a_uri_is_read(data: bytes) -> None:
    uri = read_uri(data)
    assert (
        uri.scheme,
        uri.user_text,
        uri.raw(uri.password),
        uri.host_text,
        uri.raw(uri.port),
        [each.key for each in uri.parameters],
        [each.key for each in uri.headers],
        tuple(each.name for each in uri.findings),
    ) == URIS[data]


ADDRESSES = {
    b'"A \\"B\\" <x>, C" <sip:a@h>;tag=1': (b'"A \\"B\\" <x>, C"', "a", {"tag": b"1"}, ()),
    b"A B<sip:a@h;lr>": (b"A B", "a", {}, ()),
    b"sip:a@h;tag=1;x": (b"", "a", {"tag": b"1", "x": b""}, ()),
    b"<sip:a@h;tag=1>": (b"", "a", {}, ()),
    b'<sip:a@h> ; x = "y;z" ; tag = 1': (b"", "a", {"x": b'"y;z"', "tag": b"1"}, ()),
    b"A, B <sip:a@h>": (b"A, B", "a", {}, ("bad-display-name",)),
    b'"A <sip:a@h>': (b"", "a", {}, ("unterminated-quote",)),
    b"<sip:a@h": (b"", "a", {}, ("unterminated-bracket",)),
    b"<sip:a@h>x": (b"", "a", {}, ("bad-parameter",)),
    b"<sip:a@h>;tag=": (b"", "a", {"tag": b""}, ("bad-parameter",)),
    b"<sip:a@h>;": (b"", "a", {}, ("empty-parameter",)),
    b"sip:a@h?x=y": (b"", "a", {}, ("uri-not-in-brackets",)),
    b'<sip:a@h>;x="y': (b"", "a", {"x": b'"y'}, ("unterminated-quote",)),
    b"\xd0\x90 <sip:a@h>": (b"\xd0\x90", "a", {}, ("bad-display-name",)),
}


@pytest.mark.parametrize("data", ADDRESSES)
def test_an_address_is_read(data: bytes) -> None:
    display, user, parameters, findings = ADDRESSES[data]
    address = read_address(data)
    assert data[slice(*address.display)] == display
    assert address.uri.user_text == user
    assert {each.key: each.value for each in address.parameters} == parameters
    assert tuple(each.name for each in address.findings) == findings


def test_percent_signs_that_escape_nothing_stay() -> None:
    assert unescape(b"%41%zz%4%25") == b"A%zz%4%"


def test_all_compact_forms_are_known() -> None:
    assert len(COMPACT) == 20
    for short, name in COMPACT.items():
        assert canonical(short.encode()) == canonical(short.upper().encode()) == name
        assert canonical(name.upper().encode()) == name


def test_an_unknown_field_keeps_its_name() -> None:
    assert canonical(b"X-Any\xff") == "X-Any\\xff"


def test_header_fields_keep_their_order_and_their_bytes() -> None:
    data = PLAIN.replace(b"User-Agent: example", b"s :  a\r\n\t b \r\nX: 1\r\nx:2\r\nS")
    message = read(data)
    assert [each.value for each in message.headers if each.name in "xX"] == ["1", "2"]
    subject = message.get("Subject")
    assert subject
    assert (subject.name, subject.value, subject.raw) == ("s", "a b", b"a\r\n\t b")
    assert data[subject.start : subject.stop] == b"s :  a\r\n\t b \r\n"
    colonless = next(each for each in message.headers if not each.canonical)
    assert (colonless.name, colonless.value) == ("S", "")


def test_a_session_is_described() -> None:
    described = sdp.read(SDP + b"a=fmtp:0 x\r\nm=video 0 RTP/AVP 31\r\nc=IN IP6 2001:db8::1\r\n")
    assert described.origin[-1] == b"192.0.2.7"
    assert (described.name, described.connection) == (b"-", b"192.0.2.7")
    audio, video = described.media
    assert (audio.kind, audio.port, audio.protocol) == (b"audio", 4000, b"RTP/AVP")
    assert (audio.formats, audio.connection) == ((b"0", b"8"), b"192.0.2.7")
    assert [(each.name, each.value) for each in audio.attributes] == [
        (b"rtpmap", b"0 PCMU/8000"),
        (b"fmtp", b"0 x"),
    ]
    assert (video.port, video.connection) == (0, b"2001:db8::1")
    assert described.findings == ()


def test_a_bad_line_of_a_description_is_found_and_the_others_are_read() -> None:
    described = sdp.read(b"v=0\nbroken\nm=audio x RTP/AVP\n")
    assert [each.name for each in described.findings] == ["bad-sdp"]
    assert described.media[0].port == 0


def test_parts_within_parts_are_split() -> None:
    inner = b"--i\r\nContent-Type: text/plain\r\n\r\nhi\r\n--i--"
    body = (
        b"preamble\r\n--o;1\r\nContent-Type: application/sdp\r\n\r\n" + SDP + b"\r\n--o;1\r\n"
        b'content-type: multipart/mixed;\r\n boundary="i"\r\n\r\n' + inner + b"\r\n--o;1--\r\n"
    )
    part = bodies.read(body, 0, len(body), b'Multipart/Mixed; boundary="o;1"')
    assert (part.media_type, len(part.parts)) == ("multipart/mixed", 2)
    described, mixed = part.parts
    assert (described.media_type, body[slice(*described.content)]) == ("application/sdp", SDP)
    assert mixed.media_type == "multipart/mixed"
    assert body[slice(*mixed.parts[0].content)] == b"hi"
    assert bodies.findings(body, 0, len(body), b'multipart/mixed; boundary="o;1"') == []


def test_the_session_in_a_part_is_found() -> None:
    body = b"--b\r\nContent-Type: application/sdp\r\n\r\n" + SDP + b"--b--\r\n"
    head = PLAIN.replace(
        b"Content-Length: 0", b"c: multipart/mixed;boundary=b\r\nl: %d" % len(body)
    )
    message = read(head + body)
    assert message.defects == ()
    assert message.session
    assert message.session.media[0].port == 4000


def test_every_defect_is_explained_in_a_sentence() -> None:
    for name, defect in DEFECTS.items():
        assert name == defect.name == name.lower()
        assert " " not in name
        assert defect.text.endswith(".")
        assert defect.source
