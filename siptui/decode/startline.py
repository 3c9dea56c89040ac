"""Does this line begin a SIP message, and what does it ask for or answer?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from siptui.decode.grammar import CONTROL, METHODS, NOT_TOKEN, Found, Range
from siptui.decode.uri import Uri, read_uri

_RESPONSE = re.compile(rb"SIP/\d+(?:\.\d*)?(?=[ \t\x00]|\Z)", re.IGNORECASE)
_VERSION = re.compile(rb"[ \t\x00](SIP/\d+(?:\.\d+)?)(?=[ \t\x00]|\Z)", re.IGNORECASE)
_FOREIGN = re.compile(rb"(?:\A|[ \t])(?:HTTP|RTSP)/\d", re.IGNORECASE)
_UNVERSIONED = re.compile(rb"([A-Za-z]+)[ \t]+(?:sips?|tel):", re.IGNORECASE)
_BEGUN = re.compile(rb"([A-Z]+)(?:[ \t]+(?:s|si|sip|sips|t|te|tel)?)?")
_ALONE = frozenset((b"INVITE", b"ACK", b"BYE", b"CANCEL", b"OPTIONS", b"REGISTER"))
"""What counts as the beginning of a request with nothing behind it: the methods of RFC 3261 itself.
Other methods are commands of other protocols (INFO and PUBLISH are Redis')."""

_WORD = re.compile(rb"[A-Za-z]+")
_BLANKS = b" \t"
OVERLONG_URI = 512


class StartLine(NamedTuple):
    """Hold a start line's parts; all ranges count from the beginning of the line."""

    method: bytes
    """Empty in a response."""
    status: int
    """0 in a request, and in a response without a number; at most 2**32 - 1."""
    method_range: Range
    uri_range: Range
    version_range: Range
    status_range: Range
    reason_range: Range
    uri: Uri | None
    """The request-URI; None in a response and where there is none."""
    findings: tuple[Found, ...]

    @property
    def is_response(self) -> bool:
        """Whether it is a status line."""
        return self.status_range != (0, 0) or self.version_range[0] == 0 < self.version_range[1]


def begins(line: bytes) -> bool:
    """Tell whether a whole line is a start line: the version token decides."""
    if _RESPONSE.match(line):
        return True
    version = _version(line)
    if version is None or _FOREIGN.search(line):
        return False
    first = line.split(None, 1)[0]
    if b":" in first and first[:4].lower() not in (b"sip:", b"sips"):
        return False
    if not line[version.end() :].strip(b" \t\x00"):
        return True
    # Behind the version may stand junk, but then what stands before it must look like a URI.
    return b":" in line[: version.start()]


def may_be_rest(line: bytes) -> bool:
    """Tell whether a start line may lack its beginning, where what came before was never seen.

    So it may if it has no method before its request-URI, or one with which a known one ends.
    """
    if _RESPONSE.match(line):
        return False
    parts = line.split(None, 2)
    method = parts[0].upper() if parts else b""
    if len(parts) < 3 or b":" not in parts[1] or NOT_TOKEN.search(method):
        return True
    return method not in METHODS and any(known.endswith(method) for known in METHODS)


def begins_cut(line: bytes, ended: bool) -> bool:
    """Tell whether a line without version is the beginning of a SIP message.

    `ended` says whether something follows the line.
    """
    match = _UNVERSIONED.match(line)
    if match:
        return match[1].upper() in METHODS and not _FOREIGN.search(line)
    if ended:
        return False
    match = _BEGUN.fullmatch(line.rstrip(_BLANKS))
    if match is None:
        return False
    return match[1] in (_ALONE if match[0] == match[1] else METHODS)


def _version(line: bytes) -> re.Match[bytes] | None:
    """Return the version as the third of the line's parts, else the last that looks like one."""
    last: re.Match[bytes] | None
    last = first = _VERSION.search(line)
    if first and line.count(b" ", 0, first.start()) != 1:
        *_, last = _VERSION.finditer(line, first.start())
    return last


def read(line: bytes, ended: bool = True) -> StartLine:
    """Read a start line without its line end; `ended` says whether it had one."""
    return _read_again(line, ended) if len(line) <= OVERLONG_URI else _read(line, ended)


@lru_cache(4096)
def _read_again(line: bytes, ended: bool) -> StartLine:
    return _read(line, ended)


def _read(line: bytes, ended: bool) -> StartLine:
    found: list[Found] = []
    control = CONTROL.search(line)
    if control:
        found.append(Found(*control.span(), "control-in-start-line"))
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError as error:
            found.append(Found(error.start, error.end, "not-utf-8"))
    response = _RESPONSE.match(line)
    if response:
        return _response(line, response, ended, found)
    return _request(line, ended, found)


def _judge_version(version: bytes, start: int, stop: int, found: list[Found]) -> None:
    if version.upper() != b"SIP/2.0":
        found.append(Found(start, stop, "bad-version"))
    elif version != b"SIP/2.0":
        found.append(Found(start, stop, "lower-case-version"))


def _response(line: bytes, match: re.Match[bytes], ended: bool, found: list[Found]) -> StartLine:
    version = match.span()
    at = code = _skip(line, version[1])
    if at == len(line) and not ended:
        found.append(Found(0, at, "partial"))
    else:
        _judge_version(match[0], *version, found)
    while at < len(line) and line[at] not in b" \t":
        at += 1
    word = line[code:at]
    if code != version[1] + 1 and word:
        found.append(Found(version[1], code, "space-in-start-line"))
    number = int(word[:20]) if word.isdigit() else 0
    if not 100 <= number <= 699 or len(word) != 3:
        found.append(Found(code, at, "bad-status"))
    if at == len(line) and word and ended:
        found.append(Found(code, at, "no-space-after-status"))
    reason = (min(at + 1, len(line)), len(line))
    nothing = (0, 0)
    status = min(number, 0xFFFFFFFF)
    return StartLine(b"", status, nothing, nothing, version, (code, at), reason, None, tuple(found))


def _skip(line: bytes, at: int) -> int:
    while at < len(line) and line[at] in b" \t\r":
        at += 1
    return at


def _request(line: bytes, ended: bool, found: list[Found]) -> StartLine:
    begin = _skip(line, 0)
    end = len(line)
    match = _version(line)
    version = match.span(1) if match else (end, end)
    if match:
        _judge_version(match[1], *version, found)
        if line[version[1] :].strip(_BLANKS):
            found.append(Found(version[1], end, "bytes-after-version"))
    else:
        found.append(Found(begin, end, "no-version" if ended else "partial"))
    at = begin
    while at < version[0] and line[at] not in b" \t" and line[at : at + 4].lower() != b"sip:":
        at += 1
    method = (begin, at)
    uri = (_skip(line, at), version[0])
    while uri[1] > uri[0] and line[uri[1] - 1] in b" \t\r":
        uri = (uri[0], uri[1] - 1)
    uri = (min(uri), uri[1]) if uri[0] > uri[1] else uri
    _spaces(line, begin, method, uri, version, found)
    _judge_method(line[begin:at], method, found)
    read_as = None
    if uri[0] < uri[1]:
        read_as = _judge_uri(line, uri, found)
    elif match or ended:
        found.append(Found(*uri, "no-uri"))
    nothing = (0, 0)
    return StartLine(
        line[begin:at], 0, method, uri, version, nothing, nothing, read_as, tuple(found)
    )


def _spaces(
    line: bytes, begin: int, method: Range, uri: Range, version: Range, found: list[Found]
) -> None:
    """Find white space that is not exactly one space between two parts."""
    gaps = [(0, begin)] if begin else []
    if uri[0] != method[1] + 1 and uri[0] < uri[1]:
        gaps.append((method[1], uri[0]))
    if version[0] != uri[1] + 1 and uri[0] < uri[1] and version[0] < version[1]:
        gaps.append((uri[1], version[0]))
    if version[1] < len(line) and not line[version[1] :].strip(_BLANKS):
        gaps.append((version[1], len(line)))
    tab = line.find(b"\t", method[1], uri[0])
    if tab >= 0:
        gaps.append((tab, tab + 1))
    found.extend(Found(start, stop, "space-in-start-line") for start, stop in gaps[:1])


def _judge_method(method: bytes, where: Range, found: list[Found]) -> None:
    if not method or NOT_TOKEN.search(method):
        found.append(Found(*where, "bad-method"))
    elif method not in METHODS:
        if method.upper() in METHODS:
            found.append(Found(*where, "lower-case-method"))
        # Any token is a method (RFC 3261 section 25.1): only what is spelt as methods are is held
        # against the registry.
        elif _WORD.fullmatch(method):
            found.append(Found(*where, "unknown-method"))


def _judge_uri(line: bytes, where: Range, found: list[Found]) -> Uri:
    start, stop = where
    if stop - start > OVERLONG_URI:
        found.append(Found(start, stop, "overlong-uri"))
    if line[start : start + 1] == b"<":
        found.append(Found(start, stop, "uri-in-brackets"))
        start += 1
        stop -= line[stop - 1 : stop] == b">"
    uri = read_uri(line, start, max(start, stop))
    if uri.headers:
        found.append(Found(uri.headers[0].start - 1, uri.stop, "headers-in-request-uri"))
    found.extend(uri.findings)
    return uri
