"""From frames to rows that are held, within one process, a block at a time."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from siptui import batch
from siptui.batch import Batch
from siptui.decode import Decoder
from siptui.enrich import Enricher
from siptui.enrich.places import Places
from siptui.record import Frame
from siptui.store import Store
from tests.benchmarks.traffic import messages

BATCH = 1024
_TARGET = socket.inet_aton("198.51.100.10")
_IP = struct.Struct("!BBHHHBBH4s4sHHHH")


class Frames:
    """Make endless frames from a few thousand messages, each from an address of its own."""

    def __init__(self, distinct: int = 5_000, seed: int = 7) -> None:
        self._messages = [data for _, _, data in messages(distinct, seed)]
        self._random = random.Random(seed)
        self._time = 1_700_000_000_000_000_000

    def take(self, count: int) -> list[Frame]:
        """Return the next `count` frames: raw IP, 50 µs apart."""
        frames = []
        for data in self._random.choices(self._messages, k=count):
            source = struct.pack("!I", self._random.randrange(0x0B000000, 0xDF000000))
            size = len(data)
            head = _IP.pack(0x45, 0, 28 + size, 0, 0, 64, 17, 0, source, _TARGET,
                            self._random.randrange(1024, 65536), 5060, 8 + size, 0)  # fmt: skip
            self._time += 50_000
            frames.append(Frame(self._time, head + data, 101, 28 + size, "made up"))
        return frames


@dataclass(frozen=True, slots=True)
class Cost:
    """Hold what a block of messages cost, in seconds of the processor."""

    engine: float
    """Decoding, enriching, packing."""
    screen: float
    """Unpacking, storing, counting."""


class Pipeline:
    """Decode, enrich and pack as the engine does, everything on that needs no file of its own."""

    def __init__(self) -> None:
        country = Path(str(resources.files("siptui"))) / "data" / "places" / "country.mmdb"
        places = Places.open(country if country.exists() else None, None)
        self._decoder, self._enricher = Decoder(), Enricher(places)

    def pack(self, frames: list[Frame]) -> bytes:
        """Return frames as the batch that crosses the pipe."""
        records = self._decoder.decode(frames)
        self._enricher.enrich(records)
        return batch.pack(records)

    def block(self, frames: list[Frame], store: Store) -> Cost:
        """Bring frames into a store, in batches; return what it cost."""
        engine = screen = 0.0
        for at in range(0, len(frames), BATCH):
            began = time.process_time()
            packed = self.pack(frames[at : at + BATCH])
            middle = time.process_time()
            store.append(batch.unpack(packed))
            engine += middle - began
            screen += time.process_time() - middle
        return Cost(engine, screen)


def unpacked(pipeline: Pipeline, count: int) -> Iterator[Batch]:
    """Yield `count` messages of the generator as batches."""
    frames = Frames(distinct=count)
    for at in range(0, count, BATCH):
        yield batch.unpack(pipeline.pack(frames.take(min(BATCH, count - at))))
