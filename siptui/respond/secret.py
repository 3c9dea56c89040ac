"""Which tags and nonces are ours? Those that only our secret could have made.

Nothing is remembered for them: a tag or nonce that comes back is made again and compared, so that
ten million forged sources cost no memory.
"""

from __future__ import annotations

import hashlib
import hmac
import os

NONCE_LIFETIME = 60
"""Seconds that a nonce is good for."""


class Secret:
    """Make and recognise To tags (RFC 3261 section 19.3) and digest nonces (RFC 7616)."""

    def __init__(self, key: bytes | None = None) -> None:
        """Use `key`, or one that nobody knows and that is gone when the program ends."""
        self._key = key or os.urandom(32)

    def digits(self, purpose: str, *parts: str | bytes) -> str:
        """Return 40 hexadecimal digits that belong to `parts`, different for each `purpose`."""
        text = b"\0".join(
            part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
            for part in (purpose, *parts)
        )
        return hmac.new(self._key, text, hashlib.sha1).hexdigest()

    def tag(self, shape: str, source: str, port: int, call_id: bytes) -> str:
        """Return the To tag for the Call-ID of a source (address and port) in a persona's `shape`.

        In `shape` each ``x`` becomes a hexadecimal digit; everything else stands for itself. The
        tag is the same for every answer to a request and to its repetitions.
        """
        digits = iter(self.digits("tag", source, str(port), call_id))
        return "".join(next(digits, "0") if each == "x" else each for each in shape)

    def nonce(self, source: str, port: int, now: float) -> str:
        """Return a nonce for a source (address and port), good for `NONCE_LIFETIME` seconds.

        It is short, for an answer must not be larger than what it answers: four digits say the
        second, the others prove that they are ours.
        """
        second = int(now)
        proof = self.digits("nonce", source, str(port), str(second))
        return f"{second & 0xFFFF:04x}{proof[:12]}"

    def knows_nonce(self, nonce: str, source: str, port: int, now: float) -> bool:
        """Tell whether `nonce` was given to a source within the last `NONCE_LIFETIME` seconds."""
        try:
            second = int(nonce[:4], 16)
        except ValueError:
            return False
        age = (int(now) - second) & 0xFFFF
        ours = self.nonce(source, port, int(now) - age)
        return age <= NONCE_LIFETIME and hmac.compare_digest(
            nonce.encode("utf-8", "replace"), ours.encode()
        )
