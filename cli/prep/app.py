"""The entry point: registers commands, maps what goes wrong to two lines and an exit code.

Only the command that is called is imported; `prep --help` imports them all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from prep import __version__
from prep.commands.desk import Desk
from prep.errors import ExitCode, PrepError

# name -> panel of `prep --help`; `prep.commands.<name>` holds `command`, or `app` for a group.
COMMANDS = {
    "start": "Loop",
    "show": "Loop",
    "open": "Loop",
    "path": "Loop",
    "check": "Loop",
    "grade": "Loop",
    "hint": "Loop",
    "solution": "Loop",
    "pause": "Loop",
    "resume": "Loop",
    "stop": "Loop",
    "reset": "Loop",
    "undo": "Loop",
    "list": "Look",
    "log": "Look",
    "streak": "Look",
    "tour": "Support",
    "config": "Support",
    "doctor": "Support",
    "engine": "Support",
    "completion": "Support",
    "dev": "Author",
}
_TAKES_VALUE = ("-w", "--workspace")


def build(names: Sequence[str] = tuple(COMMANDS)) -> typer.Typer:
    """The command line with the commands `names`."""
    app = typer.Typer(
        name="prep",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Timed machine-learning interview exercises, graded on your own machine.",
        epilog="Exit codes: " + "; ".join(f"{c.value} {c.meaning}" for c in ExitCode),
    )
    app.callback()(_root)
    for name in names:
        module: Any = import_module(f"prep.commands.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version.")] = False,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Folder of your files.")
    ] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask anything.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Today as one JSON object.")] = False,
) -> None:
    if version:
        print(f"prep {__version__}")
        raise typer.Exit(0)
    desk = Desk.from_process(workspace=workspace, no_color=no_color, no_input=no_input)
    context.obj = desk
    if context.invoked_subcommand is None:
        from prep.commands import today

        today.command(desk, json=json)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _tolerant_streams()
    try:
        return _run(arguments)
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; end as a program killed by SIGPIPE does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except KeyboardInterrupt:
        print("\nprep: interrupted; nothing of this command was recorded", file=sys.stderr)
        return ExitCode.INTERRUPTED


def _run(arguments: list[str]) -> int:
    word = _first_word(arguments)
    names = [word] if word in COMMANDS else [] if word is None else list(COMMANDS)
    if word is None and ("-h" in arguments or "--help" in arguments):
        names = list(COMMANDS)
    try:
        code = build(names)(arguments, prog_name="prep", standalone_mode=False)
        sys.stdout.flush()
        if code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt  # typer swallows it and leaves only the code
        return int(code or 0)
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None  # typer would end with 1, which means "not passed"
        raise
    except PrepError as error:
        return _tell(error.message, error.hint, error.code, arguments)
    except typer.Abort:
        return _tell("no answer was given", "use --no-input or -y", ExitCode.USAGE, arguments)
    except Exception as error:
        return _unexpected(error, arguments)


def _unexpected(error: Exception, arguments: list[str]) -> int:
    if isinstance(error, BrokenPipeError):
        raise error
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        # typer's own usage errors; their base class is private to its vendored click
        message = str(error.format_message()).rstrip(".")
        return _tell(message, _help_for(arguments), ExitCode.USAGE, arguments)
    from prep.commands.crash import write_crash_file

    place = write_crash_file(error, arguments)
    message = f"prep itself failed ({type(error).__name__}); nothing of this command was recorded"
    hint = f"report: {place}   then: prep doctor" if place else "prep doctor"
    return _tell(message, hint, ExitCode.INTERNAL, arguments)


def _help_for(arguments: list[str]) -> str:
    word = _first_word(arguments)
    return f"prep {word} --help" if word in COMMANDS else "prep --help"


def _tell(message: str, hint: str, code: ExitCode, arguments: list[str]) -> int:
    """Two lines on stderr, or one JSON object on stdout."""
    message = message[:1].upper() + message[1:] if not message.startswith("prep") else message
    if "--json" in arguments:
        import json

        error = {"schema": "prep.error/1", "code": int(code), "message": message, "hint": hint}
        print(json.dumps(error))
    else:
        print(f"prep: {message}" if not message.startswith("prep") else message, file=sys.stderr)
        if hint:
            print(f"  {hint}", file=sys.stderr)
    return code


def _first_word(arguments: Sequence[str]) -> str | None:
    """The command that is called: the first argument that is neither an option nor its value."""
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument in _TAKES_VALUE:
            skip = True
        elif not argument.startswith("-"):
            return argument
    return None


def _tolerant_streams() -> None:
    """A terminal that cannot show a character gets a `?` and not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
