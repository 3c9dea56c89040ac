"""How do frames become rows? The pipeline, put together.

The engine runs in one thread: it reads every source, records, decodes, enriches, answers where it
was told to, and hands batches on. Where that is more than one core can do, workers look at what
messages say by themselves; reading, order and memory stay here. For the screen that thread is in a
process of its own, see `siptui.process`.
"""

from __future__ import annotations

import contextlib
import gc
import selectors
import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Protocol

from siptui.backlog import Backlog, Lot
from siptui.capture import Source
from siptui.capture.recording import Recording
from siptui.capture.udp import UdpSource
from siptui.decode import Decoder
from siptui.enrich import Enricher
from siptui.errors import SiptuiError
from siptui.record import Frame, Record
from siptui.respond import MODES, Responder
from siptui.spool import Spool
from siptui.status import RecordingStatus, SourceStatus, Status
from siptui.workers import Worker, Workers

FRAMES_A_READ = 2048
"""How many frames are taken from one source before the next one has its turn."""
BURST = 256
"""Frames that come by themselves between two looks at the sources and are a burst."""
BURST_INTERVAL = 0.05
"""Seconds of a burst in which nothing is done but reading."""
BACKLOG = 32_000_000
"""Bytes of memory that frames which come by themselves take at most until they are looked at."""
SPOOL = 1_000_000_000
"""Bytes of disk that they take then; what finds no room there is lost."""
AHEAD = 8
"""Lots that are looked at ahead of the one that leaves next, for each process that looks."""
STATUS_INTERVAL = 0.25
"""Seconds between two reports of state; also the longest that an idle engine sleeps."""
BATCH_INTERVAL = 0.3
"""Seconds from handing rows on to the next time, at least: what comes meanwhile goes together, and
what comes alone goes at once."""
REST = 0.1
"""Seconds for which the engine leaves sources alone that had a `FEW` frames, at most: waking up
costs more than a message does."""
FEW = 20
_BURST_BYTES = 20_000 * 1024
"""Bytes a second that the room of a socket must take meanwhile, should a burst begin."""
PENDING_BATCHES = 4
"""Batches that may wait for whoever takes them; rows are made no faster than they are taken."""
_STALLED = 0.005
"""Seconds until a full output is tried again."""
_LAST = 1.0
"""Seconds in which an engine that is told to stop still looks at what it has read."""


