"""The senders screen: who sends, what it has shown, who works together, and what is left."""

from __future__ import annotations

from typing import Any

import pytest

from siptui.record import Record
from siptui.store.sender import Sender
from siptui.tui import roster
from siptui.tui.app import SiptuiApp
from siptui.tui.screens.main import MainScreen
from siptui.tui.screens.senders import SendersScreen
from tests.tui.monitoring import HOSTILE, application, pressing, record, running, screen
from tests.tui.test_hostile import check, hostile


def senders() -> list[Record]:
    """Return messages of a scanner, of three that dial one number, and of a phone."""
    made = []
    for n in range(40):
        made.append(
            record(
                n, method="REGISTER", src="203.0.113.9", tool="sipvicious/svwar", known=True,
                labels=("enumeration", "contact-is-source"), user=str(100 + n), shape="uREG",
                asn=64500, as_name="Example Net", country="RU", tag_password=f"secret{n}",
            )
        )  # fmt: skip
    for n in range(40, 52):
        call = record(
                n, method="INVITE", src=f"198.51.100.{n % 3}", tool="sippts/invite", ua="VOIP",
                number_country="PS", number_prefix=("00", "011")[n % 2],
                labels=("toll-fraud",), shape="uINV", country=("CN", "NL", "BR")[n % 3],
            )  # fmt: skip
        call.number = "972599123456"
        made.append(call)
    for n in range(52, 55):
        made.append(record(n, src="2001:db8::17", ua="Z 5.4.12", country="DE", new=("shape",)))
    return made


def there(app: SiptuiApp) -> SendersScreen:
    assert isinstance(app.screen, SendersScreen)
    return app.screen


async def test_a_row_says_what_a_source_has_shown() -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("S")
        await pilot.pause()
        rows = screen(app).splitlines()
        first = next(row for row in rows if row.startswith(" 203.0.113.9"))
        for words in ("RU", "12:00:09", "40", "sipvici", "enumerat"):
            assert words in first
        assert len(there(app).senders) == 5


async def test_enter_shows_the_messages_with_gaps_and_escape_goes_back_to_the_same_row() -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("S", "j", "enter")
        await pilot.pause()
        assert isinstance(app.screen, MainScreen)
        assert app.view.filter.text == "src:198.51.100.0"
        assert app.monitor.look.time == "delta"
        assert app.view.cursor == app.view.seq_at(0)
        assert "+0.750" in screen(app)
        await pilot.press("escape")
        await pilot.pause()
        assert there(app).listing.key == "198.51.100.0"
        assert app.view.filter.text == ""
        assert app.monitor.look.time == "clock"
        await pilot.press("escape")
        assert isinstance(app.screen, MainScreen)


@pytest.mark.parametrize("times", range(len(roster.GROUPS)))
async def test_each_grouping_drills_into_its_messages(times: int) -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("S", *["b"] * times)
        await pilot.pause()
        sender = there(app).senders[0]
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, MainScreen)
        assert len(app.view) == sender.messages


async def test_every_column_can_be_sorted_by_and_the_order_turned_round() -> None:
    async with running(senders(), (200, 50)) as (app, pilot):
        await pilot.press("S")
        await pilot.pause()
        names = [each.name for each in roster.headings(there(app).group)]
        met = []
        for _ in names:
            await pilot.press("o")
            await pilot.pause()
            met.append(there(app).look.sort)
            assert there(app).look.sort in [head.name for head in there(app).listing.heads]
        assert set(met) == set(names)
        while there(app).look.sort != "user":
            await pilot.press("o")
        assert there(app).senders[0].key == "203.0.113.9"
        await pilot.press("O")
        assert there(app).senders[-1].key == "203.0.113.9"


async def test_the_filter_says_whose_rows_are_shown_and_terms_can_be_added() -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("S", "minus")
        await pilot.pause()
        assert app.view.filter.text == "-src:203.0.113.9"
        assert len(there(app).senders) == 4
        await pilot.press("plus")
        await pilot.pause()
        assert len(there(app).senders) == 1
        await pilot.press("slash", *["backspace"] * 60, *"method:INVITE", "enter")
        await pilot.pause()
        assert app.view.filter.text == "method:INVITE"
        assert len(there(app).senders) == 3
        await pilot.press("b")
        await pilot.pause()
        assert [each.key for each in there(app).senders] == ["198.51.100.0/24"]
        assert "of 3" in screen(app)


async def test_what_is_left_is_one_key_on_both_screens() -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("slash", *"len>10", "enter", "w")
        assert app.view.filter.text == "len>10 -known"
        while app.view.scanned < 1:
            app.view.refresh()
        assert len(app.view) == 15
        await pilot.press("S")
        await pilot.pause()
        assert "203.0.113.9" not in screen(app)
        await pilot.press("w")
        await pilot.pause()
        while app.view.scanned < 1:
            app.view.refresh()
        there(app).update(anew=True)
        await pilot.pause()
        assert app.view.filter.text == "len>10"
        assert "203.0.113.9" in screen(app)


