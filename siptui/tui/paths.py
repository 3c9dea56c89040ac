"""How does what was typed of a path go on?"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from siptui import text

MOST = 400
"""Entries of a folder that are looked at; more are cut off."""


class Completion(NamedTuple):
    """Hold what completing a path found."""

    text: str
    """What was typed, completed as far as all candidates agree."""
    candidates: tuple[str, ...]
    """The names that fit, folders with a slash behind them, in order."""


def expand(typed: str) -> Path:
    """Return the path that is meant; ``~`` is the user's home."""
    return Path(os.path.expanduser(typed.strip()))


def default_folder() -> Path:
    """Return where files go by default: the working folder, or where anyone may write.

    Root's own folder is nothing that siptui may write to any more once it has become somebody else.
    """
    with suppress(OSError):
        folder = Path.cwd()
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return Path(tempfile.gettempdir())


def status(path: Path) -> os.stat_result | None:
    """Return the status of what `path` names; None if nothing is there.

    Raises OSError where nobody may look, and for names that cannot be.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def complete(typed: str, endings: tuple[str, ...] = ()) -> Completion:
    """Complete a path as a shell does; with `endings`, only folders and files that end so.

    Names that begin with a dot fit only where a dot was typed, names that a terminal might obey
    never. A folder that cannot be read has no candidates.
    """
    folder, slash, start = typed.rpartition("/")
    if typed == "~":
        return Completion("~/", ("~/",))
    where = os.path.expanduser(folder + slash) or "."
    names: list[str] = []
    try:
        with os.scandir(where) as entries:
            for entry in entries:
                name = entry.name
                if not name.startswith(start) or (name.startswith(".") and not start):
                    continue
                if text.safe(name) != name:
                    continue
                if _is_folder(entry):
                    names.append(name + "/")
                elif not endings or name.endswith(endings):
                    names.append(name)
                if len(names) >= MOST:
                    break
    except (OSError, ValueError):
        return Completion(typed, ())
    names.sort()
    return Completion(folder + slash + _common(names, start), tuple(names))


def _common(names: list[str], start: str) -> str:
    """Return how all `names`, which are in order, begin; `start` if there are none."""
    if not names:
        return start
    first, last = names[0], names[-1]
    size = next((at for at, each in enumerate(first) if last[at : at + 1] != each), len(first))
    return first[:size]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
