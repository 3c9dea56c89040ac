"""What does the main screen hold, and how is it kept up to date?

    ┌ header     state · source · rate · recording · elapsed · memory ─────────┐
    │            received · shown · kept · let go · lost                        │
    ├ trail      the filter in force, term by term (only if there is one) ──────┤
    │            filterbar lies over what is below while it is open             │
    ├ stream ─────────────────────────────────┬ side: a counter pane a field ───┤
    │ title: shown of held, marks, following  │ 1 countries                     │
    │ heads of the columns                    │ RU  ████████    1,204  38%      │
    │ a row a message                         │ 2 user agents                   │
    │                                         │ …                               │
    ├ inspector  the message at the cursor ───┴─────────────────────────────────┤
    ├ strip      first values of two counters, where there is no side ──────────┤
    └ footer     keys that do something now ────────────────────────────────────┘

Below 110 columns there is no side: a counter or the inspector takes the place of the stream while
it is used. `siptui.tcss` drops panes by the size classes; which ones are wanted are classes, too.
Nothing here is told of messages: `tick` asks the view, at the rate of the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from siptui import text
from siptui.config import Settings
from siptui.record import FIELD
from siptui.tui import actions, counters, empty, facts, inside, keys, language
from siptui.tui.cover import Cover
from siptui.tui.pace import Pace
from siptui.tui.paint import PLAIN, Painted, Signs
from siptui.tui.screens.above import Above
from siptui.tui.search import Search
from siptui.tui.widgets.filterbar import FilterBar
from siptui.tui.widgets.footer import Footer, Offer
from siptui.tui.widgets.header import Header
from siptui.tui.widgets.inspector import Explain, Inspector
from siptui.tui.widgets.stream import Look, Stream
from siptui.tui.widgets.strip import Strip
from siptui.tui.widgets.tally import TallyPane
from siptui.tui.widgets.toosmall import TooSmall
from siptui.tui.widgets.trail import Trail
from siptui.view import View

ARRANGEMENTS = ("counters", "stream", "inspector", "all")
"""What lies beside the stream, in the order in which a key runs through."""
BUDGET = 0.02
"""Seconds that one tick may spend on matching a new filter."""
LATER = 0.2
"""Seconds after which parts are set up that the first screen does not show, or when needed."""
PANES = 4
"""Counter panes that are shown at most."""


class Monitor(Screen[None], inherit_bindings=False):
    """Show what arrives."""

    BINDINGS: ClassVar[list[BindingType]] = [*actions.bindings()]
    HORIZONTAL_BREAKPOINTS = [
        (0, "-thin"),
        (60, "-narrow"),
        (110, "-middle"),
        (160, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (12, "-low"), (34, "-high"), (45, "-tall")]

    def __init__(
        self,
        view: View,
        *,
        settings: Settings,
        mask: Any,
        clock: Callable[[], float],
        control: Callable[[str, object], None] | None,
        title: str,
        live: bool,
        directory: Path,
        explain: Explain | None = None,
        country_name: Callable[[str], str] = str,
        label_words: Mapping[str, str] | None = None,
    ) -> None:
        # What is wanted at the start stands here: a class set later restyles everything.
        super().__init__(id="monitor", classes="with-counters")
        self.country_name = country_name
        self.view = view
        self.settings = settings
        self.cover = Cover(mask, settings.mask)
        self.clock = clock
        self.control = control
        self.source = title
        self.live = live
        self.directory = directory
        self.signs: Signs = PLAIN if settings.ascii else Signs()
        self.look = Look(columns=settings.columns, utc=settings.utc, label_words=label_words or {})
        self.arrangement = ARRANGEMENTS[0]
        self.zoomed = ""
        self.search = Search(view)
        self.keys_of: Mapping[str, Sequence[str]] = actions.keymap(
            settings.keys, inside.keys(), settings.origin
        )
        self._began = clock()
        self._pace = Pace(self._began, view.store.received)
        self._inspected: object = None
        self._told: set[str] = set()
        signs = self.signs
        self.header = Header(signs=signs)
        self.trail = Trail(signs=signs)
        self.bar = FilterBar(
            self.cover.judge,
            lambda value, cursor: language.complete(view, value, cursor),
            behind=lambda: self.pane,
            veil=self.cover.filter,
            signs=signs,
        )
        self.stream = Stream(
            view,
            self.look,
            clock=clock,
            mask=self.cover.record,
            matches=self.search.matches,
            signs=signs,
        )
        self.panes = [
            TallyPane(each.field, each.title, each.number, id=f"tally{at}", signs=signs)
            for at, each in enumerate(counters.COUNTERS[:PANES])
        ]
        for at, pane in enumerate(self.panes):
            pane.add_class(f"-p{at}")
        self.explain = explain
        self.inspector = Inspector(explain, id="inspector", signs=signs)
        self.strip_ = Strip(signs=signs)
        self.footer = Footer(signs=signs)
        self.too_small = TooSmall(id="toosmall", signs=signs)
        self.pane: Widget = self.stream
        """The pane that has the focus, or had it before a line to type in took it."""

    def compose(self) -> ComposeResult:
        """Lay out the panes."""
        yield self.header
        yield self.trail
        with Horizontal(id="body"):
            with Vertical(id="main"):
                yield self.stream
                yield self.inspector
            with Vertical(id="side"):
                yield from self.panes
        yield self.strip_
        yield self.footer
        yield self.bar
        yield self.too_small

    def fit(self, size: Size) -> None:
        """Take on the classes of a size before there is anything that they would restyle."""
        limits = (self.HORIZONTAL_BREAKPOINTS, size.width), (self.VERTICAL_BREAKPOINTS, size.height)
        self.add_class(
            *(max(each for each in points if each[0] <= cells)[1] for points, cells in limits)
        )

    def on_mount(self) -> None:
        """Begin with the stream."""
        self.lay_out()
        self.focus_pane(self.stream)
        self.set_timer(LATER, self.bar.set_up)
        self.set_timer(LATER, self.inspector.set_up)

    def on_resize(self) -> None:
        """Bring everything in line with the new size."""
        self.call_after_refresh(self.update)

    # State

    @property
    def inspecting(self) -> bool:
        """Whether the inspector is on screen."""
        return self.has_class("with-inspector")

    @property
    def pane_name(self) -> str:
        """The kind of the pane that has the focus."""
        if isinstance(self.pane, TallyPane):
            return "tally"
        return "stream" if self.pane is self.stream else "inspector"

    @property
    def narrow(self) -> bool:
        """Whether only one pane has room at a time."""
        return self.has_class("-narrow") or self.has_class("-thin")

    def alone(self, pane: Widget) -> bool:
        """Whether a pane has room only in place of the stream."""
        if pane is self.inspector and not self.has_class("-low"):
            return False
        return self.narrow and pane is not self.stream

    def situation(self) -> actions.Situation:
        """Return what actions depend on."""
        return actions.Situation(
            pane=self.pane_name,
            rows=len(self.view),
            held=self.view.store.kept,
            marks=len(self.view.marks),
            filter=self.view.filter.text,
            search=self.search.text,
            following=self.view.following,
            frozen=self.view.frozen,
            masked=self.cover.on,
            inspecting=self.inspecting,
            zoomed=bool(self.zoomed),
            ranging=self.look.range_from >= 0,
            value=self.term() or "",
            answering="" if self.view.store.status.ended else self.view.store.status.respond_mode,
        )

    def say(self, words: str, severity: Any = "information") -> None:
        """Show a short notice."""
        self.notify(
            text.safe(words),
            severity=severity,
            timeout=8 if severity == "error" else 3,
            markup=False,
        )

    def unzoom(self) -> None:
        """Give the other panes their places back."""
        self.zoomed = ""
        self.lay_out()

    def term(self, hide: bool = False) -> str | None:
        """Return the filter term of the value under the cursor, or None."""
        if isinstance(self.pane, TallyPane):
            if self.pane.value is None:
                return None
            value: object = self.pane.value
            field = counters.field_of(self.view, self.pane.field, self.pane.value)
        else:
            found = self.stream.value()
            if found is None:
                return None
            field, _, record = found
            value = FIELD[field].get(record)
            if isinstance(value, tuple):
                value = value[0] if value else ""
        return counters.term(field, value, hide)

    @property
    def keys_changed(self) -> dict[str, str]:
        """The keys that settings changed, by action id, separated by commas.

        Textual goes through all that it is given at each key, so it is given no others. An action
        without a key gets one that no terminal sends: nothing at all would leave it the usual one.
        """
        usual = actions.keymap({}, inside.keys())
        return {
            id: ",".join(theirs) or "no key"
            for id, theirs in self.keys_of.items()
            if theirs != usual[id]
        }

    def action_do(self, id: str) -> None:
        """Do an action, or say why it is not possible now."""
        reason = actions.ACTION[id].when(self.situation())
        if reason:
            if reason is not actions.NOTHING_BACK:
                self.say(f"{actions.ACTION[id].words}: {reason}", "warning")
            return
        getattr(self, f"act_{id}")()
        self.update()

    # Layout

    def lay_out(self) -> None:
        """Set the classes that say which panes are wanted."""
        beside = self.arrangement in ("counters", "all")
        self.set_class(beside, "with-counters")
        for name in ("stream", "tally", "inspector"):
            self.set_class(self.zoomed == name, f"zoom-{name}")
        for pane in self.panes:
            pane.set_class(self.pane is pane, "used")
        self.call_after_refresh(self.update)

    def inspect(self, show: bool) -> None:
        """Show or hide the inspector."""
        self.set_class(show, "with-inspector")
        self._inspected = None
        if not show and self.pane is self.inspector:
            self.focus_pane(self.stream)
        self.call_after_refresh(self.update)

    def focus_pane(self, pane: Widget) -> None:
        """Give a pane the focus, and where only one fits, the screen."""
        before = self.pane
        self.pane = pane
        if self.zoomed or self.alone(pane):
            self.zoomed = self.pane_name
        for each in (before, pane):
            if isinstance(each, Painted):
                each.notify_style_update()
        self.lay_out()
        pane.focus()

    # Keeping up

    def tick(self) -> None:
        """Ask the view what is new, and show it, also on a screen above."""
        self.view.refresh(BUDGET)
        if self.view.scanned < 1:
            self.set_timer(0.03, self._go_on)
        self.update()
        for words in facts.news(self.view.store.status, self._told):
            self.say(self.cover.words(words), "warning")
        if self.is_attached and isinstance(self.app.screen, Above):
            self.app.screen.update()

    def _go_on(self) -> None:
        self.view.refresh(BUDGET)
        self.update()
        if self.view.scanned < 1:
            self.set_timer(0.03, self._go_on)

    def update(self) -> None:
        """Show what has changed."""
        if not self.is_mounted:
            return
        view, store = self.view, self.view.store
        self._pace.tell(self.clock(), store.received)
        self.look.held = store.kept
        self.look.empty = ()
        if not len(view):
            self.look.empty = empty.lines(
                title=self.cover.words(self.source),
                live=self.live,
                held=store.kept,
                terms=self.cover.filter(view.filter.text),
                status=store.status,
                scanned=view.scanned,
            )
        self.header.show(
            facts.gather(
                view,
                source=self.cover.words(self.source),
                live=self.live,
                elapsed=self.clock() - self._began,
                rates=list(self._pace.rates),
                memory_most=self.settings.keep_bytes,
                masked=self.cover.on,
            )
        )
        self.trail.show(self.cover.terms(view.filter.terms), view.scanned)
        self.stream.sync()
        self._count()
        self.footer.show(self._offers())
        if self.inspecting:
            self._show_inspected()
        self.too_small.show(store.received, view.store.kept)

    def _offers(self) -> list[Offer]:
        situation = self.situation()
        plain = self.signs.ascii
        offers = (
            inside.offers(self.inspector, self.keys_of, plain)
            if situation.pane == "inspector"
            else []
        )
        for action in actions.footer(situation):
            if self.keys_of[action.id]:
                key = keys.key_name(self.keys_of[action.id][0])
                key = keys.plain_key(key) if plain else key
                if any(offer.key == key for offer in offers):
                    continue
                offers.append(Offer(action.id, key, action.label(situation)))
        return offers

    def _count(self) -> None:
        # The last minute of a file is that of its messages, not of the one who reads it.
        now = self.clock() if self.live else self.view.store.newest_time / 1e9
        for pane in self.panes:
            # What has the focus may be used before it has got its place.
            if pane is self.pane or (pane.display and pane.size.height):
                whole = pane is self.pane or pane.sort != "count"
                limit = counters.LIMIT if whole else pane.height
                entries, total, distinct = counters.entries(
                    self.view, pane.field, now, self.hide_value, limit
                )
                pane.show(entries, total, distinct, whole)
        if self.strip_.size.width:
            self.strip_.show(
                [
                    counters.summary(self.view, each, self.hide_value)
                    for each in counters.COUNTERS[:2]
                ]
            )

    def hide_value(self, field: str, value: str) -> str:
        """Return a counter's value as it may be shown, a country with its name."""
        value = self.cover.value(field, value)
        if field in ("country", "number_country") and value.isupper():
            name = self.country_name(value)
            return text.safe(f"{value} {name}" if name != value else value)
        return text.safe(value)

    def _show_inspected(self) -> None:
        key = (self.view.cursor if len(self.view) else None, self.cover.on)
        if key != self._inspected:
            self._inspected = key
            record = self.view.record(self.view.cursor) if len(self.view) else None
            self.inspector.show(record, self.cover.mask)
