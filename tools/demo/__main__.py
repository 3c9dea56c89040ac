"""Write the bundled demo: ``python -m tools.demo [FOLDER]``, into ``siptui/data`` if none is named.

It writes ``demo.pcapng`` (about 2 000 messages over ten made-up minutes), ``demo-country.mmdb`` and
``demo-asn.mmdb``. The same seed gives the same bytes. Needs the packages of the ``test`` extra.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools.demo import callers, noise, people, scanners
from tools.demo.messages import PBX
from tools.demo.places import write_databases
from tools.demo.wire import BEGIN, Stage, write_pcapng

SEED = 5060
LENGTH = 600.0
"""Seconds of made-up time."""


def scan(stage: Stage) -> None:
    """Let those who look for exchanges pass by."""
    chance = stage.random
    scanners.first_request(stage, 0.4)
    mixed = (
        ("friendly-scanner", "sipvicious"), ("friendly-scanner", "sipvicious"), ("PBX", "AmooT"),
        ("Asterisk PBX", "sipvicious"), ("Cisco-SIPGateway/IOS-12.x", "default"),
        ("Avaya one-X", "sipvicious"), ("VaxSIPUserAgent/3.5", "100"),
    )  # fmt: skip
    for number in range(46):
        agent, name = chance.choice(mixed)
        host = chance.choice(
            ("198.51.100.37", "198.51.100.21", "198.51.100.66", "198.51.100.131", "192.0.2.201")
        )
        scanners.svmap(stage, 1 + number * 12.7 + chance.random() * 6, (host, 5060 + number % 9),
                       agent, name)  # fmt: skip
    for number in range(9):
        at = 20 + 61 * number + chance.random() * 20
        scanners.nmap(stage, at, "198.51.100.101")
        scanners.masscan(stage, at + 7, f"198.51.100.{104 + number}")
        scanners.zmap(stage, at + 13, f"198.51.100.{100 + number % 4}")
        scanners.survey(stage, at + 19, "198.51.100.118")
        scanners.over_six(stage, at + 23, f"2001:db8:3::{number + 1:x}", str(100 + number))
    for number in range(5):
        scanners.sipsak(stage, 33 + 113 * number, "192.0.2.140")
    for number in range(60):
        scanners.voip(
            stage, 8 + 9.7 * number + chance.random() * 3, "192.0.2.167", str(1000 + number)
        )


def crack(stage: Stage) -> None:
    """Let those who want an extension and its password try."""
    chance = stage.random
    scanners.svwar(stage, 14, ("198.51.100.21", 5061), range(100, 300))
    scanners.svwar(stage, 480, ("192.0.2.201", 5064), range(700, 790))
    common = ("secret", "Welcome", "asterisk", "pbx", "admin", "summer", "qwerty", "voip")
    words = [str(number) for number in range(100, 130)]
    words += [f"{word}{year}" for year in range(2019, 2026) for word in common]
    scanners.svcrack(stage, 66, ("198.51.100.21", 5062), "110", words)
    for number in range(40):
        scanners.sippts(stage, 205 + number * 0.9, "198.51.100.170", "REGISTER", str(200 + number))
    for number in range(60):
        at = 300 + number * 1.1
        scanners.sippts(stage, at, "198.51.100.170", "REGISTER", "210")
        scanners.sippts(stage, at + 0.02, "198.51.100.170", "REGISTER", "210", password=True)
    for number in range(14):
        scanners.sippts(stage, 25 + 40 * number + chance.random(), "192.0.2.100", "OPTIONS", "100")


def defraud(stage: Stage) -> None:
    """Let those who want to call on somebody else's bill dial."""
    chance = stage.random
    number = 0
    for dialled in callers.DRAMA_NUMBERS[:3]:
        for prefix in callers.EXIT_PREFIXES:
            at = 92 + 9.1 * number + chance.random() * 2
            user = chance.choice(("101", "1000", "sdthsrh"))
            callers.toll_fraud(stage, at, "198.51.100.226", prefix + dialled, user)
            number += 1
    for number in range(46):
        dialled = chance.choice(callers.EXIT_PREFIXES) + callers.DRAMA_NUMBERS[number % 4]
        host = chance.choice(("198.51.100.140", "198.51.100.201", "198.51.100.246"))
        callers.sipcli(stage, 40 + 12 * number + chance.random() * 4, host, dialled)
    for number in range(40):
        inside = f"10.0.{number % 4}.{number + 1}"
        callers.to_private(stage, 150 + 8.3 * number, ("198.51.100.135", 5070), inside)


def work(stage: Stage) -> None:
    """Let honest phones register, keep alive, and talk."""
    for phone in range(len(people.PHONES)):
        for number in range(5):
            people.register(stage, 2 + 2.3 * phone + 118 * number, phone)
        for number in range(14):
            people.keep_alive(stage, 9 + 3.1 * phone + 42 * number, phone)
        for number in range(9):
            people.qualify(stage, 5 + 1.7 * phone + 64 * number, phone)
    people.call(stage, 15.2, 0, "2003", 38)
    people.call(stage, 171, 3, "+4940555010", 96)
    people.call(stage, 395, 1, "2004", 12)
    people.trunk_call(stage, 47)
    people.trunk_call(stage, 410)
    people.register_by_tcp(stage, 28)
    people.register_by_tcp(stage, 388)


def disturb(stage: Stage) -> None:
    """Let everything else happen that happens on such a port."""
    web = b"GET /admin/config.php HTTP/1.1\r\nHost: pbx\r\nUser-Agent: curl/8.5.0\r\n\r\n"
    refused = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    for round_ in range(5):
        at = 18 + 117 * round_
        noise.send_all(stage, at, "198.51.100.99", noise.junk(stage), 2.9)
        noise.send_all(stage, at + 41, "192.0.2.210", noise.malformed(stage, "192.0.2.210"), 1.3)
        noise.send_all(stage, at + 77, "198.51.100.70", noise.attacks(stage, "198.51.100.70"), 2.1)
        noise.send_all(stage, at + 97, "192.0.2.131", noise.unsolicited(stage, "192.0.2.131"), 1.7)
        noise.send_all(stage, at + 108, "192.0.2.42", [noise.multipart(stage, "192.0.2.42")], 1)
        src = ("198.51.100.102", 41000 + round_)
        stage.tcp(at + 50, src, PBX, (noise.tls_hello(stage), b""))
        stage.tcp(at + 53, (src[0], 42000 + round_), PBX, (web, refused))
        stage.tcp(at + 56, (src[0], 43000 + round_), PBX, (scanners.nmap_options(), b""))


def play(seed: int = SEED) -> Stage:
    """Return everything that is sent, in no particular order."""
    stage = Stage(seed)
    for scene in (scan, crack, defraud, work, disturb):
        scene(stage)
    stage.sent = [each for each in stage.sent if each.at < BEGIN + LENGTH * 1e9]
    return stage


def main(folder: Path) -> None:
    """Write the three files."""
    frames = play().sent
    write_pcapng(folder / "demo.pcapng", frames)
    write_databases(folder / "demo-country.mmdb", folder / "demo-asn.mmdb", BEGIN // 1_000_000_000)
    print(f"{len(frames)} frames in {folder / 'demo.pcapng'}")


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[2] / "siptui" / "data"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here)
