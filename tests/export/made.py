"""Records to export, made of bytes."""

from __future__ import annotations

import struct

from siptui.record import Frame, Record


def made(data: bytes = b"OPTIONS sip:a@b SIP/2.0\r\n\r\n", **more: object) -> Record:
    """Return a record that came in one raw IP frame; no capture is needed for its texts."""
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(data), 0, 0, 64, 17, 0, b"\xc6\x33\x64\7",
                       b"\xcb\0\x71\x51")  # fmt: skip
    packet = head + struct.pack(">HHHH", 5060, 5060, 8 + len(data), 0) + data
    time = int(str(more.pop("time", 1_767_262_500_123_456_789)))
    link = int(str(more.pop("link", 101)))
    if link == 1:
        packet = bytes(12) + b"\x08\x00" + packet + b"padding"
    frame = Frame(time, packet, link, len(packet), "udp 0.0.0.0:5060")
    record = Record(time, "198.51.100.7", 5060, "203.0.113.81", 5060, "udp", "sip", data, (frame,))
    record.offset = packet.index(data)
    for name, value in more.items():
        setattr(record, name, value)
    return record
