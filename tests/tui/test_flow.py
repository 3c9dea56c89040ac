"""The flow of a call: who sent what to whom, in which order, and what of it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siptui import text
from siptui.record import Record
from siptui.tui.ladder import NEAREST, Uprights, ladder
from siptui.tui.paint import Signs
from siptui.tui.screens.flow import FlowScreen, term
from tests.tui.monitoring import feed, record, running, screen, traffic

PHONE, PROXY, GATEWAY = "198.51.100.20", "203.0.113.80", "2001:db8::17"
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 198.51.100.20\r\ns=-\r\nc=IN IP4 198.51.100.20\r\nt=0 0\r\n"
    b"m=audio 4000 RTP/AVP 0\r\n"
)


def message(number: int, src: str, dst: str, *, sdp: bool = False, **more: Any) -> Record:
    """Return a message of the call, a quarter of a second after the one with the number before."""
    made = record(number, src=src, call_id="the-call", **more)
    data = made.data + SDP if sdp else made.data
    return replace(made, dst=dst, dport=5060, data=data)


def call() -> list[Record]:
    return [
        message(0, PHONE, PROXY, method="INVITE", sdp=True),
        message(1, PROXY, PHONE, method="INVITE", status=100),
        message(2, PROXY, GATEWAY, method="INVITE"),
        message(3, GATEWAY, PROXY, method="INVITE", status=200),
        message(4, PROXY, PHONE, method="INVITE", status=200),
        message(5, PHONE, PROXY, method="ACK"),
    ]


def drawn(records: list[Record], width: int = 100, first: int = 0) -> list[str]:
    found = ladder(records)
    uprights = Uprights(found.hosts, first, width)
    return [
        uprights.heads(),
        *("".join(words for words, _ in uprights.rung(each, Signs())) for each in found.rungs),
    ]


def test_hosts_stand_in_order_of_appearance_and_arrows_run_between_them() -> None:
    head, invite, trying, onward, *_ = drawn(call())
    assert head.split() == ["198.51.100.20:5060", "203.0.113.80:5060", "[2001:db8::17]:5060"]
    assert invite.count("│") == 3
    assert invite.index("▶") == invite.rindex("│", 0, invite.rindex("│")) - 1
    assert "│─ INVITE SDP audio 198.51.100.20:4" in invite
    assert trying.index("◀") == trying.index("│") + 1
    assert "100 OK" in trying
    assert onward.index("INVITE") > onward.index("│", onward.index("│") + 1)


def test_an_arrow_runs_over_the_hosts_between() -> None:
    records = [*call(), message(6, GATEWAY, PHONE, method="BYE")]
    assert drawn(records)[-1].count("│") == 2


def test_what_is_sent_again_is_named_so() -> None:
    first = message(0, PHONE, PROXY, method="INVITE")
    later = replace(first, time=first.time + 500_000_000)
    other = replace(first, src=GATEWAY, time=first.time + 900_000_000)
    rungs = ladder([first, later, other]).rungs
    assert [each.again for each in rungs] == [False, True, False]
    assert [each.delta for each in rungs] == [0, 500_000_000, 400_000_000]
    assert "INVITE (again)" in drawn([first, later])[2]


def test_a_host_that_sends_to_itself_has_no_arrow() -> None:
    line = drawn([message(0, PHONE, PHONE, method="OPTIONS")])[1]
    assert "│◀ OPTIONS" in line


def test_nothing_of_the_traffic_is_obeyed() -> None:
    data = b"SIP/2.0 200 \x1b]0;x\x07[bold]\r\n\r\nv=\x1b\r\nm=\x1b 1 \x1b\r\n"
    evil = replace(record(0), data=data, status=200, method="")
    assert all(words.isprintable() for words in drawn([evil]))


@given(st.integers(1, 9), st.integers(1, 300), st.integers(0, 8), st.data())
def test_uprights_stand_below_each_other(
    hosts: int, width: int, first: int, data: st.DataObject
) -> None:
    names = [f"192.0.2.{n}:5060" for n in range(hosts)]
    uprights = Uprights(names, first, width)
    assert uprights.span >= NEAREST
    pairs = st.tuples(st.integers(0, hosts - 1), st.integers(0, hosts - 1))
    start, stop = data.draw(pairs)
    rung = ladder([record(0)]).rungs[0]._replace(start=start, stop=stop)
    line = "".join(words for words, _ in uprights.rung(rung, Signs()))
    for at in range(max(0, hosts - first)):
        place = uprights.margin + at * uprights.span
        between = min(start, stop) < at + first < max(start, stop)
        assert between or line[place] == "│"
    assert text.width(line) == uprights.margin + max(0, hosts - first) * uprights.span


def test_a_call_is_found_by_its_call_id_and_else_by_its_two_ends() -> None:
    assert term(call()) == "call_id=the-call"
    bare = replace(record(0), spans=(0,) * len(record(0).spans), kind="stun")
    assert term([bare]).startswith("(src:198.51.100.7 sport:5060 dst:192.0.2.1 dport:5060 or ")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_the_call_under_the_cursor_is_shown_whole_whatever_the_filter_hides(
    size: tuple[int, int],
) -> None:
    async with running([*traffic(40), *call()], size) as (app, pilot):
        app.monitor.set_filter("method:ACK")
        await pilot.press("F")
        await pilot.pause()
        shown = screen(app)
        assert "flow 6 messages, 3 hosts" in shown
        assert "INVITE SDP" in shown
        flow = app.screen
        assert isinstance(flow, FlowScreen)
        assert flow.rungs.cursor == 5
        assert ("ACK sip:100@192.0.2.1" in shown) == (size[0] == 160)
        await pilot.press("g", "enter")
        await pilot.pause()
        assert "INVITE sip:100@192.0.2.1 SIP/2.0" in screen(app)
        await pilot.press("escape")
        assert app.screen is flow
        await pilot.press("escape")
        assert app.screen is app.monitor
        assert app.view.filter.text == "method:ACK"


async def test_it_grows_and_can_be_taken_as_the_filter() -> None:
    async with running(call()[:3]) as (app, pilot):
        await pilot.press("f4")
        await pilot.pause()
        assert "flow 3 messages" in screen(app)
        feed(app.view.store, call()[3:])
        app.monitor.tick()
        await pilot.pause()
        assert "flow 6 messages" in screen(app)
        await pilot.press("plus")
        assert app.view.filter.text == "call_id=the-call"


async def test_hosts_that_find_no_room_are_a_key_away() -> None:
    many = [message(n, f"198.51.100.{n}", PROXY, method="OPTIONS") for n in range(1, 8)]
    async with running(many, (80, 24)) as (app, pilot):
        await pilot.press("F")
        await pilot.pause()
        assert "198.51.100.7" not in screen(app)
        await pilot.press(*["l"] * 9)
        await pilot.pause()
        assert "198.51.100.7" in screen(app)


async def test_calls_of_marked_messages_share_a_ladder_and_the_mask_holds() -> None:
    other = [record(9, call_id="second", src=GATEWAY)]
    async with running([*call(), *other], (160, 50), settings={"mask": True}) as (app, pilot):
        await pilot.press("a", "F")
        await pilot.pause()
        shown = screen(app)
        assert "flow 7 messages" in shown
        assert PHONE not in shown
        assert PROXY not in shown


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_how_it_looks(snap_compare: Any, size: tuple[int, int]) -> None:
    from tests.tui.monitoring import application

    async def before(pilot: Any) -> None:
        pilot.app.monitor.tick()
        await pilot.press("F")
        await pilot.pause()

    assert snap_compare(application(call()), terminal_size=size, run_before=before)
