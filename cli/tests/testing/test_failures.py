"""`expect`, `fail`, `of_type`, `raises`: what they let pass, and what the learner reads."""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from prep.testing import CheckFailed, Unrunnable, expect, fail, needs, of_type, raises
from prep.testing.failures import class_name, text_of


def refused(call: Any, *args: Any, **more: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        call(*args, **more)
    return caught.value


def test_fail_carries_what_it_is_given() -> None:
    failure = refused(fail, "no", expected=1, seen=[2], mistake="m")
    assert (failure.message, failure.expected, failure.seen) == ("no", "1", "[2]")
    assert failure.mistake == "m"
    assert str(failure) == "no"
    assert refused(fail, "no").expected is None


def test_expect_takes_true_and_nothing_that_claims_to_be() -> None:
    expect(True, "no")
    expect(np.True_, "no")
    for false in (False, np.False_, None):
        assert refused(expect, false, "no", seen=0).seen == "0"
    for strange in (1, "yes", [1], np.array([True]), object(), Mock()):
        with pytest.raises(TypeError, match=r"kit\.expect needs a bool"):
            expect(strange, "no")


def test_expect_knows_numpys_bool_by_itself() -> None:
    fake = type("bool", (), {"__module__": "numpy", "__bool__": lambda self: True})()
    with pytest.raises(TypeError, match="needs a bool"):
        expect(fake, "no")


def test_expect_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numpy")
    expect(True, "no")
    refused(expect, False, "no")


def test_of_type_returns_the_value() -> None:
    value = [1]
    assert of_type(value, list, "it") is value
    assert of_type(3, (int, float), "it") == 3
    assert of_type(True, bool, "it") is True
    assert of_type(True, (bool, int), "it") is True
    assert of_type(np.float64(1), float, "it") == 1  # it is a float


@pytest.mark.parametrize(
    ("value", "wanted", "seen"),
    [
        (None, list, "NoneType"),
        (True, int, "bool True"),
        (True, (int, float), "bool True"),
        (3, str, "int 3"),
        ("x" * 100, int, "str"),
        ([0] * 10**6, tuple, "list"),
        (np.int64(3), int, "int64"),
    ],
)
def test_of_type_says_what_it_got(value: Any, wanted: Any, seen: str) -> None:
    failure = refused(of_type, value, wanted, "the history")
    assert failure.message == "the history has the wrong type"
    assert failure.seen == seen


def test_of_type_survives_an_int_that_python_does_not_print() -> None:
    assert refused(of_type, 10**5000, str, "it").seen == "int"


def test_of_type_names_every_type() -> None:
    assert refused(of_type, None, (int, float), "it").expected == "int or float"


def test_of_type_asks_the_class_and_not_the_object() -> None:
    class Lie:
        __class__ = dict  # type: ignore[assignment]

    assert refused(of_type, Lie(), dict, "it").seen == "Lie"
    assert refused(of_type, Mock(spec=list), list, "it").seen == "Mock"


def test_of_type_does_not_trip_over_a_repr() -> None:
    class Loud:
        def __repr__(self) -> str:
            raise RuntimeError

    assert refused(of_type, [Loud()], dict, "it").seen == "list"


def test_raises_returns_the_exception() -> None:
    def work(x: int, *, y: int) -> None:
        raise ValueError(x, y)

    assert raises(ValueError, work, 1, y=2, what="it").args == (1, 2)
    assert isinstance(raises((KeyError, LookupError), [].pop, what="it"), IndexError)


def test_raises_fails_when_nothing_is_raised() -> None:
    failure = refused(raises, ValueError, lambda: None, what="an empty loader", mistake="m")
    assert failure.message == "an empty loader must raise ValueError"
    assert failure.seen == "no exception, returned NoneType"
    assert failure.mistake == "m"
    assert refused(raises, (KeyError, OSError), lambda: 3, what="it").expected == (
        "KeyError or OSError"
    )


def test_another_exception_passes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        raises(ValueError, lambda: 1 / 0, what="it")


def test_what_is_not_written_yet_is_no_exception_that_was_asked_for() -> None:
    def stub() -> None:
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        raises(RuntimeError, stub, what="it")
    assert raises(NotImplementedError, stub, what="it")


def test_needs_marks_the_check() -> None:
    @needs("one", "two")
    def check() -> None:
        pass

    assert check.prep_needs == ("one", "two")  # type: ignore[attr-defined]


def test_unrunnable_has_a_line() -> None:
    assert (Unrunnable("no", 3).message, Unrunnable("no", 3).line) == ("no", 3)


def test_text_of_is_a_true_text_whatever_the_class_does() -> None:
    class Sub(str):
        def replace(self, *args: Any) -> str:
            raise RuntimeError

    class Odd:
        def __init__(self, text: Any) -> None:
            self.text = text

        def __str__(self) -> Any:
            if isinstance(self.text, type):
                raise self.text
            return self.text

    assert type(text_of(Odd(Sub("a")))) is str
    assert text_of(Odd("a")) == "a"
    for bad in (SystemExit, KeyboardInterrupt, RecursionError, 5, None):
        assert text_of(Odd(bad)) == "(a Odd that cannot be printed)"


def test_class_name_is_the_true_one() -> None:
    class Meta(type):
        @property
        def __name__(cls) -> str:
            raise RuntimeError

    class Thing(metaclass=Meta):
        pass

    assert class_name(Thing()) == "Thing"


def test_what_cannot_be_printed_is_still_a_failure() -> None:
    class Loud:
        def __str__(self) -> str:
            raise RuntimeError

    assert refused(fail, "no", seen=Loud()).seen == "(a Loud that cannot be printed)"
