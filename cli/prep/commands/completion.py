"""`prep completion`: a script that completes commands, options and exercises."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.main import get_command

from prep.commands.desk import Desk, desk_of
from prep.errors import UsageError
from prep.model import Kind
from prep.practice.shelf import LEVELS, STANDINGS
from prep.storage.settings import KEYS
from prep.views.completion import SHELLS, SLUGS, Command, Option, script

_NAMES = ("name", "names", "words", "query", "slug", "slugs")  # arguments that take exercises
_INVENTED = ("dev new",)  # their argument is a name that is not there yet
_INSTALL = {
    "bash": 'eval "$(prep completion bash)"   in ~/.bashrc',
    "zsh": "source <(prep completion zsh)   in ~/.zshrc, after compinit",
    "fish": "prep completion fish > ~/.config/fish/completions/prep.fish",
}


def command(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="Your shell.")],
) -> int:
    """Print a completion script for your shell."""
    if shell not in SHELLS:
        shells = ", ".join(SHELLS)
        raise UsageError(
            f"there is no script for '{shell}', only for {shells}", "prep completion bash"
        )
    desk = desk_of(context)
    desk.console.line(script(shell, _commands(desk)).rstrip())
    if desk.console.terminal:
        desk.console.note(f"  {_INSTALL[shell]}")
    return 0


def _commands(desk: Desk) -> list[Command]:
    """Every command of prep, read off its own definition."""
    from prep.app import build

    tracks = sorted({folder.parent.name for folder in desk.catalogue.slugs().values()})
    values = {
        "list --track": tuple(tracks),
        "list --kind": tuple(Kind),
        "list --status": STANDINGS,
        "list --level": LEVELS,
    }
    found: list[Command] = []
    _walk("", get_command(build()), values, found)
    return found


def _walk(path: str, node: Any, values: dict[str, tuple[str, ...]], found: list[Command]) -> None:
    """Add a command and those below it; a node is of typer's private copy of click."""
    below = dict(getattr(node, "commands", {}))
    words = [(name, _first_sentence(child.help)) for name, child in below.items()]
    options = [Option(("-h", "--help"), False, (), "Show help")]
    for parameter in node.params:
        if parameter.param_type_name == "argument":
            words += _argument(path, parameter.name)
        elif not parameter.hidden:
            names = tuple(parameter.opts)
            options.append(
                Option(
                    names=names,
                    takes_value=not parameter.is_flag,
                    values=values.get(f"{path} {names[0]}", _choices(parameter)),
                    help=_first_sentence(parameter.help),
                )
            )
    found.append(Command(path, tuple(options), tuple(words)))
    for name, child in below.items():
        _walk(f"{path} {name}".strip(), child, values, found)


def _argument(path: str, name: str) -> list[tuple[str, str]]:
    if name == "shell":
        return [(shell, "") for shell in SHELLS]
    if name == "key":
        return [(key.name, key.meaning) for key in KEYS.values()]
    return [(SLUGS, "")] if name in _NAMES and path not in _INVENTED else []


def _choices(parameter: Any) -> tuple[str, ...]:
    """The values of an option that is an enumeration."""
    return tuple(str(choice) for choice in getattr(parameter.type, "choices", ()))


def _first_sentence(text: str | None) -> str:
    first = (text or "").strip().split("\n")[0]
    return first.split(";")[0].split(". ")[0].rstrip(".").replace(":", " -")
