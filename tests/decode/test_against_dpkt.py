"""What `dpkt.sip` accepts is read here with the same values."""

from __future__ import annotations

import dpkt
import pytest
from hypothesis import HealthCheck, given, settings

from siptui.decode.message import read
from tests.decode.messages import PLAIN, almost, record, seeds

NAMES = {"via": "Via", "from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq"}


def dpkt_reads(data: bytes) -> dpkt.sip.Message | None:
    kind = dpkt.sip.Response if data[:4] == b"SIP/" else dpkt.sip.Request
    try:
        return kind(data)
    except (dpkt.Error, ValueError, TypeError, OverflowError, AttributeError):
        return None


def compare(data: bytes) -> bool:
    """Compare a clean ASCII message; return whether dpkt reads it."""
    if record(data).defects or record(data).kind != "sip" or not data.isascii():
        return False
    other = dpkt_reads(data)
    if other is None:
        return False
    message = read(data)
    if message.status:
        assert str(message.status) == other.status
    else:
        assert message.method == other.method
        assert message.data[message.uri.start : message.uri.stop].decode() == other.uri
    for name, canonical in NAMES.items():
        ours = [each.value for each in message.headers if each.name.lower() == name]
        odd = any(
            b"\n" in each.raw or data[each.name_stop] != 0x3A for each in message.all(canonical)
        )
        theirs = other.headers.get(name, [])
        # dpkt loses folds and takes white space before the colon for a part of the name.
        if ours and not odd:
            assert ours == ([theirs] if isinstance(theirs, str) else theirs)
    return True


def test_messages_of_tools_and_of_the_rfcs() -> None:
    assert sum(map(compare, seeds())) >= 1


@pytest.mark.parametrize(
    "data", [PLAIN, PLAIN.replace(b"OPTIONS sip:100@203.0.113.81 SIP/2.0", b"SIP/2.0 200 OK")]
)
def test_what_dpkt_reads_is_compared(data: bytes) -> None:
    assert compare(data)


@given(almost())
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_messages_of_many_kinds(data: bytes) -> None:
    compare(data)
