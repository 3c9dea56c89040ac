"""Who sends: one row a sender, its totals, and what is let go when there are too many."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from siptui import batch
from siptui.record import Frame, Record
from siptui.store.senders import LIMITS, ROOM, Senders

START = 1_700_000_040_000_000_000
SECOND = 1_000_000_000


def made(at: float = 0.0, data: bytes = b"OPTIONS sip:a SIP/2.0\r\n\r\n", **more: object) -> Record:
    time = START + round(at * SECOND)
    frame = Frame(time, data, 101, len(data), "test")
    record = Record(
        time, "203.0.113.5", 5060, "198.51.100.1", 5060, "udp", "sip", data, (frame,), 0,
        method="OPTIONS",
    )  # fmt: skip
    for name, value in more.items():
        setattr(record, name, value)
    return record


def fed(records: Iterable[Record], size: int = 7, **options: dict[str, int]) -> Senders:
    senders = Senders(**options)
    held = list(records)
    for start in range(0, len(held), size):
        senders.add(batch.unpack(batch.pack(held[start : start + size])))
    return senders


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_row_adds_up_however_it_was_cut_into_batches(size: int) -> None:
    senders = fed(
        (
            made(
                n * 0.1,
                method="REGISTER" if n % 2 else "OPTIONS",
                user=str(n),
                tool="sipvicious/svwar",
                labels=("enumeration", "private-address") if n > 3 else ("capability-scan",),
                ua=f"agent {n % 3}",
            )
            for n in range(50)
        ),
        size,
    )
    row = senders.get("src", "203.0.113.5")
    assert row is not None
    assert row.messages == 50
    assert row.bytes == 50 * 25
    assert (row.first, row.last) == (START, START + 4_900_000_000)
    assert set(row.methods) == {"OPTIONS", "REGISTER"}
    assert row.tools == ("sipvicious/svwar",)
    assert set(row.labels) == {"enumeration", "private-address", "capability-scan"}
    assert row.count("user") == (50, False)
    assert row.count("ua") == (3, False)
    assert row.peak == 10
    assert senders.messages == 50


@pytest.mark.parametrize("size", [1, 100])
def test_values_are_in_order_of_appearance(size: int) -> None:
    rows = (("v", "z"), ("w", "a"), ("v", "m"), ("v", "a"), ("w", "b"), ("v", "z"))
    senders = fed(
        (made(n, src=f"203.0.113.{src}", ua=ua) for n, (src, ua) in enumerate(rows)), size
    )
    assert [row.get("ua") for row in senders.rows(sort="key")] == [("a", "b"), ("z", "m", "a")]
    assert senders.rows("network")[0].get("ua") == ("z", "a", "m", "b")


def test_every_grouping_has_its_rows() -> None:
    senders = fed(
        made(
            n, src=f"203.0.{n % 2}.{n}", country="SE", asn=64500, as_name="Example",
            tool="x/y", shape=f"s{n % 3}", ua="u", number="46701740635",
            number_country="SE", number_prefix=("", "00")[n % 2],
        )
        for n in range(12)
    )  # fmt: skip
    assert len(senders.rows("src")) == 12
    assert {row.key for row in senders.rows("network")} == {"203.0.0.0/24", "203.0.1.0/24"}
    system = senders.rows("as")[0]
    assert system.key == (64500, "Example")
    assert system.count("source") == (12, False)
    assert senders.rows("country")[0].messages == 12
    assert [row.messages for row in senders.rows("shape")] == [4, 4, 4]
    number = senders.rows("number")[0]
    assert number.key == "46701740635"
    assert number.messages == 12
    assert number.get("prefix") == ("00",)
    assert senders.rows("dials")[0].country == "SE"
    assert set(LIMITS) == set(senders.let_go)


def test_ipv6_networks_are_48_bits() -> None:
    senders = fed([made(src="2001:db8:1::1"), made(1, src="2001:db8:1:2::9")])
    assert [row.key for row in senders.rows("network")] == ["2001:db8:1::/48"]


def test_users_above_a_thousand_are_more_than_that() -> None:
    senders = fed((made(n / 100, user=str(n)) for n in range(1500)), 300)
    assert senders.rows()[0].count("user") == (1000, True)
    assert senders.rows("network")[0].count("user") == (1000, True)


def test_users_of_several_sources_are_told_apart() -> None:
    senders = fed(
        (made(n / 100, src=f"203.0.113.{n % 2}", user=str(n % 20)) for n in range(100)), 100
    )
    assert [row.count("user") for row in senders.rows()] == [(10, False)] * 2
    assert senders.rows("network")[0].count("user") == (20, False)


def test_passwords_are_listed_up_to_a_limit() -> None:
    senders = fed(made(n / 100, tag_user="100", tag_password=str(n)) for n in range(150))
    row = senders.rows()[0]
    assert row.passwords[:2] == ("100:0", "100:1")
    assert row.count("password") == (100, True)


def test_rows_are_sorted_and_filtered() -> None:
    senders = fed(
        made(n + k / 10, src=f"203.0.113.{n}", user=str(k % n), data=b"x" * (20 - n))
        for n in range(1, 6)
        for k in range(n)
    )
    by_messages = [row.messages for row in senders.rows()]
    assert by_messages == [5, 4, 3, 2, 1]
    assert senders.rows(sort="key", descending=False)[0].key == "203.0.113.1"
    assert senders.rows(sort="first")[0].key == "203.0.113.5"
    assert senders.rows(sort="user")[0].key == "203.0.113.5"
    assert len(senders.rows(filter=lambda row: row.messages > 3)) == 2
    assert len(senders.rows(limit=2)) == 2
    for sort in ("last", "bytes", "rate", "peak", "country", "as", "method", "source"):
        assert len(senders.rows(sort=sort)) == 5


def test_addresses_sort_by_number() -> None:
    senders = fed(made(src=f"203.0.113.{n}") for n in (100, 9, 20))
    keys = [row.key for row in senders.rows(sort="key", descending=False)]
    assert keys == ["203.0.113.9", "203.0.113.20", "203.0.113.100"]


def test_the_rate_is_that_of_the_last_minute() -> None:
    senders = fed((made(n / 10) for n in range(600)), 100)
    row = senders.rows()[0]
    assert 9 < row.rate(START + 60 * SECOND) < 11
    assert row.rate(START + 600 * SECOND) == 0


def test_the_peak_is_found_where_a_batch_is_longer_than_a_second() -> None:
    times = [0.1, 5.0, *(9 + n / 100 for n in range(30)), 20.0, 31.0]
    assert fed((made(at) for at in times), 100).rows()[0].peak == 30


def test_too_many_senders_let_the_small_and_old_ones_go() -> None:
    busy = [made(n / 1000, src="192.0.2.1") for n in range(50)]
    many = [made(1 + n, src=f"10.{n >> 8}.{n & 255}.1") for n in range(500)]
    senders = fed([*busy, *many], 20, limits={"src": 100})
    assert len(senders.rows()) <= 100
    assert senders.get("src", "192.0.2.1") is not None
    assert senders.let_go["src"] >= 400
    held = sum(row.messages for row in senders.rows())
    assert held + senders.tables["src"].messages_let_go == senders.messages == 550


def test_what_it_does_after_our_answer() -> None:
    records = []
    for n in range(4):
        records.append(made(n, method="REGISTER", data=b"R%d" % n))
        answer = made(n + 0.01, src="198.51.100.1", dst="203.0.113.5", method="", data=b"a")
        answer.status, answer.ours = 401, True
        records.append(answer)
    row = fed(records, 3).rows()[0]
    assert row.key == "203.0.113.5"
    assert row.answers is not None
    answer = row.answers.by_status[401]
    assert answer.count == 4
    assert answer.actions == {"REGISTER": 3}
    assert row.reaction == "401 4 times: REGISTER 3 after 0.99 s"


def test_our_own_answers_are_no_sender() -> None:
    assert fed([made(src="198.51.100.1", ours=True, status=200)]).rows() == []


def test_a_full_stack_repeats_itself_by_the_timers_of_the_rfc() -> None:
    stack = fed(made(at) for at in (0, 0.5, 1.5, 3.5, 7.5))
    assert stack.rows()[0].retransmission == "0.5-1-2-4"


def test_a_scanner_does_not_repeat_itself() -> None:
    scanner = fed(made(n, data=b"OPTIONS %d" % n) for n in range(5))
    assert scanner.rows()[0].retransmission == "none"


def test_a_bot_repeats_at_its_own_interval() -> None:
    bot = fed(made(n + k * 0.28, data=b"INVITE %d" % n) for n in range(4) for k in range(2))
    assert bot.rows()[0].retransmission == "repeats 0.28 s"


def test_one_message_tells_nothing_about_repetition() -> None:
    assert fed([made()]).rows()[0].retransmission == ""


def test_what_is_no_sip_has_a_sender_too() -> None:
    senders = fed([made(kind="keep-alive", method="", data=b"\r\n"), made(1, kind="", data=b"")])
    assert senders.rows()[0].messages == 2
    assert senders.rows()[0].get("kind") == ("keep-alive",)


def test_texts_are_cut_and_users_of_all_senders_are_bounded() -> None:
    senders = fed([made(ua="u" * 60_000)])
    assert len(str(senders.rows("ua")[0].key)) <= 200
    assert len(senders.rows()[0].get("ua")[0]) <= 200
    full = Senders()
    full._room.left = 0
    for part in range(3):
        rows = [made(part + n / 100, user=f"{part} {n}") for n in range(20)]
        full.add(batch.unpack(batch.pack(rows)))
    assert full.rows()[0].count("user") == (20, True)


def test_room_comes_back_when_senders_go() -> None:
    many = (made(n, src=f"10.{n >> 8}.{n & 255}.1", user="1") for n in range(600))
    senders = fed(many, 20, limits=dict.fromkeys(LIMITS, 50))
    held = sum(row.room for table in senders.tables for row in senders.rows(table))
    assert senders._room.left == ROOM - held
