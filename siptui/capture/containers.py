"""Where do the packets stand in a pcap or pcapng file?

dpkt reads the layers of a frame well, but its file readers lose data: only the first interface of a
pcapng counts, simple packet blocks and later sections are skipped, original lengths are dropped,
and a packet that the end of the file cuts comes out as if it were whole. So the containers are read
here, from bytes in hand, and a file that is being written can be read as it grows.
"""

from __future__ import annotations

import struct
from typing import NamedTuple, Protocol

from siptui import pcapng
from siptui.record import Frame

LARGEST_PACKET = 16 * 1024 * 1024
"""A packet that claims to hold more bytes is damage: no network packet comes near (libpcap itself
captures at most 262 144), and no claim may make us hold more memory than this."""
MOST_INTERFACES = 65_536
"""A section that describes more interfaces is damage, for each is remembered."""

_LATEST = 2**63 - 1
_SECOND = 1_000_000_000
_frame = tuple.__new__

_RAW_LINKS = {12: 101, 14: 101}
"""What some systems write where LINKTYPE_RAW is meant."""


class Damage(Exception):  # noqa: N818
    """Say from where on a capture cannot be read, and why."""

    def __init__(self, at: int, reason: str) -> None:
        """Keep the place `at` in the buffer, and the `reason`."""
        super().__init__(reason)
        self.at = at
        self.reason = reason


class Container(Protocol):
    """Find the packets in bytes that come in pieces."""

    wanted: int
    """Bytes from the place returned last that `parse` needs to get on."""
    skip: int
    """Bytes from there that nobody wants to see; the caller passes over them and resets it."""
    inside: str
    """What the bytes from there on would be, for saying what was cut off."""
    ignored: int
    """Packets that cannot be shown because their interface was never described."""

    def parse(self, buffer: bytes, at: int, limit: int, frames: list[Frame]) -> int:
        """Append the frames of `buffer` from `at` on until there are `limit`; return the place
        behind the last that was read.

        Raises Damage, with what came before it appended.
        """
        ...


_PCAP_MAGIC: dict[bytes, tuple[str, int, int]] = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000, 16),
    b"\xa1\xb2\xc3\xd4": (">", 1000, 16),
    b"\x4d\x3c\xb2\xa1": ("<", 1, 16),
    b"\xa1\xb2\x3c\x4d": (">", 1, 16),
    b"\x34\xcd\xb2\xa1": ("<", 1000, 24),
    b"\xa1\xb2\xcd\x34": (">", 1000, 24),
}
"""Byte order, nanoseconds a unit, and length of a packet's header: plain, in nanoseconds, and as a
modified libpcap of the nineties wrote it."""

HEADER_LENGTH = 24
"""Bytes that suffice to know either format."""


def recognise(head: bytes, name: str) -> Container | None:
    """Return the reader for a file that begins with `head`, None if it is neither pcap nor pcapng.

    `head` must hold HEADER_LENGTH bytes. `name` is what frames say they were captured on where the
    file does not say it.
    """
    if head.startswith(b"\x0a\x0d\x0d\x0a"):
        order = _byte_order(head, 0)
        return Pcapng(name) if order else None
    found = _PCAP_MAGIC.get(head[:4])
    return Pcap(head, name, *found) if found else None


class Pcap:
    """Read the records of a classic pcap file.

    The format is that of https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html. The
    snapshot length in its header is not believed: files exist whose packets are longer, or in which
    it is zero.
    """

    inside = "a packet"
    skip = 0
    ignored = 0

    def __init__(self, head: bytes, name: str, order: str, unit: int, size: int) -> None:
        """Read the file header `head`; `unit` is nanoseconds, `size` a record header's length."""
        self._name = name
        self._unit = unit
        self._size = size
        self._record = struct.Struct(order + "IIII").unpack_from
        self._begun = False
        self.wanted = HEADER_LENGTH
        # The upper bits tell of a frame check sequence, which decoding finds behind the IP packet.
        link = struct.unpack_from(order + "I", head, 20)[0] & 0xFFFF
        self._link: int = _RAW_LINKS.get(link, link)

    def parse(self, buffer: bytes, at: int, limit: int, frames: list[Frame]) -> int:
        """Append frames; see `Container`."""
        if not self._begun:
            self._begun = True
            at += HEADER_LENGTH
        size, unit, link, name = self._size, self._unit, self._link, self._name
        record, append, end = self._record, frames.append, len(buffer)
        count = len(frames)
        self.wanted = size
        while count < limit and at + size <= end:
            second, fraction, held, length = record(buffer, at)
            start = at + size
            stop = start + held
            if stop > end:
                if held > LARGEST_PACKET:
                    raise Damage(at, f"a packet claims to be {held:,} bytes long")
                self.wanted = size + held
                break
            if not held and not (second or fraction or length):
                raise Damage(at, "there are only zeros where a packet should begin")
            time = second * _SECOND + fraction * unit
            data = buffer[start:stop]
            append(_frame(Frame, (time, data, link, length if length > held else held, name)))
            count += 1
            at = stop
        return at


