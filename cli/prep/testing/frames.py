"""Comparison of pandas frames and series, with the first difference in words.

Layers, in order: type, columns, index, kind of dtype, values. Widths of dtypes do not count
(int32 is as good as int64), missing is missing (NaN, None and NA are one), and labels are
compared by value. pandas itself is imported only when a comparison runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prep.testing.comparison import type_name
from prep.testing.failures import CheckFailed, fail

_LISTED = 8
_TEXT_WIDTH = 60
# Part of `rtol` that is also granted absolutely, relative to the largest value of a column:
# a value near zero that comes from a difference of large ones cannot be exact.
_FLOOR = 1e-3


def frame(
    actual: Any,
    expected: Any,
    what: str,
    *,
    rtol: float = 1e-9,
    check_order: bool = True,
    mistakes: Mapping[str, Any] | None = None,
) -> None:
    """Fail unless `actual` is the expected DataFrame or Series.

    A Series' own name is not compared.

    Args:
        actual: the learner's value.
        expected: the right DataFrame or Series.
        what: a noun phrase for the message: "the summary".
        rtol: relative tolerance of float columns.
        check_order: whether the order of rows and columns counts.
        mistakes: name of a known mistake -> the frame it would give. When `actual` equals
            one of them, the failure carries that name.

    Raises:
        CheckFailed: with the first broken layer.
    """
    try:
        _compare(actual, expected, what, rtol, check_order)
    except CheckFailed as failure:
        for name, value in (mistakes or {}).items():
            if _matches(actual, value, rtol, check_order):
                failure.mistake = name
                break
        raise


def _matches(actual: Any, value: Any, rtol: float, check_order: bool) -> bool:
    try:
        _compare(actual, value, "", rtol, check_order)
    except CheckFailed:
        return False
    return True


def _compare(actual: Any, expected: Any, what: str, rtol: float, check_order: bool) -> None:
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

    kind = pd.DataFrame if isinstance(expected, pd.DataFrame) else pd.Series
    if not isinstance(actual, kind):
        fail(f"{what} has the wrong type", expected=kind.__name__, seen=type_name(actual))
    # Plain copies: neither a subclass nor its methods take part in what follows.
    actual, expected = kind(actual), kind(expected)
    if kind is pd.Series:
        parts = [(what, actual, expected)]
    else:
        order = _columns(actual, expected, what, check_order)
        parts = [
            (f"column {_label(name)} of {what}", actual.iloc[:, there], expected.iloc[:, here])
            for here, (name, there) in enumerate(zip(expected.columns, order, strict=True))
        ]
    rows = _index(actual, expected, what, check_order)
    for name, seen, want in parts:
        _kinds(seen, want, name)
        _values(seen.iloc[rows], want, name, rtol)


def _columns(actual: Any, expected: Any, what: str, check_order: bool) -> list[int]:
    """Compare the names; the positions in `actual` of the expected columns."""
    seen, want = list(actual.columns), list(expected.columns)
    if actual.columns.nlevels != expected.columns.nlevels:
        fail(
            f"{what} has {_count(range(actual.columns.nlevels), 'level')} of columns",
            expected=_list(want),
            seen=_list(seen),
        )
    missing, extra = _lacking(want, seen), _lacking(seen, want)
    problem = ""
    if missing:
        problem = f"lacks the column {_label(missing[0])}"
    elif extra:
        problem = f"has a column too many: {_label(extra[0])}"
    elif check_order and not _all_same(seen, want):
        problem = "has its columns in another order"
    if problem:
        fail(f"{what} {problem}", expected=_list(want), seen=_list(seen))
    return _positions(want, seen)


def _index(actual: Any, expected: Any, what: str, check_order: bool) -> list[int]:
    """Compare the labels; the positions in `actual` of the expected rows."""
    seen, want = list(actual.index), list(expected.index)
    if actual.index.nlevels != expected.index.nlevels:
        fail(
            f"the index of {what} has the wrong number of levels",
            expected=expected.index.nlevels,
            seen=actual.index.nlevels,
        )
    missing, extra = _lacking(want, seen), _lacking(seen, want)
    if missing or extra:
        if seen and len(missing) == len(want) and _all_same(seen, range(len(seen))):
            problem = "has the default index"
        elif missing:
            problem = f"lacks {_count(missing, 'row')}: no {_label(missing[0])} in its index"
        else:
            problem = f"has {_count(extra, 'row')} too many: {_label(extra[0])} in its index"
        fail(f"{what} {problem}", expected=_list(want), seen=_list(seen))
    if list(actual.index.names) != list(expected.index.names):
        fail(
            f"the index of {what} has another name",
            expected=_list(list(expected.index.names)),
            seen=_list(list(actual.index.names)),
        )
    if check_order:
        at = next(
            (i for i, (s, w) in enumerate(zip(seen, want, strict=True)) if not _same(s, w)), -1
        )
        if at >= 0:
            fail(
                f"{what} has its rows in another order: row {at + 1} is {_label(seen[at])}",
                expected=_list(want[at:]),
                seen=_list(seen[at:]),
            )
        return list(range(len(want)))
    if len({_key(label) for label in want}) == len(want):
        return _positions(want, seen)
    return _positions_by_row(expected, actual)


def _positions(want: Sequence[Any], seen: Sequence[Any]) -> list[int]:
    """Where each wanted label stands in `seen`; both hold the same labels."""
    places: dict[Any, list[int]] = {}
    for position, label in enumerate(seen):
        places.setdefault(_key(label), []).append(position)
    return [places[_key(label)].pop(0) for label in want]


def _positions_by_row(expected: Any, actual: Any) -> list[int]:
    """As `_positions`, for labels that repeat: rows are paired by label and values."""
    want, seen = _row_keys(expected), _row_keys(actual)
    by_value = sorted(range(len(seen)), key=lambda i: seen[i])
    positions = [0] * len(want)
    for target, source in zip(
        sorted(range(len(want)), key=lambda i: want[i]), by_value, strict=True
    ):
        positions[target] = source
    return positions


def _row_keys(data: Any) -> list[tuple[str, ...]]:
    table = data.to_frame() if data.ndim == 1 else data
    rows = zip(table.index, *(table.iloc[:, i] for i in range(table.shape[1])), strict=True)
    return [tuple(_sort_key(value) for value in row) for row in rows]


def _sort_key(value: Any) -> str:
    """A text by which equal values sort alike, small float errors forgiven."""
    key = _key(value)
    return f"{key:.6e}" if isinstance(key, int | float) else str(key)


def _kinds(seen: Any, want: Any, name: str) -> None:
    has, needs = _kind(seen), _kind(want)
    if has != needs and "empty" not in (has, needs):
        fail(
            f"{name} has the wrong dtype",
            expected=f"{needs} ({want.dtype})",
            seen=f"{has} ({seen.dtype})",
        )


def _kind(column: Any) -> str:
    """What a column holds, in one word; `empty` when nothing tells."""
    from pandas.api import types  # type: ignore[import-untyped, unused-ignore]

    dtype = column.dtype
    if isinstance(dtype, types.CategoricalDtype):
        return "category"
    for test, word in (
        (types.is_bool_dtype, "bool"),
        (types.is_integer_dtype, "int"),
        (types.is_float_dtype, "float"),
        (types.is_datetime64_any_dtype, "datetime"),
        (types.is_timedelta64_dtype, "timedelta"),
    ):
        if test(dtype):
            return word
    inferred = types.infer_dtype(column, skipna=True)
    if inferred == "string" or (inferred == "empty" and types.is_string_dtype(dtype)):
        return "text"
    return str(inferred)


def _values(seen: Any, want: Any, name: str, rtol: float) -> None:
    if _kind(want) == "float" and _kind(seen) == "float":
        wrong, shown = _wrong_floats(seen, want, rtol)
    else:
        pairs = list(zip(seen, want, strict=True))
        wrong = [i for i, (s, w) in enumerate(pairs) if not _same(s, w)]
        shown = (_label(pairs[wrong[0]][1]), _label(pairs[wrong[0]][0])) if wrong else ("", "")
    if not wrong:
        return
    more = f" ({len(wrong)} of {len(want)} values are)" if len(want) > 1 else ""
    fail(
        f"{name} is wrong at {_label(want.index[wrong[0]])}{more}",
        expected=shown[0],
        seen=shown[1],
    )


def _wrong_floats(seen: Any, want: Any, rtol: float) -> tuple[list[int], tuple[str, str]]:
    import numpy as np

    a = seen.to_numpy(dtype="float64", na_value=np.nan)
    b = want.to_numpy(dtype="float64", na_value=np.nan)
    finite = np.abs(b[np.isfinite(b)])
    floor = _FLOOR * rtol * float(finite.max()) if finite.size else 0.0
    with np.errstate(invalid="ignore"):
        near = np.abs(a - b) <= floor + rtol * np.abs(b)
    good = (near & np.isfinite(b)) | (a == b) | (np.isnan(a) & np.isnan(b))
    wrong = [int(i) for i in np.flatnonzero(~good)]
    if not wrong:
        return wrong, ("", "")
    return wrong, _told_apart(float(b[wrong[0]]), float(a[wrong[0]]))


def _told_apart(expected: float, seen: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart, six at least."""
    texts = (repr(expected), repr(seen))
    for digits in range(17, 5, -1):
        shorter = (f"{expected:.{digits}g}", f"{seen:.{digits}g}")
        if shorter[0] == shorter[1]:
            break
        texts = shorter
    return texts


