"""What begins like SIP is shown as SIP, with what is wrong; what does not is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.decode.message import read
from siptui.decode.sip import divide, measure, resync
from siptui.decode.usual import PATTERNS
from siptui.decode.values import judge, judge_by_grammar
from tests.decode.messages import PLAIN, SDP, VALUES, record

LINE = b"OPTIONS sip:100@203.0.113.81 SIP/2.0"


def with_line(line: bytes) -> bytes:
    return PLAIN.replace(LINE, line)


def with_field(name: bytes, value: bytes) -> bytes:
    return PLAIN.replace(b"Content-Length", name + b":" + value + b"\r\nContent-Length")


def without(name: bytes) -> bytes:
    lines = PLAIN.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith(name + b":"))


def changed(old: bytes, new: bytes) -> bytes:
    assert old in PLAIN
    return PLAIN.replace(old, new)


def with_body(body: bytes, kind: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, size)
    return PLAIN.replace(b"Content-Length: 0\r\n\r\n", head) + body


SIP = {
    "plain": (PLAIN, ()),
    "lower-case method": (with_line(b"options sip:100@h SIP/2.0"),
        ("lower-case-method", "cseq-mismatch")),
    "unknown method": (with_line(b"FOO sip:100@h SIP/2.0").replace(b"1 OPTIONS", b"1 FOO"),
        ("unknown-method",)),
    "lower-case version": (with_line(b"OPTIONS sip:100@h sip/2.0"), ("lower-case-version",)),
    "other version": (with_line(b"OPTIONS sip:100@h SIP/3.0"), ("bad-version",)),
    "no scheme": (with_line(b"OPTIONS 100@h SIP/2.0"), ("no-scheme",)),
    "NUL in the start line": (with_line(b"OPTIONS sip:1\x0000@h SIP/2.0"),
        ("bad-uri", "control-in-start-line")),
    "NUL behind the start line": (with_line(LINE + b"\0"),
        ("bytes-after-version", "control-in-start-line")),
    "junk behind the version": (with_line(LINE + b" x"), ("bytes-after-version",)),
    "spaces in the URI": (with_line(b"OPTIONS sip:a b@h SIP/2.0"), ("space-in-uri",)),
    "spaces around the URI": (with_line(b"OPTIONS  sip:a@h SIP/2.0"), ("space-in-start-line",)),
    "space before the method": (with_line(b" " + LINE), ("space-in-start-line",)),
    "tab for a space": (with_line(b"OPTIONS\tsip:a@h SIP/2.0"), ("space-in-start-line",)),
    "no URI": (with_line(b"OPTIONS SIP/2.0"), ("no-uri",)),
    "no version": (with_line(b"OPTIONS sip:100@h"), ("no-version",)),
    "overlong URI": (with_line(b"OPTIONS sip:" + b"1" * 600 + b"@h SIP/2.0"), ("overlong-uri",)),
    "bad port": (with_line(b"OPTIONS sip:a@h:99999 SIP/2.0"), ("bad-port",)),
    "bad escape": (with_line(b"OPTIONS sip:a%zz@h SIP/2.0"), ("bad-escape",)),
    "no host": (with_line(b"OPTIONS sip:a@ SIP/2.0"), ("no-host",)),
    "bad host": (with_line(b"OPTIONS sip:a@-h SIP/2.0"), ("bad-host",)),
    "tel": (with_line(b"OPTIONS tel:+1-201-555-0123 SIP/2.0"), ()),
    "leading CRLF": (b"\r\n\r\n" + PLAIN, ("leading-crlf",)),
    "LF only": (PLAIN.replace(b"\r\n", b"\n"), ("lf-only",)),
    "CR only": (PLAIN.replace(b"\r\n", b"\r"), ("cr-only",)),
    "one LF": (changed(b"31\r\n", b"31\n"), ("lf-only",)),
    "CR inside a line": (changed(b"example", b"exam\rple"), ("bare-cr",)),
    "no empty line": (PLAIN[:-2], ("no-blank-line",)),
    "cut in a name": (PLAIN[:-15], ("no-colon", "no-blank-line")),
    "no Via": (without(b"Via"), ("no-via",)),
    "no From": (without(b"From"), ("no-from",)),
    "no To": (without(b"To"), ("no-to",)),
    "no Call-ID": (without(b"Call-ID"), ("no-call-id",)),
    "no CSeq": (without(b"CSeq"), ("no-cseq",)),
    "no tag": (changed(b";tag=31", b""), ("no-from-tag",)),
    "no tag, no cookie": (changed(b";tag=31", b"").replace(b"z9hG4bK", b""), ()),
    "two From": (with_field(b"f", b" <sip:x@h>;tag=1"), ("repeated-from",)),
    "two To": (with_field(b"TO", b" <sip:x@h>"), ("repeated-to",)),
    "two Call-ID": (with_field(b"i", b" 1"), ("repeated-call-id",)),
    "two CSeq": (with_field(b"CSeq", b" 1 OPTIONS"), ("repeated-cseq",)),
    "two Via": (with_field(b"Via", b" SIP/2.0/UDP h"), ()),
    "two User-Agent": (with_field(b"User-Agent", b" x"), ("repeated-field",)),
    "two Content-Length": (with_field(b"l", b" 0"), ("repeated-content-length",)),
    "space before colon": (changed(b"To:", b"To :"), ("space-before-colon",)),
    "control in a name": (changed(b"To:", b"To\x01:"), ("control-in-name", "no-to")),
    "space in a name": (changed(b"User-Agent:", b"User Agent:"), ("bad-name",)),
    "no name": (with_field(b"", b" x"), ("no-name",)),
    "no colon": (changed(b"User-Agent:", b"User-Agent"), ("no-colon",)),
    "fold": (changed(b"example", b"exam\r\n ple"), ()),
    "fold of nothing": (changed(b"example", b"example\r\n  "), ("blank-fold",)),
    "fold at the beginning": (with_line(LINE + b"\r\n x"), ("stray-fold",)),
    "control in a value": (changed(b"example", b"\x1b[31m"), ("control-in-value",)),
    "UTF-8": (changed(b"example", b"caf\xc3\xa9"), ()),
    "not UTF-8": (changed(b"example", b"caf\xe9"), ("not-utf-8",)),
    "overlong line": (changed(b"example", b"x" * 1100), ("overlong-line",)),
    "too many fields": (with_field(b"A", b"\r\nA:" * 64), ("too-many-headers",)),
    "length too big": (changed(b"Length: 0", b"Length: 5"), ("content-length-too-big",)),
    "length too small": (with_body(b"hello", b"text/plain", 2), ("content-length-too-small",)),
    "length negative": (changed(b"Length: 0", b"Length: -1"), ("content-length-negative",)),
    "length no number": (changed(b"Length: 0", b"Length: 1_0"), ("content-length-not-a-number",)),
    "length empty": (changed(b"Length: 0", b"Length:"), ("content-length-not-a-number",)),
    "length of 5000 digits": (changed(b"Length: 0", b"Length: " + b"9" * 5000),
        ("content-length-too-big", "overlong-line")),
    "a line end too many": (PLAIN + b"\r\n", ("line-ends-after-body",)),
    "no type": (PLAIN.replace(b"Length: 0", b"Length: 5") + b"hello", ("no-content-type",)),
    "SDP": (with_body(SDP, b"application/sdp"), ()),
    "SDP, LF only": (with_body(SDP.replace(b"\r", b""), b"application/sdp"), ()),
    "bad SDP": (with_body(b"v=0\r\nhello\r\n", b"application/sdp"), ("bad-sdp",)),
    "multipart": (with_body(b"--b\r\n\r\nx\r\n--b--\r\n", b"multipart/mixed;boundary=b"), ()),
    "multipart, open": (with_body(b"--b\r\n\r\nx\r\n", b"multipart/mixed;boundary=b"),
        ("multipart-not-closed",)),
    "multipart, other": (with_body(b"--c\r\n\r\nx\r\n", b"multipart/mixed;boundary=b"),
        ("boundary-missing",)),
    "multipart, none": (with_body(b"--b\r\n\r\nx\r\n", b"multipart/mixed"), ("no-boundary",)),
    "CSeq of another method": (changed(b"1 OPTIONS", b"1 INVITE"), ("cseq-mismatch",)),
    "CSeq without method": (changed(b"1 OPTIONS", b"1"), ("bad-cseq",)),
    "CSeq with two spaces": (changed(b"1 OPTIONS", b"1  OPTIONS"), ()),
    "Max-Forwards of 256": (changed(b"70", b"256"), ("max-forwards-too-big",)),
    "Via 3.0": (changed(b"SIP/2.0/UDP", b"SIP/3.0/UDP"), ("bad-version",)),
    "Via of one word": (changed(b"SIP/2.0/UDP ", b""), ("bad-via",)),
    "quote": (changed(b'"ghost"<sip:100@192.0.2.9>;', b'"ghost<sip:100@192.0.2.9>;'),
        ("unterminated-quote",)),
    "Digest quote": (with_field(b"Authorization", b' Digest username="x'), ("unterminated-quote",)),
    "answer": (b"SIP/2.0 200 OK" + PLAIN[len(LINE) :], ()),
    "status of no number": (b"SIP/2.0 OK" + PLAIN[len(LINE) :],
        ("bad-status", "no-space-after-status")),
    "status 99": (b"SIP/2.0 99 x" + PLAIN[len(LINE) :], ("bad-status",)),
    "status 700": (b"SIP/2.0 700 x" + PLAIN[len(LINE) :], ("bad-status",)),
    "status without space": (b"SIP/2.0 200" + PLAIN[len(LINE) :], ("no-space-after-status",)),
    "lower-case answer": (b"sip/2.0 200 OK" + PLAIN[len(LINE) :], ("lower-case-version",)),
}  # fmt: skip


@pytest.mark.parametrize("name", SIP)
def test_sip_is_shown_with_what_is_wrong(name: str) -> None:
    data, defects = SIP[name]
    shown = record(data)
    assert shown.kind == "sip"
    assert shown.defects == defects
    assert read(data).defects == defects


MISSING = ("no-call-id", "no-cseq", "no-from", "no-to", "no-via")

PARTIAL = [
    b"OPTIONS",
    b"OPTIONS\r\n",
    b"INVITE ",
    b"OPTIONS sip:100@192.0.2.1",
    b"OPTIONS sip:100@192.0.2.1 SI",
    b"REGISTER si",
    b"SIP/2.0",
]


@pytest.mark.parametrize("data", PARTIAL)
def test_the_beginning_of_a_start_line_is_partial_sip(data: bytes) -> None:
    shown = record(data)
    assert shown.kind == "sip"
    assert "partial" in shown.defects or "no-version" in shown.defects
    assert set(MISSING) < set(shown.defects)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"     ",
        b"hello",
        b"SIPSIPSIP",
        b"SIP",
        b"OPTIONS / RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        b"OPTIONS / HTTP/1.1\r\n\r\n",
        b"OPTIONS sip:nm RTSP/1.0\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nSIP/2.0 200 OK\r\n",
        b"HTTP/1.1 200 SIP/2.0\r\n\r\n",
        b"INFO\r\n",
        b"INFO something happened\r\n",
        b"MESSAGE hello",
        b"OPTION",
        b"Via: SIP/2.0/UDP h SIP/2.0\r\n",
        b"SIPS 200 whatever",
        b"RTSP/1.0 200 OK\r\n\r\n",
    ],
)
def test_what_only_looks_like_sip_is_not(data: bytes) -> None:
    shown = record(data)
    assert shown.kind != "sip"
    assert (shown.method, shown.status, shown.defects, shown.names) == ("", 0, (), ())


def test_a_row_has_its_values() -> None:
    data = (
        b"INVITE sip:%2B15550100@192.0.2.1;user=phone SIP/2.0\r\n"
        b"v: SIP/2.0/UDP 198.51.100.1 ;branch=z9hG4bK1 , SIP/2.0/TCP 198.51.100.2\r\n"
        b"Via: SIP/2.0/UDP 198.51.100.3\r\n"
        b"f:  Al <sip:al@192.0.2.1>;tag=1\r\n"
        b"T: <sip:bo@192.0.2.1>\r\n"
        b"i: abc\r\n"
        b"cseq: 7\r\n INVITE\r\n"
        b"m: <sip:a,b@192.0.2.1>, <sip:c@192.0.2.1>\r\n"
        b"User-Agent: caf\xc3\xa9\r\n\r\n"
    )
    shown = record(data)
    assert (shown.method, shown.status, shown.user, shown.ua) == ("INVITE", 0, "+15550100", "café")
    assert shown.raw("uri") == b"sip:%2B15550100@192.0.2.1;user=phone"
    assert shown.raw("via") == b"SIP/2.0/UDP 198.51.100.1 ;branch=z9hG4bK1"
    assert shown.raw("from") == b"Al <sip:al@192.0.2.1>;tag=1"
    assert shown.raw("contact") == b"<sip:a,b@192.0.2.1>"
    assert shown.text("cseq") == "7 INVITE"
    assert (shown.names[5], shown.values[5]) == (b"cseq", b" 7\r\n INVITE")


def test_an_answer_is_named_by_its_server_and_its_callee() -> None:
    data = b"SIP/2.0 404 Not Found" + PLAIN[len(LINE) :].replace(b"User-Agent", b"Server")
    shown = record(data)
    assert (shown.method, shown.status, shown.ua, shown.user) == ("", 404, "example", "100")


def test_a_request_to_a_host_alone_asks_for_the_user_of_to() -> None:
    assert record(with_line(b"REGISTER sip:192.0.2.1 SIP/2.0")).user == "100"


def test_messages_in_one_datagram_are_told_apart() -> None:
    answer = b"SIP/2.0 200 OK\r\nl: 2\r\n\r\nhi"
    bare = b"OPTIONS sip:a@h SIP/2.0\r\n\r\n"
    data = PLAIN + b"\r\n" + answer + bare + PLAIN
    parts = [data[start:stop] for start, stop in divide(data)]
    assert parts == [PLAIN, b"\r\n" + answer, bare, PLAIN]


def test_bytes_left_over_belong_to_the_message_before() -> None:
    data = PLAIN + b"junk"
    assert divide(data) == [(0, len(data))]
    assert record(data).defects == ("content-length-too-small",)
    more = data + b"\r\n" + PLAIN
    assert divide(more) == [(0, len(data)), (len(data), len(more))]


def test_a_body_that_is_a_message_is_not_told_apart() -> None:
    inner = b"SIP/2.0 100 Trying\r\n"
    for data in (
        with_body(inner, b"message/sipfrag"),
        without(b"Content-Length").replace(b"\r\n\r\n", b"\r\nc: message/sipfrag\r\n\r\n") + inner,
    ):
        assert divide(data) == [(0, len(data))]


def test_a_stream_is_measured_by_content_length() -> None:
    data = with_body(b"hello", b"text/plain")
    stream = bytearray(b"x" + data + PLAIN)
    assert measure(stream, 1) == len(data)
    assert measure(stream[: len(data)], 1) is None
    assert measure(bytearray(data[:40]), 0) is None
    assert measure(without(b"Content-Length") + b"hello", 0) == len(without(b"Content-Length"))
    assert measure(changed(b"Length: 0", b"Length: -5"), 0) == len(PLAIN) + 1
    assert measure(changed(b"Length: 0", b"Length: 99999999999999999999"), 0) is None


def test_a_stream_is_joined_at_the_next_start_line() -> None:
    before = b"Via: SIP/2.0/UDP h\r\nl: 0\r\n\r\n"
    assert resync(bytearray(before + PLAIN), 0) == len(before)
    assert resync(before + LINE, 0) == -1
    assert resync(b"SIP/2.0 200 OK\r\n", 0) == 0


def test_what_the_capture_cut_is_not_held_against_the_message() -> None:
    data = with_body(b"hello", b"text/plain", 50)
    assert record(data).defects == ("content-length-too-big",)
    assert record(data, truncated=True).defects == ("truncated",)
    assert read(data, truncated=True).defects == ("truncated",)
    assert record(PLAIN[:80], truncated=True).defects == ("truncated",)


def test_a_finding_points_at_its_bytes() -> None:
    data = changed(b"To:", b"To\x01:")
    finding = next(each for each in read(data).findings if each.name == "control-in-name")
    assert data[finding.start : finding.stop] == b"To\x01"
    assert finding.text.endswith(".")
    data = changed(b"1 OPTIONS", b"1 INVITE")
    (finding,) = read(data).findings
    assert data[finding.start : finding.stop] == b"INVITE"


def test_choosing_a_byte_finds_its_field() -> None:
    message = read(with_body(SDP, b"application/sdp"))
    data = message.data

    def at(piece: bytes, more: int = 0) -> str:
        element = message.at(data.index(piece) + more)
        return element.name if element else ""

    assert at(b"OPTIONS") == "method"
    assert at(b"203.0.113.81") == "host"
    assert at(b"100@") == "user"
    assert at(b"SIP/2.0\r") == "version"
    assert at(b"branch") == "branch"
    assert at(b'"ghost"') == "display name"
    assert at(b"tag=") == "tag"
    assert at(b"User-Agent") == "User-Agent"
    assert at(b"m=audio", 3) == "SDP m="


@given(
    name=st.sampled_from(sorted(PATTERNS)),
    value=VALUES | st.from_regex(r" ?.{0,40}", fullmatch=True).map(str.encode),
)
@settings(max_examples=300, deadline=None)
def test_what_is_written_as_usual_is_right(name: str, value: bytes) -> None:
    assert judge(name, value) == judge_by_grammar(name, value)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_the_usual_patterns_are_narrower_than_the_grammar(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(PATTERNS)))
    value = data.draw(st.from_regex(PATTERNS[name], fullmatch=True))
    if len(value) < 1024:
        assert judge_by_grammar(name, value) == []
