"""How are a few thousand rows held? As columns, with one dictionary a column.

One thread appends; it raises `Chunk.count` last. What readers see below that count never changes,
though the arrays that hold it may be replaced by others with the same content.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siptui.batch import NUMBERS, SPAN_COUNT, WORDS, Batch
from siptui.record import Frame, Record, decode

_DTYPES: dict[str, Any] = {"q": np.int64, "I": np.uint32, "H": np.uint16, "B": np.uint8}
_PLACE = 8
"""Bytes of a distinct value's place in its list."""
_ENTRY = 90
"""Bytes of a distinct value's entry in the table that a full column no longer needs."""
_OBJECT = 300
"""Bytes of an array's objects, its share of the chunk's included."""


class Words:
    """Hold one column of repeating values: each value once, and a code a row."""

    def __init__(self, capacity: int) -> None:
        self.values: Sequence[Hashable] = []
        self.codes: NDArray[np.uint16] = np.zeros(capacity, np.uint16)
        self._table: dict[Hashable, int] = {}
        self._size = 0

    @property
    def memory(self) -> int:
        """Bytes occupied."""
        return (
            self.codes.nbytes + self._size + _PLACE * len(self.values) + _ENTRY * len(self._table)
        )

    def append(self, at: int, values: list[Hashable], codes: NDArray[np.uint16]) -> None:
        """Put the codes of another dictionary behind row `at`."""
        table, own = self._table, self.values
        assert isinstance(own, list), "a sealed column takes no more"
        translated = []
        for value in values:
            code = table.get(value)
            if code is None:
                code = table[value] = len(own)
                own.append(value)
                self._size += _size_of(value)
            translated.append(code)
        if len(translated) == 1:
            self.codes[at : at + len(codes)] = translated[0]
        elif translated:
            self.codes[at : at + len(codes)] = np.array(translated, np.uint16)[codes]

    def seal(self, count: int) -> None:
        """Give back what only appending needs."""
        self.codes = self.codes[:count].copy()
        # The garbage collector looks into lists again and again, into tuples of texts only once.
        self.values = tuple(self.values)
        self._table = {}


def _size_of(value: Hashable) -> int:
    size = sys.getsizeof(value)
    return size + sum(map(sys.getsizeof, value)) if isinstance(value, tuple) else size


class Column:
    """Hold numbers in an array that grows by doubling."""

    def __init__(self, dtype: Any, capacity: int) -> None:
        self._held = np.zeros(max(capacity, 16), dtype)
        self.count = 0

    def extend(self, values: Any) -> None:
        """Append numbers."""
        stop = self.count + len(values)
        if stop > len(self._held):
            grown = np.zeros(max(stop, 2 * len(self._held)), self._held.dtype)
            grown[: self.count] = self._held[: self.count]
            self._held = grown
        self._held[self.count : stop] = values
        self.count = stop

    def seal(self) -> None:
        """Give back what is not used."""
        self._held = self._held[: self.count].copy()

    @property
    def values(self) -> NDArray[Any]:
        """The numbers held."""
        return self._held[: self.count]

    @property
    def nbytes(self) -> int:
        """Bytes that the column occupies."""
        return self._held.nbytes


class Frames:
    """Hold the captured frames of a chunk: where each is in the blob, and what is known of it."""

    def __init__(self, capacity: int) -> None:
        self.times = Column(np.int64, capacity)
        self.starts = Column(np.uint32, capacity)
        self.lengths = Column(np.uint32, capacity)
        """Bytes of each frame that were captured."""
        self.lengths_on_wire = Column(np.uint32, capacity)
        self.links = Column(np.uint16, capacity)
        self.interfaces = Column(np.uint16, capacity)
        self._names: list[str] = []

    @property
    def _columns(self) -> tuple[Column, ...]:
        return (self.times, self.starts, self.lengths, self.lengths_on_wire, self.links,
                self.interfaces)  # fmt: skip

    @property
    def nbytes(self) -> int:
        """Bytes that the columns occupy."""
        return sum(each.nbytes for each in self._columns)

    def append(self, batch: Batch, base: int) -> None:
        """Add the frames of a batch whose blob begins at `base` of the chunk's."""
        offsets = np.frombuffer(batch.frame_offsets, np.uint64)
        self.starts.extend(offsets[:-1] + np.uint64(base))
        self.lengths.extend(np.diff(offsets))
        self.times.extend(batch.frame_times)
        self.lengths_on_wire.extend(batch.frame_lengths)
        self.links.extend(batch.frame_links)
        names, codes = batch.frame_interfaces
        places = []
        for name in map(str, names):
            if name not in self._names:
                self._names.append(name)
            places.append(self._names.index(name))
        self.interfaces.extend(np.array(places, np.uint16)[np.frombuffer(codes, np.uint16)])

    def seal(self) -> None:
        """Give back what is not used."""
        for column in self._columns:
            column.seal()

    def frame(self, number: int, blob: bytes | bytearray) -> Frame:
        """Return one frame."""
        start = int(self.starts.values[number])
        return Frame(
            int(self.times.values[number]),
            bytes(blob[start : start + int(self.lengths.values[number])]),
            int(self.links.values[number]),
            int(self.lengths_on_wire.values[number]),
            self._names[int(self.interfaces.values[number])],
        )


