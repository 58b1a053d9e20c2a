"""The shares are of the whole company: divide by the total of the department of each row,
groupby(...).transform("sum"), not by the sum of the column."""

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
    return df["salary"] / df["salary"].sum()
