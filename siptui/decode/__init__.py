"""Which messages do frames carry, and what do their bytes say?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siptui.decode.decoder import Decoder

__all__ = ["Decoder"]


def __getattr__(name: str) -> Any:
    """Import the decoder when it is asked for: who reads one message needs no layers."""
    if name != "Decoder":
        raise AttributeError(name)
    from siptui.decode.decoder import Decoder

    return Decoder
