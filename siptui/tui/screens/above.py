"""Which screens over the monitor show what arrives, too?"""

from __future__ import annotations


class Above:
    """Keep up with the monitor below: a base beside Textual's screen."""

    def update(self) -> None:
        """Show what has changed."""
        raise NotImplementedError
