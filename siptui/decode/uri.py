"""What does a URI or an address say, and where in the bytes do its parts stand?

URIs by RFC 3261 section 19.1 and 25.1, ``tel`` by RFC 3966, IPv6 by RFC 5118. Reading is total:
parts that are missing are empty ranges, and what is wrong is a list of findings.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from siptui.decode.grammar import QUOTED, TOKEN, Found, Range, skip, strip
from siptui.decode.host import read_host
from siptui.record import decode

_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*(?=:)")
_PORT_ONLY = re.compile(rb"\d{1,5}(?=[;?]|\Z)")
PARAMETERS = 64
"""Parameters of one value that are read, since time is bounded."""

_BLANK = re.compile(rb"[ \t\r\n]+")
_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NOT_USER = re.compile(rb"[^A-Za-z0-9\-_.!~*'()%&=+$,;?/ \t\r\n]+")
_NOT_PASSWORD = re.compile(rb"[^A-Za-z0-9\-_.!~*'()%&=+$, \t\r\n]+")
_NOT_PARAMETER = re.compile(rb"[^A-Za-z0-9\-_.!~*'()%\[\]/:&+$= \t\r\n]+")
_NOT_HEADER = re.compile(rb"[^A-Za-z0-9\-_.!~*'()%\[\]/?:+$=& \t\r\n]+")
_NOT_OPAQUE = re.compile(rb'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xff<>"]+')
_NOT_NUMBER = re.compile(rb"[^0-9A-Fa-f+\-.()*# \t\r\n]+")
_HOST_END = re.compile(rb"[;?]")
_HEXADECIMAL = re.compile(rb"%([0-9A-Fa-f]{2})")
_NOT_DISPLAY = re.compile(rb"[^A-Za-z0-9\-.!%*_+`'~ \t\r\n]+")
_VALUE = re.compile(rb"[A-Za-z0-9\-.!%*_+`'~\[\]:]+")
_PARAMETER_END = re.compile(rb'[;"]')


class Parameter(NamedTuple):
    """Hold one parameter, or one header field of a URI."""

    name: bytes
    value: bytes
    """As it came; empty if it has none."""
    start: int
    name_stop: int
    value_start: int
    stop: int

    @property
    def key(self) -> str:
        """The name for comparing: percent-decoded and in lower case."""
        return unescape(self.name).decode("utf-8", "backslashreplace").lower()


class Uri(NamedTuple):
    """Hold a URI's parts as ranges of `data`; `scheme` in lower case, empty if it has none."""

    data: bytes
    start: int
    stop: int
    scheme: str
    user: Range
    """For ``tel`` the number, for other schemes than ``sip`` and ``sips`` all that follows."""
    password: Range
    host: Range
    """With its brackets, if it has them."""
    port: Range
    parameters: tuple[Parameter, ...]
    headers: tuple[Parameter, ...]
    findings: tuple[Found, ...]

    def raw(self, part: Range) -> bytes:
        """Return the bytes of a part as they came."""
        return self.data[part[0] : part[1]]

    @property
    def user_text(self) -> str:
        """The user percent-decoded, for matching; not safe for a terminal."""
        return decode(unescape(self.raw(self.user)))

    @property
    def host_text(self) -> str:
        """The host in lower case, an IPv6 address without its brackets."""
        return decode(self.raw(self.host)).lower().strip("[]")


class Address(NamedTuple):
    """Hold a name-addr or addr-spec with the parameters behind it (RFC 3261 section 20.10)."""

    data: bytes
    start: int
    stop: int
    display: Range
    """The display name as it came, with its quotation marks."""
    uri: Uri
    bracketed: bool
    parameters: tuple[Parameter, ...]
    findings: tuple[Found, ...]

    def parameter(self, key: str) -> Parameter | None:
        """Return the first parameter of this name (lower case)."""
        return next((each for each in self.parameters if each.key == key), None)


def unescape(data: bytes) -> bytes:
    """Return bytes with ``%HH`` decoded; other percent signs stay (RFC 3261 section 19.1.2)."""
    if b"%" not in data:
        return data
    return _HEXADECIMAL.sub(lambda match: bytes.fromhex(match[1].decode()), data)


