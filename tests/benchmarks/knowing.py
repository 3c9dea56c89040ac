"""What does it cost to know who is calling, beside what decoding costs?"""

from __future__ import annotations

import gc
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median

from siptui.decode import Decoder
from siptui.engine import spare_the_collector
from siptui.enrich import Enricher
from siptui.record import Frame, Record
from tests.benchmarks.table import Figure, Plan
from tests.benchmarks.traffic import SENDERS, messages

BATCH = 500
PASSES = 5
STAGES = ("tools", "labels, said", "labels, remembered")
"""What knows who is calling; shapes are part of `tools`."""
HALF = 50.0
"""Per cent of what decoding takes that they may take together."""


def frames(count: int) -> list[Frame]:
    """Return the traffic as raw IPv4 frames."""
    target = socket.inet_aton("198.51.100.10")
    found = []
    for number, (source, port, data) in enumerate(messages(count)):
        udp = struct.pack("!HHHH", port, 5060, 8 + len(data), 0) + data
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0,
                           socket.inet_aton(source), target)  # fmt: skip
        at = 1_700_000_000 * 10**9 + number * 10**7
        found.append(Frame(at, head + udp, 101, 20 + len(udp), "benchmark"))
    return found


def once(traffic: list[Frame]) -> dict[str, float]:
    """Return microseconds a message by stage, as the program calls them, from nothing known."""
    decoder, enricher = Decoder(), Enricher()
    stages: dict[str, Callable[[list[Record]], object]] = {
        "places": enricher.places.enrich,
        "tools": enricher.tools.enrich,
        "labels, said": enricher.labels.look,
        "numbers": enricher.numbers.enrich,
        "labels, remembered": enricher.labels.remember,
        "seen": enricher.seen.enrich,
    }
    found = Counter[str]()
    clock = time.process_time
    for at in range(0, len(traffic), BATCH):
        began = clock()
        records = decoder.decode(traffic[at : at + BATCH])
        ended = clock()
        found["decoding"] += ended - began
        for stage, enrich in stages.items():
            began = ended
            enrich(records)
            ended = clock()
            found[stage] += ended - began
    return {stage: seconds / len(traffic) * 1e6 for stage, seconds in found.items()}


def run(plan: Plan) -> Iterator[Figure]:
    """Measure processor time by stage, in passes that begin with nothing known."""
    traffic = frames(plan.size(100_000, 5_000))
    threshold = gc.get_threshold()
    spare_the_collector()
    try:
        passes = [once(traffic) for _ in range(1 if plan.quick else PASSES)]
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
    note = f"in process, {len(traffic):,} messages, as many as {SENDERS:,} sources"
    for stage in passes[0]:
        yield Figure("knowing", stage, "µs a message", median(each[stage] for each in passes),
                     note=note)  # fmt: skip
    shares = [100 * sum(each[stage] for stage in STAGES) / each["decoding"] for each in passes]
    yield Figure("knowing", "tools, shape and labels beside decoding", "%", median(shares),
                 target=HALF, note=note)  # fmt: skip
