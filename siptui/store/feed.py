"""How do rows get from the pipe into the store?

One thread moves them, and does nothing else; it never touches the screen.
"""

from __future__ import annotations

import threading
from multiprocessing.connection import Connection

from siptui import batch
from siptui.status import Status
from siptui.store import Store


class Feed(threading.Thread):
    """Move batches and reports from a connection into a store until it ends."""

    def __init__(self, connection: Connection, store: Store) -> None:
        super().__init__(name="feed", daemon=True)
        self._connection = connection
        self._store = store

    def run(self) -> None:
        """Read until the other end closes."""
        while True:
            try:
                kind, content = self._connection.recv()
            except (EOFError, OSError):
                break
            if kind == "batch":
                self._store.append(batch.unpack(content))
            else:
                self._store.status = content
        if not self._store.status.ended:
            self._store.status = Status(
                **{name: getattr(self._store.status, name) for name in Status.__slots__}
                | {"ended": True, "error": "the engine ended unexpectedly"}
            )
