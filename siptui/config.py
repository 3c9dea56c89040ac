"""Which settings are in force, and where does each come from?

Defaults are overridden by ``config.toml``, that by ``SIPTUI_…`` variables, those by flags.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from siptui.errors import SiptuiError
from siptui.record import FIELD

THEMES = ("siptui-dark", "siptui-light", "siptui-contrast", "terminal-dark", "terminal-light")
"""The names of siptui's own themes, known before Textual, which has more of them, is loaded."""


@dataclass(slots=True)
class Settings:
    """Hold every setting; the names are those of the file, the variables and the flags."""

    ports: list[int] = field(default_factory=lambda: [5060, 5061])
    """Ports that the kernel filter of an interface lets through, UDP and TCP."""
    geo: str = ""
    """Country database (MMDB); empty: the standard places, then the embedded one."""
    asn: str = ""
    """Database of autonomous systems (MMDB); empty: the standard places."""
    own: list[str] = field(default_factory=list)
    """Addresses and names that are ours, so that a request for another host is seen as a relay
    probe; the addresses that receive are known anyway."""
    keep: int = 150_000
    """Messages held at most; the oldest go first."""
    keep_bytes: int = 80_000_000
    """Bytes of memory that held messages may take; ``k``, ``M`` and ``G`` may follow the number."""
    workers: int = field(default_factory=lambda: min(4, cores()))
    """Processes that decode where one is not enough; by default as many as there are cores."""
    capture_buffer: int = 64_000_000
    """Bytes that the kernel may hold for an interface or a socket until they are read."""
    backlog: int = 32_000_000
    """Bytes of memory that captured frames may take until they are decoded."""
    spool: int = 1_000_000_000
    """Bytes of disk that they may take then, in files without a name below ``$TMPDIR`` or
    ``/var/tmp``; 0 for none. What finds no room there is lost."""
    user: str = ""
    """Whom to become after the sources are open if started as root; empty: who called sudo, else
    nobody; ``root`` stays root."""
    seen: bool = True
    """Whether shapes, user agents, networks and numbers are remembered across runs."""
    respond: str = "silent"
    """How UDP sockets answer: silent, mirror, options, challenge, pbx or call."""
    persona: str = "asterisk"
    """As which product they answer: one of the built-in personas or of ``personas.toml``."""
    respond_allow: list[str] = field(default_factory=list)
    """Networks besides loopback that mode mirror may answer."""
    theme: str = THEMES[0]
    """Colours of the screen."""
    ascii: bool = False
    """Whether the screen draws with ASCII characters only."""
    mouse: bool = True
    """Whether the mouse works in the screen (the terminal's own selection then needs Shift)."""
    fps: float = 2.0
    """How often a second the screen follows what arrives; keys are drawn at once."""
    bandwidth: int = 1_000_000
    """Bytes a second that following may write to the terminal; ``k`` and ``M`` may follow the
    number. Following then draws less often; keys are drawn at once and count, too."""
    plain_terminal: bool = False
    """Whether everything that is drawn is written to the terminal, not only the cells that differ
    from what it shows."""
    utc: bool = False
    """Whether times are shown in UTC instead of local time."""
    mask: bool = False
    """Whether addresses and users are hidden on screen and in exports."""
    columns: list[str] = field(default_factory=list)
    """Columns of the stream, by field name, most important first; empty: a sensible choice."""
    keys: dict[str, str] = field(default_factory=dict)
    """Keys by action id (table ``[keys]``); several keys are separated by commas."""

    origins: dict[str, str] = field(default_factory=dict, repr=False)
    """Where each setting that is no default comes from, and each key as ``keys.`` and its id."""

    def is_argument(self, name: str) -> bool:
        """Tell whether a setting was given on the command line."""
        return self.origins.get(name) == _flag(name)

    def origin(self, name: str) -> str:
        """Return where a setting comes from, as the beginning of a sentence; empty: a default."""
        return f"{self.origins[name]}: " if name in self.origins else ""


def cores() -> int:
    """Return how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


NAMES = tuple(each.name for each in fields(Settings) if each.name != "origins")


def config_directory(environment: Mapping[str, str]) -> Path:
    """Return the folder of siptui's settings by the XDG Base Directory rules."""
    base = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/")) / ".config"
    return Path(base) / "siptui"


def state_directory(environment: Mapping[str, str]) -> Path:
    """Return the folder of what siptui remembers across runs, by the XDG rules."""
    base = environment.get("XDG_STATE_HOME") or Path(environment.get("HOME", "/")) / ".local/state"
    return Path(base) / "siptui"


