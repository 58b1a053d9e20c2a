"""Arrays and tensors as plain numpy arrays, and how they differ.

What is compared has exactly numpy's own type, so that neither an `__eq__` nor a tensor subclass
of the learner takes part in it.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from prep.testing.failures import CheckFailed, class_name

if TYPE_CHECKING:
    import numpy as np

# (relative, absolute) by dtype name; the second is relative to nothing, in the value's unit.
_TOLERANCE = {
    "float16": (2e-3, 1e-4),
    "bfloat16": (2e-2, 1e-4),
    "float32": (1e-5, 1e-6),
    "complex64": (1e-5, 1e-6),
}
EXACT = (1e-9, 1e-12)


def differ(what: str, problem: str, expected: object, seen: object) -> NoReturn:
    """Fail the check: `what` has this problem."""
    raise CheckFailed(f"{what} {problem}", expected=expected, seen=seen)


def tolerance(
    rtol: float | None, atol: float | None, default: tuple[float, float]
) -> tuple[float, float]:
    """What the grader asked for; a part that it left out beside the other is nothing."""
    if rtol is None and atol is None:
        return default
    return (rtol or 0.0, atol or 0.0)


def by_dtype(*names: str) -> tuple[float, float]:
    """The tolerance of the narrowest dtype that takes part."""
    return max(_TOLERANCE.get(n.rpartition(".")[2], EXACT) for n in names)


def library(value: Any) -> str:
    """Which kind of array this is: torch, tensorflow, numpy, or the type's own name."""
    root = _root(value)
    if root in ("torch", "numpy"):
        return root
    return "tensorflow" if root in ("tensorflow", "keras") else class_name(value)


def type_name(value: Any) -> str:
    """A type as people write it: `torch.Tensor`, `numpy.ndarray`, `list`."""
    name, root = class_name(value), _root(value)
    if root in ("torch", "numpy", "pandas"):
        return f"{root}.{name}"
    if root in ("tensorflow", "keras"):
        return f"tf.{'Tensor' if 'Tensor' in name else name}"
    return "None" if value is None else name


def _root(value: Any) -> str:
    """The package that the value's class says it comes from."""
    module = type(value).__module__
    return module.partition(".")[0] if type(module) is str else ""


def plain(value: Any, what: str) -> tuple[np.ndarray[Any, Any], str]:
    """The value as a numpy array (bfloat16 widened) and its own dtype's name.

    Raises:
        CheckFailed: not an array, or a subclass that could answer for itself.
    """
    import numpy as np

    kind = library(value)
    if kind == "torch":
        return _from_torch(value, what)
    if kind == "tensorflow" and hasattr(value, "numpy"):
        array = np.array(value.numpy())
        name = str(getattr(value.dtype, "name", value.dtype))
        return (array.astype("f4") if name == "bfloat16" else array), name
    if kind == "numpy" and issubclass(type(value), np.ndarray | np.generic):
        array = np.array(value, subok=False)
        return array, str(array.dtype)
    differ(what, "has the wrong type", "an array or a tensor", type_name(value))


def _from_torch(value: Any, what: str) -> tuple[np.ndarray[Any, Any], str]:
    import numpy as np

    torch: Any = sys.modules["torch"]
    if type(value) not in (torch.Tensor, torch.nn.Parameter):
        differ(what, "is not a plain tensor", "torch.Tensor", type_name(value))
    with torch._C.DisableTorchFunction(), torch.no_grad():
        if value.layout is not torch.strided:
            differ(what, "is not a dense tensor", "torch.strided", value.layout)
        tensor = value.detach().cpu()
        name = str(tensor.dtype)
        if tensor.dtype == torch.bfloat16:
            tensor = tensor.to(torch.float32)
        return np.array(tensor.resolve_conj().resolve_neg().contiguous().numpy()), name


def kind_of(array: np.ndarray[Any, Any]) -> str:
    """The kind of dtype, signed and unsigned integers alike."""
    return "int" if array.dtype.kind in "iu" else str(array.dtype.kind)


def values(
    seen: np.ndarray[Any, Any],
    want: np.ndarray[Any, Any],
    what: str,
    within: tuple[float, float],
) -> None:
    """Compare arrays of one shape and one kind of dtype, value by value.

    Raises:
        CheckFailed: names the share of wrong values and the one that is furthest off.
    """
    import numpy as np

    if want.dtype.kind not in "fc":
        wrong = np.asarray(seen != want)
        if want.dtype.kind in "mM":
            wrong &= ~(np.isnat(seen) & np.isnat(want))
        if wrong.any():
            at = _first(wrong)
            differ(f"{what}{_at(at)}", _share(wrong), _shown(want[at]), _shown(seen[at]))
        return
    numbers = np.isfinite(want)
    lost = numbers & ~np.isfinite(seen)
    if lost.any():
        at = _first(lost)
        differ(f"{what}{_at(at)}", "is not finite", f"{want[at].item():.6g}", seen[at])
    exact = seen.astype("f8" if want.dtype.kind == "f" else "c16")
    with np.errstate(all="ignore"):
        off = np.abs(exact - want)
        close = off <= within[1] + within[0] * np.abs(want)
    same = (exact == want) | (np.isnan(exact) & np.isnan(want))
    wrong = np.asarray(~np.where(numbers, close, same))
    if wrong.any():
        worst = np.where(wrong, np.where(np.isfinite(off), off, np.inf), -1.0)
        at = tuple(int(i) for i in np.unravel_index(int(np.argmax(worst)), want.shape))
        shown = different(want[at].item(), exact[at].item())
        differ(f"{what}{_at(at)}", _share(wrong), *shown)


def _shown(value: np.generic) -> str:
    found = value.item()
    return repr(found) if isinstance(found, str | bytes) else str(value)


def _share(wrong: np.ndarray[Any, Any]) -> str:
    count = int(wrong.sum())
    return "is wrong" if wrong.size == 1 else f"is wrong ({count} of {wrong.size} values are)"


def _first(mask: np.ndarray[Any, Any]) -> tuple[int, ...]:
    import numpy as np

    return tuple(int(i) for i in np.argwhere(mask)[0])


def _at(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def different(expected: complex, seen: complex) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart (4 to 17)."""
    if isinstance(expected, int) and isinstance(seen, int):
        return _whole(expected), _whole(seen)
    for digits in range(4, 18):
        try:
            texts = (f"{expected:.{digits}g}", f"{seen:.{digits}g}")
        except OverflowError:  # an int beyond all floats
            break
        if texts[0] != texts[1]:
            return texts
    return _whole(expected), _whole(seen)


def _whole(value: complex) -> str:
    try:
        return repr(value)
    except ValueError:  # more digits than Python prints
        return f"{'-' if isinstance(value, int) and value < 0 else ''}(thousands of digits)"


def finite(value: float) -> bool:
    """Whether it is no NaN and no infinity; an int of any size is finite."""
    return isinstance(value, int) or math.isfinite(value)


def near(value: float, expected: float, within: tuple[float, float]) -> bool:
    """Whether two numbers are equal within tolerance; only the same infinity is near one."""
    if value == expected:
        return True
    if not (finite(value) and finite(expected)):
        return value != value and expected != expected
    try:
        return abs(value - expected) <= within[1] + within[0] * abs(expected)
    except OverflowError:
        return False
