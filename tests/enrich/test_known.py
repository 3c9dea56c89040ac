"""What is left when known tools and routine scans are hidden."""

from __future__ import annotations

from siptui.enrich.labels import Labels
from siptui.enrich.numbers import Numbers
from siptui.record import Record
from tests.enrich.made import digest, record, request

MANY = 10_000


def scanners() -> list[Record]:
    made = []
    for n in range(MANY):
        source = f"198.18.{n % 7}.{n % 40}"
        at = n * 0.01
        if n % 7 == 0:
            made.append(record(request(), src=source, at=at, tool="sipvicious/svmap", shape="a"))
        elif n % 7 < 5:
            data = request("REGISTER", str(100 + n % 900))
            made.append(record(data, src=source, at=at, tool="sipvicious/svwar", shape="b"))
        elif n % 7 == 5:
            made.append(record(request(), src=source, at=at, tool="nmap/version", shape="c"))
        else:
            made.append(record(b"\r\n\r\n" if n % 2 else b"help\r\n", src=source, at=at))
    return made


def others() -> list[Record]:
    made = [
        record(request("INVITE", f"90044207946012{n}"), tool="x/y", shape="t") for n in range(4)
    ]
    made += [
        record(request("REGISTER", more=(digest(response=str(n)),)), tool="x/y", shape="t")
        for n in range(4)
    ]
    made += [record(request(User_Agent=f"${{jndi:{n}}}"), tool="x/y", shape="t") for n in range(4)]
    made += [record(request(), shape=f"rare-{n}") for n in range(4)]
    made += [record(request(), tool="x/y", shape="t", ua_lies=True) for _ in range(4)]
    for n, each in enumerate(made):
        each.src = f"192.0.2.{n}"
        each.time += n * 1_000_000_000
    return made


def test_twenty_of_ten_thousand_are_left() -> None:
    mix = sorted([*scanners(), *others()], key=lambda each: each.time)
    numbers, labels = Numbers(), Labels()
    for start in range(0, len(mix), 500):
        numbers.enrich(mix[start : start + 500])
        labels.enrich(mix[start : start + 500])
    left = [each for each in mix if not each.known]
    assert len(left) == 20
    assert all(each.src.startswith("192.0.2.") for each in left)


def known(*records: Record) -> list[bool]:
    Labels().enrich(records)
    return [each.known for each in records]


def test_a_source_stays_in_sight_once_it_showed_something() -> None:
    scan = record(request(), tool="x/y", shape="t")
    guess = record(request("REGISTER", more=(digest(),)), at=1, tool="x/y", shape="t")
    again = record(request(), at=2, tool="x/y", shape="t")
    assert known(scan, guess, again) == [True, False, False]


def test_options_of_a_shape_that_many_send_become_routine() -> None:
    alike = [record(request(), src=f"192.0.2.{n}", at=n, shape="same") for n in range(12)]
    found = known(*alike)
    assert found[:9] == [False] * 9
    assert found[-1] is True


def test_what_nobody_knows_is_left() -> None:
    assert known(record(request("REGISTER"), shape="x")) == [False]
    assert known(record(request("INVITE", "100"), shape="x")) == [False]
    assert known(record(b"\0\1\2")) == [True]


def test_our_answers_go_with_whom_they_answer() -> None:
    answer = (
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 203.0.113.5;branch=1\r\nFrom: <sip:a@x>\r\n"
        b"To: <sip:b@x>;tag=1\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
    )
    scan = record(request(), tool="x/y", shape="t")
    ours = record(answer, src=scan.dst, dst=scan.src, at=1, ours=True)
    assert known(scan, ours) == [True, True]
