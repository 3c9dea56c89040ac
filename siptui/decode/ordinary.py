"""Is this message written as nearly all are, with nothing wrong? Then a row is filled quickly.

One split of the head, a look-up by each name as it is written, a pattern or a memory for each
value. Whatever does not pass is left to the careful way; what passes is filled as that would.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from siptui.decode import bodies, sdp, startline
from siptui.decode.examine import LONGEST_MESSAGE, MOST_HEADERS, name_problem
from siptui.decode.fields import REPEATED, REQUIRED, canonical
from siptui.decode.grammar import METHODS
from siptui.decode.layouts import Layout, Layouts
from siptui.decode.uri import read_address
from siptui.decode.usual import PATTERNS, START, usual_user
from siptui.decode.values import (
    JUDGES,
    LONGEST,
    first_value,
    has_tag,
    judge,
    read_cseq,
    read_length,
)
from siptui.record import Record, decode

REMEMBERED = 4096
"""Entries that each memory holds before it begins anew."""

SLOTS = {"From": 1, "To": 2, "Call-ID": 3, "CSeq": 4, "Contact": 5, "Via": 6}
"""Which of `SPANS` a field fills; 0 is the request-URI."""
_AGENT, _SERVER, _LENGTH, _TYPE = 7, 8, 9, 10
_MORE = {"User-Agent": _AGENT, "Server": _SERVER, "Content-Length": _LENGTH, "Content-Type": _TYPE}

_PLAIN = bytes(range(0x20, 0x7F)) + b"\t"
_ENDS = tuple(b"\r\n" * count for count in range(MOST_HEADERS + 1))

_Test = Callable[[bytes], object]


class _Memory(set[bytes]):
    """Values of one field that were found right."""

    def learn(self, value: bytes) -> None:
        if len(self) >= REMEMBERED:
            self.clear()
        self.add(value)


_Field = tuple[int, int, _Test | None, _Memory]
"""How a field is treated: its slot; a bit that is set once it was seen, 0 if it may appear again;
what tells of most values that they are right; and the values found right besides."""


class _Start(NamedTuple):
    """Hold what a start line says."""

    method: bytes
    text: str
    status: int
    start: int
    stop: int
    user: str
    host: bytes
    """The host of a sip URI that is written as usual."""
    response: bool


_BITS = {name: 1 << at for at, name in enumerate(REPEATED)}
_NEEDED = sum(_BITS[name] for name in REQUIRED if name != "Via")
_JUDGED_LATER = ("CSeq", "Content-Length", "Content-Type")
_fields: dict[bytes, _Field | tuple[()]] = {}
"""By name as written; an empty tuple for a field that may hold anything and appear again."""
_starts: dict[bytes, _Start | None] = {}
_cseqs: dict[bytes, bytes] = {}
_lengths: dict[bytes, int] = {}
_types: dict[bytes, str] = {}
_memories: dict[str, _Memory] = {}
"""What was found right, by the canonical names of fields that are judged."""


_JUDGED = frozenset(JUDGES)
_LAYOUTS = Layouts()


def _remember(memory: dict[bytes, Any], key: bytes, value: Any) -> None:
    if len(memory) >= REMEMBERED:
        memory.clear()
    memory[key] = value


def _learn_field(name: bytes) -> _Field | tuple[()] | None:
    """Return how the field of this name as written is treated; None if the name is wrong."""
    if name_problem(name) or len(name) > LONGEST:
        return None
    known = canonical(name)
    slot = SLOTS.get(known, 0) or _MORE.get(known, 0)
    field: _Field | tuple[()] = ()
    if slot or known in JUDGES or known in _BITS:
        memory = _memories.setdefault(known, _Memory())
        passes: _Test | None = None
        if known in PATTERNS:
            passes = PATTERNS[known].fullmatch
        elif known in JUDGES and known not in _JUDGED_LATER:
            passes = memory.__contains__
        field = (slot, _BITS.get(known, 0), passes, memory)
    _remember(_fields, name, field)
    return field


def _learn_start(line: bytes) -> _Start | None:
    """Return what a start line says; None if it is none, or something is wrong with it."""
    start = None
    usual = START.fullmatch(line)
    if usual and usual[1] in METHODS and len(usual[2]) <= startline.OVERLONG_URI:
        user = decode(usual[3] or b"")
        host = usual[4] if usual[2].startswith(b"sip:") else b""
        start = _Start(usual[1], decode(usual[1]), 0, *usual.span(2), user, host, False)
    elif startline.begins(line):
        first = startline.read(line)
        if not first.findings:
            user = first.uri.user_text if first.uri is not None else ""
            start = _Start(
                first.method,
                decode(first.method),
                first.status,
                *first.uri_range,
                user,
                b"",
                first.is_response,
            )
    _remember(_starts, line, start)
    return start


def _is_right(name: bytes, value: bytes) -> bool:
    """Judge a value that is not of the usual form, and remember it if it is right."""
    known = canonical(name)
    if judge(known, value) or (known == "From" and not has_tag(value)):
        return False
    _memories[known].learn(value)
    return True


def text(value: bytes) -> str:
    """Return a value as text."""
    return _text_again(value) if len(value) <= LONGEST else decode(value.strip())


@lru_cache(REMEMBERED)
def _text_again(value: bytes) -> str:
    return decode(value.strip())


def user_of(to: bytes) -> str:
    """Return the user of a To value, percent-decoded."""
    user = usual_user(to)
    if user is not None:
        return decode(user)
    return read_address(to).uri.user_text if to else ""


def fill(record: Record, layouts: Layouts = _LAYOUTS) -> bool:
    """Fill a record if its message passes; else leave it as it is and return False."""
    data = record.data
    end = data.find(b"\r\n\r\n")
    size = len(data)
    if end < 0 or size > LONGEST_MESSAGE:
        return False
    found = layouts.find(data, end)
    if found is not None and _fill_at_once(record, found[0], found[1]):
        return True
    head = data[:end]
    lines = head.split(b"\r\n")
    first = lines[0]
    start = _starts.get(first)
    if start is None and (
        first in _starts or len(first) > LONGEST or (start := _learn_start(first)) is None
    ):
        return False
    count = len(lines)
    if count > MOST_HEADERS or head.translate(None, _PLAIN) != _ENDS[count - 1]:
        return False
    if end > LONGEST and max(map(len, lines)) > LONGEST:
        return False
    spans = [start.start, start.stop, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    names, values = [], []
    mask = 0
    seen: list[bytes | None] = [None] * (len(SLOTS) + len(_MORE) + 1)
    at = len(first) + 2
    get = _fields.get
    rest = iter(lines)
    next(rest)
    for line in rest:
        name, colon, value = line.partition(b":")
        field = get(name)
        if (field is None and (field := _learn_field(name)) is None) or not colon:
            return False
        names.append(name)
        values.append(value)
        if field:
            slot, bit, passes, memory = field
            if mask & bit or (
                passes and not passes(value) and value not in memory and not _is_right(name, value)
            ):
                return False
            if slot > 6:
                seen[slot] = value
            elif slot and not spans[slot + slot + 1]:
                inner = value.strip()
                if slot > 4 and b"," in inner:
                    inner = inner[slice(*first_value(inner))]
                place = data.find(inner, at + len(name) + 1)
                spans[slot + slot] = place
                spans[slot + slot + 1] = place + len(inner)
                seen[slot] = value
            mask |= bit
        at += len(line) + 2
    if mask & _NEEDED != _NEEDED or not spans[13]:
        return False
    cseq = seen[4] or b""
    method = _cseqs.get(cseq) or _learn_cseq(cseq)
    if method is None or (method != start.method and not start.response):
        return False
    if not _has_right_body(data, end + 4, seen[_LENGTH], seen[_TYPE]):
        return False
    user = start.user or user_of(data[spans[4] : spans[5]])
    written = tuple(names)
    _fill(record, start, tuple(spans), written, tuple(values), seen[_AGENT], seen[_SERVER], user)
    layouts.note(data, end, written, _JUDGED)
    return True


def _fill(
    record: Record,
    start: _Start,
    spans: tuple[int, ...],
    names: tuple[bytes, ...],
    values: tuple[bytes, ...],
    agent: bytes | None,
    server: bytes | None,
    user: str,
) -> None:
    record.kind = "sip"
    record.method = start.text
    record.status = start.status
    record.spans = spans
    record.names = names
    record.values = values
    record.ua = _text_again(agent) if agent else ""
    if start.response and server and not record.ua:
        record.ua = _text_again(server)
    record.user = user
    record.defects = ()


def _fill_at_once(record: Record, layout: Layout, match: re.Match[bytes]) -> bool:
    """Fill a record from what its layout found; return False if something must be looked at."""
    _, names, pick, placed, method, user, via, contact, length, content, agent, server, others = (
        layout
    )
    groups = match.groups()
    start = _starts.get(groups[1])
    if start is None or (groups[method] != start.method and not start.response):
        return False
    values = pick(groups)
    if match.end() > LONGEST and max(map(len, values)) > LONGEST:
        return False
    for place, name in others:
        value = values[place]
        if value not in _memories[name] and not _is_right(names[place], value):
            return False
    if not _has_right_body(
        record.data,
        match.end(),
        values[length] if length >= 0 else None,
        values[content] if content >= 0 else None,
    ):
        return False
    regs = match.regs
    spans = (start.start, start.stop, *chain.from_iterable([regs[each] for each in placed]))
    _fill(
        record,
        start,
        spans,
        names,
        values,
        values[agent] if agent >= 0 else None,
        values[server] if server >= 0 else None,
        start.user or decode(groups[user] or groups[user + 1] or b""),
    )
    record.hosts = start.host, groups[via], groups[contact[0]] or groups[contact[1]] or b""
    return True


def _learn_cseq(value: bytes) -> bytes | None:
    """Return the method of a CSeq value; None if something is wrong with it."""
    if judge("CSeq", value):
        return None
    method = read_cseq(value)[1]
    _remember(_cseqs, value, method)
    return method


def _has_right_body(data: bytes, start: int, length: bytes | None, content: bytes | None) -> bool:
    """Tell whether the body from `start` on is as long as it should be, and well-formed."""
    size = len(data) - start
    if length is not None:
        number = _lengths.get(length)
        if number is None:
            read = None if judge("Content-Length", length) else read_length(length)
            number = -1 if read is None else read
            _remember(_lengths, length, number)
        if number != size:
            return False
    if content is None:
        return not size
    kind = _types.get(content)
    if kind is None:
        kind = "?" if judge("Content-Type", content) else bodies.media_type(content)[0]
        _remember(_types, content, kind)
    if kind == "?" or kind.startswith("multipart/"):
        return False
    return kind != "application/sdp" or not sdp.findings(data, start, len(data))
