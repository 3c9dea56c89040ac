"""How is the engine doing?

`Opened` crosses the pipe from the engine's process first, a `Status` about four times a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from siptui.capture import Statistics


@dataclass(slots=True)
class Opened:
    """Say what the engine opened; it crosses the pipe once, before anything else."""

    title: str
    """What the header calls the sources."""
    live: bool
    """Whether there is one that waits."""
    label_words: dict[str, str]
    """The short words for labels."""
    country_names: dict[str, str]
    """The names of countries by their codes."""
    knowledge: bytes
    """The signatures and the labels in force, pickled, for whoever asks for reasons (`Reasons`)."""


@dataclass(slots=True)
class SourceStatus:
    """Say how one source is doing."""

    name: str
    live: bool
    finished: bool
    statistics: Statistics


@dataclass(slots=True)
class RecordingStatus:
    """Say how writing everything to a file (``-w``) goes."""

    path: str
    frames: int = 0
    size: int = 0
    """Bytes written."""
    error: str = ""
    """Why it stopped, as one sentence; empty while it goes well."""


@dataclass(slots=True)
class Status:
    """Say what the engine received, made of it, let go and lost."""

    sources: list[SourceStatus] = field(default_factory=list)
    frames: int = 0
    """Frames read from all sources."""
    records: int = 0
    """Rows made of them."""
    lost: int = 0
    """Frames thrown away because they came faster than rows could be made and taken."""
    waiting: int = 0
    """Frames that were read and are still to be looked at."""
    let_go: dict[str, int] = field(default_factory=dict)
    """What reassembly gave up and what enriching forgot, by reason."""
    notices: list[str] = field(default_factory=list)
    """What is wrong but ends nothing, a sentence each; safe to show."""
    recording: RecordingStatus | None = None
    respond_mode: str = ""
    """How sockets answer; empty where there is no socket that could."""
    respond_modes: dict[str, str] = field(default_factory=dict)
    """How they could answer, in words, by mode."""
    respond_counts: dict[str, int] = field(default_factory=dict)
    """Answers sent and withheld, by reason."""
    error: str = ""
    """Why the engine ended early, as one sentence."""
    ended: bool = False
    """Whether every source has finished and all rows were handed over."""
