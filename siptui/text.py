"""How does a value become characters that a terminal may show?

`safe` stands between every captured byte and the screen. What it returns is one line in which each
character is printable, has a width that terminals agree on, and is an order to nobody; the other
functions take such text, or numbers. Nothing here knows what a message is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Literal, NamedTuple

ELLIPSIS = "…"

_FILLERS = ((0x115F, 0x115F), (0x2800, 0x2800))
"""Letters and signs that are blank and would hide in a text (Hangul filler, empty Braille)."""

_DISPUTED = (
    (0x1160, 0x11FF),
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x3164, 0x3164),
    (0x4DC0, 0x4DFF),
    (0xD7B0, 0xD7FB),
    (0xFFA0, 0xFFA0),
    (0x1D300, 0x1D376),
    (0x1F1E6, 0x1F1FF),
    (0x1F3FB, 0x1F3FF),
)
"""Where the width in cells differs between Unicode 14 and 17 or depends on the neighbour:
conjoining Hangul, hexagrams, counting rods, regional indicators, emoji modifiers."""

_IGNORABLE = (
    (0x034F, 0x034F),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0xFE00, 0xFE0F),
    (0xE0100, 0xE01EF),
)
"""Nonspacing marks that show nothing by themselves (Default_Ignorable_Code_Point)."""

_MARKS = 2
"""How many nonspacing marks a letter may carry; more climb into the lines above and below."""


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= code <= stop for start, stop in ranges)


def _visible(character: str) -> str:
    """Return what stands for a character that may not be shown."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if code < 0xA0:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"⟨{code:04X}⟩"


@lru_cache(8192)
def _judge(character: str) -> tuple[str, bool]:
    """Return what stands for a character, and whether it is a mark that needs a letter."""
    code = ord(character)
    if not character.isprintable() or _within(code, _FILLERS) or _within(code, _DISPUTED):
        return _visible(character), False
    category = unicodedata.category(character)
    if category == "Mn" and not _within(code, _IGNORABLE):
        return character, True
    if category[0] == "M":
        return _visible(character), False
    return character, False


def safe(value: str | bytes) -> str:
    """Return `value` as one line that no terminal obeys and no reader is deceived by.

    Bytes are read as UTF-8; what is none, and C1 controls, become ``\\x9b``, C0 controls and DEL
    their pictures (``␛``), everything else that is invisible, reorders text, or has no width that
    terminals agree on ``⟨202E⟩``. Applying it twice changes nothing.
    """
    if not isinstance(value, str):
        value = bytes(value).decode("utf-8", "backslashreplace")
    if value.isascii():
        if value.isprintable():
            return value
        return value.translate(_ASCII)
    parts = []
    room = 0
    for character in value:
        shown, mark = _judge(character)
        if mark:
            shown = shown if room > 0 else _visible(character)
            room -= 1
        else:
            room = _MARKS if shown == character and character.isalpha() else 0
        parts.append(shown)
    return "".join(parts)


_ASCII = {code: _visible(chr(code)) for code in (*range(0x20), 0x7F)}


@lru_cache(8192)
def _cells(character: str) -> int:
    if unicodedata.category(character) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Return how many cells a safe `text` takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, cells: int) -> str:
    """Return as much of a safe `text` as `cells` cells hold, ended by ``…`` if some is missing."""
    if text.isascii():
        if len(text) <= cells:
            return text
        return text[: cells - 1] + ELLIPSIS if cells > 0 else ""
    if width(text) <= cells:
        return text
    if cells <= 0:
        return ""
    used = 0
    for at, character in enumerate(text):
        used += _cells(character)
        if used > cells - 1:
            return text[:at] + ELLIPSIS
    return text


def fit(text: str, cells: int, align: Literal["left", "right"] = "left") -> str:
    """Return a safe `text` in exactly `cells` cells: cut with ``…``, or filled with spaces."""
    if len(text) <= cells and text.isascii():
        return text.rjust(cells) if align == "right" else text.ljust(cells)
    text = cut(text, cells)
    blank = " " * (cells - width(text))
    return blank + text if align == "right" else text + blank


def wrap(text: str, cells: int) -> list[str]:
    """Divide a safe `text` into lines of at most `cells` cells, between words where it can."""
    cells = max(cells, 2)
    lines: list[str] = []
    line, used = "", 0
    for word in re.findall(r"\S+\s*|\s+", text):
        need = width(word.rstrip())
        if used and used + need > cells:
            lines.append(line.rstrip())
            line, used = "", 0
        while width(word.rstrip()) > cells:
            head = prefix(word, cells)
            lines.append(head)
            word = word[len(head) :]
        line += word
        used += width(word)
    if line.rstrip() or not lines:
        lines.append(line.rstrip())
    return lines


def prefix(text: str, cells: int) -> str:
    """Return as much of the beginning of a safe `text` as `cells` cells hold."""
    used = 0
    for at, character in enumerate(text):
        used += _cells(character)
        if used > cells:
            return text[:at]
    return text


class HexRow(NamedTuple):
    """Hold one line of a dump."""

    offset: int
    """Where its first byte stands."""
    cells: str
    """Two hexadecimal digits a byte, separated by a space, by two after the eighth."""
    text: str
    """The bytes as ASCII, a dot for what is not printable."""


