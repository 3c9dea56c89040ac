"""In which country and which autonomous system is an address?

One MaxMind database answers each of the two: the one that was given, else the first in the standard
places, else for countries the embedded one. What an address is in itself (private, loopback …)
needs no database.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from siptui.enrich.addresses import Address, parse, special
from siptui.errors import SiptuiError
from siptui.record import Record

STANDARD = (Path("/usr/share/GeoIP"), Path("/var/lib/GeoIP"))
"""Where packages and updaters put databases."""
COUNTRY_FILES = (
    "GeoIP2-Country.mmdb",
    "GeoLite2-Country.mmdb",
    "dbip-country*.mmdb",
    "GeoIP2-Enterprise.mmdb",
    "GeoIP2-City.mmdb",
    "GeoLite2-City.mmdb",
    "dbip-city*.mmdb",
    "dbip-location*.mmdb",
    "*country*.mmdb",
)
"""Names of country databases, the preferred first."""
AS_FILES = (
    "GeoIP2-ISP.mmdb",
    "GeoLite2-ASN.mmdb",
    "dbip-asn*.mmdb",
    "dbip-isp*.mmdb",
    "*asn*.mmdb",
)
"""Names of databases of autonomous systems, the preferred first."""
_DAMAGE = (
    RuntimeError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    MemoryError,
)
"""What reading a damaged database raises; maxminddb's own error is a RuntimeError."""
CACHED = 40_000
"""Addresses whose place is kept at most."""


class Place(NamedTuple):
    """Say where an address is."""

    country: str
    """ISO 3166 code, or what a special address is; empty if unknown."""
    asn: int = 0
    as_name: str = ""


class Database:
    """Answer for an address with a record of a MaxMind database."""

    def __init__(self, path: Path) -> None:
        """Open the database at `path`; raise SiptuiError if it cannot be read or is none."""
        import maxminddb  # only the engine's process opens databases

        try:
            with path.open("rb"):
                pass
            self._reader = maxminddb.open_database(path)
            self._reader.get("192.0.2.1")
            self._ipv6 = self._reader.metadata().ip_version == 6
        except OSError as error:
            reason = error.strerror or str(error)
            raise SiptuiError(f"cannot read the database {path}: {reason}") from None
        except _DAMAGE:
            raise SiptuiError(f"{path} is damaged or no MaxMind database") from None
        self.damaged = 0
        """Look-ups that failed because the database is damaged."""

    def get(self, address: Address) -> object:
        """Return the record of an address; None if there is none or it cannot be read."""
        if address.version == 6 and not self._ipv6:
            return None
        try:
            return self._reader.get(address)
        except (OSError, *_DAMAGE):
            self.damaged += 1
        return None


UNKNOWN = Place("")