class Chunk:
    """Hold up to `capacity` rows, the first of them with sequence number `first`."""

    def __init__(self, first: int, capacity: int) -> None:
        self.first = first
        self.capacity = capacity
        self.count = 0
        """Rows that readers may look at; set last by the writer."""
        self.numbers: dict[str, NDArray[Any]] = {
            each.name: np.zeros(capacity, _DTYPES[each.code]) for each in NUMBERS
        }
        self.numbers["len"] = np.zeros(capacity, np.uint32)
        self.words: dict[str, Words] = {each.name: Words(capacity) for each in WORDS}
        self.words["iface"] = Words(capacity)
        self.spans: NDArray[np.uint32] = np.zeros((capacity, SPAN_COUNT), np.uint32)
        self.blob: bytes | bytearray = bytearray()
        """The bytes of frames and messages."""
        self.data_offsets: NDArray[np.int64] = np.zeros(capacity, np.int64)
        """Where each row's message begins in `blob`."""
        self.memory = 0
        """Bytes that the chunk occupies."""
        self._inside: NDArray[np.int32] = np.zeros(capacity, np.int32)
        self._row_frames_from: NDArray[np.uint32] = np.zeros(capacity + 1, np.uint32)
        self._row_frames = Column(np.uint32, capacity)
        self._frames = Frames(capacity)

    @property
    def room(self) -> int:
        """Rows that still fit."""
        return self.capacity - self.count

    @property
    def size(self) -> int:
        """Bytes of messages and frames held."""
        return len(self.blob)

    def append(self, batch: Batch) -> None:
        """Put a whole batch behind the rows; it must fit."""
        if not batch.count:
            return
        at, stop = self.count, self.count + batch.count
        base, first_frame = len(self.blob), self._frames.times.count
        self.blob += batch.blob
        for name, values in batch.numbers.items():
            self.numbers[name][at:stop] = values
        self.numbers["len"][at:stop] = batch.data_lengths
        for name, (words, codes) in batch.words.items():
            self.words[name].append(at, words, np.frombuffer(codes, np.uint16))
        self.spans[at:stop] = np.frombuffer(batch.spans, np.uint32).reshape(-1, SPAN_COUNT)
        self.data_offsets[at:stop] = np.frombuffer(batch.data_offsets, np.uint64) + np.uint64(base)
        self._inside[at:stop] = batch.inside
        starts = np.frombuffer(batch.row_frames_from, np.uint32)
        self._row_frames_from[at : stop + 1] = starts + np.uint32(self._row_frames.count)
        numbers = np.frombuffer(batch.row_frames, np.uint32)
        self._row_frames.extend(numbers + np.uint32(first_frame))
        self._frames.append(batch, base)
        self._add_interfaces(batch, starts, numbers)
        self.memory = self._measure()
        self.count = stop

    def _add_interfaces(
        self, batch: Batch, starts: NDArray[np.uint32], numbers: NDArray[np.uint32]
    ) -> None:
        """Note for each row the interface of its first frame; empty where it has none."""
        names, codes = batch.frame_interfaces
        row_codes = np.full(batch.count, len(names), np.uint16)
        with_frames = starts[1:] > starts[:-1]
        frame_codes = np.frombuffer(codes, np.uint16)
        row_codes[with_frames] = frame_codes[numbers[starts[:-1][with_frames]]]
        values = names if with_frames.all() else [*names, ""]
        self.words["iface"].append(self.count, values, row_codes)

    def seal(self) -> None:
        """Give back what only appending needs; nothing may be appended afterwards."""
        count = self.capacity = self.count
        self.blob = bytes(self.blob)
        for name, column in self.numbers.items():
            self.numbers[name] = column[:count].copy()
        for words in self.words.values():
            words.seal(count)
        self.spans = self.spans[:count].copy()
        self.data_offsets = self.data_offsets[:count].copy()
        self._inside = self._inside[:count].copy()
        self._row_frames_from = self._row_frames_from[: count + 1].copy()
        self._row_frames.seal()
        self._frames.seal()
        self.memory = self._measure()

    def _measure(self) -> int:
        arrays = (*self.numbers.values(), self.spans, self.data_offsets, self._inside,
                  self._row_frames_from)  # fmt: skip
        held = sum(each.nbytes for each in arrays) + self._row_frames.nbytes + self._frames.nbytes
        held += sum(each.memory for each in self.words.values())
        return _OBJECT * (len(arrays) + len(self.words)) + sys.getsizeof(self.blob) + held

    def data(self, row: int) -> bytes:
        """Return a row's message as it came."""
        start = int(self.data_offsets[row])
        return bytes(self.blob[start : start + int(self.numbers["len"][row])])

    def span_texts(self, index: int, start: int, stop: int) -> Iterator[str]:
        """Return one of `SPANS` of rows `start` to `stop` as text."""
        offsets = self.data_offsets[start:stop]
        begins = (offsets + self.spans[start:stop, 2 * index]).tolist()
        ends = (offsets + self.spans[start:stop, 2 * index + 1]).tolist()
        blob = bytes(self.blob)
        return (decode(blob[begin:end]) for begin, end in zip(begins, ends, strict=True))

    def frames(self, row: int) -> tuple[Frame, ...]:
        """Return the frames that carried a row."""
        start, stop = self._row_frames_from[row], self._row_frames_from[row + 1]
        numbers: list[int] = self._row_frames.values[start:stop].tolist()
        return tuple(self._frames.frame(number, self.blob) for number in numbers)

    def record(self, row: int) -> Record:
        """Return one row as a record; raises IndexError for one that is not there."""
        if not 0 <= row < self.count:
            raise IndexError(row)
        values: dict[str, Any] = {}
        for each in NUMBERS:
            number = int(self.numbers[each.name][row])
            values[each.attribute] = bool(number) if each.type == "flag" else number
        for each in WORDS:
            words = self.words[each.name]
            values[each.attribute] = words.values[words.codes[row]]
        return Record(
            data=self.data(row),
            frames=self.frames(row),
            offset=int(self._inside[row]),
            spans=tuple(self.spans[row].tolist()),
            **values,
        )
