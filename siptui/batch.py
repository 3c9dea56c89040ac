"""How do rows cross the pipe? As columns: much smaller and faster than objects.

Numbers are arrays, repeating texts are codes into a dictionary of the batch, header fields are
spans of the message's bytes, and each frame's bytes are there once.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from siptui.record import FIELDS, SPANS, Frame, Record

NUMBERS = tuple(each for each in FIELDS if each.storage == "number" and each.name != "len")
WORDS = tuple(each for each in FIELDS if each.storage in {"word", "words"} and each.name != "iface")
_numbers_of = attrgetter(*(each.attribute for each in NUMBERS))
_words_of = attrgetter(*(each.attribute for each in WORDS))


@dataclass(slots=True)
class Batch:
    """Hold rows as columns."""

    count: int
    numbers: dict[str, array[int]]
    """By field name."""
    words: dict[str, tuple[list[Hashable], array[int]]]
    """By field name: each distinct value once, and one code a row into that list."""
    spans: array[int]
    """Start and stop of each of `SPANS`, row after row."""
    blob: bytes
    """The bytes of all frames, and of messages that were put together from several."""
    frame_times: array[int]
    frame_offsets: array[int]
    """Where each frame begins in `blob`; one more at the end."""
    frame_lengths: array[int]
    """Lengths on the wire."""
    frame_links: array[int]
    frame_interfaces: tuple[list[Hashable], array[int]]
    row_frames: array[int]
    """Numbers of the frames that carried each row, row after row."""
    row_frames_from: array[int]
    """Where each row's part of `row_frames` begins; one more at the end."""
    data_offsets: array[int]
    """Where each row's message begins in `blob`."""
    data_lengths: array[int]
    inside: array[int]
    """`Record.offset` of each row."""


def _coded(values: Sequence[Hashable]) -> tuple[list[Hashable], array[int]]:
    table: dict[Hashable, int] = {}
    codes = array("H", [table.setdefault(value, len(table)) for value in values])
    return list(table), codes


def pack(records: Sequence[Record]) -> bytes:
    """Return at most 65 535 records as bytes for `unpack`."""
    numbers = zip(*map(_numbers_of, records), strict=True)
    words = zip(*map(_words_of, records), strict=True)
    frames: dict[int, int] = {}
    kept: list[Frame] = []
    row_frames, row_frames_from = array("I"), array("I", [0])
    pieces: list[bytes] = []
    offsets = array("Q", [0])
    size = 0
    spans = array("I")
    for record in records:
        for frame in record.frames:
            number = frames.get(id(frame))
            if number is None:
                number = frames[id(frame)] = len(kept)
                kept.append(frame)
                pieces.append(frame.data)
                size += len(frame.data)
                offsets.append(size)
            row_frames.append(number)
        row_frames_from.append(len(row_frames))
        spans.extend(record.spans)
    data_offsets, data_lengths, inside = array("Q"), array("I"), array("q")
    for row, record in enumerate(records):
        data_lengths.append(len(record.data))
        inside.append(record.offset)
        if record.offset >= 0 and record.frames:
            data_offsets.append(offsets[row_frames[row_frames_from[row]]] + record.offset)
        else:
            data_offsets.append(size)
            pieces.append(record.data)
            size += len(record.data)
    return pickle.dumps(
        (
            len(records),
            {each.name: array(each.code, column)
             for each, column in zip(NUMBERS, numbers, strict=True)},
            {each.name: _coded(column) for each, column in zip(WORDS, words, strict=True)},
            spans,
            b"".join(pieces),
            array("q", [frame.time for frame in kept]),
            offsets,
            array("I", [frame.length for frame in kept]),
            array("H", [frame.link for frame in kept]),
            _coded([frame.interface for frame in kept]),
            row_frames,
            row_frames_from,
            data_offsets,
            data_lengths,
            inside,
        ),
        protocol=5,
    )  # fmt: skip


def unpack(data: bytes) -> Batch:
    """Return the columns that `pack` made; `data` must come from the engine's own process."""
    return Batch(*pickle.loads(data))


SPAN_COUNT = 2 * len(SPANS)
