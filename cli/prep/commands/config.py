"""`prep config`: settings, and where each comes from."""

from __future__ import annotations

from typing import Annotated

import typer

from prep.commands.desk import Desk, desk_of
from prep.commands.editor import open_in_editor
from prep.errors import EnvironmentProblemError, NotFoundError
from prep.storage import settings
from prep.storage.locations import MOVE_HOME, make_folder, workspace_root
from prep.storage.problems import writing
from prep.storage.settings import Entry
from prep.storage.settings_file import set_value
from prep.views import settings as view

app = typer.Typer(invoke_without_command=True, help="Show and change settings.")
_Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
_Key = Annotated[str, typer.Argument(help="A setting, e.g. editor.")]


@app.callback()
def default(context: typer.Context, json: _Json = False) -> int:
    """Show and change settings."""
    return 0 if context.invoked_subcommand is not None else show(context, json=json)


@app.command("list")
def show(context: typer.Context, json: _Json = False) -> int:
    """Show every setting and where it comes from."""
    desk = desk_of(context)
    entries, path = _entries(desk), desk.locations.config
    if json:
        desk.console.json("prep.config/1", **view.settings_json(entries, path))
    elif desk.console.terminal:
        desk.console.show(view.settings_page(desk.console.page(), entries, path))
    else:
        desk.console.rows(view.COLUMNS, view.settings_rows(entries))
    return 0


@app.command()
def get(context: typer.Context, key: _Key, json: _Json = False) -> int:
    """Print the value of one setting."""
    desk = desk_of(context)
    name = settings.known(key).name
    entry = next(e for e in _entries(desk) if e.key.name == name)
    if json:
        desk.console.json("prep.config-get/1", **view.entry_json(entry))
    elif entry.value is None:
        raise NotFoundError(f"'{name}' is not set", f"prep config set {name} VALUE")
    else:
        desk.console.line(view.words(entry.value))
        desk.console.note(f"  from: {view.source_words(entry)}")
    return 0


@app.command("set")
def put(
    context: typer.Context,
    key: _Key,
    value: Annotated[str, typer.Argument(help="Its new value.")],
    json: _Json = False,
) -> int:
    """Write one setting; the file's other lines stay."""
    desk = desk_of(context)
    path = desk.locations.config
    written = set_value(path, key, value)
    found = settings.load(path, desk.env).entries[written.key.name]
    stronger = found if found.source != "user" else None
    if json:
        fields = {**view.entry_json(written), "path": str(path), "in_force": stronger is None}
        desk.console.json("prep.config-set/1", **fields)
    else:
        desk.console.show(view.set_page(desk.console.page(), written, path, stronger))
    return 0


@app.command()
def edit(
    context: typer.Context,
    editor: Annotated[str | None, typer.Option(help="Editor to open it in.")] = None,
    json: _Json = False,
) -> int:
    """Open config.toml in your editor.

    A missing one is made, with every key as a comment.
    """
    desk = desk_of(context)
    path = desk.locations.config
    if not path.exists():
        make_folder(path.parent, MOVE_HOME, private=True)
        with writing(path, MOVE_HOME):
            path.write_text(view.template(settings.load(path, {}).entries.values()), "utf-8")
    before = path.read_bytes()
    opened = open_in_editor(desk, path, chosen=editor or _editor(desk))
    if json:
        desk.console.json("prep.config-edit/1", path=str(path), opened=opened)
    elif not opened:
        desk.console.line(str(path))
    if path.read_bytes() != before:  # a graphical editor is not waited for
        _tell_what_is_odd(desk)
    return 0


def _tell_what_is_odd(desk: Desk) -> None:
    try:
        odd = settings.load(desk.locations.config, desk.env).warnings
    except EnvironmentProblemError as error:
        odd = (error.message,)
    for sentence in odd:
        desk.console.note(f"prep: {sentence}")


@app.command("path")
def show_path(context: typer.Context, json: _Json = False) -> int:
    """Print where config.toml is.

    With --json, every place that prep uses.
    """
    desk = desk_of(context)
    places = desk.locations
    if json:
        desk.console.json(
            "prep.config-path/1",
            config=str(places.config),
            history=str(places.history),
            crash=str(places.crash),
            workspace=str(desk.session.workspace.root),
        )
    else:
        desk.console.line(str(places.config))
    return 0


def _entries(desk: Desk) -> list[Entry]:
    """The settings in force; for the workspace the folder that is really used."""
    entries = dict(desk.settings.entries)
    own = entries["workspace"]
    root, source = workspace_root(desk.flags.workspace, desk.env, desk.settings.workspace)
    entries["workspace"] = Entry(own.key, str(root), source)
    return list(entries.values())


def _editor(desk: Desk) -> str | None:
    """None for the usual choice; when config.toml itself cannot be read, the environment's.

    Raises:
        EnvironmentProblemError: the file is broken and the environment names no editor.
    """
    try:
        desk.settings  # noqa: B018  (it is read here to see whether it can be)
        return None
    except EnvironmentProblemError as error:
        env = desk.env
        found = env.get("PREP_EDITOR") or env.get("VISUAL") or env.get("EDITOR")
        if found:
            return found
        raise EnvironmentProblemError(
            error.message, f"mend it in any editor: {desk.locations.config}"
        ) from error
