"""Layered comparison: only the first broken layer is reported.

Layers, in order: type, shape (or keys, or length), kind of dtype, finite, values. The
comparison itself runs on plain numpy arrays and Python numbers of exact type, so that neither
an `__eq__` nor a tensor subclass of the learner takes part in it.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prep.testing.failures import CheckFailed

if TYPE_CHECKING:
    import numpy as np

# (relative, absolute) by dtype name; the second is relative to nothing, in the value's unit.
_TOLERANCE = {
    "float16": (2e-3, 1e-4),
    "bfloat16": (2e-2, 1e-4),
    "float32": (1e-5, 1e-6),
    "complex64": (1e-5, 1e-6),
}
_EXACT = (1e-9, 1e-12)


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
        expected: the right value; its type decides what `actual` may be.
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
    kind = type(expected)
    if expected is None or kind in (bool, str, bytes):
        _same(actual, expected, what)
    elif kind in (list, tuple):
        _sequence(actual, expected, what, rtol, atol)
    elif isinstance(expected, dict):
        _mapping(actual, expected, what, rtol, atol)
    elif kind in (int, float):
        _number(actual, expected, what, rtol, atol)
    else:
        _array(actual, expected, what, rtol, atol)


def _same(actual: Any, expected: Any, what: str) -> None:
    if type(actual) is not type(expected) or actual != expected:
        _differ(what, "is wrong", repr(expected), repr(actual)[:200])


def _differ(what: str, problem: str, expected: object, seen: object) -> None:
    raise CheckFailed(f"{what} {problem}", expected=expected, seen=seen)


def _sequence(
    actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None
) -> None:
    if type(actual) is not type(expected):
        _differ(what, "has the wrong type", type(expected).__name__, type_name(actual))
    if len(actual) != len(expected):
        _differ(what, "has the wrong length", len(expected), len(actual))
    for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
        _compare(a, e, f"{what}[{i}]", rtol, atol)


def _mapping(actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    if not isinstance(actual, dict):
        _differ(what, "has the wrong type", "dict", type_name(actual))
    missing = [k for k in expected if k not in actual]
    extra = [k for k in actual if k not in expected]
    if missing:
        _differ(what, f"lacks the key {missing[0]!r}", sorted(expected, key=str), list(actual))
    if extra:
        _differ(what, f"has a key too many: {extra[0]!r}", sorted(expected, key=str), list(actual))
    for key, value in expected.items():
        _compare(actual[key], value, f"{what}[{key!r}]", rtol, atol)


def _number(
    actual: Any, expected: float, what: str, rtol: float | None, atol: float | None
) -> None:
    if type(actual) not in (int, float):
        import_numpy = sys.modules.get("numpy")
        if import_numpy is None or not isinstance(
            actual, import_numpy.integer | import_numpy.floating
        ):
            wanted = "a Python number" if type(expected) is int else "a Python float"
            _differ(what, "has the wrong type", wanted, type_name(actual))
    value = float(actual)
    if math.isfinite(expected) and not math.isfinite(value):
        _differ(what, "is not finite", _digits(expected), value)
    rel, absolute = _tolerance(rtol, atol, _EXACT)
    if not (value == expected or abs(value - expected) <= absolute + rel * abs(expected)):
        shown = different(expected, value)
        _differ(what, "is wrong", shown[0], shown[1])


def _array(actual: Any, expected: Any, what: str, rtol: float | None, atol: float | None) -> None:
    if library(actual) != library(expected):
        _differ(what, "has the wrong type", type_name(expected), type_name(actual))
    seen, seen_dtype = plain(actual, what)
    want, want_dtype = plain(expected, what)
    if seen.shape != want.shape:
        _differ(what, "has the wrong shape", tuple(want.shape), tuple(seen.shape))
    if _kind(seen) != _kind(want):
        _differ(what, "has the wrong dtype", want_dtype, seen_dtype)
    _values(seen, want, what, _tolerance(rtol, atol, _by_dtype(seen_dtype, want_dtype)))


def _values(
    seen: np.ndarray[Any, Any],
    want: np.ndarray[Any, Any],
    what: str,
    tolerance: tuple[float, float],
) -> None:
    import numpy as np

    if want.dtype.kind not in "fc":
        wrong = seen != want
    else:
        lost = np.isfinite(want) & ~np.isfinite(seen)
        if lost.any():
            at = _index(lost)
            _differ(f"{what}{_at(at)}", "is not finite", _digits(want[at]), seen[at])
        rel, absolute = tolerance
        seen, want = seen.astype("f8" if want.dtype.kind == "f" else "c16"), want
        with np.errstate(invalid="ignore"):
            off = np.abs(seen - want)
            wrong = ~((off <= absolute + rel * np.abs(want)) | (seen == want))
            wrong &= ~(np.isnan(seen) & np.isnan(want))
            wrong_by = np.where(wrong, np.where(np.isfinite(off), off, np.inf), -1.0)
        if wrong.any():
            at = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong_by)), want.shape))
            shown = different(float(want[at].real), float(seen[at].real))
            _differ(f"{what}{_at(at)}", _share(wrong), shown[0], shown[1])
        return
    if wrong.any():
        at = _index(wrong)
        _differ(f"{what}{_at(at)}", _share(wrong), want[at], seen[at])


def _share(wrong: np.ndarray[Any, Any]) -> str:
    count = int(wrong.sum())
    return "is wrong" if wrong.size == 1 else f"is wrong ({count} of {wrong.size} values are)"


def _index(mask: np.ndarray[Any, Any]) -> tuple[int, ...]:
    import numpy as np

    return tuple(int(i) for i in np.argwhere(mask)[0])


def _at(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _kind(array: np.ndarray[Any, Any]) -> str:
    return "int" if array.dtype.kind in "iu" else str(array.dtype.kind)


def _tolerance(
    rtol: float | None, atol: float | None, default: tuple[float, float]
) -> tuple[float, float]:
    if rtol is None and atol is None:
        return default
    return (rtol or 0.0, atol or 0.0)


def _by_dtype(*names: str) -> tuple[float, float]:
    """The tolerance of the narrowest dtype that takes part."""
    return max(_TOLERANCE.get(n.rpartition(".")[2], _EXACT) for n in names)


def library(value: Any) -> str:
    """Which kind of array this is: torch, tensorflow, numpy, or the type's own name."""
    root = type(value).__module__.partition(".")[0]
    if root == "torch":
        return "torch"
    if root in ("tensorflow", "keras"):
        return "tensorflow"
    if root == "numpy":
        return "numpy"
    return type(value).__name__


