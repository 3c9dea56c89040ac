"""Which header field is meant by a name as it was written?"""

from __future__ import annotations

from siptui.record import decode

_NAMES = """
Accept Accept-Contact Accept-Encoding Accept-Language Accept-Resource-Priority Additional-Identity
Alert-Info Allow Allow-Events Answer-Mode Authentication-Info Authorization Call-ID Call-Info
Cellular-Network-Info Contact Content-Disposition Content-Encoding Content-ID Content-Language
Content-Length Content-Type CSeq Date Diversion Encryption Error-Info Event Expires Feature-Caps
Flow-Timer From Geolocation Geolocation-Error Geolocation-Routing Hide History-Info Identity
Identity-Info Info-Package In-Reply-To Join Max-Breadth Max-Forwards MIME-Version Min-Expires
Min-SE Organization Origination-Id P-Access-Network-Info P-Answer-State P-Asserted-Identity
P-Asserted-Service P-Associated-URI P-Called-Party-ID P-Charging-Function-Addresses
P-Charging-Vector P-DCS-Trace-Party-ID P-DCS-OSPS P-DCS-Billing-Info P-DCS-LAES P-DCS-Redirect
P-Early-Media P-Media-Authorization P-Preferred-Identity P-Preferred-Service
P-Private-Network-Indication P-Profile-Key P-Refused-URI-List P-Served-User P-User-Database
P-Visited-Network-ID Path Permission-Missing Policy-Contact Policy-ID Priority Priority-Share
Priority-Verstat Priv-Answer-Mode Privacy Proxy-Authenticate Proxy-Authorization Proxy-Require
RAck Reason Reason-Phrase Record-Route Recv-Info Refer-Events-At Refer-Sub Refer-To Referred-By
Reject-Contact Relayed-Charge Remote-Party-ID Replaces Reply-To Request-Disposition Require
Resource-Priority Resource-Share Response-Key Response-Source Restoration-Info Retry-After Route
RSeq Security-Client Security-Server Security-Verify Server Service-Interact-Info Service-Route
Session-Expires Session-ID SIP-ETag SIP-If-Match Subject Subscription-State Supported
Suppress-If-Match Target-Dialog Timestamp To Trigger-Consent Unsupported User-Agent User-to-User
Via Warning WWW-Authenticate
"""

COMPACT = {
    "a": "Accept-Contact",
    "b": "Referred-By",
    "c": "Content-Type",
    "d": "Request-Disposition",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "j": "Reject-Contact",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "n": "Identity-Info",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
    "y": "Identity",
}
"""The compact forms in IANA's registry of SIP header fields, in lower case."""

_CANONICAL = {name.lower().encode(): name for name in _NAMES.split()} | {
    short.encode(): name for short, name in COMPACT.items()
}

_WRITTEN = {name.encode(): name for name in _NAMES.split()}

REQUIRED = ("Via", "From", "To", "Call-ID", "CSeq")
"""What every message must have, in the order of the findings (RFC 3261 section 8.1.1)."""

REPEATED = {
    name: f"repeated-{name.lower()}"
    for name in ("From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type")
} | dict.fromkeys(
    (
        "Content-Disposition",
        "Date",
        "Event",
        "Expires",
        "MIME-Version",
        "Min-Expires",
        "Organization",
        "Priority",
        "Refer-To",
        "Referred-By",
        "Reply-To",
        "Retry-After",
        "RSeq",
        "RAck",
        "Server",
        "Session-Expires",
        "Subject",
        "Subscription-State",
        "Timestamp",
        "User-Agent",
    ),
    "repeated-field",
)
"""The finding for a field that may appear once but appears again."""


def canonical(name: bytes) -> str:
    """Return the name of a header field as its RFC writes it, also for its compact form.

    An unknown name comes back as it is, as text.
    """
    return _WRITTEN.get(name) or _CANONICAL.get(name.lower()) or decode(name)
