"""Runs a Python function once per group, which is allowed: the number of groups is small."""

import pandas as pd

COLUMNS = ["mean", "max", "headcount", "paid"]


def _describe(salary: pd.Series) -> pd.Series:
    known = salary.dropna()
    return pd.Series([known.mean(), known.max(), len(salary), len(known)], index=COLUMNS)


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    if df.empty:
        index = pd.Index([], name="department", dtype=object)
        return pd.DataFrame(columns=COLUMNS, index=index)
    groups = df.groupby("department", dropna=False, observed=True)["salary"]
    summary = groups.apply(_describe).unstack()[COLUMNS]
    summary = summary.astype({"headcount": "int64", "paid": "int64"})
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)["salary"]
    return groups.transform(lambda salary: salary / salary.sum())
