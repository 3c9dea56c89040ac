"""How do frames become rows? The pipeline, put together.

The engine runs in one thread: it reads every source, records, decodes, enriches, answers where it
was told to, and hands batches on. For the screen that thread is in a process of its own, see
`siptui.process`.
"""

from __future__ import annotations

import contextlib
import gc
import selectors
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Protocol

from siptui.capture import Source
from siptui.capture.recording import Recording
from siptui.capture.udp import UdpSource
from siptui.decode import Decoder
from siptui.enrich import Enricher
from siptui.errors import SiptuiError
from siptui.record import Frame, Record
from siptui.respond import MODES, Responder
from siptui.status import RecordingStatus, SourceStatus, Status

FRAMES_A_READ = 2048
"""How many frames are taken from one source before the next one has its turn."""
STATUS_INTERVAL = 0.25
"""Seconds between two reports of state; also the longest that an idle engine sleeps."""
BATCH_INTERVAL = 0.05
"""Seconds that a row waits at most for company before it is handed on."""
BATCH_RECORDS = 1024
"""Rows that are handed on at once as soon as there are so many."""
BATCH_MOST = 4096
"""Rows that are handed on in one piece at most."""


class Output(Protocol):
    """Take what the engine makes."""

    def records(self, records: list[Record], wait: bool) -> int:
        """Take rows; return how many had to be thrown away, which is none if it may `wait`."""
        ...

    def status(self, status: Status) -> None:
        """Take a report of state."""
        ...


class Engine:
    """Turn what the sources give into rows, until they end or somebody says stop."""

    def __init__(
        self,
        sources: Sequence[Source],
        enricher: Enricher,
        output: Output,
        *,
        recording: Recording | None = None,
        responder: Responder | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Put the parts together; nothing is read yet.

        `recording` gets every frame before it is decoded. `responder` is asked about what comes by
        a socket. `clock` gives seconds.
        """
        self.stopping = False
        """Set it (from a signal's handler or an output) to end after the frames in hand."""
        self._sources = list(sources)
        self._enricher = enricher
        self._output = output
        self._recording = recording
        self._recording_error = ""
        self._responder = responder
        self._sockets = {each.name: each for each in sources if isinstance(each, UdpSource)}
        self._clock = clock
        self._decoder = Decoder()
        self._pending: list[Record] = []
        self._pending_since = 0.0
        self._frames = 0
        self._records = 0
        self._lost = 0
        self._capture_time = 0
        self._patient = not any(source.live for source in sources)

    def run(self, commands: Connection | None = None) -> Status:
        """Work until every source has finished or `stopping` is set; return the last status.

        `commands` may say ``("stop",)`` or ``("respond", mode)``; its end, too, means stop.
        """
        _spare_the_collector()
        with selectors.DefaultSelector() as selector:
            for source in self._sources:
                if source.fileno() >= 0:
                    selector.register(source.fileno(), selectors.EVENT_READ)
            if commands is not None:
                selector.register(commands, selectors.EVENT_READ)
            self._loop(selector, commands)
        self._take(self._decoder.flush())
        self._hand_on()
        self._close()
        status = self.status(ended=True)
        self._output.status(status)
        return status

    def _loop(self, selector: selectors.BaseSelector, commands: Connection | None) -> None:
        report_at = 0.0
        while not self.stopping:
            busy = False
            for source in self._sources:
                if not source.finished:
                    frames = source.read(FRAMES_A_READ)
                    if frames:
                        busy = True
                        self._frames_came(frames)
                elif source.fileno() >= 0:
                    with contextlib.suppress(KeyError, ValueError):
                        selector.unregister(source.fileno())
            now = self._clock()
            if self._pending and now - self._pending_since >= BATCH_INTERVAL:
                self._hand_on()
            if now >= report_at:
                report_at = now + STATUS_INTERVAL
                self._expire()
                self._output.status(self.status())
            if commands is not None and commands.poll():
                self._obey(commands)
            if all(source.finished for source in self._sources):
                return
            if not busy:
                selector.select(BATCH_INTERVAL if self._pending else STATUS_INTERVAL)

    def _frames_came(self, frames: list[Frame]) -> None:
        self._frames += len(frames)
        self._capture_time = frames[-1].time
        self._record(frames)
        self._take(self._decoder.decode(frames))

    def _record(self, frames: list[Frame]) -> None:
        if self._recording is not None and not self._recording_error:
            try:
                self._recording.write(frames)
            except SiptuiError as error:
                self._recording_error = str(error)

    def _expire(self) -> None:
        """Let reassembly give up what has waited too long, by the clock of the capture."""
        now = time.time_ns() if any(each.live for each in self._sources) else self._capture_time
        self._take(self._decoder.expire(now))

    def _take(self, records: list[Record]) -> None:
        if not records:
            return
        self._enricher.enrich(records)
        if self._responder is not None and self._sockets:
            records = self._answer(self._responder, records)
        self._records += len(records)
        if not self._pending:
            self._pending_since = self._clock()
        self._pending += records
        if len(self._pending) >= BATCH_RECORDS:
            self._hand_on()

    def _answer(self, responder: Responder, records: list[Record]) -> list[Record]:
        """Send what the responder allows; return the records with our answers behind theirs."""
        rows: list[Record] = []
        for record in records:
            rows.append(record)
            bound = self._sockets.get(record.frames[0].interface) if record.frames else None
            answer = responder.consider(record) if bound is not None else None
            if bound is None or answer is None:
                continue
            sent = [bound.send(each, record.dst, record.src, record.sport)
                    for each in answer.datagrams]  # fmt: skip
            for datagram, frame in zip(answer.datagrams, sent, strict=True):
                responder.count(datagram, sent=frame is not None)
            frames = [frame for frame in sent if frame is not None]
            self._record(frames)
            answers = self._decoder.decode(frames)
            for each in answers:
                each.ours = True
            rows += answers
        return rows

    def _hand_on(self) -> None:
        pending, self._pending = self._pending, []
        # One read may give many more rows than frames, and a batch holds only so many.
        for start in range(0, len(pending), BATCH_MOST):
            some = pending[start : start + BATCH_MOST]
            self._lost += self._output.records(some, self._patient)

    def _obey(self, commands: Connection) -> None:
        try:
            command, *words = commands.recv()
        except (EOFError, OSError):
            command, words = "stop", []
        if command == "stop":
            self.stopping = True
        elif command == "respond" and self._responder is not None and words[0] in MODES:
            # What was answered before belongs to the mode before.
            self._hand_on()
            self._responder.mode = words[0]
            self._output.status(self.status())

    def _close(self) -> None:
        for source in self._sources:
            source.close()
        self._enricher.close()
        if self._recording is not None:
            try:
                self._recording.close()
            except SiptuiError as error:
                self._recording_error = self._recording_error or str(error)

    def status(self, *, ended: bool = False) -> Status:
        """Return how things stand."""
        recording, responder = self._recording, self._responder
        return Status(
            sources=[
                SourceStatus(each.name, each.live, each.finished, each.statistics())
                for each in self._sources
            ],
            frames=self._frames,
            records=self._records,
            lost=self._lost,
            let_go=dict(self._decoder.let_go),
            recording=None
            if recording is None
            else RecordingStatus(
                recording.path, recording.frames, recording.size, self._recording_error
            ),
            respond_mode=responder.mode if responder is not None else "",
            respond_modes=MODES if responder is not None else {},
            respond_counts=dict(responder.counts) if responder is not None else {},
            ended=ended,
        )


def _spare_the_collector() -> None:
    """Let Python look for cycles rarely: rows have none, and there are very many of them."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
