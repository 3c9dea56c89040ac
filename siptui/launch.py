"""How are the parts put together for what was asked?

Everything that may need a right or fail for a reason the user can mend is opened first; then the
rights are dropped, the engine's process is forked, and only then is a byte of traffic read.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pwd
import sys
import time
from collections.abc import Sequence
from functools import partial
from importlib import resources
from ipaddress import ip_network
from pathlib import Path

from siptui import config, privilege
from siptui.capture import Source
from siptui.capture.files import open_file
from siptui.capture.interface import open_interface
from siptui.capture.merged import merge
from siptui.capture.recording import Recording
from siptui.capture.replay import Replay
from siptui.capture.udp import UdpSource, open_udp
from siptui.cli import Arguments
from siptui.config import Settings
from siptui.engine import Engine, Output
from siptui.enrich import Enricher
from siptui.enrich.places import Places, country_name
from siptui.errors import SiptuiError
from siptui.farewell import farewell
from siptui.mask import Mask
from siptui.process import EngineProcess
from siptui.respond import MODES, Responder
from siptui.respond.persona import load as load_personas

SMALL = 2_000_000
"""Bytes of capture files that are read before a second process is ready to help."""
SWITCH = 0.0005
"""Seconds that a thread of the screen's process computes while others want to."""
LAZY_PACKAGES = ("encodings", "phonenumbers")
"""Packages that import parts of themselves on first use."""
LAZY_ROW_PACKAGES = (*LAZY_PACKAGES, "numpy")
"""The same where rows are filtered, which the engine does not."""
LAZY_SCREEN_PACKAGES = (*LAZY_ROW_PACKAGES, "textual", "rich", "asyncio", "siptui.tui")
"""The same of what the screen needs."""


def run(arguments: Arguments, settings: Settings) -> int:
    """Watch what was asked for, with or without a screen; return the exit status.

    Raises SiptuiError for everything that the user can mend.
    """
    if arguments.headless:
        if not arguments.has_source:
            raise SiptuiError("name a source: --udp, -i IFACE, -r FILE or demo")
        return _run_headless(arguments, settings)
    if not (sys.stdin.isatty() or "-" in arguments.files) or not sys.stdout.isatty():
        raise SiptuiError(
            "no terminal to draw on; use --json, --export FILE or --quiet to go without a screen"
        )
    if arguments.has_source:
        return _run_screen(arguments, settings)
    return _run_start_screen(settings)


def open_sources(arguments: Arguments, settings: Settings) -> list[Source]:
    """Open everything that was named.

    Raises SiptuiError for the first source that cannot be opened, after closing the others.
    """
    sources: list[Source] = []
    try:
        for address in arguments.udp:
            sources += _open_sockets(address, settings)
        for interface in arguments.interfaces:
            sources.append(
                open_interface(
                    interface,
                    arguments.bpf or None,
                    settings.ports,
                    buffer_size=settings.capture_buffer,
                )
            )
        standard_input = [name for name in arguments.files if name == "-"]
        files = [name for name in arguments.files if name != "-"]
        sources += [open_file(name) for name in standard_input[:1]]
        if files:
            sources.append(merge([open_file(name) for name in files]))
        if arguments.demo:
            recording = open_file(str(_data("demo.pcapng")))
            sources.append(Replay(recording, name="demo", speed=arguments.speed))
    except SiptuiError:
        for source in sources:
            source.close()
        raise
    return sources


def _open_sockets(address: str, settings: Settings) -> list[Source]:
    """Open the sockets that ``[HOST:]PORT`` means; a bare port means IPv4 and IPv6."""
    host, separator, port_text = address.rpartition(":")
    if not port_text.isdecimal() or not 0 < int(port_text) < 65536:
        raise SiptuiError(
            f"--udp {address}: say [HOST:]PORT, such as 5060, 127.0.0.1:5060 or [::1]:5060"
        )
    port = int(port_text)
    open_one = partial(open_udp, port=port, buffer_size=settings.capture_buffer)
    if separator and host:
        return [open_one(host.removeprefix("[").removesuffix("]"))]
    sockets: list[Source] = [open_one("0.0.0.0")]
    with contextlib.suppress(SiptuiError):
        # A host without IPv6 is no reason to stop.
        sockets.append(open_one("::"))
    return sockets


def _data(name: str) -> Path:
    return Path(str(resources.files("siptui"))) / "data" / name


def _enricher(arguments: Arguments, settings: Settings, responder: Responder | None) -> Enricher:
    """Open the databases and the memory of what was seen."""
    environment = config.environment()
    geo = settings.geo or (str(_data("demo-country.mmdb")) if arguments.demo else "")
    asn = settings.asn or (str(_data("demo-asn.mmdb")) if arguments.demo else "")
    places = Places.open(Path(geo) if geo else None, Path(asn) if asn else None)
    remember = settings.seen and any((arguments.udp, arguments.interfaces))
    return Enricher(
        places,
        signatures=config.config_directory(environment),
        own=settings.own,
        seen=config.state_directory(environment) / "seen.sqlite" if remember else None,
        issued=responder.issued if responder is not None else None,
        returned=responder.returned if responder is not None else None,
    )