def _byte_order(buffer: bytes, at: int) -> str:
    """Return the byte order of the section header at `at`, empty if it is none."""
    magic = buffer[at + 8 : at + 12]
    if magic == b"\x4d\x3c\x2b\x1a":
        return "<"
    return ">" if magic == b"\x1a\x2b\x3c\x4d" else ""


class _Interface(NamedTuple):
    """Hold what an interface description says, times ready for reckoning."""

    link: int
    name: str
    snaplen: int
    multiply: int
    divide: int
    offset: int

    def time(self, units: int) -> int:
        """Return nanoseconds since the epoch, within what 64 bits with a sign hold."""
        time = units * self.multiply // self.divide + self.offset
        return min(max(time, 0), _LATEST)


class Pcapng:
    """Read the blocks of a pcapng file, section by section."""

    def __init__(self, name: str) -> None:
        """Begin before the first section; `name` is what interfaces without a name are called."""
        self._name = name
        self._interfaces: list[_Interface] = []
        self._time = 0
        self._set_order("<")
        self.wanted = HEADER_LENGTH
        self.skip = 0
        self.inside = "a block"
        self.ignored = 0

    def _set_order(self, order: str) -> None:
        self._order = order
        self._head = struct.Struct(order + "II").unpack_from
        self._number = struct.Struct(order + "I").unpack_from
        self._short = struct.Struct(order + "H").unpack_from
        self._packet = struct.Struct(order + "IIIII").unpack_from
        self._enhanced = struct.Struct(order + "IIIIIII").unpack_from

    def parse(self, buffer: bytes, at: int, limit: int, frames: list[Frame]) -> int:
        """Append frames; see `Container`."""
        end = len(buffer)
        while len(frames) < limit:
            at = self._common(buffer, at, end, limit, frames)
            self.wanted, self.inside = 12, "a block"
            if at + 12 > end:
                return at
            kind, length = self._head(buffer, at)
            if kind == pcapng.SECTION:
                order = _byte_order(buffer, at)
                if not order:
                    raise Damage(at, "a section's byte order is unknown")
                self._set_order(order)
                length = self._number(buffer, at + 4)[0]
            if length < 12 or length % 4:
                raise Damage(at, f"a block claims to be {length:,} bytes long")
            if kind not in _KNOWN:
                self.skip = length
                return at
            if length > LARGEST_PACKET:
                raise Damage(at, f"a block claims to be {length:,} bytes long")
            if at + length > end:
                self.wanted, self.inside = length, _KNOWN[kind]
                return at
            if self._number(buffer, at + length - 4)[0] != length:
                raise Damage(at, "a block's length at its end is another than at its beginning")
            self._block(kind, buffer, at, at + length - 4, frames)
            at += length
        return at

    def _common(self, buffer: bytes, at: int, end: int, limit: int, frames: list[Frame]) -> int:
        """Append as many whole and sound enhanced packet blocks as stand in a row.

        It does what `parse` does to them and leaves all else to it: nearly every block is one.
        """
        packet, interfaces, append = self._enhanced, self._interfaces, frames.append
        described = len(interfaces)
        number = -1
        multiply = offset = link = 0
        name = ""
        for _ in range(limit - len(frames)):
            if at + 32 > end:
                break
            kind, size, which, high, low, held, length = packet(buffer, at)
            stop = at + size
            if kind != 6 or stop > end or size & 3 or size < held + 32 or which >= described:
                break
            if buffer[at + 4 : at + 8] != buffer[stop - 4 : stop] or size > LARGEST_PACKET:
                break
            if which != number:
                link, name, _, multiply, divide, offset = interfaces[which]
                if divide != 1:
                    break
                number = which
            time = (high << 32 | low) * multiply + offset
            if not 0 <= time <= _LATEST:
                break
            self._time = time
            data = buffer[at + 28 : at + 28 + held]
            append(_frame(Frame, (time, data, link, length if length > held else held, name)))
            at = stop
        return at

    def _block(self, kind: int, buffer: bytes, at: int, stop: int, frames: list[Frame]) -> None:
        """Read the block at `at`; its body goes up to `stop`."""
        if kind == pcapng.ENHANCED_PACKET or kind == pcapng.OBSOLETE_PACKET:
            if stop < at + 28:
                raise Damage(at, "a packet block is too short for its own header")
            number, high, low, held, length = self._packet(buffer, at + 8)
            if kind == pcapng.OBSOLETE_PACKET:
                number = self._short(buffer, at + 8)[0]
            self._append(frames, number, high << 32 | low, buffer[at + 28 : stop], held, length)
        elif kind == pcapng.SIMPLE_PACKET:
            if stop < at + 12:
                raise Damage(at, "a packet block is too short for its own header")
            length = self._number(buffer, at + 8)[0]
            cut = self._interfaces[0].snaplen if self._interfaces else 0
            held = min(length, cut) if cut else length
            self._append(frames, 0, None, buffer[at + 12 : stop], held, length)
        elif kind == pcapng.INTERFACE:
            if stop < at + 16:
                raise Damage(at, "an interface description is too short")
            if len(self._interfaces) >= MOST_INTERFACES:
                raise Damage(at, f"a section describes more than {MOST_INTERFACES:,} interfaces")
            self._interfaces.append(self._interface(buffer, at, stop))
        else:
            self._interfaces = []

    def _append(
        self,
        frames: list[Frame],
        number: int,
        units: int | None,
        body: bytes,
        held: int,
        length: int,
    ) -> None:
        """Append a packet; one without a time (a simple packet block) gets its predecessor's."""
        if number >= len(self._interfaces):
            self.ignored += 1
            return
        interface = self._interfaces[number]
        data = body[:held]
        if units is not None:
            self._time = interface.time(units)
        length = max(length, len(data))
        frames.append(_frame(Frame, (self._time, data, interface.link, length, interface.name)))

    def _interface(self, buffer: bytes, at: int, stop: int) -> _Interface:
        """Read the interface description at `at` (section 4.2 of the format's draft)."""
        link = self._short(buffer, at + 8)[0]
        snaplen = self._number(buffer, at + 12)[0]
        name, multiply, divide, offset = self._name, 1000, 1, 0
        at += 16
        while at + 4 <= stop:
            code, length = struct.unpack_from(self._order + "HH", buffer, at)
            value = buffer[at + 4 : min(at + 4 + length, stop)]
            if code == 0:
                break
            if code == pcapng.IF_NAME and value:
                name = printable(value[:64].decode("utf-8", "backslashreplace"))
            elif code == pcapng.IF_TSRESOL and value:
                multiply, divide = _resolution(value[0])
            elif code == pcapng.IF_TSOFFSET and len(value) == 8:
                offset = struct.unpack(self._order + "q", value)[0] * _SECOND
            at += 4 + length + -length % 4
        return _Interface(_RAW_LINKS.get(link, link), name, snaplen, multiply, divide, offset)


_KNOWN = {
    pcapng.SECTION: "a section header",
    pcapng.INTERFACE: "an interface description",
    pcapng.OBSOLETE_PACKET: "a packet",
    pcapng.SIMPLE_PACKET: "a packet",
    pcapng.ENHANCED_PACKET: "a packet",
}


def _resolution(value: int) -> tuple[int, int]:
    """Return by what to multiply and divide a time to get nanoseconds, from if_tsresol's byte."""
    if value & 0x80:
        return _SECOND, 1 << (value & 0x7F)
    if value <= 9:
        return 10 ** (9 - value), 1
    return 1, int(10 ** (value - 9))


def printable(text: str) -> str:
    """Return a name with what a terminal might obey or hide written as ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)
