"""Records for tests of what holds, filters and shows them: any that may be, and realistic ones."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from siptui import batch
from siptui.batch import Batch
from siptui.record import SPANS, Frame, Record

NOON = 1_767_268_800 * 10**9
"""2026-01-01 12:00:00 UTC, in nanoseconds."""
UNSIGNED = st.integers(0, 2**32 - 1)
PORT = st.integers(0, 65_535)
ANY_TEXT = st.text(max_size=12) | st.sampled_from(
    ["PBX", "pbx", "friendly-scanner", 'a"b\\c', "(x or y)", "\x1b[31m\x00", "📞", "\udc80", "a b"]
)
ADDRESS = st.sampled_from(
    ["192.0.2.1", "192.0.2.200", "198.51.100.7", "203.0.113.9", "2001:db8::17", "2001:db8:1::1", ""]
)


@st.composite
def spans_of(draw: st.DrawFn, length: int) -> tuple[int, ...]:
    spans: list[int] = []
    for _ in SPANS:
        start, stop = sorted((draw(st.integers(0, length)), draw(st.integers(0, length))))
        spans += [start, stop]
    return tuple(spans)


@st.composite
def records(draw: st.DrawFn, times: st.SearchStrategy[int] | None = None) -> Record:
    """Return any record that decoding and enriching could make."""
    times = times or st.integers(NOON, NOON + 10**12)
    data = draw(st.binary(max_size=40) | st.sampled_from([b"OPTIONS sip:1@x SIP/2.0\r\n", b"PBX"]))
    time = draw(times)
    frames: tuple[Frame, ...] = tuple(
        Frame(time, draw(st.binary(max_size=9)), draw(st.sampled_from([1, 101, 113])),
              draw(UNSIGNED), draw(st.sampled_from(["eth0", "udp 0.0.0.0:5060"])))
        for _ in range(draw(st.integers(0, 3)))
    )  # fmt: skip
    offset = -1
    if draw(st.booleans()):
        head = draw(st.binary(max_size=5))
        offset = len(head)
        frames = (Frame(time, head + data + b"!", 1, len(head), "eth0"), *frames)
    tuples = st.lists(ANY_TEXT, max_size=3, unique=True).map(tuple)
    return Record(
        time=time,
        src=draw(ADDRESS),
        sport=draw(PORT),
        dst=draw(ADDRESS),
        dport=draw(st.sampled_from([5060, 5061]) | PORT),
        transport=draw(st.sampled_from(["udp", "tcp", "ws"])),
        kind=draw(st.sampled_from(["sip", "stun", "text"])),
        data=data,
        frames=frames,
        offset=offset,
        method=draw(st.sampled_from(["OPTIONS", "INVITE", "REGISTER", "options", ""])),
        status=draw(st.sampled_from([0, 0, 200, 404]) | UNSIGNED),
        spans=draw(spans_of(len(data))),
        ua=draw(ANY_TEXT),
        user=draw(ANY_TEXT),
        defects=draw(tuples),
        country=draw(st.sampled_from(["RU", "CN", "private", ""])),
        asn=draw(UNSIGNED),
        as_name=draw(ANY_TEXT),
        tool=draw(ANY_TEXT),
        ua_lies=draw(st.booleans()),
        tag_target=draw(ANY_TEXT),
        tag_extension=draw(ANY_TEXT),
        tag_user=draw(ANY_TEXT),
        tag_password=draw(ANY_TEXT),
        shape=draw(ANY_TEXT),
        labels=draw(tuples),
        number=draw(ANY_TEXT),
        number_country=draw(ANY_TEXT),
        number_prefix=draw(ANY_TEXT),
        new=draw(tuples),
        known=draw(st.booleans()),
        ours=draw(st.booleans()),
    )


def message(number: int = 0, /, **more: object) -> Record:
    """Return one plain message, 10 ms later for each `number`."""
    data = more.pop("data", None)
    if data is None:
        data = f"OPTIONS sip:{number}@192.0.2.1 SIP/2.0\r\nCall-ID: {number}@x\r\n\r\n".encode()
    assert isinstance(data, bytes)
    time = NOON + number * 10_000_000
    at = data.find(b"Call-ID: ") + 9
    spans = [0] * (2 * len(SPANS))
    if at > 8:
        spans[6:8] = at, data.index(b"\r", at)
    values: dict[str, object] = {
        "time": time, "src": "192.0.2.1", "sport": 5060, "dst": "198.51.100.1", "dport": 5060,
        "transport": "udp", "kind": "sip", "method": "OPTIONS", "spans": tuple(spans),
        "frames": (Frame(time, b"\0" * 42 + data, 1, 42 + len(data), "eth0"),), "offset": 42,
    }  # fmt: skip
    return Record(data=data, **(values | more))  # type: ignore[arg-type]


def scanners(count: int, seed: int = 1, sources: int = 3000) -> list[Record]:
    """Return messages as varied as those of a public port: unique Call-IDs, tags and users."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        method = rng.choice(["OPTIONS", "OPTIONS", "REGISTER", "INVITE"])
        src = f"203.0.{rng.randrange(sources) // 250}.{rng.randrange(sources) % 250}"
        data = (
            f"{method} sip:{number}@192.0.2.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {src};branch=z{number}\r\n"
            f"From: <sip:100@{src}>;tag={rng.getrandbits(64):x}\r\nTo: <sip:100@192.0.2.1>\r\n"
            f"Call-ID: {rng.getrandbits(80)}\r\nCSeq: 1 {method}\r\nContact: <sip:100@{src}>\r\n"
            f"User-Agent: {rng.choice(['friendly-scanner', 'PBX', 'sipcli/v1.8'])}\r\n\r\n"
        ).encode()
        made.append(
            message(
                number,
                data=data,
                method=method,
                src=src,
                sport=rng.randrange(65536),
                ua=rng.choice(["friendly-scanner", "PBX", "sipcli/v1.8"]),
                user=str(rng.randrange(10_000)),
                country=rng.choice(["RU", "CN", "US", "DE"]),
                asn=rng.randrange(60_000),
                as_name=f"Network {rng.randrange(2000)}",
                tool="sipvicious/svmap",
                tag_target=f"192.0.2.1:{rng.randrange(65536)}",
                shape=f"{rng.randrange(50):016x}",
                labels=rng.choice([("scan",), ("toll-fraud", "scan"), ()]),
                number=f"4680{rng.randrange(10**6)}" if method == "INVITE" else "",
            )
        )
    return made


def batches(made: list[Record], size: int = 256) -> list[Batch]:
    """Return records as they come out of the pipe."""
    return [batch.unpack(batch.pack(made[at : at + size])) for at in range(0, len(made), size)]


VALUES = tuple(name for name in Record.__slots__ if name not in ("names", "values", "hosts"))


def same(one: Record, other: Record) -> bool:
    """Return whether two records hold the same, header lines aside."""
    return all(getattr(one, name) == getattr(other, name) for name in VALUES)
