"""Make realistic SIP traffic from a seed, as a capture file or as a load on loopback."""

from __future__ import annotations

import argparse
import contextlib
import random
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SEED = 2018
MOST_SENT = 3_000_000
"""Messages that are sent at once at most."""
DISTINCT = 20_000
"""Different messages that a load consists of."""
SENDERS = 20_000
"""Those who send what is written to a file; few send much."""
_USER_AGENTS = ("friendly-scanner", "PBX", "pplsip", "sipcli/v1.8", "Asterisk PBX 16.2", "")


class Sender(NamedTuple):
    """Hold who sends, and what it always sends."""

    address: str
    port: int
    kind: float
    """From 0 to 1: a scanner, somebody who registers, a caller, who answers, or no SIP at all."""
    agent: float
    """From 0 to 1: which of its kind's user agents it has."""


def sender(rng: random.Random, address: str, port: int) -> Sender:
    """Return somebody as they knock at a public port 5060: mostly scanners, some callers."""
    return Sender(address, port, rng.random(), rng.random())


def payload(rng: random.Random, sender: Sender, target: str) -> bytes:
    """Return one message of a sender."""
    source, port, kind, agent = sender
    user = str(rng.randrange(100, 9999))
    if kind < 0.45:
        return _svmap(rng, source, port, target, _USER_AGENTS[int(agent * 2)])
    if kind < 0.75:
        return _register(rng, source, port, target, user, _USER_AGENTS[2 + int(agent * 3)])
    if kind < 0.93:
        return _invite(rng, source, port, target)
    if kind < 0.97:
        return _response(rng, source, port, target, user)
    return rng.choice(
        [b"\r\n\r\n", b"OPTIONS", rng.randbytes(20), b"\0\1\0\0!\x12\xa4B" + bytes(12)]
    )


