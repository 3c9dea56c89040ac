"""Who is guessing passwords? What the digests that one source sent say (RFC 7616)."""

from __future__ import annotations

import re
from typing import NamedTuple

GUESSES_ON_NONCE = 3
"""Different responses for one user on one nonce that are no longer one phone."""
GUESSES = 5
"""Different responses for one user within `TIME` over any nonces."""
TIME = 60_000_000_000
SPRAYED = 4
"""Users with one response each that make a spray."""
SPRAY_TIME = 60_000_000_000
USERS = 8
"""Users whose responses are remembered for one source."""

_PARAMETER = re.compile(
    rb"""(?i)(?:^|[\s,])(username|realm|nonce|uri|response|nc|cnonce|qop|algorithm)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*)"""
)

_LONGEST = 4096
_COUNT = re.compile(rb"[0-9a-fA-F]{1,8}")


class Credentials(NamedTuple):
    """Hold what an Authorization header field says that matters here."""

    user: bytes
    nonce: bytes
    response: bytes
    nonce_count: bytes
    """The nonce count as it came; empty without ``qop``."""
    realm: bytes = b""
    uri: bytes = b""
    qop: bytes = b""
    cnonce: bytes = b""
    algorithm: bytes = b""


def read(value: bytes) -> Credentials | None:
    """Return the credentials in a header field's value, or None if they are no digest."""
    if value.lstrip()[:6].lower() != b"digest":
        return None
    if len(value) > _LONGEST:
        value = value[:_LONGEST]
    found = {name.lower(): text.strip(b'"') for name, text in _PARAMETER.findall(value)}
    if b"response" not in found:
        return None
    return Credentials(
        found.get(b"username", b""),
        found.get(b"nonce", b""),
        found[b"response"],
        found.get(b"nc", b""),
        *(found.get(name, b"") for name in (b"realm", b"uri", b"qop", b"cnonce", b"algorithm")),
    )


class _User:
    """Hold the responses for one user."""

    __slots__ = ("count", "last", "nonce", "on_nonce", "times")

    def __init__(self) -> None:
        self.nonce = 0
        self.on_nonce: set[int] = set()
        """Hashes of responses on `nonce`."""
        self.count = 0
        """The highest nonce count on `nonce`; a phone's rises with each request."""
        self.times: dict[int, int] = {}
        """Hashes of the last responses, and when."""
        self.last = 0


class Digests:
    """Remember the digests of one source, within bounds."""

    __slots__ = ("_users",)

    def __init__(self) -> None:
        self._users: dict[int, _User] = {}

    def add(self, credentials: Credentials, now: int) -> tuple[bool, bool]:
        """Note credentials at `now` (ns); tell whether passwords are guessed and are sprayed."""
        name = hash(credentials.user)
        user = self._users.pop(name, None)
        if user is None:
            user = _User()
            if len(self._users) >= USERS:
                del self._users[next(iter(self._users))]
        self._users[name] = user
        guessed = self._guessed(user, credentials, now)
        return guessed, not guessed and self._sprayed(now)

    def _guessed(self, user: _User, credentials: Credentials, now: int) -> bool:
        response, nonce = hash(credentials.response), hash(credentials.nonce)
        if nonce != user.nonce:
            user.nonce = nonce
            user.on_nonce = set()
            user.count = 0
        count = int(credentials.nonce_count, 16) if _COUNT.fullmatch(credentials.nonce_count) else 0
        if count > user.count:
            user.count = count
            if not user.on_nonce:
                user.on_nonce.add(response)
        elif len(user.on_nonce) < GUESSES:
            user.on_nonce.add(response)
        user.times.pop(response, None)
        user.times[response] = user.last = now
        if len(user.times) > GUESSES:
            del user.times[next(iter(user.times))]
        return len(user.on_nonce) >= GUESSES_ON_NONCE or (
            len(user.times) >= GUESSES and now - next(iter(user.times.values())) <= TIME
        )

    def _sprayed(self, now: int) -> bool:
        recent = [
            each
            for each in self._users.values()
            if now - each.last <= SPRAY_TIME and len(each.times) == 1
        ]
        return len(recent) >= SPRAYED
