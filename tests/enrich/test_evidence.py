"""Evidence points into the message, for every label and whatever the message is."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from siptui.enrich.evidence import explain
from siptui.enrich.labels import Labels
from siptui.enrich.numbers import Numbers
from siptui.record import Record
from tests.enrich.made import digest, record, request


def told(made: Record, *before: Record) -> dict[str, tuple[str, list[bytes]]]:
    Numbers().enrich([*before, made])
    engine = Labels()
    engine.enrich([*before, made])
    return {
        each.label: (each.text, [made.data[start:stop] for start, stop in each.places])
        for each in explain(made, engine.book)
    }


def test_the_words_and_bytes_of_the_first_seed(shared: Path) -> None:
    data = (shared / "seed-options.bin").read_bytes()
    found = told(record(data, src="185.22.152.37", sport=61594, dst="18.191.0.181"))
    text, places = found["contact-is-source"]
    assert "same port" in text
    assert places == [b"185.22.152.37"]
    assert found["capability-scan"][1] == [b"OPTIONS"]


def test_a_number_with_its_prefix() -> None:
    text, places = told(record(request("INVITE", "900442079460123")))["toll-fraud"]
    assert "442079460123 (GB) behind the prefix 900" in text
    assert places == [b"900442079460123"]


def test_a_relay_probe_names_both_hosts() -> None:
    text, places = told(record(request(host="10.1.2.3")))["relay-probe"]
    assert "198.51.100.1" in text
    assert "10.1.2.3" in text
    assert places == [b"10.1.2.3"]


def test_the_points_of_a_forged_source_are_counted() -> None:
    via = "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"
    text, places = told(record(request(Via=via), sport=53))["spoof-suspect"]
    assert "192.0.2.1, not 203.0.113.5 (2)" in text
    assert "no rport (1)" in text
    assert "port 53 (2)" in text
    assert b"192.0.2.1" in places


def test_credentials_are_shown_where_they_stand() -> None:
    guesses = [record(request("REGISTER", more=(digest(response=str(n)),)), at=n) for n in range(3)]
    _, places = told(guesses[-1], *guesses[:-1])["password-guessing"]
    assert places[0].startswith(b"Digest username")


def test_a_record_from_the_store_can_be_explained() -> None:
    made = record(request("INVITE", "900442079460123", host="10.0.0.1"))
    before = told(made)
    made.names = made.values = ()
    engine = Labels()
    after = {each.label: each.text for each in explain(made, engine.book)}
    assert after == {name: text for name, (text, _) in before.items()}


START = st.sampled_from(
    (b"", request(), request("INVITE", "900442079460123"), b"SIP/2.0 401 x\r\nVia: ", b"OPTIONS ")
)


@given(START, st.binary(max_size=200), st.integers(0, 400), st.sampled_from(("udp", "tcp", "hep")))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_labelled_and_explained(
    start: bytes, noise: bytes, at: int, transport: str
) -> None:
    data = start[:at] + noise + start[at:]
    made = record(data, transport=transport)
    engine = Labels(own=["192.0.2.1"])
    Numbers().enrich([made])
    engine.enrich([made, made])
    for each in explain(made, engine.book):
        for first, last in each.places:
            assert 0 <= first < last <= len(data)
