"""How are a few thousand rows held? As columns, with one dictionary a column."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siptui.batch import NUMBERS, WORDS, Batch
from siptui.record import SPANS, Frame, Record, decode

_DTYPES: dict[str, Any] = {"q": np.int64, "Q": np.uint64, "I": np.uint32, "H": np.uint16,
                           "B": np.uint8}  # fmt: skip


_VALUE = 150
"""Bytes of a distinct value beside its characters: the object and its places in list and table."""


class Words:
    """Hold one column of repeating values: each value once, and a code a row."""

    def __init__(self, capacity: int) -> None:
        self.values: list[Hashable] = []
        self.codes = np.zeros(capacity, np.uint16)
        self.memory = self.codes.nbytes
        """Bytes occupied, those of the values by estimate."""
        self._table: dict[Hashable, int] = {}

    def append(self, at: int, values: list[Hashable], codes: NDArray[np.uint16]) -> None:
        """Put the codes of another dictionary behind row `at`."""
        table, own = self._table, self.values
        translated = []
        for value in values:
            code = table.get(value)
            if code is None:
                code = table[value] = len(own)
                own.append(value)
                self.memory += _VALUE + len(value)  # type: ignore[arg-type]
            translated.append(code)
        if translated:
            self.codes[at : at + len(codes)] = np.array(translated, np.uint16)[codes]


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

    @property
    def values(self) -> NDArray[Any]:
        """The numbers held."""
        return self._held[: self.count]

    @property
    def nbytes(self) -> int:
        """Bytes that the column occupies."""
        return self._held.nbytes


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
        self.spans = np.zeros((capacity, 2 * len(SPANS)), np.uint32)
        self.blob = bytearray()
        self.data_offsets = np.zeros(capacity, np.int64)
        self._inside = np.zeros(capacity, np.int64)
        self._row_frames_from = np.zeros(capacity + 1, np.uint32)
        self._row_frames = Column(np.uint32, capacity)
        self._frame_times = Column(np.int64, capacity)
        self._frame_offsets = Column(np.uint64, capacity)
        self._frame_stops = Column(np.uint64, capacity)
        self._frame_lengths = Column(np.uint32, capacity)
        self._frame_links = Column(np.uint16, capacity)
        self._frame_interfaces: list[str] = []
        self.memory = 0
        """Bytes that the rows occupy with all that is known of them, as of the last `append`."""

    @property
    def room(self) -> int:
        """Rows that still fit."""
        return self.capacity - self.count

    def append(self, batch: Batch) -> None:
        """Put a whole batch behind the rows; it must fit."""
        at, stop = self.count, self.count + batch.count
        base, frame_base = len(self.blob), self._frame_times.count
        self.blob += batch.blob
        for name, values in batch.numbers.items():
            self.numbers[name][at:stop] = values
        lengths = np.frombuffer(batch.data_lengths, np.uint32)
        self.numbers["len"][at:stop] = lengths
        for name, (words, codes) in batch.words.items():
            self.words[name].append(at, words, np.frombuffer(codes, np.uint16))
        self.spans[at:stop] = np.frombuffer(batch.spans, np.uint32).reshape(batch.count, -1)
        self.data_offsets[at:stop] = np.frombuffer(batch.data_offsets, np.uint64) + np.uint64(base)
        self._inside[at:stop] = batch.inside
        refs_base = self._row_frames.count
        starts = np.frombuffer(batch.row_frames_from, np.uint32) + np.uint32(refs_base)
        self._row_frames_from[at : stop + 1] = starts
        self._row_frames.extend(np.frombuffer(batch.row_frames, np.uint32) + np.uint32(frame_base))
        self._frame_times.extend(batch.frame_times)
        offsets = np.frombuffer(batch.frame_offsets, np.uint64) + np.uint64(base)
        self._frame_offsets.extend(offsets[:-1])
        self._frame_stops.extend(offsets[1:])
        self._frame_lengths.extend(batch.frame_lengths)
        self._frame_links.extend(batch.frame_links)
        names, codes = batch.frame_interfaces
        self._frame_interfaces += [str(names[code]) for code in codes]
        firsts = np.frombuffer(batch.row_frames_from, np.uint32)[:-1]
        ends = np.frombuffer(batch.row_frames_from, np.uint32)[1:]
        row_codes = np.zeros(batch.count, np.uint16)
        with_frames = ends > firsts
        if with_frames.any():
            frame_codes = np.frombuffer(codes, np.uint16)
            refs = np.frombuffer(batch.row_frames, np.uint32)
            row_codes[with_frames] = frame_codes[refs[firsts[with_frames]]]
        self.words["iface"].append(at, names or [""], row_codes)
        self.memory = self._measure()
        self.count = stop

    def _measure(self) -> int:
        arrays = (*self.numbers.values(), self.spans, self.data_offsets, self._inside,
                  self._row_frames_from)  # fmt: skip
        columns = (self._row_frames, self._frame_times, self._frame_offsets, self._frame_stops,
                   self._frame_lengths, self._frame_links)  # fmt: skip
        return (
            len(self.blob)
            + 8 * len(self._frame_interfaces)
            + sum(each.nbytes for each in arrays)
            + sum(each.nbytes for each in columns)
            + sum(each.memory for each in self.words.values())
        )

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
        return tuple(self._frame(int(each)) for each in self._row_frames.values[start:stop])

    def _frame(self, number: int) -> Frame:
        start = int(self._frame_offsets.values[number])
        stop = int(self._frame_stops.values[number])
        return Frame(
            int(self._frame_times.values[number]),
            bytes(self.blob[start:stop]),
            int(self._frame_links.values[number]),
            int(self._frame_lengths.values[number]),
            self._frame_interfaces[number],
        )

    def record(self, row: int) -> Record:
        """Return one row as a record."""
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