class Output(Protocol):
    """Take what the engine makes."""

    most: int
    """Rows that it takes in one piece at most."""

    @property
    def waiting(self) -> int:
        """How many batches still wait to be taken from here."""
        ...

    def records(self, records: list[Record]) -> None:
        """Take rows."""
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
        workers: int = 0,
        backlog: int = BACKLOG,
        spool: int = SPOOL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Put the parts together; nothing is read yet.

        `recording` gets every frame before it is decoded. `responder` is asked about what comes by
        a socket. `workers` is the number of processes that look at messages beside this one,
        `backlog` the bytes of memory that frames may take until they are looked at, `spool` the
        bytes of disk behind that. `clock` gives seconds.
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
        rooms = [each.room / _BURST_BYTES for each in self._sockets.values()]
        self._rest = min([REST, *rooms])
        self._clock = clock
        self._looking = Decoder()
        self._live = Decoder()
        """What comes by itself goes by one clock, each file by its own."""
        self._decoders = [self._live if each.live else Decoder() for each in sources]
        self._wanted = workers
        self._workers = Workers(0, self._look)
        self._selector = selectors.DefaultSelector()
        self._backlog = Backlog(backlog, self._live, Spool(spool))
        self._pending: list[Record] = []
        self._handed_on = 0.0
        self._frames = 0
        self._records = 0
        self._lost = 0
        self._answers = responder is not None and responder.mode != "silent"
        """Whether answers were ever given: then looking needs what only this process knows."""

    def run(self, commands: Connection | None = None) -> Status:
        """Work until every source has finished or `stopping` is set; return the last status.

        `commands` may say ``("stop",)`` or ``("respond", mode)``; its end, too, means stop. Workers
        are forked here.
        """
        spare_the_collector()
        self._workers = Workers(self._wanted, self._look, [commands] if commands else [])
        for source in self._sources:
            if source.fileno() >= 0:
                self._selector.register(source.fileno(), selectors.EVENT_READ)
        if commands is not None:
            self._selector.register(commands, selectors.EVENT_READ, commands)
        for worker in self._workers.alive:
            self._selector.register(worker.inbox, selectors.EVENT_READ, worker)
        try:
            self._loop()
        finally:
            self._selector.close()
            self._workers.close()
        for decoder in dict.fromkeys(self._decoders):
            self._take(self._found(decoder.flush()))
        self._hand_on()
        self._close()
        status = self.status(ended=True)
        self._output.status(status)
        return status

    def _loop(self) -> None:
        report_at, work_at, until, quiet = 0.0, 0.0, None, False
        while True:
            came = 0 if self.stopping else self._read()
            if self.stopping and until is None:
                until = self._clock() + _LAST
            self._share()
            if came <= BURST or self._backlog.is_full or self._clock() >= work_at:
                worked = self._work()
                work_at = self._clock() + BURST_INTERVAL
            else:
                # In a burst it comes first to get all out of the kernel, whose room is small.
                worked = True
            now = self._clock()
            # Rows wait for company as long as others are before them anyway.
            due = self._handed_on + BATCH_INTERVAL
            if self._pending and now >= due and not self._output.waiting:
                self._hand_on()
            if now >= report_at:
                report_at = now + STATUS_INTERVAL
                self._expire()
                self._output.status(self.status())
            if self._backlog.first is None:
                if self.stopping or all(each.finished for each in self._sources):
                    return
            elif until is not None and now >= until:
                self._lost += self._backlog.drop()
                return
            if came:
                quiet = came <= FEW and not self._answers
            elif quiet and not worked:
                quiet = False
                time.sleep(self._rest)
            self._wait(
                0 if worked else max(due - now, _STALLED) if self._pending else STATUS_INTERVAL
            )

    def _read(self) -> int:
        """Take what the sources have: all that comes by itself, of files as much as is needed.

        Return how many frames came by themselves.
        """
        came = 0
        for source, decoder in zip(self._sources, self._decoders, strict=True):
            if source.finished or (not source.live and self._backlog.frames >= FRAMES_A_READ):
                continue
            frames = source.read(FRAMES_A_READ)
            if frames:
                self._frames += len(frames)
                self._record(frames)
                came += len(frames) if source.live else 0
                if not self._backlog.add(frames, decoder):
                    self._lost += len(frames)
            if source.finished and source.fileno() >= 0:
                with contextlib.suppress(KeyError, ValueError):
                    self._selector.unregister(source.fileno())
        return came

    def _wait(self, seconds: float) -> None:
        """Wait until a source, a worker or a command has something, or the time is up."""
        if seconds and self._backlog.first is not None and not self._has_room:
            # What could be read now would only wait here.
            time.sleep(_STALLED)
            seconds = 0
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, Worker):
                self._collect(key.data)
            elif key.data is not None:
                self._obey(key.data)

    def _share(self) -> None:
        """Give workers what is more than one process can do at once."""
        if self._answers:
            return
        for worker in self._workers.alive:
            while self._backlog.new > 1 and self._is_near and worker.has_room:
                lot = self._backlog.begin()
                assert lot is not None
                if not worker.take(lot):
                    self._backlog.give_back([lot])
                    break

    @property
    def _has_room(self) -> bool:
        return self._output.waiting < PENDING_BATCHES

    @property
    def _is_near(self) -> bool:
        """Whether no more was looked at ahead of the lot that leaves next than there should be."""
        backlog = self._backlog
        return backlog.is_first_new or backlog.begun < AHEAD * (1 + len(self._workers.alive))

    def _collect(self, worker: Worker) -> None:
        if not worker.give():
            self._selector.unregister(worker.inbox)
            self._backlog.give_back(self._workers.bury(worker))

    def _work(self) -> bool:
        """Do one piece of work; return False if there is none, or no room for what it gives."""
        first = self._backlog.first
        if first is None or not self._has_room:
            return False
        if first.records is not None:
            self._finish(self._backlog.leave(), first.records)
            return True
        lot = self._backlog.begin() if self._is_near else None
        if lot is None:
            return False
        lot.records = self._look(lot.frames)
        return True

    def _look(self, frames: Sequence[Frame]) -> list[Record]:
        """Make records of whole datagrams, and fill what they say by themselves."""
        return self._found(self._looking.datagrams(frames))

    def _found(self, records: list[Record]) -> list[Record]:
        if records:
            self._enricher.look(records)
        return records

    def _finish(self, lot: Lot, whole: list[Record]) -> None:
        """Put together what is in pieces, and go on with all records of a lot in order.

        `whole` are those of its whole datagrams.
        """
        decoder, records = lot.decoder, whole
        if len({id(each.frames[0]) for each in whole}) < len(lot.frames):
            records, rest = [], iter([*whole, None])
            following = next(rest)
            for frame in lot.frames:
                if following is None or following.frames[0] is not frame:
                    records += self._found(decoder.decode((frame,), expire=False))
                while following is not None and following.frames[0] is frame:
                    records.append(following)
                    following = next(rest)
        self._take([*records, *self._found(decoder.due(lot.frames[-1].time))])

    def _record(self, frames: list[Frame]) -> None:
        if self._recording is not None and not self._recording_error:
            try:
                self._recording.write(frames)
            except SiptuiError as error:
                self._recording_error = str(error)

    def _expire(self) -> None:
        """Let reassembly give up what has waited too long where nothing comes any more.

        A file has no time but that of its frames.
        """
        if self._backlog.first is None:
            self._take(self._found(self._live.expire(time.time_ns())))

    def _take(self, records: list[Record]) -> None:
        if not records:
            return
        self._enricher.remember(records)
        if self._responder is not None and self._sockets:
            records = self._answer(self._responder, records)
        self._records += len(records)
        self._pending += records
        if len(self._pending) >= self._output.most:
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
            answers = self._looking.decode(frames, expire=False)
            for each in answers:
                each.ours = True
            rows += answers
        return rows

    def _hand_on(self) -> None:
        pending, self._pending = self._pending, []
        self._handed_on = self._clock()
        # One read may give many more rows than frames, and a batch holds only so many.
        most = self._output.most
        for start in range(0, len(pending), most):
            self._output.records(pending[start : start + most])

    def _obey(self, commands: Connection) -> None:
        try:
            command, *words = commands.recv()
        except (EOFError, OSError):
            command, words = "stop", []
        if command == "stop":
            # Nobody looks any more at what comes of the rest.
            self.stopping = True
            self._lost += self._backlog.drop()
        elif command == "respond" and self._responder is not None and words[0] in MODES:
            # What was answered before belongs to the mode before.
            self._hand_on()
            self._responder.mode = words[0]
            self._answers = self._answers or words[0] != "silent"
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
            lost=self._lost + self._backlog.spool.lost,
            waiting=self._backlog.frames,
            let_go=self._let_go(),
            notices=self._notices(),
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

    def _let_go(self) -> dict[str, int]:
        """Return what was given up or forgotten, by reason."""
        counts = sum((each.let_go for each in dict.fromkeys(self._decoders)), Counter[str]())
        counts["forgotten: sources and their habits"] = self._enricher.labels.let_go
        counts["forgotten: dialled numbers"] = self._enricher.numbers.let_go
        counts["forgotten: what was seen before"] = self._enricher.seen.let_go
        return dict(+counts)

    def _notices(self) -> list[str]:
        notices = [
            *self._enricher.places.notices,
            self._enricher.seen.notice,
            self._backlog.spool.notice,
        ]
        if self._workers.died:
            notices.append("a process that helped to decode has died: all is decoded, but slower")
        return [each for each in notices if each]


def spare_the_collector() -> None:
    """Let Python look for cycles rarely: rows have none, and there are very many of them."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
