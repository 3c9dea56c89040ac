"""The tools themselves, run against a loopback socket, are named."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from siptui.enrich.tools import Tools
from siptui.record import Record
from tests.enrich.made import record

PATIENCE = 10.0
"""Seconds after which a datagram that should have come has not."""

Answer = Callable[[bytes], bytes]


def command(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def response(request: bytes, status: str, *more: str) -> bytes:
    lines = request.decode("latin-1").split("\r\n")
    kept = [line for line in lines if line.partition(":")[0] in {"Via", "From", "Call-ID", "CSeq"}]
    to = next(line for line in lines if line.startswith("To:"))
    return "\r\n".join(
        [f"SIP/2.0 {status}", *kept, f"{to};tag=as12345678", *more, "Content-Length: 0", "", ""]
    ).encode()


def received(arguments: list[str], tmp_path: Path, count: int, answer: Answer) -> list[Record]:
    """Return up to `count` requests that a command sends to a socket; ``PORT`` stands for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(PATIENCE)
        port = listener.getsockname()[1]
        arguments = [each.replace("PORT", str(port)) for each in arguments]
        process = subprocess.Popen(
            arguments, cwd=tmp_path, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        found = []
        try:
            while len(found) < count:
                data, sender = listener.recvfrom(65535)
                found.append(record(data, src="127.0.0.1", sport=sender[1], dst="127.0.0.1"))
                reply = answer(data)
                if reply:
                    listener.sendto(reply, sender)
        except TimeoutError:
            pass
        finally:
            process.kill()
            process.wait()
    assert found, "nothing was sent"
    Tools().enrich(found)
    return found


def silent(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    "more", [[], ["-c"], ["-m", "REGISTER"], ["-m", "INVITE"], ["--fromname", "Anna", "-e", "4711"]]
)
def test_svmap(tmp_path: Path, more: list[str]) -> None:
    arguments = [command("sipvicious_svmap"), "127.0.0.1", "-p", "PORT", *more]
    (one,) = received(arguments, tmp_path, 1, silent)
    assert one.tool == "sipvicious/svmap"
    assert one.tag_target.startswith("127.0.0.1:")


@pytest.mark.parametrize("method", ["REGISTER", "OPTIONS", "INVITE"])
def test_svwar(tmp_path: Path, method: str) -> None:
    arguments = [command("sipvicious_svwar"), "-p", "PORT", "-e", "200-205", "-m", method,
                 "127.0.0.1"]  # fmt: skip
    found = received(
        arguments, tmp_path, 4,
        lambda data: b"" if data.startswith(b"ACK") else response(data, "404 Not Found"),
    )  # fmt: skip
    assert {each.tool for each in found} == {"sipvicious/svwar"}
    assert "200" in {each.tag_extension for each in found}


def test_svcrack(tmp_path: Path) -> None:
    challenge = 'WWW-Authenticate: Digest realm="asterisk",nonce="abcdef"'
    arguments = [command("sipvicious_svcrack"), "-p", "PORT", "-u", "100", "-r", "1000-1009",
                 "127.0.0.1"]  # fmt: skip
    # More than are asked about: now and then it sends one again.
    found = received(
        arguments, tmp_path, 9, lambda data: response(data, "401 Unauthorized", challenge)
    )
    assert {each.tool for each in found} == {"sipvicious/svcrack"}
    assert {"1000", "1001"} <= {each.tag_password for each in found}


def test_sipsak(tmp_path: Path) -> None:
    arguments = [command("sipsak"), "-s", "sip:100@127.0.0.1:PORT"]
    (one,) = received(arguments, tmp_path, 1, silent)
    assert (one.tool, one.ua_lies) == ("sipsak", False)


def test_sipp(tmp_path: Path) -> None:
    arguments = [command("sipp"), "-sn", "uac", "-m", "2", "-nostdin", "127.0.0.1:PORT"]
    found = received(arguments, tmp_path, 2, lambda data: response(data, "486 Busy Here"))
    assert {each.tool for each in found} == {"sipp/uac"}
