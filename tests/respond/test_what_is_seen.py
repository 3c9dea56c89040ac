"""What somebody tries after our challenge is seen: credentials, passwords, and the counters."""

from __future__ import annotations

import re
import socket
from hashlib import md5
from pathlib import Path

from tests.command import rows, until
from tests.respond.test_scanners import answering, call, told, tool


def digest(*parts: str) -> str:
    return md5(":".join(parts).encode()).hexdigest()


class Phone:
    """Register with one password after the other, as a cracker without a tag of its own does."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.connect(("127.0.0.1", port))
        self._uri = f"sip:127.0.0.1:{port}"
        self._number = 0

    def register(self, user: str, authorization: str = "") -> str:
        self._number += 1
        address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        credentials = f"Authorization: {authorization}\r\n" if authorization else ""
        self._socket.send(
            f"REGISTER {self._uri} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {address};branch=z9hG4bK-{self._number};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{user}@127.0.0.1>;tag=7\r\n"
            f"To: <sip:{user}@127.0.0.1>\r\nCall-ID: {self._number}@{address}\r\n"
            f"CSeq: {self._number} REGISTER\r\nContact: <sip:{user}@{address}>\r\n"
            f"User-Agent: a phone that is not one, with a name that is long enough\r\n"
            f"{credentials}Content-Length: 0\r\n\r\n".encode()
        )
        return self._socket.recv(4096).decode()

    def tries(self, user: str, password: str, *, qop: bool) -> str:
        """Answer a new challenge; return the response to that."""
        challenge = self.register(user)
        realm, nonce = (re.search(rf'{each}="([^"]+)"', challenge)[1] for each in  # type: ignore[index]
                        ("realm", "nonce"))  # fmt: skip
        secret, what = digest(user, realm, password), digest("REGISTER", self._uri)
        middle = (nonce, "00000001", "c0ffee", "auth") if qop else (nonce,)
        more = ', qop=auth, nc=00000001, cnonce="c0ffee"' if qop else ""
        return self.register(
            user,
            f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{self._uri}", '
            f'response="{digest(secret, *middle, what)}"{more}',
        )

    def close(self) -> None:
        self._socket.close()


def test_common_passwords_are_read_from_digests_without_a_tag(tmp_path: Path) -> None:
    with answering(tmp_path, "challenge") as (port, output):
        phone = Phone(port)
        for at, password in enumerate(("100", "1234", "asterisk", "Nobody-Has-This-1")):
            assert phone.tries("100", password, qop=bool(at % 2)).startswith("SIP/2.0 403")
        phone.close()
    tried = [row for row in told(output, ours=False) if "auth_user" in row]
    assert [row.get("auth_password") for row in tried] == ["100", "1234", "asterisk", None]
    assert {(row["auth_user"], row["auth_realm"]) for row in tried} == {("100", "asterisk")}
    assert all("verified" in row["labels"] for row in tried)
    last = rows(output.read_text())[-1]
    assert last["respond_mode"] == "challenge"
    assert last["respond_counts"] == {"sent 401": 4, "sent 403": 4}


def test_svcracks_digests_are_explained_by_its_own_tag(tmp_path: Path) -> None:
    svcrack = tool("sipvicious_svcrack")
    with answering(tmp_path, "challenge") as (port, output):
        call(tmp_path, svcrack, "127.0.0.1", "-p", str(port), "-u", "100", "-r", "98-104")
        until(lambda: len(told(output, ours=False)) >= 7)
    explained = [row for row in told(output, ours=False) if "auth_password" in row]
    assert {"99", "100", "101"} <= {row["auth_password"] for row in explained}
    assert all(row["auth_password"] == row["tag_password"] for row in explained)


def test_what_is_withheld_is_counted_with_its_reason(tmp_path: Path) -> None:
    with (
        answering(tmp_path, "options") as (port, output),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        sender.connect(("127.0.0.1", port))
        sender.send(b"hello, is anybody there?")
        until(lambda: bool(output.read_text()))
    assert rows(output.read_text())[-1]["respond_counts"] == {"withheld: not SIP": 1}
