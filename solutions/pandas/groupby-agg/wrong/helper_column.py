"""The caller's frame was changed: a helper column, an inplace fill or an inplace sort writes into
the frame that was passed in; keep the values in a variable or work on a copy."""

CAUGHT_BY = {"input_unchanged"}

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
    df["total"] = groups["salary"].transform("sum")
    return df["salary"] / df["total"]
