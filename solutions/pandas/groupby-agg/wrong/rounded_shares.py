"""The shares were rounded or stored in a narrower type, so they no longer sum to 1: return the
full numbers, round where they are printed."""

CAUGHT_BY = {"share", "share_labels", "unknown_department"}

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
    groups = df.groupby("department", dropna=False, observed=True)
    return (df["salary"] / groups["salary"].transform("sum")).round(6)
