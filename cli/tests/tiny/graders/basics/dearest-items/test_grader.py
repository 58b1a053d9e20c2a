"""The hidden grader of dearest-items."""

import random
import sqlite3

from prep import testing as kit


def _rows(workspace, items):
    shop = sqlite3.connect(":memory:")
    shop.execute("CREATE TABLE items (name TEXT, price INTEGER)")
    shop.executemany("INSERT INTO items VALUES (?, ?)", items)
    try:
        return shop.execute((workspace / "query.sql").read_text("utf-8")).fetchall()
    except sqlite3.Error as error:
        raise kit.Unrunnable(f"SQLite: {error}", line=1) from None
    finally:
        shop.close()


def test_two_dearest(workspace, seed):
    """The two dearest items come first"""
    prices = random.Random(seed).sample(range(100), 6)
    items = [(f"item {n}", price) for n, price in enumerate(prices)]
    found = _rows(workspace, items)
    kit.table(found, sorted(items, key=lambda i: -i[1])[:2], "the rows", columns=["name", "price"])


def test_equal_prices(workspace):
    """Equal prices are sorted by name"""
    found = _rows(workspace, [("d", 5), ("b", 5), ("c", 5), ("a", None)])
    kit.table(found, [("b", 5), ("c", 5)], "the rows", columns=["name", "price"])
