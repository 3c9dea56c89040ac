"""How is a made-up SIP message put together, and how does the honest exchange answer one?"""

from __future__ import annotations

from tools.demo.wire import SENSOR, Stage

PBX = (SENSOR, 5060)


def sip(start: str, *fields: str, body: str = "", end: str = "\r\n") -> bytes:
    """Return a message of a start line, header fields and a body."""
    return end.join((start, *fields, "", body)).encode("latin-1")


def answer(
    stage: Stage, at: float, src: tuple[str, int], request: bytes, status: str, *more: str
) -> None:
    """Answer as the honest exchange does: Via, From, To, Call-ID and CSeq given back."""
    head = request.decode("latin-1").split("\r\n\r\n")[0].split("\r\n")[1:]
    back = {line.split(":")[0].lower(): line for line in head}
    via = back["via"].replace(";rport", f";rport={src[1]};received={src[0]}")
    to = (
        back["to"]
        if ";tag=" in back["to"]
        else f"{back['to']};tag=as{stage.random.getrandbits(32):08x}"
    )
    reply = sip(
        f"SIP/2.0 {status}", via, back["from"], to, back["call-id"], back["cseq"],
        "Server: Example PBX 20.1", "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REGISTER", *more,
        "Content-Length: 0",
    )  # fmt: skip
    stage.udp(at, PBX, src, reply)


def challenge(stage: Stage, realm: str = "pbx.example") -> tuple[str, str]:
    """Return a nonce and the header field that asks for a digest with it."""
    nonce = f"{stage.random.getrandbits(64):016x}"
    return nonce, f'WWW-Authenticate: Digest algorithm=MD5, realm="{realm}", nonce="{nonce}"'


def sdp(
    user: str, host: str, session: str, port: int, formats: str, *more: str, origin: str = ""
) -> str:
    """Return a session description (RFC 8866)."""
    return "\r\n".join(
        (
            "v=0",
            f"o={user} {origin or '8000 8000'} IN IP4 {host}",
            f"s={session}",
            f"c=IN IP4 {host}",
            "t=0 0",
            f"m=audio {port} RTP/AVP {formats}",
            *more,
            "",
        )
    )


def letters(stage: Stage, count: int, letters: str = "abcdefghijklmnopqrstuvwxyz0123456789") -> str:
    """Return `count` random characters of those given."""
    return "".join(stage.random.choice(letters) for _ in range(count))
