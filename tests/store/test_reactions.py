"""What sources do after our answers is counted by mode and status, one outcome a source."""

from __future__ import annotations

from siptui.batch import pack, unpack
from siptui.record import Record
from siptui.status import Status
from siptui.store import Store
from siptui.store.reactions import Kind, Reactions
from tests.tui.monitoring import record


def feed(reactions: Reactions, mode: str, *rows: Record) -> None:
    reactions.add(unpack(pack(rows)), mode)


def asks(method: str, src: str = "198.51.100.7", **more: object) -> Record:
    return record(0, method=method, src=src, **more)  # type: ignore[arg-type]


def answer(status: int, method: str, to: str = "198.51.100.7") -> Record:
    """Return our answer to a request."""
    made = record(0, method=method, status=status, src="192.0.2.1", ours=True)
    made.dst = to
    return made


def test_who_does_nothing_is_silent() -> None:
    reactions = Reactions()
    feed(reactions, "options", asks("OPTIONS"), answer(200, "OPTIONS"))
    assert reactions.counts == {
        Kind("options", 200): {"silent": 1, "acknowledged": 0, "came back": 0, "escalated": 0}
    }


def outcome(reactions: Reactions, kind: Kind) -> str:
    return next(name for name, count in reactions.counts[kind].items() if count)


def test_who_asks_for_the_same_came_back_and_who_asks_for_more_escalated() -> None:
    reactions = Reactions()
    feed(reactions, "challenge", asks("REGISTER"), answer(401, "REGISTER"))
    feed(reactions, "challenge", asks("REGISTER"))
    assert outcome(reactions, Kind("challenge", 401)) == "came back"
    feed(reactions, "challenge", asks("REGISTER", auth_user="100"), answer(403, "REGISTER"))
    assert outcome(reactions, Kind("challenge", 401)) == "escalated"
    feed(reactions, "challenge", asks("REGISTER", auth_user="100"))
    assert outcome(reactions, Kind("challenge", 403)) == "came back"
    feed(reactions, "challenge", asks("INVITE"))
    assert outcome(reactions, Kind("challenge", 403)) == "escalated"


def test_an_ack_alone_is_no_coming_back() -> None:
    reactions = Reactions()
    feed(reactions, "call", asks("INVITE"), answer(486, "INVITE"), asks("ACK"))
    assert outcome(reactions, Kind("call", 486)) == "acknowledged"
    feed(reactions, "call", asks("INVITE"))
    assert outcome(reactions, Kind("call", 486)) == "came back"


def test_sources_are_counted_once_a_kind_and_others_not_at_all() -> None:
    reactions = Reactions()
    for _ in range(5):
        feed(reactions, "pbx", asks("REGISTER"), answer(404, "REGISTER"))
        feed(reactions, "pbx", asks("REGISTER", "203.0.113.9"))
    assert sum(reactions.counts[Kind("pbx", 404)].values()) == 1


def test_what_is_followed_has_bounds_and_totals_outlive_it() -> None:
    reactions = Reactions(limit=3)
    for n in range(10):
        source = f"198.51.100.{n}"
        feed(reactions, "options", asks("OPTIONS", source), answer(200, "OPTIONS", source))
    assert sum(reactions.counts[Kind("options", 200)].values()) == 10
    feed(reactions, "options", asks("OPTIONS", "198.51.100.0"))
    assert outcome(reactions, Kind("options", 200)) == "silent"


def test_the_store_knows_the_mode_and_forgets_with_its_rows() -> None:
    store = Store()
    store.status = Status(respond_mode="mirror")
    mirrored = asks("OPTIONS", "192.0.2.1", ours=True)
    mirrored.dst = "198.51.100.7"
    store.append(unpack(pack([asks("OPTIONS"), mirrored])))
    assert list(store.reactions.counts) == [Kind("mirror", 0)]
    sender = store.senders.get("src", "198.51.100.7")
    assert sender is not None
    assert sender.reaction == "mirrored 1 times: silent"
    store.clear()
    assert store.reactions.counts == {}


def test_a_sender_shows_its_credentials_and_that_it_sent_them_after_our_answer() -> None:
    store = Store()
    tries = asks("REGISTER", auth_user="100", auth_realm="asterisk", auth_password="1234")
    store.append(unpack(pack([asks("REGISTER"), answer(401, "REGISTER"), tries])))
    sender = store.senders.get("src", "198.51.100.7")
    assert sender is not None
    assert sender.credentials == ("100 at asterisk: 1234",)
    assert sender.reaction == "401 1 times: REGISTER with credentials 1 after 0.00 s"
