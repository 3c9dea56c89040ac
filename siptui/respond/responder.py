"""Which answer does a request get in each mode, if the rules allow one at all?"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from siptui.record import Record
from siptui.respond import response
from siptui.respond.persona import Persona
from siptui.respond.rules import LOOPBACK_LIMITS, Limits, Rates, objection
from siptui.respond.secret import Secret

MODES = {
    "silent": "answer nothing",
    "mirror": "send the same bytes back; only to loopback or the allow-list, once a minute",
    "options": "a minimal 200 to OPTIONS",
    "challenge": "200 to OPTIONS, a digest challenge to REGISTER and INVITE, then 403",
    "pbx": "404 to unknown users, a challenge to a few known ones",
    "call": "486 to INVITE; 100, 180 and 200 with SDP to verified sources",
}
VERIFIED_FOR = 600.0
"""Seconds that a source stays verified after its last proof."""
MIRROR_INTERVAL = 60.0
"""Seconds between two mirrored packets to one source."""
STEP = 1.0
"""Seconds between two answers that both wait for something to come back: time for it to come."""
_ENTRIES = 10_000
"""Sources that are verified, mirrored or to give something back, that are remembered at most."""
_PROVED = -1 << 62
"""Answers waited for of a source that has given something back: it will always be far below 0."""
_CHALLENGE = b"SIP/2.0 401 "
_NONCE = re.compile(rb'\bnonce\s*=\s*"([^"]{1,128})"', re.IGNORECASE)
_SHORT_CHALLENGE = 'Digest realm="{realm}",nonce="{nonce}"'
"""The least that a challenge may say (RFC 7616 section 3.3); the algorithm is MD5 then."""
_SHORT_USER = 9
"""Characters of the longest user that mode ``pbx`` may know: scanners first try a long random one
and give up if it exists."""
_KNOWN_SHARE = 100
"""One user in so many is known in mode ``pbx``."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold datagrams for the source of one request, from the socket it came on."""

    request: Record
    datagrams: tuple[bytes, ...]


