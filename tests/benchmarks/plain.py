"""Run siptui with Textual's own driver, to see what the driver of siptui saves."""

from __future__ import annotations

from siptui.cli import main
from siptui.tui import app


def textuals_own(**_: object) -> None:
    """Leave the choice of the driver to Textual."""


if __name__ == "__main__":
    vars(app)["driver_class"] = textuals_own
    raise SystemExit(main())
