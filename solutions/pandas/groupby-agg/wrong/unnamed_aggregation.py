"""The columns are pairs such as ('salary', 'mean'), because a dict of lists was aggregated: use
named aggregation, agg(mean=('salary', 'mean'), ...)."""

CAUGHT_BY = {"summary", "order", "headcount", "unknown_department", "unused_category", "no_rows"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    groups = df.groupby("department", dropna=False, observed=True)
    summary = groups.agg({"salary": ["mean", "max", "size", "count"]})
    return summary.sort_values(("salary", "mean"), ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
