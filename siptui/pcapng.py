"""How do frames become a pcapng file? The blocks that recording and export both write.

The format is that of https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html; section
numbers below are its. Everything is written little-endian and in nanoseconds.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from siptui.record import Frame

SECTION = 0x0A0D0D0A
"""Type of a section header block (section 4.1); the same in both byte orders."""
BYTE_ORDER_MAGIC = 0x1A2B3C4D
INTERFACE = 1
"""Type of an interface description block (section 4.2)."""
OBSOLETE_PACKET = 2
"""Type of the packet block that the enhanced one replaced (appendix A)."""
SIMPLE_PACKET = 3
ENHANCED_PACKET = 6

IF_NAME = 2
IF_TSRESOL = 9
IF_TSOFFSET = 14

_APPLICATION = 4
_NANOSECONDS = b"\x09"
_LATEST = 2**64 - 1
_LONGEST = 2**32 - 1
_LONGEST_NAME = 1024
_ENHANCED = struct.Struct("<IIIIIII")
_LENGTH = struct.Struct("<I")
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")


def _block(kind: int, body: bytes) -> bytes:
    length = _LENGTH.pack(12 + len(body))
    return _LENGTH.pack(kind) + length + body + length


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + _PADDING[len(value) % 4]


class Section:
    """Turn frames into the blocks of one section.

    An interface is described where its first frame comes; frames of one interface with different
    link types are two interfaces, as the format wants.
    """

    def __init__(self) -> None:
        """Begin a section without interfaces; nothing is written yet."""
        self._interfaces: dict[tuple[str, int], int] = {}

    def header(self) -> bytes:
        """Return the block that opens the section; its length is left open (section 4.1)."""
        fixed = struct.pack("<IHHq", BYTE_ORDER_MAGIC, 1, 0, -1)
        return _block(SECTION, fixed + _option(_APPLICATION, b"siptui") + bytes(4))

    def blocks(self, frames: Iterable[Frame]) -> bytes:
        """Return the blocks of `frames` in the order given, with those of new interfaces.

        A time before 1970 is written as 1970, for the format has no earlier one.
        """
        parts: list[bytes] = []
        add = parts.append
        interfaces = self._interfaces
        pack, pack_length = _ENHANCED.pack, _LENGTH.pack
        for time, data, link, length, interface in frames:
            number = interfaces.get((interface, link))
            if number is None:
                number = interfaces[interface, link] = len(interfaces)
                add(_interface(interface, link))
            held = len(data)
            padding = _PADDING[held % 4]
            total = 32 + held + len(padding)
            time = min(max(time, 0), _LATEST)
            length = min(max(length, held), _LONGEST)
            add(pack(ENHANCED_PACKET, total, number, time >> 32, time & 0xFFFFFFFF, held, length))
            add(data)
            add(padding)
            add(pack_length(total))
        return b"".join(parts)


def _interface(name: str, link: int) -> bytes:
    """Return an interface description; its snapshot length of 0 means that nothing is cut."""
    text = name.encode("utf-8", "backslashreplace")[:_LONGEST_NAME]
    options = _option(IF_NAME, text) + _option(IF_TSRESOL, _NANOSECONDS) + bytes(4)
    return _block(INTERFACE, struct.pack("<HHI", link & 0xFFFF, 0, 0) + options)
