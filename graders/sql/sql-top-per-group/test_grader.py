"""Hidden checks of sql-top-per-group.

The expected rows come from plain Python, not from a query.
"""

import random
import re
import sqlite3
from contextlib import closing

from prep import testing as kit

SCHEMA = "CREATE TABLE items (id INTEGER NOT NULL UNIQUE, category TEXT NOT NULL, value INTEGER)"
COLUMNS = ["category", "id", "value", "rank"]
WORDS = ["lamp", "chair", "rug", "table", "mirror", "shelf", "vase", "clock", "desk", "sofa"]


def items(seed, **values):
    """Rows of the table: `lamp=[40, None]` gives two lamps; ids and order are shuffled."""
    rng = random.Random(seed)
    rows = [[category, value] for category in values for value in values[category]]
    ids = rng.sample(range(1, 10 * len(rows) + 10), len(rows))
    table = [(i, category, value) for i, (category, value) in zip(ids, rows, strict=True)]
    rng.shuffle(table)
    return table


def run(workspace, table):
    """Column names and rows of the learner's query on a database of its own."""
    try:
        query = (workspace / "query.sql").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise kit.Unrunnable(f"query.sql cannot be read as text: {error}") from None
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(SCHEMA)
        database.executemany("INSERT INTO items VALUES (?, ?, ?)", table)
        database.commit()
        database.execute("PRAGMA query_only = ON")
        try:
            cursor = database.execute(query)
            rows = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            refuse(query, str(error))
        if cursor.description is None:
            kit.fail("query.sql holds no SELECT yet", expected="one SELECT", seen="no result")
        return [column[0] for column in cursor.description], rows


def refuse(query, problem):
    """A window function in WHERE is a known mistake, every other error just cannot run."""
    window = re.fullmatch(r"misuse of (aliased )?window function (\w+)(\(\))?", problem)
    if window and (window[1] or not without_over(query, window[2])):
        kit.fail(
            "SQLite refuses the query, because the rank is used before it is computed",
            expected="a filter outside of the SELECT that ranks",
            seen=problem,
            mistake="window_in_where",
        )
    if re.search(r"\bqualify\b", query, re.IGNORECASE):
        problem += " (SQLite has no QUALIFY)"
    raise kit.Unrunnable(f"SQLite cannot run query.sql: {problem}")


def without_over(query, name):
    """Whether the function is called without OVER somewhere, which gives the same error."""
    calls = re.findall(rf"\b{name}\s*\([^()]*\)\s*(\w*)", query, re.IGNORECASE)
    return any(word.lower() not in ("over", "filter") for word in calls)


def right(table, keep=2):
    """The expected rows, ordered by category, rank and id."""
    return ranked(
        table, lambda values, value: sorted(set(values), reverse=True).index(value) + 1, keep
    )


def ranked(table, rank, keep=2):
    rows = []
    for category in sorted({category for _, category, _ in table}):
        values = [v for _, c, v in table if c == category and v is not None]
        found = [
            (category, i, v, rank(values, v))
            for i, c, v in table
            if c == category and v is not None
        ]
        rows += sorted((row for row in found if row[3] <= keep), key=lambda r: (r[3], r[1]))
    return rows


def with_gaps(values, value):
    """RANK: one more than the number of rows above."""
    return 1 + sum(v > value for v in values)


def nulls_ranked(table):
    """The rows of a query that ranks NULL as the lowest value."""
    low = [(i, c, -(10**9) if v is None else v) for i, c, v in table]
    return [(c, i, None if v == -(10**9) else v, rank) for c, i, v, rank in right(low)]


def numbered(rows):
    """Whether every category counts 1, 2 without a repeat."""
    ranks = {}
    for category, _, _, rank in rows:
        ranks.setdefault(category, []).append(rank)
    return bool(ranks) and all(sorted(r) in ([1], [1, 2]) for r in ranks.values())


def compare(rows, table, what, **options):
    kit.table(rows, right(table), what, columns=COLUMNS, ordered=False, **options)


def test_columns(workspace, seed):
    """The query gives the columns category, id, value and rank"""
    names, _ = run(workspace, items(seed, lamp=[40, 70], rug=[15]))
    kit.expect(
        [name.lower() for name in names] == COLUMNS,
        "the query gives other columns",
        expected=", ".join(COLUMNS),
        seen=", ".join(names),
        mistake="other_columns",
    )


