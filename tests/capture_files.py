"""What a capture file holds, read to its end."""

from __future__ import annotations

from pathlib import Path

from siptui.capture.files import open_file
from siptui.decode import Decoder
from siptui.record import Frame, Record


def frames_of(path: Path) -> list[Frame]:
    """Return all frames of a whole file."""
    source = open_file(str(path))
    frames: list[Frame] = []
    while not source.finished:
        frames += source.read(1000)
    source.close()
    assert not source.statistics().notice
    return frames


def records_of(*paths: Path) -> list[Record]:
    """Return the records of whole files, each decoded by itself."""
    records: list[Record] = []
    for path in paths:
        decoder = Decoder()
        records += decoder.decode(frames_of(path)) + decoder.flush()
    return records
