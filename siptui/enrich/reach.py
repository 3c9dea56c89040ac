"""Do the addresses in a message fit where it came from and where it went?

Via, Contact and the request-URI of one sender repeat; so the verdict is kept for what they say
without ports and parameters, and a message costs three short cuts and one look-up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from siptui.enrich.hosts import Host, host, scope_of
from siptui.record import Record

VERDICTS = 1 << 13
"""Verdicts remembered at most."""
_CARRIERS = {"udp": b"UDP", "tcp": b"TCP", "tls": b"TLS", "ws": b"WS", "wss": b"WSS",
             "sctp": b"SCTP"}  # fmt: skip
_LOW_PORTS = frozenset(range(1024)) - {0}
SPOOFED = 4
"""Points from which on a source is suspected to be forged."""


class Reach:
    """Judge the addresses of requests."""

    def __init__(self, bits: Callable[[str], int], own: Collection[str]) -> None:
        """Use `bits` for the labels; `own` are addresses and names that are ours."""
        self._own = frozenset(each.strip("[]").lower() for each in own)
        self._names = any(scope_of(each) == "name" for each in self._own)
        self._publics = any(scope_of(each) == "public" for each in self._own)
        self._verdicts: dict[tuple[object, ...], int] = {}
        self._relay = bits("relay-probe")
        self._private = bits("private-address")
        self._is_source = bits("contact-is-source")
        self._elsewhere = bits("contact-elsewhere")
        self._spoofed = bits("spoof-suspect")
        self._transport = bits("wrong-transport")
        self._zero = bits("via-zero")

    def judge(self, record: Record) -> int:
        """Return the labels of a request that its addresses give."""
        data = record.data
        u0, u1, _, _, _, _, _, _, _, _, c0, c1, v0, v1 = record.spans
        end = data.find(b";", v0, v1)
        via = data[v0 : end if end >= 0 else v1]
        at = data.find(b"@", u0, u1)
        uri = data[u0:u1] if at < 0 else data[at:u1]
        at = data.find(b"@", c0, c1)
        contact = data[c0:c1] if at < 0 else data[at:c1]
        sport = record.sport
        if sport != 5060:
            # Ports that differ in every message must not make a verdict each.
            port = b":%d" % sport
            via = via.replace(port, b"")
            contact = contact.replace(port, b"")
        low = sport < 1024 and sport in _LOW_PORTS
        rport = data.find(b";rport", v0, v1) >= 0
        key = (record.src, record.dst, via, uri, contact, record.transport, rport, low)
        found = self._verdicts.get(key)
        if found is None:
            if len(self._verdicts) >= VERDICTS:
                self._verdicts.clear()
            found = self._judge(record, via, uri, contact, rport, low)
            if len(via) + len(uri) + len(contact) < 1024:
                self._verdicts[key] = found
        return found

    def _judge(
        self, record: Record, via: bytes, uri: bytes, contact: bytes, rport: bool, low: bool
    ) -> int:
        found = 0
        source = scope_of(record.src)
        sent_by, reached, wanted = host(via), host(contact), host(uri)
        if sent_by.scope == "zero":
            found |= self._zero
        if source == "public" and "private" in (sent_by.scope, reached.scope, wanted.scope):
            found |= self._private
        if reached.scope in ("public", "private"):
            found |= self._is_source if reached.text == record.src else self._elsewhere
        if self.is_foreign(wanted, record):
            found |= self._relay
        points = 2 * (sent_by.scope == "public" and sent_by.text != record.src)
        points += (
            reached.scope == "public"
            and reached.text != record.src
            and reached.text != sent_by.text
        )
        points += bool(via) and not rport
        points += 2 * low
        if points >= SPOOFED:
            found |= self._spoofed
        carrier = _CARRIERS.get(record.transport)
        if carrier and via and not _says(via, carrier):
            found |= self._transport
        if record.transport == "udp" and record.text("uri")[:5].lower() == "sips:":
            found |= self._transport
        return found

    def is_foreign(self, wanted: Host, record: Record) -> bool:
        """Tell whether a host that a request is for is not ours.

        Behind NAT a public address may be our outside one, and a name may be ours: only where
        `own` names public addresses, or names, are others foreign.
        """
        if not wanted.text or wanted.text == record.dst or wanted.text in self._own:
            return False
        target = scope_of(record.dst)
        if scope_of(record.src) == "private" and target == "public":
            return False
        if wanted.scope == "name":
            return self._names
        if wanted.scope == "public":
            return self._publics or target == "public"
        return True

    def routes_elsewhere(self, value: bytes, record: Record) -> bool:
        """Tell whether a Route header field leads away from us."""
        return self.is_foreign(host(value.partition(b",")[0].strip()), record)


def _says(via: bytes, carrier: bytes) -> bool:
    parts = via.split(None, 1)[0].upper().rsplit(b"/", 1)
    return parts[-1] == carrier or (carrier == b"WS" and parts[-1] == b"WSS")
