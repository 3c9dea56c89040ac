"""Made-up messages, and an application that shows them with a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from siptui import batch
from siptui.capture import Statistics
from siptui.config import Settings
from siptui.mask import Mask
from siptui.record import SPANS, Frame, Record
from siptui.status import SourceStatus, Status
from siptui.store import Store
from siptui.tui.app import SiptuiApp

NOON = 1_767_268_800
"""2026-01-01 12:00:00 UTC, in seconds."""

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202eevil\u200b [/b][bold] \x00\x7f"


def record(
    number: int = 0,
    *,
    method: str = "OPTIONS",
    status: int = 0,
    src: str = "198.51.100.7",
    ua: str = "friendly-scanner",
    uri: str = "sip:100@192.0.2.1",
    country: str = "RU",
    call_id: str = "",
    data: bytes | None = None,
    **more: object,
) -> Record:
    """Return one message; `number` sets its time, 250 ms apart, and its Call-ID."""
    time = NOON * 10**9 + number * 250_000_000
    if data is None:
        start = f"SIP/2.0 {status} OK" if status else f"{method} {uri} SIP/2.0"
        data = (
            f"{start}\r\n"
            f"Via: SIP/2.0/UDP {src}:5060;branch=z9hG4bK-{number}\r\n"
            f'From: "x" <sip:100@{src}>;tag={number}\r\n'
            f"To: <sip:200@192.0.2.1>\r\n"
            f"Call-ID: {call_id or f'{number}@{src}'}\r\n"
            f"CSeq: 1 {method}\r\n"
            f"User-Agent: {ua}\r\n"
            "Content-Length: 0\r\n\r\n"
        ).encode("utf-8", "surrogateescape")
    more = {"user": "100", "kind": "sip", "transport": "udp"} | more
    return Record(
        time=time,
        src=src,
        sport=5060,
        dst="192.0.2.1",
        dport=5060,
        data=data,
        frames=(Frame(time, data, 101, len(data), "udp 0.0.0.0:5060"),),
        method="" if status else method,
        status=status,
        spans=_spans(data) if more["kind"] == "sip" else (0,) * (2 * len(SPANS)),
        ua=ua,
        country=country,
        **more,  # type: ignore[arg-type]
    )


def _spans(data: bytes) -> tuple[int, ...]:
    spans: list[int] = []
    for name in SPANS:
        if name == "uri":
            start = data.find(b" ") + 1
            stop = -1 if data.startswith(b"SIP/") else data.find(b" ", start)
        else:
            head = b"\n" + name.replace("_", "-").title().replace("Id", "ID").encode() + b": "
            head = b"\nCSeq: " if name == "cseq" else head
            at = data.find(head)
            start = at + len(head) if at >= 0 else 0
            stop = data.find(b"\r\n", start) if at >= 0 else 0
        spans += [start, stop] if stop > start else [0, 0]
    return tuple(spans)


class Clock:
    """Tell the time that a test sets."""

    def __init__(self, now: float = NOON + 60) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class SteadyStore(Store):
    """Say the same size whatever it holds, so that pictures depend on what is painted alone."""

    @property
    def bytes(self) -> int:
        return 1_234_567


def feed(store: Store, records: list[Record]) -> None:
    """Hand messages to a store as the engine does."""
    store.append(batch.unpack(batch.pack(records)))


def traffic(count: int) -> list[Record]:
    """Return messages of several methods, sources, countries, agents and labels."""
    made = []
    for n in range(count):
        method = ("OPTIONS", "REGISTER", "INVITE", "OPTIONS", "OPTIONS")[n % 5]
        more: dict[str, object] = {}
        if n % 7 == 3:
            more = {"defects": ("lf-only",)}
        if n % 6 == 2:
            more |= {"labels": ("toll-fraud",), "tool": "sippts/sipinvite"}
        made.append(
            record(
                n,
                method=method,
                status=404 if n % 11 == 10 else 0,
                src=("198.51.100.7", "203.0.113.9", "2001:db8::17")[n % 3],
                country=("RU", "CN", "DE", "RU")[n % 4],
                ua=("friendly-scanner", "PBX", "Z 5.4.12")[n // 2 % 3],
                uri=f"sip:{100 + n}@192.0.2.1",
                user=str(100 + n % 5),
                **more,
            )
        )
    return made


def application(
    records: list[Record], *, clock: Clock | None = None, status: Status | None = None, **more: Any
) -> SiptuiApp:
    """Return the application on a store that holds some messages, its own timer asleep."""
    settings = Settings(fps=0.001, utc=True, **more.pop("settings", {}))
    store = SteadyStore(100_000, 100_000_000)
    store.status = status or Status(
        sources=[SourceStatus("udp 0.0.0.0:5060", True, False, Statistics(len(records)))],
        frames=len(records),
        records=len(records),
    )
    if records:
        feed(store, records)
    more = {"title": "udp 0.0.0.0:5060", "live": True, "mask": Mask(), "environment": {}} | more
    return SiptuiApp(store, settings=settings, clock=clock or Clock(), **more)


@asynccontextmanager
async def running(
    records: list[Record], size: tuple[int, int] = (120, 40), **more: Any
) -> AsyncIterator[tuple[SiptuiApp, Pilot[None]]]:
    """Run the application and give it with its pilot."""
    app = application(records, **more)
    async with app.run_test(size=size) as pilot:
        app.monitor.tick()
        await pilot.pause()
        yield app, pilot


def screen(app: SiptuiApp) -> str:
    """Return what the terminal shows, line by line."""
    height = app.size.height
    update = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in update[:height])


def pressing(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return what presses keys and lets all be drawn, before a picture is taken."""

    async def before(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SiptuiApp)
        app.monitor.tick()
        await pilot.press(*keys)
        await pilot.pause()
        app.monitor.tick()
        await pilot.pause()
        app.clear_notifications()
        await pilot.pause()

    return before
