"""All stages together, in their order."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from siptui.enrich import Enricher
from siptui.enrich.places import Places, data_path
from siptui.errors import SiptuiError
from tests.enrich import scanners
from tests.enrich.honest import phones
from tests.enrich.made import record


def test_a_scan_is_placed_named_shaped_labelled_and_known() -> None:
    enricher = Enricher(Places.open(data_path("demo-country.mmdb"), data_path("demo-asn.mmdb")))
    one = record(scanners.svmap(random.Random(1)), src="203.0.113.5")
    enricher.enrich([one])
    assert (one.country, one.asn) == ("DE", 64510)
    assert one.tool == "sipvicious/svmap"
    assert one.tag_target == "198.51.100.7:5060"
    assert one.shape.startswith("uOPT09cn_")
    assert "capability-scan" in one.labels
    assert one.known
    enricher.close()


def test_a_bots_number_is_found_behind_its_prefix() -> None:
    one = record(scanners.bot_16264(random.Random(1)))
    Enricher().enrich([one])
    assert (one.tool, one.number, one.number_country) == ("bot-16264", "46850780296", "SE")
    assert "toll-fraud" in one.labels
    assert not one.known


def test_what_is_left_is_what_no_tool_wrote() -> None:
    rng = random.Random(2)
    enricher = Enricher()
    scans = [record(scanners.svmap(rng), src=f"203.0.113.{n % 200}") for n in range(1000)]
    others = [record(data, src=f"192.0.2.{n}") for n, data in enumerate(phones().values())]
    enricher.enrich(scans + others)
    left = [each for each in scans + others if not each.known]
    assert {each.src for each in left} <= {each.src for each in others}
    assert any(each.method == "INVITE" for each in left)


def test_a_wrong_signature_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "signatures.toml").write_text("[[signature]]\nname = 1\n")
    with pytest.raises(SiptuiError, match=r"signatures\.toml, line 2"):
        Enricher(signatures=tmp_path)
