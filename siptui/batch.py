"""How do rows cross the pipe? As columns: much smaller and faster than objects.

Numbers are arrays, repeating texts are codes into a dictionary of the batch, header fields are
spans of the message's bytes, and each frame's bytes are there once.
"""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import add, attrgetter

from siptui.record import FIELDS, SPANS, Frame, Record

NUMBERS = tuple(each for each in FIELDS if each.storage == "number" and each.name != "len")
WORDS = tuple(each for each in FIELDS if each.storage in {"word", "words"} and each.name != "iface")
SPAN_COUNT = 2 * len(SPANS)
MOST = 65_535
"""Records of one batch, at most: codes have 16 bits."""
_columns_of = attrgetter(
    *(each.attribute for each in NUMBERS),
    *(each.attribute for each in WORDS),
    "frames",
    "data",
    "offset",
    "spans",
)


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


def pack(records: Sequence[Record]) -> bytes:
    """Return at most `MOST` records as bytes for `unpack`; raises ValueError for more."""
    count = len(records)
    if count > MOST:
        raise ValueError(f"a batch holds at most {MOST} records, not {count}")
    columns = list(zip(*map(_columns_of, records), strict=True)) or [()] * (
        len(NUMBERS) + len(WORDS) + 4
    )
    numbers, words = columns[: len(NUMBERS)], columns[len(NUMBERS) : -4]
    row_frames, data, inside, spans = columns[-4:]
    frames, numbered = _number(row_frames)
    held = tuple(zip(*frames, strict=True)) or ((),) * len(Frame._fields)
    times, pieces, links, lengths, interfaces = held
    offsets = list(accumulate(map(len, pieces), initial=0))
    if len(frames) == count and all(row_frames) and _all_inside(pieces, data, inside):
        data_offsets, extra = list(map(add, offsets, inside)), list[bytes]()
    else:
        data_offsets, extra = _locate(row_frames, data, inside, numbered, offsets)
    return pickle.dumps(
        (
            count,
            [array(each.code, column).tobytes()
             for each, column in zip(NUMBERS, numbers, strict=True)],
            [_coded(column) for column in words],
            array("I", list(chain.from_iterable(spans))).tobytes(),
            b"".join((*pieces, *extra)),
            array("q", times).tobytes(),
            array("Q", offsets).tobytes(),
            array("I", lengths).tobytes(),
            array("H", links).tobytes(),
            _coded(interfaces),
            array("I", numbered).tobytes(),
            array("I", list(accumulate(map(len, row_frames), initial=0))).tobytes(),
            array("Q", data_offsets).tobytes(),
            array("I", list(map(len, data))).tobytes(),
            array("q", inside).tobytes(),
        ),
        protocol=5,
    )  # fmt: skip


def _number(row_frames: Sequence[tuple[Frame, ...]]) -> tuple[list[Frame], Sequence[int]]:
    """Return each frame once, and row after row the numbers of its frames."""
    every = list(chain.from_iterable(row_frames))
    frames = dict(zip(map(id, every), every, strict=True))
    if len(frames) == len(every):
        return every, range(len(every))
    places = dict(zip(frames, range(len(frames)), strict=True))
    return list(frames.values()), [places[id(frame)] for frame in every]


def _all_inside(pieces: Sequence[bytes], data: Sequence[bytes], inside: Sequence[int]) -> bool:
    """Return whether each message is where its record says, in the one frame that carried it.

    What a record says of its place is not taken on trust: another place would be another message.
    """
    return min(inside, default=0) >= 0 and all(map(bytes.startswith, pieces, data, inside))


def _locate(
    row_frames: Sequence[tuple[Frame, ...]],
    data: Sequence[bytes],
    inside: Sequence[int],
    numbered: Sequence[int],
    offsets: list[int],
) -> tuple[list[int], list[bytes]]:
    """Return where each message begins, and those that are in no frame and follow them all."""
    found: list[int] = []
    extra: list[bytes] = []
    end, at = offsets[-1], 0
    for frames, message, offset in zip(row_frames, data, inside, strict=True):
        if offset >= 0 and frames and frames[0].data.startswith(message, offset):
            found.append(offsets[numbered[at]] + offset)
        else:
            found.append(end)
            extra.append(message)
            end += len(message)
        at += len(frames)
    return found, extra


def _coded(values: Sequence[Hashable]) -> tuple[list[Hashable], bytes]:
    """Return each distinct value and the codes; no codes where all are the same."""
    if not values or values.count(values[0]) == len(values):
        return list(values[:1]), b""
    distinct = dict.fromkeys(values)
    table = dict(zip(distinct, range(len(distinct)), strict=True))
    return list(distinct), array("H", list(map(table.__getitem__, values))).tobytes()


def unpack(data: bytes) -> Batch:
    """Return the columns that `pack` made; `data` must come from the engine's own process."""
    (count, numbers, words, spans, blob, times, offsets, lengths, links, interfaces,
     numbered, numbered_from, data_offsets, data_lengths, inside) = pickle.loads(data)  # fmt: skip
    return Batch(
        count,
        {each.name: array(each.code, column)
         for each, column in zip(NUMBERS, numbers, strict=True)},
        {each.name: _decoded(column, count) for each, column in zip(WORDS, words, strict=True)},
        array("I", spans),
        blob,
        array("q", times),
        array("Q", offsets),
        array("I", lengths),
        array("H", links),
        _decoded(interfaces, len(lengths) // 4),
        array("I", numbered),
        array("I", numbered_from),
        array("Q", data_offsets),
        array("I", data_lengths),
        array("q", inside),
    )  # fmt: skip


def _decoded(column: tuple[list[Hashable], bytes], count: int) -> tuple[list[Hashable], array[int]]:
    values, codes = column
    return values, array("H", codes or bytes(2 * count))
