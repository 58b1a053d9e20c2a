"""Public examples: run `pytest` in this folder. The hidden checks look at more."""

import sqlite3
from contextlib import closing
from pathlib import Path

SCHEMA = "CREATE TABLE items (id INTEGER NOT NULL UNIQUE, category TEXT NOT NULL, value INTEGER)"
ITEMS = [
    (1, "lamp", 40),
    (2, "lamp", 70),
    (3, "lamp", 70),
    (4, "chair", 90),
    (5, "lamp", None),
    (6, "chair", 55),
    (7, "chair", 20),
    (8, "rug", 15),
    (9, "chair", 90),
]


def run_query(items):
    """The column names and the rows that query.sql gives for these items."""
    query = Path(__file__).with_name("query.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(SCHEMA)
        database.executemany("INSERT INTO items VALUES (?, ?, ?)", items)
        cursor = database.execute(query)
        rows = cursor.fetchall()
        return [column[0] for column in cursor.description or []], rows


def test_columns():
    columns, _ = run_query(ITEMS)
    assert columns == ["category", "id", "value", "rank"], f"the columns are {columns}"


def test_example_of_the_task():
    _, rows = run_query(ITEMS)
    assert rows == [
        ("chair", 4, 90, 1),
        ("chair", 9, 90, 1),
        ("chair", 6, 55, 2),
        ("lamp", 2, 70, 1),
        ("lamp", 3, 70, 1),
        ("lamp", 1, 40, 2),
        ("rug", 8, 15, 1),
    ], f"the rows are {rows}"


def test_no_items():
    columns, rows = run_query([])
    assert columns and rows == [], f"an empty table gives {rows}"
