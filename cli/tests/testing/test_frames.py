"""`kit.frame`: right frames never hit, wrong ones always, and the message names the difference."""

from __future__ import annotations

from typing import Any

import pytest

from prep.testing.failures import CheckFailed
from prep.testing.frames import frame

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")


def summary() -> Any:
    index = pd.Index(["IT", "HR", None], name="department")
    columns = {"mean": [75000.0, 51000.0, np.nan], "headcount": [2, 2, 1]}
    return pd.DataFrame(columns, index=index)


def failure(actual: Any, expected: Any, **options: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        frame(actual, expected, "the summary", **options)
    return caught.value


def told(error: CheckFailed) -> tuple[str, str | None, str | None]:
    return error.message, error.expected, error.seen


def test_equal_frames_and_series_pass() -> None:
    frame(summary(), summary(), "the summary")
    frame(summary()["mean"], summary()["mean"], "the means")
    frame(summary().iloc[:0], summary().iloc[:0], "the summary")
    frame(pd.DataFrame(), pd.DataFrame(), "nothing")


def test_width_of_the_dtype_and_kind_of_missing_do_not_count() -> None:
    other = summary()
    other.index = pd.Index(["IT", "HR", np.nan], name="department", dtype=object)
    other["headcount"] = other["headcount"].astype("int32")
    frame(other, summary(), "the summary")
    other["headcount"] = other["headcount"].astype("UInt16")
    other["mean"] = other["mean"].astype("Float64")
    frame(other, summary(), "the summary")
    other.index = pd.CategoricalIndex(["IT", "HR", None], name="department")
    frame(other, summary(), "the summary")


def test_text_is_text_whatever_holds_it() -> None:
    as_text = pd.Series(["a", None])
    frame(as_text.astype(object), as_text, "the names")
    frame(as_text.astype("string"), as_text, "the names")


def test_a_series_name_does_not_count() -> None:
    frame(summary()["mean"].rename("x"), summary()["mean"], "the means")


def test_a_subclass_is_compared_as_a_plain_frame() -> None:
    class Always(pd.DataFrame):  # type: ignore[misc, name-defined, unused-ignore]
        def __eq__(self, other: object) -> bool:  # type: ignore[override, unused-ignore]
            return True

    frame(Always(summary()), summary(), "the summary")
    failure(Always(summary() * 1).assign(headcount=9), summary())


def test_small_float_errors_pass_and_larger_ones_do_not() -> None:
    near, off = summary(), summary()
    near["mean"] *= 1 + 5e-10
    off["mean"] *= 1 + 2e-9
    frame(near, summary(), "the summary")
    error = failure(off, summary())
    assert error.message == "column 'mean' of the summary is wrong at 'IT' (2 of 3 values are)"
    assert error.expected != error.seen
    frame(off, summary(), "the summary", rtol=1e-8)
    failure(near, summary(), rtol=1e-10)


def test_what_cancels_to_zero_is_forgiven_and_small_values_are_not() -> None:
    right = pd.Series([0.0, 1e5, 0.001])
    frame(right + np.array([1e-9, 0, 0]), right, "the differences")
    failure(right + np.array([1e-5, 0, 0]), right)
    failure(right + np.array([0, 0, 1e-6]), right)


def test_infinities_equal_themselves_only() -> None:
    right = pd.Series([np.inf, -np.inf, 1.0])
    frame(right.copy(), right, "the values")
    assert failure(-right, right).seen == "-inf"
    failure(pd.Series([np.nan, -np.inf, 1.0]), right)
    failure(right, pd.Series([5.0, -np.inf, 1.0]))


@pytest.mark.parametrize("junk", [None, 3, {"mean": 1}, [1, 2]])
def test_junk_is_named_by_its_type(junk: object) -> None:
    assert failure(junk, summary()).expected == "DataFrame"
    assert failure(junk, summary()["mean"]).expected == "Series"


def test_a_series_is_no_frame() -> None:
    error = failure(summary()["mean"], summary())
    assert told(error) == ("the summary has the wrong type", "DataFrame", "pandas.Series")
    assert failure(summary(), summary()["mean"]).expected == "Series"


def test_columns() -> None:
    right = summary()
    error = failure(right.drop(columns="mean"), right)
    assert told(error) == (
        "the summary lacks the column 'mean'",
        "'mean', 'headcount'",
        "'headcount'",
    )
    assert "a column too many: 'x'" in failure(right.assign(x=1), right).message
    error = failure(right[["headcount", "mean"]], right)
    assert error.message == "the summary has its columns in another order"
    frame(right[["headcount", "mean"]], right, "the summary", check_order=False)
    nested = right.copy()
    nested.columns = pd.MultiIndex.from_product([["salary"], right.columns])
    error = failure(nested, right)
    assert error.message == "the summary has 2 levels of columns"
    assert error.seen == "('salary', 'mean'), ('salary', 'headcount')"
    assert failure(right, nested).message == "the summary has 1 level of columns"


def test_index() -> None:
    right = summary()
    error = failure(right.iloc[:2], right)
    assert (
        told(error)
        == (
            "the summary lacks 1 row: no None in its index",
            "'IT', 'HR', None",
            "'IT', 'HR'",
        )
        or "no NaN in its index" in error.message
    )
    error = failure(right, right.iloc[:1])
    assert error.message == "the summary has 2 rows too many: 'HR' in its index"
    error = failure(right.reset_index(drop=True), right)
    assert error.message == "the summary has the default index"
    error = failure(right.rename_axis("dept"), right)
    assert told(error) == ("the index of the summary has another name", "'department'", "'dept'")
    error = failure(right.set_index("headcount", append=True), right[["mean"]])
    assert error.message == "the index of the summary has the wrong number of levels"
    assert failure(right.iloc[:0], right).seen == "none"


def test_order_of_rows() -> None:
    right = summary()
    other = right.iloc[[1, 0, 2]]
    error = failure(other, right)
    assert error.message == "the summary has its rows in another order: row 1 is 'HR'"
    frame(other, right, "the summary", check_order=False)
    failure(other.assign(headcount=7), right, check_order=False)


def test_order_with_repeated_labels() -> None:
    right = pd.Series([1.0, 2.0, 3.0, np.nan], index=[5, 5, 1, 5])
    frame(right.iloc[[3, 1, 2, 0]] * (1 + 1e-12), right, "the shares", check_order=False)
    failure(right.iloc[[3, 1, 2, 0]], right)
    swapped = pd.Series([1.0, 3.0, 2.0, np.nan], index=right.index)
    failure(swapped, right, check_order=False)


def test_labels_compare_by_value() -> None:
    right = pd.Series([1, 2], index=[1, 2])
    frame(pd.Series([1, 2], index=[1.0, 2.0]), right, "the counts")
    error = failure(pd.Series([1, 2], index=["1", "2"]), right)
    assert (error.expected, error.seen) == ("1, 2", "'1', '2'")


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([2.0, 2.0, 1.0], "float (float64)"),
        (["2", "2", "1"], "text (str)"),
        ([True, True, True], "bool (bool)"),
    ],
)
def test_kinds_of_dtype(values: list[object], seen: str) -> None:
    error = failure(summary().assign(headcount=values), summary())
    assert error.message == "column 'headcount' of the summary has the wrong dtype"
    assert error.expected == "int (int64)"
    assert error.seen is not None
    assert error.seen.split()[0] == seen.split()[0]


