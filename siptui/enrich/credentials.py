"""Which of the commonest passwords explains a digest response? RFC 2617 and RFC 7616.

Only for answers to a nonce of our own: what somebody else's server asked for is none of our
business, and what would have to be tried has no bounds. The work has: so many digests a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import md5
from importlib import resources

from siptui.enrich.digests import Credentials

DIGESTS_A_SECOND = 20_000
"""Digests computed in one second of the capture's clock, at most; about 2 % of a core."""
USERS = 64
"""Users whose digests of the common passwords are remembered."""
_SECOND = 1_000_000_000
_LONGEST = 64
"""Characters of the longest user and realm for which passwords are tried."""


class Guesses:
    """Try common passwords on digest responses."""

    def __init__(
        self, passwords: Sequence[str] | None = None, most: int = DIGESTS_A_SECOND
    ) -> None:
        """Try `passwords`, by default the built-in ones, with at most `most` digests a second.

        In a password ``{user}`` stands for the user name, ``{resu}`` for it backwards.
        """
        self.let_go = 0
        """Responses that were not tried for want of time."""
        self._passwords = built_in() if passwords is None else tuple(passwords)
        self._most = most
        self._left = most
        self._second = 0
        self._users: dict[tuple[bytes, bytes], tuple[list[str], list[bytes]]] = {}

    def password(
        self, said: Credentials, method: str, body: bytes, now: int, likely: str = ""
    ) -> str:
        """Return the password that explains a response, empty if none of those tried does.

        `method` and `body` are those of the request, `now` is when it came (ns), `likely` a
        password to try first.
        """
        if now // _SECOND != self._second:
            self._second = now // _SECOND
            self._left = self._most
        session = said.algorithm.lower() == b"md5-sess"
        if said.algorithm and not session and said.algorithm.lower() != b"md5":
            return ""
        what = _what(said, method, body)
        wanted = said.response.lower()
        if likely and self._may(2 + session):
            secret = _hash(b"%b:%b:%b" % (said.user, said.realm, likely.encode("utf-8", "replace")))
            if _response(secret, said, what, session) == wanted:
                return likely
        if max(len(said.user), len(said.realm)) > _LONGEST:
            return ""
        if not self._may(len(self._passwords) * (1 + session)):
            return ""
        for password, secret in self._secrets(said.user, said.realm):
            if _response(secret, said, what, session) == wanted:
                return password
        return ""

    def _may(self, digests: int) -> bool:
        """Use up some digests; tell whether there were so many left."""
        if digests > self._left:
            self.let_go += 1
            return False
        self._left -= digests
        return True

    def _secrets(self, user: bytes, realm: bytes) -> Iterator[tuple[str, bytes]]:
        """Return each password with its digest for a user, if there is still time to make them."""
        found = self._users.pop((user, realm), None)
        if found is None:
            if not self._may(len(self._passwords)):
                return iter(())
            name = user.decode("utf-8", "backslashreplace")
            words = [
                each.replace("{user}", name).replace("{resu}", name[::-1])
                for each in self._passwords
            ]
            found = words, [_hash(b"%b:%b:%b" % (user, realm, each.encode())) for each in words]
            if len(self._users) >= USERS:
                del self._users[next(iter(self._users))]
        self._users[user, realm] = found
        return zip(*found, strict=True)


def _what(said: Credentials, method: str, body: bytes) -> bytes:
    """Return the digest of what is asked for: A2 of RFC 7616 section 3.4.3."""
    what = b"%b:%b" % (method.encode("utf-8", "replace"), said.uri)
    if said.qop.lower() == b"auth-int":
        what += b":" + _hash(body)
    return _hash(what)


def _response(secret: bytes, said: Credentials, what: bytes, session: bool) -> bytes:
    """Return the response that belongs to a secret (RFC 7616 section 3.4.1)."""
    if session:
        secret = _hash(b"%b:%b:%b" % (secret, said.nonce, said.cnonce))
    if not said.qop or not said.cnonce:
        # SIPVicious writes qop=auth into what it made without (svhelper.py, 0.3.8).
        return _hash(b"%b:%b:%b" % (secret, said.nonce, what))
    parts = (secret, said.nonce, said.nonce_count, said.cnonce, said.qop, what)
    return _hash(b":".join(parts))


def _hash(data: bytes) -> bytes:
    return md5(data, usedforsecurity=False).hexdigest().encode()


@cache
def built_in() -> tuple[str, ...]:
    """Return the passwords of ``data/passwords.txt``."""
    file = resources.files("siptui") / "data" / "passwords.txt"
    lines = file.read_text("utf-8").splitlines()
    return tuple(each for each in lines if each and not each.startswith("# "))
