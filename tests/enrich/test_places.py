"""Where addresses are, by databases of several shapes, and none."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from siptui.enrich.places import Place, Places, country_names, data_path
from siptui.errors import SiptuiError
from tests.enrich.made import record


def database(path: Path, entries: dict[str, dict[str, Any]], **options: Any) -> Path:
    writer = MMDBWriter(**({"ip_version": 6, "ipv4_compatible": True} | options))
    for network, value in entries.items():
        writer.insert_network(IPSet([network]), value)
    writer.to_db_file(str(path))
    return path


def places(geo: Path | None = None, asn: Path | None = None, *standard: Path) -> Places:
    return Places.open(geo, asn, standard=standard)


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("10.1.2.3", "private"), ("172.31.255.255", "private"), ("172.32.0.0", "US"),
        ("192.168.0.1", "private"), ("100.64.0.1", "shared"), ("127.0.0.1", "loopback"),
        ("169.254.1.1", "link-local"), ("192.0.2.1", "documentation"), ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "reserved"), ("224.0.0.1", "multicast"), ("240.0.0.1", "reserved"),
        ("255.255.255.255", "broadcast"), ("198.18.0.1", "benchmark"), ("::", "unspecified"),
        ("::1", "loopback"), ("fe80::1", "link-local"), ("fe80::1%eth0", "link-local"),
        ("fd00::1", "private"), ("ff02::1", "multicast"), ("2001:db8::1", "documentation"),
        ("::ffff:10.0.0.1", "private"), ("::ffff:185.22.152.37", "RU"),
        ("64:ff9b::185.22.152.37", "RU"), ("185.22.152.37", "RU"), ("", ""), ("not one", ""),
    ],
)  # fmt: skip
def test_says_what_special_addresses_are(address: str, word: str) -> None:
    assert places().place(address).country == word


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"country_code": "RU"}, "RU"),
        ({"country": {"iso_code": "DE", "names": {"en": "Germany"}}}, "DE"),
        ({"registered_country": {"iso_code": "FR"}}, "FR"),
        ({"country": "us"}, "US"),
        ({"country_code": "ZZ"}, ""),
        ({"country_code": ""}, ""),
        ({"country": {"names": {"en": "Nowhere"}}}, ""),
        ({}, ""),
    ],
)
def test_reads_every_shape_of_country(tmp_path: Path, value: dict[str, Any], code: str) -> None:
    found = places(database(tmp_path / "c.mmdb", {"8.0.0.0/8": value}))
    assert found.place("8.8.8.8").country == code
    assert found.place("9.9.9.9").country == ""


@pytest.mark.parametrize(
    ("value", "number", "name"),
    [
        ({"autonomous_system_number": 64500, "autonomous_system_organization": "X"}, 64500, "X"),
        ({"asn": "AS64500", "as_name": "X"}, 64500, "X"),
        ({"as_number": 64500, "as_organization": "X"}, 64500, "X"),
        ({"asn": "what"}, 0, ""),
        ({}, 0, ""),
    ],
)
def test_reads_every_shape_of_network(
    tmp_path: Path, value: dict[str, Any], number: int, name: str
) -> None:
    found = places(None, database(tmp_path / "a.mmdb", {"8.0.0.0/8": value}))
    assert found.place("8.8.8.8") == Place("US", number, name)


def test_a_given_database_may_place_documentation_addresses(tmp_path: Path) -> None:
    entries = {"203.0.113.0/25": {"country_code": "SE"}, "10.0.0.0/8": {"country_code": "SE"}}
    geo = database(tmp_path / "c.mmdb", entries)
    asn = database(tmp_path / "a.mmdb", {"203.0.113.0/24": {"asn": 64500}})
    found = places(geo, asn)
    assert found.place("203.0.113.9") == Place("SE", 64500, "")
    assert found.place("203.0.113.200").country == "documentation"
    assert found.place("10.0.0.1").country == "private"
    assert places().place("203.0.113.9").country == "documentation"


def test_takes_the_first_of_the_standard_places(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    (one / "GeoLite2-City.mmdb").write_bytes(b"damaged")
    database(one / "dbip-country-lite-2026-01.mmdb", {"8.0.0.0/8": {"country_code": "AA"}})
    database(one / "dbip-country-lite-2026-02.mmdb", {"8.0.0.0/8": {"country_code": "BB"}})
    database(two / "GeoLite2-Country.mmdb", {"8.0.0.0/8": {"country_code": "CC"}})
    database(two / "GeoLite2-ASN.mmdb", {"8.0.0.0/8": {"asn": 64501}})
    found = places(None, None, one, two)
    assert found.place("8.8.8.8") == Place("BB", 64501, "")
    (one / "GeoLite2-Country.mmdb").write_bytes(b"damaged")
    found = places(None, None, one, two)
    assert found.place("8.8.8.8").country == "BB"
    assert len(found.notices) == 1


@pytest.mark.parametrize("content", [b"", b"no database", bytes(5000)])
def test_a_damaged_database_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.mmdb"
    path.write_bytes(content)
    for geo, asn in ((path, None), (None, path)):
        with pytest.raises(SiptuiError, match=r"bad\.mmdb") as caught:
            places(geo, asn)
        assert "\n" not in str(caught.value)


def test_a_missing_database_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SiptuiError, match="No such file"):
        places(tmp_path / "none.mmdb")
    with pytest.raises(SiptuiError, match="directory"):
        places(tmp_path)


def test_damage_that_shows_at_look_up_is_counted(tmp_path: Path) -> None:
    good = data_path("places", "country.mmdb").read_bytes()
    rng = random.Random(4)
    path = tmp_path / "bad.mmdb"
    data = bytearray(good[:200_000] + good[-2000:])
    for _ in range(5000):
        data[rng.randrange(200_000)] = rng.randrange(256)
    path.write_bytes(data)
    try:
        found = places(path)
    except SiptuiError:
        return
    for _ in range(2000):
        found.place(".".join(str(rng.randrange(1, 224)) for _ in range(4)))
    assert found.damaged > 0


def test_ipv6_is_unknown_to_a_database_of_ipv4(tmp_path: Path) -> None:
    entries = {"8.0.0.0/8": {"country_code": "US"}}
    path = database(tmp_path / "4.mmdb", entries, ip_version=4, ipv4_compatible=False)
    found = places(path)
    assert found.place("2a00:1450::1") == Place("")
    assert found.place("::ffff:8.8.8.8").country == "US"
    assert found.damaged == 0


def test_fills_records_and_remembers_within_bounds() -> None:
    found = places()
    records = [record(b"", kind="empty", src=f"8.{n % 7}.{n % 256}.1") for n in range(3000)]
    found.enrich(records)
    assert {each.country for each in records} == {"US"}
    for number in range(60_000):
        found.place(f"11.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(found._young) + len(found._old) <= 40_000


def test_without_databases_only_special_addresses_are_known() -> None:
    assert Places.none().place("8.8.8.8") == Place("")
    assert Places.none().place("10.0.0.1") == Place("private")


def test_countries_have_names() -> None:
    names = country_names()
    assert names["RU"] == "Russia"
    assert names["GB"] == "United Kingdom"
