"""Where do frames come from?

One file a source; each is a `Source`. Nothing here knows what a frame means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from siptui.record import Frame


@dataclass(slots=True)
class Statistics:
    """Say what a source has seen and lost so far."""

    received: int = 0
    """Frames that were read from it."""
    dropped_kernel: int = 0
    """Frames that libpcap says the kernel or the interface dropped."""
    dropped_socket: int = 0
    """Datagrams that the socket's receive buffer had no room for."""
    progress: float | None = None
    """How much of a file has been read, 0 to 1; None where nobody can know."""
    notice: str = ""
    """One sentence if something is wrong, such as where a damaged file stopped; safe to show."""


class Source(Protocol):
    """Read frames from one place."""

    name: str
    """What the header line calls it: ``eth0``, ``udp 0.0.0.0:5060``, ``trace.pcap``."""
    live: bool
    """Whether frames arrive by themselves (and are lost if not read), unlike a file's."""
    finished: bool
    """Whether no more frames will come."""

    def fileno(self) -> int:
        """Return the descriptor to wait on, or -1 where reading never waits."""
        ...

    def read(self, limit: int) -> list[Frame]:
        """Return up to about `limit` frames that are there now, without waiting."""
        ...

    def statistics(self) -> Statistics:
        """Return what was seen and lost so far."""
        ...

    def close(self) -> None:
        """Let go of what is open; harmless if done twice."""
        ...
