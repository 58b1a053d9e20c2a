"""The exercises with the learner's own standing: what there is, and what was asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from prep.errors import InternalError, NotFoundError, UsageError
from prep.model import Exercise, Kind
from prep.practice.attempts import Attempt, State
from prep.practice.frameworks import missing
from prep.practice.session import Session
from prep.storage.content import Catalogue

NEW = "new"
STANDINGS = (NEW, *(state.value for state in State))
LEVELS = ("easy", "medium", "hard")


class Entry(NamedTuple):
    """One exercise and how the learner stands with it.

    Attributes:
        attempt: the newest attempt; None when it was never started.
        passed_before: an attempt before the newest one passed.
        missing: frameworks that it needs and that are not installed.
    """

    exercise: Exercise
    attempt: Attempt | None = None
    passed_before: bool = False
    missing: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """`new`, or the state of the newest attempt."""
        return self.attempt.state.value if self.attempt is not None else NEW

    @property
    def level(self) -> str:
        return LEVELS[self.exercise.level - 1]


class Wish(NamedTuple):
    """What a list is narrowed to; an empty field narrows nothing.

    Attributes:
        words: each must be found in the slug, title, track or topics.
        levels: 1 to 3.
    """

    words: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()

    def fits(self, entry: Entry) -> bool:
        exercise = entry.exercise
        text = " ".join((exercise.slug, exercise.title, exercise.track, *exercise.topics)).lower()
        return (
            all(word.lower() in text for word in self.words)
            and (not self.tracks or exercise.track in self.tracks)
            and (not self.kinds or exercise.kind.value in self.kinds)
            and (not self.standings or entry.standing in self.standings)
            and (not self.levels or exercise.level in self.levels)
        )


def make_wish(
    tracks_there: Collection[str],
    *,
    words: Sequence[str] = (),
    tracks: Sequence[str] = (),
    kinds: Sequence[str] = (),
    standings: Sequence[str] = (),
    levels: Sequence[str] = (),
) -> Wish:
    """Read what was typed; several values may stand in one, with commas between.

    Raises:
        UsageError: a value is none of those that there are; it names them.
    """
    names = [*LEVELS, *(str(n) for n in range(1, len(LEVELS) + 1))]
    chosen = _values("level", levels, names)
    return Wish(
        words=tuple(word for text in words for word in text.split()),
        tracks=_values("track", tracks, sorted(tracks_there)),
        kinds=_values("kind", kinds, list(Kind)),
        standings=_values("status", standings, STANDINGS),
        levels=tuple(names.index(name) % len(LEVELS) + 1 for name in chosen),
    )


def _values(option: str, typed: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    found = [part.strip().lower() for text in typed for part in text.split(",") if part.strip()]
    for value in found:
        if value not in known:
            raise UsageError(
                f"--{option} cannot be '{value}'; it is one of {', '.join(known)}",
                f"prep list --{option} {_nearest(value, known)}",
            )
    return tuple(found)


def _nearest(value: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    return (get_close_matches(value, known, n=1, cutoff=0.4) or [known[0]])[0]


def readable(catalogue: Catalogue) -> tuple[list[Exercise], list[str]]:
    """All exercises that can be read, and a sentence for each one that cannot."""
    found, problems = [], []
    for folder in catalogue.slugs().values():
        try:
            found.append(catalogue.read(folder))
        except InternalError as error:
            problems.append(error.message)
    return found, problems


def entries(session: Session, exercises: Iterable[Exercise]) -> list[Entry]:
    """The exercises, each with how the learner stands with it."""
    attempts = session.attempts()
    return [_entry(session, exercise, attempts.get(exercise.slug)) for exercise in exercises]


def _entry(session: Session, exercise: Exercise, attempt: Attempt | None) -> Entry:
    again = attempt is not None and attempt.number > 1 and attempt.state is not State.PASSED
    passed_before = again and session.passes(exercise.slug) > 0
    return Entry(exercise, attempt, passed_before, missing(exercise))


def narrow(found: Sequence[Entry], wish: Wish) -> list[Entry]:
    """The entries that fit a wish.

    Raises:
        NotFoundError: none does.
    """
    fitting = [entry for entry in found if wish.fits(entry)]
    if not fitting:
        words = " ".join(wish.words)
        what = f"no exercise matches '{words}'" if words else "no exercise is of that sort"
        if words and any(wish[1:]):
            what += " with these filters"
        raise NotFoundError(what, _other_way(found, wish))
    return fitting


def _other_way(found: Sequence[Entry], wish: Wish) -> str:
    from difflib import get_close_matches

    terms = {word for e in found for word in (e.exercise.slug, *e.exercise.slug.split("-"))}
    terms |= {topic for e in found for topic in e.exercise.topics}
    for word in wish.words:
        near = get_close_matches(word, sorted(terms), n=1)
        if near and near[0] != word:
            return f"prep list {near[0]}"
    return f"prep list   shows all {len(found)}" if found else "prep doctor"