def test_other_kinds() -> None:
    days = pd.Series(pd.to_datetime(["2024-01-01", None]))
    frame(days.copy(), days, "the days")
    assert failure(days.astype(str), days).message == "the summary has the wrong dtype"
    assert "is wrong at 1" in failure(days.fillna(days[0]), days).message
    gaps = days - days[0]
    frame(gaps.copy(), gaps, "the gaps")
    kinds = pd.Series(["a", "b"], dtype="category")
    frame(kinds.copy(), kinds, "the kinds")
    failure(kinds.astype(str), kinds)


def test_missing_values_are_not_values() -> None:
    error = failure(summary().fillna(0.0), summary())
    assert error.expected == "nan"
    assert error.seen == "0"
    text = pd.Series(["a", None])
    assert failure(text.fillna("None"), text).seen == "'None'"


@pytest.mark.parametrize("seed", range(10))
def test_any_changed_cell_of_a_random_frame_fails(seed: int) -> None:
    draw = np.random.default_rng(seed)
    right = pd.DataFrame({"x": draw.normal(size=30), "n": draw.integers(0, 9, 30)})
    right.index = draw.permutation(30)
    frame(right.iloc[draw.permutation(30)], right, "the frame", check_order=False)
    wrong = right.copy()
    row, column = int(draw.integers(30)), int(draw.integers(2))
    wrong.iloc[row, column] = wrong.iloc[row, column] + 1
    error = failure(wrong.iloc[draw.permutation(30)], right, check_order=False)
    assert f"is wrong at {right.index[row]}" in error.message
    assert "1 of 30" in error.message


def test_the_matching_mistake_is_named() -> None:
    mistakes = {
        "rounded": summary().round(-4),
        "filled": summary().fillna(0.0),
        "series": summary()["mean"],
    }
    assert failure(summary().fillna(0.0), summary(), mistakes=mistakes).mistake == "filled"
    assert failure(summary().round(-4), summary(), mistakes=mistakes).mistake == "rounded"
    assert failure(summary()["mean"], summary(), mistakes=mistakes).mistake == "series"
    assert failure(summary() * 2, summary(), mistakes=mistakes).mistake is None
    assert failure(None, summary(), mistakes=mistakes).mistake is None


def test_long_lists_and_labels_are_cut() -> None:
    right = pd.Series(range(100), index=[f"label {i}" * 20 for i in range(100)])
    error = failure(right.iloc[:99], right)
    assert error.expected is not None
    assert error.expected.endswith("(100 in all)")
    assert len(error.expected) < 700
