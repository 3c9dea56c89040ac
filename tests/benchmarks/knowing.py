"""Measure what it costs to know who is calling, beside what decoding costs.

Run it from the checkout: ``python -m tests.benchmarks.knowing``. Times are processor time in
microseconds a message, of a second pass over the same traffic.
"""

from __future__ import annotations

import gc
import socket
import struct
import time

from siptui.decode import Decoder
from siptui.enrich import Enricher
from siptui.record import Frame, Record
from tests.benchmarks.traffic import messages

COUNT = 20_000
BATCH = 500
STAGES = ("places", "tools", "numbers", "labels", "seen")


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


def measure() -> dict[str, float]:
    """Return microseconds a message by stage."""
    traffic, decoder, enricher = frames(), Decoder(), Enricher()
    gc.freeze()
    found: dict[str, float] = {}
    for _ in range(3):
        records: list[Record] = []
        began = time.process_time()
        for at in range(0, COUNT, BATCH):
            records += decoder.decode(traffic[at : at + BATCH])
        found["decoding"] = (time.process_time() - began) / COUNT * 1e6
        for stage in STAGES:
            enrich = getattr(enricher, stage).enrich
            began = time.process_time()
            for at in range(0, COUNT, BATCH):
                enrich(records[at : at + BATCH])
            found[stage] = (time.process_time() - began) / COUNT * 1e6
    return found


if __name__ == "__main__":
    times = measure()
    for stage, cost in times.items():
        print(f"{stage:10} {cost:6.2f}")
    share = (times["tools"] + times["labels"]) / times["decoding"]
    print(f"tools, shape and labels together take {share:.0%} of what decoding takes")
