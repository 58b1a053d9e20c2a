"""The shares come out sorted by department instead of in the order of df: apply, concat and
sort_values move the rows, transform puts each value back in its own row."""

CAUGHT_BY = {"share", "share_labels"}

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
    salary = df.groupby("department", dropna=False, observed=True)["salary"]
    return salary.apply(lambda pay: pay / pay.sum()).droplevel("department")
