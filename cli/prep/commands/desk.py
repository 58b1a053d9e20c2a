"""What every command starts from: where it runs, for whom, and what is in reach. All lazy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from prep.errors import NotFoundError
from prep.views.console import Console

if TYPE_CHECKING:
    import typer

    from prep.model import Exercise
    from prep.practice.session import Session
    from prep.storage.content import Catalogue
    from prep.storage.locations import Locations
    from prep.storage.settings import Settings


class Flags(NamedTuple):
    """The options of `prep` itself."""

    workspace: str | None = None
    no_color: bool = False
    no_input: bool = False


class Desk:
    """The surroundings of one command.

    Attributes:
        env: the process's environment.
        cwd: where the learner stands.
        console: the one place that prints.
    """

    def __init__(self, env: Mapping[str, str], cwd: Path, flags: Flags, console: Console) -> None:
        self.env, self.cwd, self.flags, self.console = env, cwd, flags, console

    @classmethod
    def from_process(cls, **flags: object) -> Desk:
        """The desk of this process."""
        chosen = Flags(**flags)  # type: ignore[arg-type]
        console = Console.for_streams(sys.stdout, sys.stderr, os.environ, no_color=chosen.no_color)
        return cls(os.environ, _here(), chosen, console)

    @property
    def may_ask(self) -> bool:
        """Whether a question can be asked: someone sits at a terminal and allows it."""
        return not self.flags.no_input and sys.stdin.isatty() and sys.stderr.isatty()

    def warm(self, cold: bool = False) -> bool:
        """Whether runs may use a warm parent: not with --cold, nor with PREP_ENGINE=off."""
        return not cold and self.env.get("PREP_ENGINE", "on") != "off"

    @cached_property
    def locations(self) -> Locations:
        from prep.storage.locations import Locations

        return Locations.from_env(self.env)

    @cached_property
    def settings(self) -> Settings:
        """The settings; what is odd in the file is told once, on stderr."""
        from prep.storage import settings

        flags = {"workspace": self.flags.workspace} if self.flags.workspace else None
        found = settings.load(self.locations.config, self.env, flags)
        for warning in found.warnings:
            self.console.note(f"prep: {warning}")
        return found

    @cached_property
    def session(self) -> Session:
        from prep.practice.session import Session

        return Session.open(self.locations, self.settings, self.env, self.flags.workspace)

    @cached_property
    def catalogue(self) -> Catalogue:
        from prep.storage.content import installed_catalogue

        return installed_catalogue()

    def exercise(self, name: str | None, *, unfinished: bool = False) -> Exercise:
        """The exercise that is meant: the named one, else the current one.

        The current one is the folder that the learner stands in, else the running attempt,
        else what was touched last.

        Args:
            name: slug, unique prefix or `track/slug`; None for the current exercise.
            unfinished: only an attempt that is neither passed nor stopped is meant.

        Raises:
            NotFoundError: no such exercise; or none is named and none is under way.
            UsageError: the name could be several.
        """
        if name is not None:
            return self.catalogue.find(name)
        slugs = self.catalogue.slugs()
        slug = self.session.current(self.cwd, slugs)
        if not unfinished and not self._is_running(slug) and not self._stands_in(slug):
            slug = next((e.exercise for e in self.session.log(limit=20) if e.exercise), slug)
        if slug is None or slug not in slugs:
            raise NotFoundError("no exercise is under way", "prep list, then prep start NAME")
        return self.catalogue.find(slug)

    def _stands_in(self, slug: str | None) -> bool:
        return slug is not None and self.session.workspace.slug_at(self.cwd) == slug

    def _is_running(self, slug: str | None) -> bool:
        attempt = self.session.attempt(slug) if slug is not None else None
        return attempt is not None and attempt.state.value == "running"

    def close(self) -> None:
        """Tell what the history had to say and let go of it."""
        session = self.__dict__.get("session")
        if session is not None:
            for warning in session.history.warnings:
                self.console.note(f"prep: {warning}")
            session.history.close()


def _here() -> Path:
    """The current folder; the root if it was deleted under our feet."""
    try:
        return Path.cwd()
    except OSError:
        return Path("/")


def desk_of(context: typer.Context) -> Desk:
    """The desk that `prep` itself has set up; closed when the command ends."""
    desk = context.obj
    assert isinstance(desk, Desk)
    context.call_on_close(desk.close)
    return desk
