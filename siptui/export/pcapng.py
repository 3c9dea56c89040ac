"""What does a pcapng file of the chosen messages hold? The frames that carried them."""

from __future__ import annotations

from collections.abc import Sequence

from siptui.export.frames import FrameOrder
from siptui.pcapng import Section
from siptui.record import Record


class Encoder:
    """Write one section, an interface for each link type and place of capture."""

    def __init__(self, order: FrameOrder) -> None:
        """Write what `order` gives."""
        self._order = order
        self._section = Section()
        self._begun = False

    def add(self, records: Sequence[Record]) -> bytes:
        """Return the blocks of the frames whose turn has come."""
        head = b"" if self._begun else self._section.header()
        self._begun = True
        return head + self._section.blocks(self._order.add(records))

    def end(self) -> bytes:
        """Return the blocks of the frames that were held back."""
        return self.add(()) + self._section.blocks(self._order.end())
