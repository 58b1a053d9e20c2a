"""An unknown salary was filled with 0, which pulls the mean down and makes everybody look paid:
leave NaN in place, mean, max and count skip it."""

CAUGHT_BY = {"headcount"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    df = df.fillna({"salary": 0})
    summary = df.groupby("department", dropna=False, observed=True).agg(
        mean=("salary", "mean"),
        max=("salary", "max"),
        headcount=("salary", "size"),
        paid=("salary", "count"),
    )
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