def type_name(value: Any) -> str:
    """A type as people write it: `torch.Tensor`, `numpy.ndarray`, `list`."""
    kind = type(value)
    root = kind.__module__.partition(".")[0]
    if root in ("torch", "numpy", "pandas"):
        return f"{root}.{kind.__name__}"
    if root in ("tensorflow", "keras"):
        return f"tf.{'Tensor' if 'Tensor' in kind.__name__ else kind.__name__}"
    return "None" if value is None else kind.__name__


def plain(value: Any, what: str) -> tuple[np.ndarray[Any, Any], str]:
    """The value as a numpy array (bfloat16 widened) and its own dtype's name.

    Raises:
        CheckFailed: not an array, or a subclass that could answer for itself.
    """
    import numpy as np

    kind = library(value)
    if kind == "torch":
        torch = sys.modules["torch"]
        if type(value) not in (torch.Tensor, torch.nn.Parameter):
            _differ(what, "is not a plain tensor", "torch.Tensor", type_name(value))
        with torch._C.DisableTorchFunction(), torch.no_grad():
            tensor = value.detach().cpu()
            name = str(tensor.dtype)
            if tensor.dtype in (torch.bfloat16,):
                tensor = tensor.to(torch.float32)
            return np.array(tensor.resolve_conj().resolve_neg().contiguous().numpy()), name
    if kind == "tensorflow":
        array = np.array(value.numpy())
        name = str(getattr(value.dtype, "name", value.dtype))
        return (array.astype("f4") if name == "bfloat16" else array), name
    if kind == "numpy":
        array = np.array(value, subok=False)
        return array, str(array.dtype)
    raise CheckFailed(
        f"{what} has the wrong type", expected="an array or a tensor", seen=type_name(value)
    )


def _digits(value: Any, digits: int = 6) -> str:
    return f"{float(value.real):.{digits}g}"


def different(expected: float, seen: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart (4 to 17)."""
    for digits in range(4, 18):
        texts = (f"{expected:.{digits}g}", f"{seen:.{digits}g}")
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(seen)