async def test_a_campaign_is_found_and_drilled_into() -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("S", "tab")
        await pilot.pause()
        words = screen(app)
        assert "dial …599123456" in words
        assert "CN" in words
        await pilot.press("enter")
        await pilot.pause()
        assert len(app.view) == 12
        await pilot.press("escape")
        await pilot.pause()
        assert there(app).look.campaigns
        await pilot.press("C")
        await pilot.pause()
        assert "sources 5" in screen(app)


async def test_the_cursor_stays_on_its_sender_while_others_overtake() -> None:
    async with running(senders()) as (app, pilot):
        await pilot.press("S", "j", "j")
        await pilot.pause()
        key = there(app).listing.key
        from tests.tui.monitoring import feed

        feed(app.view.store, [record(60 + n, src="192.0.2.99") for n in range(100)])
        app.monitor.tick()
        there(app).update(anew=True)
        assert there(app).listing.key == key
        assert there(app).senders[0].key == "192.0.2.99"


async def test_every_key_of_the_screen_does_no_harm_without_a_row() -> None:
    async with running([]) as (app, pilot):
        await pilot.press("S")
        for key in ("j", "k", "G", "g", "ctrl+d", "pageup", "enter", "plus", "minus", "o", "O",
                    "b", "B", "C", "enter", "plus", "C"):  # fmt: skip
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, SendersScreen)
        await pilot.press("q")
        assert isinstance(app.screen, MainScreen)


async def test_a_mask_hides_addresses_and_numbers() -> None:
    async with running(senders(), settings={"mask": True}) as (app, pilot):
        await pilot.press("S")
        for key in ("j", "b", "b", "b", "B", "B", "B", "B", "tab", "tab", "B"):
            await pilot.press(key)
            await pilot.pause()
            words = screen(app)
            assert "203.0.113.9" not in words
            assert "599123456" not in words
            assert "secret1" not in words


async def test_counters_of_dialled_countries_and_numbers_name_prefixes_and_sources() -> None:
    async with running(senders(), (200, 50)) as (app, pilot):
        await pilot.press("9", "z")
        await pilot.pause()
        assert "972599123456 3 sources 00 011" in screen(app)
        await pilot.press("enter")
        await pilot.pause()
        assert len(app.view) == 12
        await pilot.press("escape", "8")
        await pilot.pause()
        assert "PS" in screen(app)


async def test_a_message_with_something_new_has_a_sign() -> None:
    async with running(senders()) as (app, _):
        rows = [row for row in screen(app).splitlines() if "2001:db8::17" in row]
        assert rows
        assert app.monitor.signs.new in rows[0][:4]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (60, 14)])
async def test_nothing_that_a_terminal_obeys_is_painted(size: tuple[int, int]) -> None:
    records = hostile()
    for n, each in enumerate(records):
        each.number = each.number_prefix = each.tag_password = each.shape = HOSTILE
        each.src = f"198.51.100.{n}"
    async with running(records, size) as (app, pilot):
        await pilot.press("S")
        for _ in roster.GROUPS:
            for key in ("j", "o", "b"):
                await pilot.press(key)
                await pilot.pause()
                check(app)
        await pilot.press("tab", "j")
        await pilot.pause()
        check(app)
        await pilot.press("enter")
        await pilot.pause()
        check(app)


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_where_a_special_address_is_can_be_read(width: int) -> None:
    sender = Sender("127.0.0.1", 0)
    sender.country = "loopback"
    words = roster.cell(sender, "country", roster.Moment(0))
    cells = [cells for each, cells in roster.choose(width, roster.GROUPS[0], "messages")
             if each.name == "country"]  # fmt: skip
    assert words == "loop"
    assert all(len(words) <= room for room in cells)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("group", roster.GROUPS, ids=lambda each: each.name)
def test_columns_fit_and_the_sorted_one_stays(width: int, group: roster.Group) -> None:
    for heading in roster.headings(group, filtered=True):
        chosen = roster.choose(width, group, heading.name, True, 20)
        assert sum(cells + 1 for _, cells in chosen) - 1 <= width
        assert heading.name in [each.name for each, _ in chosen]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("keys", [("S", "j"), ("S", "tab"), ("S", *"bbbb"), ("S", "B")])
def test_looks(snap_compare: Any, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert snap_compare(application(senders()), terminal_size=size, run_before=pressing(*keys))


class _Knows:
    """Give reasons, and what shapes are made of."""

    def __call__(self, record: Record) -> list[Any]:
        return []

    def prehash(self, record: Record) -> str:
        return f"shape 1\n\nB\nVia\nFrom {HOSTILE}\n"


async def test_the_inspector_says_what_a_shape_is_made_of_when_asked() -> None:
    async with running(senders(), explain=_Knows()) as (app, pilot):
        await pilot.press("g", "enter")
        await pilot.pause()
        assert "made of" not in screen(app)
        await pilot.press("x")
        await pilot.pause()
        assert "shape 1" in screen(app)
        check(app)
        await pilot.press("x")
        await pilot.pause()
        assert "made of" not in screen(app)
