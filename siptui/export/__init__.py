"""How do records leave the program as a file?

One module a format, each an `Encoder`; `Export` brings what they make to the disk, whole or not
at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from siptui.errors import SiptuiError
from siptui.export import hexdump, jsonl, pcap, pcapng, readable, table
from siptui.export.destination import Destination, open_destination
from siptui.export.frames import FrameOrder
from siptui.record import Record
from siptui.text import safe

if TYPE_CHECKING:
    from siptui.mask import Mask

FORMATS = ("pcapng", "pcap", "hex", "xxd", "text", "json", "csv")

ENDINGS: dict[str, str] = {
    ".pcapng": "pcapng",
    ".pcap": "pcap",
    ".cap": "pcap",
    ".hex": "hex",
    ".xxd": "xxd",
    ".txt": "text",
    ".text": "text",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".csv": "csv",
}
"""The format that the ending of a file's name asks for."""

_SOME = 256
"""Records that are encoded at a time."""


class Encoder(Protocol):
    """Turn records into the bytes of one format."""

    def add(self, records: Sequence[Record]) -> bytes:
        """Return what comes next in the file; some formats hold records back."""
        ...

    def end(self) -> bytes:
        """Return the rest."""
        ...


_FRAMES: dict[str, Callable[[FrameOrder], Encoder]] = {
    "pcapng": pcapng.Encoder,
    "pcap": pcap.Encoder,
}
_MESSAGES: dict[str, Callable[[], Encoder]] = {
    "hex": hexdump.Dump,
    "xxd": hexdump.Plain,
    "text": readable.Encoder,
    "json": jsonl.Encoder,
    "csv": table.Encoder,
}


def format_of(path: str | Path) -> str:
    """Return the format that the ending of `path` asks for.

    Raises SiptuiError that lists the endings if it is none of them.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise SiptuiError(
            f"what format is {safe(str(path))}? End its name in one of {', '.join(ENDINGS)}"
        )
    return ENDINGS[ending]


def write(
    records: Iterable[Record],
    path: str | Path,
    format: str | None = None,
    *,
    mask: Mask | None = None,
) -> int:
    """Write `records` to `path` in `format`, by default what its ending says; return their number.

    With a `mask` addresses and users are hidden. A file that is there is replaced once the new one
    is whole and on the disk; if anything fails, it stays as it was. Raises SiptuiError with the
    reason, and whatever `records` raises.
    """
    export = Export(path, format, mask=mask)
    try:
        some: list[Record] = []
        for record in records:
            some.append(record)
            if len(some) >= _SOME:
                export.add(some)
                some = []
        export.add(some)
        return export.close()
    except BaseException:
        export.discard()
        raise


class Export:
    """Write records to a file as they come; the file appears when it is closed."""

    def __init__(
        self, path: str | Path, format: str | None = None, *, mask: Mask | None = None
    ) -> None:
        """Prepare to write `path`.

        What is no plain file, such as a pipe or a terminal, is written to at once. Raises
        SiptuiError if neither can be done, or if `format` is unknown.
        """
        name = format or format_of(path)
        if name in _FRAMES:
            self._encoder = _FRAMES[name](FrameOrder(mask))
            mask = None
        elif name in _MESSAGES:
            self._encoder = _MESSAGES[name]()
        else:
            raise SiptuiError(f"there is no format {name!r}; there are {', '.join(FORMATS)}")
        self.path = str(path)
        self.count = 0
        """How many records were taken."""
        self._mask = mask
        self._destination: Destination | None = None
        try:
            self._destination = open_destination(self.path)
        except (OSError, ValueError) as error:
            raise self._failure(error) from None

    def add(self, records: Sequence[Record]) -> None:
        """Write `records`. Raises SiptuiError if that fails; then nothing is left of it."""
        if self._mask is not None:
            records = [self._mask.record(record, frames=False) for record in records]
        try:
            self._writing().write(self._encoder.add(records))
        except OSError as error:
            raise self._failure(error) from None
        except SiptuiError:
            self.discard()
            raise
        self.count += len(records)

    def close(self) -> int:
        """Bring the file to the disk under its name; return how many records are in it.

        Raises SiptuiError if that fails; then nothing is left of it.
        """
        destination = self._writing()
        try:
            destination.write(self._encoder.end())
            destination.finish()
        except OSError as error:
            raise self._failure(error) from None
        except SiptuiError:
            self.discard()
            raise
        self._destination = None
        return self.count

    def discard(self) -> None:
        """Leave no trace; harmless if done twice, or after closing."""
        destination, self._destination = self._destination, None
        if destination is not None:
            destination.discard()

    def _writing(self) -> Destination:
        if self._destination is None:
            raise SiptuiError(f"writing to {safe(self.path)} has ended")
        return self._destination

    def _failure(self, error: Exception) -> SiptuiError:
        """Return the sentence for what went wrong, after leaving no trace."""
        self.discard()
        reason = getattr(error, "strerror", None) or str(error)
        return SiptuiError(f"{safe(self.path)} was not written: {reason}")
