"""headcount ignores the rows without a salary: size counts rows, count counts the values that are
there."""

CAUGHT_BY = {"headcount"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    salary = df.groupby("department", dropna=False, observed=True)["salary"]
    summary = salary.agg(mean="mean", max="max", headcount="count", paid="count")
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