class Places:
    """Tell the place of addresses, and remember what was told."""

    def __init__(
        self, country: Database | None, asn: Database | None, *, given: tuple[bool, bool]
    ) -> None:
        """Ask these databases; `given` says which of the two the user named."""
        self._country = country
        self._asn = asn
        self._given = given
        self._young: dict[str, Place] = {}
        self._old: dict[str, Place] = {}
        self.notices: list[str] = []
        """One sentence for each database in a standard place that could not be used."""

    @classmethod
    def open(
        cls,
        geo: Path | None = None,
        asn: Path | None = None,
        *,
        standard: Sequence[Path] = STANDARD,
        embedded: Path | None = None,
    ) -> Places:
        """Open the country database `geo` and the AS database `asn`, or the usual ones for None.

        `embedded` is the country database of last resort; None takes the one in the package.
        Raises SiptuiError if a given database cannot be read or is none.
        """
        notices: list[str] = []
        country = Database(geo) if geo is not None else _first(standard, COUNTRY_FILES, notices)
        if country is None:
            country = Database(embedded or data_path("places", "country.mmdb"))
        network = Database(asn) if asn is not None else _first(standard, AS_FILES, notices)
        places = cls(country, network, given=(geo is not None, asn is not None))
        places.notices = notices
        return places

    @classmethod
    def none(cls) -> Places:
        """Return places without any database: special addresses are all they know."""
        return cls(None, None, given=(False, False))

    @property
    def damaged(self) -> int:
        """Return how many look-ups failed because a database is damaged."""
        return sum(each.damaged for each in (self._country, self._asn) if each is not None)

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill `country`, `asn` and `as_name` of records by their source."""
        known = self._young
        for record in records:
            place = known.get(record.src)
            if place is None:
                place = self.place(record.src)
                known = self._young
            record.country, record.asn, record.as_name = place

    def place(self, address: str) -> Place:
        """Return where an address is; `Place("")` if it is none or unknown."""
        place = self._young.get(address)
        if place is None:
            place = self._old.pop(address, None)
            if place is None:
                place = self._look_up(address)
            if len(self._young) >= CACHED // 2:
                self._old, self._young = self._young, {}
            self._young[address] = place
        return place

    def _look_up(self, text: str) -> Place:
        address = parse(text)
        if address is None:
            return UNKNOWN
        word = special(address)
        if word and word != "documentation":
            return Place(word)
        if word:
            # A given database may put example networks on the map, as that of the demo does.
            country = _country(_ask(self._country, address)) if self._given[0] else ""
            number, name = _system(_ask(self._asn, address)) if self._given[1] else (0, "")
            return Place(country or word, number, name)
        country = _country(_ask(self._country, address))
        return Place(country, *_system(_ask(self._asn, address)))


def _ask(database: Database | None, address: Address) -> object:
    return database.get(address) if database is not None else None


def data_path(*names: str) -> Path:
    """Return where a file of the package's data is."""
    return Path(str(resources.files("siptui"))).joinpath("data", *names)


def _first(folders: Sequence[Path], patterns: Sequence[str], notices: list[str]) -> Database | None:
    """Open the first usable database of these names; note why others were passed over."""
    for path in _candidates(folders, patterns):
        try:
            return Database(path)
        except SiptuiError as error:
            notices.append(str(error))
    return None


def _candidates(folders: Sequence[Path], patterns: Sequence[str]) -> Iterator[Path]:
    met: set[Path] = set()
    for folder in folders:
        for pattern in patterns:
            try:
                # Names with a date sort by it: the newest is the last.
                found = sorted(folder.glob(pattern), reverse=True)
            except OSError:
                continue
            for path in found:
                if path not in met:
                    met.add(path)
                    yield path


def _country(found: object) -> str:
    """Return the country code in a record, flat or as GeoIP2 and DB-IP nest it."""
    if not isinstance(found, dict):
        return ""
    for name in ("country_code", "country", "registered_country", "represented_country"):
        value: Any = found.get(name)
        if isinstance(value, dict):
            value = value.get("iso_code")
        if isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha():
            code = value.upper()
            if code != "ZZ":
                return code
    return ""


def _system(found: object) -> tuple[int, str]:
    """Return number and name of the autonomous system in a record of any of the known shapes."""
    if not isinstance(found, dict):
        return 0, ""
    number, name = 0, ""
    for key in ("autonomous_system_number", "asn", "as_number"):
        value: Any = found.get(key)
        if isinstance(value, str):
            digits = value.upper().removeprefix("AS")
            value = int(digits) if digits.isdecimal() and len(digits) <= 10 else None
        if isinstance(value, int) and 0 < value < 1 << 32:
            number = value
            break
    for key in ("autonomous_system_organization", "as_name", "as_organization", "name", "isp"):
        value = found.get(key)
        if isinstance(value, str) and value:
            name = value
            break
    return number, name


def country_names() -> dict[str, str]:
    """Return the English names of countries by their ISO 3166 codes."""
    with data_path("countries.toml").open("rb") as file:
        return tomllib.load(file)
