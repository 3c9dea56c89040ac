"""As whom does siptui parse hostile bytes? Never as root.

Sockets and capture handles are opened first; then every process drops root for good.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import pwd
import stat
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from siptui.errors import SiptuiError


def unprivileged_user(name: str = "", origin: str = "") -> pwd.struct_passwd | None:
    """Return whom to become: `name`, else who called sudo, else ``nobody``; None if not root.

    ``root`` as `name` means: stay root. Raises SiptuiError if there is no such user, with `origin`,
    where the name comes from, before it.
    """
    if os.geteuid() != 0 or name == "root":
        return None
    try:
        if name:
            return pwd.getpwnam(name)
        sudo = os.environ.get("SUDO_UID", "")
        if sudo.isdigit() and int(sudo) != 0:
            return pwd.getpwuid(int(sudo))
        return pwd.getpwnam("nobody")
    except KeyError:
        wanted = name or "nobody"
        raise SiptuiError(
            f"{origin}there is no user {wanted!r} to become after opening the sources; "
            "name one with --user, or --user root to stay root"
        ) from None


def drop(user: pwd.struct_passwd | None) -> None:
    """Become `user` for good, all groups included; None changes nothing.

    Raises SiptuiError if the system refuses.
    """
    if user is None:
        return
    try:
        os.setgroups([])
        os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
        os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    except OSError as error:
        raise SiptuiError(
            f"could not become {user.pw_name} ({error.strerror}); "
            "name another user with --user, or --user root to stay root"
        ) from None
    os.environ["HOME"] = user.pw_dir


LIBRARY = (
    *(f"encodings.{each}" for each in ("ascii", "idna", "latin_1", "utf_16_be")),
    *("calendar", "csv", "email.parser", "hmac", "html", "importlib.metadata", "json", "mmap"),
    *("runpy", "secrets", "shlex", "sqlite3", "statistics", "tomllib"),
)
"""What siptui and its packages take of Python's own library only when they need it."""
PROGRAMS = frozenset({"__main__", "_sleep", "conftest", "demo", "distutils", "tests"})
"""Modules of packages that do something when they are imported, and are never needed."""


def preload(
    user: pwd.struct_passwd | None, *packages: str, library: Path = Path(os.__file__)
) -> None:
    """Import `packages` whole where `user` could not read them, or Python's `library`, later.

    Textual and phonenumbers import parts of themselves on first use. An installation below a
    home directory that only root may enter would then fail halfway through; so would one that
    anyone may read if Python itself is there (orjson then ends the process).
    """
    if user is None:
        return
    if not _may_read(user, library):
        for name in LIBRARY:
            importlib.import_module(name)
    for name in packages:
        found = find_spec(name)
        if found and found.origin and not _may_read(user, Path(found.origin)):
            import_whole(importlib.import_module(name))


def import_whole(package: ModuleType) -> None:
    """Import all modules of a package that can be imported here."""
    for found in pkgutil.iter_modules(getattr(package, "__path__", ())):
        if found.name in PROGRAMS:
            continue
        try:
            part = importlib.import_module(f"{package.__name__}.{found.name}")
        except ImportError:
            continue
        if found.ispkg:
            import_whole(part)


def _may_read(user: pwd.struct_passwd, path: Path) -> bool:
    for part in (path, *path.parents):
        mode = part.stat()
        wanted = stat.S_IROTH if part == path else stat.S_IXOTH
        if mode.st_uid == user.pw_uid:
            wanted <<= 6
        elif mode.st_gid == user.pw_gid:
            wanted <<= 3
        if not mode.st_mode & wanted:
            return False
    return True