def _lacking(wanted: Sequence[Any], there: Sequence[Any]) -> list[Any]:
    """The labels of `wanted` that `there` does not hold, copies counted."""
    left: dict[Any, int] = {}
    for label in there:
        left[_key(label)] = left.get(_key(label), 0) + 1
    lacking = []
    for label in wanted:
        key = _key(label)
        if left.get(key, 0) > 0:
            left[key] -= 1
        else:
            lacking.append(label)
    return lacking


def _all_same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    return len(first) == len(second) and all(map(_same, first, second))


def _same(a: Any, b: Any) -> bool:
    return bool(_key(a) == _key(b))


def _key(value: Any) -> Any:
    """A plain stand-in for a label or cell: equal for equal values, whatever their type does."""
    import pandas as pd  # type: ignore[import-untyped, unused-ignore]

    if isinstance(value, tuple):
        return tuple(_key(part) for part in value)
    if isinstance(value, str):
        return ("text", str.__str__(value))
    if hasattr(value, "item") and type(value).__module__ == "numpy" and value.ndim == 0:
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return ("missing",)
    if type(value) in (bool, int, float):
        return ("missing",) if value != value else value
    return (type(value).__name__, repr(value))


def _count(items: Sequence[Any], noun: str) -> str:
    return f"{len(items)} {noun}" if len(items) == 1 else f"{len(items)} {noun}s"


def _list(values: Sequence[Any]) -> str:
    if not values:
        return "none"
    shown = ", ".join(_label(value) for value in values[:_LISTED])
    return f"{shown}, ... ({len(values)} in all)" if len(values) > _LISTED else shown


def _label(value: Any) -> str:
    key = _key(value)
    if key == ("missing",):
        return "None" if value is None else "NaN"
    if isinstance(value, tuple):
        return f"({', '.join(_label(part) for part in value)})"
    text = repr(key[1]) if isinstance(key, tuple) and key[0] == "text" else str(value)
    return text if len(text) <= _TEXT_WIDTH else f"{text[:_TEXT_WIDTH]}..."
