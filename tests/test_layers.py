"""The import directions of ARCHITECTURE.md, held by reading every module's imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "siptui"
LEAVES = {"errors", "record"}
"""Every room may import these."""

MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "record": set(),
    "text": set(),
    "pcapng": set(),
    "status": {"capture"},
    "batch": set(),
    "mask": {"decode"},
    "capture": {"pcapng"},
    "decode": set(),
    "enrich": {"decode"},
    "respond": {"decode"},
    "spool": {"text"},
    "backlog": {"decode", "spool"},
    "workers": {"backlog"},
    "engine": {"backlog", "capture", "decode", "enrich", "respond", "spool", "status", "workers"},
    "process": {"engine", "batch", "status"},
    "store": {"batch", "status"},
    "filters": set(),
    "view": {"store", "filters"},
    "export": {"text", "pcapng", "mask", "decode"},
    "tui": {"view", "export", "store", "filters", "text", "mask", "decode", "status", "config"},
}
"""What each room may import besides the leaves; `cli` and what it alone calls may import all."""


def rooms_imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "siptui":
                names = [f"siptui.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("siptui.")}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    modules = [path for path in PACKAGE.rglob("*.py") if room_of(path) == room]
    assert modules, f"there is no room {room}"
    for path in modules:
        extra = rooms_imported(path) - MAY_IMPORT[room] - LEAVES - {room}
        assert not extra, f"{path.relative_to(PACKAGE)} imports {sorted(extra)}"


def test_every_room_has_its_line() -> None:
    rooms = {room_of(path) for path in PACKAGE.rglob("*.py")}
    above = {"__init__", "__main__", "cli", "config", "demo", "farewell", "headless", "launch",
             "privilege", "reasons", "session"}  # fmt: skip
    assert rooms - set(MAY_IMPORT) <= above


def test_only_the_screen_imports_textual() -> None:
    for path in PACKAGE.rglob("*.py"):
        if room_of(path) == "tui":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                assert name.split(".")[0] not in {"textual", "rich"}, path


def test_widgets_import_neither_the_app_nor_each_other() -> None:
    for path in (PACKAGE / "tui" / "widgets").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert node.module not in {"siptui.tui.app"}, path
                assert not node.module.startswith("siptui.tui.screens"), path


def test_the_engine_starts_without_the_screen() -> None:
    code = "import sys, siptui.engine; assert not {'textual', 'rich', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)


def test_the_engine_is_forked_before_anything_that_takes_long_is_imported() -> None:
    # numpy starts threads, which a process that forks must not have; and both load side by side.
    slow = "{'textual', 'rich', 'numpy', 'dpkt', 'phonenumbers', 'siptui.engine'}"
    code = f"import sys, siptui.session; assert not {slow} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PACKAGE.parent)
