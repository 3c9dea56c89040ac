"""The evidence points to the bytes it rests on."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from siptui.enrich.explain import Explanation, explain
from tests.enrich import scanners
from tests.enrich.honest import phones
from tests.enrich.made import record


def explained(data: bytes) -> Explanation:
    return explain(data, record(data))


def test_the_first_request_is_explained(shared: Path) -> None:
    data = (shared / "seed-options.bin").read_bytes()
    found = explained(data)
    assert (found.tool, found.versions) == ("sipvicious/svmap", "0.2")
    assert found.confidence > 90
    assert "Python 2" in found.evidence
    assert found.carries is not None
    assert found.carries.target == "18.191.0.181:5060"
    assert found.tag is not None
    assert data[found.tag.start :].startswith(b"31326266303062353133633401")
    assert "sipvicious" in found.lie
    shown = {each.says: data[each.start : each.stop] for each in found.traits}
    assert b"z9hG4bK-1581053078" in shown.values()
    assert b"566786674785161288795175" in shown.values()
    assert any(value.startswith(b"Via: ") for value in shown.values())


def test_what_nobody_verified_says_so() -> None:
    assert "public captures only" in explained(scanners.SUNDAYDDR).evidence
    assert "only" not in explained(scanners.metasploit(random.Random(1))).evidence


def test_a_lie_is_explained() -> None:
    data = phones()["Zoiper"].replace(b"Zoiper rv2.10.11.7", b"Asterisk PBX 13.1")
    found = explained(data)
    assert found.tool == ""
    assert "Asterisk" in found.lie
    assert len(found.contradictions) >= 2
    assert all("Asterisk writes" in each.says for each in found.contradictions)


def test_weak_evidence_says_so() -> None:
    found = explained(phones()["baresip"].replace(b"baresip v1.0.0", b"sipcli/v1.8"))
    assert found.tool == "sipcli?"
    assert found.confidence < 50
    assert "weak" in found.evidence


def test_constant_bytes_are_explained(shared: Path) -> None:
    data = (shared / "tool-payloads" / "nmap793-sUV-all-SNQUERY-1.bin").read_bytes()
    found = explain(data, record(data, kind="text"))
    assert found.tool == "nmap/version-scan"
    assert (found.traits[0].start, found.traits[0].stop) == (0, len(data))
    assert explained(b"OPTIONS").tool == "zmap/sip_5060"


def test_an_honest_message_needs_none() -> None:
    for data in phones().values():
        assert explained(data) == Explanation()


@given(st.binary(max_size=200))
def test_any_bytes_are_explained(data: bytes) -> None:
    explain(data, record(data, kind="sip"))
    explain(b"REGISTER sip:a SIP/2.0\r\n" + data, record(data, kind="sip"))
