"""Public examples: python -m pytest test_examples.py"""

import sqlite3
from pathlib import Path


def rows(*items):
    shop = sqlite3.connect(":memory:")
    shop.execute("CREATE TABLE items (name TEXT, price INTEGER)")
    shop.executemany("INSERT INTO items VALUES (?, ?)", items)
    found = shop.execute(Path(__file__).with_name("query.sql").read_text()).fetchall()
    shop.close()
    return found


def test_three_items():
    """Two of three items"""
    assert rows(("pen", 2), ("bag", 30), ("cup", 7)) == [("bag", 30), ("cup", 7)]


def test_one_item():
    """One item is all there is"""
    assert rows(("pen", 2)) == [("pen", 2)]
