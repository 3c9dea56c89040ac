"""What are bytes that are no SIP? By their first bytes, their length and their port."""

from __future__ import annotations


def name(data: bytes, transport: str, sport: int, dport: int) -> str:
    """Return one word for what `data` is."""
    if not data:
        return "empty"
    if not data.strip(b"\r\n\0"):
        return "keep-alive"
    if data.isascii() and all(32 <= byte < 127 or byte in b"\t\r\n" for byte in data):
        return "text"
    return "binary"
