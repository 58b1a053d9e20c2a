"""The rows without a department vanished: groupby drops missing keys unless it is told
dropna=False."""

CAUGHT_BY = {"unknown_department"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    groups = df.groupby("department", observed=True)
    summary = groups.agg(
        mean=("salary", "mean"),
        max=("salary", "max"),
        headcount=("salary", "size"),
        paid=("salary", "count"),
    )
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    return df["salary"] / df.groupby("department", observed=True)["salary"].transform("sum")
