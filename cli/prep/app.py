"""The entry point: registers commands, maps what goes wrong to two lines and an exit code.

Only the command that is called is imported; `prep --help` imports them all.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from prep import __version__
from prep.commands.desk import Desk
from prep.errors import ExitCode, PrepError, UsageError
from prep.views.streams import advise, columns, sentence, silence, usable_streams

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
        context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _width()},
        help="Timed machine-learning interview exercises, graded on your own machine.",
        epilog=_exit_codes() if len(names) == len(COMMANDS) else "",
    )
    app.callback()(_root)
    for name in names:
        module: Any = import_module(f"prep.commands.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name)
        else:
            app.command(name)(module.command)
    return app


def _exit_codes() -> str:
    """A line for each; the backspace keeps typer from running them together."""
    import textwrap

    room = min(columns(sys.stdout, os.environ), 80) - 2
    lines = [
        textwrap.fill(f"{code.value:<5}{code.meaning}", room, subsequent_indent=" " * 5)
        for code in ExitCode
    ]
    return "\n".join(["\b", "Exit codes:", *lines])


def _width() -> int | None:
    """A width for the help where the usual one, at least 50 columns, does not fit."""
    width = columns(sys.stdout, os.environ)
    return width if width < 52 else None


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
    if json and context.invoked_subcommand is not None:
        raise UsageError(
            "--json goes behind the command", f"prep {context.invoked_subcommand} --json"
        )
    if context.invoked_subcommand is None:
        from prep.commands import today

        today.command(desk, json=json)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:], "--help"]
    usable_streams()
    try:
        return _run(arguments)
    except BrokenPipeError:
        return _reader_left()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # typer makes exit 1 of it
            return _reader_left()
        raise
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # below the ^C
        message = "interrupted; nothing of this command was recorded"
        return _tell(message, "prep   shows where you stand", ExitCode.INTERRUPTED, arguments)


def _reader_left() -> int:
    """The reader (`| head`) has seen enough: end as a program killed by SIGPIPE does."""
    silence(sys.stdout)
    return 128 + 13


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
    except PrepError as error:
        hint = error.hint
        if error.code is ExitCode.INTERNAL:
            hint = _with_report(hint, error, arguments)
        return _tell(error.message, hint, error.code, arguments)
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # Ctrl-C at a question
            raise KeyboardInterrupt from None
        return _tell("no answer was given", "prep --no-input", ExitCode.USAGE, arguments)
    except Exception as error:
        return _unexpected(error, arguments)


def _unexpected(error: Exception, arguments: list[str]) -> int:
    if isinstance(error, BrokenPipeError):
        raise error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return _no_room(error)
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        # typer's own usage errors; their base class is private to its vendored click
        return _tell(str(error.format_message()), _help_for(arguments), ExitCode.USAGE, arguments)
    message = f"prep itself failed ({type(error).__name__}); nothing of this command was recorded"
    hint = _with_report("prep doctor", error, arguments)
    return _tell(message, hint, ExitCode.INTERNAL, arguments)


def _no_room(error: OSError) -> int:
    """What prep itself writes is guarded where it is written; this is most often the answer."""
    silence(sys.stdout)
    message = f"{error.filename or 'the answer'} could not be written ({error.strerror})"
    return _tell(message, "prep log   shows what was recorded", ExitCode.ENVIRONMENT, [])


def _with_report(hint: str, error: Exception, arguments: list[str]) -> str:
    """The hint, and where the crash file is, if one can be written."""
    from prep.commands.crash import write_crash_file

    place = write_crash_file(error, arguments)
    return f"{hint}   report: {place}".strip() if place else hint


def _help_for(arguments: list[str]) -> str:
    word = _first_word(arguments)
    return f"prep {word} --help" if word in COMMANDS else "prep --help"


def _tell(message: str, hint: str, code: ExitCode, arguments: list[str]) -> int:
    """Two lines on stderr, or one JSON object on stdout."""
    message = sentence(message)
    if "--json" in arguments:
        import json

        error = {"schema": "prep.error/1", "code": int(code), "message": message, "hint": hint}
        print(json.dumps(error))
    else:
        advise(message if message.startswith("prep ") else f"prep: {message}", sys.stderr)
        advise(f"  {hint}" if hint else "", sys.stderr)
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
