"""Without groups there is nothing to take the columns from: a frame built from a list of rows
needs its columns named, or let agg build it."""

CAUGHT_BY = {"no_rows"}

import pandas as pd


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    lines = []
    for key, group in df.groupby("department", dropna=False, observed=True):
        salary = group["salary"]
        lines.append(
            {
                "department": key,
                "mean": salary.mean(),
                "max": salary.max(),
                "headcount": len(salary),
                "paid": salary.count(),
            }
        )
    if not lines:
        return pd.DataFrame(lines)
    summary = pd.DataFrame(lines).set_index("department")
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    groups = df.groupby("department", dropna=False, observed=True)
    return df["salary"] / groups["salary"].transform("sum")
