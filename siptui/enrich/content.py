"""What does a request say about itself? The rules that need nothing but the message.

Cheap tests come first: bytes that only attacks need, header names that some rule asks for. Only
what they let through is searched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from siptui.enrich import exploits
from siptui.enrich.hosts import host, scope_of, source_scope
from siptui.enrich.reach import Reach
from siptui.record import Record

ORDINARY = frozenset(
    name.encode()
    for name in (
        "Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "User-Agent",
        "Content-Length", "Accept", "Allow", "Supported", "Expires", "Server", "Date",
        "Allow-Events", "Accept-Language", "Accept-Encoding", "Event", "Subject",
        "Organization", "Require", "v", "f", "t", "i", "m", "l", "k", "Call-Id", "User-agent",
    )
)  # fmt: skip
"""Header names that no rule asks for."""
STARTING = frozenset(
    ("INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY", "INFO")
)
"""Methods that can begin something (RFC 3261 section 12)."""
AGENTS = 1 << 12
"""User agents, and values of other header fields, without an attack that are remembered."""
LAYOUTS = 1 << 10
"""Header names, in their order, that are remembered."""
_LONG_LAYOUT = 1024
"""Bytes of header names from which on they are not."""
_TELLING = frozenset(
    (
        "repeated-from", "repeated-to", "repeated-call-id", "repeated-cseq",
        "repeated-content-length", "bad-name", "control-in-name", "space-before-colon",
        "control-in-value", "bad-parameter",
        "content-length-too-big", "content-length-negative", "content-length-not-a-number",
        "overlong-uri", "overlong-line", "overlong-message", "too-many-headers", "no-boundary",
        "boundary-missing", "bad-sdp", "bad-cseq",
    )
)  # fmt: skip
"""Defects that can be the sign of an exploit."""
_LONG_CSEQ = 33
_LONG_ADDRESS = 128
"""Bytes from which on a CSeq, a From or a To is worth a closer look."""
_MEDIA = re.compile(rb"\n[co]=[^\r\n]{0,128}?IN IP[46] ([^\s/]{1,64})")
_INSIDE = re.compile(rb"IN IP[46] (?:(?:0|10|100|127|169|172|192)\.|[^\s/]*:)")
"""What every address from inside a network begins like, and few others do."""
_CREDENTIALS = frozenset((b"authorization", b"proxy-authorization"))
_TYPE = frozenset((b"content-type", b"c"))
_FORMED = _CREDENTIALS | {
    b"via", b"from", b"to", b"call-id", b"cseq", b"contact", b"max-forwards", b"user-agent",
    b"content-length", b"expires", b"v", b"f", b"t", b"i", b"m", b"l",
}  # fmt: skip
"""Names of header fields whose values have a form, or are looked at by themselves."""
_LONG_TEXT = 256
"""Characters from which on a text is not remembered."""


class Asked(NamedTuple):
    """Say what rules ask of a message with certain header names."""

    places: tuple[tuple[int, bytes], ...]
    """Where stand header fields whose value a rule asks for, and their names in small letters."""
    texts: tuple[int, ...]
    """Where stand those that may hold any words."""
    special: bool
    """Whether a name is one that attacks use."""


class Content:
    """Find the labels of one message."""

    def __init__(self, bits: Mapping[str, int], own: Collection[str]) -> None:
        """Use `bits` for the labels; `own` are addresses and names that are ours."""
        self._bits = bits
        self._reach = Reach(bits.__getitem__, own, len(bits))
        self._relay = bits["relay-probe"]
        self._private = bits["private-address"]
        self._telling: dict[tuple[str, ...], bool] = {(): False}
        self._agents: set[str] = {""}
        self._texts: set[bytes] = {b""}
        self._layouts: dict[tuple[bytes, ...], Asked] = {}

    def look(self, record: Record) -> None:
        """Fill `says` and `credentials` of a request."""
        found = self._reach.judge(record)
        if found & self._relay and (
            record.method not in STARTING or not is_initial(record) or _is_target(record)
        ):
            found ^= self._relay
        if record.method == "INVITE":
            found |= self._media(record)
        places, texts, special = self._layouts.get(record.names) or self._asks(record.names)
        if places:
            routed, record.credentials, parts = self._values(record, places)
            found |= routed
            special = special or parts
        found |= self._aimed_at_parsers(record, special)
        # Where the decoder gives hosts, it found no place for words in the fields that have a form.
        if (
            not record.hosts[0]
            or record.ua not in self._agents
            or (texts and self._speaks(record.values, texts))
            or (record.credentials is not None and exploits.may_speak(record.credentials))
        ):
            found |= self._words(record)
        record.says = found

    def _media(self, record: Record) -> int:
        """Tell whether a session description shows an address from inside a network."""
        data = record.data
        # The Contact stands before the body.
        if _INSIDE.search(data, record.spans[11]) is None or source_scope(record.src) != "public":
            return 0
        shown = _MEDIA.finditer(data, data.find(b"\r\n\r\n"))
        if any(scope_of(found[1].decode("latin-1")) == "private" for found in shown):
            return self._private
        return 0

    def attacks(self, record: Record) -> int:
        """Return what a response holds that is aimed at its readers, and at what parses it."""
        places, _, special = self._layouts.get(record.names) or self._asks(record.names)
        found = 0
        if places:
            found, _, parts = self._values(record, places)
            special = special or parts
        found |= self._aimed_at_parsers(record, special)
        return found | self._all(exploits.by_words(record))

    def _aimed_at_parsers(self, record: Record, special: bool) -> int:
        """Return what attacks parsers by its form; `special` says that a header name is used so."""
        data = record.data
        _, _, f0, f1, t0, t1, _, _, q0, q1, _, _, v0, v1 = record.spans
        found = 0
        if (
            special
            # So long or wrong is something only in an exploit.
            or len(data) > 1024
            or q1 - q0 > _LONG_CSEQ
            or f1 - f0 > _LONG_ADDRESS
            or t1 - t0 > _LONG_ADDRESS
            or v1 - v0 > 2 * _LONG_ADDRESS
            or record.method == "SUBSCRIBE"
            or (record.defects and self._tells(record.defects))
        ):
            found = self._all(exploits.by_names(record))
        odd = data.translate(None, exploits.ORDINARY_BYTES)
        if odd:
            found |= self._all(exploits.by_bytes(record, odd))
        return found

    def _all(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self._bits[name]
        return found

    def _asks(self, names: tuple[bytes, ...]) -> Asked:
        """Return what rules ask of a message with these header names; remember it."""
        places, texts, special = [], [], False
        for place, name in enumerate(names):
            key = name.strip().lower()
            if key not in _FORMED:
                texts.append(place)
            if name in ORDINARY:
                continue
            if key in _CREDENTIALS or key in _TYPE or key == b"route":
                places.append((place, key))
            elif key != name.lower() or not key.replace(b"-", b"").isalnum():
                special = True
        asked = Asked(tuple(places), tuple(texts), special)
        if sum(map(len, names)) <= _LONG_LAYOUT:
            if len(self._layouts) >= LAYOUTS:
                self._layouts.clear()
            self._layouts[names] = asked
        return asked

    def _values(
        self, record: Record, places: tuple[tuple[int, bytes], ...]
    ) -> tuple[int, bytes | None, bool]:
        """Return labels, credentials, and whether the body has parts."""
        found, credentials, parts = 0, None, False
        for place, name in places:
            value = record.values[place]
            if name in _CREDENTIALS:
                credentials = value
            elif name in _TYPE:
                parts = parts or value.lstrip()[:10].lower() == b"multipart/"
                if exploits.bad_sdp(record) is not None:
                    found |= self._bits["bad-sdp"]
            elif record.method in STARTING and is_initial(record):
                found |= self._relay * self._reach.routes_elsewhere(value, record)
        return found, credentials, parts

    def _tells(self, defects: tuple[str, ...]) -> bool:
        """Tell whether one of these defects can be the sign of an exploit; remember it."""
        found = self._telling.get(defects)
        if found is None:
            found = not _TELLING.isdisjoint(defects)
            if len(self._telling) < AGENTS:
                self._telling[defects] = found
        return found

    def _words(self, record: Record) -> int:
        """Look for attacks that need words, not bytes; remember a user agent that has none."""
        agent = record.ua
        if agent not in self._agents and not exploits.may_speak(agent.encode(errors="replace")):
            if len(self._agents) >= AGENTS:
                self._agents = {""}
            if len(agent) < _LONG_TEXT:
                self._agents.add(agent)
        return self._all(exploits.by_words(record))

    def _speaks(self, values: tuple[bytes, ...], texts: tuple[int, ...]) -> bool:
        """Tell whether one of the `values` at `texts` may hold an attack that needs words, not
        bytes; remember those that do not.
        """
        known = self._texts
        for place in texts:
            value = values[place]
            if value not in known:
                if exploits.may_speak(value):
                    return True
                if len(known) >= AGENTS:
                    known.clear()
                if len(value) < _LONG_TEXT:
                    known.add(value)
        return False


def _is_target(record: Record) -> bool:
    """Tell whether a request is for the address that its tag says it was sent to: NAT, no relay."""
    target = record.tag_target.rpartition(":")[0].strip("[]")
    return bool(target) and host(record.raw("uri")).text == target


def is_initial(record: Record) -> bool:
    """Tell whether a request is outside any dialog: its To has no tag (RFC 3261 section 12.2)."""
    return record.data.find(b"tag=", record.spans[4], record.spans[5]) < 0
