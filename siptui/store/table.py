"""Which senders of one grouping are held, and which have to go?"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from itertools import islice

from siptui.store.sender import Room, Sender

_LITTLE = 3
"""Messages up to which a sender is the first to go."""


class Table:
    """Hold the senders of one grouping, within bounds."""

    def __init__(self, limit: int, room: Room) -> None:
        self.limit = limit
        self._room = room
        self.senders: dict[Hashable, Sender] = {}
        self.let_go = 0
        """Senders that were forgotten."""
        self.messages_let_go = 0
        """Messages of those."""

    def of(self, key: Hashable, time: int) -> Sender:
        """Return the sender of a key; a new one if it is not held."""
        found = self.senders.get(key)
        if found is None:
            if len(self.senders) >= self.limit:
                self._prune()
            found = self.senders[key] = Sender(key, time)
        return found

    def _prune(self) -> None:
        """Forget a quarter: who sent little, the oldest first, then who was silent longest."""
        wanted = max(1, self.limit // 4)
        little = (each for each in self.senders.values() if each.messages <= _LITTLE)
        going = list(islice(little, wanted))
        if len(going) < wanted:
            rest = (each for each in self.senders.values() if each.messages > _LITTLE)
            going += heapq.nsmallest(wanted - len(going), rest, key=lambda each: each.last)
        for sender in going:
            self.let_go += 1
            self.messages_let_go += sender.messages
            self._room.left += sender.room
            del self.senders[sender.key]


def natural(key: Hashable) -> tuple[object, ...]:
    """Return what sorts addresses by number and everything else by its text."""
    text = str(key)
    parts = text.partition("/")[0].split(".")
    if len(parts) == 4 and all(each.isdecimal() for each in parts):
        return (0, *(int(each) for each in parts))
    return (1, text)
