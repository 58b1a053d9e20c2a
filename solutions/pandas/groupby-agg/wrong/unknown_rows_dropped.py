"""The rows without a salary were dropped before grouping, so headcount cannot see them any more:
group all rows, the aggregations skip NaN by themselves."""

CAUGHT_BY = {"headcount", "order"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    known = df[df["salary"].notna()]
    summary = known.groupby("department", dropna=False, observed=True).agg(
        mean=("salary", "mean"),
        max=("salary", "max"),
        headcount=("salary", "size"),
        paid=("salary", "count"),
    )
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
