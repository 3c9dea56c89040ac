"""In which order is everything looked up?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from siptui.enrich.habits import NonceTest
from siptui.enrich.labels import Labels
from siptui.enrich.numbers import Numbers
from siptui.enrich.places import Places
from siptui.enrich.seen import Seen
from siptui.enrich.tools import Tools
from siptui.record import Record


class Enricher:
    """Fill what no message says itself: place, tool, shape, number, labels and what is new."""

    def __init__(
        self,
        places: Places | None = None,
        *,
        signatures: Path | None = None,
        own: Collection[str] = (),
        seen: Path | None = None,
        issued: NonceTest | None = None,
        returned: Callable[[Record], int] | None = None,
    ) -> None:
        """Prepare every stage.

        `signatures` is the folder with the user's ``signatures.toml``, ``signatures/*.toml`` and
        ``labels.toml``, as far as there are any; `own` are addresses and names that are ours;
        `seen` is the file that remembers what was seen in earlier runs, None for this run only.
        `issued` and `returned` tell what the responder knows (see Labels). Raises SiptuiError for
        a wrong file.
        """
        self.places = places if places is not None else Places.none()
        self.tools = Tools(signatures)
        self.numbers = Numbers()
        labels = signatures / "labels.toml" if signatures is not None else None
        self.labels = Labels(labels, own=own, issued=issued, returned=returned)
        self.seen = Seen(seen)

    def enrich(self, records: Sequence[Record]) -> None:
        """Fill the second block of records in place; records come in order of arrival."""
        self.look(records)
        self.remember(records)

    def look(self, records: Sequence[Record]) -> None:
        """Fill what needs nothing but the message: its place, its tool, what it says by itself.

        It is the same in whatever process and order records are looked at.
        """
        self.places.enrich(records)
        self.tools.enrich(records)
        self.labels.look(records)

    def remember(self, records: Sequence[Record]) -> None:
        """Fill what depends on earlier messages; records come in order of arrival."""
        self.numbers.enrich(records)
        self.labels.remember(records)
        self.seen.enrich(records)

    def close(self) -> None:
        """Write down what was seen."""
        self.seen.close()