class Responder:
    """Decide about each record; send nothing itself."""

    def __init__(
        self,
        mode: str,
        persona: Persona,
        clock: Callable[[], float],
        *,
        bound_to_loopback: Callable[[str], bool],
        allow: Sequence[Network] = (),
        secret: Secret | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Answer in `mode` (one of `MODES`) as `persona`.

        `clock` gives seconds. `bound_to_loopback` tells of an interface name (`Frame.interface`)
        whether its socket hears only this host. `allow` names the networks besides loopback that
        mode ``mirror`` may answer.
        """
        self.mode = mode
        self.counts: Counter[str] = Counter()
        """Datagrams sent by status (``sent 401``), and what was withheld by reason."""
        self._persona = persona
        self._clock = clock
        self._bound_to_loopback = bound_to_loopback
        self._allow = tuple(allow)
        self._secret = secret or Secret()
        now = clock()
        self._rates = Rates(limits or Limits(), now)
        self._loopback_rates = Rates(limits or LOOPBACK_LIMITS, now)
        self._verified: OrderedDict[tuple[str, int], float] = OrderedDict()
        self._mirrored: OrderedDict[str, float] = OrderedDict()
        self._waiting: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def consider(self, record: Record) -> Answer | None:
        """Return the answer to a record that arrived on a socket of ours, or None."""
        if record.ours or self.mode == "silent":
            return None
        loopback = self._bound_to_loopback(record.frames[0].interface if record.frames else "")
        mirrors = self.mode == "mirror"
        allowed = mirrors and self._is_allowed(record)
        reason = objection(record, bound_to_loopback=loopback, allowed=allowed)
        if reason in ("", "ACK"):
            self._verify(record)
        datagrams: tuple[bytes, ...] = ()
        if not reason and mirrors:
            reason = self._no_mirror(record, allowed or loopback)
            datagrams = (record.data,)
        elif not reason:
            responses = self._responses(record)
            datagrams = responses or ()
            if responses is None:
                reason = f"mode {self.mode} has no answer to it"
            elif not responses:
                reason = "larger than the request"
        if not reason:
            reason = self._too_much(record, datagrams, loopback)
        if reason:
            self._withhold(reason)
            return None
        if not mirrors and (record.method == "INVITE" or datagrams[-1].startswith(_CHALLENGE)):
            count, last = self._waiting.get(record.src, (0, 0.0))
            now = self._clock()
            if now >= last + STEP:
                self._wait(record.src, count + 1, now)
        return Answer(record, datagrams)

    def count(self, datagram: bytes, *, sent: bool) -> None:
        """Count a datagram of an answer: it was sent, or the kernel did not take it."""
        if not sent:
            self._withhold("not taken by the system")
            return
        status = datagram[8:11].decode("ascii", "replace")
        self.counts["sent mirror" if self.mode == "mirror" else f"sent {status}"] += 1

    def _withhold(self, reason: str) -> None:
        self.counts[f"withheld: {reason}"] += 1

    def is_verified(self, source: str, port: int) -> bool:
        """Tell whether a source has proved that it reads what we send to its address and port."""
        until = self._verified.get((source, port), 0.0)
        return until > self._clock()

    def issued(self, nonce: str, record: Record) -> bool:
        """Tell whether a nonce was given to the record's source by us not long before it came."""
        return self._secret.knows_nonce(nonce, record.src, record.sport, record.time / 1e9)

    def returned(self, record: Record) -> int:
        """Return 1 for a request that gives back a To tag that only our answer held.

        Else it is how many of our answers its source had time to give a nonce or a To tag back of,
        and never did, as a number below 0: challenges, and what answers an INVITE and wants an ACK.
        """
        to = response.field_values(record, b"to")
        if len(to) == 1 and response.field_values(record, b"call-id"):
            tag = response.tag_of(to[0])
            if tag and tag == self._tag(record).encode():
                return 1
        count, last = self._waiting.get(record.src, (0, 0.0))
        return -max(0, count if record.time / 1e9 >= last + STEP else count - 1)

    def _verify(self, record: Record) -> None:
        """Take a nonce or To tag of ours that comes back for proof of the source's address."""
        now = self._clock()
        nonce = self._nonce_of(record)
        if self._knows_nonce(nonce, record) or self.returned(record) > 0:
            source = record.src, record.sport
            self._verified[source] = now + VERIFIED_FOR
            self._verified.move_to_end(source)
            if len(self._verified) > _ENTRIES:
                self._verified.popitem(last=False)
            self._wait(record.src, _PROVED, now)

    def _wait(self, source: str, count: int, now: float) -> None:
        """Note how many answers a source gave nothing back of, and when it got the last."""
        self._waiting[source] = count, now
        self._waiting.move_to_end(source)
        if len(self._waiting) > _ENTRIES:
            self._waiting.popitem(last=False)

    def _nonce_of(self, record: Record) -> str:
        for name in (b"authorization", b"proxy-authorization"):
            for value in response.field_values(record, name):
                match = _NONCE.search(value)
                if match:
                    return match[1].decode("ascii", "replace")
        return ""

    def _tag(self, record: Record) -> str:
        call_id = response.field_values(record, b"call-id")[0]
        return self._secret.tag(self._persona.tag, record.src, record.sport, call_id)

    def _knows_nonce(self, nonce: str, record: Record) -> bool:
        return bool(nonce) and self._secret.knows_nonce(
            nonce, record.src, record.sport, self._clock()
        )

    def _is_allowed(self, record: Record) -> bool:
        address = ip_address(record.src)
        return any(address.version == each.version and address in each for each in self._allow)

    def _no_mirror(self, record: Record, allowed: bool) -> str:
        """Return why a packet is not mirrored, or take note that it is."""
        if not allowed:
            return "not on the allow-list"
        now = self._clock()
        if now - self._mirrored.get(record.src, -MIRROR_INTERVAL) < MIRROR_INTERVAL:
            return "mirrored within the minute"
        self._mirrored[record.src] = now
        self._mirrored.move_to_end(record.src)
        if len(self._mirrored) > _ENTRIES:
            self._mirrored.popitem(last=False)
        return ""

    def _too_much(self, record: Record, datagrams: Sequence[bytes], loopback: bool) -> str:
        sizes = [len(each) for each in datagrams]
        if sum(sizes) > len(record.data) and not self.is_verified(record.src, record.sport):
            return "larger than the request"
        rates = self._loopback_rates if loopback else self._rates
        return rates.allow(record.src, sizes, self._clock())

    def _responses(self, record: Record) -> tuple[bytes, ...] | None:
        """Return the mode's responses to a request; empty if too large, None if it has none."""
        method = record.method
        if method == "OPTIONS":
            return self._one(record, 200)
        if self.mode == "options":
            return None
        if method == "REGISTER":
            return self._pbx(record) if self.mode == "pbx" else self._challenge(record)
        if method == "INVITE":
            if self.mode == "call":
                return self._call(record)
            return self._pbx(record) if self.mode == "pbx" else self._challenge(record)
        if method in {"BYE", "CANCEL"} and self.mode == "call":
            ours = response.tag_of(response.field_values(record, b"to")[0])
            known = ours == self._tag(record).encode() or (
                method == "CANCEL" and self.is_verified(record.src, record.sport)
            )
            return self._one(record, 200 if known else 481)
        return None

    def _challenge(self, record: Record) -> tuple[bytes, ...]:
        """Ask for credentials; refuse those that answer our own nonce."""
        if self._knows_nonce(self._nonce_of(record), record):
            return self._one(record, 403)
        return self._one(record, 401)

    def _pbx(self, record: Record) -> tuple[bytes, ...]:
        return self._challenge(record) if self._knows(record.user) else self._one(record, 404)

    def _knows(self, user: str) -> bool:
        if user in self._persona.users:
            return True
        if not 0 < len(user) <= _SHORT_USER:
            return False
        return int(self._secret.digits("user", user)[:8], 16) % _KNOWN_SHARE == 0

    def _call(self, record: Record) -> tuple[bytes, ...]:
        if not self.is_verified(record.src, record.sport):
            return self._one(record, 486)
        offer = record.data.partition(b"\r\n\r\n")[2]
        session = response.session(record.dst, self._number(record), offer)
        accepted = self._one(record, 200, body=session)
        return (*self._one(record, 100), *self._one(record, 180), *accepted)

    def _number(self, record: Record) -> int:
        call_id = response.field_values(record, b"call-id")[0]
        return int(self._secret.digits("session", record.src, call_id)[:7], 16)

    def _one(self, record: Record, status: int, *, body: bytes = b"") -> tuple[bytes, ...]:
        """Return one response, no larger than the request if the source is not verified."""
        host = f"[{record.dst}]" if ":" in record.dst else record.dst
        # Only what begins a dialog must name a Contact (RFC 3261 section 12.1.1).
        dialog = record.method == "INVITE" and status in (180, 200)
        contact = f"<sip:{host}:{record.dport}>" if dialog else ""
        challenges = [""]
        if status == 401:
            nonce = self._secret.nonce(record.src, record.sport, self._clock())
            realm = self._persona.realm
            challenges = [
                form.format(realm=realm, nonce=nonce)
                for form in (self._persona.challenge, _SHORT_CHALLENGE)
            ]
        built = response.build(
            record,
            status,
            self._persona,
            tag=self._tag(record),
            limit=None if self.is_verified(record.src, record.sport) else len(record.data),
            contact=contact,
            challenges=challenges,
            body=body,
        )
        return (built,) if built else ()