def read_uri(data: bytes, start: int = 0, stop: int = -1) -> Uri:
    """Read the URI that is ``data[start:stop]``; `stop` -1 means the end."""
    begin, end = start, len(data) if stop < 0 else stop
    found: list[Found] = []
    for blank in _BLANK.finditer(data, begin, end):
        found.append(Found(*blank.span(), "space-in-uri"))
        break
    for escape in _ESCAPE.finditer(data, begin, end):
        found.append(Found(escape.start(), min(escape.start() + 3, end), "bad-escape"))
        break
    at, end = strip(data, begin, end)
    match = _SCHEME.match(data, at, end)
    scheme = match[0].decode().lower() if match else ""
    if (
        match
        and scheme not in ("sip", "sips", "tel")
        and _PORT_ONLY.match(data, match.end() + 1, end)
    ):
        match, scheme = None, ""
    if match is None:
        found.append(Found(at, end, "no-scheme"))
    else:
        at = match.end() + 1
    if scheme == "tel":
        parts = _tel(data, at, end, found)
    elif scheme in ("", "sip", "sips"):
        parts = _sip(data, at, end, found)
    else:
        _illegal(_NOT_OPAQUE, data, at, end, found)
        parts = (at, end), (end, end), (end, end), (end, end), (), ()
    return Uri(data, start, end, scheme, *parts, tuple(found))


_Parts = tuple[Range, Range, Range, Range, tuple[Parameter, ...], tuple[Parameter, ...]]


def _sip(data: bytes, at: int, end: int, found: list[Found]) -> _Parts:
    sign = data.find(b"@", at, end)
    user = password = (at, at)
    if sign >= 0:
        colon = data.find(b":", at, sign)
        user = (at, sign if colon < 0 else colon)
        password = (sign, sign) if colon < 0 else (colon + 1, sign)
        if user[0] == user[1]:
            found.append(Found(sign, sign + 1, "bad-uri"))
        _illegal(_NOT_USER, data, *user, found)
        _illegal(_NOT_PASSWORD, data, *password, found)
        at = sign + 1
    host, port, at = _host_and_port(data, at, end, found)
    question = data.find(b"?", at, end)
    behind = end if question < 0 else question
    parameters = _pieces(data, at, behind, b";", found)
    headers = _pieces(data, behind, end, b"&", found)
    _illegal(_NOT_PARAMETER, data, at, behind, found, b";")
    _illegal(_NOT_HEADER, data, behind, end, found)
    _repeated(parameters, found)
    return user, password, host, port, parameters, headers


def _tel(data: bytes, at: int, end: int, found: list[Found]) -> _Parts:
    semicolon = data.find(b";", at, end)
    number = (at, end if semicolon < 0 else semicolon)
    if number[0] == number[1]:
        found.append(Found(*number, "bad-uri"))
    _illegal(_NOT_NUMBER, data, *number, found)
    parameters = _pieces(data, number[1], end, b";", found)
    _repeated(parameters, found)
    return number, (end, end), (end, end), (end, end), parameters, ()


def _host_and_port(data: bytes, at: int, end: int, found: list[Found]) -> tuple[Range, Range, int]:
    """Read host and port; return their ranges and where what follows begins."""
    match = _HOST_END.search(data, at, end)
    behind = match.start() if match else end
    return (*read_host(data, at, behind, found), behind)


def _illegal(
    pattern: re.Pattern[bytes],
    data: bytes,
    at: int,
    stop: int,
    found: list[Found],
    but: bytes = b"",
) -> None:
    for match in pattern.finditer(data, at, stop):
        if match[0].strip(but):
            found.append(Found(*match.span(), "bad-uri"))
            return


def _pieces(
    data: bytes, at: int, stop: int, separator: bytes, found: list[Found]
) -> tuple[Parameter, ...]:
    """Read what begins with ``;`` or ``?`` and goes on behind each separator."""
    pieces = []
    for _ in range(PARAMETERS):
        if at >= stop:
            break
        start = at + 1
        at = data.find(separator, start, stop)
        at = stop if at < 0 else at
        equals = data.find(b"=", start, at)
        name_stop = at if equals < 0 else equals
        value = at if equals < 0 else equals + 1
        if name_stop == start:
            found.append(Found(start - 1, at, "empty-parameter"))
        else:
            pieces.append(
                Parameter(data[start:name_stop], data[value:at], start, name_stop, value, at)
            )
    return tuple(pieces)


