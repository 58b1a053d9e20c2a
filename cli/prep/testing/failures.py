"""How a grader says that a behaviour does not hold.

A grader never prints and never returns a verdict: it raises `CheckFailed` through the
small functions below. What they carry (`expected`, `seen`, `mistake`) is exactly what the
learner reads, so it holds short values and never reference code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


class CheckFailed(AssertionError):  # noqa: N818 - reads as a verdict, not as a fault
    """A behaviour that does not hold.

    Attributes:
        message: one or two sentences for the learner.
        expected, seen: short texts; None when the message says it all.
        mistake: name of the known mistake whose value was recognised, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        expected: object = None,
        seen: object = None,
        mistake: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = None if expected is None else text_of(expected)
        self.seen = None if seen is None else text_of(seen)
        self.mistake = mistake


class CheckStopped(CheckFailed):
    """A part of a check that gave no answer within its limit.

    Attributes:
        frames: the learner's frames at that moment, as `(file, line, function)`.
    """

    def __init__(
        self,
        message: str,
        *,
        frames: list[tuple[str, int, str]] | None = None,
        mistake: str | None = None,
    ) -> None:
        super().__init__(message, mistake=mistake)
        self.frames = frames or []


class NotDefined(CheckFailed):
    """The learner's file lacks a name that the check asks for."""


class Unrunnable(Exception):  # noqa: N818 - a third answer beside pass and fail
    """The learner's file cannot be run at all (an SQL syntax error, say): it costs nothing.

    Attributes:
        line: 1-based line of the learner's file, if known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


class ChildRaisedError(AssertionError):
    """An exception of a forked child, carried over as evidence.

    Attributes:
        found: what `prep.testing.evidence.describe` said of it in the child.
    """

    def __init__(self, found: dict[str, Any]) -> None:
        super().__init__(text_of(found.get("message", "")))
        self.found = found


def text_of(value: object) -> str:
    """`str(value)` as a true `str`, whatever the value's class makes of it."""
    try:
        return "".join([str(value)])  # a subclass of str could still answer for itself
    except BaseException:
        return f"(a {class_name(value)} that cannot be printed)"


def class_name(value: object) -> str:
    """The name of the value's class, past any metaclass."""
    return str(type.__dict__["__name__"].__get__(type(value)))


def fail(
    message: str, *, expected: object = None, seen: object = None, mistake: str | None = None
) -> NoReturn:
    """Fail the running check.

    Raises:
        CheckFailed: always.
    """
    raise CheckFailed(message, expected=expected, seen=seen, mistake=mistake)


def expect(
    condition: object,
    message: str,
    *,
    expected: object = None,
    seen: object = None,
    mistake: str | None = None,
) -> None:
    """Fail with `message` unless `condition` is the object True.

    Only True counts: an object that claims to be true (a learner's class with its own
    `__bool__`) does not pass a check. Numpy's booleans are accepted.
    """
    if condition is True:
        return
    if is_numpy_bool(condition):
        if condition:
            return
    elif condition is not False and condition is not None:
        raise TypeError(f"kit.expect needs a bool as its condition, got {class_name(condition)}")
    raise CheckFailed(message, expected=expected, seen=seen, mistake=mistake)


def is_numpy_bool(value: object) -> bool:
    """Whether it is numpy's own boolean; nothing is imported."""
    numpy: Any = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.bool_


def of_type(value: Any, wanted: type[T] | tuple[type[T], ...], what: str) -> T:
    """Return `value` if it is an instance of `wanted`, else fail.

    `what` is a noun phrase, e.g. "the history". A bool is never taken for an int.
    """
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    # The class itself is asked: an object can lie about `__class__`, and mocks do.
    if issubclass(type(value), kinds) and (type(value) is not bool or bool in kinds):
        found: T = value
        return found
    names = " or ".join(k.__name__ for k in kinds)
    raise CheckFailed(
        f"{what} has the wrong type", expected=names, seen=f"{class_name(value)}{short(value)}"
    )


def short(value: object) -> str:
    """The value behind its type's name, where that helps and is small."""
    if type(value) not in (str, bytes, int, float, bool, list, tuple, dict):
        return ""
    if isinstance(value, str | bytes | list | tuple | dict) and len(value) > 60:
        return ""
    try:
        text = repr(value)
    except Exception:  # an int of more digits than Python prints, an element of the learner's
        return ""
    return f" {text}" if len(text) <= 60 else ""


def raises(
    wanted: type[E] | tuple[type[E], ...],
    function: Callable[..., object],
    *args: object,
    what: str,
    mistake: str | None = None,
    **kwargs: object,
) -> E:
    """Call `function` and return the exception of type `wanted` that it must raise.

    Args:
        what: the situation, a noun phrase: "an empty loader".
        mistake: the known mistake that a missing exception means.

    Raises:
        CheckFailed: nothing was raised. Another exception passes through: it is shown with
            the learner's line.
    """
    try:
        value = function(*args, **kwargs)
    except wanted as error:
        if type(error) is NotImplementedError and NotImplementedError not in _flat(wanted):
            raise
        return error
    names = " or ".join(k.__name__ for k in _flat(wanted))
    raise CheckFailed(
        f"{what} must raise {names}",
        expected=names,
        seen=f"no exception, returned {class_name(value)}{short(value)}",
        mistake=mistake,
    )


def _flat(wanted: type[E] | tuple[type[E], ...]) -> tuple[type[E], ...]:
    return wanted if isinstance(wanted, tuple) else (wanted,)


def needs(*checks: str) -> Callable[[F], F]:
    """Mark a check as meaningful only after `checks` have passed.

    It is reported as waiting when one of them did not, instead of failing for the same
    reason a second time.
    """

    def mark(function: F) -> F:
        function.prep_needs = checks  # type: ignore[attr-defined]
        return function

    return mark
