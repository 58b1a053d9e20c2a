"""Public examples: run `pytest` in this folder. The hidden checks look at more."""

import pandas as pd
from solution import salary_summary, share_of_department


def staff() -> pd.DataFrame:
    return pd.DataFrame(
        {"department": ["IT", "HR", "IT", "HR"], "salary": [70000, 50000, 80000, 52000]}
    )


def test_one_row_per_department():
    summary = salary_summary(staff())
    assert list(summary.columns) == ["mean", "max", "headcount", "paid"], (
        f"the columns are {list(summary.columns)}"
    )
    assert list(summary.index) == ["IT", "HR"], f"the index is {list(summary.index)}"
    assert summary.loc["IT"].tolist() == [75000, 80000, 2, 2], "the row of IT is wrong"
    assert summary.loc["HR"].tolist() == [51000, 52000, 2, 2], "the row of HR is wrong"


def test_shares_of_one_department_sum_to_one():
    df = staff()
    shares = share_of_department(df)
    assert len(shares) == len(df), f"expected one share per row, got {len(shares)}"
    total = shares[df["department"] == "IT"].sum()
    assert abs(total - 1) < 1e-12, f"the shares of IT sum to {total}"
    assert abs(shares.iloc[0] - 70 / 150) < 1e-12, f"the first share is {shares.iloc[0]}"