@kit.needs("columns")
def test_two_values(workspace, seed):
    """Every category shows its two highest values"""
    base = random.Random(seed).randrange(100, 200)
    table = items(
        seed,
        lamp=[base + 9, base + 3, base + 6, base],
        chair=[base + 8, base + 2, base + 1],
        rug=[base + 7, base + 4, base + 5],
    )
    _, rows = run(workspace, table)
    every = right(table)
    if len(rows) == 2 and all(tuple(row) in every for row in rows):
        kit.fail(
            "the query gives two rows in all, not two values of every category",
            expected=f"{len(every)} rows for 3 categories",
            seen="2 rows",
            mistake="limit_two",
        )
    best = sorted(table, key=lambda item: -item[2])
    overall = [(c, i, v, place) for place, (i, c, v) in enumerate(best, start=1)]
    lowest = [(c, i, -v, rank) for c, i, v, rank in right([(i, c, -v) for i, c, v in table])]
    mistakes = {"no_partition": overall[:2], "lowest_two": lowest}
    compare(rows, table, "the ranking of 3 categories", mistakes=mistakes)


@kit.needs("two_values")
def test_ties(workspace, seed):
    """Items with the same value share a rank, and all of them are listed"""
    table = items(seed, lamp=[70, 40, 40, 40, 10], chair=[55, 55, 55], rug=[20, 20], vase=[9, 8])
    _, rows = run(workspace, table)
    mistake = None
    if numbered(rows):
        counts = {sum(row[0] == category for row in rows) for category in ("chair", "rug")}
        mistake = {(2,): "row_number", (1,): "one_item_per_value"}.get(tuple(counts))
    try:
        compare(rows, table, "the ranking with equal values")
    except kit.CheckFailed as failure:
        failure.mistake = mistake
        raise


@kit.needs("two_values")
def test_next_value(workspace, seed):
    """After a tie for the first place the next value has rank 2"""
    table = items(seed, lamp=[70, 70, 40, 10], chair=[55, 55, 55, 20, 20, 5], rug=[9, 9, 9, 9, 1])
    _, rows = run(workspace, table)
    mistakes = {"rank_with_gaps": ranked(table, with_gaps)}
    compare(rows, table, "the ranking after a tie", mistakes=mistakes)


@kit.needs("two_values")
def test_nulls(workspace, seed):
    """An item without a value never appears"""
    table = items(seed, lamp=[70, None, None], chair=[None, None], rug=[8, None, 5, 3], vase=[1, 2])
    _, rows = run(workspace, table)
    mistakes = {"nulls_ranked": nulls_ranked(table)}
    compare(rows, table, "the ranking with items that have no value", mistakes=mistakes)


@kit.needs("two_values")
def test_one_value(workspace, seed):
    """A category with one value appears with rank 1, and an empty table gives no rows"""
    table = items(seed, lamp=[70], chair=[55, 20], rug=[15])
    _, rows = run(workspace, table)
    longer = [row for row in right(table) if row[0] == "chair"]
    mistakes = {"second_value_threshold": longer}
    compare(rows, table, "the ranking of categories with one item", mistakes=mistakes)
    _, rows = run(workspace, [])
    kit.table(rows, [], "the ranking of an empty table", columns=COLUMNS)


@kit.needs("two_values")
def test_order(workspace, seed):
    """The rows come by category, then rank, then id"""
    for number in range(4):
        table = items(
            seed + number, vase=[3, 9, 9, 9], lamp=[70, 40, 40, 40], chair=[5, 5, 8, 8], rug=[2, 1]
        )
        _, rows = run(workspace, table)
        kit.expect(
            len(rows) > 0 and all(type(row[3]) in (int, float) for row in rows),
            "the ranks cannot be ordered",
            expected="a number in every row",
            seen=", ".join(repr(row[3]) for row in rows[:3]) or "no rows",
        )
        # Whether these are the right rows is the business of other checks.
        wanted = sorted(rows, key=lambda row: (row[0], row[3], row[1]))
        mistake = None
        if [row[::3] for row in rows] == [row[::3] for row in wanted]:
            mistake = "ids_unordered"
        elif rows == sorted(rows, key=lambda row: (row[3], row[0], row[1])):
            mistake = "rank_before_category"
        try:
            kit.table(rows, wanted, "the ranking", columns=COLUMNS)
        except kit.CheckFailed as failure:
            failure.mistake = mistake
            raise


@kit.needs("two_values")
def test_large(workspace, seed):
    """A shuffled table of 500 items with zero and negative values comes out right"""
    rng = random.Random(seed)
    values = {word: [] for word in WORDS}
    for _ in range(480):
        low, high = rng.choice([(-30, 30), (-30, 3)])
        value = None if rng.random() < 0.1 else rng.randint(low, high)
        values[rng.choice(WORDS)].append(value)
    values |= {"lost": [0, 0, -4, -9], "debt": [-3, -3, -1, -8], "none": [0] * 5 + [None] * 7}
    table = items(seed, **values)
    _, rows = run(workspace, table)
    compare(rows, table, "the ranking of 500 items")
