"""How is a figure told? As one row: what, measured, its reference in the same run, ratio, budget, and if it is met.

``docs/performance.md`` holds the rows of the last serious run between two marks; a row is replaced by the new one with
the same ``what``, so that one benchmark can be repeated alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
HEADINGS = ("what", "measured", "reference, same run", "ratio", "budget", "met", "MLflow 3.17 (published)")
_BEGIN, _END = "<!-- measured: begin -->", "<!-- measured: end -->"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure, ready to be read."""

    what: str
    measured: str
    reference: str = ""
    ratio: str = ""
    budget: str = ""
    met: str = ""
    peer: str = ""


def verdict(*held: bool) -> str:
    """Say whether every budget of a row is met."""
    return "yes" if all(held) else "NO"


def print_table(rows: Sequence[Row]) -> None:
    """Print rows in columns."""
    lines = [HEADINGS, *(astuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        print("  ".join(cells).rstrip(), flush=True)


def write_page(rows: Sequence[Row], machine: str, page: Path = PAGE) -> None:
    """Put rows into the page's table; rows of another machine are not kept beside them."""
    before, mark, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    inside, end, after = rest.partition(_END)
    if not mark or not end:
        raise SystemExit(f"{page.name} has lost the marks of its table.")
    kept = _rows_of(inside) if machine in inside else {}
    kept.update({row.what: _line((*astuple(row), _today())) for row in rows})
    heading = [_line((*HEADINGS, "on")), _line(("---",) * (len(HEADINGS) + 1))]
    text = "\n".join(["", "", machine, "", *heading, *kept.values(), "", ""])
    page.write_text(before + _BEGIN + text + _END + after, encoding="utf-8")


def _rows_of(text: str) -> dict[str, str]:
    """Return the lines of a table by their first cell, without its heading."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    found = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    return {what: line for what, line in found.items() if what not in ("---", HEADINGS[0])}


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()
