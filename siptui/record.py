"""What is known of one message, and by which names is it asked for?

`Frame` is what a source captured, `Record` is one row: a SIP message, or a datagram that is none.
`FIELDS` is the one table of fields: columns, the filter language and its completion, JSON keys,
CSV columns and the help screen are all made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple


class Frame(NamedTuple):
    """Hold one captured frame as it came."""

    time: int
    """Arrival, in nanoseconds since the Unix epoch."""
    data: bytes
    """The captured bytes, from the link layer on."""
    link: int
    """The LINKTYPE_ number of `data` (1 Ethernet, 101 raw IP, 113 Linux SLL …)."""
    length: int
    """The length on the wire in bytes; more than ``len(data)`` if the capture cut it."""
    interface: str
    """Where it was captured: an interface, a socket (``udp 0.0.0.0:5060``) or a file's name."""


SPANS = ("uri", "from", "to", "call_id", "cseq", "contact", "via")
"""The header fields and parts whose place in `Record.data` is kept, in the order of
`Record.spans`: request-URI, From, To, Call-ID, CSeq, the first Contact and the topmost Via."""


NO_HOSTS = (b"", b"", b"")


@dataclass(slots=True, eq=False)
class Record:
    """Hold one message: who sent it, what it is, and where its bytes are.

    Decoding fills the first block, enriching the second. The bytes in `data` are the truth: texts
    are made from them at the last moment. Treat a record as immutable once it was stored.
    """

    time: int
    """Arrival of the last byte, in nanoseconds since the Unix epoch."""
    src: str
    sport: int
    dst: str
    dport: int
    transport: str
    """``udp``, ``tcp``, ``tls``, ``ws``, ``sctp``, ``icmp`` …: what carried it."""
    kind: str
    """``sip``, or what it is instead (``stun``, ``keep-alive``, ``empty``, ``text`` …)."""
    data: bytes
    """The message as it came, without the layers below."""
    frames: tuple[Frame, ...]
    """The captured frames that carried it, in order of capture."""
    offset: int = -1
    """Where `data` begins in ``frames[0].data``; -1 if it was put together from pieces."""
    method: str = ""
    """The method of a request; empty for a response."""
    status: int = 0
    """The status code of a response, at most 2**32 - 1; 0 for a request."""
    spans: tuple[int, ...] = (0,) * (2 * len(SPANS))
    """Start and stop in `data` of each of `SPANS`; equal where the message has none."""
    ua: str = ""
    """User-Agent, or Server in a response; made safe neither for a screen nor for a shell."""
    user: str = ""
    """The user that is asked for: of the request-URI, else of To; percent-decoded."""
    defects: tuple[str, ...] = ()
    """The names of what is wrong with it, each once, in order of appearance."""
    names: tuple[bytes, ...] = field(default=(), repr=False)
    """What stands before the colon of each header line, as on the wire. Kept from decoding to
    enriching; empty in a record that comes out of the store."""
    hosts: tuple[bytes, bytes, bytes] = field(default=NO_HOSTS, repr=False)
    """The host of a request-URI of scheme sip, transport and host of the topmost Via (``UDP
    192.0.2.1``), and the host of the first Contact, if the message is written as most are; kept as
    long as `names`. If it is not all are empty, and `spans` tell where to look."""
    values: tuple[bytes, ...] = field(default=(), repr=False)
    """What stands behind it, folds included. Kept as long as `names`."""
    says: int = field(default=0, repr=False)
    """The labels that it gives by itself, a bit each. Kept while it is enriched."""
    credentials: bytes | None = field(default=None, repr=False)
    """What its Authorization header field holds. Kept while it is enriched."""

    country: str = ""
    """ISO 3166 code of `src`, or ``private``, ``loopback`` …; empty if unknown."""
    asn: int = 0
    as_name: str = ""
    tool: str = ""
    """What wrote it, as ``tool/program``, by the message's structure."""
    ua_lies: bool = False
    """Whether the user agent contradicts the structure of the message."""
    tag_target: str = ""
    tag_extension: str = ""
    tag_user: str = ""
    tag_password: str = ""
    auth_user: str = ""
    """The user name of its digest credentials."""
    auth_realm: str = ""
    auth_password: str = ""
    """The common password that explains its response to a nonce of ours; empty if none does."""
    shape: str = ""
    """Fingerprint of how the message is written, not of what it says."""
    labels: tuple[str, ...] = ()
    """What it is about, most severe first."""
    number: str = ""
    """The dialled number in international form without ``+``."""
    number_country: str = ""
    number_prefix: str = ""
    new: tuple[str, ...] = ()
    """Which of its shape, user agent, network and number were never seen before."""
    known: bool = False
    """Whether its source has shown nothing but known tools and routine scans."""
    ours: bool = False
    """Whether siptui sent it as an answer."""

    def raw(self, name: str) -> bytes:
        """Return the bytes of one of `SPANS` as they came, surrounding white space removed."""
        at = 2 * SPANS.index(name)
        return self.data[self.spans[at] : self.spans[at + 1]]

    def text(self, name: str) -> str:
        """Return one of `SPANS` as text: folds become a space, invalid UTF-8 ``\\xNN``."""
        return decode(self.raw(name))


