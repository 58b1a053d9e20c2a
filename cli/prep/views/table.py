"""A table on a page; the last column wraps. Where it is too wide, two lines for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from prep.views.page import BOLD, DIM, PLAIN, Page, Span
from prep.views.wrapping import wrap

_GAP = "  "


class Row(NamedTuple):
    """One row.

    Attributes:
        cells: as many as the header has.
        style: of the last cell.
        title, details: what stands for the row where the table does not fit; the last
            cell follows them.
    """

    cells: tuple[str, ...]
    style: str = PLAIN
    title: str = ""
    details: str = ""


def table(page: Page, header: Sequence[str], rows: Sequence[Row], *, least: int = 12) -> Page:
    """Add a table.

    Args:
        page: where it goes.
        header: titles of the columns; when all are empty, no header is shown.
        rows: the rows.
        least: columns that the last cell needs at least.
    """
    cells = [header, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    left = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    room = page.width - left
    if room < min(least, widths[-1]):
        for row in rows:
            _stacked(page, row)
        return page
    if any(header):
        page.line_of((_beside(header, widths) + header[-1]).rstrip(), DIM)
    for row in rows:
        head = _beside(row.cells, widths)
        for text in _wrapped(row.cells[-1], room):
            page.line(Span(head), Span(text, row.style))
            head = " " * left
    return page


def _beside(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(cell.ljust(n) + _GAP for cell, n in zip(cells[:-1], widths[:-1], strict=True))


def _wrapped(text: str, room: int) -> list[str]:
    return wrap(text, room, cut=True)


def _stacked(page: Page, row: Row) -> None:
    title, last = row.title or row.cells[0], row.cells[-1]
    beside = len(title) + 3 + len(last) <= page.width
    if beside:
        page.line(Span(title, BOLD), "   ", Span(last, row.style))
    else:
        page.text(title, style=BOLD)
        page.text(last, indent=2, style=row.style)
    if row.details:
        page.text(row.details, indent=2)
