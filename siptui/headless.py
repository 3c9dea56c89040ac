"""What leaves the program when there is no screen?

Rows go to standard output as JSON lines, and to files, as they come. Everything runs in the one
process and thread that there is.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from typing import BinaryIO

import orjson

from siptui import batch, filters, text
from siptui.cli import Arguments
from siptui.engine import Engine
from siptui.errors import SiptuiError
from siptui.export import Export, jsonl
from siptui.farewell import report
from siptui.mask import Mask
from siptui.record import Record
from siptui.status import Status
from siptui.store.chunk import Chunk


class Headless:
    """Write rows that the filter lets through, until enough were written or the time is up."""

    def __init__(
        self,
        arguments: Arguments,
        mask: Mask | None,
        output: BinaryIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the exports; `output` is standard output by default, `clock` gives seconds.

        Raises SiptuiError for a wrong filter and for exports that cannot be written.
        """
        self.engine: Engine | None = None
        """What is told to stop; set once it is there."""
        self.rows = 0
        """Rows that were let through."""
        self._filter = filters.parse_argument(arguments.filter)
        self._output = (output or sys.stdout.buffer) if arguments.json else None
        self._mask = mask
        self._count = arguments.count
        self._clock = clock
        self._until = clock() + arguments.duration if arguments.duration else None
        self.exports: list[Export] = []
        try:
            for path in arguments.exports:
                self.exports.append(Export(path, mask=mask))
        except SiptuiError:
            self.discard()
            raise

    most = 512
    """Rows that are written together: few enough that workers find work meanwhile."""
    waiting = 0
    """Rows are written at once."""

    def records(self, records: list[Record]) -> None:
        """Write rows; none is ever thrown away."""
        if not self._filter.is_empty:
            records = self._let_through(records)
        if self._count:
            records = records[: self._count - self.rows]
        self.rows += len(records)
        for export in self.exports:
            export.add(records)
        if self._output is not None and records:
            mask = self._mask
            shown = records
            if mask is not None:
                shown = [mask.record(each, frames=False) for each in records]
            self._output.write(b"".join([jsonl.line(each) + b"\n" for each in shown]))
            self._output.flush()
        if self._count and self.rows >= self._count:
            self._stop()

    def _let_through(self, records: list[Record]) -> list[Record]:
        chunk = Chunk(0, len(records))
        chunk.append(batch.unpack(batch.pack(records)))
        mask = self._filter.mask(chunk, 0, len(records))
        return [record for record, shown in zip(records, mask.tolist(), strict=True) if shown]

    def status(self, status: Status) -> None:
        """End when the time is up."""
        if self._until is not None and self._clock() >= self._until:
            self._stop()

    def answers(self, status: Status) -> None:
        """Write a last line with the counters of answers, if sockets may have answered."""
        if self._output is not None and status.respond_counts:
            told = {"respond_mode": status.respond_mode, "respond_counts": status.respond_counts}
            self._output.write(orjson.dumps(told) + b"\n")
            self._output.flush()

    def _stop(self) -> None:
        if self.engine is not None:
            self.engine.stopping = True

    def discard(self) -> None:
        """Leave no unfinished export behind."""
        for export in self.exports:
            export.discard()


def run(engine: Engine, output: Headless) -> int:
    """Run the engine to its end or a signal; return the exit status."""
    output.engine = engine
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: setattr(engine, "stopping", True))
    try:
        status = engine.run()
        output.answers(status)
        for export in output.exports:
            count = export.close()
            print(f"siptui: {text.plural(count, 'row')} to {text.safe(export.path)}",
                  file=sys.stderr)  # fmt: skip
    finally:
        output.discard()
    return report(status)