def decode(value: bytes) -> str:
    """Return a header field's value as text.

    Folds become one space (RFC 3261 section 7.3.1), bytes that are no UTF-8 become ``\\xNN``. The
    text is not yet safe for a terminal.
    """
    text = value.decode("utf-8", "backslashreplace")
    if "\n" in text or "\r" in text:
        text = " ".join(part.strip() for part in text.splitlines())
    return text


FieldType = Literal["text", "number", "address", "time", "flag", "list"]
Storage = Literal["number", "word", "words", "span"]


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one field of a record."""

    name: str
    """What it is called in filters, JSON and CSV."""
    type: FieldType
    """How it compares: text (contains), number, address (CIDR), time, flag, list (any of)."""
    storage: Storage
    """How it is held: a number column, a word (dictionary-coded text), words (dictionary-coded
    tuple of texts) or a span of the message's bytes."""
    title: str
    """The head of its column."""
    width: int
    """The width of its column in cells."""
    help: str
    """One line for the help screen."""
    get: Callable[[Record], Any]
    """The value: str, int, float (seconds), bool or tuple; empty, 0 and False mean unknown."""
    attribute: str
    """The attribute of `Record` that holds it."""
    code: str = ""
    """For number storage: the `array` type code that holds it."""
    aliases: tuple[str, ...] = ()


def _attribute(name: str) -> Callable[[Record], Any]:
    return lambda record: getattr(record, name)


def _word(name: str, title: str, width: int, help: str, **more: Any) -> Field:
    attribute = more.pop("attribute", name)
    return Field(
        name,
        more.pop("type", "text"),
        more.pop("storage", "word"),
        title,
        width,
        help,
        _attribute(attribute),
        attribute,
        **more,
    )


def _number(name: str, title: str, width: int, help: str, code: str, **more: Any) -> Field:
    attribute = more.pop("attribute", name)
    return Field(
        name,
        more.pop("type", "number"),
        "number",
        title,
        width,
        help,
        _attribute(attribute),
        attribute,
        code,
        **more,
    )


def _span(name: str, title: str, width: int, help: str, **more: Any) -> Field:
    return Field(
        name, "text", "span", title, width, help, lambda record: record.text(name), name, **more
    )


