"""The shares are not aligned with df: merge numbers the rows anew, apply sorts them by group, and
loc or reindex cannot tell repeated labels apart; transform("sum") keeps every row in its
place."""

CAUGHT_BY = {"share_labels"}

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
    totals = df.groupby("department", dropna=False, observed=True)["salary"].sum()
    both = df.merge(totals.rename("total").reset_index(), on="department", how="left")
    return both["salary"] / both["total"]
