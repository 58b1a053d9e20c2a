"""Aggregates the salary column alone, renames flat columns; shares by mapping the totals."""

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    salary = df.groupby("department", dropna=False, observed=True)["salary"]
    summary = salary.agg(["mean", "max", "size", "count"])
    summary = summary.rename(columns={"size": "headcount", "count": "paid"})
    return summary.sort_values("mean", ascending=False, na_position="last")


def share_of_department(df: pd.DataFrame) -> pd.Series:
    totals = df.groupby("department", dropna=False, observed=True)["salary"].sum()
    return df["salary"].div(df["department"].map(totals).astype(float))
