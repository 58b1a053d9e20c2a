"""A wheel built from the checkout holds what it should, and does the whole job elsewhere.

Nothing is downloaded: the build uses the installed hatchling, and the new environment borrows
the installed dependencies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PARTS = {
    "cli/prep": "prep",
    "exercises": "prep/_content/exercises",
    "graders": "prep/_content/graders",
    "solutions": "prep/_content/solutions",
}
EXERCISE = "sql-top-per-group"  # needs no framework

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git tells what belongs to prep"),
]


class Ran(NamedTuple):
    """What a command line did."""

    code: int
    out: str
    err: str


def run(*command: str | Path, cwd: Path, **env: str) -> Ran:
    """Run a command; nothing of Python's own variables reaches it."""
    kept = {name: v for name, v in os.environ.items() if not name.startswith(("PYTHON", "PREP_"))}
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**kept, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def succeed(*command: str | Path, cwd: Path, **env: str) -> str:
    ran = run(*command, cwd=cwd, **env)
    assert ran.code == 0, ran.out + ran.err
    return ran.out


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    succeed(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built straight from the checkout."""
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir"]
    succeed(*build, folder, ROOT, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if not name.endswith("/")}


def belonging() -> set[str]:
    """What git knows or would take in, as it should lie in the wheel."""
    listed = succeed("git", "ls-files", "-z", "-c", "-o", "--exclude-standard", *PARTS, cwd=ROOT)
    found = set()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():  # removed, but not yet committed
            part = next(part for part in PARTS if name.startswith(f"{part}/"))
            found.add(f"{PARTS[part]}{name.removeprefix(part)}")
    return found


def test_the_wheel_holds_what_belongs_to_prep_and_nothing_else(wheel: Path) -> None:
    inside = {name for name in names(wheel) if ".dist-info/" not in name}
    assert sorted(inside ^ belonging()) == []


def test_the_wheel_tells_its_licence_and_its_command(wheel: Path) -> None:
    about = {PurePosixPath(n).name for n in names(wheel) if ".dist-info/" in n}
    assert about >= {"METADATA", "LICENSE", "entry_points.txt"}


def test_the_sdist_makes_the_same_wheel(wheel: Path, built: Path) -> None:
    (again,) = built.glob("*.whl")
    assert sorted(names(again) ^ names(wheel)) == []


def test_the_sdist_holds_what_developing_needs(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert inside >= {"Makefile", "constraints.txt", "README.md", "CONTRIBUTING.md"}
    assert inside >= {"cli/tests/test_packaging.py", "docs/commands.md", "benchmarks/__main__.py"}
    assert [n for n in inside if n.endswith(".pyc") or n.startswith(".venv")] == []


@pytest.fixture(scope="module")
def prep(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `prep` of an environment in which the wheel is installed."""
    place = tmp_path_factory.mktemp("another place") / "the venv"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    succeed(python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=place)
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(succeed(python, "-c", asked, cwd=place).strip())
    # A path file is not read through another one, so a prep that is editable here stays here.
    dependencies = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "dependencies.pth").write_text("\n".join(sorted(dependencies)) + "\n", "utf-8")
    return place / "bin" / "prep"


def test_an_installed_prep_does_the_whole_job_from_anywhere(prep: Path, tmp_path: Path) -> None:
    here = tmp_path / "müde Füße, and spaces"
    here.mkdir()
    env = {"PREP_HOME": str(here / "the state"), "PREP_WORKSPACE": str(here / "my exercises")}
    env["PREP_ENGINE"] = "off"

    def said(*argv: str, code: int = 0) -> dict[str, object]:
        ran = run(prep, *argv, "--json", cwd=here, **env)
        assert ran.code == code, ran.out + ran.err
        answer = json.loads(ran.out)
        assert isinstance(answer, dict)
        return answer

    assert len(succeed(prep, "list", cwd=here, **env).splitlines()) > len(PARTS)
    said("start", EXERCISE)
    folder = Path(succeed(prep, "path", cwd=here, **env).strip())
    assert folder == here / "my exercises" / EXERCISE
    assert said("grade", code=1)["status"] == "not attempted"
    inside = succeed(prep.parent / "python", "-c", "import prep; print(prep.__file__)", cwd=here)
    content = Path(inside.strip()).parent / "_content"
    assert content.is_relative_to(prep.parents[1])
    reference = content / "solutions" / "sql" / EXERCISE / "reference.sql"
    (folder / "query.sql").write_bytes(reference.read_bytes())
    assert said("grade")["status"] == "passed"
    assert "1 day" in succeed(prep, "streak", cwd=here, **env)
    refused = run(prep, "dev", "new", "sql/other", cwd=here, **env)
    assert refused.code == 2
    assert "wheel" in refused.err