def _repeated(parameters: tuple[Parameter, ...], found: list[Found]) -> None:
    if len(parameters) < 2:
        return
    seen = set()
    for each in parameters:
        if each.key in seen:
            found.append(Found(each.start, each.stop, "repeated-parameter"))
            return
        seen.add(each.key)


def read_parameters(data: bytes, at: int, stop: int, found: list[Found]) -> tuple[Parameter, ...]:
    """Read a header field's parameters, from the first ``;`` on, and add what is wrong."""
    parameters = []
    at = skip(data, at, stop)
    for _ in range(PARAMETERS):
        if at >= stop:
            break
        if data[at] != 0x3B:
            at = _bad_parameter(data, at, stop, found)
            continue
        semicolon = at
        at = skip(data, at + 1, stop)
        token = TOKEN.match(data, at, stop)
        if token is None:
            if at == stop or data[at] == 0x3B:
                found.append(Found(semicolon, at, "empty-parameter"))
            else:
                at = _bad_parameter(data, at, stop, found)
            continue
        at = skip(data, token.end(), stop)
        value = (token.end(), token.end())
        if at < stop and data[at] == 0x3D:
            value = _parameter_value(data, skip(data, at + 1, stop), stop, found)
            at = skip(data, value[1], stop)
        if at < stop and data[at] != 0x3B:
            at = _bad_parameter(data, at, stop, found)
            value = (value[0], at)
        parameters.append(
            Parameter(token[0], data[value[0] : value[1]], token.start(), token.end(), *value)
        )
    result = tuple(parameters)
    _repeated(result, found)
    return result


def _parameter_value(data: bytes, at: int, stop: int, found: list[Found]) -> Range:
    quoted = QUOTED.match(data, at, stop)
    if quoted:
        if not quoted[1]:
            found.append(Found(at, stop, "unterminated-quote"))
        return quoted.span()
    match = _VALUE.match(data, at, stop)
    if match is None:
        if at == stop or data[at] == 0x3B:
            found.append(Found(at - 1, at, "bad-parameter"))
        return at, at
    return match.span()


def _bad_parameter(data: bytes, at: int, stop: int, found: list[Found]) -> int:
    """Add what stands where a parameter should; return where it ends."""
    start = at
    while at < stop:
        match = _PARAMETER_END.search(data, at, stop)
        if match is None:
            at = stop
        elif match[0] == b";":
            at = match.start()
            break
        else:
            quoted = QUOTED.match(data, match.start(), stop)
            at = quoted.end() if quoted else stop
    found.append(Found(start, at, "bad-parameter"))
    return at


def read_address(data: bytes, start: int = 0, stop: int = -1) -> Address:
    """Read the name-addr or addr-spec, with parameters, that is ``data[start:stop]``."""
    at, end = strip(data, start, len(data) if stop < 0 else stop)
    begin = at
    found: list[Found] = []
    display = (at, at)
    quoted = QUOTED.match(data, at, end)
    if quoted and quoted[1]:
        display = quoted.span()
        at = skip(data, quoted.end(), end)
        if data[at : at + 1] != b"<":
            found.append(Found(display[1], end, "bad-address"))
    elif quoted:
        found.append(Found(at, end, "unterminated-quote"))
    bracket = data.find(b"<", at, end)
    if bracket < 0:
        semicolon = data.find(b";", at, end)
        uri_stop = end if semicolon < 0 else semicolon
        uri = read_uri(data, at, strip(data, at, uri_stop)[1])
        if not quoted and _needs_brackets(data, uri):
            found.append(Found(uri.start, uri.stop, "uri-not-in-brackets"))
        at = uri_stop
    else:
        if not quoted:
            display = strip(data, at, bracket)
            _display(data, display, found)
        close = data.find(b">", bracket, end)
        if close < 0:
            found.append(Found(bracket, end, "unterminated-bracket"))
            close = end
        uri = read_uri(data, bracket + 1, close)
        at = min(close + 1, end)
    found.extend(uri.findings)
    parameters = read_parameters(data, at, end, found)
    return Address(data, begin, end, display, uri, bracket >= 0, parameters, tuple(found))


def _needs_brackets(data: bytes, uri: Uri) -> bool:
    return data.find(b"?", uri.start, uri.stop) >= 0 or data.find(b",", uri.start, uri.stop) >= 0


def _display(data: bytes, display: Range, found: list[Found]) -> None:
    for match in _NOT_DISPLAY.finditer(data, *display):
        found.append(Found(*match.span(), "bad-display-name"))
        return
