"""`kit.close`: each layer on its own, in both directions; right values are never refused."""

from __future__ import annotations

import math
from collections import OrderedDict, namedtuple
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prep.testing import CheckFailed, close

NAN, INF = float("nan"), float("inf")
Point = namedtuple("Point", "x y")


class Colour(StrEnum):
    RED = "red"


class Number(IntEnum):
    ONE = 1


class AlwaysEqual:
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


class EqualInt(int):
    __hash__ = int.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __sub__(self, other: object) -> EqualInt:
        return EqualInt(0)

    def __float__(self) -> float:
        return 3.0


class EqualArray(np.ndarray):  # type: ignore[type-arg]
    def __array_ufunc__(self, *args: Any, **kwargs: Any) -> Any:
        return np.ones(1, bool)

    def __sub__(self, other: Any) -> Any:
        return np.zeros(3)


class NumpysArray(EqualArray):
    __module__ = "numpy"


class LyingList(list[Any]):
    def __iter__(self) -> Any:
        return iter([1, 2])

    def __len__(self) -> int:
        return 2

    def __getitem__(self, at: Any) -> Any:
        return at + 1


class LyingDict(dict[Any, Any]):
    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: object) -> Any:
        return 1

    def __iter__(self) -> Any:
        return iter(["a"])


class LyingStr(str):
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


RIGHT: list[tuple[Any, Any]] = [
    (None, None),
    (True, True),
    (np.True_, True),
    (True, np.True_),
    (np.False_, np.False_),
    ("red", "red"),
    (np.str_("red"), "red"),
    (Colour.RED, "red"),
    ("red", Colour.RED),
    (b"x", b"x"),
    (3, 3),
    (3.0, 3),
    (3, 3.0),
    (np.int64(3), 3),
    (np.float64(3.0), 3),
    (3, np.int64(3)),
    (3.0, np.float64(3.0)),
    (3, Number.ONE + 2),
    (1, Number.ONE),
    (0.1 + 0.2, 0.3),
    (np.float32(0.1), 0.1),
    (0.1, np.float32(0.1)),
    (np.longdouble(0.5), 0.5),
    (0.0, -0.0),
    (10**400, 10**400),
    (NAN, NAN),
    (np.float64("nan"), NAN),
    (INF, INF),
    (-INF, -INF),
    ([1, 2.0, "x", None], [1, 2.0, "x", None]),
    ((1, [2, (3,)]), (1, [2, (3,)])),
    (Point(1, 2), (1, 2)),
    ((1, 2), Point(1, 2)),
    ([], []),
    ({"a": 1, "b": [2.0]}, {"b": [2.0], "a": 1}),
    (OrderedDict(a=1), {"a": 1}),
    ({}, {}),
    (np.array([1.0, 2.0]), np.array([1.0, 2.0])),
    (np.array([1, 2], "i4"), np.array([1, 2], "u8")),
    (np.array([1.0], "f4"), np.array([1.0], "f8")),
    (np.array([0.1], "f4"), np.array([0.1], "f8")),
    (np.array([[1, 2], [3, 4]])[:, ::-1], np.array([[2, 1], [4, 3]])),
    (np.zeros((0, 3)), np.zeros((0, 3))),
    (np.array(3.0), np.array(3.0)),
    (np.float64(3.0), np.array(3.0)),
    (np.array([NAN, INF, -INF]), np.array([NAN, INF, -INF])),
    (np.array([True, False]), np.array([True, False])),
    (np.array(["a", "b"]), np.array(["a", "b"])),
    (np.array(["a", None, 1.5], object), np.array(["a", None, 1.5], object)),
    (np.array([1 + 2j]), np.array([1 + 2j])),
    (
        np.array(["2025-01-01", "NaT"], "datetime64[D]"),
        np.array(["2025-01-01", "NaT"], "datetime64[D]"),
    ),
    (np.array([(1, 2.0)], "i4,f8"), np.array([(1, 2.0)], "i4,f8")),
]


@pytest.mark.parametrize("number", range(len(RIGHT)))
def test_right_values_are_accepted(number: int) -> None:
    actual, expected = RIGHT[number]
    close(actual, expected, "it")


