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

    def exercise(self, name: str | None) -> Exercise:
        """The exercise that is meant: the named one, else the current one.

        Raises:
            NotFoundError: no such exercise; or none is named and none is under way.
            UsageError: the name could be several.
        """
        if name is not None:
            return self.catalogue.find(name)
        slug = self.session.current(self.cwd, self.catalogue.slugs())
        if slug is None or slug not in self.catalogue.slugs():
            raise NotFoundError("no exercise is under way", "prep list, then prep start NAME")
        return self.catalogue.find(slug)

    def solved_or_current(self, name: str | None) -> Exercise:
        """As `exercise`; with nothing named or under way, the one that was touched last."""
        if name is None and self.session.current(self.cwd, self.catalogue.slugs()) is None:
            last = next((e.exercise for e in self.session.log(limit=20) if e.exercise), None)
            name = last if last in self.catalogue.slugs() else None
        return self.exercise(name)

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
