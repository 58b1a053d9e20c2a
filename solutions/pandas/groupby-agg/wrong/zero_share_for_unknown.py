"""A row with an unknown salary got the share 0, as if the person earned nothing: leave NaN, the
sum skips it anyway."""

CAUGHT_BY = {"share", "share_labels"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    groups = df.groupby("department", dropna=False, observed=True)
    summary = groups.agg(
        mean=("salary", "mean"),
        max=("salary", "max"),
        headcount=("salary", "size"),
        paid=("salary", "count"),
    )
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    salary = df["salary"].fillna(0)
    keys = df["department"].astype(object)
    return salary / salary.groupby(keys, dropna=False).transform("sum")
