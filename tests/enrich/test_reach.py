"""Comparing bytes and parsing hosts give the same labels."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from siptui.enrich import reach
from siptui.enrich.book import load
from siptui.record import Record
from tests.enrich.made import record

ADDRESSES = (
    "203.0.113.5", "203.0.113.50", "198.51.100.1", "10.0.0.1", "127.0.0.1", "0.0.0.0",
    "2001:db8::1",
)  # fmt: skip
HOSTS = (*ADDRESSES, "[2001:db8::1]", "203.0.113.5.example", "pbx.example", "")
ENDS = ("", ":5060", ";x", ">", " ", ",", "\t", "/", "]", "x", "@203.0.113.5")

BITS = {name: 1 << at for at, name in enumerate(load().labels)}

hosts = st.tuples(st.sampled_from(HOSTS), st.sampled_from(ENDS)).map("".join)
users = st.sampled_from(("", "100@", "a@b@", "@", '"a@10.0.0.1" <sip:'))


def given_labels(made: Record, *, own: tuple[str, ...] = ()) -> int:
    return reach.Reach(BITS.__getitem__, own).judge(made)


@given(
    src=st.sampled_from(ADDRESSES),
    dst=st.sampled_from(ADDRESSES),
    uri=st.tuples(st.sampled_from(("sip:", "sips:", "SIP:", "tel:", "")), users, hosts).map(
        "".join
    ),
    via=st.tuples(
        st.sampled_from(("SIP/2.0/UDP ", "SIP/2.0/UDP  ", "SIP/2.0/TCP ", "sip/2.0/udp ")), hosts
    ).map("".join),
    contact=st.none() | st.tuples(st.sampled_from(("sip:", "<sip:")), users, hosts).map("".join),
    sport=st.sampled_from((5060, 53)),
    rport=st.booleans(),
    own=st.sampled_from(((), ("pbx.example",), ("198.51.100.1",))),
)
@example("0.0.0.0", "10.0.0.1", "sip:10.0.0.1", "SIP/2.0/UDP 0.0.0.0", None, 53, False, ())
@example(
    "203.0.113.5", "10.0.0.1", "sip:1@10.0.0.1", "SIP/2.0/UDP 203.0.113.5:5060",
    "<sip:1@203.0.113.5>", 53, False, (),
)  # fmt: skip
def test_the_short_way_and_parsing_agree(
    src: str,
    dst: str,
    uri: str,
    via: str,
    contact: str | None,
    sport: int,
    rport: bool,
    own: tuple[str, ...],
) -> None:
    lines = [f"OPTIONS {uri} SIP/2.0", f"Via: {via}" + ";rport" * rport]
    if contact is not None:
        lines.append(f"Contact: {contact}")
    made = record("\r\n".join((*lines, "", "")).encode(), src=src, sport=sport, dst=dst)
    short = given_labels(made, own=own)
    with patch.object(reach, "is_plain", lambda record: False):
        assert given_labels(made, own=own) == short


def test_most_of_what_scanners_send_takes_the_short_way() -> None:
    source = "203.0.113.5"
    made = record(
        b"OPTIONS sip:100@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP 203.0.113.5:5060;rport\r\n"
        b"Contact: <sip:100@203.0.113.5:5060>\r\n\r\n",
        src=source,
    )
    assert reach.is_plain(made)
