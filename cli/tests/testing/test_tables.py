"""`kit.table`: right rows never hit, wrong rows always, and the message names the difference."""

from __future__ import annotations

import datetime
import random
import sqlite3
from typing import Any

import pytest

from prep.testing.failures import CheckFailed
from prep.testing.tables import table

COLUMNS = ("category", "id", "value")
RIGHT = [("a", 1, 5), ("a", 2, None), ("b", 3, 2.5)]


def failure(rows: Any, right: Any = RIGHT, **options: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        table(rows, right, "the ranking", **options)
    return caught.value


def test_equal_rows_pass() -> None:
    table(list(RIGHT), RIGHT, "the ranking", columns=COLUMNS)
    table([list(row) for row in RIGHT], RIGHT, "the ranking")
    table(tuple(RIGHT), RIGHT, "the ranking")
    table([], [], "the ranking", columns=COLUMNS)


def test_int_and_float_are_one_value() -> None:
    table([("a", 1.0, 5.0), ("a", 2, None), ("b", 3, 2.5)], RIGHT, "the ranking")
    table([(True,)], [(1,)], "the flag")


def test_dates_and_nan_equal_themselves() -> None:
    day = datetime.date(2024, 2, 29)
    table([(day, float("nan"))], [(day, float("nan"))], "the days")
    assert failure([(day,)], [(datetime.date(2024, 3, 1),)]).expected == "(2024-03-01)"


def test_rows_of_sqlite_pass() -> None:
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row
    rows = database.execute("SELECT 'a' AS category, 1 AS id, NULL AS value").fetchall()
    database.close()
    table(rows, [("a", 1, None)], "the ranking", columns=COLUMNS)


def test_order_counts_only_when_asked() -> None:
    shuffled = [RIGHT[2], RIGHT[0], RIGHT[1]]
    table(shuffled, RIGHT, "the ranking", ordered=False)
    error = failure(shuffled, columns=COLUMNS)
    assert error.message == ("the ranking has the right rows in the wrong order: row 1 is another")
    assert error.expected == "category 'a', id 1, value 5"
    assert error.seen == "category 'b', id 3, value 2.5"


@pytest.mark.parametrize("ordered", [True, False])
def test_any_order_and_number_type_of_random_rows_pass(ordered: bool) -> None:
    draw = random.Random(3)
    right = [(draw.choice("ab"), draw.randrange(3), draw.choice([None, 1.5])) for _ in range(60)]
    rows: list[Any] = [(a, float(b), c) for a, b, c in right]
    if not ordered:
        draw.shuffle(rows)
    table(rows, right, "the rows", ordered=ordered)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_any_changed_cell_fails(ordered: bool, seed: int) -> None:
    draw = random.Random(seed)
    right = [(draw.choice("ab"), draw.randrange(3), draw.choice([None, 1.5])) for _ in range(20)]
    rows: list[Any] = [list(row) for row in right]
    rows[draw.randrange(20)][draw.randrange(3)] = draw.choice([0.25, "c", b"a"])
    failure(rows, right, ordered=ordered)


@pytest.mark.parametrize("cell", [0, "", "NULL", False, float("nan")])
def test_null_equals_only_null(cell: object) -> None:
    error = failure([("a", cell)], [("a", None)])
    assert error.expected == "('a', NULL)"
    assert error.seen != error.expected
    failure([("a", None)], [("a", cell)])


def test_text_is_no_number() -> None:
    error = failure([("a", "1")], [("a", 1)])
    assert (error.expected, error.seen) == ("('a', 1)", "('a', '1')")


def test_a_changed_cell_is_named() -> None:
    error = failure([("a", 1, 5), ("a", 2, None), ("b", 3, 7)], columns=COLUMNS)
    assert error.message == "the ranking differs in 1 row of 3; row 3 in value"
    assert error.expected == "category 'b', id 3, value 2.5"
    assert error.seen == "category 'b', id 3, value 7"
    assert "row 3 in value 3" in failure([("a", 1, 5), ("a", 2, None), ("b", 3, 7)]).message


def test_wholly_different_rows_are_not_called_one_row() -> None:
    error = failure([("z", 9, 9), *RIGHT[1:]], columns=COLUMNS)
    assert "the first that is missing" in error.message
    assert error.seen == "category 'z', id 9, value 9"


def test_a_missing_row_is_shown() -> None:
    error = failure(RIGHT[:1], columns=COLUMNS)
    assert error.message == "the ranking lacks 2 rows of 3"
    assert error.expected == "category 'a', id 2, value NULL"
    assert error.seen == "no such row, 1 row in all"


def test_a_surplus_row_is_shown() -> None:
    error = failure([*RIGHT, RIGHT[0]], columns=COLUMNS, ordered=False)
    assert error.message == "the ranking has 1 row too many"
    assert error.expected == "3 rows in all"
    assert error.seen == "category 'a', id 1, value 5"
    assert failure([("a",)], []).expected == "no rows"


def test_copies_are_counted() -> None:
    twice = [("a", 1), ("a", 1)]
    table(twice, twice, "the rows", ordered=False)
    failure([("a", 1)], twice, ordered=False)
    failure(twice, [("a", 1)], ordered=False)


def test_width_is_checked_first() -> None:
    error = failure([("a", 1)], columns=COLUMNS)
    assert error.message == "row 1 of the ranking has the wrong number of values"
    assert (error.expected, error.seen) == ("3: category, id, value", "2: ('a', 1)")
    assert failure([("a",)], [("a", 1)]).expected == "2"


@pytest.mark.parametrize(
    ("rows", "seen"),
    [(None, "NoneType"), ({"a": 1}, "dict"), ("ab", "str"), ([5], "int"), ([{"a": 1}], "dict")],
)
def test_junk_is_named_by_its_type(rows: Any, seen: str) -> None:
    assert failure(rows).seen == seen


def test_a_value_that_claims_to_equal_everything_fails() -> None:
    class Always(int):
        __hash__ = int.__hash__

        def __eq__(self, other: object) -> bool:
            return True

    error = failure([("a", Always(3), 5)], [("a", 1, 5)], columns=COLUMNS)
    assert error.message == "row 1 of the ranking holds a value that is not plain (id)"
    assert error.seen == "Always"


def test_the_matching_mistake_is_named() -> None:
    mistakes: dict[str, Any] = {"lost_one": RIGHT[:2], "none_at_all": []}
    assert failure([], mistakes=mistakes).mistake == "none_at_all"
    assert failure(RIGHT[:2], mistakes=mistakes).mistake == "lost_one"
    assert failure(RIGHT[:1], mistakes=mistakes).mistake is None
    assert failure(None, mistakes=mistakes).mistake is None
    table(list(RIGHT), RIGHT, "the ranking", mistakes={"right": RIGHT})


def test_long_values_are_cut() -> None:
    error = failure([("x" * 500,)], [("y" * 500,)])
    assert error.seen is not None
    assert len(error.seen) < 60
