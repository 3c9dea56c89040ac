"""What does a request say about itself? The rules that need nothing but the message.

Cheap tests come first: bytes that only attacks need, header names that some rule asks for. Only
what they let through is searched.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from siptui.enrich import exploits
from siptui.enrich.hosts import host, source_scope
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
"""User agents without an attack that are remembered."""
_TELLING = frozenset(
    (
        "repeated-from", "repeated-to", "repeated-call-id", "repeated-cseq",
        "repeated-content-length", "bad-name", "control-in-name", "control-in-value",
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
_PLAIN = str.maketrans("", "", "+-_.~!*#")


class Content:
    """Find the labels of one message."""

    def __init__(self, bits: Mapping[str, int], own: Collection[str]) -> None:
        """Use `bits` for the labels; `own` are addresses and names that are ours."""
        self._bits = bits
        self._reach = Reach(bits.__getitem__, own)
        self._relay = bits["relay-probe"]
        self._private = bits["private-address"]
        self._telling: dict[tuple[str, ...], bool] = {(): False}
        self._agents: set[str] = {""}

    def look(self, record: Record) -> tuple[int, bytes | None]:
        """Return the labels of a request, and its credentials if it has any."""
        found = self._reach.judge(record)
        if found & self._relay and (
            record.method not in STARTING or not is_initial(record) or _is_target(record)
        ):
            found ^= self._relay
        if record.method == "INVITE":
            found |= self._media(record)
        data, headers = record.data, record.headers
        credentials = None
        spans = record.spans
        special = (
            len(data) > 1024
            or spans[9] - spans[8] > _LONG_CSEQ
            or spans[3] - spans[2] > _LONG_ADDRESS
            or spans[5] - spans[4] > _LONG_ADDRESS
            or spans[13] - spans[12] > 2 * _LONG_ADDRESS
            or record.method == "SUBSCRIBE"
        )
        for name, _ in headers or ():
            if name not in ORDINARY:
                routed, credentials, odd_names = self._unusual(record)
                found |= routed
                special = special or odd_names
                break
        defects = record.defects
        if special or (defects and self._tells(defects)):
            found |= self._all(exploits.by_names(record))
        odd = data.translate(None, exploits.ORDINARY_BYTES)
        if odd:
            found |= self._all(exploits.by_bytes(record, odd))
        if (
            record.ua not in self._agents
            or not record.user.isalnum()
            or data.count(b"<", spans[2], spans[3]) > 1
        ):
            found |= self._words(record)
        return found, credentials

    def _media(self, record: Record) -> int:
        """Tell whether a session description shows an address from inside a network."""
        if source_scope(record.src) != "public":
            return 0
        for found in _MEDIA.finditer(record.data, record.data.find(b"\r\n\r\n")):
            if host(found[1]).scope == "private":
                return self._private
        return 0

    def attacks(self, record: Record) -> int:
        """Return what a response holds that is aimed at its readers."""
        odd = record.data.translate(None, exploits.ORDINARY_BYTES)
        found = self._all(exploits.by_bytes(record, odd)) if odd else 0
        return found if record.ua in self._agents else found | self._words(record)

    def _all(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self._bits[name]
        return found

    def _unusual(self, record: Record) -> tuple[int, bytes | None, bool]:
        """Return labels, credentials, and whether a header field is one that attacks use."""
        found, credentials, special = 0, None, False
        for name, value in record.headers or ():
            if name in ORDINARY:
                continue
            written, name = name, name.strip().lower()
            if name == b"authorization" or name == b"proxy-authorization":
                credentials = value
            elif name == b"content-type" or name == b"c":
                special = special or value.lstrip()[:10].lower() == b"multipart/"
                if exploits.bad_sdp(record) is not None:
                    found |= self._bits["bad-sdp"]
            elif name == b"route":
                if record.method in STARTING and is_initial(record):
                    found |= self._relay * self._reach.routes_elsewhere(value, record)
            elif name != written.lower() or not name.replace(b"-", b"").isalnum():
                special = True
        return found, credentials, special

    def _tells(self, defects: tuple[str, ...]) -> bool:
        """Tell whether one of these defects can be the sign of an exploit; remember it."""
        found = self._telling.get(defects)
        if found is None:
            found = not _TELLING.isdisjoint(defects)
            if len(self._telling) < AGENTS:
                self._telling[defects] = found
        return found

    def _words(self, record: Record) -> int:
        """Look for attacks that need words, not bytes, where such words may stand."""
        agent, at, stop = record.ua, *record.spans[2:4]
        if (
            agent in self._agents
            and record.data.count(b"<", at, stop) <= 1
            and (not record.user or record.user.translate(_PLAIN).isalnum())
        ):
            return 0
        found = self._all(exploits.by_words(record))
        if not found:
            if len(self._agents) >= AGENTS:
                self._agents = {""}
            if len(agent) < 256:
                self._agents.add(agent)
        return found


def _is_target(record: Record) -> bool:
    """Tell whether a request is for the address that its tag says it was sent to: NAT, no relay."""
    target = record.tag_target.rpartition(":")[0].strip("[]")
    return bool(target) and host(record.raw("uri")).text == target


def is_initial(record: Record) -> bool:
    """Tell whether a request is outside any dialog: its To has no tag (RFC 3261 section 12.2)."""
    return record.data.find(b"tag=", record.spans[4], record.spans[5]) < 0
