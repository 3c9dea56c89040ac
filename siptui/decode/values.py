"""What is wrong with the value of one header field?

One function a kind of field: it takes the bytes behind the colon, folds included, and returns
findings whose ranges count from there. `ordinary` are patterns of values that are surely right.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from siptui.decode.grammar import CONTROL, QUOTED, Found, skip, split, strip
from siptui.decode.host import read_host
from siptui.decode.uri import read_address, read_parameters
from siptui.decode.usual import PATTERNS

ELEMENTS = 64
"""Values of one comma-separated list that are judged; the others are shown all the same."""

LONGEST = 1024
"""Bytes of a header field beyond which it is overlong, and not judged further."""

Judge = Callable[[bytes], list[Found]]

_DIGITS = re.compile(rb"[0-9]+")
_CSEQ = re.compile(rb"\s*([0-9]+)(?:[ \t]|\r?\n[ \t])+([A-Za-z0-9\-.!%*_+`'~]+)\s*")
_WORD = rb"[A-Za-z0-9\-.!%*_+`'~()<>:\\\"/\[\]?{}]+"
_CALL_ID = re.compile(_WORD + rb"(?:@" + _WORD + rb")?")
_DATE = re.compile(
    rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
_WARNING = re.compile(rb"\d{3} [^\s\"]+ \"[^\"\\]*(?:\\.[^\"\\]*)*\"", re.DOTALL)
_TYPE = re.compile(rb"[A-Za-z0-9\-.!%*_+`'~]+\s*/\s*[A-Za-z0-9\-.!%*_+`'~]+")
_PROTOCOL = re.compile(
    rb"([A-Za-z0-9\-.!%*_+`'~]+)\s*/\s*([A-Za-z0-9\-.!%*_+`'~]+)\s*/\s*"
    rb"([A-Za-z0-9\-.!%*_+`'~]+)\s+"
)
_SEMICOLON = re.compile(rb";")
COOKIE = b"z9hG4bK"
"""What the branch of a sender that knows RFC 3261 begins with (section 8.1.1.7)."""


def values(value: bytes, found: list[Found]) -> list[tuple[int, int]]:
    """Return the ranges of the values of a list, and note those that are empty."""
    ranges = split(value, 0, len(value))
    for start, stop in ranges[:ELEMENTS]:
        if start == stop:
            found.append(Found(start, stop, "empty-value"))
            break
    return [each for each in ranges[:ELEMENTS] if each[0] < each[1]]


def _address(value: bytes) -> list[Found]:
    if not value.strip():
        return [Found(0, len(value), "bad-address")]
    return list(read_address(value).findings)


def _addresses(value: bytes) -> list[Found]:
    found: list[Found] = []
    for start, stop in values(value, found):
        found.extend(read_address(value, start, stop).findings)
    return found


def _routes(value: bytes) -> list[Found]:
    found: list[Found] = []
    for start, stop in values(value, found):
        address = read_address(value, start, stop)
        found.extend(address.findings)
        if not address.bracketed:
            found.append(Found(start, stop, "uri-not-in-brackets"))
    return found


def _contact(value: bytes) -> list[Found]:
    found: list[Found] = []
    if value.strip() == b"*":
        return found
    for start, stop in values(value, found):
        address = read_address(value, start, stop)
        found.extend(address.findings)
        expires = address.parameter("expires")
        if expires is not None:
            _seconds(value, expires.value_start, expires.stop, found)
    return found


def _seconds(
    value: bytes, start: int, stop: int, found: list[Found], name: str = "expires"
) -> None:
    digits = value[start:stop]
    if not digits.isdigit():
        found.append(Found(start, stop, f"bad-{name}"))
    elif len(digits.lstrip(b"0")) > 10 or int(digits) >= 1 << 32:
        found.append(Found(start, stop, f"{name}-too-big"))


def _expires(value: bytes) -> list[Found]:
    found: list[Found] = []
    _seconds(value, *strip(value, 0, len(value)), found)
    return found


def _retry_after(value: bytes) -> list[Found]:
    found: list[Found] = []
    start = skip(value, 0, len(value))
    digits = _DIGITS.match(value, start)
    _seconds(value, start, digits.end() if digits else len(value), found, "retry-after")
    return found


def _max_forwards(value: bytes) -> list[Found]:
    start, stop = strip(value, 0, len(value))
    digits = value[start:stop]
    if not digits.isdigit():
        return [Found(start, stop, "bad-max-forwards")]
    if len(digits.lstrip(b"0")) > 3 or int(digits) > 255:
        return [Found(start, stop, "max-forwards-too-big")]
    return []


def read_cseq(value: bytes) -> tuple[bytes, bytes]:
    """Return the number and the method of a CSeq value; empty if it is none."""
    match = _CSEQ.fullmatch(value)
    return (match[1], match[2]) if match else (b"", b"")


def _cseq(value: bytes) -> list[Found]:
    match = _CSEQ.fullmatch(value)
    if match is None:
        return [Found(*strip(value, 0, len(value)), "bad-cseq")]
    if len(match[1].lstrip(b"0")) > 10 or int(match[1]) >= 1 << 31:
        return [Found(*match.span(1), "cseq-too-big")]
    return []


def read_length(value: bytes) -> int | None:
    """Return the number that a Content-Length value holds, None if it is none; -1 if negative.

    What no message can have is cut off at 10**10.
    """
    digits = value.strip(b" \t\r\n")
    if digits.isdigit():
        return min(int(digits.lstrip(b"0")[:11] or b"0"), 10**10)
    return -1 if digits[:1] == b"-" and digits[1:].isdigit() else None


def _content_length(value: bytes) -> list[Found]:
    length = read_length(value)
    if length is None:
        return [Found(*strip(value, 0, len(value)), "content-length-not-a-number")]
    if length < 0:
        return [Found(*strip(value, 0, len(value)), "content-length-negative")]
    return []


def _call_id(value: bytes) -> list[Found]:
    start, stop = strip(value, 0, len(value))
    if _CALL_ID.fullmatch(value, start, stop):
        return []
    return [Found(start, stop, "bad-call-id")]


def _date(value: bytes) -> list[Found]:
    start, stop = strip(value, 0, len(value))
    return [] if _DATE.fullmatch(value, start, stop) else [Found(start, stop, "bad-date")]


def _warning(value: bytes) -> list[Found]:
    found: list[Found] = []
    for start, stop in values(value, found):
        if not _WARNING.fullmatch(value, start, stop):
            found.append(Found(start, stop, "bad-warning"))
            break
    return found


def _content_type(value: bytes) -> list[Found]:
    found: list[Found] = []
    start, stop = strip(value, 0, len(value))
    match = _TYPE.match(value, start, stop)
    if match is None:
        return [Found(start, stop, "bad-content-type")]
    parameters = read_parameters(value, match.end(), stop, found)
    if match[0][:10].lower() == b"multipart/" and not any(
        each.key == "boundary" and each.value for each in parameters
    ):
        found.append(Found(start, stop, "no-boundary"))
    return found


def _quotes(value: bytes) -> list[Found]:
    at = value.find(b'"')
    while at >= 0:
        match = QUOTED.match(value, at)
        if match is None or not match[1]:
            return [Found(at, len(value), "unterminated-quote")]
        at = value.find(b'"', match.end())
    return []


def _via(value: bytes) -> list[Found]:
    found: list[Found] = []
    if not value.strip():
        found.append(Found(0, len(value), "bad-via"))
    for start, stop in values(value, found):
        _one_via(value, start, stop, found)
    return found


def _one_via(value: bytes, start: int, stop: int, found: list[Found]) -> None:
    match = _PROTOCOL.match(value, start, stop)
    if match is None:
        found.append(Found(start, stop, "bad-via"))
        return
    if match[1].upper() != b"SIP" or match[2] != b"2.0":
        found.append(Found(match.start(1), match.end(2), "bad-version"))
    semicolon = _SEMICOLON.search(value, match.end(), stop)
    behind = semicolon.start() if semicolon else stop
    read_host(value, match.end(), behind, found)
    for each in read_parameters(value, behind, stop, found):
        if each.key == "branch" and each.value == COOKIE:
            found.append(Found(each.start, each.stop, "empty-branch"))


JUDGES: dict[str, Judge] = {
    "Via": _via,
    "From": _address,
    "To": _address,
    "Contact": _contact,
    "Call-ID": _call_id,
    "CSeq": _cseq,
    "Max-Forwards": _max_forwards,
    "Content-Length": _content_length,
    "Content-Type": _content_type,
    "Expires": _expires,
    "Min-Expires": _expires,
    "Retry-After": _retry_after,
    "Date": _date,
    "Warning": _warning,
    "Route": _routes,
    "Record-Route": _routes,
    "Path": _routes,
    "Service-Route": _routes,
    "Reply-To": _address,
    "Refer-To": _address,
    "Referred-By": _address,
    "P-Asserted-Identity": _addresses,
    "P-Preferred-Identity": _addresses,
    "Remote-Party-ID": _addresses,
    "Diversion": _addresses,
    "Authorization": _quotes,
    "Proxy-Authorization": _quotes,
    "WWW-Authenticate": _quotes,
    "Proxy-Authenticate": _quotes,
}
"""How the value of a field is judged, by its canonical name; others may hold anything."""


def judge(name: str, value: bytes) -> list[Found]:
    """Return what is wrong with the value of the field of this canonical name."""
    usual = PATTERNS.get(name)
    if usual and len(value) <= LONGEST and usual.fullmatch(value):
        return []
    return judge_by_grammar(name, value)


def judge_by_grammar(name: str, value: bytes) -> list[Found]:
    """Return what `judge` does, without its short cut."""
    found: list[Found] = []
    if len(value) > LONGEST:
        found.append(Found(0, len(value), "overlong-line"))
    elif name in JUDGES:
        found += JUDGES[name](value)
    control = _control(value)
    if control is not None:
        found.append(control)
    if not value.isascii():
        try:
            value.decode()
        except UnicodeDecodeError as error:
            found.append(Found(error.start, error.end, "not-utf-8"))
    return found


def _control(value: bytes) -> Found | None:
    """Find the first control byte that no backslash in a quoted string stands before."""
    first = CONTROL.search(value)
    if first is None:
        return None
    plain = bytearray(value)
    for quoted in _quoted_strings(value):
        for pair in re.finditer(rb"\\.", value[slice(*quoted)], re.DOTALL):
            plain[quoted[0] + pair.start() + 1] = 0x20
    match = CONTROL.search(bytes(plain))
    return Found(*match.span(), "control-in-value") if match else None


def _quoted_strings(value: bytes) -> list[tuple[int, int]]:
    strings = []
    at = value.find(b'"')
    while at >= 0:
        match = QUOTED.match(value, at)
        if match is None or not match[1]:
            break
        strings.append(match.span())
        at = value.find(b'"', match.end())
    return strings


def first_value(value: bytes) -> tuple[int, int]:
    """Return the range of the first value of a list that is not empty; all of what is overlong."""
    if b"," not in value or len(value) > LONGEST:
        return strip(value, 0, len(value))
    ranges = split(value, 0, len(value))
    return next((each for each in ranges if each[0] < each[1]), ranges[0])


def has_tag(value: bytes) -> bool:
    """Tell whether a From or To value carries a tag."""
    if PATTERNS["From"].fullmatch(value):
        return True
    tag = read_address(value).parameter("tag")
    return tag is not None and bool(tag.value)
