"""Layered comparison: only the first broken layer is reported.

Layers, in order: type, shape (or keys, or length), kind of dtype, finite, values. The containers
are read through `list`, `tuple` and `dict` themselves, so that a subclass of the learner's has no
say in what it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from prep.testing.arrays import (
    EXACT,
    by_dtype,
    differ,
    different,
    finite,
    kind_of,
    library,
    near,
    plain,
    tolerance,
    type_name,
    values,
)
from prep.testing.failures import CheckFailed, is_numpy_bool, short

__all__ = ["close", "type_name"]

_LONG = 200  # characters; beyond it a text is shown around its first difference


def close(
    actual: Any,
    expected: Any,
    what: str,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    mistakes: Mapping[str, Any] | None = None,
) -> None:
    """Fail unless `actual` equals `expected` within tolerance.

    Args:
        actual: the learner's value: a number, str, bool, None, numpy array, torch or
            TensorFlow tensor, or a list, tuple or dict of them.
        expected: the right value; its type decides what `actual` may be. Scalars and bools of
            numpy count as the Python ones, in both places.
        what: a noun phrase for the message: "the weights after 2 epochs".
        rtol, atol: tolerances; derived from the dtype of `expected` (and of `actual`, if
            that is narrower) where not given.
        mistakes: name of a known mistake -> the value it would give. When `actual` equals
            one of them, the failure carries that name.

    Raises:
        CheckFailed: with the first broken layer.
    """
    try:
        _compare(actual, expected, what, rtol, atol)
    except CheckFailed as failure:
        for name, value in (mistakes or {}).items():
            if _matches(actual, value, rtol, atol):
                failure.mistake = name
                break
        raise


def _matches(actual: Any, value: Any, rtol: float | None, atol: float | None) -> bool:
    try:
        _compare(actual, value, "", rtol, atol)
    except CheckFailed:
        return False
    return True


def _compare(actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    if expected is None or isinstance(expected, bool | str | bytes) or is_numpy_bool(expected):
        _same(actual, expected, what)
    elif isinstance(expected, list | tuple):
        _sequence(actual, expected, what, rtol, atol)
    elif isinstance(expected, dict):
        _mapping(actual, expected, what, rtol, atol)
    elif isinstance(expected, int | float) or _is_numpy_number(expected):
        _number(actual, expected, what, rtol, atol)
    else:
        _array(actual, expected, what, rtol, atol)


def _is_numpy_number(value: Any) -> bool:
    """Whether it is a scalar of numpy's own class, not of a subclass."""
    numpy: Any = sys.modules.get("numpy")
    kind = type(value)
    return (
        numpy is not None
        and issubclass(kind, numpy.integer | numpy.floating)
        and numpy.dtype(kind).type is kind
    )


def _same(actual: Any, expected: Any, what: str) -> None:
    if is_numpy_bool(expected):
        expected = bool(expected)
    elif isinstance(expected, str):
        expected = "".join([expected])
    if is_numpy_bool(actual):
        actual = bool(actual)
    elif issubclass(type(actual), str):
        actual = "".join([actual])  # its characters, whatever a subclass makes of them
    if type(actual) is not type(expected):
        seen = f"{type_name(actual)}{short(actual)}"
        differ(what, "has the wrong type", type_name(expected), seen)
    if actual != expected:
        texts = _texts(expected, actual) if type(expected) in (str, bytes) else (expected, actual)
        differ(what, "is wrong", *texts)


def _texts(expected: Any, seen: Any) -> tuple[str, str]:
    """Both texts, long ones from shortly before they part."""
    if max(len(expected), len(seen)) <= _LONG:
        return repr(expected), repr(seen)
    pairs = enumerate(zip(expected, seen, strict=False))
    at = next((i for i, (e, s) in pairs if e != s), min(len(expected), len(seen)))
    start = max(0, at - 40)
    before = "... " if start else ""
    parts = [f"{before}{t[start : start + 120]!r}" for t in (expected, seen)]
    return parts[0], parts[1]


def _sequence(
    actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None
) -> None:
    base: Any = list if isinstance(expected, list) else tuple
    if not issubclass(type(actual), base):
        differ(what, "has the wrong type", base.__name__, type_name(actual))
    found = list(base.__iter__(actual))
    if len(found) != len(expected):
        differ(what, "has the wrong length", len(expected), len(found))
    for i, (a, e) in enumerate(zip(found, expected, strict=True)):
        _compare(a, e, f"{what}[{i}]", rtol, atol)


def _mapping(actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    if not issubclass(type(actual), dict):
        differ(what, "has the wrong type", "dict", type_name(actual))
    found = dict(dict.items(actual))
    missing = [k for k in expected if k not in found]
    extra = [k for k in found if k not in expected]
    keys = sorted(expected, key=str)
    if missing:
        differ(what, f"lacks the key {missing[0]!r}", keys, list(found))
    if extra:
        differ(what, f"has a key too many: {extra[0]!r}", keys, list(found))
    for key, value in expected.items():
        _compare(found[key], value, f"{what}[{key!r}]", rtol, atol)


def _number(actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    want = _plain_number(expected)
    if type(actual) not in (int, float) and not _is_numpy_number(actual):
        wanted = "a Python number" if type(want) is int else "a Python float"
        differ(what, "has the wrong type", wanted, f"{type_name(actual)}{short(actual)}")
    seen = _plain_number(actual)
    within = tolerance(rtol, atol, by_dtype(type(actual).__name__, type(expected).__name__))
    if within == EXACT and type(seen) is type(want) is int:
        within = (0.0, 0.0)
    if finite(want) and not finite(seen):
        differ(what, "is not finite", f"{want:.6g}", seen)
    if not near(seen, want, within):
        differ(what, "is wrong", *different(want, seen))


def _plain_number(value: Any) -> int | float:
    """A number as Python's own."""
    if type(value) in (int, float):
        found: int | float = value
        return found
    return int(value) if hasattr(value, "__index__") else float(value)


def _array(actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    try:
        want, want_dtype = plain(expected, what)
    except CheckFailed:
        raise TypeError(f"kit.close cannot compare with a {type_name(expected)}") from None
    if library(actual) != library(expected):
        differ(what, "has the wrong type", type_name(expected), type_name(actual))
    seen, seen_dtype = plain(actual, what)
    if seen.shape != want.shape:
        differ(what, "has the wrong shape", tuple(want.shape), tuple(seen.shape))
    if kind_of(seen) != kind_of(want):
        differ(what, "has the wrong dtype", want_dtype, seen_dtype)
    if want.dtype.kind in "OV":  # elements of any type: an `==` of theirs must not decide
        _compare(seen.tolist(), want.tolist(), what, rtol, atol)
    else:
        values(seen, want, what, tolerance(rtol, atol, by_dtype(seen_dtype, want_dtype)))
