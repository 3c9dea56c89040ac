"""Which shapes, user agents, networks and numbers were never seen before, in this run or any other?

What was seen is held in memory within bounds and, if a file is given, in SQLite. The file is opened
before rights are dropped and never again: its journal is kept in memory, since the folder may not
be writable later. A file that is damaged or cannot be written is given up with one sentence.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from siptui.enrich.hosts import network
from siptui.record import Record

KINDS = ("shape", "ua", "network", "number")
"""What is remembered; the numbers of the file's first column are the places in this list."""
LIMIT = 40_000
"""Values of each kind that are remembered; the longest unseen go first."""
PENDING = 5_000
"""New values that are written at once as soon as there are so many."""
FLUSH_EVERY = 2_000_000_000
"""Nanoseconds of the capture's clock between two writes."""
VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (
    kind INTEGER NOT NULL, value BLOB NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) WITHOUT ROWID
"""
_UPSERT = (
    "INSERT INTO seen VALUES (?, ?, ?, ?) "
    "ON CONFLICT (kind, value) DO UPDATE SET last = max(last, excluded.last)"
)


class _Values:
    """Hold the values of one kind: those met in this run, and those of earlier ones."""

    __slots__ = ("before", "let_go", "limit", "now")

    def __init__(self, limit: int) -> None:
        self.now: set[str] = set()
        self.before: set[bytes] = set()
        """Digests of what was seen earlier and not yet met again."""
        self.limit = limit
        self.let_go = 0

    def meet(self, value: str, digest: bytes) -> bool:
        """Note a value that is not in `now`; tell whether it was never seen before."""
        if len(self.now) >= self.limit:
            # The values themselves are not worth keeping: their digests tell them as well.
            self.let_go += len(self.before)
            self.before = {_digest(each) for each in self.now}
            self.now = set()
        self.now.add(value)
        if digest in self.before:
            self.before.discard(digest)
            return False
        return True


def _digest(value: str) -> bytes:
    return blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Seen:
    """Mark what was never seen before."""

    def __init__(self, path: Path | None = None, *, limit: int = LIMIT) -> None:
        """Open the file at `path`, and make it if need be; None remembers this run only."""
        self.notice = ""
        """One sentence if the file is not used or no longer; empty if all is well."""
        self._path = path
        self._values = tuple(_Values(limit) for _ in KINDS)
        self._limit = limit
        self._pending: list[tuple[int, bytes, int, int]] = []
        self._flush_at = 0
        self._networks: set[str] = set()
        """Addresses whose network was met."""
        self._file: sqlite3.Connection | None = None
        if path is not None:
            self._open(path)

    @property
    def let_go(self) -> int:
        """Return how many values were forgotten for want of room."""
        return sum(each.let_go for each in self._values)

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill `new` of records, in order of arrival."""
        shapes, agents, _, numbers = (each.now for each in self._values)
        networks = self._networks
        for record in records:
            if (
                record.src not in networks
                or record.shape not in shapes
                or record.ua not in agents
                or (record.number and record.number not in numbers)
            ):
                self._meet(record)
                shapes, agents, _, numbers = (each.now for each in self._values)
                networks = self._networks
        if records and self._file is not None:
            self._flush_if_due(records[-1].time)

    def _meet(self, record: Record) -> None:
        src = record.src
        met = network(src) if src not in self._networks else ""
        if met:
            if len(self._networks) >= self._limit:
                self._networks = set()
            self._networks.add(src)
        new = []
        for kind, value in enumerate((record.shape, record.ua, met, record.number)):
            values = self._values[kind]
            if not value:
                if kind < 2:
                    values.now.add("")
                continue
            if value in values.now:
                continue
            digest = _digest(value)
            if values.meet(value, digest):
                new.append(KINDS[kind])
            if self._file is not None:
                self._pending.append((kind, digest, record.time, record.time))
        if new:
            record.new = tuple(new)

    def _flush_if_due(self, now: int) -> None:
        if not self._pending:
            return
        if len(self._pending) >= PENDING or not 0 <= now - self._flush_at < FLUSH_EVERY:
            self._flush_at = now
            self.flush()

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = sqlite3.connect(
                path, timeout=0, isolation_level=None, check_same_thread=False
            )
            self._load(self._file)
        except (sqlite3.Error, OSError) as error:
            self._give_up(error)

    def _load(self, file: sqlite3.Connection) -> None:
        file.execute("PRAGMA journal_mode = MEMORY").fetchone()
        file.execute("PRAGMA synchronous = OFF")
        file.execute("PRAGMA temp_store = MEMORY")
        version = file.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"it is of version {version}, not {VERSION}")
        file.execute("BEGIN IMMEDIATE")
        file.execute(_SCHEMA)
        file.execute(f"PRAGMA user_version = {VERSION}")
        for kind, values in enumerate(self._values):
            self._prune(file, kind)
            values.before = {
                bytes(value)
                for (value,) in file.execute("SELECT value FROM seen WHERE kind = ?", (kind,))
            }
        file.execute("COMMIT")

    def _prune(self, file: sqlite3.Connection, kind: int) -> None:
        file.execute(
            "DELETE FROM seen WHERE kind = ?1 AND value NOT IN "
            "(SELECT value FROM seen WHERE kind = ?1 ORDER BY last DESC LIMIT ?2)",
            (kind, self._limit),
        )

    def flush(self) -> None:
        """Write what is not yet written; a file that is locked by another is tried again later."""
        if self._file is None or not self._pending:
            return
        try:
            self._file.execute("BEGIN IMMEDIATE")
            self._file.executemany(_UPSERT, self._pending)
            self._file.execute("COMMIT")
            self._pending.clear()
        except sqlite3.OperationalError as error:
            with contextlib.suppress(sqlite3.Error):
                self._file.execute("ROLLBACK")
            if "locked" not in str(error):
                self._give_up(error)
            elif len(self._pending) > 4 * PENDING:
                del self._pending[:PENDING]
        except sqlite3.Error as error:
            self._give_up(error)

    def close(self) -> None:
        """Write what is not yet written, and close the file."""
        if self._file is None:
            return
        self.flush()
        if self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                for kind in range(len(KINDS)):
                    self._prune(self._file, kind)
            self._file.close()
            self._file = None

    def _give_up(self, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        self.notice = f"{self._path}: what was seen before is not remembered ({reason})"
        if self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                self._file.close()
        self._file = None
        self._pending.clear()
