"""How does the engine run beside the screen, in a process of its own?

The process is forked before any other thread is started, and before the screen is loaded. It opens
what was asked for, says through the pipe what that is or why it cannot, and begins. Then one thread
works there, and a second one does nothing but write finished batches into the pipe, so that a
screen that stalls stops neither capture nor recording.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, cast

from siptui import batch
from siptui.errors import SiptuiError
from siptui.record import Record
from siptui.status import Opened, Status

if TYPE_CHECKING:
    # Loading it is for the engine's process.
    from siptui.engine import Engine, Output

_NICE = 5
"""How much the engine and its workers give way (`nice(2)`): frames can wait in the backlog until
they are looked at, who presses a key waits for the screen."""


class PipeOutput:
    """Send batches and reports through a pipe; the thread here only writes into it."""

    most = 4096
    """Rows of a batch: the more there are, the less each of them costs to send and to store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._queue: queue.Queue[tuple[str, Any] | None] = queue.Queue()
        self.broken = False
        """Whether the other end has gone."""
        self._thread = threading.Thread(target=self._write, name="pipe", daemon=True)

    @property
    def waiting(self) -> int:
        """How many batches the screen's process has not yet begun to take."""
        return 0 if self.broken else self._queue.qsize()

    def records(self, records: list[Record]) -> None:
        """Queue rows as one batch."""
        self._put(("batch", batch.pack(records)))

    def status(self, status: Status) -> None:
        """Queue a report; a newer one follows soon if there are others before it."""
        if status.ended or status.error or self.waiting < 2:
            self._put(("status", status))

    def _put(self, item: tuple[str, Any]) -> None:
        if not self._thread.ident:
            # Not before: whoever uses this may have forked.
            self._thread.start()
        if not self.broken:
            self._queue.put(item)

    def close(self, timeout: float) -> None:
        """Wait up to `timeout` seconds until everything queued was written."""
        self._queue.put(None)
        if self._thread.ident:
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

    def __init__(self, prepare: Callable[[Output], tuple[Engine, Opened]]) -> None:
        """Fork at once: call this before any thread or screen is started.

        `prepare` opens everything in the new process, gives root up there, and puts the engine
        together.
        """
        context = get_context("fork")
        self.connection, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_engine_process,
            args=(prepare, theirs, self.connection),
            name="siptui engine",
            daemon=True,
        )
        self._process.start()
        self._is_open = False
        theirs.close()

    def opened(self) -> Opened:
        """Wait until the engine begins, and return what it opened.

        Raises SiptuiError with what stands in its way.
        """
        try:
            kind, content = self.connection.recv()
        except (EOFError, OSError):
            raise SiptuiError("the engine ended before it began") from None
        if kind != "opened":
            raise SiptuiError(content.error)
        self._is_open = True
        return cast(Opened, content)

    def command(self, *words: object) -> None:
        """Send a command such as ``("stop",)``; one that has gone no longer hears it."""
        with contextlib.suppress(BrokenPipeError, OSError):
            self.connection.send(words)

    def stop(self, timeout: float = 3.0) -> None:
        """Ask the engine to end, and end it after `timeout` seconds; at once if nothing is open."""
        if self._is_open:
            self.command("stop")
            self._process.join(timeout)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(1.0)


def _engine_process(
    prepare: Callable[[Output], tuple[Engine, Opened]],
    connection: Connection,
    inherited: Connection,
) -> None:
    """Be the engine process: the terminal's signals are the screen's; the pipe says when to end."""
    inherited.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    output = PipeOutput(connection)
    try:
        engine, opened = prepare(output)
        signal.signal(signal.SIGTERM, lambda *_: setattr(engine, "stopping", True))
        connection.send(("opened", opened))
        # Not before: the screen waits for what is opened.
        os.nice(_NICE)
        engine.run(connection)
    except SiptuiError as error:
        output.status(Status(error=str(error), ended=True))
    except Exception as error:
        reason = f"the engine failed ({type(error).__name__}); what was recorded is kept"
        output.status(Status(error=reason, ended=True))
        raise
    finally:
        output.close(timeout=2.0)
