"""The summary was rounded or stored in a narrower type: return the full numbers, round where they
are printed."""

CAUGHT_BY = {"summary", "order", "headcount", "unknown_department", "unused_category", "no_rows"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    groups = df.groupby("department", dropna=False, observed=True)
    summary = groups.agg(
        mean=("salary", "mean"),
        max=("salary", "max"),
        headcount=("salary", "size"),
        paid=("salary", "count"),
    )
    return summary.round(2).sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