def _responder(settings: Settings, sources: Sequence[Source]) -> Responder | None:
    """Return what answers for the sockets among the sources; None if there is none.

    Raises SiptuiError for an unknown mode, persona or network.
    """
    sockets = {each.name: each for each in sources if isinstance(each, UdpSource)}
    if settings.respond not in MODES:
        raise SiptuiError(f"there is no mode {settings.respond!r}; there are {', '.join(MODES)}")
    if not sockets:
        if settings.respond != "silent":
            raise SiptuiError("only UDP sockets can answer: --respond goes with --udp")
        return None
    personas = load_personas(_data("personas.toml"))
    own = config.config_directory(config.environment()) / "personas.toml"
    if own.exists():
        personas |= load_personas(own)
    if settings.persona not in personas:
        names = ", ".join(sorted(personas))
        raise SiptuiError(f"there is no persona {settings.persona!r}; there are {names}")
    try:
        allow = [ip_network(each, strict=False) for each in settings.respond_allow]
    except ValueError as error:
        raise SiptuiError(f"--respond-allow: {error}") from None
    return Responder(
        settings.respond,
        personas[settings.persona],
        time.time,
        bound_to_loopback=lambda name: name in sockets and sockets[name].hears_only_loopback,
        allow=allow,
    )


def _recording(arguments: Arguments, user: pwd.struct_passwd | None) -> Recording | None:
    if not arguments.write:
        return None
    recording = Recording(arguments.write, reading=arguments.files)
    _give(arguments.write, user)
    return recording


def _give(path: str | Path, user: pwd.struct_passwd | None) -> None:
    """Let a file that root made belong to whom siptui becomes."""
    if user is not None:
        with contextlib.suppress(OSError):
            os.chown(path, user.pw_uid, user.pw_gid)


def _workers(arguments: Arguments, settings: Settings) -> int:
    """Return how many processes should look at messages beside the engine."""
    size = 0
    for name in arguments.files:
        path = Path(name)
        size += path.stat().st_size if path.is_file() else SMALL
    wanted = arguments.udp or arguments.interfaces or "workers" in settings.origins
    return settings.workers - 1 if wanted or size >= SMALL else 0


def _run_headless(arguments: Arguments, settings: Settings) -> int:
    from siptui import headless

    user = privilege.unprivileged_user(settings.user)
    output = headless.Headless(arguments, Mask() if settings.mask else None)
    for export in output.exports:
        _give(export.path, user)
    sources = open_sources(arguments, settings)
    workers = _workers(arguments, settings)
    responder = _responder(settings, sources)
    enricher = _enricher(arguments, settings, responder)
    recording = _recording(arguments, user)
    privilege.preload(user, *LAZY_ROW_PACKAGES)
    privilege.drop(user)
    engine = Engine(
        sources,
        enricher,
        output,
        recording=recording,
        responder=responder,
        workers=workers,
        backlog=settings.backlog,
        spool=settings.spool,
    )
    return headless.run(engine, output)


def _run_screen(arguments: Arguments, settings: Settings) -> int:
    if arguments.filter:
        from siptui.filters import parse

        parse(arguments.filter)
    user = privilege.unprivileged_user(settings.user)
    sources = open_sources(arguments, settings)
    workers = _workers(arguments, settings)
    responder = _responder(settings, sources)
    enricher = _enricher(arguments, settings, responder)
    recording = _recording(arguments, user)
    if "-" in arguments.files:
        _take_keyboard_from_terminal()

    def build(output: Output) -> Engine:
        return Engine(
            sources,
            enricher,
            output,
            recording=recording,
            responder=responder,
            workers=workers,
            backlog=settings.backlog,
            spool=settings.spool,
        )

    def drop_rights() -> None:
        privilege.preload(user, *LAZY_PACKAGES)
        privilege.drop(user)

    process = EngineProcess(build, drop_rights)
    from siptui.reasons import reasons
    from siptui.store import Store
    from siptui.store.feed import Feed
    from siptui.tui.app import run_app

    privilege.preload(user, *LAZY_SCREEN_PACKAGES)
    privilege.drop(user)
    store = Store(settings.keep, settings.keep_bytes)
    feed = Feed(process.connection, store)
    feed.start()
    # Looking through everything held for garbage stops the screen for 0.2 s, and finds next to
    # none: what the screen drops is found while it is young.
    gc.freeze()
    gc.set_threshold(10_000, 5, 1000)
    # A key goes through three threads, and each waits that long while rows are taken in.
    sys.setswitchinterval(SWITCH)
    try:
        status = run_app(
            store,
            settings=settings,
            mask=Mask(),
            title=", ".join(source.name for source in sources),
            live=any(source.live for source in sources),
            filter=arguments.filter,
            control=process.command,
            typed=feed.give_way,
            explain=reasons(enricher),
            country_name=country_name,
            label_words=enricher.labels.book.words,
        )
    finally:
        process.stop()
    return farewell(store) or status


def _take_keyboard_from_terminal() -> None:
    """Make the terminal standard input again, where a capture came in by it."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise SiptuiError(
            "standard input is a capture and there is no terminal for the keyboard; use --json"
        ) from None
    os.dup2(terminal, 0)
    os.close(terminal)


def _run_start_screen(settings: Settings) -> int:
    from siptui.capture.interface import interfaces
    from siptui.tui.screens.start import StartApp

    error = ""
    while True:
        choice = StartApp(interfaces(), error=error).run()
        if choice is None:
            return 0
        arguments = Arguments()
        if choice.kind == "udp":
            arguments.udp = [choice.value]
        elif choice.kind == "interface":
            arguments.interfaces = [choice.value]
        elif choice.kind == "file":
            arguments.files = [choice.value]
        else:
            arguments.demo = True
        try:
            return _run_screen(arguments, settings)
        except SiptuiError as problem:
            error = str(problem)
