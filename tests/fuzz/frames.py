"""Feed bytes to the frame decoder, and the SIP reader behind it."""

from __future__ import annotations

from collections.abc import Iterable

from siptui.decode import Decoder
from siptui.decode.frame import layers
from siptui.decode.link import LINKS
from siptui.record import Frame

_LINKS = sorted(LINKS)
_SECOND = 1_000_000_000


def frames_of(data: bytes) -> list[Frame]:
    """Return the frames an input stands for.

    Each is a byte for the link type, one for the seconds since the last, two for the length, and
    its bytes; the topmost bit of the link's byte says that the capture cut it.
    """
    frames = []
    at = now = 0
    while at + 4 <= len(data):
        link = _LINKS[(data[at] & 0x7F) % len(_LINKS)]
        now += data[at + 1] * _SECOND
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 4 + size]
        length = len(body) + (100 if data[at] & 0x80 else 0)
        frames.append(Frame(now, body, link, length, "fuzz"))
        at += 4 + size
    return frames


def input_of(frames: Iterable[Frame]) -> bytes:
    """Return the input that stands for these frames."""
    parts = []
    for frame in frames:
        cut = 0x80 if frame.length > len(frame.data) else 0
        head = bytes((_LINKS.index(frame.link) | cut, 0))
        parts.append(head + len(frame.data).to_bytes(2, "big") + frame.data)
    return b"".join(parts)


def check(data: bytes) -> None:
    """Decode the frames of one input.

    Raises AssertionError where a record does not hold what it says, or the layers of a frame
    overlap.
    """
    frames = frames_of(data)
    decoder = Decoder()
    records = decoder.decode(frames)
    records += decoder.expire(20 * _SECOND)
    records += decoder.flush()
    known = {id(frame) for frame in frames}
    for record in records:
        assert record.kind
        assert record.frames
        assert all(id(frame) in known for frame in record.frames)
        assert 0 <= record.sport < 65536
        assert 0 <= record.dport < 65536
        if record.offset >= 0:
            whole = record.frames[0].data
            assert whole[record.offset : record.offset + len(record.data)] == record.data
    for frame in frames:
        at = 0
        for layer in layers(frame):
            assert at <= layer.start <= layer.stop <= len(frame.data)
            at = layer.stop


def seeds() -> list[bytes]:
    """Return inputs made of the tests' own frames."""
    from tests.decode.test_against_tshark import OWN
    from tests.decode.test_hostile_frames import SEEDS
    from tests.decode.wire import frame

    inputs = [input_of([frame(data, link)]) for data, link in SEEDS]
    return inputs + [input_of(frames) for frames in OWN.values()]