_PRINTABLE = bytes(code if 0x20 <= code < 0x7F else 0x2E for code in range(256))


def hex_rows(data: bytes, size: int = 16) -> Iterator[HexRow]:
    """Yield the dump of `data`, `size` bytes a row."""
    for at in range(0, len(data), size):
        yield hex_row(data, at, size)


def hex_row(data: bytes, at: int, size: int = 16) -> HexRow:
    """Return the row of the dump that begins at offset `at`; its cells are not filled up."""
    row = data[at : at + size]
    cells = row[:8].hex(" ")
    if len(row) > 8:
        cells += "  " + row[8:].hex(" ")
    return HexRow(at, cells, row.translate(_PRINTABLE).decode("ascii"))


def count(number: int) -> str:
    """Return a whole number with commas: ``1,204``."""
    return f"{number:,}"


def short_count(number: float) -> str:
    """Return a number in at most five cells: ``987``, ``12.3k``, ``4.6M``."""
    if number < 1000:
        return str(round(number))
    for unit in "kMGT":
        number /= 1000
        if number < 9.95:
            return f"{number:.1f}{unit}"
        if number < 999.5:
            return f"{number:.0f}{unit}" if number >= 99.95 else f"{number:.1f}{unit}"
    return f"{number:.0f}P"


def bytes_size(number: int) -> str:
    """Return a number of bytes in units of 1000: ``390 B``, ``12.3 kB``, ``4.0 GB``."""
    if number < 1000:
        return f"{number} B"
    size = float(number)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 999.95:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"


def rate(per_second: float) -> str:
    """Return a rate: ``0/s``, ``0.4/s``, ``12/s``, ``1,204/s``; under six a minute by minute."""
    if per_second <= 0:
        return "0/s"
    if per_second < 0.095:
        return f"{per_second * 60:.1f}/min"
    return f"{per_second:.1f}/s" if per_second < 9.95 else f"{per_second:,.0f}/s"


def share(part: float, whole: float) -> str:
    """Return a share: ``38%``; ``<1%`` for little, empty for nothing of nothing."""
    if whole <= 0:
        return ""
    percent = 100 * part / whole
    if 0 < percent < 0.5:
        return "<1%"
    return ">99%" if 99.5 <= percent < 100 else f"{percent:.0f}%"


def duration(seconds: float) -> str:
    """Return a span of time: ``0:42``, ``12:03``, ``1:02:03``, ``2d 03:04``."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    if days:
        return f"{days}d {hours:02d}:{minutes:02d}"
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@lru_cache(4096)
def _moment(second: int, zone: tzinfo | None, form: str) -> str:
    try:
        return datetime.fromtimestamp(second, zone).strftime(form)
    except (OverflowError, OSError, ValueError):
        return "?"


def clock(nanoseconds: int, zone: tzinfo | None = None, digits: int = 3) -> str:
    """Return the time of day of a moment since the epoch, local unless `zone` says otherwise.

    With `digits` of the second's fraction, cut off and not rounded: ``08:30:01.250``.
    """
    second, fraction = divmod(nanoseconds, 1_000_000_000)
    text = _moment(second, zone, "%H:%M:%S")
    return f"{text}.{fraction:09d}"[: len(text) + 1 + digits] if digits else text


def date_and_clock(nanoseconds: int, zone: tzinfo | None = None, digits: int = 3) -> str:
    """Return date, time of day and offset from UTC: ``2026-01-01 08:30:01.250 +0100``."""
    second = nanoseconds // 1_000_000_000
    day, offset = _moment(second, zone, "%Y-%m-%d"), ""
    if zone is None:
        local = datetime.fromtimestamp(second).astimezone() if day != "?" else None
        offset = local.strftime(" %z") if local else ""
    else:
        offset = " " + (_moment(second, zone, "%z") or "")
    return f"{day} {clock(nanoseconds, zone, digits)}{offset}".rstrip()


def address(host: str, port: int | None = None) -> str:
    """Return host and port, an IPv6 address in brackets (RFC 3986 section 3.2.2)."""
    if port is None:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number and its noun: ``1 message``, ``1,204 messages``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


_EIGHTHS = " ▏▎▍▌▋▊▉"
_SPARKS = "▁▂▃▄▅▆▇█"


def bar(fraction: float, cells: int, plain: bool = False) -> str:
    """Return a bar that fills `fraction` (0 to 1) of `cells` cells; `plain` uses ``#`` alone."""
    eighths = round(max(0.0, min(1.0, fraction)) * cells * 8)
    if fraction > 0 and not eighths:
        eighths = 1
    if plain:
        return ("#" * -(-eighths // 8)).ljust(cells)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[part] if part else "")).ljust(cells)


def spark(values: list[float], cells: int, plain: bool = False) -> str:
    """Return the last `cells` values as a line of columns, the highest of them full."""
    recent = values[-cells:]
    top = max(recent, default=0)
    signs = "_.-=+*#@" if plain else _SPARKS

    def column(value: float) -> str:
        return " " if value <= 0 else signs[min(7, int(value / top * 7.999))]

    return "".join(map(column, recent)).rjust(cells)
