"""The rows without a department got a text as their label: keep the key missing and group with
dropna=False, which labels them NaN."""

CAUGHT_BY = {"unknown_department"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    department = df["department"].astype(object).fillna("unknown")
    summary = df.groupby(department)["salary"].agg(
        mean="mean", max="max", headcount="size", paid="count"
    )
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    department = df["department"].astype(object).fillna("unknown")
    return df["salary"] / df.groupby(department)["salary"].transform("sum")
