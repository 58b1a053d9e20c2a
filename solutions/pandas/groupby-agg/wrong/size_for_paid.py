"""paid counts rows whose salary is unknown: len and size count rows, count leaves the missing
values out."""

CAUGHT_BY = {"headcount"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    salary = df.groupby("department", dropna=False, observed=True)["salary"]
    summary = salary.agg(mean="mean", max="max", headcount=len, paid="size")
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