FIELDS: tuple[Field, ...] = (
    Field(
        "time",
        "time",
        "number",
        "time",
        12,
        "arrival: time>10:00, time<2026-11-23T08:30",
        lambda record: record.time / 1e9,
        "time",
        "q",
    ),
    _word("src", "source", 21, "address it came from: src:10.0.0.0/8", type="address"),
    _number("sport", "sport", 5, "port it came from", "H"),
    _word("dst", "target", 21, "address it was sent to", type="address"),
    _number("dport", "dport", 5, "port it was sent to", "H"),
    _word("transport", "trans", 5, "udp, tcp, tls, ws, sctp …", aliases=("proto",)),
    _word("kind", "kind", 10, "sip, or what it is instead: stun, keep-alive, text …"),
    _word("method", "method", 9, "method of a request: method:OPTIONS,REGISTER"),
    _number(
        "status", "status", 6, "status code of a response: status>=400", "I", aliases=("code",)
    ),
    _span("uri", "request-URI", 30, "request-URI of a request", aliases=("ruri", "target")),
    _word("ua", "user agent", 20, "User-Agent, or Server of a response", aliases=("agent",)),
    _word("user", "user", 14, "user that is asked for: request-URI's, else To's"),
    _span("from", "from", 24, "From header field"),
    _span("to", "to", 24, "To header field"),
    _span("call_id", "call-id", 24, "Call-ID header field", aliases=("callid", "call-id")),
    _span("cseq", "cseq", 12, "CSeq header field"),
    _span("contact", "contact", 24, "first Contact header field"),
    _span("via", "via", 30, "topmost Via header field"),
    _word(
        "country",
        "cc",
        8,
        "country of the source: country:RU, or private, loopback …",
        aliases=("cc",),
    ),
    _number("asn", "asn", 7, "autonomous system number of the source", "I"),
    _word("as_name", "as", 20, "name of that autonomous system", aliases=("as",)),
    Field(
        "len",
        "number",
        "number",
        "len",
        5,
        "length of the message in bytes",
        lambda record: len(record.data),
        "len",
        "I",
        ("length",),
    ),
    _word(
        "defects",
        "defects",
        20,
        "what is wrong with it: defect:lf-only",
        type="list",
        storage="words",
        aliases=("defect",),
    ),
    _word("tool", "tool", 18, "what wrote it, by its structure: tool:sipvicious"),
    _number(
        "ua-lies",
        "lies",
        4,
        "the user agent contradicts the structure",
        "B",
        type="flag",
        attribute="ua_lies",
        aliases=("ua_lies", "lies"),
    ),
    _word(
        "labels",
        "label",
        12,
        "what it is about: label:toll-fraud",
        type="list",
        storage="words",
        aliases=("label",),
    ),
    _word("shape", "shape", 20, "fingerprint of how it is written"),
    _word("number", "number", 15, "dialled number behind its prefixes"),
    _word("number_country", "dials", 5, "country of the dialled number", aliases=("dials",)),
    _word(
        "number_prefix", "prefix", 7, "exit prefix before the dialled number", aliases=("prefix",)
    ),
    _word("tag_target", "tag target", 21, "address:port a SIPVicious tag carries", type="text"),
    _word("tag_extension", "tag ext", 8, "extension a SIPVicious tag carries"),
    _word("tag_user", "tag user", 8, "user name a SIPVicious tag carries"),
    _word("tag_password", "tag pass", 8, "password a SIPVicious tag carries"),
    _word("auth_user", "auth user", 10, "user name of its credentials"),
    _word("auth_realm", "realm", 10, "realm of its credentials"),
    _word("auth_password", "password", 10, "common password that answers our challenge so"),
    _word(
        "new",
        "new",
        8,
        "never seen before: its shape, ua, network or number",
        type="list",
        storage="words",
    ),
    _number(
        "known", "known", 5, "its source shows only known tools and routine scans", "B", type="flag"
    ),
    _number("ours", "ours", 4, "siptui sent it as an answer", "B", type="flag"),
    Field(
        "iface",
        "text",
        "word",
        "iface",
        8,
        "interface, socket or file it was captured on",
        lambda record: record.frames[0].interface if record.frames else "",
        "iface",
        aliases=("interface",),
    ),
)


FIELD: dict[str, Field] = {name: each for each in FIELDS for name in (each.name, *each.aliases)}
"""Look a field up by its name or one of its aliases."""
