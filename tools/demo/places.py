"""Where do the made-up sources live? One table for the play and for the demo's databases.

Networks are those set aside for documentation (RFC 5737, RFC 3849), and so are the numbers of the
autonomous systems (RFC 5398). The databases have the shape of GeoLite2's.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]


class Place(NamedTuple):
    """Give one network a country and an operator."""

    network: str
    code: str
    country: str
    asn: int
    operator: str


PLACES = (
    Place("198.51.100.0/26", "RU", "Russia", 64496, "Example Hosting Volga"),
    Place("198.51.100.64/27", "CN", "China", 64497, "Example Cloud Pearl River"),
    Place("198.51.100.96/27", "US", "United States", 64498, "Example Scan Research"),
    Place("198.51.100.128/27", "NL", "Netherlands", 64499, "Example Bulletproof Polder"),
    Place("198.51.100.160/27", "FR", "France", 64500, "Example Serveurs Seine"),
    Place("198.51.100.192/27", "BR", "Brazil", 64501, "Example Banda Larga"),
    Place("198.51.100.224/28", "PS", "Palestinian Territories", 64502, "Example Olive Net"),
    Place("198.51.100.240/28", "IR", "Iran", 64503, "Example Alborz Telecom"),
    Place("192.0.2.0/26", "DE", "Germany", 64504, "Example Telefon Hafen"),
    Place("192.0.2.64/27", "GB", "United Kingdom", 64505, "Example Thames Broadband"),
    Place("192.0.2.96/27", "VN", "Vietnam", 64506, "Example Mekong Mobile"),
    Place("192.0.2.128/27", "IN", "India", 64507, "Example Ganga Fibre"),
    Place("192.0.2.160/27", "UA", "Ukraine", 64508, "Example Dnipro Data"),
    Place("192.0.2.192/26", "KR", "South Korea", 64509, "Example Han River Cable"),
    Place("203.0.113.0/24", "DE", "Germany", 64510, "Example Exchange"),
    Place("2001:db8:1::/48", "DE", "Germany", 64504, "Example Telefon Hafen"),
    Place("2001:db8:2::/48", "US", "United States", 64498, "Example Scan Research"),
    Place("2001:db8:3::/48", "CN", "China", 64497, "Example Cloud Pearl River"),
    Place("2001:db8:5060::/48", "DE", "Germany", 64510, "Example Exchange"),
)


def write_databases(country: Path, networks: Path, epoch: int) -> None:
    """Write both databases, dated `epoch` (seconds) so that the same play gives the same files."""
    text = {"en": "Made-up places of siptui's demo"}
    countries = MMDBWriter(6, "siptui-demo-Country", ["en"], text, ipv4_compatible=True)
    systems = MMDBWriter(6, "siptui-demo-ASN", ["en"], text, ipv4_compatible=True)
    for place in PLACES:
        where = IPSet([place.network])
        countries.insert_network(
            where, {"country": {"iso_code": place.code, "names": {"en": place.country}}}
        )
        systems.insert_network(
            where,
            {
                "autonomous_system_number": place.asn,
                "autonomous_system_organization": place.operator,
            },
        )
    for writer, path in ((countries, country), (systems, networks)):
        writer.to_db_file(str(path))
        _date(path, epoch)


def _date(path: Path, epoch: int) -> None:
    """Put `epoch` in the place of the moment of writing."""
    data = path.read_bytes()
    at = data.rindex(b"build_epoch") + len(b"build_epoch")
    size = 4
    if data[at : at + 2] != bytes((size, 2)):
        raise ValueError("the writer no longer keeps build_epoch in four bytes")
    path.write_bytes(data[: at + 2] + epoch.to_bytes(size, "big") + data[at + 2 + size :])
