"""Every torture message of RFC 4475 and RFC 5118 is shown: the valid clean, the invalid odd."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from siptui.decode.message import Message, read
from siptui.decode.sip import divide, skim
from siptui.decode.uri import read_address
from siptui.record import Record


@dataclass(frozen=True)
class Row:
    """Hold what an RFC says of one of its messages."""

    file: str
    defects: tuple[str, ...] = ()
    """What the RFC says is wrong; empty if the message is valid."""
    besides: tuple[str, ...] = ()
    """What is wrong with the message as it is printed in the RFC, and not meant."""
    values: dict[str, str] = field(default_factory=dict)
    """Values of the record, or of header fields, that the RFC's text gives."""
    messages: int = 1


def row(file: str, *defects: str, besides: str = "", messages: int = 1, **values: str) -> Row:
    return Row(file, defects, tuple(besides.split()), values, messages)


INTMETH = "!interesting-Method0123456789_*+`.%indeed'~"
"""RFC 4475 section 3.1.1.2."""

ROWS_4475 = (
    # 3.1.1 valid messages
    row("wsinv", method="INVITE", user="vivekg", cseq="0009 INVITE", to_user="vivekg",
        to_tag="1918181833n", from_display='"J Rosenberg \\\\\\""', from_tag="98asjd8",
        vias="3", subject="", contact_user="jdrosen", max_forwards="0068", contact_q="0.33"),
    row("intmeth", method=INTMETH, user="1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
        cseq=f"139122385 {INTMETH}", to_display='"BEL:\\\x07 NUL:\\\0 DEL:\\\x7f"',
        from_display="token1~` token2'+_ token3*%!.-", from_tag="_token~1'+`*%!-.",
        call_id="intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"),
    row("esc01", method="INVITE", user="sips:user@example.com", to_user="user",
        from_user="I have spaces", from_tag="938", contact_user="caller"),
    row("escnull", method="REGISTER", user="null-\0-null", to_user="null-\0-null",
        contact_user="\0"),
    row("esc02", method="RE%47IST%45R", to_display='"%Z%45"', contacts="2"),
    row("lwsdisp", method="OPTIONS", user="user", from_display="caller", from_user="caller"),
    row("longreq", method="INVITE", user="user", vias="34",
        from_user="amazinglylongcallername" * 5),
    row("dblreq", messages=2, method="REGISTER", cseq="8 REGISTER"),
    row("semiuri", method="OPTIONS", user="user;par=u@example.net"),
    row("transports", method="OPTIONS", vias="5"),
    row("mpart01", method="MESSAGE", parts="2", ua="SIPimp.org/0.2.5 (curses)"),
    row("unreason", status="200", method="",
        reason="= 2**3 * 5**2 но сто девяносто девять - простое"),
    row("noreason", status="100", reason=""),
    # 3.1.2 invalid messages
    row("badinv01", "empty-parameter", "bad-via", "empty-value", method="INVITE"),
    row("clerr", "content-length-too-big", method="INVITE"),
    row("ncl", "content-length-negative", method="INVITE"),
    row("scalar02", "cseq-too-big", "max-forwards-too-big", "expires-too-big", method="REGISTER"),
    row("scalarlg", "cseq-too-big", "retry-after-too-big", "bad-warning", status="503"),
    row("quotbal", "unterminated-quote", method="INVITE", to_user="j.user"),
    row("ltgtruri", "uri-in-brackets", method="INVITE", user="user"),
    row("lwsruri", "space-in-uri", method="INVITE", user="user",
        uri="sip:user@example.com; lr"),
    row("lwsstart", "space-in-start-line", method="INVITE", uri="sip:user@example.com"),
    row("trws", "space-in-start-line", method="OPTIONS", uri="sip:remote-target@example.com"),
    row("escruri", "headers-in-request-uri", method="INVITE", user="user"),
    row("baddate", "bad-date", method="INVITE"),
    row("regbadct", "uri-not-in-brackets", method="REGISTER", contact_user="user"),
    row("badaspec", "space-in-uri", method="OPTIONS", to_user="t.watson"),
    # The file lacks the empty line at its end.
    row("baddn", "bad-display-name", besides="no-blank-line", method="OPTIONS"),
    row("badvers", "bad-version", method="OPTIONS", user="t.watson"),
    row("mismatch01", "cseq-mismatch", method="OPTIONS", cseq="8 INVITE"),
    row("mismatch02", "unknown-method", "cseq-mismatch", method="NEWMETHOD"),
    row("bigcode", "bad-status", status="4294967295"),
    # 3.2 to 3.4: transactions, applications, RFC 2543
    row("badbranch", "empty-branch", method="OPTIONS"),
    row("insuf", "no-call-id", "no-from", "no-to", method="INVITE"),
    row("unkscm", method="OPTIONS", uri="nobodyKnowsThisScheme:totallyopaquecontent"),
    row("novelsc", method="OPTIONS", uri="soap.beep://192.0.2.103:3002"),
    row("unksm2", method="REGISTER", to="isbn:2983792873", contact="<name:John_Smith>"),
    row("bext01", method="OPTIONS",
        require="nothingSupportsThis, nothingSupportsThisEither"),
    row("invut", method="INVITE", content_type="application/unknownformat"),
    row("regaut01", method="REGISTER",
        authorization="NoOneKnowsThisScheme opaque-data=here"),
    row("multi01", "repeated-cseq", "repeated-call-id", "repeated-to", "repeated-from",
        "repeated-max-forwards", method="INVITE", cseq="5 INVITE",
        call_id="multi01.98asdh@192.0.2.1"),
    row("mcl01", "repeated-content-length", method="OPTIONS"),
    row("bcast", status="200", vias="2"),
    row("zeromf", method="OPTIONS", max_forwards="0"),
    row("cparam01", method="REGISTER", contact_user="+19725552222"),
    row("cparam02", method="REGISTER", contact_user="+19725552222"),
    row("regescrt", method="REGISTER",
        contact="<sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
    row("sdp01", method="INVITE", accept="text/nobodyKnowsThis"),
    row("inv2543", method="INVITE", user="UserB", from_user="+13035551111"),
    # Not described in the RFC, but among its files.
    row("test", "no-version", "space-before-colon", "no-scheme", "no-colon", "no-cseq", "no-via",
        "bad-sdp", method="INVITE", user="alan"),
)  # fmt: skip

ROWS_5118 = (
    row("ipv6-good", method="REGISTER", host="2001:db8::10", port=""),
    row("ipv6-bad", "ipv6-without-brackets", method="REGISTER", host="2001:db8::10"),
    row("port-ambiguous", method="REGISTER", host="2001:db8::10:5070", port=""),
    row("port-unambiguous", method="REGISTER", host="2001:db8::10", port="5070"),
    row("via-received-param-with-delim", method="BYE", received="[2001:db8::9:255]"),
    row("via-received-param-no-delim", method="OPTIONS", received="2001:db8::9:255"),
    # The RFC counts fewer bytes than it prints.
    row("ipv6-in-sdp", besides="content-length-too-small", method="INVITE",
        connection="2001:db8::20", media="audio 6000"),
    row("mult-ip-in-header", method="BYE", vias="3"),
    row("mult-ip-in-sdp", besides="content-length-too-small", method="INVITE",
        media="audio 22334"),
    row("ipv4-mapped-ipv6", besides="content-length-too-small", method="INVITE",
        connection="::ffff:192.0.2.2", contact_host="::ffff:192.0.2.2"),
    row("ipv6-bug-abnf-3-colons", method="OPTIONS", user="user"),
    row("ipv6-correct-abnf-2-colons", method="OPTIONS", user="user",
        host="2001:db8::192.0.2.1"),
)  # fmt: skip

ROWS = [("rfc4475", each) for each in ROWS_4475] + [("rfc5118", each) for each in ROWS_5118]


def record_of(data: bytes) -> Record:
    record = Record(0, "192.0.2.1", 5060, "198.51.100.1", 5060, "udp", "", data, ())
    skim(record)
    return record


@pytest.mark.parametrize(("folder", "case"), ROWS, ids=[each.file for _, each in ROWS])
def test_a_torture_message_is_shown(shared: Path, folder: str, case: Row) -> None:
    path = shared / folder / f"{case.file}.dat"
    if not path.is_file():
        pytest.skip(f"no {folder}/{case.file}.dat")
    whole = path.read_bytes()
    ranges = divide(whole)
    assert len(ranges) == case.messages
    data = whole[slice(*ranges[0])]
    record, message = record_of(data), read(data)
    assert record.kind == "sip"
    assert set(record.defects) == {*case.defects, *case.besides}
    assert record.defects == message.defects
    for name, expected in case.values.items():
        assert _value(name, record, message) == expected, name


def _value(name: str, record: Record, message: Message) -> str:
    """Return what a name in the table stands for."""
    if name in ("method", "status", "user", "ua"):
        return str(getattr(record, name))
    if name in ("uri", "to", "contact", "cseq", "call_id"):
        return record.text(name)
    if name in ("vias", "contacts"):
        headers = message.all(name[:-1].capitalize())
        return str(sum(len(each.value.split(",")) for each in headers))
    if name == "reason":
        start, stop = message.first.reason_range
        return message.data[message.begin + start : message.begin + stop].decode()
    if name == "parts":
        return str(len(message.part.parts))
    if name in ("host", "port"):
        uri = message.uri
        assert uri
        return uri.host_text if name == "host" else uri.raw(uri.port).decode()
    if name == "received":
        return record.text("via").partition("received=")[2].partition(";")[0]
    if name == "connection":
        assert message.session
        return message.session.connection.decode()
    if name == "media":
        assert message.session
        first = message.session.media[0]
        return f"{first.kind.decode()} {first.port}"
    field_name, _, part = name.rpartition("_")
    if field_name in ("from", "to", "contact") and part in ("user", "host", "tag", "display", "q"):
        address = read_address(record.raw(field_name))
        if part == "user":
            return address.uri.user_text
        if part == "host":
            return address.uri.host_text
        if part == "display":
            return address.data[slice(*address.display)].decode()
        parameter = address.parameter(part)
        return parameter.value.decode() if parameter else ""
    header = message.get({"max_forwards": "Max-Forwards"}.get(name, name.replace("_", "-").title()))
    assert header
    return header.value


def test_the_second_of_two_requests_in_one_datagram_is_shown(shared: Path) -> None:
    data = (shared / "rfc4475" / "dblreq.dat").read_bytes()
    second = record_of(data[slice(*divide(data)[1])])
    assert (second.method, second.text("call_id")) == (
        "INVITE",
        "dblreq.0ha0isnda977644900765@192.0.2.15",
    )
    assert second.data.lstrip().startswith(b"INVITE")


def test_every_torture_file_has_its_row(shared: Path) -> None:
    for folder, rows in (("rfc4475", ROWS_4475), ("rfc5118", ROWS_5118)):
        files = {path.stem for path in (shared / folder).glob("*.dat")}
        assert files <= {each.file for each in rows}
