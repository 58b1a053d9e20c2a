"""Comparison of rows: what a query returned against what it should have returned.

Cells are equal as SQL sees them: 1 and 1.0 are one value, NULL (None) equals only itself, and
a text never equals a number. Only plain values of exact type are compared, so that no `__eq__`
of the learner takes part.
"""

from __future__ import annotations

import datetime
import decimal
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from prep.testing.failures import CheckFailed, fail

_CELLS = (
    type(None),
    bool,
    int,
    float,
    str,
    bytes,
    decimal.Decimal,
    datetime.date,
    datetime.datetime,
    datetime.time,
    datetime.timedelta,
)
_CELL_WIDTH = 40

Row = tuple[Any, ...]


def table(
    rows: Any,
    expected_rows: Sequence[Sequence[Any]],
    what: str,
    *,
    columns: Sequence[str] | None = None,
    ordered: bool = True,
    mistakes: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> None:
    """Fail unless `rows` are the expected rows.

    Args:
        rows: the learner's rows: a list or tuple of rows (list, tuple or `sqlite3.Row`).
        expected_rows: the right rows.
        what: a noun phrase for the message: "the ranking".
        columns: names of the columns, for the messages only.
        ordered: whether the order of the rows counts; if not, rows are a multiset.
        mistakes: name of a known mistake -> the rows it would give. When `rows` equal one of
            them, the failure carries that name.

    Raises:
        CheckFailed: with the first difference.
    """
    right = [tuple(row) for row in expected_rows]
    try:
        _compare(_plain(rows, what, columns), right, what, columns, ordered)
    except CheckFailed as failure:
        for name, value in (mistakes or {}).items():
            if _matches(rows, [tuple(row) for row in value], columns, ordered):
                failure.mistake = name
                break
        raise


def _matches(rows: Any, value: list[Row], columns: Sequence[str] | None, ordered: bool) -> bool:
    try:
        _compare(_plain(rows, "", columns), value, "", columns, ordered)
    except CheckFailed:
        return False
    return True


def _plain(rows: Any, what: str, columns: Sequence[str] | None) -> list[Row]:
    """The rows as tuples of plain values."""
    if not isinstance(rows, list | tuple):
        fail(f"{what} has the wrong type", expected="list of rows", seen=type(rows).__name__)
    plain: list[Row] = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list | tuple | sqlite3.Row):
            fail(
                f"row {number} of {what} has the wrong type",
                expected="tuple",
                seen=type(row).__name__,
            )
        cells = tuple(row)
        for place, cell in enumerate(cells):
            if type(cell) not in _CELLS:
                name = f" ({columns[place]})" if columns and place < len(columns) else ""
                fail(
                    f"row {number} of {what} holds a value that is not plain{name}",
                    expected="number, text, bytes, date or None",
                    seen=type(cell).__name__,
                )
        plain.append(cells)
    return plain


def _compare(
    rows: list[Row],
    right: list[Row],
    what: str,
    columns: Sequence[str] | None,
    ordered: bool,
) -> None:
    _widths(rows, right, what, columns)
    have, want = [_key(row) for row in rows], [_key(row) for row in right]
    missing, extra = _left_over(want, have), _left_over(have, want)
    if missing and extra:
        _report_changed(rows, right, missing, extra, what, columns)
    if missing:
        fail(
            f"{what} lacks {_rows(len(missing))} of {len(right)}",
            expected=_show(right[missing[0]], columns),
            seen=f"no such row, {_rows(len(rows))} in all",
        )
    if extra:
        fail(
            f"{what} has {_rows(len(extra))} too many",
            expected=f"{_rows(len(right))} in all" if right else "no rows",
            seen=_show(rows[extra[0]], columns),
        )
    if ordered and have != want:
        at = next(i for i, (h, w) in enumerate(zip(have, want, strict=True)) if h != w)
        fail(
            f"{what} has the right rows in the wrong order: row {at + 1} is another",
            expected=_show(right[at], columns),
            seen=_show(rows[at], columns),
        )


def _widths(rows: list[Row], right: list[Row], what: str, columns: Sequence[str] | None) -> None:
    width = len(columns) if columns else len(right[0]) if right else None
    for number, row in enumerate(rows, start=1):
        if width is not None and len(row) != width:
            names = f": {', '.join(columns)}" if columns else ""
            fail(
                f"row {number} of {what} has the wrong number of values",
                expected=f"{width}{names}",
                seen=f"{len(row)}: {_show(row, None)}",
            )


def _left_over(first: list[Row], second: list[Row]) -> list[int]:
    """Positions in `first` of the rows that `second` does not have, copies counted."""
    there = Counter(second)
    left = []
    for position, key in enumerate(first):
        if there[key] > 0:
            there[key] -= 1
        else:
            left.append(position)
    return left


def _report_changed(
    rows: list[Row],
    right: list[Row],
    missing: list[int],
    extra: list[int],
    what: str,
    columns: Sequence[str] | None,
) -> None:
    """The first missing row beside the surplus row that is most like it."""
    wanted = right[missing[0]]
    nearest = min(extra, key=lambda i: (len(_differing(rows[i], wanted)), i))
    places = _differing(rows[nearest], wanted)
    count = max(len(missing), len(extra))
    where = f"{what} differs in {_rows(count)} of {max(len(rows), len(right))}"
    if len(places) <= len(wanted) // 2:
        names = ", ".join(columns[p] if columns else f"value {p + 1}" for p in places)
        where += f"; row {nearest + 1} in {names}"
    else:
        where += "; the first that is missing, and the first that should not be there"
    fail(where, expected=_show(wanted, columns), seen=_show(rows[nearest], columns))


def _differing(row: Row, wanted: Row) -> list[int]:
    pairs = zip(_key(row), _key(wanted), strict=True)
    return [place for place, (have, want) in enumerate(pairs) if have != want]


def _key(row: Row) -> Row:
    return tuple(_cell_key(cell) for cell in row)


def _cell_key(cell: Any) -> Any:
    """Equal for equal cells only; NaN, which equals nothing, is made equal to itself."""
    if cell is None:
        return ("null",)
    if isinstance(cell, int | float | decimal.Decimal):
        return ("nan",) if cell != cell else cell
    return (type(cell).__name__, cell)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _show(row: Row, columns: Sequence[str] | None) -> str:
    cells = [_show_cell(cell) for cell in row]
    if columns and len(columns) == len(cells):
        return ", ".join(f"{name} {cell}" for name, cell in zip(columns, cells, strict=True))
    return f"({', '.join(cells)})"


def _show_cell(cell: Any) -> str:
    if cell is None:
        return "NULL"
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta | decimal.Decimal):
        return str(cell)
    text = repr(cell)
    if len(text) <= _CELL_WIDTH:
        return text
    half = _CELL_WIDTH // 2
    return f"{text[:half]}...{text[-half:]}"
