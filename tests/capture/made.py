"""Capture files, made byte by byte, and what is read of them."""

from __future__ import annotations

import struct
from pathlib import Path

from siptui.capture.files import FileSource, open_file
from siptui.record import Frame

SECOND = 1_000_000_000


PACKETS = [b"first", b"", b"third packet of odd length.", bytes(range(256))]


def pcap(
    packets: list[bytes],
    *,
    order: str = "<",
    magic: int = 0xA1B2C3D4,
    link: int = 1,
    snaplen: int = 65535,
    extra: bytes = b"",
    longer: int = 0,
) -> bytes:
    data = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)
    for number, packet in enumerate(packets, 1):
        data += struct.pack(order + "IIII", number, number, len(packet), len(packet) + longer)
        data += extra + packet
    return data


class Ng:
    """Write pcapng blocks in one byte order."""

    def __init__(self, order: str = "<") -> None:
        self.order = order

    def block(self, kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        length = struct.pack(self.order + "I", len(body) + 12)
        return struct.pack(self.order + "I", kind) + length + body + length

    def option(self, code: int, value: bytes) -> bytes:
        return struct.pack(self.order + "HH", code, len(value)) + value + b"\0" * (-len(value) % 4)

    def section(self) -> bytes:
        return self.block(0x0A0D0D0A, struct.pack(self.order + "IHHq", 0x1A2B3C4D, 1, 0, -1))

    def interface(self, link: int, *options: bytes, snaplen: int = 0) -> bytes:
        return self.block(1, struct.pack(self.order + "HHI", link, 0, snaplen) + b"".join(options))

    def enhanced(self, interface: int, units: int, data: bytes, length: int = 0) -> bytes:
        head = struct.pack(
            self.order + "IIIII",
            interface,
            units >> 32,
            units & 0xFFFFFFFF,
            len(data),
            length or len(data),
        )
        return self.block(6, head + data + b"\0" * (-len(data) % 4) + self.option(1, b"comment"))

    def obsolete(self, interface: int, units: int, data: bytes) -> bytes:
        head = struct.pack(
            self.order + "HHIIII",
            interface,
            7,
            units >> 32,
            units & 0xFFFFFFFF,
            len(data),
            len(data),
        )
        return self.block(2, head + data)

    def simple(self, data: bytes, length: int = 0) -> bytes:
        return self.block(3, struct.pack(self.order + "I", length or len(data)) + data)


def everything(source: FileSource, limit: int = 3) -> list[Frame]:
    frames: list[Frame] = []
    while not source.finished:
        frames += source.read(limit)
    source.close()
    return frames


def load(tmp_path: Path, data: bytes, limit: int = 3) -> tuple[list[Frame], str]:
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    source = open_file(str(path))
    frames = everything(source, limit)
    statistics = source.statistics()
    assert statistics.received == len(frames)
    assert statistics.progress == 1.0
    return frames, statistics.notice
