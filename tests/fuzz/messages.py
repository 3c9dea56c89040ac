"""Feed bytes to the SIP reader."""

from __future__ import annotations

from collections.abc import Iterable

from siptui.decode import ordinary, other
from siptui.decode.defects import DEFECTS
from siptui.decode.elements import Element
from siptui.decode.message import read
from siptui.decode.sip import divide, measure, resync, skim
from siptui.record import Record

SHOWN = ("kind", "method", "status", "spans", "ua", "user", "defects", "names", "values")


def check(data: bytes) -> None:
    """Read one datagram, and the same bytes as a stream.

    Raises AssertionError where two readings differ or a range lies outside its message.
    """
    ranges = divide(data)
    assert b"".join(data[start:stop] for start, stop in ranges) == data
    for start, stop in ranges:
        _check_message(data[start:stop])
    length = measure(bytearray(data), 0)
    assert length is None or 0 < length <= len(data)
    found = resync(bytearray(data), 0)
    assert found == -1 or resync(data, found) == found
    assert other.name(data, "udp", 40000, 5060)
    assert other.name(data, "tcp", 40000, 5060)


def _check_message(data: bytes) -> None:
    first, second = (
        Record(0, "192.0.2.1", 5060, "198.51.100.1", 5060, "udp", "", data, ()) for _ in "12"
    )
    skim(first)
    message = read(data)
    assert first.kind
    if first.kind == "sip":
        assert first.defects == message.defects
    if ordinary.fill(second):
        assert all(getattr(first, name) == getattr(second, name) for name in SHOWN)
    for finding in message.findings:
        assert finding.name in DEFECTS
        assert 0 <= finding.start <= finding.stop <= len(data)
    for start, stop in zip(first.spans[::2], first.spans[1::2], strict=True):
        assert 0 <= start <= stop <= len(data)
    _check_elements(message.elements, 0, len(data))


def _check_elements(elements: Iterable[Element], start: int, stop: int) -> None:
    for each in elements:
        assert start <= each.start <= each.stop <= stop
        _check_elements(each.parts, each.start, each.stop)


def seeds() -> list[bytes]:
    """Return the tests' own messages and those beside the checkout."""
    from tests.decode.messages import seeds

    return seeds()
