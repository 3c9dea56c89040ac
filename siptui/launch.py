"""How is the engine put together for what was asked?

Everything that may need a right or fail for a reason the user can mend is opened first; then the
rights are dropped, and only then is a byte of traffic read. With a screen all of this happens in
the engine's process (see `session`), without one in the only process there is.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import pwd
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
from siptui.enrich.places import Places, country_names
from siptui.errors import SiptuiError
from siptui.mask import Mask
from siptui.respond import MODES, Responder
from siptui.respond.persona import Persona
from siptui.respond.persona import load as load_personas
from siptui.status import Opened

SMALL = 2_000_000
"""Bytes of capture files that are read before a second process is ready to help."""
LAZY_PACKAGES = ("phonenumbers",)
"""Packages that import parts of themselves on first use."""
LAZY_ROW_PACKAGES = (*LAZY_PACKAGES, "numpy")
"""The same where rows are filtered, which the engine does not."""


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
    host, _, port_text = address.rpartition(":")
    bracketed = host.startswith("["), host.endswith("]")
    is_port = port_text.isdecimal() and 0 < int(port_text) < 65536
    if not is_port or len(set(bracketed)) > 1:
        raise SiptuiError(
            f"--udp {address}: say [HOST:]PORT, such as 5060, 127.0.0.1:5060 or [::1]:5060"
        )
    port = int(port_text)
    open_one = partial(open_udp, port=port, buffer_size=settings.capture_buffer)
    if host:
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

    Raises SiptuiError for an unknown mode or persona.
    """
    sockets = {each.name: each for each in sources if isinstance(each, UdpSource)}
    judge_mode(settings)
    if not sockets:
        # Settings of a file say how to answer wherever that is possible.
        if settings.respond != "silent" and settings.is_argument("respond"):
            raise SiptuiError("only UDP sockets can answer: --respond goes with --udp")
        if settings.is_argument("persona"):
            persona(settings)
        return None
    return Responder(
        settings.respond,
        persona(settings),
        time.time,
        bound_to_loopback=lambda name: name in sockets and sockets[name].hears_only_loopback,
        allow=[ip_network(each, strict=False) for each in settings.respond_allow],
    )


def judge_mode(settings: Settings) -> None:
    """Raise SiptuiError if there is no such way to answer as the settings name."""
    if settings.respond not in MODES:
        raise SiptuiError(
            f"{settings.origin('respond')}there is no mode {settings.respond!r}; "
            f"there are {', '.join(MODES)}"
        )


def persona(settings: Settings) -> Persona:
    """Return the product to answer as; raises SiptuiError if there is none of that name."""
    personas = load_personas(_data("personas.toml"))
    own = config.config_directory(config.environment()) / "personas.toml"
    if own.exists():
        personas |= load_personas(own)
    if settings.persona not in personas:
        names = ", ".join(sorted(personas))
        raise SiptuiError(
            f"{settings.origin('persona')}there is no persona {settings.persona!r}; "
            f"there are {names}"
        )
    return personas[settings.persona]


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


def prepare(
    arguments: Arguments,
    settings: Settings,
    user: pwd.struct_passwd | None,
    output: Output,
    lazy: Sequence[str] = LAZY_PACKAGES,
) -> tuple[Engine, Opened]:
    """Open everything that was asked for, become `user`, and put the engine together.

    `lazy` are the packages that import parts of themselves later. Raises SiptuiError for everything
    that the user can mend.
    """
    sources = open_sources(arguments, settings)
    workers = _workers(arguments, settings)
    responder = _responder(settings, sources)
    enricher = _enricher(arguments, settings, responder)
    recording = _recording(arguments, user)
    names = country_names()
    privilege.preload(user, *lazy)
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
    book = enricher.labels.book
    return engine, Opened(
        title=", ".join(source.name for source in sources),
        live=any(source.live for source in sources),
        label_words=book.words,
        country_names=names,
        knowledge=pickle.dumps((enricher.tools.catalogue, book)),
    )


def run(arguments: Arguments, settings: Settings) -> int:
    """Watch what was asked for without a screen; return the exit status.

    Raises SiptuiError for everything that the user can mend.
    """
    if not arguments.has_source:
        raise SiptuiError("name a source: --udp, -i IFACE, -r FILE or demo")
    from siptui import headless

    user = privilege.unprivileged_user(settings.user, settings.origin("user"))
    output = headless.Headless(arguments, Mask() if settings.mask else None)
    for export in output.exports:
        _give(export.path, user)
    engine, _ = prepare(arguments, settings, user, output, LAZY_ROW_PACKAGES)
    return headless.run(engine, output)
