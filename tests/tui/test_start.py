"""The start screen leads to a source by keys alone, and says what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from siptui.tui.paths import complete
from siptui.tui.screens.start import Choice, StartApp

WHY = "no right to capture: run siptui as root, or give it the capability cap_net_raw"


@dataclass
class Device:
    name: str
    addresses: tuple[str, ...] = ()
    reason: str = ""
    up: bool = True

    @property
    def may_capture(self) -> bool:
        return not self.reason


def devices(problem: str = "") -> list[Device]:
    return [
        Device("lo", ("127.0.0.1", "::1"), problem),
        Device("eth0", ("192.0.2.10", "2001:db8::10"), problem),
        Device("tun0", (), "it is down; 'sudo ip link set tun0 up' brings it up", up=False),
        Device("any", (), problem),
    ]


async def choose(app: StartApp, *keys: str, size: tuple[int, int] = (80, 24)) -> Choice | None:
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
    return app.return_value


def shown(app: StartApp) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_enter_watches_the_interface_under_the_cursor() -> None:
    assert await choose(StartApp(devices()), "enter") == Choice("interface", "eth0")
    assert await choose(StartApp(devices()), "k", "enter") == Choice("interface", "lo")
    assert await choose(StartApp(devices()), "G", "k", "g", "enter") == Choice("interface", "lo")
    assert await choose(StartApp(devices()), "end", "enter") == Choice("demo")
    assert await choose(StartApp(devices()), "down", "down", "space") == Choice("interface", "any")


async def test_without_the_right_the_cursor_begins_at_what_needs_none() -> None:
    app = StartApp(devices(WHY))
    assert await choose(app, "enter", "enter") == Choice("udp", "0.0.0.0:5060")


async def test_says_how_to_get_the_right() -> None:
    app = StartApp(devices(WHY))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("k")
        await pilot.pause()
        assert "give it the capability" in shown(app)


async def test_a_port_that_is_none_is_refused_with_an_example() -> None:
    app = StartApp(devices(WHY), port="")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter", *"70000", "enter")
        await pilot.pause()
        assert "say [host:]port" in shown(app)
        await pilot.press("backspace", "enter")
    assert app.return_value == Choice("udp", "7000")


async def test_a_file_is_completed_by_tab(tmp_path: Path) -> None:
    (tmp_path / "monday.pcap").touch()
    (tmp_path / "notes.md").touch()
    app = StartApp(devices(WHY), folder=f"{tmp_path}/")
    choice = await choose(app, "j", "enter", "m", "tab", "enter")
    assert choice == Choice("file", str(tmp_path / "monday.pcap"))


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.pcap", "there is no file"), (f"{'long' * 80}.pcap", "File name too long")],
    ids=["missing", "too long"],
)
async def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, said: str) -> None:
    app = StartApp(devices(WHY), folder=f"{tmp_path}/{name}")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "enter", "enter")
        await pilot.pause()
        assert said in shown(app)
        await pilot.press("escape", "q")
    assert app.return_value is None


async def test_shows_why_the_last_choice_failed_and_nothing_obeys_it() -> None:
    app = StartApp(devices(), error="cannot open \x1b[31meth0[/red]: it is down")
    async with app.run_test(size=(80, 24)):
        assert "cannot open ␛[31meth0[/red]: it is down" in shown(app)


async def test_the_mouse_chooses_by_a_second_click() -> None:
    app = StartApp(devices())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#choices", offset=(6, 1))
        assert app.return_value is None
        await pilot.click("#choices", offset=(6, 1))
    assert app.return_value == Choice("interface", "lo")


async def test_many_interfaces_scroll_with_the_cursor() -> None:
    many = [Device(f"veth{number}", ("192.0.2.1",)) for number in range(60)]
    app = StartApp(many)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G")
        await pilot.pause()
        assert "replay ten made-up minutes" in shown(app)
        await pilot.press("g")
        await pilot.pause()
        assert "interfaces" in shown(app)


def test_completion_goes_as_far_as_all_agree(tmp_path: Path) -> None:
    for name in ("trace-1.pcap", "trace-2.pcap", "trace-2.txt", ".trace"):
        (tmp_path / name).touch()
    (tmp_path / "traces").mkdir()
    found = complete(f"{tmp_path}/t", (".pcap",))
    assert found.text == f"{tmp_path}/trace"
    assert found.candidates == ("trace-1.pcap", "trace-2.pcap", "traces/")
    assert complete(f"{tmp_path}/.t").candidates == (".trace",)
    assert complete(f"{tmp_path}/zzz").text == f"{tmp_path}/zzz"
    assert complete(f"{tmp_path}/no/such/folder").candidates == ()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_start_looks_as_it_should(snap_compare, size: tuple[int, int]) -> None:
    app = StartApp(devices(WHY), error="cannot open eth0: it is down")
    assert snap_compare(app, terminal_size=size, press=["k"])
