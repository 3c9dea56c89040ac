"""Run siptui as `python -m siptui`."""

from siptui.cli import main

raise SystemExit(main())
