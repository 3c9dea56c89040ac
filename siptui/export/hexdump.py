"""How do the bytes of messages look, 16 a line?"""

from __future__ import annotations

from collections.abc import Sequence

from siptui.export.moments import moment
from siptui.record import Record
from siptui.text import address, hex_rows, plural, safe


def headline(record: Record) -> str:
    """Return one line that says when, from where to where, and what a record is."""
    what = record.method or (str(record.status) if record.status else record.kind)
    source = address(record.src, record.sport)
    target = address(record.dst, record.dport)
    return (
        f"{moment(record.time)}  {safe(record.transport)} {safe(source)} > {safe(target)}  "
        f"{safe(what)}  {plural(len(record.data), 'byte')}"
    )


def pairs(data: bytes) -> str:
    """Return bytes as groups of two, as tcpdump and xxd show them."""
    return data.hex(" ", -2)


def rows(data: bytes) -> list[str]:
    """Return the lines that ``tcpdump -X`` would show for `data`."""
    return [
        f"\t0x{row.offset:04x}:  {pairs(data[row.offset : row.offset + 16]):<39}  "
        + row.text.replace(" ", ".")
        for row in hex_rows(data)
    ]


class Dump:
    """Write a line about each message, then its bytes as ``tcpdump -X`` shows them."""

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the dumps of `records`."""
        lines: list[str] = []
        for record in records:
            lines += [headline(record), *rows(record.data), ""]
        return "".join(f"{line}\n" for line in lines).encode()

    def end(self) -> bytes:
        """Return nothing: every dump stands for itself."""
        return b""


class Plain:
    """Write the messages one behind the other as ``xxd`` would; ``xxd -r`` gives their bytes back.

    Nothing tells where one ends and the next begins: offsets must not start anew, for ``xxd -r``
    writes each byte to its offset.
    """

    def __init__(self) -> None:
        """Begin at offset 0."""
        self._offset = 0
        self._rest = b""

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the lines that are full."""
        data = self._rest + b"".join([record.data for record in records])
        whole = len(data) - len(data) % 16
        self._rest = data[whole:]
        return self._lines(data[:whole])

    def end(self) -> bytes:
        """Return the last line if it is not full."""
        data, self._rest = self._rest, b""
        return self._lines(data)

    def _lines(self, data: bytes) -> bytes:
        lines = [
            f"{self._offset + row.offset:08x}: "
            f"{pairs(data[row.offset : row.offset + 16]):<39}  {row.text}\n"
            for row in hex_rows(data)
        ]
        self._offset += len(data)
        return "".join(lines).encode()
