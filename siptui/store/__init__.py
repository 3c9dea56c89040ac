"""What is remembered, within bounds?

One thread writes (the feed, or a test), and it makes rows visible last by raising a chunk's
`count`; readers in the screen's thread look at no more rows than that and take no lock (the only
one keeps `Store.clear` and `Store.append` apart, for the time of one batch).
"""

from __future__ import annotations

import threading

from siptui.batch import Batch
from siptui.record import Record
from siptui.status import Status
from siptui.store.campaigns import Campaigns
from siptui.store.chunk import Chunk
from siptui.store.pulse import Pulse
from siptui.store.reactions import Reactions
from siptui.store.senders import Senders
from siptui.store.tallies import COUNTED, Tallies

LIMIT_RECORDS = 150_000
LIMIT_BYTES = 80_000_000
CHUNK_ROWS = 4096
_PARTS = 8
"""Into so many chunks at least the limits are divided, so that little goes at once."""

__all__ = ["COUNTED", "Chunk", "Store", "Tallies"]


class Store:
    """Hold the newest rows, and count all of them."""

    def __init__(self, limit_records: int = LIMIT_RECORDS, limit_bytes: int = LIMIT_BYTES) -> None:
        """Hold at most `limit_records` rows in at most `limit_bytes` bytes of memory.

        The newest batch is held even if it alone is more.
        """
        self.limit_records = limit_records
        self.limit_bytes = limit_bytes
        self.chunks: tuple[Chunk, ...] = ()
        """From the oldest to the newest; replaced as a whole, never changed."""
        self.received = 0
        """Rows that ever came; also the sequence number of the next one."""
        self.tallies = Tallies()
        """Counters since the start, or since `clear`; they outlive the rows."""
        self.senders = Senders()
        """Everybody who sends, since the start or since `clear`."""
        self.campaigns = Campaigns()
        """Senders that work together, likewise."""
        self.reactions = Reactions()
        """What sources did after our answers, likewise."""
        self.pulse = Pulse()
        """Messages of each of the last seconds, by the clock of the capture."""
        self.status = Status()
        """The engine's latest report."""
        self._capacity = max(1, min(CHUNK_ROWS, limit_records // _PARTS))
        self._lock = threading.Lock()

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
        """Rows that were held once: the oldest had to go, others were cleared."""
        return self.first

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
        with self._lock:
            chunk = self._chunk_for(batch)
            start = chunk.count
            chunk.append(batch)
            self.received += batch.count
            self.tallies.add(chunk, start, chunk.count)
            self.pulse.add(chunk.numbers["time"][start : chunk.count])
            self._evict()
        self.senders.add(batch)
        self.campaigns.add(batch)
        self.reactions.add(batch, self.status.respond_mode)

    def _chunk_for(self, batch: Batch) -> Chunk:
        """Return the newest chunk, or a new one where the batch does not fit."""
        if self.chunks:
            chunk = self.chunks[-1]
            full = chunk.memory + len(batch.blob) > self.limit_bytes // _PARTS
            if batch.count <= chunk.room and not full:
                return chunk
            chunk.seal()
        chunk = Chunk(self.received, max(self._capacity, batch.count))
        self.chunks = (*self.chunks, chunk)
        return chunk

    def _evict(self) -> None:
        chunks = self.chunks
        kept, size = self.kept, self.bytes
        gone = 0
        while gone < len(chunks) - 1 and (kept > self.limit_records or size > self.limit_bytes):
            kept -= chunks[gone].count
            size -= chunks[gone].memory
            gone += 1
        if gone:
            self.chunks = chunks[gone:]

    def clear(self) -> None:
        """Let all rows go and count values anew; what was received stays counted."""
        with self._lock:
            self.chunks = ()
            self.tallies = Tallies()
            self.senders = Senders()
            self.campaigns = Campaigns()
            self.reactions = Reactions()

    def chunk_of(self, seq: int) -> Chunk | None:
        """Return the chunk that holds a row, or None if it is held no more."""
        chunks = self.chunks
        low, high = 0, len(chunks)
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
