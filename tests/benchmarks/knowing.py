"""Measure what it costs to know who is calling, beside what decoding costs.

Run it from the checkout: ``python -m tests.benchmarks.knowing``. Times are processor time in
microseconds a message, medians of several passes that begin with nothing known.
"""

from __future__ import annotations

import socket
import statistics
import struct
import time
from collections import Counter
from collections.abc import Callable

from siptui.decode import Decoder
from siptui.engine import spare_the_collector
from siptui.enrich import Enricher
from siptui.record import Frame, Record
from tests.benchmarks.traffic import messages

COUNT = 100_000
BATCH = 500
PASSES = 5


def frames() -> list[Frame]:
    """Return the traffic as raw IPv4 frames."""
    target = socket.inet_aton("198.51.100.10")
    found = []
    for number, (source, port, data) in enumerate(messages(COUNT)):
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
    for at in range(0, COUNT, BATCH):
        began = clock()
        records = decoder.decode(traffic[at : at + BATCH])
        ended = clock()
        found["decoding"] += ended - began
        for stage, enrich in stages.items():
            began = ended
            enrich(records)
            ended = clock()
            found[stage] += ended - began
    return {stage: seconds / COUNT * 1e6 for stage, seconds in found.items()}


def measure() -> dict[str, float]:
    """Return the medians of several passes, each with nothing known."""
    traffic = frames()
    spare_the_collector()
    passes = [once(traffic) for _ in range(PASSES)]
    return {stage: statistics.median(each[stage] for each in passes) for stage in passes[0]}


if __name__ == "__main__":
    times = measure()
    for stage, cost in times.items():
        print(f"{stage:20} {cost:6.2f}")
    knowing = ("tools", "labels, said", "labels, remembered")
    share = sum(times[stage] for stage in knowing) / times["decoding"]
    print(f"tools, shape and labels together take {share:.0%} of what decoding takes")
