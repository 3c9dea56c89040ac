"""What a message means after others of its source: scans, enumerations, guesses, floods."""

from __future__ import annotations

from pathlib import Path

from siptui.enrich.labels import Labels
from siptui.enrich.tools import Tools
from tests.enrich.labelled import label, labels
from tests.enrich.made import digest, record, request


def test_a_capability_scan_is_the_first_three_options() -> None:
    found = labels(*(record(request(), at=n) for n in range(5)))
    assert ["capability-scan" in each for each in found] == [True] * 3 + [False] * 2


def test_a_capability_scan_in_a_capture_whose_clock_began_at_nothing() -> None:
    began = [record(request(), at=n) for n in range(5)]
    for each in began:
        each.time -= began[0].time
    Labels().enrich(began[1:])
    assert ["capability-scan" in each.labels for each in began[1:]] == [True] * 3 + [False]


def test_options_after_a_call_are_no_capability_scan() -> None:
    call, ping = record(request("INVITE"), at=0), record(request(), at=30)
    assert "capability-scan" not in labels(call, ping)[1]


def test_enumeration_needs_four_users_within_a_minute() -> None:
    quick = labels(*(record(request("REGISTER", str(100 + n)), at=n) for n in range(6)))
    assert ["enumeration" in each for each in quick] == [False] * 3 + [True] * 3
    slow = labels(*(record(request("REGISTER", str(100 + n)), at=30 * n) for n in range(6)))
    assert not any("enumeration" in each for each in slow)


def test_enumeration_goes_on_for_as_long_as_the_scan_and_ends_with_it() -> None:
    scan = [record(request("REGISTER", str(n)), at=n * 0.5) for n in range(400)]
    after = record(request("REGISTER", "1"), at=1000)
    found = labels(*scan, after)
    assert all("enumeration" in each for each in found[3:-1])
    assert "enumeration" not in found[-1]


def test_phones_behind_one_address_answer_their_challenges() -> None:
    records = []
    for n in range(12):
        user = str(100 + n)
        records.append(record(request("REGISTER", user), at=n * 0.3))
        records.append(
            record(request("REGISTER", user, more=(digest(user, f"n{n}"),)), at=n * 0.3 + 0.1)
        )
    assert not any("enumeration" in each for each in labels(*records))


def test_neighbours_with_one_tool_enumerate_together() -> None:
    alike = [
        record(request("REGISTER", str(n)), src=f"203.0.113.{n}", at=n, tool="sippts/exten")
        for n in range(1, 7)
    ]
    assert "enumeration" in labels(*alike)[-1]
    for each in alike:
        each.tool = ""
    assert "enumeration" not in labels(*alike)[-1]


def test_neighbours_whose_messages_have_one_shape_enumerate_together() -> None:
    def near(*messages: bytes) -> bool:
        records = [record(data, src=f"203.0.113.{n}", at=n) for n, data in enumerate(messages, 1)]
        Tools().enrich(records)
        assert not any(each.tool for each in records)
        return "enumeration" in labels(*records)[-1]

    assert near(*(request("REGISTER", str(n)) for n in range(5)))
    assert not near(*(request("REGISTER", str(n), more=("X: 1",) * n) for n in range(5)))
    assert not near(*(request("REGISTER", "100") for n in range(5)))


def test_phones_of_one_model_in_one_network_answer_their_challenges() -> None:
    records = []
    for n in range(1, 9):
        user = str(100 + n)
        plain = request("REGISTER", user)
        answer = request("REGISTER", user, more=(digest(user, f"n{n}"),))
        records += [record(data, src=f"203.0.113.{n}", at=n) for data in (plain, answer)]
    Tools().enrich(records)
    assert not any("enumeration" in each for each in labels(*records))


def in_order(*users: str, step: float = 1) -> list[bool]:
    found = labels(*(record(request("REGISTER", u), at=n * step) for n, u in enumerate(users)))
    assert all("enumeration" in each for each in found if "enumeration-in-order" in each)
    return ["enumeration-in-order" in each for each in found]


