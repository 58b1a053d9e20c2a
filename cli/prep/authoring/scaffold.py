"""`prep dev new`: a small exercise that is whole and passes `dev check`, to be edited."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from prep.authoring.folders import PARTS, Folders, found_in
from prep.authoring.names import file_problem, slug_problem, track_problem
from prep.errors import UsageError
from prep.model import Kind
from prep.storage.content import Catalogue
from prep.storage.problems import writing

_STARTERS = Path(__file__).parent / "starters"
_SUFFIX = ".txt"  # so that no linter and no test runner takes a starter for code of prep
_MODULE = "_content"  # the content root of an installed wheel
_ORDER = (
    "exercises/exercise.toml",
    "exercises/prompt.md",
    "exercises/stub/",
    "solutions/reference",
    "graders/",
    "solutions/accepted/",
    "solutions/wrong/",
    "exercises/",
)
_USAGE = "prep dev new TRACK/SLUG, e.g. prep dev new pytorch/label-smoothing"


class Made(NamedTuple):
    """A new exercise.

    Attributes:
        files: all of its files, absolute, in the order in which one edits them.
    """

    folders: Folders
    files: tuple[Path, ...]


def new(
    catalogue: Catalogue, name: str, *, kind: Kind = Kind.IMPLEMENT, file: str | None = None
) -> Made:
    """Create the three folders of an exercise; all of them or none.

    Args:
        catalogue: the content of a checkout.
        name: `track/slug`; the track may be new.
        kind: written into the description; a fix starts from broken code.
        file: the file that the learner edits; `solution.py`, or `query.sql` for a query. Its
            suffix decides whether the starter is Python or SQL.

    Raises:
        UsageError: a bad or taken name, a bad file, or content that is not a checkout's.
        EnvironmentProblemError: the folders cannot be written.
    """
    if catalogue.root.name == _MODULE:
        raise UsageError(
            "this prep is installed from a wheel, whose exercises are not yours to change",
            "in a checkout of prep: python -m pip install -e .",
        )
    folders = _free_folders(catalogue.root, name)
    file = file or ("query.sql" if kind is Kind.QUERY else "solution.py")
    if text := file_problem(file):
        raise UsageError(f"--file: {text}", _USAGE)
    texts = _rendered(folders, kind, file)
    with writing(catalogue.root, "check who owns the checkout"):
        _create(folders, texts)
    paths = sorted(f"{part}/{path}" for part in PARTS for path in texts[part])
    paths.sort(key=lambda path: [not path.startswith(start) for start in _ORDER])
    places = dict(zip(PARTS, folders.all, strict=True))
    made = (places[part] / rest for part, _, rest in (path.partition("/") for path in paths))
    return Made(folders, tuple(made))


def _free_folders(root: Path, name: str) -> Folders:
    """The folders that `name` asks for.

    Raises:
        UsageError: the name is bad or taken.
    """
    track, slash, slug = name.strip().strip("/").partition("/")
    if not slash:
        raise UsageError(f"'{name}' names no track", _USAGE)
    if text := track_problem(track) or slug_problem(slug):
        raise UsageError(text, _USAGE)
    for part in PARTS:
        for one in found_in(root, part):
            if one.slug == slug:
                raise UsageError(
                    f"the slug '{slug}' is taken: {part}/{one.name}",
                    f"prep dev check {slug}, or take another name",
                )
    return Folders(root, track, slug)


def _rendered(folders: Folders, kind: Kind, file: str) -> dict[str, dict[str, str]]:
    """Part -> path below the exercise's folder there -> text."""
    suffix = Path(file).suffix
    layers = ["sql"] if suffix == ".sql" else ["python", *(["fix"] if kind is Kind.FIX else [])]
    values = {
        "@TITLE@": folders.slug.replace("-", " ").capitalize(),
        "@SLUG@": folders.slug,
        "@KIND@": kind.value,
        "@FILE@": file,
        "@MODULE@": Path(file).stem,
    }
    found: dict[str, dict[str, str]] = {}
    for layer in layers:
        for part in PARTS:
            top = _STARTERS / layer / part
            for path in sorted(top.rglob(f"*{_SUFFIX}")):
                place = path.relative_to(top).as_posix().removesuffix(_SUFFIX)
                text = _filled(path.read_text("utf-8"), values)
                found.setdefault(part, {})[_filled(place, values)] = text
    return found


def _filled(text: str, values: Mapping[str, str]) -> str:
    for mark, value in values.items():
        text = text.replace(mark, value)
    return text


def _create(folders: Folders, texts: Mapping[str, Mapping[str, str]]) -> None:
    """Write everything beside its place, then move it there; the exercise itself comes last."""
    with _undone_on_error() as undo:
        moves = []
        for part, place in reversed(list(zip(PARTS, folders.all, strict=True))):
            for parent in (place.parent.parent, place.parent):
                if not parent.is_dir():
                    parent.mkdir()
                    undo.append(parent.rmdir)  # somebody else may have put something there
            fresh = place.with_name(f".{place.name}.{os.urandom(4).hex()}")
            undo.append(partial(shutil.rmtree, fresh))
            for path, text in texts[part].items():
                target = fresh / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, "utf-8")
            moves.append((fresh, place))
        for fresh, place in moves:
            os.rename(fresh, place)
            undo.append(partial(shutil.rmtree, place))


@contextmanager
def _undone_on_error() -> Iterator[list[Callable[[], object]]]:
    """Gives a list for what takes a step back; after an error all steps are taken back."""
    undo: list[Callable[[], object]] = []
    try:
        yield undo
    except BaseException:
        for step in reversed(undo):
            with suppress(OSError):
                step()
        raise
