"""Hidden checks of groupby-agg.

The expected values come from plain Python loops over the rows, not from pandas.
"""

import math
import os
import sys

import numpy as np
import pandas as pd

from prep import testing as kit

COLUMNS = ["mean", "max", "headcount", "paid"]
NAMES = ["IT", "HR", "Sales", "Legal", "Research", "Support", "Finance", "Design"]
RTOL = 1e-11  # sums of 400 doubles differ by 1e-13; rounding to 4 digits is 1e-9


def staff(seed, rows, departments=8, unknown_salaries=0.0, unknown_departments=0.0):
    """People of a few departments; every department has two known salaries or more."""
    rng = np.random.default_rng(seed)
    names = list(rng.permutation(NAMES)[:departments])
    keys = np.array((names * rows)[:rows], dtype=object)
    pay = np.round(rng.lognormal(10.8, 0.4, rows), 2) + rng.integers(1, 9) / 7
    rest = np.arange(rows) >= 2 * departments
    keys[rest & (rng.random(rows) < unknown_departments)] = None
    pay[rest & (rng.random(rows) < unknown_salaries)] = np.nan
    pay[departments : 2 * departments] = pay[:departments]  # people with equal salaries
    order = rng.permutation(rows)
    return pd.DataFrame(
        {
            "name": [f"person {i}" for i in order],
            "department": keys[order].tolist(),
            "salary": pay[order],
            "joined": rng.integers(2005, 2025, rows),
        }
    )


def by_department(df):
    """Department -> known salaries and number of rows; None stands for a missing one."""
    known, rows = {}, {}
    for key, pay in zip(df["department"].tolist(), df["salary"].tolist(), strict=True):
        key = key if isinstance(key, str) else None
        rows[key] = rows.get(key, 0) + 1
        known.setdefault(key, [])
        if not math.isnan(pay):
            known[key].append(pay)
    return known, rows


def right_summary(df):
    known, rows = by_department(df)
    lines = {
        key: (math.fsum(pay) / len(pay), max(pay), rows[key], len(pay))
        if pay
        else (math.nan, math.nan, rows[key], 0)
        for key, pay in known.items()
    }
    keys = sorted(lines, key=lambda key: -lines[key][0] if lines[key][3] else math.inf)
    index = pd.Index([key if key else np.nan for key in keys], name="department", dtype=object)
    summary = pd.DataFrame([lines[key] for key in keys], columns=COLUMNS, index=index)
    return summary.astype({"mean": float, "max": float})


def right_shares(df):
    totals = {key: math.fsum(pay) for key, pay in by_department(df)[0].items()}
    keys = [key if isinstance(key, str) else None for key in df["department"].tolist()]
    shares = [
        pay / totals[key] if totals[key] else math.nan
        for key, pay in zip(keys, df["salary"].tolist(), strict=True)
    ]
    return pd.Series(shares, index=df.index, dtype=float)


def summarise(solution, df, what="the summary"):
    """The learner's summary of a copy of `df`; `mean` and `max` as floats where numeric."""
    summary = kit.of_type(solution.salary_summary(df.copy()), pd.DataFrame, what)
    summary = pd.DataFrame(summary).copy()
    kit.expect(
        summary.columns.nlevels == 1,
        f"{what} has {summary.columns.nlevels} levels of columns",
        expected=", ".join(COLUMNS),
        seen=", ".join(map(str, summary.columns)),
        mistake="unnamed_aggregation",
    )
    kit.expect(
        "department" not in list(summary.columns),
        f"{what} has the department as a column, not as its index",
        expected=f"index department, columns {', '.join(COLUMNS)}",
        seen=f"columns {', '.join(map(str, summary.columns))}",
        mistake="department_as_column",
    )
    if sorted(map(str, summary.columns)) == sorted(COLUMNS):
        for name in ("mean", "max"):
            if pd.api.types.is_numeric_dtype(summary[name].dtype):
                summary[name] = summary[name].astype("float64")
    return summary


def same(actual, expected, what, *, rounded="rounded", mistakes=None, check_order=False):
    """As kit.frame, and names the rounding when the values are only nearly right."""
    try:
        kit.frame(actual, expected, what, rtol=RTOL, check_order=check_order, mistakes=mistakes)
    except kit.CheckFailed as failure:
        if failure.mistake is None and nearly(actual, expected, check_order):
            failure.mistake = rounded
        raise


