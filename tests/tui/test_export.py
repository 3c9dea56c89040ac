"""The export dialog writes what was chosen where it was said, and loses nothing on failure."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.worker import WorkerFailed

import siptui.tui
from siptui.capture.files import open_file
from siptui.errors import SiptuiError
from siptui.export import write
from siptui.record import Frame, Record
from siptui.tui import themes
from siptui.tui.screens.export import ExportScreen
from siptui.tui.widgets.notes import Note

NOON = 1_767_268_800.0


def record(seq: int) -> Record:
    data = f"OPTIONS sip:{seq}@203.0.113.81 SIP/2.0\r\n\r\n".encode()
    frame = Frame(seq, data, 101, len(data), "demo0")
    return Record(
        seq, "192.0.2.1", 5060, "203.0.113.81", 5060, "udp", "sip", data, (frame,), 0,
        method="OPTIONS",
    )  # fmt: skip


class View:
    """Hold ten messages, two of them marked, one of them let go."""

    def __init__(self, marked: Sequence[int] = (3, 5)) -> None:
        self.chosen: dict[str, Sequence[int]] = {
            "cursor": [4],
            "marked": marked,
            "shown": range(2, 8),
            "all": range(10),
        }

    def selection(self, which: str) -> Sequence[int]:
        return self.chosen[which]

    def record(self, seq: int) -> Record | None:
        return None if seq == 7 else record(seq)


def plain(records: Iterable[Record], path: Path, format: str, *, mask: Any = None) -> int:
    rows = [each.data for each in records]
    path.write_bytes(format.encode() + b"\n" + b"".join(rows))
    return len(rows)


def failing(records: Iterable[Record], path: Path, format: str, *, mask: Any = None) -> int:
    list(records)
    raise SiptuiError(f"cannot write {path}: no space left on device")


class Bench(App[None]):
    CSS_PATH = Path(siptui.tui.__file__).parent / "siptui.tcss"

    def __init__(
        self,
        folder: Path,
        writer: Callable[..., int] = plain,
        view: View | None = None,
        mask: Any = None,
    ) -> None:
        super().__init__()
        for theme in themes.THEMES:
            self.register_theme(theme)
        self.theme = "siptui-dark"
        self.dialog = ExportScreen(
            view or View(), mask, folder, clock=lambda: NOON, zone=UTC, writer=writer
        )
        self.said: list[str | None] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.role_defaults(True)

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.said.append)


async def settle(pilot: Pilot[None]) -> None:
    with suppress(WorkerFailed):
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def shown(app: App[None]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def said(app: Bench) -> str:
    return app.dialog.query_one("#export-say", Note).sentence


def written(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_enter_writes_the_marked_under_a_name_with_the_time(tmp_path: Path) -> None:
    app = Bench(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        assert "[marked 2]" in shown(app)
        await pilot.press("enter")
        await settle(pilot)
    (path,) = written(tmp_path)
    assert path.name == "siptui-20260101-120000.pcapng"
    assert app.said == [f"2 messages written to {path}"]
    assert path.read_bytes().count(b"OPTIONS") == 2


async def test_what_format_and_path_are_chosen_by_keys(tmp_path: Path) -> None:
    app = Bench(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(
            "right", "l", "down", "left", "down", *["backspace"] * 3, *"json", "enter"
        )
        await settle(pilot)
    (path,) = written(tmp_path)
    assert path.suffix == ".json"
    assert path.read_bytes().startswith(b"json\n")
    assert app.said == [f"9 messages written to {path}"]


async def test_the_chosen_format_is_seen_on_a_narrow_terminal(tmp_path: Path) -> None:
    async with Bench(tmp_path).run_test(size=(60, 15)) as pilot:
        await pilot.press("down")
        for _ in range(6):
            await pilot.press("right")
            await pilot.pause()
            lines = shown(pilot.app).splitlines()
            assert "[" in next(line for line in lines if "format" in line)
        assert "[csv]" in shown(pilot.app)


async def test_the_ending_follows_the_format_and_the_format_the_ending(tmp_path: Path) -> None:
    app = Bench(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("down", "l", "l")
        await pilot.pause()
        assert app.dialog.path.suffix == ".hex"
        await pilot.press("down", *["backspace"] * 3, *"csv")
        await pilot.pause()
        assert "[csv]" in shown(app)


async def test_without_marks_all_shown_are_offered(tmp_path: Path) -> None:
    app = Bench(tmp_path, view=View(marked=()))
    async with app.run_test(size=(100, 30)) as pilot:
        assert "[shown 6]" in shown(app)
        await pilot.press("left")
        await pilot.pause()
        assert "[this one 1]" in shown(app)


async def test_a_file_is_overwritten_only_when_asked_twice(tmp_path: Path) -> None:
    app = Bench(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.dialog.path.write_bytes(b"precious")
        await pilot.press("enter")
        await settle(pilot)
        assert app.said == []
        assert app.dialog.path.read_bytes() == b"precious"
        assert "exists, 8 B: Enter overwrites it" in said(app)
        await pilot.press("enter")
        await settle(pilot)
    assert app.said != []
    assert written(tmp_path)[0].read_bytes().startswith(b"pcapng\n")


async def test_failure_keeps_the_dialog_and_says_why(tmp_path: Path) -> None:
    app = Bench(tmp_path, failing)
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.press("enter")
        await settle(pilot)
        assert app.said == []
        assert said(app).endswith("no space left on device")
        await pilot.press("escape")
        await pilot.pause()
    assert app.said == [None]
    assert written(tmp_path) == []


async def test_what_is_written_can_be_read_again(tmp_path: Path) -> None:
    app = Bench(tmp_path, write)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("right", "enter")
        await settle(pilot)
    (path,) = written(tmp_path)
    source = open_file(str(path))
    frames = source.read(100)
    source.close()
    assert [frame.data for frame in frames] == [record(seq).data for seq in (2, 3, 4, 5, 6)]
    assert app.said == [f"5 messages written to {path}"]


async def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    app = Bench(tmp_path / "none", write)
    async with app.run_test(size=(140, 30)) as pilot:
        assert "there is no folder" in said(app)
        await pilot.press("enter")
        await settle(pilot)
        assert str(tmp_path / "none") in said(app)
        assert app.said == []


async def test_a_name_that_cannot_be_is_no_end(tmp_path: Path) -> None:
    app = Bench(tmp_path / ("long" * 80), write)
    async with app.run_test(size=(140, 30)) as pilot:
        assert "File name too long" in said(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "File name too long" in said(app)
        assert app.said == []


async def test_escape_stops_what_is_being_written(tmp_path: Path) -> None:
    begun, go = threading.Event(), threading.Event()

    def slow(records: Iterable[Record], path: Path, format: str, *, mask: Any = None) -> int:
        rows = iter(records)
        next(rows)
        begun.set()
        go.wait(10)
        return len(list(rows))

    app = Bench(tmp_path, slow)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press("enter")
        while not begun.is_set():
            await pilot.pause(0.01)
        await pilot.pause(0.3)
        assert "1 of 2 messages" in said(app)
        await pilot.press("escape")
        go.set()
        await settle(pilot)
        assert said(app) == "stopped; nothing was written"
        assert app.said == []


async def test_tab_completes_the_path(tmp_path: Path) -> None:
    (tmp_path / "captures").mkdir()
    app = Bench(tmp_path)
    async with app.run_test(size=(100, 30)) as pilot:
        app.dialog.query_one("PathField").value = f"{tmp_path}/cap"  # type: ignore[attr-defined]
        await pilot.press("down", "down", "tab")
        await pilot.pause()
        assert app.dialog.path == tmp_path / "captures"
        await pilot.press("enter")
        await pilot.pause()
        assert "is a folder" in said(app)


async def test_names_that_a_terminal_obeys_are_not_offered(tmp_path: Path) -> None:
    for name in ("a\x1b[31m\u202e", "a\x9b[red]", "a[red]"):
        (tmp_path / name).mkdir()
    app = Bench(tmp_path)
    async with app.run_test(size=(120, 30)) as pilot:
        app.dialog.query_one("PathField").value = f"{tmp_path}/a"  # type: ignore[attr-defined]
        await pilot.press("down", "down", "tab")
        await pilot.pause()
        assert app.dialog.path == tmp_path / "a[red]"
        assert not set(shown(app)) & set("\x1b\x9b\u202e")


async def test_a_mask_is_named_and_handed_on(tmp_path: Path) -> None:
    masks = []

    def remember(records: Iterable[Record], path: Path, format: str, *, mask: Any = None) -> int:
        masks.append(mask)
        return 0

    app = Bench(tmp_path, remember, mask="the mask")
    async with app.run_test(size=(100, 30)) as pilot:
        assert "Export, masked" in shown(app)
        await pilot.press("enter")
        await settle(pilot)
    assert masks == ["the mask"]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_export_looks_as_it_should(snap_compare, size: tuple[int, int]) -> None:
    assert snap_compare(Bench(Path("/captures")), terminal_size=size, press=["down"])
