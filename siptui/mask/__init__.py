"""How are addresses and users hidden, so that what is shared gives nobody away?

What is hidden, everywhere in the same way within one run:

- Source and target of a message become addresses of the ranges for benchmarks, 198.18.0.0/15 (RFC
  2544) and 2001:2::/48 (RFC 5180), in the order in which they were first seen, private and loopback
  ones too. So do the addresses in IP and HEP headers, tunnels included.
- In the bytes of a message, and in every field made of them, ``x`` takes the place of each letter
  of: IPv4 and IPv6 addresses, also ``192-0-2-1`` in names of hosts; users and passwords of URIs,
  telephone numbers; display names; names in credentials; instance identifiers; users, hosts and
  contacts of SDP; the host part of a Call-ID; tags that SIPVicious wrote, which carry the sensor's
  address. Lengths and offsets never change.
- Hardware addresses, IP options and the padding behind packets become zeros or nothing.

What is not: names of hosts and domains, realms, nonces and responses of authentication, the random
part of a Call-ID, ports, times, user agents (but a version such as ``1.8.13.1`` looks like an
address and is hidden), subjects and other free text, bodies that are no SDP, names of files, and
what binary protocols such as STUN carry. Country, AS and labels stay, for they are the point.
"""

from __future__ import annotations

import copy
import ipaddress
from collections import OrderedDict
from collections.abc import Sequence

from siptui.mask.words import NAME, hide
from siptui.record import Frame, Record

MOST_ADDRESSES = 131_000
"""Addresses of either family that get a pseudonym of their own; the rest share the last one."""

_FIRST_IPV4 = int(ipaddress.IPv4Address("198.18.0.1"))
_FIRST_IPV6 = int(ipaddress.IPv6Address("2001:2::1"))
_REMEMBERED = 4_000_000
"""Bytes of messages whose hidden form is kept, for frames share them and screens ask again."""

_ADDRESSES = ("src", "dst")
_NAMES = (
    "user",
    "number",
    "tag_extension",
    "tag_user",
    "tag_password",
    "auth_user",
    "auth_password",
)
_TEXTS = ("ua", "as_name", "auth_realm")
_SPANS = {"from": "From: ", "to": "To: ", "contact": "Contact: ", "call_id": "Call-ID: "}
"""Fields whose meaning depends on the name of the header field before them."""


class Mask:
    """Hide addresses and users; one instance a run, so that equal things stay equal."""

    def __init__(self, most: int = MOST_ADDRESSES) -> None:
        """Begin without having seen anybody; `most` addresses of either family stay distinct."""
        self._most = most
        self._known: dict[str, str] = {}
        self._count = {4: 0, 6: 0}
        self._hidden: OrderedDict[bytes, bytes] = OrderedDict()
        self._room = _REMEMBERED

    def address(self, text: str) -> str:
        """Return the pseudonym of an address; what is none is hidden as text."""
        found = self._known.get(text)
        if found is None:
            try:
                address = ipaddress.ip_address(text)
            except ValueError:
                return self.text(text) if text else ""
            found = self._known.get(address.compressed)
            if found is None:
                found = self._next(address.version)
            if len(self._known) < 4 * self._most:
                self._known[text] = self._known[address.compressed] = found
        return found

    def _next(self, version: int) -> str:
        number = min(self._count[version], self._most)
        self._count[version] = number + 1
        if version == 4:
            return str(ipaddress.IPv4Address(_FIRST_IPV4 + number))
        return str(ipaddress.IPv6Address(_FIRST_IPV6 + number))

    def packed(self, address: bytes) -> bytes:
        """Return the pseudonym of an address in network byte order, 4 or 16 bytes."""
        pseudonym = self.address(str(ipaddress.ip_address(address)))
        return ipaddress.ip_address(pseudonym).packed

    def data(self, data: bytes) -> bytes:
        """Return the bytes of a message with addresses and users filled; its length stays."""
        hidden = self._hidden.get(data)
        if hidden is None:
            hidden = self._hidden[data] = hide(data)
            self._room -= len(data)
            while self._room < 0 and len(self._hidden) > 1:
                self._room += len(self._hidden.popitem(last=False)[0])
        return hidden

    def text(self, text: str) -> str:
        """Return a text in which addresses and users may stand; an address alone its pseudonym."""
        if text in self._known:
            return self._known[text]
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return hide(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
        return self.address(text)

    def name(self, text: str) -> str:
        """Return a user or a number, filled."""
        return text.encode("utf-8", "surrogateescape").translate(NAME).decode("ascii")

    def value(self, field: str, text: str) -> str:
        """Return the value of a field, hidden as `record` would hide it."""
        if field in _ADDRESSES:
            return self.address(text)
        if field in _NAMES:
            return self.name(text)
        if field == "tag_target":
            host, separator, port = text.rpartition(":")
            return self.address(host.strip("[]")) + separator + port
        before = _SPANS.get(field, "")
        return self.text(before + text)[len(before) :]

    def record(self, record: Record, *, frames: bool = True) -> Record:
        """Return a copy in which everything is hidden; lengths stay.

        Without `frames` the copy's frames are empty, which is quicker where nobody looks at them.
        """
        hidden = copy.copy(record)
        hidden.data = self.data(record.data)
        if frames:
            hidden.frames = tuple(self.frame(frame, (record,)) for frame in record.frames)
        else:
            hidden.frames = tuple(
                frame._replace(data=b"", interface=self.text(frame.interface))
                for frame in record.frames[:1]
            )
        hidden.names = hidden.values = ()
        for name in (*_ADDRESSES, *_NAMES, *_TEXTS, "tag_target"):
            text = getattr(record, name)
            if text:
                setattr(hidden, name, self.value(name, text))
        return hidden

    def frame(self, frame: Frame, records: Sequence[Record] = ()) -> Frame:
        """Return a frame that tells no address and no user; its length stays.

        `records` are the messages that it carries, or carries a piece of. Of pieces, what belongs
        to none of them is filled throughout.
        """
        # Reading packets takes a while to load, and only what is exported needs it.
        from siptui.mask.frames import hide_frame

        data = hide_frame(frame, records, self.packed, self.data)
        return frame._replace(data=data, interface=self.text(frame.interface))
