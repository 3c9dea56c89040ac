"""What is imported before root is given up, so that nothing is missing afterwards."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from siptui import privilege
from siptui.errors import SiptuiError

ME = pwd.getpwuid(os.getuid())


@pytest.mark.parametrize("readable", [True, False])
def test_packages_are_imported_whole_where_they_cannot_be_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readable: bool
) -> None:
    name = f"lazy_{readable}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    (tmp_path / name / "part.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(privilege, "_may_read", lambda user, path: readable)
    monkeypatch.setattr(privilege, "LIBRARY", ())
    privilege.preload(ME, name)
    assert (f"{name}.part" in sys.modules) is not readable


@pytest.mark.parametrize("mode", [0o644, 0o000])
def test_pythons_library_is_imported_where_it_cannot_be_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    library = tmp_path / f"part_of_library_{mode}.py"
    library.touch()
    library.chmod(mode)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(privilege, "LIBRARY", ("lazy_part",))
    (tmp_path / "lazy_part.py").touch()
    sys.modules.pop("lazy_part", None)
    privilege.preload(ME, library=library)
    assert ("lazy_part" in sys.modules) is (mode == 0)


_LOOK = """
import importlib, sys
from siptui import privilege, session
from siptui import farewell, mask, reasons, store
from siptui.store import feed
from siptui.tui import app

def library():
    return {each for each in sys.modules if each.partition(".")[0] in sys.stdlib_module_names}

for name in privilege.LIBRARY:
    importlib.import_module(name)
before = library()
for name in ("siptui", "textual", "rich", "phonenumbers"):
    privilege.import_whole(importlib.import_module(name))
import orjson
orjson.dumps({})
print(*sorted(library() - before))
"""


def test_all_that_is_taken_of_pythons_library_later_is_named() -> None:
    found = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, check=True
    )
    assert set(found.stdout.split()) <= {"ctypes.wintypes"}  # of another system


def test_a_user_who_is_not_there_is_named_with_where_the_name_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SiptuiError, match=r"^config.toml, line 3: there is no user 'no one'"):
        privilege.unprivileged_user("no one", "config.toml, line 3: ")
