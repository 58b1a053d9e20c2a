"""Your own Python code runs once per row, hundreds of times slower than a column operation:
replace the loop, comprehension or apply by groupby, transform and arithmetic on whole columns."""

CAUGHT_BY = {"whole_columns"}

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
    totals = df.groupby("department", dropna=False, observed=True)["salary"].sum().to_dict()
    unknown = sum(total for key, total in totals.items() if pd.isna(key))
    return df.apply(
        lambda row: (
            row["salary"] / (unknown if pd.isna(row["department"]) else totals[row["department"]])
        ),
        axis=1,
    )
