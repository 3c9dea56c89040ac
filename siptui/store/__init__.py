"""What is remembered, within bounds?

One thread writes (the feed, or a test), and it makes rows visible last by raising a chunk's
`count`; readers in the screen's thread look at no more rows than that and take no lock.
"""

from __future__ import annotations

from collections import deque

from siptui.batch import Batch
from siptui.record import Record
from siptui.status import Status
from siptui.store.chunk import Chunk
from siptui.store.tally import Tallies

LIMIT_RECORDS = 250_000
LIMIT_BYTES = 200_000_000
CHUNK_ROWS = 4096
RATE_SECONDS = 120
"""Seconds of which the number of messages is known, for the header's curve."""

__all__ = ["Chunk", "Store", "Tallies"]


class Store:
    """Hold the newest rows, and count all of them."""

    def __init__(self, limit_records: int = LIMIT_RECORDS, limit_bytes: int = LIMIT_BYTES) -> None:
        """Hold at most `limit_records` rows in at most `limit_bytes` bytes of memory."""
        self.limit_records = limit_records
        self.limit_bytes = limit_bytes
        self.chunks: tuple[Chunk, ...] = ()
        """From the oldest to the newest; replaced as a whole, never changed."""
        self.received = 0
        """Rows that ever came; also the sequence number of the next one."""
        self.tallies = Tallies()
        """Counters since the start; they outlive the rows."""
        self.status = Status()
        """The engine's latest report."""
        self._capacity = max(1, min(CHUNK_ROWS, limit_records // 4))

    @property
    def first(self) -> int:
        """The sequence number of the oldest row held."""
        chunks = self.chunks
        return chunks[0].first if chunks else self.received

    @property
    def kept(self) -> int:
        """Rows held."""
        return sum(chunk.count for chunk in self.chunks)

    @property
    def let_go(self) -> int:
        """Rows that were held once and had to go."""
        return self.received - self.kept

    @property
    def bytes(self) -> int:
        """Bytes that the rows occupy: messages, frames and all that is known of them."""
        return sum(chunk.memory for chunk in self.chunks)

    @property
    def newest_time(self) -> int:
        """When the newest row arrived, in nanoseconds since the epoch; 0 if there is none."""
        for chunk in reversed(self.chunks):
            if chunk.count:
                return int(chunk.numbers["time"][chunk.count - 1])
        return 0

    def append(self, batch: Batch) -> None:
        """Hold the rows of a batch, and let the oldest go where a limit is reached."""
        if not batch.count:
            return
        chunk = self.chunks[-1] if self.chunks else None
        if chunk is None or chunk.room < batch.count:
            chunk = Chunk(self.received, max(self._capacity, batch.count))
            self.chunks = (*self.chunks, chunk)
        start = chunk.count
        chunk.append(batch)
        self.received += batch.count
        self.tallies.add(chunk, start, chunk.count, None)
        self._evict()

    def _evict(self) -> None:
        chunks = deque(self.chunks)
        kept = sum(chunk.count for chunk in chunks)
        size = sum(chunk.memory for chunk in chunks)
        while len(chunks) > 1 and (kept > self.limit_records or size > self.limit_bytes):
            gone = chunks.popleft()
            kept -= gone.count
            size -= gone.memory
        if len(chunks) != len(self.chunks):
            self.chunks = tuple(chunks)

    def clear(self) -> None:
        """Let all rows go and count anew; what was received stays counted."""
        self.chunks = ()
        self.tallies = Tallies()

    def chunk_of(self, seq: int) -> Chunk | None:
        """Return the chunk that holds a row, or None if it is held no more."""
        low, chunks = 0, self.chunks
        high = len(chunks)
        while low < high:
            middle = (low + high) // 2
            chunk = chunks[middle]
            if seq < chunk.first:
                high = middle
            elif seq >= chunk.first + chunk.count:
                low = middle + 1
            else:
                return chunk
        return None

    def record(self, seq: int) -> Record | None:
        """Return the row with a sequence number, or None if it is held no more."""
        chunk = self.chunk_of(seq)
        return None if chunk is None else chunk.record(seq - chunk.first)
