"""A plain loop over the departments with boolean masks, no groupby; result built by position."""

import numpy as np
import pandas as pd


def _masks(df):
    for key in df["department"].unique():
        if pd.isna(key):
            yield np.nan, df["department"].isna().to_numpy()
        else:
            yield key, (df["department"] == key).to_numpy(dtype=bool)


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    lines, keys = [], []
    for key, mask in _masks(df):
        salary = df["salary"].to_numpy(dtype=float)[mask]
        known = salary[~np.isnan(salary)]
        mean = known.mean() if known.size else np.nan
        highest = known.max() if known.size else np.nan
        lines.append((mean, highest, int(mask.sum()), int(known.size)))
        keys.append(key)
    summary = pd.DataFrame(
        lines,
        columns=["mean", "max", "headcount", "paid"],
        index=pd.Index(keys, name="department", dtype=object),
    )
    return summary.sort_values("mean", ascending=False)


def share_of_department(df: pd.DataFrame) -> pd.Series:
    salary = df["salary"].to_numpy(dtype=float)
    share = np.full(len(df), np.nan)
    for _, mask in _masks(df):
        share[mask] = salary[mask] / np.nansum(salary[mask])
    return pd.Series(share, index=df.index, name="share")
