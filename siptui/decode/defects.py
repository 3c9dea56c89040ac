"""What can be wrong with a message, by which name is it found, and where is the rule?"""

# ruff: noqa: E501

from __future__ import annotations

from typing import NamedTuple


class Defect(NamedTuple):
    """Describe one kind of finding."""

    name: str
    """What a user types: ``defect:lf-only``."""
    text: str
    """One sentence: what was found, and what it does where that is known."""
    source: str
    """The section that rules it."""


_TABLE = """
leading-crlf | Empty lines stand before the start line; a receiver skips them. | RFC 3261 7.5
lf-only | Lines end with LF alone instead of CRLF. | RFC 3261 7
cr-only | Lines end with CR alone instead of CRLF. | RFC 3261 7
bare-cr | A CR without LF stands inside a line, which hides what follows from some readers. | RFC 3261 25.1
no-blank-line | The head does not end with an empty line. | RFC 3261 7
truncated | The capture or the network lost the end of the message. | pcap: captured length below length on the wire
partial | Only the beginning of a start line is there, as in amplification surveys. | RFC 3261 7.1
no-version | The start line names no SIP version. | RFC 3261 7.1
bad-version | The version is not SIP/2.0. | RFC 3261 7.1
lower-case-version | The version is written in lower case; it must be sent in upper case. | RFC 3261 7.1
bytes-after-version | Something stands behind the version in the request line. | RFC 3261 7.1
space-in-start-line | White space in the start line is not exactly one space between its parts. | RFC 3261 7.1
control-in-start-line | A control byte, such as NUL, stands in the start line. | RFC 3261 25.1
bad-method | The method is no token. | RFC 3261 25.1
lower-case-method | The method is a known one but for upper and lower case, which makes it another method. | RFC 3261 7.1
unknown-method | The method is spelt like a word but is not in IANA's registry. | RFC 3261 27.4
no-uri | The request line has no request-URI. | RFC 3261 7.1
space-in-uri | White space stands in a URI. | RFC 3261 7.1
uri-in-brackets | The request-URI stands in angle brackets. | RFC 3261 7.1
headers-in-request-uri | The request-URI carries header fields behind a question mark. | RFC 3261 19.1.1
no-scheme | A URI does not begin with a scheme. | RFC 3261 19.1.1
bad-uri | A URI contains a character that its scheme does not allow there. | RFC 3261 25.1
bad-escape | A percent sign in a URI is not followed by two hexadecimal digits. | RFC 3261 19.1.2
no-host | A URI names no host. | RFC 3261 19.1.1
bad-host | What stands for a host is neither a name nor an address. | RFC 3261 25.1
ipv6-without-brackets | An IPv6 address stands outside square brackets, where its port cannot be told from it. | RFC 5118 4.2
bad-port | A port is not a number from 1 to 65535. | RFC 3261 25.1
bad-status | The status code is not a number from 100 to 699. | RFC 3261 7.2
no-space-after-status | No space stands behind the status code. | RFC 3261 7.2
no-via | The Via header field is missing. | RFC 3261 8.1.1
no-from | The From header field is missing. | RFC 3261 8.1.1
no-to | The To header field is missing. | RFC 3261 8.1.1
no-call-id | The Call-ID header field is missing. | RFC 3261 8.1.1
no-cseq | The CSeq header field is missing. | RFC 3261 8.1.1
no-from-tag | From carries no tag although the branch says that the sender knows RFC 3261. | RFC 3261 8.1.1.3
repeated-from | From appears more than once: two servers may believe different ones. | RFC 3261 7.3.1
repeated-to | To appears more than once: two servers may believe different ones. | RFC 3261 7.3.1
repeated-call-id | Call-ID appears more than once. | RFC 3261 7.3.1
repeated-cseq | CSeq appears more than once. | RFC 3261 7.3.1
repeated-max-forwards | Max-Forwards appears more than once. | RFC 3261 7.3.1
repeated-content-length | Content-Length appears more than once: where the message ends depends on the reader. | RFC 3261 20.14
repeated-content-type | Content-Type appears more than once. | RFC 3261 7.3.1
repeated-field | A header field that may appear once appears more often. | RFC 3261 7.3.1
repeated-parameter | A parameter appears more than once in one value. | RFC 3261 7.3.1
no-colon | A line of the head has no colon. | RFC 3261 7.3
no-name | A line of the head begins with its colon. | RFC 3261 7.3
bad-name | A header field's name is no token. | RFC 3261 25.1
control-in-name | A control byte stands in a header field's name, which hides it from some readers. | RFC 3261 25.1
space-before-colon | White space stands before the colon of one or two header fields only: the grammar allows it, but servers differ in reading it, which hides a field from some. | RFC 3261 7.3.1
stray-fold | The first line of the head begins with white space, so it continues nothing. | RFC 3261 7.3.1
blank-fold | A line of nothing but white space continues a header field; some readers end the head there. | RFC 3261 7.3.1
control-in-value | A control byte stands in a header field's value. | RFC 3261 25.1
not-utf-8 | The head contains bytes that are no UTF-8. | RFC 3261 7
overlong-uri | The request-URI is longer than 512 bytes. | a usual limit of proxies
overlong-line | A header field is longer than 1024 bytes. | a usual limit of proxies
overlong-message | The message is longer than 16384 bytes. | a usual limit of proxies
too-many-headers | The message has more than 64 header fields. | a usual limit of proxies
content-length-too-big | Content-Length is larger than the body that came. | RFC 3261 18.3
content-length-too-small | Bytes are left over behind the body that Content-Length counts. | RFC 3261 18.3
content-length-negative | Content-Length is negative. | RFC 3261 20.14
content-length-not-a-number | Content-Length is not a number. | RFC 3261 20.14
line-ends-after-body | Nothing but line ends is left over behind the body. | RFC 3261 18.3
no-content-type | There is a body, but nothing says what it is. | RFC 3261 20.15
bad-content-type | Content-Type is not a type, a slash and a subtype. | RFC 3261 20.15
no-boundary | A multipart body's Content-Type names no boundary. | RFC 2046 5.1.1
boundary-missing | A multipart body does not contain its boundary. | RFC 2046 5.1.1
multipart-not-closed | A multipart body does not end with its closing boundary. | RFC 2046 5.1.1
bad-sdp | A line of a session description is not a letter, an equals sign and a value, or the first is not v=. | RFC 8866 5
bad-cseq | CSeq is not a number and a method. | RFC 3261 20.16
cseq-mismatch | CSeq names another method than the start line. | RFC 3261 8.1.1.5
cseq-too-big | The number in CSeq is not below 2**31. | RFC 3261 8.1.1.5
bad-max-forwards | Max-Forwards is not a number. | RFC 3261 20.22
max-forwards-too-big | Max-Forwards is larger than 255. | RFC 3261 20.22
bad-expires | A time of expiry is not a number of seconds. | RFC 3261 20.19
expires-too-big | A time of expiry is not below 2**32 seconds. | RFC 3261 20.19
bad-retry-after | Retry-After does not begin with a number of seconds. | RFC 3261 20.33
retry-after-too-big | Retry-After is not below 2**32 seconds. | RFC 4475 3.1.2.5
bad-date | Date is not written as RFC 1123 has it, in GMT. | RFC 3261 20.17
bad-warning | Warning is not a code of three digits, an agent and a quoted text. | RFC 3261 20.43
bad-call-id | Call-ID contains a character that it must not. | RFC 3261 25.1
bad-via | Via is not a protocol, a transport and a sender. | RFC 3261 20.42
empty-branch | The branch of Via is nothing but the cookie z9hG4bK, so it identifies nothing. | RFC 3261 8.1.1.7
bad-address | An address is missing, or followed by what is no parameter. | RFC 3261 25.1
bad-display-name | A display name outside quotation marks contains a character that it must not. | RFC 3261 25.1
uri-not-in-brackets | A URI with a comma, question mark or semicolon stands outside angle brackets. | RFC 3261 20.10
unterminated-bracket | An angle bracket is never closed. | RFC 3261 25.1
unterminated-quote | A quotation mark is never closed. | RFC 3261 25.1
empty-value | A list of values contains an empty one. | RFC 3261 7.3.1
empty-parameter | A separator is not followed by a parameter. | RFC 3261 25.1
bad-parameter | A parameter is not a token, or a token with a value. | RFC 3261 25.1
fragment-overlap | Fragments of the packet contradict each other about the same bytes. | RFC 5722
udp-length | The length in the UDP header does not fit the packet. | RFC 768
"""

DEFECTS: dict[str, Defect] = {
    each.name: each
    for each in (
        Defect(*(part.strip() for part in line.split(" | ")))
        for line in _TABLE.strip().splitlines()
    )
}
"""All findings by name, those of the layers below the message last."""
