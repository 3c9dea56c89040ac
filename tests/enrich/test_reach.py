"""Comparing hosts with addresses and parsing them give the same labels."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui.decode import ordinary
from siptui.decode.layouts import Layouts
from siptui.decode.sip import skim
from siptui.enrich import reach
from siptui.enrich.book import load
from siptui.record import Record
from tests.enrich.made import SOURCE, TARGET, request

BITS = {name: 1 << at for at, name in enumerate(load().labels)}
ADDRESSES = (SOURCE, TARGET, "10.0.0.1", "127.0.0.1", "0.0.0.0", "2001:db8::1")
HOSTS = ("SRC", "DST", *ADDRESSES, "203.0.113.50", "[2001:db8::1]", "SRC.example", "pbx.example")
LAYOUTS = Layouts(after=1, every=0)

ports = st.sampled_from(("", ":5060", ";x", ":", " "))
hosts = st.tuples(st.sampled_from(HOSTS), ports).map("".join)
uris = st.tuples(
    st.sampled_from(("sip:", "sips:", "SIP:")), st.sampled_from(("", "100@", "@", "a@b@")), hosts
).map("".join)


def read(data: bytes, **more: object) -> Record:
    made = Record(0, SOURCE, 5060, TARGET, 5060, "udp", "", data, ())
    for name, value in more.items():
        setattr(made, name, value)
    if not ordinary.fill(made, LAYOUTS):
        skim(made)
    return made


@pytest.fixture(autouse=True, scope="module")
def known_layouts() -> None:
    for data in (request(), request(Contact="")):
        assert ordinary.fill(read(data), LAYOUTS)


@given(
    src=st.sampled_from(ADDRESSES),
    dst=st.sampled_from(ADDRESSES),
    uri=uris,
    via=st.tuples(
        st.sampled_from(("SIP/2.0/UDP ", "SIP/2.0/TCP ")), hosts, st.sampled_from((";rport", ""))
    ).map("".join),
    contact=st.just("") | uris | uris.map("<{}>".format),
    more=st.fixed_dictionaries(
        {
            "sport": st.sampled_from((5060, 53)),
            "transport": st.sampled_from(("udp", "udp", "tcp")),
        }
    ),
    own=st.sampled_from(((), ("pbx.example",), (TARGET,))),
)
def test_the_short_way_and_parsing_agree(
    src: str,
    dst: str,
    uri: str,
    via: str,
    contact: str,
    more: dict[str, object],
    own: tuple[str, ...],
) -> None:
    text = request(Via=f"{via};branch=z9hG4bK1", Contact=contact).decode()
    text = text.replace(f"OPTIONS sip:100@{TARGET}", f"OPTIONS {uri}")
    made = read(text.replace("SRC", src).replace("DST", dst).encode(), src=src, dst=dst, **more)
    judge = reach.Reach(BITS.__getitem__, own, len(BITS)).judge
    short = judge(made)
    with patch.object(reach, "is_plain", lambda record: False):
        assert judge(made) == short


@pytest.mark.parametrize("contact", ["", f"sip:100@{SOURCE}:5060", f"<sip:{SOURCE}>"])
def test_what_most_scanners_and_phones_send_takes_the_short_way(contact: str) -> None:
    assert reach.is_plain(read(request(Contact=contact)))


def test_what_names_another_host_does_not() -> None:
    for each in (
        request(host="10.0.0.1"), request(Via="SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1"),
        request(Contact="<sip:100@10.0.0.1>"),
    ):  # fmt: skip
        assert not reach.is_plain(read(each))
