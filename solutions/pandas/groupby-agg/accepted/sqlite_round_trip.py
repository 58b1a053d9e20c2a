"""Lets SQLite do both: GROUP BY keeps NULL as a group, a window sum gives the shares."""

import sqlite3
from contextlib import closing

import pandas as pd


def _ask(df: pd.DataFrame, query: str) -> pd.DataFrame:
    with closing(sqlite3.connect(":memory:")) as database:
        people = df[["department", "salary"]].astype({"department": object})
        people.to_sql("people", database, index=False)
        return pd.read_sql(query, database)


def salary_summary(df: pd.DataFrame) -> pd.DataFrame:
    summary = _ask(
        df,
        """
        SELECT department, avg(salary) AS mean, max(salary) AS max,
               count(*) AS headcount, count(salary) AS paid
        FROM people GROUP BY department ORDER BY mean DESC
        """,
    )
    return summary.set_index("department")


def share_of_department(df: pd.DataFrame) -> pd.Series:
    shares = _ask(
        df,
        """
        SELECT salary * 1.0 / sum(salary) OVER (PARTITION BY department) AS share
        FROM people ORDER BY rowid
        """,
    )
    return pd.Series(shares["share"].to_numpy(), index=df.index)
