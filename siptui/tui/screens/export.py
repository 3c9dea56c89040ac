"""What shall be written, how, and where to?

Writing runs in a worker thread that only reads the view and a list of sequence numbers; the screen
asks it by a timer how far it has come, and nothing is ever called from there.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from siptui import text
from siptui.errors import SiptuiError
from siptui.export import ENDINGS, FORMATS, write
from siptui.record import Record
from siptui.tui.paint import Signs
from siptui.tui.paths import expand, status
from siptui.tui.widgets.notes import Note
from siptui.tui.widgets.path_field import PathField
from siptui.tui.widgets.picker import Option, Picker

ENDING = {name: ending for ending, name in reversed(ENDINGS.items())}
"""The ending of a file in each format that is offered."""

MEANINGS = {
    "pcapng": "the frames as they were captured; for Wireshark and siptui",
    "pcap": "the frames as they were captured, in the older form",
    "hex": "16 bytes a line with offset and ASCII, as tcpdump -X shows them",
    "xxd": "the plain form of xxd; xxd -r gives the bytes back",
    "text": "the messages as text, with a line about each",
    "json": "one JSON object a line, with the names of the filter language",
    "csv": "one line a message, one column a field",
}
"""What a file in each format holds."""

WHAT = (("cursor", "this one"), ("marked", "marked"), ("shown", "shown"), ("all", "all held"))


class Selects(Protocol):
    """The part of `siptui.view.View` that is exported from."""

    def selection(self, which: str) -> Sequence[int]:
        """Return the sequence numbers of ``cursor``, ``marked``, ``shown`` or ``all``."""
        ...

    def record(self, seq: int) -> Record | None:
        """Return a record, None if it was let go."""
        ...


class StoppedError(Exception):
    """Say that the user does not want the rest any more."""


Write = Callable[..., int]


class Progress:
    """Count what goes into an export, and end it when nobody wants it any more."""

    def __init__(self, view: Selects, seqs: Sequence[int], path: Path) -> None:
        self.path = path
        self.done = 0
        self.whole = len(seqs)
        self.stopped = False
        self._view = view
        self._seqs = seqs

    def records(self) -> Iterator[Record]:
        """Yield the records that are still held.

        Raises StoppedError once `stopped` is set.
        """
        for seq in self._seqs:
            if self.stopped:
                raise StoppedError
            record = self._view.record(int(seq))
            self.done += 1
            if record is not None:
                yield record


class ExportScreen(ModalScreen[str | None]):
    """Ask what to export, how and where to, and do it.

    It ends with a sentence that says how many went where, or with None.
    """

    DEFAULT_CSS = """
    ExportScreen { align: center middle; background: $background 60%; }
    ExportScreen > Vertical {
        width: 90%; max-width: 84; height: auto; padding: 1 2 0 2;
        background: $sip-raised; color: $sip-text;
        border: round $sip-rule; border-title-color: $sip-title; border-title-style: bold;
    }
    ExportScreen Horizontal { height: auto; }
    ExportScreen .row { height: 1; margin-bottom: 1; }
    ExportScreen .name { width: 9; height: 1; }
    ExportScreen Picker { height: 1; width: 1fr; background: $sip-raised; }
    ExportScreen Note { background: $sip-raised; }
    ExportScreen PathField { width: 1fr; }
    ExportScreen #export-say { height: 2; width: 1fr; }
    ExportScreen #export-keys { height: 1; width: 1fr; margin-top: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "cancel", show=False, id="export.cancel"),
        Binding("enter", "write", "write", show=False, id="export.write"),
        Binding("down", "app.focus_next", "next line", show=False, id="export.next"),
        Binding("up", "app.focus_previous", "line before", show=False, id="export.previous"),
    ]

    def __init__(
        self,
        view: Selects,
        mask: Any,
        default_directory: Path,
        *,
        signs: Signs | None = None,
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
        writer: Write = write,
    ) -> None:
        """Offer what is selected in `view`; with a `mask` it is applied to what is written.

        `clock` gives seconds since the epoch for the name, in `zone` or local time; `writer` is
        `siptui.export.write`.
        """
        super().__init__()
        self._view = view
        self._mask = mask
        self._directory = default_directory
        self._signs = signs or Signs()
        self._writer = writer
        self._seqs = {which: view.selection(which) for which, _ in WHAT}
        self._stem = f"{datetime.fromtimestamp(clock(), zone):siptui-%Y%m%d-%H%M%S}"
        self._progress: Progress | None = None
        self._confirmed = ""
        """The path that may be overwritten."""

    def compose(self) -> ComposeResult:
        """Put the three questions below each other."""
        what = [
            Option(
                which, f"{words} {text.count(len(self._seqs[which]))}", len(self._seqs[which]) > 0
            )
            for which, words in WHAT
        ]
        formats = [Option(name, name) for name in FORMATS]
        first = "marked" if len(self._seqs["marked"]) else "shown"
        with Vertical() as box:
            box.border_title = "Export" + (", masked" if self._mask is not None else "")
            with Horizontal(classes="row"):
                yield Note("what", classes="name")
                yield Picker(what, first, id="export-what", signs=self._signs)
            with Horizontal(classes="row"):
                yield Note("format", classes="name")
                yield Picker(formats, "pcapng", id="export-format", signs=self._signs)
            with Horizontal():
                yield Note("to", classes="name")
                yield PathField(
                    self._default("pcapng"), endings=(), id="export-path", signs=self._signs
                )
            yield Note(id="export-say")
            line, choose = ("Up Down", "Left Right") if self._signs.ascii else ("↑↓", "←→")
            yield Note(
                f"Enter write   {line} line   {choose} choose   Tab path   Esc cancel",
                id="export-keys",
            )

    def _default(self, format: str) -> str:
        home, folder = str(Path.home()), str(self._directory)
        if home != "/" and (folder == home or folder.startswith(home + "/")):
            folder = "~" + folder[len(home) :]
        return f"{folder.rstrip('/')}/{self._stem}{ENDING[format]}"

    def on_mount(self) -> None:
        """Begin with what to write."""
        self.query_one("#export-what").focus()
        self._check()
        self.set_interval(0.2, self._show_progress)

    @property
    def path(self) -> Path:
        """Where to write."""
        return expand(self.query_one(PathField).value)

    @on(Picker.Picked, "#export-format")
    def _format_picked(self, event: Picker.Picked) -> None:
        field = self.query_one(PathField)
        stem, ending = os.path.splitext(field.value)
        if ENDINGS.get(ending, "") != event.picker.value and (ending in ENDINGS or not ending):
            field.value = stem + ENDING[event.picker.value]
        self._check()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._confirmed = ""
        _, ending = os.path.splitext(self.query_one(PathField).value)
        if ending in ENDINGS:
            self.query_one("#export-format", Picker).pick(ENDINGS[ending])
        self._check()

    def _check(self) -> None:
        """Say what stands in the way of the path."""
        self.query_one("#export-say", Note).say(*self._standing())

    def _standing(self) -> tuple[str, str]:
        """Return a sentence on the path, and its role."""
        if not self.query_one(PathField).value.strip():
            return "type where to write", "warn"
        path = self.path
        try:
            found, folder = status(path), status(path.parent)
        except OSError as error:
            return f"{error.strerror}: {path}", "warn"
        if found is not None and stat.S_ISDIR(found.st_mode):
            return f"{path} is a folder: add a name", "warn"
        if found is not None:
            size = text.bytes_size(found.st_size)
            again = "Enter overwrites it" if self._confirmed else "Enter twice overwrites it"
            return f"{self._signs.defect} {path} exists, {size}: {again}", "warn"
        if folder is None or not stat.S_ISDIR(folder.st_mode):
            return f"there is no folder {path.parent}", "warn"
        return MEANINGS[self.query_one("#export-format", Picker).value], "dim"

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_write()

    def action_write(self) -> None:
        """Write, unless something stands in the way or a file would be overwritten unasked."""
        if self._progress is not None:
            return
        typed = self.query_one(PathField).value.strip()
        try:
            found = status(self.path)
        except OSError:
            typed, found = "", None
        if not typed or (found is not None and stat.S_ISDIR(found.st_mode)):
            self._check()
            return
        if found is not None and self._confirmed != str(self.path):
            self._confirmed = str(self.path)
            self._check()
            return
        which = self.query_one("#export-what", Picker).value
        progress = self._progress = Progress(self._view, self._seqs[which], self.path)
        format = self.query_one("#export-format", Picker).value
        self.run_worker(
            lambda: self._writer(progress.records(), progress.path, format, mask=self._mask),
            thread=True,
            exit_on_error=False,
            group="export",
        )

    def _show_progress(self) -> None:
        progress = self._progress
        if progress is not None:
            done = f"{text.count(progress.done)} of {text.plural(progress.whole, 'message')}"
            part = text.bar(progress.done / max(1, progress.whole), 20, self._signs.ascii)
            self.query_one("#export-say", Note).say(f"{part} {done}, Esc stops", "text")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Close with what was written, or stay and say why not."""
        if event.worker.group != "export":
            return
        if event.state == WorkerState.SUCCESS:
            count = text.plural(int(event.worker.result or 0), "message")
            path = self._progress.path if self._progress else self.path
            self.dismiss(f"{count} written to {text.safe(str(path))}")
        elif event.state == WorkerState.ERROR:
            self._progress = None
            self._fail(event.worker.error)

    def _fail(self, error: BaseException | None) -> None:
        if isinstance(error, StoppedError):
            reason, role = "stopped; nothing was written", "warn"
        elif isinstance(error, SiptuiError):
            reason, role = str(error), "alarm"
        elif isinstance(error, OSError):
            reason, role = f"{self.path}: {error.strerror}", "alarm"
        else:
            reason, role = f"it did not work: {error!r}", "alarm"
        self.query_one("#export-say", Note).say(reason, role)

    def action_leave(self) -> None:
        """Stop what is being written, or close the dialog."""
        if self._progress is not None:
            self._progress.stopped = True
        else:
            self.dismiss(None)
