"""Who looks at messages beside the engine, where one core is not enough?

Each worker is a process forked from the engine's, before that one has threads and after it has
given root up. A worker gets ordinary datagrams and gives back what they say by themselves; it
remembers nothing of them, so it does not matter who looks at what, and if a worker dies the engine
looks itself. Everything that needs order or memory stays with the engine.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import marshal
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from operator import attrgetter
from typing import NoReturn

from siptui.backlog import Lot
from siptui.record import NO_HOSTS, Frame, Record

PIPE = 1 << 20
"""Bytes that are asked for each pipe to and from a worker; the system may grant less."""
NICE = 5
"""How far a worker stands back where cores are short: who reads the sockets comes first."""
DEPTH = 8
"""Lots that a worker has at most, so that it finds the next one when it has done one."""

Look = Callable[[Sequence[Frame]], list[Record]]
"""Make records of whole datagrams and fill what they say by themselves."""

# What looking fills, in the order in which `Record` takes it. Header fields are not sent back: only
# looking needs them, and answering, which is done where the socket is.
_NAMES = [each.name for each in dataclasses.fields(Record)]
_FIRST = _NAMES[_NAMES.index("src") : _NAMES.index("data")]
_REST = _NAMES[_NAMES.index("offset") : _NAMES.index("names")]
_MORE = _NAMES[_NAMES.index("values") + 1 : _NAMES.index("shape") + 1]
_get = attrgetter(*_FIRST, *_REST, *_MORE)
_DATA = len(_FIRST)
_HEADERS = _DATA + len(_REST)

_record: Callable[..., Record] = Record


def pack_frames(frames: Sequence[Frame]) -> bytes:
    """Return what a worker needs of frames."""
    return marshal.dumps(([each.data for each in frames], [each.link for each in frames]))


def unpack_frames(data: bytes) -> list[Frame]:
    """Return frames as far as `pack_frames` kept them."""
    return [Frame(0, held, link, len(held), "") for held, link in zip(*marshal.loads(data),
                                                                      strict=True)]  # fmt: skip


def pack_records(records: Sequence[Record], frames: Sequence[Frame]) -> bytes:
    """Return what was found out about the messages in `frames`, each of which is in one of them."""
    places = dict(zip(map(id, frames), range(len(frames)), strict=True))
    # A message is not sent back where it stands in its frame, which the engine still has.
    held = [
        len(each.data)
        if each.offset >= 0 and each.frames[0].data.startswith(each.data, each.offset)
        else each.data
        for each in records
    ]
    numbers = [places[id(each.frames[0])] for each in records]
    return marshal.dumps((numbers, held, list(zip(*map(_get, records), strict=True))))


def unpack_records(packed: bytes, frames: Sequence[Frame]) -> list[Record]:
    """Return the records of `frames` that `pack_records` packed."""
    numbers, held, columns = marshal.loads(packed)
    if not numbers:
        return []
    carried = [frames[number] for number in numbers]
    messages = [
        frame.data[at : at + data] if isinstance(data, int) else data
        for frame, data, at in zip(carried, held, columns[_DATA], strict=True)
    ]
    times, tuples = [frame.time for frame in carried], [(frame,) for frame in carried]
    return list(
        map(_record, times, *columns[:_DATA], messages, tuples, *columns[_DATA:_HEADERS],
            repeat(()), repeat(NO_HOSTS), repeat(()), *columns[_HEADERS:])
    )  # fmt: skip


class Worker:
    """Be one process that looks, and the pipes to and from it."""

    def __init__(self, look: Look, inherited: Sequence[Connection]) -> None:
        """Fork. `inherited` are this side's ends of other pipes, which the new one must not keep
        open: their other ends tell by them whether the engine is still there.
        """
        theirs, self._out = Pipe(duplex=False)
        self.inbox, back = Pipe(duplex=False)
        """Readable when a result is there, or when the process has gone."""
        self._room = min(_widen(self._out), _widen(back))
        self.lots: deque[Lot] = deque()
        """What it has not yet given back."""
        self._waiting = 0
        self.pid = os.fork()
        if not self.pid:
            for each in (self._out, self.inbox, *inherited):
                each.close()
            _serve(look, theirs, back)
        theirs.close()
        back.close()

    @property
    def ends(self) -> tuple[Connection, Connection]:
        """Return this side's ends of the pipes."""
        return self._out, self.inbox

    @property
    def has_room(self) -> bool:
        """Whether it can do with another lot."""
        return len(self.lots) < DEPTH

    def take(self, lot: Lot) -> bool:
        """Hand over a lot; return False if there is no room for it now, or the worker has gone.

        What is handed over always fits into the pipe or finds the worker reading, so this never
        waits for a worker that in turn waits for us.
        """
        if not self.has_room or (self.lots and self._waiting + lot.size > self._room):
            return False
        try:
            self._out.send_bytes(pack_frames(lot.frames))
        except OSError:
            return False
        self.lots.append(lot)
        self._waiting += lot.size
        return True

    def give(self) -> bool:
        """Complete the lot it was given first; return False if it has died instead."""
        try:
            packed = self.inbox.recv_bytes()
        except (EOFError, OSError):
            return False
        lot = self.lots.popleft()
        self._waiting -= lot.size
        lot.records = unpack_records(packed, lot.frames)
        return True

    def close(self) -> None:
        """Let it end: what it has not yet given back is not wanted any more."""
        for each in self.ends:
            each.close()


def _widen(connection: Connection) -> int:
    """Ask for a wider pipe; return how many bytes it holds."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with contextlib.suppress(OSError):
            return fcntl.fcntl(connection.fileno(), fcntl.F_SETPIPE_SZ, PIPE)
    return 0


def _serve(look: Look, inbox: Connection, out: Connection) -> NoReturn:
    """Be a worker until the engine goes; signals from the terminal are for others."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.nice(NICE)
    try:
        while True:
            frames = unpack_frames(inbox.recv_bytes())
            out.send_bytes(pack_records(look(frames), frames))
    except (EOFError, OSError):
        os._exit(0)
    finally:
        # Nothing that the engine has open is closed or written here.
        os._exit(1)


class Workers:
    """Be all workers of an engine."""

    def __init__(self, count: int, look: Look, inherited: Sequence[Connection] = ()) -> None:
        """Fork `count` of them; `inherited` are connections that are not theirs."""
        self.alive: list[Worker] = []
        self.died = 0
        """How many ended by themselves."""
        self._pids: list[int] = []
        for _ in range(count):
            ends = [end for each in self.alive for end in each.ends]
            worker = Worker(look, [*inherited, *ends])
            self.alive.append(worker)
            self._pids.append(worker.pid)

    def bury(self, worker: Worker) -> list[Lot]:
        """Let go of a worker that has died; return what it has not given back."""
        self.died += 1
        self.alive.remove(worker)
        worker.close()
        return list(worker.lots)

    def close(self, patience: float = 1.0) -> None:
        """End them all, by force after `patience` seconds."""
        for worker in self.alive:
            worker.close()
        self.alive.clear()
        until = time.monotonic() + patience
        for pid in self._pids:
            while not _has_ended(pid):
                if time.monotonic() >= until:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.002)
        self._pids.clear()


def _has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True
