"""Do the addresses in a message fit where it came from and where it went?

Most requests name nothing but the two addresses of their own packet: for these it is enough to
compare bytes. The hosts of the others are parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from siptui.enrich.hosts import Host, host, scope_of, source_scope, target_scope
from siptui.record import Record

_CARRIERS = {"udp": b"UDP", "tcp": b"TCP", "tls": b"TLS", "ws": b"WS", "wss": b"WSS",
             "sctp": b"SCTP"}  # fmt: skip
_AFTER_HOST = re.compile(rb"[:;>?, \t\r\n]")
VERSIONLESS = frozenset(("no-version", "bad-version", "partial"))
"""Defects of a start line without ``SIP/2.0``."""
SPOOFED = 4
"""Points from which on a source is suspected to be forged."""
LOW_PORTS = 1024
"""Ports below are given to services, which do not send SIP requests."""


class Reach:
    """Judge the addresses of requests."""

    def __init__(self, bits: Callable[[str], int], own: Collection[str], above: int) -> None:
        """Use `bits` for the labels; `own` are addresses and names that are ours.

        Where the points of a forged source are too few for the label, they stand above all bits,
        for those who know what came before (see `forged`).
        """
        self._above = above
        self._own = frozenset(each.strip("[]").lower() for each in own)
        self._names = any(scope_of(each) == "name" for each in self._own)
        self._publics = any(scope_of(each) == "public" for each in self._own)
        self._relay = bits("relay-probe")
        self._private = bits("private-address")
        self._is_source = bits("contact-is-source")
        self._elsewhere = bits("contact-elsewhere")
        self._spoofed = bits("spoof-suspect")
        self._transport = bits("wrong-transport")
        self._zero = bits("via-zero")
        self._malformed = bits("malformed")

    def judge(self, record: Record) -> int:
        """Return the labels of a request that its addresses, and those it lacks, give."""
        if not is_plain(record):
            return self._judge(record)
        # Nothing is missing then, nothing leads elsewhere, and no part of it can be forged.
        found = self._is_source if record.hosts[2] else 0
        if target_scope(record.dst) == "private" and source_scope(record.src) == "public":
            found |= self._private
        return found

    def _judge(self, record: Record) -> int:
        """Return the same by parsing the hosts."""
        data, found = record.data, 0
        via = _via(data, *record.spans[12:14])
        uri = _piece(data, *record.spans[0:2])
        contact = _piece(data, *record.spans[10:12])
        source = source_scope(record.src)
        sent_by, reached, wanted = host(via), host(contact), host(uri)
        if sent_by.scope == "zero":
            found |= self._zero
        if source == "public" and "private" in (sent_by.scope, reached.scope, wanted.scope):
            found |= self._private
        if reached.scope in ("public", "private"):
            found |= self._is_source if reached.text == record.src else self._elsewhere
        if self.is_foreign(wanted, record):
            found |= self._relay
        points = sum(suspicions(record, sent_by, reached))
        if points >= SPOOFED:
            found |= self._spoofed
        elif not (
            sent_by.text == record.src
            and reached.text in ("", record.src)
            and wanted.text == record.dst
        ):
            found |= points << self._above
        carrier = _CARRIERS.get(record.transport)
        if carrier and via and not _says(via, carrier):
            found |= self._transport
        if record.transport == "udp" and record.text("uri")[:5].lower() == "sips:":
            found |= self._transport
        _, _, _, f1, _, t1, _, i1, _, q1, _, _, _, v1 = record.spans
        whole = v1 and f1 and t1 and i1 and q1 and VERSIONLESS.isdisjoint(record.defects)
        return found if whole else found | self._malformed

    def is_foreign(self, wanted: Host, record: Record) -> bool:
        """Tell whether a host that a request is for is not ours.

        Behind NAT a public address may be our outside one, and a name may be ours: only where
        `own` names public addresses, or names, are others foreign.
        """
        if not wanted.text or wanted.text == record.dst or wanted.text in self._own:
            return False
        target = source_scope(record.dst)
        if source_scope(record.src) == "private" and target == "public":
            return False
        if wanted.scope == "name":
            return self._names
        if wanted.scope == "public":
            return self._publics or target == "public"
        return True

    def routes_elsewhere(self, value: bytes, record: Record) -> bool:
        """Tell whether a Route header field leads away from us."""
        return self.is_foreign(host(value.partition(b",")[0].strip()), record)


def suspicions(record: Record, sent_by: Host, reached: Host) -> tuple[int, int, int, int]:
    """Return the points of a forged source that a request gives for the hosts of its Via and its
    Contact, for a missing rport and for its port.
    """
    elsewhere = sent_by.scope == "public" and sent_by.text != record.src
    other = reached.scope == "public" and reached.text not in (record.src, sent_by.text)
    start, stop = record.spans[12:14]
    blind = stop > start and record.data.find(b";rport", start, stop) < 0
    return 2 * elsewhere, int(other), int(blind), 2 * (record.sport < LOW_PORTS)


def is_plain(record: Record) -> bool:
    """Tell whether a request over UDP is written as most are, its Via and Contact name its source,
    and its URI the target. False says nothing.
    """
    wanted, sent_by, reached = record.hosts
    source = record.src.encode()
    return (
        sent_by == b"UDP " + source
        and (reached == source or not reached)
        and wanted == record.dst.encode()
        and record.transport == "udp"
        and record.src != "0.0.0.0"
    )


def _via(data: bytes, start: int, stop: int) -> bytes:
    """Return a Via up to the byte behind its host."""
    at = data.find(b" ", start, stop) + 1
    if not at:
        return data[start:stop]
    while data[at : at + 1] in (b" ", b"\t"):
        at += 1
    host_end = data.find(b"]", at, stop) + 1 if data[at : at + 1] == b"[" else 0
    return data[start : _host_end(data, host_end or at, stop)]


def _piece(data: bytes, start: int, stop: int) -> bytes:
    """Return the part of a URI or name-addr from its ``@`` to the byte behind the host."""
    at = data.find(b"@", start, stop)
    if at < 0:
        return data[start : stop + 1] if stop else b""
    host_end = data.find(b"]", at, stop) + 1 if data[at + 1 : at + 2] == b"[" else 0
    return data[at : _host_end(data, host_end or at, stop)]


def _host_end(data: bytes, start: int, stop: int) -> int:
    found = _AFTER_HOST.search(data, start, stop)
    return (found.start() if found else stop) + 1


def _says(via: bytes, carrier: bytes) -> bool:
    parts = via.split(None, 1)[0].upper().rsplit(b"/", 1)
    return parts[-1] == carrier or (carrier == b"WS" and parts[-1] == b"WSS")
