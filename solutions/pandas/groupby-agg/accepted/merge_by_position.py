"""Sums of helper columns in a copy; the shares by a left merge, labels put back by position."""

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    work = df[["department", "salary"]].copy()
    work["paid"] = work["salary"].notna().astype("int8")
    work["one"] = 1
    groups = work.groupby("department", dropna=False, observed=True, sort=False)
    summary = groups.agg({"salary": ["mean", "max"], "one": "sum", "paid": "sum"})
    summary.columns = ["mean", "max", "headcount", "paid"]
    return summary.sort_values(by="mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    totals = df.groupby("department", dropna=False, observed=True)["salary"].sum()
    both = df[["department", "salary"]].merge(
        totals.rename("total"), left_on="department", right_index=True, how="left"
    )
    return pd.Series((both["salary"] / both["total"]).to_numpy(), index=df.index)
