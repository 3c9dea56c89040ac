"""What stands in the table of campaigns, and which filter shows one of them?"""

from __future__ import annotations

from siptui import filters, text
from siptui.store.campaigns import SUFFIX, Campaign
from siptui.tui.roster import Cell, Moment, Words
from siptui.tui.widgets.listing import Head

_HEADS = (
    Head("source", "sources", 8, "right"),
    Head("shared", "what they share", 28),
    Head("last", "last", 8),
    Head("messages", "messages", 8, "right"),
    Head("country", "from", 8),
    Head("shape", "shape", 12),
    Head("first", "first", 8),
    Head("as", "as", 20),
    Head("number", "numbers dialled", 16),
)
"""The most important first, with the least width."""
_GROWING = {"shared": 44, "country": 20, "shape": 53, "number": 60, "as": 40}


def heads(width: int) -> list[Head]:
    """Return the columns that fit, the wide ones as wide as there is room."""
    chosen: list[Head] = []
    left = width + 1
    for head in _HEADS:
        if head.width + 1 > left:
            break
        chosen.append(head)
        left -= head.width + 1
    found = []
    for head in chosen:
        more = min(left, max(0, _GROWING.get(head.name, 0) - head.width))
        left -= more
        found.append(head._replace(width=head.width + more))
    return found


def key(campaign: Campaign) -> tuple[str, str, str]:
    """Return what a campaign is known by."""
    return campaign.shape, campaign.what, campaign.shared


def term(campaign: Campaign) -> str:
    """Return the filter terms that show a campaign's messages."""
    shape = filters.exact("shape", campaign.shape)
    if campaign.what == "number":
        return f'{shape} number~"{campaign.shared}$"'
    return f"{shape} from:{filters.quote(campaign.shared)}"


def shared(campaign: Campaign, words: Words) -> str:
    """Say what the sources of a campaign share, safe and as it may be shown."""
    if campaign.what == "number":
        more = text.ELLIPSIS if len(campaign.shared) >= SUFFIX else ""
        return f"dial {more}{words('number', campaign.shared)}"
    return f"From {words('from', campaign.shared)}"


def cells(campaign: Campaign, shown: list[Head], moment: Moment, words: Words) -> list[Cell]:
    """Return the text and role of each column."""
    made = {
        "source": (text.count(len(campaign.sources)), "value"),
        "shared": (shared(campaign, words), "warn"),
        "last": (moment.clock(campaign.last), "dim"),
        "first": (moment.clock(campaign.first), "dim"),
        "messages": (text.short_count(campaign.messages), "value"),
        "country": (_some(campaign.countries), "value"),
        "as": (_some({words("as_name", each): None for each in [*campaign.systems][:6]}), "dim"),
        "shape": (text.safe(campaign.shape), "dim"),
        "number": (", ".join(words("number", each) for each in [*campaign.numbers][:6]), "dim"),
    }
    return [made[head.name] for head in shown]


def _some(values: dict[str, None]) -> str:
    return " ".join(text.safe(each) for each in [*values][:8])


def details(campaign: Campaign, words: Words) -> list[tuple[str, str]]:
    """Return what there is to say of a campaign, each with a title."""
    newest = [*campaign.sources][-20:]
    found = [
        ("shared", f"{shared(campaign, words)}, written alike: {text.safe(campaign.shape)}"),
        ("sources", ", ".join(words("src", each) for each in reversed(newest))),
        ("countries", ", ".join(words("country", each) for each in [*campaign.countries][:20])),
        ("networks", ", ".join(words("as_name", each) for each in [*campaign.systems][:20])),
        ("numbers", ", ".join(words("number", each) for each in [*campaign.numbers][:20])),
    ]
    return [(title, value) for title, value in found if value]