WRONG: list[tuple[Any, Any, str, Any, Any]] = [
    # type
    (None, True, "has the wrong type", "bool", "None"),
    (1, True, "has the wrong type", "bool", "int 1"),
    (True, 1, "has the wrong type", "a Python number", "bool True"),
    (np.True_, 1, "has the wrong type", None, None),
    (0, None, "has the wrong type", "None", "int 0"),
    (3, "3", "has the wrong type", "str", "int 3"),
    ("3", 3, "has the wrong type", "a Python number", "str '3'"),
    ("3", 3.0, "has the wrong type", "a Python float", "str '3'"),
    (b"x", "x", "has the wrong type", "str", "bytes b'x'"),
    (1j, 1.0, "has the wrong type", "a Python float", "complex"),
    (np.array(3.0), 3.0, "has the wrong type", "a Python float", "numpy.ndarray"),
    ([3.0], 3.0, "has the wrong type", "a Python float", "list [3.0]"),
    (AlwaysEqual(), 3.0, "has the wrong type", "a Python float", "AlwaysEqual"),
    (AlwaysEqual(), "x", "has the wrong type", "str", "AlwaysEqual"),
    (EqualInt(7), 3, "has the wrong type", "a Python number", "EqualInt"),
    ((1, 2), [1, 2], "has the wrong type", "list", "tuple"),
    ([1, 2], (1, 2), "has the wrong type", "tuple", "list"),
    (np.array([1, 2]), [1, 2], "has the wrong type", "list", "numpy.ndarray"),
    ([1, 2], np.array([1, 2]), "has the wrong type", "numpy.ndarray", "list"),
    (3.0, np.array(3.0), "has the wrong type", "numpy.ndarray", "float"),
    ([("a", 1)], {"a": 1}, "has the wrong type", "dict", "list"),
    (None, {"a": 1}, "has the wrong type", "dict", "None"),
    (AlwaysEqual(), np.zeros(3), "has the wrong type", "numpy.ndarray", "AlwaysEqual"),
    # length, keys, shape, dtype
    ([1], [1, 2], "has the wrong length", "2", "1"),
    ({"a": 1}, {"a": 1, "b": 2}, "lacks the key 'b'", "['a', 'b']", "['a']"),
    ({"a": 1, "b": 2}, {"a": 1}, "has a key too many: 'b'", "['a']", "['a', 'b']"),
    (np.zeros(3), np.zeros((3, 1)), "has the wrong shape", "(3, 1)", "(3,)"),
    (np.zeros(0), np.zeros(3), "has the wrong shape", "(3,)", "(0,)"),
    (np.array([1, 2]), np.array([1.0, 2.0]), "has the wrong dtype", "float64", "int64"),
    (np.array([True]), np.array([1]), "has the wrong dtype", "int64", "bool"),
    (np.array(["1"], object), np.array(["1"]), "has the wrong dtype", "<U1", "object"),
    # finite
    (NAN, 1.0, "is not finite", "1", "nan"),
    (INF, 1, "is not finite", "1", "inf"),
    (np.array([1.0, NAN]), np.array([1.0, 2.0]), "[1] is not finite", "2", "nan"),
    # values
    (False, True, "is wrong", "True", "False"),
    ("a", "b", "is wrong", "'b'", "'a'"),
    (2, 3, "is wrong", "3", "2"),
    (1.0, NAN, "is wrong", "nan", "1"),
    (1.0, INF, "is wrong", "inf", "1"),
    (-INF, INF, "is wrong", "inf", "-inf"),
    (2**60 + 1, 2**60, "is wrong", str(2**60), str(2**60 + 1)),
    (10**400 + 1, 10**400, "is wrong", None, None),
    (10**5000, 3, "is wrong", "3", "(thousands of digits)"),
    (1e308, 10**400, "is wrong", None, None),
    (0.30001, 0.3, "is wrong", "0.3", "0.30001"),
    (1.00000001, 1.0, "is wrong", "1", "1.00000001"),
    ([1, 2, 4], [1, 2, 3], "[2] is wrong", "3", "4"),
    ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "['a'][1]['b'] is wrong", "3", "2"),
    (LyingList([9, 9]), [1, 2], "[0] is wrong", "1", "9"),
    (LyingDict(a=7), {"a": 1}, "['a'] is wrong", "1", "7"),
    (LyingStr("no"), "yes", "is wrong", "'yes'", "'no'"),
    (np.array([1, 5]), np.array([1, 2]), "[1] is wrong (1 of 2 values are)", "2", "5"),
    (np.array([1.0, 9.0, 4.0]), np.zeros(3), "[1] is wrong (3 of 3 values are)", "0", "9"),
    (np.array([[1.0, 2.0]]), np.array([[1.0, 2.5]]), "[0, 1] is wrong", "2.5", "2"),
    (np.array(3.0), np.array(4.0), "it is wrong", "4", "3"),
    (np.array([0.0]), np.array([INF]), "is wrong", "inf", "0"),
    (np.array([-1e9]), np.array([-INF]), "is wrong", "-inf", "-1e+09"),
    (np.array([-INF]), np.array([INF]), "is wrong", "inf", "-inf"),
    (np.array([1.0]), np.array([NAN]), "is wrong", "nan", "1"),
    (np.array([1 + 2j]), np.array([1 + 3j]), "is wrong", "1+3j", "1+2j"),
    (np.array([True]), np.array([False]), "is wrong", "False", "True"),
    (np.array(["a"]), np.array(["b"]), "is wrong", "'b'", "'a'"),
    (np.ones(3).view(EqualArray), np.zeros(3), "has the wrong type", "numpy.ndarray", "EqualArray"),
    (np.ones(3).view(NumpysArray), np.zeros(3), "is wrong (3 of 3 values are)", "0", "1"),
    (np.array([AlwaysEqual()], object), np.array(["x"], object), "[0] has the wrong", None, None),
    (np.array([(1, 2.0)], "i4,f8"), np.array([(1, 3.0)], "i4,f8"), "[0][1] is wrong", "3", "2"),
    (
        np.array(["2025-01-01"], "datetime64[D]"),
        np.array(["2025-01-02"], "datetime64[D]"),
        "is wrong",
        "2025-01-02",
        "2025-01-01",
    ),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_the_first_broken_layer_is_told(number: int) -> None:
    actual, expected, problem, wanted, seen = WRONG[number]
    with pytest.raises(CheckFailed) as caught:
        close(actual, expected, "it")
    failure = caught.value
    assert problem in failure.message
    assert failure.message.startswith("it")
    if wanted is not None:
        assert (failure.expected, failure.seen) == (wanted, seen)
    if seen is not None:
        assert failure.expected != failure.seen


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_numbers_that_differ_never_look_equal(one: float, other: float) -> None:
    if one == other or math.isclose(one, other, rel_tol=1e-10):
        close(one, other, "it")
    elif not math.isclose(one, other, rel_tol=1e-8, abs_tol=1e-11):
        with pytest.raises(CheckFailed) as caught:
            close(one, other, "it")
        assert caught.value.expected != caught.value.seen


