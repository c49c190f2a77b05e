"""How is a list printed? Drawn to fit for a terminal; for a program aligned columns with nothing cut off."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from holotype.cli import output
from holotype.cli.formats import width as cells_of
from holotype.cli.output import Cell

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, whether it holds numbers, and whether a narrow terminal may do without it."""

    title: str
    right: bool = False
    optional: bool = False
    style: str = ""


Row = Sequence[str | Cell]


def table(columns: Sequence[Column], rows: Sequence[Row], *, header: bool = True) -> None:
    """Print rows under titles. Columns that are empty in every row are left out."""
    cells = [[_cell(value, column) for value, column in zip(row, columns, strict=True)] for row in rows]
    kept = [i for i in range(len(columns)) if any(row[i].text for row in cells)]
    if output.terminal():
        room = _columns_of_terminal()
        kept = _fitting(columns, cells, kept, room)
        if not _fits(columns, cells, kept, room):
            cells = [[replace(cell, text=cell.short or cell.text) for cell in row] for row in cells]
    _print([columns[i] for i in kept], [[row[i] for i in kept] for row in cells], header)


def _cell(value: str | Cell, column: Column) -> Cell:
    cell = value if isinstance(value, Cell) else Cell(value, column.style)
    return replace(cell, text=" ".join(output.clean(cell.text).split()))


def _fitting(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], kept: list[int], room: int) -> list[int]:
    """Leave out optional columns, the last one first, until the rest fits."""
    while not _fits(columns, rows, kept, room):
        optional = [i for i in kept if columns[i].optional]
        if not optional:
            break
        kept = [i for i in kept if i != optional[-1]]
    return kept


def _fits(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], kept: Sequence[int], room: int) -> bool:
    return sum(_natural(columns, rows, i) + len(_GAP) for i in kept) - len(_GAP) <= room


def _natural(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], i: int) -> int:
    return max([cells_of(columns[i].title), *(cells_of(row[i].text) for row in rows)])


def _print(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], header: bool) -> None:
    widths = [_natural(columns, rows, i) for i in range(len(columns))]
    if output.terminal() and sum(widths) + len(_GAP) * (len(widths) - 1) > _columns_of_terminal():
        _draw(columns, rows, header)
        return
    if header:
        print(_line([Cell(column.title, "dim") for column in columns], columns, widths))
    for row in rows:
        print(_line(row, columns, widths))


def _line(cells: Sequence[Cell], columns: Sequence[Column], widths: Sequence[int]) -> str:
    parts = []
    for cell, column, room in zip(cells, columns, widths, strict=True):
        blank = " " * (room - cells_of(cell.text))
        text = output.paint(cell.text, *((cell.style,) if cell.style else ()))
        parts.append(blank + text if column.right else text + blank)
    return _GAP.join(parts).rstrip()


def _draw(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], header: bool) -> None:
    """Fold what is too wide for the terminal."""
    from rich.console import Console  # noqa: PLC0415 - loaded only when something has to be folded
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    # Widths are fixed, and the gap behind the last column hangs over the edge: otherwise rich loses characters.
    drawn = Table(box=None, padding=(0, len(_GAP), 0, 0), show_header=header, header_style="")
    for column, width in zip(columns, _widths(columns, rows), strict=True):
        title = Text(column.title, style="dim")  # as a style of the row it would colour the blanks behind, too
        drawn.add_column(title, justify="right" if column.right else "left", overflow="fold", width=width)
    for row in rows:
        drawn.add_row(*(Text(cell.text, style=cell.style) for cell in row))
    console = Console(
        file=sys.stdout,
        width=_columns_of_terminal() + len(_GAP),
        color_system="auto" if output.coloured() else None,
        highlight=False,
        markup=False,
    )
    with console.capture() as captured:
        console.print(drawn)
    for line in captured.get().splitlines():
        print(line.rstrip())


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Return the width of each column: the widest gives way until all fit."""
    widths = [_natural(columns, rows, i) for i in range(len(columns))]
    room = _columns_of_terminal() - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths


def _columns_of_terminal() -> int:
    import shutil  # noqa: PLC0415

    return max(20, shutil.get_terminal_size().columns)
