"""Take the pictures of the real application on the demo: ``python screenshots/make.py``.

Writes an SVG for each scene, and a PNG where rsvg-convert is installed (Debian: librsvg2-bin, with
fonts-firacode and pngquant).
"""

from __future__ import annotations

import asyncio
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from siptui import batch  # noqa: E402
from siptui.capture.files import open_file  # noqa: E402
from siptui.config import Settings  # noqa: E402
from siptui.engine import Engine  # noqa: E402
from siptui.enrich import Enricher  # noqa: E402
from siptui.enrich.places import Places, country_names  # noqa: E402
from siptui.mask import Mask  # noqa: E402
from siptui.reasons import Reasons  # noqa: E402
from siptui.record import Record  # noqa: E402
from siptui.status import Status  # noqa: E402
from siptui.store import Store  # noqa: E402
from siptui.tui.app import SiptuiApp  # noqa: E402

DATA = FOLDER.parent / "siptui" / "data"


class Scene(NamedTuple):
    """Say what is on a picture."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    theme: str = "siptui-dark"


SCENES = (
    Scene("monitor-80x24", (80, 24), ()),
    Scene("monitor-120x36", (120, 36), ("g", *["j"] * 2, "i", "G")),
    Scene("monitor-200x50", (200, 50), ("i",)),
    Scene("inspector-80x24", (80, 24), ("g", "enter")),
    Scene("inspector-120x36", (120, 36), ("g", "enter", "z")),
    Scene("filter-120x36", (120, 36), ("slash", *"country:RU -tool:sv ")),
    Scene("help-120x36", (120, 36), ("question_mark",)),
    Scene("export-120x36", (120, 36), ("space", "e")),
    Scene("senders-120x36", (120, 36), ("S",)),
    Scene("flow-120x36", (120, 36), ("slash", *"method:BYE", "enter", "F")),
    Scene("light-120x36", (120, 36), ("i",), "siptui-light"),
)


class Collected:
    """Put what the engine makes into a store at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    waiting = 0

    def records(self, records: list[Record]) -> None:
        """Take rows."""
        self._store.append(batch.unpack(batch.pack(records)))

    def status(self, status: Status) -> None:
        """Take a report."""
        self._store.status = status


def demo() -> tuple[Store, Enricher]:
    """Return a store with all of the demo, and what knows about it."""
    store = Store()
    places = Places.open(DATA / "demo-country.mmdb", DATA / "demo-asn.mmdb")
    enricher = Enricher(places)
    Engine([open_file(str(DATA / "demo.pcapng"))], enricher, Collected(store)).run()
    return store, enricher


async def take(scene: Scene) -> str:
    """Return the picture of a scene as SVG."""
    store, enricher = demo()
    names = country_names()
    now = store.newest_time / 1e9
    app = SiptuiApp(
        store,
        settings=Settings(theme=scene.theme, utc=True, fps=10),
        mask=Mask(),
        clock=lambda: now,
        title="demo",
        live=False,
        explain=Reasons(pickle.dumps((enricher.tools.catalogue, enricher.labels.book))),
        country_name=lambda code: names.get(code, code),
        label_words=enricher.labels.book.words,
        environment={},
        directory=Path("/home/watcher"),
    )
    async with app.run_test(size=scene.size) as pilot:
        await pilot.pause(0.5)
        for key in scene.keys:
            await pilot.press({" ": "space", ":": "colon", "-": "minus"}.get(key, key))
        await pilot.pause(0.5)
        return app.export_screenshot(title="siptui")


def main() -> None:
    """Take all pictures."""
    wanted = set(sys.argv[1:])
    for scene in SCENES:
        if wanted and scene.name not in wanted:
            continue
        picture = FOLDER / f"{scene.name}.svg"
        # Without this, converters drop the spaces that rows are aligned with.
        drawn = asyncio.run(take(scene)).replace("<text ", '<text xml:space="preserve" ')
        picture.write_text(drawn, "utf-8")
        if shutil.which("rsvg-convert"):
            png = str(picture.with_suffix(".png"))
            subprocess.run(["rsvg-convert", "-o", png, str(picture)], check=True)
            if shutil.which("pngquant"):
                subprocess.run(["pngquant", "--force", "--output", png, "64", png], check=True)
        print(picture.name)


if __name__ == "__main__":
    main()
