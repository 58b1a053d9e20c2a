"""Where prep keeps things: one module makes every path of the state and the workspace.

`PREP_HOME` moves all state into one folder. Without it, state follows the XDG
folders (also on macOS, as users of terminal tools expect) or, on Windows, the
folders of the platform.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from prep.errors import EnvironmentProblemError
from prep.storage.problems import writing

MOVE_HOME = "Make it writable, or set PREP_HOME to a folder that is: PREP_HOME=~/prep-state prep"
MOVE_WORKSPACE = "Make it writable, or choose another folder: prep config set workspace FOLDER"


class Locations(NamedTuple):
    """The folders of prep's own state.

    Attributes:
        data: holds the history, crash files and sockets of running helpers.
        settings: holds `config.toml`.
    """

    data: Path
    settings: Path

    @classmethod
    def from_env(cls, env: Mapping[str, str], platform: str = sys.platform) -> Locations:
        """Derive the folders from the environment; nothing is created.

        Raises:
            EnvironmentProblemError: neither PREP_HOME nor a home folder is known.
        """
        if moved := env.get("PREP_HOME"):
            home = _absolute(moved, env)
            return cls(data=home, settings=home)
        if platform == "win32":
            import platformdirs

            return cls(
                data=Path(platformdirs.user_data_dir("prep", appauthor=False)),
                settings=Path(platformdirs.user_config_dir("prep", appauthor=False, roaming=True)),
            )
        home = home_folder(env)
        return cls(
            data=_xdg(env, "XDG_DATA_HOME", home / ".local" / "share") / "prep",
            settings=_xdg(env, "XDG_CONFIG_HOME", home / ".config") / "prep",
        )

    @property
    def history(self) -> Path:
        return self.data / "history.db"

    @property
    def config(self) -> Path:
        return self.settings / "config.toml"

    @property
    def crash(self) -> Path:
        return self.data / "crash"

    @property
    def run(self) -> Path:
        return self.data / "run"


def home_folder(env: Mapping[str, str]) -> Path:
    """The person's home folder.

    Raises:
        EnvironmentProblemError: the system knows none.
    """
    if home := env.get("HOME"):
        return Path(home)
    try:
        return Path.home()
    except RuntimeError as error:
        raise EnvironmentProblemError(
            "No home folder is known for this user.", "Set HOME or PREP_HOME, then try again."
        ) from error


def workspace_root(
    flag: str | None, env: Mapping[str, str], configured: str | None
) -> tuple[Path, str]:
    """The folder that holds the learner's exercises, and where the choice came from.

    Args:
        flag: the `--workspace` option; wins over everything.
        env: `PREP_WORKSPACE` wins over the configuration.
        configured: the value in `config.toml`; the default is `~/prep`.
    """
    if flag:
        return _absolute(flag, env), "flag"
    if moved := env.get("PREP_WORKSPACE"):
        return _absolute(moved, env), "env"
    if configured:
        # Whatever folder the command runs in, the file means the same one.
        return home_folder(env) / _absolute(configured, env, keep_relative=True), "user"
    return home_folder(env) / "prep", "default"


def make_folder(folder: Path, hint: str, *, private: bool = False) -> Path:
    """Create `folder` with its parents; `private` keeps other users out.

    Raises:
        EnvironmentProblemError: it cannot be made, or is a file.
    """
    with writing(folder, hint):
        folder.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
    return folder


def _absolute(text: str, env: Mapping[str, str], *, keep_relative: bool = False) -> Path:
    if text == "~" or text.startswith("~/"):
        return home_folder(env) / text[2:]
    path = os.path.expanduser(text)
    return Path(path if keep_relative else os.path.abspath(path))


def _xdg(env: Mapping[str, str], name: str, default: Path) -> Path:
    chosen = env.get(name, "").strip()
    # The XDG specification says that relative paths are to be ignored.
    return Path(chosen) if os.path.isabs(chosen) else default