def _svmap(rng: random.Random, source: str, port: int, target: str, agent: str) -> bytes:
    tag = "".join(f"{int(part):02x}" for part in target.split(".")) + "13c4"
    carried = (tag + "\x01" + str(rng.randrange(10**9, 2**32))).encode().hex()
    return (
        f"OPTIONS sip:100@{target} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK-{rng.randrange(10**9, 2**32)};rport\r\n"
        'Max-Forwards: 70\r\nTo: "sipvicious"<sip:100@1.1.1.1>\r\n'
        f'From: "sipvicious"<sip:100@1.1.1.1>;tag={carried}\r\n'
        f"User-Agent: {agent}\r\nCall-ID: {rng.getrandbits(80)}\r\n"
        f"Contact: sip:100@{source}:{port}\r\nCSeq: 1 OPTIONS\r\nAccept: application/sdp\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


def _register(
    rng: random.Random, source: str, port: int, target: str, user: str, agent: str
) -> bytes:
    return (
        f"REGISTER sip:{target} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK{rng.getrandbits(64):x};rport\r\n"
        f"From: <sip:{user}@{target}>;tag={rng.getrandbits(32):08x}\r\n"
        f"To: <sip:{user}@{target}>\r\n"
        f"Call-ID: {rng.getrandbits(64):x}@{source}\r\nCSeq: {rng.randrange(1, 90)} REGISTER\r\n"
        f"Contact: <sip:{user}@{source}:{port}>\r\nMax-Forwards: 70\r\nExpires: 3600\r\n"
        f"User-Agent: {agent}\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def _invite(rng: random.Random, source: str, port: int, target: str) -> bytes:
    number = rng.choice(["00", "011", "900", "9011", "+", ""]) + "46850780296"
    body = (
        f"v=0\r\no=100 16264 18299 IN IP4 {source}\r\ns=call\r\nc=IN IP4 {source}\r\nt=0 0\r\n"
        "m=audio 25282 RTP/AVP 0 101\r\na=rtpmap:0 pcmu/8000\r\n"
        "a=rtpmap:101 telephone-event/8000\r\n"
    )
    return (
        f"INVITE sip:{number}@{target} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {source}:{port};branch=z9hG4bK{rng.randrange(10**9)}\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:100@{target}>;tag={rng.randrange(10**9)}\r\n"
        f"To: <sip:{number}@{target}>\r\nContact: <sip:100@{source}:{port}>\r\n"
        f"Call-ID: {rng.randrange(10**9)}-{rng.randrange(10**9)}-{rng.randrange(10**9)}\r\n"
        f"CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n"
        f"{body}"
    ).encode()


def _response(rng: random.Random, source: str, port: int, target: str, user: str) -> bytes:
    status = rng.choice(["200 OK", "401 Unauthorized", "404 Not Found"])
    return (
        f"SIP/2.0 {status}\r\n"
        f"Via: SIP/2.0/UDP {target}:5060;branch=z9hG4bK{rng.getrandbits(64):x};rport=5060\r\n"
        f"From: <sip:{user}@{target}>;tag={rng.getrandbits(32):08x}\r\n"
        f"To: <sip:{user}@{target}>;tag=as{rng.getrandbits(32):08x}\r\n"
        f"Call-ID: {rng.getrandbits(64):x}@{target}\r\nCSeq: 1 REGISTER\r\n"
        "Server: Asterisk PBX 16.2\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def messages(
    count: int, seed: int = SEED, sources: int = SENDERS
) -> Iterator[tuple[str, int, bytes]]:
    """Yield `count` messages as source address, source port and payload."""
    rng = random.Random(seed)
    senders = [
        sender(
            rng,
            socket.inet_ntoa(struct.pack("!I", rng.randrange(0x0B000000, 0xDF000000))),
            rng.choice([5060, rng.randrange(1024, 65535)]),
        )
        for _ in range(sources)
    ]
    for _ in range(count):
        who = senders[min(int(rng.expovariate(8 / sources)), sources - 1)]
        yield who.address, who.port, payload(rng, who, "198.51.100.10")


def write_capture(path: Path, count: int, seed: int = SEED) -> int:
    """Write `count` messages to a pcap file, a hundred a second; return its size in bytes."""
    target = socket.inet_aton("198.51.100.10")
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number, (source, port, data) in enumerate(messages(count, seed)):
            udp = struct.pack("!HHHH", port, 5060, 8 + len(data), 0) + data
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number & 0xFFFF, 0, 64, 17,
                               0, socket.inet_aton(source), target)  # fmt: skip
            total = sum(struct.unpack("!10H", head))
            total = (total & 0xFFFF) + (total >> 16)
            head = (
                head[:10] + struct.pack("!H", 0xFFFF - (total & 0xFFFF) - (total >> 16)) + head[12:]
            )
            frame = b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + head + udp
            at = 1_700_000_000 + number / 100
            file.write(struct.pack("<IIII", int(at), int(at % 1 * 1e6), len(frame), len(frame)))
            file.write(frame)
        return file.tell()


class Load:
    """Send messages to a port of 127.0.0.1, from many addresses of 127.0.0.0/8."""

    def __init__(
        self, port: int, seed: int = SEED, sources: int = 200, distinct: int = DISTINCT
    ) -> None:
        """Open the sockets and make their messages, so that sending does nothing else."""
        rng = random.Random(seed)
        self._sockets, senders = [], []
        for number in range(sources):
            opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            opened.bind((f"127.77.{number // 250}.{1 + number % 250}", 0))
            opened.connect(("127.0.0.1", port))
            self._sockets.append(opened)
            senders.append(sender(rng, *opened.getsockname()))
        rounds = -(-distinct // sources)
        self._payloads = [
            payload(rng, each, "127.0.0.1") for _ in range(rounds) for each in senders
        ]

    def send(self, rate: float, seconds: float) -> int:
        """Send at `rate` a second for `seconds`; return how many were sent."""
        payloads, sockets = self._payloads, self._sockets
        sources, distinct = len(sockets), len(payloads)
        total = int(rate * seconds)
        sent = 0
        started = time.perf_counter()
        while sent < total:
            due = min(total, int((time.perf_counter() - started) * rate) + 1)
            # Nobody listens (any more): the socket's next try succeeds again.
            with contextlib.suppress(ConnectionRefusedError):
                while sent < due:
                    sockets[sent % sources].send(payloads[sent % distinct])
                    sent += 1
            time.sleep(min(0.001, 1 / rate))
        return sent

    def close(self) -> None:
        """Close the sockets."""
        for opened in self._sockets:
            opened.close()


def send(port: int, rate: float, seconds: float, seed: int = SEED) -> int:
    """Send messages to a loopback port at `rate` a second for `seconds`; return how many."""
    load = Load(port, seed)
    try:
        return load.send(rate, seconds)
    finally:
        load.close()


def main() -> None:
    """Send as the command line says; tell when it begins, and what was sent in how long."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.traffic")
    commands = parser.add_subparsers(dest="command", required=True)
    sending = commands.add_parser("send", help="send messages to a port of 127.0.0.1")
    sending.add_argument("port", type=int)
    sending.add_argument("rate", type=float, help="messages a second")
    sending.add_argument("seconds", type=float)
    sending.add_argument("--seed", type=int, default=SEED)
    writing = commands.add_parser("write", help="write a capture file")
    writing.add_argument("path", type=Path)
    writing.add_argument("count", type=int)
    given = parser.parse_args()
    if given.command == "write":
        write_capture(given.path, given.count)
        return
    if given.rate * given.seconds > MOST_SENT:
        parser.error(f"no more than {MOST_SENT} messages are sent at once")
    distinct = min(DISTINCT, 1 + int(given.rate * given.seconds))
    load = Load(given.port, given.seed, distinct=distinct)
    print("ready", flush=True)
    started = time.perf_counter()
    sent = load.send(given.rate, given.seconds)
    print(sent, time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    main()