def test_a_list_of_numbers_is_worked_through() -> None:
    assert in_order(*map(str, range(100, 110))) == [False] * 6 + [True] * 4
    assert in_order(*map(str, range(100, 110)), "alice")[-1]
    assert not any(in_order(*map(str, range(100, 1100, 100))))
    assert not any(in_order(*map(str, range(100, 110)), step=30))
    assert not any(in_order("alice", "bob", "carol", "dave", "eve", "x1", "x2", "x3", "x4"))


def test_svwar_asks_for_a_random_user_before_small_ones() -> None:
    assert in_order("3206210844", "1000", "1100", "1200", "1300")[3:] == [True] * 2
    assert not any(in_order("1000", "1100", "1200", "1300", "1400"))
    assert not any(in_order(*(f"030123456{n}" for n in (1, 5, 3, 7, 2, 9))))


def test_three_responses_on_one_nonce_are_guesses() -> None:
    found = labels(
        *(record(request("REGISTER", more=(digest(response=str(n)),)), at=n) for n in range(4))
    )
    assert ["password-guessing" in each for each in found] == [False, False, True, True]


def test_five_responses_within_a_minute_are_guesses_on_any_nonce() -> None:
    def guesses(step: float) -> list[set[str]]:
        return labels(
            *(
                record(request("REGISTER", more=(digest("1", f"n{n}", str(n)),)), at=n * step)
                for n in range(6)
            )
        )

    assert "password-guessing" in guesses(1)[4]
    assert not any("password-guessing" in each for each in guesses(30))


def test_a_phone_that_uses_its_nonce_again_guesses_nothing() -> None:
    found = labels(
        *(
            record(
                request("REGISTER", more=(digest(response=str(n), count=f"{n + 1:08x}"),)),
                at=n * 60,
            )
            for n in range(8)
        )
    )
    assert not any(each & {"password-guessing", "credential-spray"} for each in found)


def test_svcrack_shows_its_password(shared: Path) -> None:
    data = (shared / "tool-payloads" / "svcrack038-REGISTER-2.bin").read_bytes()
    assert "password-guessing" in label(data, tag_user="100", tag_password="100")


def test_one_password_for_many_is_a_spray() -> None:
    found = labels(
        *(
            record(request("REGISTER", f"u{n}", more=(digest(f"u{n}", f"n{n}", str(n)),)), at=n)
            for n in range(5)
        )
    )
    assert ["credential-spray" in each for each in found] == [False] * 3 + [True] * 2


def test_one_number_behind_many_prefixes_is_no_enumeration() -> None:
    calls = [record(request("INVITE", f"{p}442079460123"), at=p) for p in range(9, 18)]
    assert not any("enumeration" in each for each in labels(*calls))


def test_a_method_sweep_is_six_methods_at_once() -> None:
    methods = ["OPTIONS", "REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE", "PUBLISH", "NOTIFY"]
    quick = labels(*(record(request(each), at=n * 0.02) for n, each in enumerate(methods)))
    assert ["method-sweep" in each for each in quick] == [False] * 5 + [True] * 2
    slow = labels(*(record(request(each), at=n * 2) for n, each in enumerate(methods)))
    assert not any("method-sweep" in each for each in slow)


def test_a_flood_repeats_itself_and_a_fast_scan_is_none() -> None:
    same = [record(request("REGISTER"), at=n / 100) for n in range(1300)]
    found = labels(*same)
    assert "flood" in found[-1]
    assert "flood" not in found[500]
    scan = [record(request("REGISTER", str(n)), at=n / 100) for n in range(1300)]
    assert not any("flood" in each for each in labels(*scan))


def test_a_surge_over_the_hour_makes_a_flood_of_what_repeats() -> None:
    engine = Labels()
    for minute in range(15):
        engine.enrich([record(request(), src=f"192.0.2.{minute}", at=minute * 60)])
    for n in range(40):
        burst = [record(request("REGISTER"), at=900 + n + k / 100) for k in range(90)]
        engine.enrich(burst)
    assert "flood" in burst[-1].labels


def test_a_probe_for_amplification() -> None:
    assert "amplification-probe" in label(b"OPTIONS")
    blind = request(Via="SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx")
    found = labels(*(record(blind, src=f"203.0.113.{n}", at=n) for n in range(1, 6)))
    assert ["amplification-probe" in each for each in found] == [False] * 2 + [True] * 3
