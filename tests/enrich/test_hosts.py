"""What a host means does not depend on how it is found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from siptui.enrich.hosts import host

ADDRESSES = st.ip_addresses(v=4).map(str) | st.sampled_from(
    ["10.1.2.3", "172.16.0.1", "172.32.0.1", "192.168.1.1", "192.169.1.1", "100.64.0.1", "0.0.0.0",
     "0.1.2.3", "127.0.0.1", "169.254.9.9", "224.0.0.1", "255.255.255.255", "1.2.3", "01.2.3.4",
     "1.2.3.256"]
)  # fmt: skip
NAMES = st.from_regex(r"[0-9A-Za-z.-]{1,40}", fullmatch=True)


@given(ADDRESSES | NAMES, st.sampled_from(["", ":", ";", ">", "?", ",", " ", "\r"]))
def test_a_host_means_the_same_wherever_it_stands(text: str, end: str) -> None:
    careful = host(f"sip:user@{text}".encode())
    assert host(f"@{text}{end}".encode()) == careful
    assert host(f"SIP/2.0/UDP {text}{end}".encode()) == careful
