"""How do frames become rows? The pipeline, put together.

The engine runs in one thread: it reads every source, records, decodes, enriches and hands batches
on. For the screen it lives in a process of its own, forked before anything else is started; there a
second thread does nothing but write finished batches into the pipe, so that a screen that stalls
stops neither capture nor recording.
"""

from __future__ import annotations

import contextlib
import queue
import selectors
import signal
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from siptui import batch
from siptui.capture import Source
from siptui.capture.recording import Recording
from siptui.decode import Decoder
from siptui.enrich import Enricher
from siptui.errors import SiptuiError
from siptui.record import Frame, Record
from siptui.status import RecordingStatus, SourceStatus, Status

FRAMES_A_READ = 2048
"""How many frames are taken from one source before the next one has its turn."""
STATUS_INTERVAL = 0.25
"""Seconds between two reports of state; also the longest that an idle engine sleeps."""
BATCH_INTERVAL = 0.05
"""Seconds that a row waits at most for company before it is handed on."""
BATCH_RECORDS = 1024
"""Rows that are handed on at once as soon as there are so many."""
PENDING_BATCHES = 256
"""Batches that wait for the screen's process; what comes on top of them is lost and counted."""


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
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Put the parts together; nothing is read yet.

        `recording` gets every frame before it is decoded. `clock` gives seconds.
        """
        self.stopping = False
        """Set it (from a signal's handler or an output) to end after the frames in hand."""
        self._sources = list(sources)
        self._enricher = enricher
        self._output = output
        self._recording = recording
        self._recording_error = ""
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

        `commands` may say ``("stop",)``; its end, too, means stop.
        """
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
        if self._recording is not None and not self._recording_error:
            try:
                self._recording.write(frames)
            except SiptuiError as error:
                self._recording_error = str(error)
        self._take(self._decoder.decode(frames))

    def _expire(self) -> None:
        """Let reassembly give up what has waited too long, by the clock of the capture."""
        now = time.time_ns() if any(each.live for each in self._sources) else self._capture_time
        self._take(self._decoder.expire(now))

    def _take(self, records: list[Record]) -> None:
        if not records:
            return
        self._enricher.enrich(records)
        self._records += len(records)
        if not self._pending:
            self._pending_since = self._clock()
        self._pending += records
        if len(self._pending) >= BATCH_RECORDS:
            self._hand_on()

    def _hand_on(self) -> None:
        if self._pending:
            self._lost += self._output.records(self._pending, self._patient)
            self._pending = []

    def _obey(self, commands: Connection) -> None:
        try:
            command, *_ = commands.recv()
        except (EOFError, OSError):
            command = "stop"
        if command == "stop":
            self.stopping = True

    def _close(self) -> None:
        for source in self._sources:
            source.close()
        if self._recording is not None:
            try:
                self._recording.close()
            except SiptuiError as error:
                self._recording_error = self._recording_error or str(error)

    def status(self, *, ended: bool = False) -> Status:
        """Return how things stand."""
        recording = self._recording
        return Status(
            sources=[
                SourceStatus(each.name, each.live, each.finished, each.statistics())
                for each in self._sources
            ],
            frames=self._frames,
            records=self._records,
            lost=self._lost,
            let_go=dict(self._decoder.let_go),
            recording=recording
            and RecordingStatus(
                recording.path, recording.frames, recording.size, self._recording_error
            ),
            ended=ended,
        )


class PipeOutput:
    """Send batches and reports through a pipe; the thread here only writes into it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: queue.Queue[tuple[str, Any] | None] = queue.Queue(PENDING_BATCHES)
        self.broken = False
        """Whether the other end has gone."""
        self._thread = threading.Thread(target=self._write, name="pipe", daemon=True)
        self._thread.start()

    def records(self, records: list[Record], wait: bool) -> int:
        """Queue rows as one batch; return how many were thrown away for want of room."""
        item = ("batch", batch.pack(records))
        if wait:
            while not self.broken:
                with contextlib.suppress(queue.Full):
                    self._queue.put(item, timeout=STATUS_INTERVAL)
                    return 0
            return len(records)
        try:
            self._queue.put_nowait(item)
        except queue.Full:
            return len(records)
        return 0

    def status(self, status: Status) -> None:
        """Queue a report; a newer one follows soon if there is no room for it."""
        if status.ended or status.error:
            while not self.broken:
                with contextlib.suppress(queue.Full):
                    self._queue.put(("status", status), timeout=STATUS_INTERVAL)
                    return
        else:
            with contextlib.suppress(queue.Full):
                self._queue.put_nowait(("status", status))

    def close(self, timeout: float) -> None:
        """Wait up to `timeout` seconds until everything queued was written."""
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=timeout)
        self._thread.join(timeout)

    def _write(self) -> None:
        while (item := self._queue.get()) is not None:
            try:
                self._connection.send(item)
            except (BrokenPipeError, ConnectionError, OSError):
                self.broken = True
                return


class EngineProcess:
    """Run an engine in a process of its own and keep the pipe to it."""

    def __init__(self, build: Callable[[Output], Engine], drop_rights: Callable[[], None]) -> None:
        """Fork at once: call this before any thread or screen is started.

        `build` puts the engine together in the new process, `drop_rights` gives root up there once
        everything is open.
        """
        context = get_context("fork")
        self.connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_engine_process,
            args=(build, drop_rights, theirs, self.connection),
            name="siptui engine",
            daemon=True,
        )
        self._process.start()
        theirs.close()

    def command(self, *words: object) -> None:
        """Send a command such as ``("stop",)``; one that has gone no longer hears it."""
        with contextlib.suppress(BrokenPipeError, OSError):
            self.connection.send(words)

    def stop(self, timeout: float = 3.0) -> None:
        """Ask the engine to end, and end it after `timeout` seconds."""
        self.command("stop")
        self._process.join(timeout)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(1.0)


def _engine_process(
    build: Callable[[Output], Engine],
    drop_rights: Callable[[], None],
    connection: Connection,
    inherited: Connection,
) -> None:
    """Be the engine process: the terminal's signals are the screen's; the pipe says when to end."""
    inherited.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    output = PipeOutput(connection)
    try:
        engine = build(output)
        signal.signal(signal.SIGTERM, lambda *_: setattr(engine, "stopping", True))
        drop_rights()
        engine.run(connection)
    except SiptuiError as error:
        output.status(Status(error=str(error), ended=True))
    except Exception as error:
        reason = f"the engine failed ({type(error).__name__}); what was recorded is kept"
        output.status(Status(error=reason, ended=True))
        raise
    finally:
        output.close(timeout=2.0)
