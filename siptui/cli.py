"""What was asked for on the command line?

Arguments become settings and a list of sources; `siptui.session` puts the parts together.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import siptui
from siptui import config
from siptui.errors import SiptuiError

_DESCRIPTION = "Watch SIP traffic in a terminal. Without a source, a start screen offers them."

_EPILOG = """\
examples:
  siptui --udp 5060                 listen on a UDP socket (needs no rights), answer nothing
  siptui -i eth0                    capture SIP ports from an interface
  siptui -i any udp port 5080       capture with a filter of your own
  siptui -r trace.pcap more.pcapng  read capture files; '-' is standard input
  siptui demo                       replay a made-up sample
  siptui -r trace.pcap --json --filter 'country:RU -ua:friendly-scanner'
"""


@dataclass(slots=True)
class Arguments:
    """Say what to watch and where it goes, beside the settings."""

    udp: list[str] = field(default_factory=list)
    interfaces: list[str] = field(default_factory=list)
    bpf: str = ""
    files: list[str] = field(default_factory=list)
    demo: bool = False
    speed: float = 1.0
    """How many times faster than recorded the demo is replayed."""
    filter: str = ""
    json: bool = False
    quiet: bool = False
    exports: list[Path] = field(default_factory=list)
    write: str = ""
    count: int = 0
    duration: float = 0.0

    @property
    def headless(self) -> bool:
        """Whether no screen is wanted."""
        return self.json or self.quiet or bool(self.exports)

    @property
    def has_source(self) -> bool:
        """Whether there is anything to watch."""
        return bool(self.udp or self.interfaces or self.files or self.demo)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="siptui",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="demo | config | BPF",
        help="'demo', 'config' (check the settings and print them), or with -i a kernel filter",
    )
    add = parser.add_argument_group("sources").add_argument
    add("--udp", nargs="*", action="extend", metavar="[HOST:]PORT", help="UDP sockets; 5060")
    add("-i", "--interface", action="append", metavar="IFACE", help="interface, or 'any'")
    add("-r", "--read", nargs="+", action="extend", metavar="FILE", help="pcap, pcapng, .gz, '-'")
    add("-p", "--port", dest="ports", metavar="PORT,…", help="ports to capture (5060,5061)")
    add("--speed", type=_positive, default=1.0, metavar="X", help="replay the demo X times faster")
    add = parser.add_argument_group("answering (UDP sockets only)").add_argument
    add("--respond", metavar="MODE", help="silent, mirror, options, challenge, pbx or call")
    add("--persona", metavar="NAME", help="product to answer as (asterisk)")
    add("--respond-allow", metavar="NET,…", help="networks that mirror may answer, as loopback")
    add = parser.add_argument_group("without a screen").add_argument
    add("--json", action="store_true", help="print one JSON object a row")
    add("--export", action="append", metavar="FILE", type=Path, help="write rows; by its ending")
    add("-q", "--quiet", action="store_true", help="no screen and no rows, as for -w alone")
    add("--count", type=_whole, default=0, metavar="N", help="end after N rows")
    add("--duration", type=_positive, default=0.0, metavar="S", help="end after S seconds")
    add = parser.add_argument_group("with or without a screen").add_argument
    add("-w", "--write", default="", metavar="FILE", help="write all that is captured (pcapng)")
    add("-f", "--filter", default="", metavar="EXPR", help="show and export only what it lets by")
    add("--mask", action="store_true", default=None, help="hide addresses and users")
    add("--geo", metavar="FILE", help="country database (MMDB)")
    add("--asn", metavar="FILE", help="database of autonomous systems (MMDB)")
    add("--own", metavar="HOST,…", help="addresses and names that are ours")
    add("--keep", metavar="N", help="messages held at most")
    add("--keep-bytes", metavar="N", help="bytes of memory they may take (k, M, G)")
    add("--capture-buffer", metavar="N", help="bytes the kernel may hold until they are read")
    add("--backlog", metavar="N", help="bytes of memory frames may take until they are decoded")
    add("--spool", metavar="N", help="bytes of disk they may take then; 0 for none")
    add("--workers", metavar="N", help="processes that decode; default: as many as cores, up to 4")
    add("--no-seen", dest="seen", action="store_false", default=None, help="remember nothing new")
    add("--user", metavar="NAME", help="whom to become if started as root")
    add = parser.add_argument_group("the screen").add_argument
    add("--theme", metavar="NAME", help=f"{', '.join(config.THEMES)}, or one of Textual's")
    add("--ascii", action="store_true", default=None, help="draw with ASCII characters only")
    add("--no-mouse", dest="mouse", action="store_false", default=None)
    add("--fps", metavar="N", help="how often a second the screen follows; keys show at once")
    add("--bandwidth", metavar="N", help="bytes a second that following may write (k, M)")
    add("--plain-terminal", action="store_true", default=None, help="write unchanged cells, too")
    add("--utc", action="store_true", default=None, help="show times in UTC")
    add("--columns", metavar="FIELD,…", help="columns of the stream, most important first")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file to read")
    parser.add_argument("--version", action="version", version=f"siptui {siptui.__version__}")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _whole(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 10**12:
        raise argparse.ArgumentTypeError("must be a whole number above 0")
    return int(text)


def _arguments(given: argparse.Namespace) -> Arguments:
    arguments = Arguments(
        udp=(given.udp or ["5060"]) if given.udp is not None else [],
        interfaces=given.interface or [],
        files=given.read or [],
        speed=given.speed,
        filter=given.filter,
        json=given.json,
        quiet=given.quiet,
        exports=given.export or [],
        write=given.write,
        count=given.count,
        duration=given.duration,
    )
    if arguments.interfaces:
        arguments.bpf = " ".join(given.words)
    elif given.words == ["demo"]:
        arguments.demo = True
    elif given.words and all(Path(word).is_file() for word in given.words):
        arguments.files += given.words
    elif given.words:
        raise SiptuiError(
            f"what is {' '.join(given.words)!r}? Say 'demo' or 'config', name files behind -r, "
            "or put a kernel filter behind -i IFACE"
        )
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    """Run siptui with `argv` (default: the process's own arguments); return its exit status."""
    try:
        return _run(argv)
    except SiptuiError as error:
        print(f"siptui: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read standard output has gone, as `head` does: end as quietly as cat would.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 141
    except KeyboardInterrupt:
        return 130


def _joined(argv: Sequence[str]) -> list[str]:
    """Return the arguments with each filter joined to its option.

    A filter may begin with a minus, as in ``--filter -ua:PBX``, which argparse takes for an option.
    """
    joined: list[str] = []
    for word in argv:
        excludes = len(word) > 2 and word[0] == "-" and word[1] != "-"
        if excludes and joined and joined[-1] in ("-f", "--filter"):
            joined[-1] = f"--filter={word}"
        else:
            joined.append(word)
    return joined


def _run(argv: Sequence[str] | None) -> int:
    given = parser().parse_args(_joined(sys.argv[1:] if argv is None else argv))
    flags = {name: getattr(given, name) for name in config.NAMES if hasattr(given, name)}
    settings = config.load(config.environment(), flags, given.config)
    # What is imported stays: to look for garbage in it takes a tenth of the start.
    gc.set_threshold(200_000)
    # Nothing here is linear algebra, for which numpy would start a thread on every core.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from siptui import session

    if given.words == ["config"] and not given.interface:
        session.judge(settings)
        print(config.show(settings))
        return 0
    return session.run(_arguments(given), settings)
