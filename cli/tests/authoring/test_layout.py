"""Every rule of an exercise's folders, in both directions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from prep.authoring import layout
from prep.authoring.folders import select
from prep.errors import NotFoundError, UsageError

from .conftest import Content

TOML, PROMPT, HINTS = "exercises/exercise.toml", "exercises/prompt.md", "exercises/hints.md"
EXAMPLES, STUB = "exercises/examples.py", "exercises/stub/solution.py"
GRADER, NOTES = "graders/test_grader.py", "solutions/notes.md"
REFERENCE, WRONG = "solutions/reference.py", "solutions/wrong/last_left_out.py"
BY_LOOP = "solutions/accepted/by_loop.py"
LONG = "x" * 79

# file, what stands there, what a bad author writes instead, what is told (start of the line)
BAD = [
    (TOML, "level = 1", "level = ", f"{TOML}: is not valid TOML: Invalid value (at line 3"),
    (TOML, "level = 1", "levle = 1", f"{TOML}: levle: unknown key 'levle', did you mean 'level'?"),
    (TOML, "minutes = 5\n", "", f"{TOML}: minutes: the key 'minutes' is missing"),
    (TOML, "minutes = 5", 'minutes = "5"', f"{TOML}: minutes: 'minutes' has the wrong type: '5'"),
    (TOML, "level = 1", "level = 4", f"{TOML}: level: 'level' is 4, it must be 1, 2 or 3"),
    (TOML, "timeout = 20", "timeout = 0", f"{TOML}: timeout: 'timeout' must be positive"),
    (TOML, '"implement"', '"implemnt"', f"{TOML}: kind: 'kind' is 'implemnt'"),
    (TOML, '["sums"]', "[1]", f"{TOML}: topics: 'topics' must be a list of strings"),
    (TOML, '["sums"]', "[]", f"{TOML}: topics: must not be empty"),
    (TOML, '["Arithmetic"]', "[]", f"{TOML}: sources: must not be empty"),
    (TOML, '"Add up"', '" "', f"{TOML}: title: must not be empty"),
    (TOML, "needs = []", 'needs = ["pytorch"]', f"{TOML}: needs: 'pytorch' is none of torch,"),
    (TOML, "level = 1", 'level = 1\nfile = "../x.py"', f"{TOML}: file: '../x.py' must be a path"),
    (TOML, "level = 1", 'level = 1\nfile = "random.py"', f"{TOML}: file: 'random' is the name of"),
    (
        TOML,
        "level = 1",
        'level = 1\nfile = "test_examples.py"',
        f"{TOML}: file: 'test_examples.py'",
    ),
    (PROMPT, "# Add", "Add", f"{PROMPT}: line 1: must start with '# ' and the title"),
    (PROMPT, "# Add", "## Add", f"{PROMPT}: line 1: must start with '# ' and the title"),
    (PROMPT, "Write", LONG + "\nWrite", f"{PROMPT}: line 3: has 79 columns, 78 fit"),
    (PROMPT, "Write", f"```\n{LONG}\n```\nWrite", f"{PROMPT}: line 4: has 79 columns, 78 fit"),
    (HINTS, "## And as a float?\n", "", f"{HINTS}: has 2 hints, at least 3 are needed"),
    (HINTS, "Think.", "```\nsum()\n```", f"{HINTS}: hint 1: shows code, which only the last"),
    (HINTS, "Ask.", "", f"{HINTS}: hint 2: needs a title and a text"),
    (HINTS, "## What", "Read:\n## What", f"{HINTS}: line 1: has text before the first '## '"),
    (NOTES, "## Follow-up questions", "## More", f"{NOTES}: lacks the section '## Follow-up"),
    (NOTES, "- And in parallel? Sum", "- Sum", f"{NOTES}: Follow-up questions: has 2 questions"),
    (NOTES, "Sum the parts.", "", f"{NOTES}: Follow-up questions: has 2 questions, at least 3"),
    (NOTES, "An empty", LONG + "\nAn empty", f"{NOTES}: line 3: has 79 columns, 78 fit"),
    (EXAMPLES, "def test_one", "def one", f"{EXAMPLES}: has 1 examples, 2 to 4 are due"),
    (EXAMPLES, "from sol", "import prep\nfrom sol", f"{EXAMPLES}: line 1: imports prep"),
    (EXAMPLES, "def test_two():", "def test_two(:", f"{EXAMPLES}: line 4: is not Python: invalid"),
    (STUB, "def total(", "def total((", f"{STUB}: line 1: is not Python"),
    (GRADER, "(solution, seed):", "(solution, seed:", f"{GRADER}: line 6: is not Python"),
    (
        GRADER,
        "(solution, seed)",
        "(solution, tmp_path)",
        f"{GRADER}: test_adds_all: takes 'tmp_path'",
    ),
    (
        GRADER,
        "(solution, seed)",
        "(solution, seed=1)",
        f"{GRADER}: test_adds_all: must take fixtures",
    ),
    (
        GRADER,
        "(solution, seed)",
        "(solution, *seed)",
        f"{GRADER}: test_adds_all: must take fixtures",
    ),
    (GRADER, '"""No numbers give 0.0."""', "", f"{GRADER}: test_empty: has no docstring"),
    (GRADER, '"""No numbers give 0.0."""', '""', f"{GRADER}: test_empty: has no docstring"),
    (GRADER, "def test_adds", "async def test_adds", f"{GRADER}: test_adds_all: is async"),
    (GRADER, "test_empty", "test_adds_all", f"{GRADER}: test_adds_all: is defined 2 times"),
    (GRADER, '("adds_all")', '("adds")', f"{GRADER}: test_empty: kit.needs names 'adds', which is"),
    (GRADER, '("adds_all")', '("empty")', f"{GRADER}: test_empty: kit.needs names itself, which"),
    (
        GRADER,
        '("adds_all")',
        "(adds_all)",
        f"{GRADER}: test_empty: kit.needs takes names of checks,",
    ),
    (GRADER, '("adds_all")', "()", f"{GRADER}: test_empty: kit.needs takes names of checks"),
    (
        GRADER,
        "def test_adds",
        '@kit.needs("empty")\ndef test_adds',
        f"{GRADER}: test_adds_all: kit.needs names 'empty', which is no earlier check",
    ),
    (
        GRADER,
        "def test_adds",
        '@pytest.mark.parametrize("n", [1])\ndef test_adds',
        f"{GRADER}: test_adds_all: is decorated with pytest.mark.parametrize('n', [1])",
    ),
    (
        GRADER,
        "def test_adds",
        "@pytest.fixture\ndef numbers():\n    return [1]\n\n\ndef test_adds",
        f"{GRADER}: line 7: numbers is a fixture; there are only solution, workspace, seed",
    ),
    (
        GRADER,
        "def test_adds",
        "class TestMore:\n    pass\n\n\ndef test_adds",
        f"{GRADER}: line 6: TestMore is a test class; a check is a function",
    ),
    (
        GRADER,
        "def test_adds",
        "test_more = print\n\n\ndef test_adds",
        f"{GRADER}: line 6: test_more must be a plain function",
    ),
    (
        GRADER,
        "def test_adds",
        "pytestmark = kit\n\n\ndef test_adds",
        f"{GRADER}: line 6: pytestmark has no place in a grader",
    ),
    (
        GRADER,
        "from prep",
        "import solution\nfrom prep",
        f"{GRADER}: line 3: imports solution; take",
    ),
    (
        GRADER,
        '"the total of three numbers"',
        '"the total", mistakes={"off_by_one": 1.0}',
        f"{GRADER}: line 9: recognises the mistake 'off_by_one', which is no wrong file",
    ),
    (
        GRADER,
        '"the total of three numbers"',
        '"the total", mistake="off" if seed else None',
        f"{GRADER}: line 9: recognises the mistake 'off', which is no wrong file",
    ),
    (REFERENCE, "def total(", "def total((", f"{REFERENCE}: line 1: is not Python"),
    (BY_LOOP, '"""A loop instead of sum()."""', "", f"{BY_LOOP}: has no docstring that says what"),
    (BY_LOOP, "for number in", "for number of", f"{BY_LOOP}: line 6: is not Python"),
    (WRONG, "def total(", "def total((", f"{WRONG}: line 6: is not Python"),
    (WRONG, "CAUGHT_BY", "CAUGHT", f"{WRONG}: CAUGHT_BY: is missing"),
    (WRONG, '{"adds_all", "empty"}', "set(ALL)", f"{WRONG}: CAUGHT_BY: must be a set of names"),
    (WRONG, '{"adds_all", "empty"}', "{}", f"{WRONG}: CAUGHT_BY: is missing"),
    (WRONG, '"adds_all", "empty"', '"adds_all", "emtpy"', f"{WRONG}: CAUGHT_BY: names 'emtpy'"),
    (WRONG, '"""The last number', 'TEXT = """The last number', f"{WRONG}: diagnosis: is missing"),
    (WRONG, "left out: the", "left out. The", f"{WRONG}: diagnosis: must be one sentence"),
    (WRONG, "left out", "left " * 40 + "out", f"{WRONG}: diagnosis: has 253 characters, 200 fit"),
]


def test_a_whole_exercise_has_no_problem(content: Content) -> None:
    assert content.told() == []
    assert layout.general_problems(content.catalogue) == []


@pytest.mark.parametrize(("path", "good", "bad", "told"), BAD, ids=[b[3][:70] for b in BAD])
def test_a_broken_rule_is_told_with_file_and_place(
    content: Content, path: str, good: str, bad: str, told: str
) -> None:
    content.replace(path, good, bad)
    assert any(line.startswith(told) for line in content.told()), content.told()


GOOD = [
    (TOML, "level = 1", "level = 3\nallow_network = true\nforbid = ['math.fsum']"),
    (TOML, "timeout = 20", "timeout = 0.5"),
    (TOML, "needs = []", 'needs = ["torch", "tensorflow", "sklearn", "pandas"]'),
    (PROMPT, "Write", "x" * 78 + "\nWrite"),
    (NOTES, "- And in parallel?", "### And in parallel?"),
    (NOTES, "- And in parallel?", "* And in parallel, on a\n  cluster?"),
    (NOTES, "1. Of integers?", "**And of a\nlong list of integers?**"),
    (EXAMPLES, "def test_two", "def test_zero():\n    assert True\n\n\ndef test_two"),
    (GRADER, "(solution, seed)", "(solution, workspace, seed)"),
    (GRADER, "def test_adds", "class Spy:\n    pass\n\n\ndef test_adds"),
    (GRADER, "def test_adds", "def helper(test=1):\n    pass\n\n\ndef test_adds"),
    (GRADER, '"""No numbers', '"""\n    No numbers'),
    (GRADER, '"the total of nothing"', '"the total", mistakes={"empty_is_none": None}'),
    (WRONG, '{"adds_all", "empty"}', '["adds_all", "empty"]'),
    (WRONG, "left out: the", "left out (e.g. A, or vs. B.C); the"),
    (WRONG, "left out", "left " * 28 + "out"),
]


@pytest.mark.parametrize(("path", "old", "new"), GOOD)
def test_what_the_rules_allow(content: Content, path: str, old: str, new: str) -> None:
    content.replace(path, old, new)
    assert content.told() == []


NEEDED = [TOML, PROMPT, HINTS, EXAMPLES, GRADER, REFERENCE, NOTES]


@pytest.mark.parametrize("path", NEEDED)
def test_a_missing_file(content: Content, path: str) -> None:
    content.remove(path)
    assert f"{path}: is missing" in content.told()


@pytest.mark.parametrize("path", [*NEEDED, STUB, BY_LOOP, WRONG])
@pytest.mark.parametrize(
    ("body", "told"), [(b" \n", "is empty"), (b"# \xff", "byte 2: is not UTF-8")]
)
def test_an_empty_or_binary_file(content: Content, path: str, body: bytes, told: str) -> None:
    content.write(path, body)
    about = [line for line in content.told() if line.startswith(path)]
    assert len(about) == 1
    assert about[0].startswith(f"{path}: {told}")


def test_a_missing_stub(content: Content) -> None:
    content.remove(STUB)
    assert f"{STUB}: is missing: the description calls it the file to edit" in content.told()
    content.path("exercises/stub").rmdir()
    assert "exercises/stub: is missing" in content.told()


def test_the_stub_is_called_as_the_description_says(content: Content) -> None:
    content.replace(TOML, "level = 1", 'level = 1\nfile = "sums.py"')
    assert "exercises/stub/sums.py: is missing: the description calls it the file to edit" in (
        content.told()
    )
    content.path(STUB).rename(content.path("exercises/stub/sums.py"))
    assert content.told() == []


def test_files_that_prep_writes_itself_are_not_in_the_stub(content: Content) -> None:
    content.write("exercises/stub/README.md", "Hello")
    content.write("exercises/stub/helper.py", "")
    assert content.told() == [
        "exercises/stub/README.md: would be overwritten: prep writes a file of this name"
    ]


def test_enough_accepted_and_wrong_files(content: Content) -> None:
    content.remove(BY_LOOP)
    assert "solutions/accepted: has 1 files, at least 2 must be there" in content.told()
    content.remove(WRONG)
    content.remove("solutions/wrong/empty_is_none.py")
    assert "solutions/wrong: has 0 files, at least 1 must be there" in content.told()


def test_a_check_that_no_wrong_file_fails(content: Content) -> None:
    content.remove(WRONG)
    assert content.told() == [
        f"{GRADER}: test_adds_all: is failed by no wrong file, so nothing shows that it can fail"
    ]


def test_a_grader_without_checks(content: Content) -> None:
    content.write(GRADER, "def helper():\n    pass\n")
    assert f"{GRADER}: has no check: no top-level function test_..." in content.told()


@pytest.mark.parametrize("stem", ["LastLeftOut", "last-left", "2nd"])
def test_names_of_wrong_files(content: Content, stem: str) -> None:
    content.path(WRONG).rename(content.path(f"solutions/wrong/{stem}.py"))
    assert content.told() == [
        f"solutions/wrong/{stem}.py: must have a name of a-z, 0-9 and _",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "exercises/notes.txt",
        "exercises/stub/.hidden.py",
        "exercises/data/big.csv",
        "graders/conftest.py",
        "graders/helper.py",
        "solutions/reference.sql",
        "solutions/accepted/more/nested.py",
        "solutions/wrong/_draft.py",
        "solutions/wrong/query.sql",
        "solutions/.DS_Store",
    ],
)
def test_stray_files(content: Content, path: str) -> None:
    content.write(path, "x = 1\n")
    assert content.told() == [f"{path}: does not belong to an exercise"]


@pytest.mark.parametrize(
    "path",
    [
        "graders/data/rows.csv",
        "graders/__pycache__/test_grader.pyc",
        "exercises/stub/package/part.py",
        "exercises/stub/__pycache__/solution.pyc",
    ],
)
def test_files_that_belong(content: Content, path: str) -> None:
    content.write(path, "x = 1\n")
    assert content.told() == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_no_file_of_an_exercise(content: Content) -> None:
    os.symlink(content.path(REFERENCE), content.path("solutions/accepted/linked.py"))
    assert any("linked.py: is a symbolic link" in line for line in content.told())


def test_parts_without_an_exercise(content: Content) -> None:
    other = content.at("sums", "gone")
    other.write(GRADER, "x = 1\n")
    other.write(REFERENCE, "x = 1\n")
    found = [str(p) for p in layout.general_problems(content.catalogue)]
    assert found == [
        "graders/sums/gone: belongs to no exercise",
        "solutions/sums/gone: belongs to no exercise",
    ]
    other.fill()
    assert layout.general_problems(content.catalogue) == []


def test_files_outside_of_exercises(content: Content) -> None:
    for path in ("exercises/README.md", "graders/sums/conftest.py", "exercises/cards/deck.md"):
        place = content.root / path
        place.parent.mkdir(exist_ok=True)
        place.write_text("x")
    assert [str(p) for p in layout.general_problems(content.catalogue)] == [
        "exercises/README.md: does not belong to an exercise",
        "graders/sums/conftest.py: does not belong to an exercise",
    ]


def test_an_exercise_without_a_description_is_found(content: Content) -> None:
    content.at("sums", "draft").write(PROMPT, "# Draft\n")
    assert f"{TOML}: is missing" in content.at("sums", "draft").told()


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("torch", "exercises: 'torch' is the name of a Python module"),
        ("random", "exercises: 'random' is a word of the command line"),
        ("statistics", "exercises: 'statistics' is the name of a Python module"),
        ("add_up", "exercises: 'add_up' must be words of a-z and 0-9"),
        ("Add-up", "exercises: 'Add-up' must be words of a-z and 0-9"),
        ("add--up", "exercises: 'add--up' must be words of a-z and 0-9"),
        ("2-sums", "exercises: '2-sums' must be words of a-z and 0-9"),
        ("a" * 33, f"exercises: '{'a' * 33}' has over 32 characters"),
    ],
)
def test_slugs(tmp_path: Path, content: Content, slug: str, told: str) -> None:
    other = content.at("sums", slug).fill()
    assert any(line.startswith(told) for line in other.told()), other.told()


@pytest.mark.parametrize("slug", ["sum", "add-up-2", "a" * 32, "torch-basics"])
def test_good_slugs(content: Content, slug: str) -> None:
    assert content.at("sums", slug).fill().told() == []


def test_a_track_may_be_called_like_a_framework(content: Content) -> None:
    assert content.at("sklearn", "other").fill().told() == []
    assert content.at("My Track", "third").fill().told() == [
        "exercises: 'My Track' must be words of a-z and 0-9, joined by single hyphens"
    ]


def test_a_slug_is_unique_over_all_tracks(content: Content) -> None:
    other = content.at("more", "add-up").fill()
    told = ["exercises: the slug 'add-up' exists in another track as well"]
    assert content.told() == told
    assert other.told() == told


SQL = {
    TOML: 'title = "One"\nkind = "query"\nlevel = 1\nminutes = 5\nneeds = []\n'
    'topics = ["x"]\ntimeout = 5\nfile = "query.sql"\nsources = ["x"]\n',
    "exercises/stub/query.sql": "-- One row.\n",
    "solutions/reference.sql": "SELECT 1\n",
    "solutions/accepted/a.sql": "-- Another way.\nSELECT 2 - 1\n",
    "solutions/accepted/b.sql": "-- And another.\nSELECT 1 * 1\n",
    "solutions/wrong/two.sql": "-- Two is not one.\n-- CAUGHT_BY: adds_all, empty\nSELECT 2\n",
}


@pytest.fixture
def sql(content: Content) -> Content:
    for path in (STUB, REFERENCE, BY_LOOP, "solutions/accepted/fsum.py", WRONG):
        content.remove(path)
    content.remove("solutions/wrong/empty_is_none.py")
    for path, text in SQL.items():
        content.write(path, text)
    return content


def test_a_whole_sql_exercise(sql: Content) -> None:
    assert sql.told() == []


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        ("solutions/accepted/a.sql", "-- Another way.\n", "", "accepted/a.sql: has no docstring"),
        (
            "solutions/wrong/two.sql",
            "-- CAUGHT_BY",
            "-- FOUND_BY",
            "two.sql: CAUGHT_BY: is missing",
        ),
        ("solutions/wrong/two.sql", "-- Two is not one.\n", "", "two.sql: diagnosis: is missing"),
        ("solutions/wrong/two.sql", "empty", "none", "two.sql: CAUGHT_BY: names 'none', which is"),
        ("solutions/wrong/two.sql", "one.", "one. Or So.", "diagnosis: must be one sentence"),
    ],
)
def test_rules_of_sql_files(sql: Content, path: str, old: str, new: str, told: str) -> None:
    sql.replace(path, old, new)
    assert any(told in line for line in sql.told()), sql.told()


def test_select(content: Content) -> None:
    content.at("more", "add-less").fill()
    content.at("more", "draft").write(PROMPT, "# Draft\n")

    def named(*names: str) -> list[str]:
        return [one.name for one in select(content.catalogue, names)]

    assert named() == ["more/add-less", "more/draft", "sums/add-up"]
    assert named("add-up") == ["sums/add-up"]
    assert named("add-u", "sums/add-up", "draft") == ["more/draft", "sums/add-up"]
    assert named("more/add") == ["more/add-less"]
    with pytest.raises(UsageError, match="'add' could be add-less or add-up"):
        named("add")
    with pytest.raises(NotFoundError, match="did you mean add-up"):
        named("ad-up")