def load(
    environment: Mapping[str, str], flags: Mapping[str, Any], file: Path | None = None
) -> Settings:
    """Return the settings in force.

    `flags` maps names to values or None where a flag was not given. `file` must exist if it is
    given. Raises SiptuiError that names the file and line, variable or flag of a bad value.
    """
    settings = Settings()
    path = file or config_directory(environment) / "config.toml"
    if file is not None or path.exists():
        _read_file(settings, path)
    for variable, value in environment.items():
        if variable.startswith("SIPTUI_"):
            name = variable[len("SIPTUI_") :].lower()
            if name not in NAMES or name == "keys":
                raise SiptuiError(f"{variable}: no such setting{_nearest(name)}")
            _set(settings, name, value, variable)
    for name, value in flags.items():
        if value is not None:
            _set(settings, name, value, _flag(name))
    return settings


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _read_file(settings: Settings, path: Path) -> None:
    import tomllib  # what most starts need not load: there is no file

    try:
        text = path.read_text("utf-8")
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise SiptuiError(f"{path}: not UTF-8 text at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise SiptuiError(f"{path}: not TOML: {error}") from None
    except OSError as error:
        raise SiptuiError(f"{path}: cannot be read ({error.strerror})") from None
    for name, value in values.items():
        place = f"{path}, line {_line_of(text, name)}"
        if name not in NAMES:
            raise SiptuiError(f"{place}: unknown key {name!r}{_nearest(name)}")
        _set(settings, name, value, place)
    for id in settings.keys:
        settings.origins[f"keys.{id}"] = f"{path}, line {_line_of(text, id, 'keys')}"


def _line_of(text: str, name: str, table: str = "") -> int:
    """Return the line of a top-level key or table, or of a key of `table`.

    TOML's parser does not tell. It is 1 where that is written in no usual way.
    """
    pattern = re.compile(rf"""^\s*\[?\s*["']?{re.escape(name)}["']?\s*(=|\]|\.)""")
    first = _line_of(text, table) if table else 1
    for number, line in enumerate(text.splitlines(), 1):
        if number >= first and pattern.match(line):
            return number
    return first


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, NAMES, 1)
    return f" - did you mean {near[0]}?" if near else f"; there are {', '.join(NAMES)}"


def _set(settings: Settings, name: str, value: Any, origin: str) -> None:
    default = getattr(Settings(), name)
    try:
        setattr(settings, name, _convert(name, default, value))
    except ValueError as error:
        raise SiptuiError(f"{origin}: {name} {error}, not {value!r}") from None
    settings.origins[name] = origin


_SIZES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_OR_NONE = {"spool"}
"""Whole numbers that may be 0."""
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _convert(name: str, default: Any, value: Any) -> Any:
    """Return `value` in the type of `default`; raises ValueError with what it must be."""
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
            return value.lower() in _TRUE
        raise ValueError("must be true or false")
    if isinstance(default, int):
        return _whole(value, least=0 if name in _OR_NONE else 1)
    if isinstance(default, float):
        return _rate(value)
    if isinstance(default, list):
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list):
            raise ValueError("must be a list")
        if name == "ports":
            return [_port(item) for item in items]
        words = [_text(item).strip() for item in items if item != ""]
        return list(map(_CHECKS.get(name, str), words))
    if isinstance(default, dict):
        if not isinstance(value, dict):
            raise ValueError("must be a table of action = keys")
        return {key: _text(each) for key, each in value.items()}
    return _text(value)


def _whole(value: Any, least: int) -> int:
    match = re.fullmatch(r"(\d{1,12})([kKmMgG]?)", str(value))
    if isinstance(value, bool) or match is None or int(match[1]) < least:
        allowed = "above 0 " if least else ""
        raise ValueError(f"must be a whole number {allowed}(k, M or G may follow)")
    return int(match[1]) * _SIZES[match[2].lower()]


def _rate(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = 0.0
    if not 0.1 <= number <= 60:
        raise ValueError("must be a number from 0.1 to 60")
    return number


def _port(value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = 0
    if not 0 < number < 65536:
        raise ValueError("must be ports from 1 to 65535")
    return number


def _column(name: str) -> str:
    if name not in FIELD:
        near = difflib.get_close_matches(name, FIELD, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"must be names of fields (there is no {name!r}{hint})")
    return name


def _own(name: str) -> str:
    """Return a name or an address; what looks like an address must be one."""
    if ":" in name or "/" in name or not name.strip("0123456789."):
        try:
            ip_address(name.strip("[]"))
        except ValueError:
            raise ValueError(f"must be addresses and names ({name!r} is no address)") from None
    return name


def _network(name: str) -> str:
    try:
        ip_network(name, strict=False)
    except ValueError:
        raise ValueError(f"must be networks such as 192.0.2.0/24 ({name!r} is none)") from None
    return name


_CHECKS = {"own": _own, "respond_allow": _network, "columns": _column}
"""By setting, what its words must pass."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def show(settings: Settings) -> str:
    """Return every setting in force as TOML, each with where it comes from."""
    lines = []
    for name in NAMES:
        origin = settings.origins.get(name, "default")
        value = getattr(settings, name)
        if isinstance(value, dict):
            lines += [f"[{name}]  # {origin}"]
            lines += [f"{_toml(key)} = {_toml(each)}" for key, each in value.items()]
        else:
            lines.append(f"{name} = {_toml(value)}  # {origin}")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return str(value)


def environment() -> Mapping[str, str]:
    """Return this process's environment."""
    return os.environ
