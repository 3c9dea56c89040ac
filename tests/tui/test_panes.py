"""The panes that paint numbers: header, counters, strip, footer, trail."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from siptui.tui.pace import Pace
from siptui.tui.paint import PLAIN, Painted, Signs, bar, plain
from siptui.tui.widgets.footer import Footer, Offer
from siptui.tui.widgets.header import Facts, Header
from siptui.tui.widgets.strip import Strip
from siptui.tui.widgets.tally import Entry, TallyPane
from siptui.tui.widgets.trail import Trail
from tests.tui.monitoring import HOSTILE


class Host(App[None]):
    """Show one pane."""

    CSS = """
    Header { height: 2; } Trail, Footer, Strip { height: 1; } TallyPane { height: 8; }
    """

    def __init__(self, pane: Widget) -> None:
        super().__init__()
        self.pane = pane
        self.messages: list[Any] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_tally_pane_chosen(self, message: TallyPane.Chosen) -> None:
        self.messages.append((message.field, message.value))

    def on_footer_chosen(self, message: Footer.Chosen) -> None:
        self.messages.append(message.action)

    def on_strip_clicked(self, message: Strip.Clicked) -> None:
        self.messages.append(message.number)


def lines(pane: Painted) -> list[str]:
    return [pane.render_line(y).text for y in range(pane.size.height)]


FACTS = Facts(
    source="udp 0.0.0.0:5060",
    elapsed=723,
    received=1_203_441,
    shown=412,
    kept=50_000,
    let_go=1_153_441,
    lost_kernel=1,
    lost_socket=2,
    lost_ours=3,
    memory=12_300_000,
    memory_most=160_000_000,
    rates=[1, 4, 12],
)


@pytest.mark.parametrize("width", [80, 120, 200])
async def test_the_header_says_what_became_of_everything(width: int) -> None:
    pane = Header()
    async with Host(pane).run_test(size=(width, 24)):
        pane.show(FACTS)
        first, second = lines(pane)
        assert "● live" in first
        assert "udp 0.0.0.0:5060" in first
        assert "12/s" in first
        assert "█" in first
        assert "12:03" in first
        assert "12.3 MB" in first
        for words in ("received", "shown 412", "kept", "let go", "lost kernel 1 socket 2 ours 3"):
            assert words in second
        assert "…" not in second


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "paused"}, "‖ paused"),
        ({"state": "reading", "progress": 0.43}, "reading 43%"),
        ({"state": "ended"}, "■ ended"),
        ({"state": "incomplete"}, "! incomplete"),
        ({"state": "failed"}, "! failed"),
        ({"recording": "rec 1.2 MB"}, "● rec 1.2 MB"),
        ({"masked": True}, "masked"),
        ({"waiting": 12_300}, "12.3k waiting"),
        ({"answering": "mirror"}, "mirror"),
    ],
)
async def test_every_state_is_a_word(change: dict[str, Any], words: str) -> None:
    pane = Header()
    async with Host(pane).run_test(size=(100, 24)):
        pane.show(Facts(source="eth0", **change))
        assert words in lines(pane)[0]


async def test_only_lines_that_differ_are_painted() -> None:
    pane = Header()
    async with Host(pane).run_test(size=(100, 24)):
        pane.show(Facts(source="eth0", received=1))
        assert pane.sync() == 0
        pane.facts.received = 2
        assert pane.sync() == 1


ENTRIES = [Entry("RU", 30, 0.5), Entry("CN", 60, 0.0), Entry("", 10, 0.1)]


async def test_a_counter_shows_name_bar_count_share_and_rate() -> None:
    pane = TallyPane("country", "countries", 1, id="t")
    async with Host(pane).run_test(size=(48, 24)):
        pane.show(ENTRIES, 100, 3)
        title, first, second, third, *_ = lines(pane)
        assert "1 countries 3" in title
        assert first.split()[0] == "CN"
        assert "━" in first
        assert first.split()[-2:] == ["60", "60%"]
        assert second.split()[-3:] == ["30", "30%", "0.5/s"]
        assert "(none)" in third


async def test_a_counter_sorts_by_rate_and_name() -> None:
    pane = TallyPane("country", "countries", 1, id="t")
    async with Host(pane).run_test(size=(48, 24)):
        pane.show(ENTRIES, 100, 3)
        assert pane.next_sort() == "rate"
        assert [entry.value for entry in pane.entries] == ["RU", "", "CN"]
        assert "by rate" in lines(pane)[0]
        assert pane.next_sort() == "name"
        assert [entry.value for entry in pane.entries] == ["", "CN", "RU"]


async def test_rows_do_not_move_under_the_cursor() -> None:
    pane = TallyPane("country", "countries", 1, id="t")
    async with Host(pane).run_test(size=(48, 24)):
        pane.show(ENTRIES, 100, 3)
        pane.focus()
        pane.go(1)
        assert pane.value == "RU"
        pane.show([Entry("RU", 300, 1), Entry("CN", 60, 0), Entry("DE", 90, 0)], 450, 3)
        assert [entry.value for entry in pane.entries] == ["CN", "RU", "DE"]
        assert pane.value == "RU"


async def test_a_click_on_a_counters_row_chooses_its_value() -> None:
    pane = TallyPane("country", "countries", 1, id="t")
    host = Host(pane)
    async with host.run_test(size=(48, 24)) as pilot:
        pane.show(ENTRIES, 100, 3)
        await pilot.click(pane, offset=(3, 2))
        assert host.messages == [("country", "RU")]


async def test_the_footer_fits_and_does_what_is_clicked() -> None:
    pane = Footer()
    host = Host(pane)
    async with host.run_test(size=(40, 24)) as pilot:
        pane.show([Offer("open", "Enter", "inspect"), Offer("filter", "/", "filter")] * 3)
        words = lines(pane)[0]
        assert words.startswith(" Enter inspect  / filter  / filter")
        assert "…" not in words
        await pilot.click(pane, offset=(words.index("filter"), 0))
        assert host.messages == ["filter"]


async def test_the_trail_shows_the_steps() -> None:
    pane = Trail()
    async with Host(pane).run_test(size=(100, 24)):
        pane.show(["country:RU", "-ua:friendly-scanner", "len>1000"], 1.0)
        words = " ".join(lines(pane)[0].split())
        assert words.startswith("only country RU \u203a not ua friendly-scanner \u203a len>1000")
        pane.show([], 1.0)
        assert not pane.display


async def test_a_long_trail_keeps_its_last_steps() -> None:
    pane = Trail()
    async with Host(pane).run_test(size=(60, 24)):
        pane.show([f"ua:step-number-{n}" for n in range(9)], 0.5)
        words = lines(pane)[0]
        assert "step-number-8" in words
        assert "step-number-0" not in words
        assert "looking 50%" in words


async def test_the_strip_says_which_key_shows_a_counter() -> None:
    pane = Strip()
    host = Host(pane)
    async with host.run_test(size=(80, 24)) as pilot:
        pane.show([(1, "countries", (("RU", "38%"), ("CN", "22%"))), (2, "user agents", ())])
        words = lines(pane)[0]
        assert " 1 countries RU 38%  CN 22%" in words
        assert " 2 user agents nothing yet" in words
        await pilot.click(pane, offset=(45, 0))
        assert host.messages == [2]


@pytest.mark.parametrize("signs", [Signs(), PLAIN])
async def test_hostile_words_are_painted_as_signs(signs: Signs) -> None:
    pane = TallyPane("ua", "user agents", 2, id="t", signs=signs)
    async with Host(pane).run_test(size=(48, 24)):
        pane.show([Entry(HOSTILE, 3, 1), Entry("\x9b", 2, 1)], 5, 2)
        for line in lines(pane):
            assert line.isprintable()
            assert len(line.encode("ascii", "ignore")) == len(line) or not signs.ascii
            assert pane.render_line(0).cell_length == 48


def test_ascii_keeps_the_width() -> None:
    assert plain("␛[31m…é日") == "^[31m~???"
    assert bar(0.5, 4, PLAIN) == "==  "
    assert bar(0.001, 4, Signs()) == "╸   "


def test_the_pace_spreads_a_stall_over_its_seconds() -> None:
    pace = Pace(100.0)
    pace.tell(100.5, 5)
    assert list(pace.rates) == []
    pace.tell(101.0, 10)
    pace.tell(105.2, 50)
    assert list(pace.rates) == [10, 10, 10, 10, 10]
    pace.tell(1000.0, 50)
    assert len(pace.rates) == 60