def nearly(actual, expected, check_order):
    try:
        kit.frame(actual, expected, "", rtol=1e-3, check_order=check_order)
    except kit.CheckFailed:
        return False
    return True


def labels(index):
    return ["NaN" if not isinstance(label, str) else label for label in index.tolist()]


def test_summary(solution, seed):
    """There is one row per department with its mean, max, headcount and paid"""
    small = pd.DataFrame(
        {"department": ["IT", "HR", "IT", "HR"], "salary": [70000, 50000, 80000, 52000]}
    )
    category = staff(seed + 1, 150, departments=5)
    category["department"] = category["department"].astype("category")
    for df, what in (
        (small, "the summary of 4 people"),
        (staff(seed, 300), "the summary of 300 people"),
        (category, "the summary by a category column"),
    ):
        summary = summarise(solution, df, what)
        same(summary, right_summary(df), what)
        kit.expect(
            list(summary.columns) == COLUMNS,
            f"{what} has its columns in another order",
            expected=", ".join(COLUMNS),
            seen=", ".join(map(str, summary.columns)),
        )


@kit.needs("summary")
def test_order(solution, seed):
    """The highest mean comes first, and a department without any known salary last"""
    for df in (staff(seed, 400), without_salaries(staff(seed + 1, 60, departments=6))):
        seen = labels(summarise(solution, df).index)
        right = labels(right_summary(df).index)
        paid = [label for label in right if label != "Vault"]
        mistake = None
        if seen == ["Vault"][: len(right) - len(paid)] + paid:
            mistake = "unpaid_first"
        elif [label for label in seen if label != "Vault"] == paid[::-1]:
            mistake = "lowest_first"
        kit.expect(
            seen == right,
            "the departments come in the wrong order",
            expected=", ".join(right),
            seen=", ".join(seen),
            mistake=mistake,
        )


def without_salaries(df):
    """`df` with three people of a department Vault whose salaries are all unknown."""
    more = pd.DataFrame({"name": list("abc"), "department": ["Vault"] * 3, "joined": 2020})
    more["salary"] = np.nan
    return pd.concat([more, df], ignore_index=True)[list(df.columns)]


@kit.needs("summary")
def test_headcount(solution, seed):
    """headcount counts every row, paid only the rows with a known salary"""
    fixed = pd.DataFrame(
        {
            "department": ["IT", "HR", "IT", "HR", "HR", "Legal"],
            "salary": [70000.0, 50000, 80000, None, 1, None],
        }
    )
    for df in (fixed, without_salaries(staff(seed, 200, unknown_salaries=0.3))):
        right = right_summary(df)
        filled = df.assign(salary=df["salary"].fillna(0.0))
        same(
            summarise(solution, df),
            right,
            "the summary with unknown salaries",
            mistakes={
                "count_for_headcount": right.assign(headcount=right["paid"]),
                "size_for_paid": right.assign(paid=right["headcount"]),
                "unknown_as_zero": right_summary(filled),
                "unknown_rows_dropped": right_summary(df.dropna(subset=["salary"])),
            },
        )


@kit.needs("summary")
def test_unknown_department(solution, seed):
    """The rows without a department form a group of their own, in both functions"""
    df = staff(seed, 250, unknown_departments=0.2)
    keys = [key if isinstance(key, str) else None for key in df["department"]]
    for frame in (df, df.assign(department=pd.Series(keys, dtype=object))):
        right, summary = right_summary(frame), summarise(solution, frame)
        texts = [label for label in summary.index.tolist() if isinstance(label, str)]
        what = "the summary with unknown departments"
        kit.expect(
            len(texts) != len(right) or not set(labels(right.index)) - {"NaN"} < set(texts),
            f"{what} has a text as the label of the rows without a department",
            expected="NaN",
            seen=", ".join(repr(text) for text in texts if text not in labels(right.index)),
            mistake="unknown_as_text",
        )
        mistakes = {"default_dropna": right.loc[right.index.notna()]}
        same(summary, right, what, mistakes=mistakes)
        right = right_shares(frame)
        same(
            shares_of(solution, frame),
            right,
            "the series of shares with unknown departments",
            rounded="rounded_shares",
            mistakes={"share_drops_unknown": right.where(frame["department"].notna())},
        )


