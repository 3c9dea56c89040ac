"""Which parts of the README are made from the program? ``python -m tools.readme`` writes them."""

from __future__ import annotations

import re
from pathlib import Path

from siptui import filters
from siptui.record import FIELDS
from siptui.tui import actions, inside

README = Path(__file__).resolve().parents[1] / "README.md"


def tables() -> dict[str, str]:
    """Return each made table by the name of its place in the README."""
    keys = [actions.markdown().rstrip()]
    for names, words in inside.rows(inside.keys()):
        keys += (
            [f"| {' '.join(map(_code, names.split('  ')))} | {words} |"]
            if names
            else ["", f"| {words.lower()} | |", "|---|---|"]
        )
    language = ["| filter | what it lets through |", "|---|---|"]
    language += [f"| {_code(example)} | {words} |" for example, words in filters.HELP]
    fields = ["| field | type | what it is |", "|---|---|---|"]
    fields += [f"| {_code(', '.join((each.name, *each.aliases)))} | {each.type} | {each.help} |"
               for each in FIELDS]  # fmt: skip
    return {
        "keys": "\n".join(keys),
        "filter": "\n".join(language),
        "fields": "\n".join(fields),
    }


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def renewed(text: str) -> str:
    """Return the README's text with every made table as it must be."""
    for name, table in tables().items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", text)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text("utf-8")), "utf-8")
