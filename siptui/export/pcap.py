"""What does a pcap file of the chosen messages hold? The frames that carried them.

A pcap file has one link type. Where the messages came over several, frames are written from their
IP header on, as LINKTYPE_RAW; pcapng keeps them whole.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from siptui.decode.frame import layers
from siptui.errors import SiptuiError
from siptui.export.frames import FrameOrder
from siptui.record import Frame, Record

_NANOSECONDS = 0xA1B23C4D
_RAW_IP = 101
_SNAPLEN = 262_144
_RECORD = struct.Struct("<IIII").pack


class Encoder:
    """Write a file with nanoseconds, little-endian.

    The format is that of https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html.
    """

    def __init__(self, order: FrameOrder) -> None:
        """Write what `order` gives."""
        self._order = order
        self._link = -1

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the frames whose turn has come.

        Raises SiptuiError if one of them has another link type and no IP packet.
        """
        return self._encode(self._order.add(records))

    def end(self) -> bytes:
        """Return the frames that were held back; see `add`."""
        data = self._encode(self._order.end())
        return data or (self._header(_RAW_IP) if self._link < 0 else b"")

    def _header(self, link: int) -> bytes:
        self._link = link
        return struct.pack("<IHHiIII", _NANOSECONDS, 2, 4, 0, 0, _SNAPLEN, link)

    def _encode(self, frames: list[Frame]) -> bytes:
        parts: list[bytes] = []
        if frames and self._link < 0:
            links = self._order.links() | {frame.link for frame in frames}
            parts.append(self._header(links.pop() if len(links) == 1 else _RAW_IP))
        for frame in frames:
            if frame.link != self._link:
                frame = self._raw(frame)
            second, fraction = divmod(max(frame.time, 0), 1_000_000_000)
            length = min(frame.length, 2**32 - 1)
            parts.append(_RECORD(min(second, 2**32 - 1), fraction, len(frame.data), length))
            parts.append(frame.data)
        return b"".join(parts)

    def _raw(self, frame: Frame) -> Frame:
        """Return `frame` from its IP header on, without what pads it behind the packet."""
        if self._link == _RAW_IP:
            stop = len(frame.data)
            start = -1
            for layer in layers(frame):
                if layer.name in ("ipv4", "ipv6") and start < 0:
                    start = layer.start
                elif layer.name == "trailer":
                    stop = layer.start
            if start >= 0:
                gone = start + len(frame.data) - stop
                return frame._replace(
                    data=frame.data[start:stop], length=frame.length - gone, link=_RAW_IP
                )
        raise SiptuiError(
            "a pcap file holds one link type, and these messages came over several; choose pcapng"
        )