@kit.needs("summary")
def test_unused_category(solution, seed):
    """A category that no row uses does not appear in the summary"""
    df = staff(seed, 120, departments=5)
    every = [*NAMES, "Closed", "Archive"]
    df["department"] = pd.Categorical(df["department"], categories=every)
    same(summarise(solution, df), right_summary(df), "the summary with unused categories")


@kit.needs("summary")
def test_no_rows(solution, seed):
    """A frame without rows gives a summary without rows"""
    summary = summarise(solution, staff(seed, 40).iloc[:0], "the summary of no rows")
    kit.expect(
        list(summary.columns) == COLUMNS and len(summary) == 0,
        "the summary of a frame without rows is wrong",
        expected=f"columns {', '.join(COLUMNS)} and 0 rows",
        seen=f"columns {', '.join(map(str, summary.columns)) or 'none'} and {len(summary)} rows",
    )


def shares_of(solution, df, what="the series of shares"):
    shares = kit.of_type(solution.share_of_department(df.copy()), pd.Series, what)
    shares = pd.Series(shares)
    kit.expect(
        shares.index.nlevels == 1,
        f"{what} has {shares.index.nlevels} levels of labels",
        expected="the index of df",
        seen=f"labels such as {shares.index[0] if len(shares) else shares.index.names}",
        mistake="share_by_apply",
    )
    if pd.api.types.is_numeric_dtype(shares.dtype):
        shares = shares.astype("float64")
    return shares


def test_share(solution, seed):
    """Each row's share is its salary divided by the total of its department"""
    whole = pd.DataFrame(
        {"department": ["IT", "HR", "IT", "HR"], "salary": [70000, 50000, 80000, 52000]}
    )
    for df in (whole, staff(seed, 300), staff(seed + 1, 300, unknown_salaries=0.3)):
        right = right_shares(df)
        same(
            shares_of(solution, df),
            right,
            "the series of shares",
            rounded="rounded_shares",
            check_order=True,
            mistakes={
                "share_of_company": df["salary"] / df["salary"].sum(),
                "zero_share_for_unknown": right.fillna(0.0),
                "share_by_apply": right.loc[df["department"].sort_values(kind="stable").index],
            },
        )


@kit.needs("share")
def test_share_labels(solution, seed):
    """The shares have the labels of the frame, in its own order"""
    rng = np.random.default_rng(seed)
    df = staff(seed, 200, unknown_salaries=0.1)
    numbers = df.set_index(pd.Index(rng.permutation(900)[:200] + 10))
    text = df.set_index(pd.Index([f"p{i}" for i in rng.permutation(200)]))
    for frame, what in (
        (numbers, "the series of shares for shuffled labels"),
        (text, "the series of shares for text labels"),
        (pd.concat([df, df.iloc[:80]]), "the series of shares for repeated labels"),
    ):
        same(
            shares_of(solution, frame),
            right_shares(frame),
            what,
            rounded="rounded_shares",
            check_order=True,
        )


def test_input_unchanged(solution, seed):
    """The frame that was passed in is the same afterwards"""
    df = staff(seed, 60, unknown_salaries=0.2, unknown_departments=0.2)
    df.index = np.random.default_rng(seed).permutation(60)
    for function in ("salary_summary", "share_of_department"):
        given = df.copy()
        getattr(solution, function)(given)
        kit.frame(given, df, f"the frame after {function}")


def test_whole_columns(solution, seed, workspace):
    """No line of your own code runs once per row"""
    df = staff(seed, 5000, unknown_salaries=0.1)
    df.index = np.random.default_rng(seed).permutation(5000)
    for function in ("salary_summary", "share_of_department"):
        lines = lines_run(getattr(solution, function), df.copy(), str(workspace))
        kit.expect(
            lines < 2500,
            f"{function} runs your own code for every row",
            expected="a number of steps that does not depend on the rows",
            seen=f"{lines:,} lines of your file run for 5,000 rows",
        )


def lines_run(function, df, folder):
    """How many lines of the learner's files run while `function(df)` does."""
    count = 0

    def local(frame, event, argument):
        nonlocal count
        count += event == "line"
        return local

    def trace(frame, event, argument):
        return local if frame.f_code.co_filename.startswith(folder + os.sep) else None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(df)
    finally:
        sys.settrace(before)
    return count
