"""A department without any known salary comes first: a reversed ascending sort also reverses
where NaN goes, so sort with ascending=False, which keeps NaN last."""

CAUGHT_BY = {"order"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    groups = df.groupby("department", dropna=False, observed=True)
    summary = groups.agg(
        mean=("salary", "mean"),
        max=("salary", "max"),
        headcount=("salary", "size"),
        paid=("salary", "count"),
    )
    return summary.sort_values("mean")[::-1]


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
