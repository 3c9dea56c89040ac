"""How do rows get from the pipe into the store?

One thread moves them, and does nothing else; it never touches the screen.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from multiprocessing.connection import Connection

from siptui import batch
from siptui.store import Store

WAY = 0.06
"""Seconds for which no rows are taken in after somebody has typed."""
MOST_WAY = 0.3
"""Seconds that rows wait for it at most, however much is typed."""


class Feed(threading.Thread):
    """Move batches and reports from a connection into a store until it ends.

    Taking rows in and drawing share one core: what is typed goes first, rows can wait.
    """

    def __init__(self, connection: Connection, store: Store) -> None:
        """Read ``("batch", bytes)`` and ``("status", Status)`` from `connection` once started."""
        super().__init__(name="feed", daemon=True)
        self._connection = connection
        self._store = store
        self._typed = 0.0

    def give_way(self) -> None:
        """Let the screen draw first: somebody has typed."""
        self._typed = time.monotonic()

    def run(self) -> None:
        """Read until the other end closes; the store's status says so."""
        error = ""
        try:
            self._read()
        except Exception as failure:
            error = f"rows can no longer be taken in ({type(failure).__name__})"
            raise
        finally:
            status = self._store.status
            if error or not status.ended:
                self._store.status = dataclasses.replace(
                    status,
                    ended=True,
                    error=status.error or error or "the engine ended unexpectedly",
                )

    def _read(self) -> None:
        while True:
            try:
                kind, content = self._connection.recv()
            except (EOFError, OSError):
                return
            if kind == "batch":
                self._wait()
                self._store.append(batch.unpack(content))
            else:
                self._store.status = content

    def _wait(self) -> None:
        most = time.monotonic() + MOST_WAY
        while (until := min(self._typed + WAY, most)) > (now := time.monotonic()):
            time.sleep(until - now)
