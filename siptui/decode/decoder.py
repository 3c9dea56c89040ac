"""What messages do these frames carry?

Frames go in, records come out in order of arrival. The commonest frames take a short cut; all
others are walked from header to header, joined where they are fragments, and put back in order
where they are parts of a stream.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Sequence

from siptui.decode import hep, icmp
from siptui.decode.fragments import Fragment, Fragments, Packet
from siptui.decode.headers import Header, UnreadableError
from siptui.decode.ip import PIECE, protocol
from siptui.decode.layers import DEPTH, READERS
from siptui.decode.link import LINKS
from siptui.decode.sctp import Associations
from siptui.decode.shortcut import ordinary
from siptui.decode.sip import divide, skim
from siptui.decode.tcp import Segment, Streams
from siptui.decode.tunnels import UDP_TUNNELS
from siptui.decode.way import Texts, Way
from siptui.decode.words import Flow, Piece
from siptui.record import Frame, Record

EXPIRE_EVERY = 100_000_000
"""Nanoseconds of the capture's clock between two looks at what has waited too long."""


def _pass_over(frame: Frame) -> None:
    """Leave a frame to others."""


class Decoder:
    """Make records of frames.

    Never raises on what a frame holds. A datagram gives a record for each message in it, and at
    least one; a TCP stream gives one for each message, and for what is no SIP a bounded number.
    All time is the capture's, so a file gives the same at any speed.
    """

    def __init__(self) -> None:
        self.let_go: Counter[str] = Counter()
        """What gave no record or was given up, by reason."""
        self._texts = Texts()
        self._fragments = Fragments(self.let_go)
        self._streams = Streams(self.let_go)
        self._associations = Associations(self.let_go)
        self._expired = 0
        self._records: list[Record] = []

    def decode(self, frames: Sequence[Frame], *, expire: bool = True) -> list[Record]:
        """Return the records that these frames complete, in order of arrival.

        With `expire`, those follow of what has waited too long when the last of them came; without,
        the caller asks for them (see `due`).
        """
        records = self._records = []
        self._read(frames, self._walk_frame)
        if frames and expire:
            self._expire_if_due(frames[-1].time)
        return records

    def datagrams(self, frames: Sequence[Frame]) -> list[Record]:
        """Return the records of those frames that are whole datagrams, at least one of each.

        Others, which may have to be put together, are passed over.
        """
        records = self._records = []
        self._read(frames, _pass_over)
        return records

    def _read(self, frames: Sequence[Frame], walk: Callable[[Frame], None]) -> None:
        """Take whole datagrams the short way, and let `walk` take the other frames."""
        records = self._records
        texts = self._texts
        first_bytes = hep.FIRST_BYTES
        for frame in frames:
            time, data, link, _, _ = frame
            found = ordinary(data, link)
            if found is None:
                walk(frame)
                continue
            src, dst, sport, dport, start, stop = found
            payload = data[start:stop]
            if payload and payload[0] in first_bytes and self._hep(payload, (frame,), start):
                continue
            ranges = divide(payload)
            if len(ranges) > 1:
                flow = Flow(texts[src], sport, texts[dst], dport)
                self._divided(ranges, flow, Piece(payload, (frame,), start, transport="udp"))
                continue
            record = Record(
                time,
                texts[src],
                sport,
                texts[dst],
                dport,
                "udp",
                "",
                payload,
                (frame,),
                start,
            )
            skim(record)
            records.append(record)

    def due(self, now_ns: int) -> list[Record]:
        """Return records of what has waited too long, where it is time to look for that again.

        `now_ns` is in nanoseconds of the capture's clock.
        """
        self._records = []
        self._expire_if_due(now_ns)
        return self._records

    def expire(self, now_ns: int) -> list[Record]:
        """Return records of what has waited too long in reassembly.

        `now_ns` is in nanoseconds of the capture's clock.
        """
        self._records = []
        self._expire(now_ns)
        return self._records

    def flush(self) -> list[Record]:
        """Return records of all that reassembly still holds: nothing more will come."""
        self._records = []
        for packet in self._fragments.flush():
            self._walk_packet(packet)
        for flow, piece in (*self._streams.flush(), *self._associations.flush()):
            self._carried(flow, piece)
        return self._records

    def _expire_if_due(self, now: int) -> None:
        if not 0 <= now - self._expired < EXPIRE_EVERY:
            self._expire(now)

    def _expire(self, now: int) -> None:
        self._expired = now
        for packet in self._fragments.expire(now):
            self._walk_packet(packet)
        for flow, piece in (*self._streams.expire(now), *self._associations.expire(now)):
            self._carried(flow, piece)

    def _walk_frame(self, frame: Frame) -> None:
        reader = LINKS.get(frame.link)
        if reader is None:
            self.let_go[f"unknown link type {frame.link}"] += 1
            return
        way = Way(frame.data, (frame,))
        way.cut = max(0, frame.length - len(frame.data))
        self._walk(way, reader)

    def _walk_packet(self, packet: Packet) -> None:
        """Go on with a packet that was put together from fragments."""
        way = Way(packet.data, packet.frames)
        way.src, way.dst = packet.source, packet.target
        way.defects = ("fragment-overlap",) if packet.conflict else ()
        if not packet.whole:
            way.missing = 1
        if packet.next:
            self._walk(way, packet.next)
        else:
            self._not_readable(way, "fragment")

    def _walk(self, way: Way, following: str) -> None:
        """Read header after header until a transport, or until nothing can be read."""
        for _ in range(DEPTH):
            if following == "udp":
                following = self._udp(way)
            reader = READERS.get(following)
            if reader is None:
                break
            try:
                header = reader(way.data, way.at, way.end)
            except UnreadableError as problem:
                if problem.addresses is not None:
                    way.src, way.dst = problem.addresses
                self._not_readable(way, "malformed", problem.name)
                return
            following = header.next
            if header.name == "ipv4" or header.name == "ipv6":
                way.src, way.dst = header.packet.src, header.packet.dst
                way.missing = header.missing if header.sure else way.cut
                way.sure = header.sure
            if following == PIECE:
                self._piece(way, header)
                return
            way.at, way.end = header.stop, header.end
        if following == "done":
            return
        if following == "tcp":
            self._tcp(way)
        elif following == "sctp":
            self._sctp(way)
        elif following == "icmp" or following == "icmp6":
            self._icmp(way, 4 if following == "icmp" else 6)
        elif way.outer is not None:
            self._outer(way)
        elif following in READERS:
            self._not_readable(way, "malformed", "nested too deep")
        elif following.startswith("protocol "):
            self.let_go[f"other {following}"] += 1
        else:
            self.let_go["not IP"] += 1

    def _not_readable(self, way: Way, kind: str, what: str = "") -> None:
        """Show what cannot be read if its addresses are known, else count it."""
        if way.outer is not None:
            self._outer(way)
        elif way.src:
            flow = Flow(self._texts[way.src], 0, self._texts[way.dst], 0)
            defects = way.defects + (("truncated",) if way.missing else ())
            data = way.data[way.at : way.end]
            piece = Piece(data, way.frames, way.offset(way.at), kind, "ip", defects)
            self._carried(flow, piece)
        else:
            self.let_go[f"unreadable header: {what}"] += 1

    def _piece(self, way: Way, header: Header) -> None:
        """Keep a fragment until the packet is whole."""
        packet = header.packet
        if header.name == "ipv4":
            offset, more, number = packet.offset * 8, bool(packet.mf), packet.p
        else:
            offset, more, number = packet.frag_off * 8, bool(packet.m_flag), packet.nxt
        key = (way.src, way.dst, number if header.name == "ipv4" else -1, packet.id)
        piece = Fragment(
            way.src,
            way.dst,
            protocol(number),
            offset,
            more,
            way.data[header.stop : header.end],
            way.missing,
            way.frames,
            way.frames[-1].time,
        )
        for joined in self._fragments.add(key, piece):
            self._walk_packet(joined)

    def _udp(self, way: Way) -> str:
        """Take a UDP datagram; return what it tunnels, or ``done``."""
        data, at, end = way.data, way.at, way.end
        if at + 8 > end:
            self._not_readable(way, "malformed", "udp")
            return "done"
        sport, dport, length = struct.unpack_from(">HHH", data, at)
        start = at + 8
        if length:
            stop = at + length
            if length < 8 or (stop > end and not way.missing) or (stop < end and way.sure):
                way.defects += ("udp-length",)
            end = min(end, max(stop, start)) if length >= 8 else end
        tunnel = UDP_TUNNELS.get(dport)
        if tunnel is not None and way.outer is None:
            try:
                READERS[tunnel](data, start, end)
            except UnreadableError:
                pass
            else:
                way.outer = (way.src, way.dst, sport, dport, start, end)
                way.at, way.end = start, end
                return tunnel
        self._datagram(way, sport, dport, start, end)
        return "done"

    def _outer(self, way: Way) -> None:
        """Show the datagram that seemed a tunnel, since nothing in it can be read."""
        assert way.outer is not None
        way.src, way.dst, sport, dport, start, end = way.outer
        self._datagram(way, sport, dport, start, end)

    def _datagram(self, way: Way, sport: int, dport: int, start: int, end: int) -> None:
        payload = way.data[start:end]
        offset = way.offset(start)
        defects = way.defects + (("truncated",) if way.missing else ())
        if (
            payload
            and payload[0] in hep.FIRST_BYTES
            and self._hep(payload, way.frames, offset, defects)
        ):
            return
        flow = Flow(self._texts[way.src], sport, self._texts[way.dst], dport)
        piece = Piece(payload, way.frames, offset, "", "udp", defects)
        self._divided(divide(payload), flow, piece)

    def _hep(
        self,
        payload: bytes,
        frames: tuple[Frame, ...],
        offset: int,
        defects: tuple[str, ...] = (),
    ) -> bool:
        """Take what a capture agent sent on; return whether it was that."""
        try:
            carried = hep.read(payload)
        except UnreadableError:
            return False
        if not carried.source:
            return False
        start = offset + carried.start if offset >= 0 and carried.start >= 0 else -1
        flow = Flow(carried.source, carried.sport, carried.target, carried.dport)
        if carried.cut:
            defects += ("truncated",)
        piece = Piece(carried.data, frames, start, "", "hep", defects)
        self._divided(divide(carried.data), flow, piece)
        return True

    def _tcp(self, way: Way) -> None:
        data, at, end = way.data, way.at, way.end
        if at + 20 > end or data[at + 12] >> 4 < 5 or at + (data[at + 12] >> 4 << 2) > end:
            self._not_readable(way, "malformed", "tcp")
            return
        sport, dport, sequence = struct.unpack_from(">HHI", data, at)
        start = at + (data[at + 12] >> 4 << 2)
        segment = Segment(
            sequence,
            data[at + 13],
            data[start:end],
            way.missing,
            way.frames,
            way.offset(start),
            way.frames[-1].time,
        )
        flow = Flow(self._texts[way.src], sport, self._texts[way.dst], dport)
        for of, piece in self._streams.take(flow, segment):
            self._carried(of, piece)

    def _sctp(self, way: Way) -> None:
        if way.at + 12 > way.end:
            self._not_readable(way, "malformed", "sctp")
            return
        sport, dport = struct.unpack_from(">HH", way.data, way.at)
        flow = Flow(self._texts[way.src], sport, self._texts[way.dst], dport)
        base = way.offset(0)
        taken = self._associations.take(
            flow, way.data, way.at, way.end, way.frames, base, bool(way.missing)
        )
        for of, piece in taken:
            self._carried(of, piece)

    def _icmp(self, way: Way, version: int) -> None:
        try:
            quoted = icmp.read(way.data, way.at, way.end, version)
        except UnreadableError:
            if way.outer is not None:
                self._outer(way)
            else:
                self.let_go["other ICMP"] += 1
            return
        # The one who complains stands for the one it was sent to.
        flow = Flow(self._texts[way.src], quoted.dport, self._texts[way.dst], quoted.sport)
        data = way.data[quoted.start : quoted.stop]
        offset = way.offset(quoted.start)
        self._carried(flow, Piece(data, way.frames, offset, quoted.kind, "icmp", way.defects))

    def _carried(self, flow: Flow, piece: Piece) -> None:
        """Make records of what a transport carried."""
        if piece.divide:
            self._divided(divide(piece.data), flow, piece)
        else:
            self._divided([(0, len(piece.data))], flow, piece)

    def _divided(self, ranges: Sequence[tuple[int, int]], flow: Flow, piece: Piece) -> None:
        data, frames, offset, kind, transport, defects, uri, _ = piece
        last = len(ranges) - 1
        for index, (start, stop) in enumerate(ranges or ((0, 0),)):
            record = Record(
                frames[-1].time,
                *flow,
                transport,
                kind,
                data if last <= 0 else data[start:stop],
                frames,
                offset + start if offset >= 0 else -1,
            )
            if not kind:
                skim(record, "truncated" in defects and index >= last)
            if uri:
                record.spans = (*uri, *record.spans[2:])
            if defects:
                # What was cut off is missing from the last message only.
                more = [name for name in defects if name != "truncated" or index >= last]
                record.defects = tuple(dict.fromkeys((*record.defects, *more)))
            self._records.append(record)