@given(st.integers(), st.integers())
def test_whole_numbers_are_exact(one: int, other: int) -> None:
    if one == other:
        close(one, other, "it")
    else:
        with pytest.raises(CheckFailed):
            close(one, other, "it")


@given(st.lists(st.floats(width=32), min_size=1, max_size=5))
def test_an_array_equals_itself_in_any_width(numbers: list[float]) -> None:
    array = np.array(numbers, "f4")
    close(array, array.astype("f8"), "it")
    close(array.astype("f8"), array, "it")


@pytest.mark.parametrize(
    ("dtype", "inside", "outside"),
    [("f8", 1e-10, 1e-8), ("f4", 4e-6, 3e-5), ("f2", 1e-3, 5e-3)],
)
def test_the_tolerance_follows_the_dtype(dtype: str, inside: float, outside: float) -> None:
    ones = np.ones(3, dtype)
    close(np.ones(3) + inside, ones, "it")
    with pytest.raises(CheckFailed):
        close(np.ones(3) + outside, ones, "it")


def test_a_tolerance_that_is_given_counts_alone() -> None:
    close(1.09, 1.0, "it", rtol=0.1)
    close(0.009, 0.0, "it", atol=0.01)
    close(np.array([1.09]), np.array([1.0]), "it", atol=0.1)
    close(11, 10, "it", atol=1)
    with pytest.raises(CheckFailed):
        close(0.009, 0.0, "it", rtol=0.5)
    with pytest.raises(CheckFailed):
        close(0.0, INF, "it", rtol=0.5, atol=1e9)
    with pytest.raises(CheckFailed):
        close(np.array([0.0]), np.array([-INF]), "it", rtol=0.5, atol=1e9)


def test_a_mistake_is_recognised_by_its_value() -> None:
    mistakes = {"twice": 6.0, "none": None, "list": [3.0]}
    for value, name in ((6.0, "twice"), (None, "none"), ([3.0], "list"), (7.0, None)):
        with pytest.raises(CheckFailed) as caught:
            close(value, 3.0, "it", mistakes=mistakes)
        assert caught.value.mistake == name
    close(3.0, 3.0, "it", mistakes={"right": 3.0})


def test_the_first_mistake_of_that_value_wins() -> None:
    with pytest.raises(CheckFailed) as caught:
        close(6.0, 3.0, "it", mistakes={"one": 6.0, "two": 6.0})
    assert caught.value.mistake == "one"


def test_long_texts_are_shown_where_they_part() -> None:
    text = "x" * 500
    with pytest.raises(CheckFailed) as caught:
        close(f"{text}b{text}", f"{text}a{text}", "it")
    assert caught.value.expected == f"... '{'x' * 40}a{'x' * 79}'"
    assert caught.value.seen == f"... '{'x' * 40}b{'x' * 79}'"
    with pytest.raises(CheckFailed) as caught:
        close(text, text + "y", "it")
    assert caught.value.expected != caught.value.seen


@pytest.mark.parametrize("expected", [object(), {1, 2}, 1j, len])
def test_what_cannot_be_compared_is_the_graders_fault(expected: object) -> None:
    with pytest.raises(TypeError, match=r"kit\.close cannot compare with"):
        close(expected, expected, "it")


class Elusive:
    """Everything about it raises."""

    def __repr__(self) -> str:
        raise RuntimeError

    def __float__(self) -> float:
        raise RuntimeError

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment]


@pytest.mark.parametrize("expected", [None, True, "x", 3, 3.0, [1], (1,), {"a": 1}, np.zeros(2)])
def test_an_object_that_misbehaves_is_a_wrong_type(expected: object) -> None:
    with pytest.raises(CheckFailed) as caught:
        close(Elusive(), expected, "it")
    assert caught.value.seen == "Elusive"


def test_the_values_are_not_changed() -> None:
    actual, expected = np.array([1.0, 2.0]), np.array([1.0, 2.0])
    close(actual, expected, "it")
    assert actual.tolist() == expected.tolist() == [1.0, 2.0]
