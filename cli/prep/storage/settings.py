"""The person's choices: `config.toml`, its known keys, and where each value came from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from prep.errors import EnvironmentProblemError, UsageError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Value = str | int | list[str] | None


class Key(NamedTuple):
    """A known key of the configuration.

    Attributes:
        default: its value when nothing is said; None means "not set".
        meaning: one line for `prep config list`.
        expects: completes "must be ...".
        read: turns a TOML value into ours; raises ValueError.
        env: the environment variable that wins over the file, or "".
    """

    name: str
    default: Value
    meaning: str
    expects: str
    read: Callable[[object], Value]
    env: str = ""


class Entry(NamedTuple):
    """One key with its value; `source` is `flag`, `env`, `user` or `default`."""

    key: Key
    value: Value
    source: str


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    if not value.encode(errors="replace").decode().isprintable():  # paths may hold odd bytes
        raise ValueError
    return value


def _number(lowest: int, highest: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError
        number = int(value)
        if not lowest <= number <= highest:
            raise ValueError
        return number

    return read


def _switch(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if value not in ("on", "off"):
        raise ValueError
    return str(value)


def _weekdays(value: object) -> list[str]:
    names = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError
    short = {name.strip().lower()[:3] for name in names if name.strip().lower() != "none"}
    if not short <= set(WEEKDAYS):
        raise ValueError
    return [day for day in WEEKDAYS if day in short]


_KNOWN = (
    Key("workspace", None, "folder of your exercises", "a folder", _text, "PREP_WORKSPACE"),
    Key("editor", None, "command that opens a file", "a command", _text, "PREP_EDITOR"),
    Key(
        "day_starts_at",
        4,
        "hour at which a study day starts",
        "an hour from 0 to 23",
        _number(0, 23),
    ),
    Key("streak", "on", "whether the streak is shown", '"on" or "off"', _switch),
    Key(
        "rest_weekdays",
        [],
        "days of the week without practice",
        'days like ["sat", "sun"]',
        _weekdays,
    ),
    Key(
        "daily_minutes",
        60,
        "minutes of practice planned for a day",
        "minutes from 1 to 1440",
        _number(1, 1440),
    ),
    Key(
        "new_per_day",
        1,
        "new exercises proposed each day",
        "a number from 0 to 100",
        _number(0, 100),
    ),
)
KEYS = {key.name: key for key in _KNOWN}


class Settings(NamedTuple):
    """What is in force, and sentences about what in the file was not understood."""

    entries: Mapping[str, Entry]
    warnings: tuple[str, ...] = ()

    @property
    def workspace(self) -> str | None:
        """The folder in the file; the flag and the environment are asked by `workspace_root`."""
        return self._text("workspace")

    @property
    def editor(self) -> str | None:
        return self._text("editor")

    @property
    def day_starts_at(self) -> int:
        """Hour of the local day, 0-23."""
        return self._number("day_starts_at")

    @property
    def streak_shown(self) -> bool:
        return self.entries["streak"].value == "on"

    @property
    def rest_weekdays(self) -> frozenset[int]:
        """Days of the week; Monday is 0."""
        value = self.entries["rest_weekdays"].value
        names = value if isinstance(value, list) else []
        return frozenset(WEEKDAYS.index(name) for name in names)

    @property
    def daily_minutes(self) -> int:
        return self._number("daily_minutes")

    @property
    def new_per_day(self) -> int:
        return self._number("new_per_day")

    def _text(self, name: str) -> str | None:
        value = self.entries[name].value
        return value if isinstance(value, str) else None

    def _number(self, name: str) -> int:
        value = self.entries[name].value
        return value if isinstance(value, int) else 0


def load(path: Path, env: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Settings:
    """Put the settings together: flag before environment before file before default.

    A key or a value in the file that is not understood becomes a warning.

    Raises:
        EnvironmentProblemError: the file cannot be read or is not TOML.
    """
    warnings: list[str] = []
    written = _read_file(path)
    for name in written:
        if name not in KEYS:
            warnings.append(f"{path} has the unknown key {name!r}.{_did_you_mean(name)}")
    entries = {}
    for name, key in KEYS.items():
        entries[name] = Entry(key, key.default, "default")
        sources = (
            ("user", written.get(name)),
            ("env", env.get(key.env) or None if key.env else None),
            ("flag", (flags or {}).get(name)),
        )
        for source, value in sources:
            if value is None:
                continue
            try:
                entries[name] = Entry(key, key.read(value), source)
            except ValueError:
                warnings.append(f"{name} must be {key.expects}, not {value!r} ({source}).")
    return Settings(entries, tuple(warnings))


def parse(name: str, text: str) -> Entry:
    """Read a value as typed on the command line.

    Raises:
        UsageError: the key is unknown or the value is not one of its kind.
    """
    key = known(name)
    if name == "workspace" and text and not text.startswith("~"):
        text = os.path.abspath(text)
    try:
        return Entry(key, key.read(text), "user")
    except ValueError:
        raise UsageError(
            f"{name} must be {key.expects}, not {text!r}.", "prep config list   shows all keys"
        ) from None


def known(name: str) -> Key:
    """The key of this name.

    Raises:
        UsageError: there is none; the nearest is suggested.
    """
    if name not in KEYS:
        raise UsageError(
            f"There is no setting {name!r}.{_did_you_mean(name)}",
            "prep config list   shows all keys",
        )
    return KEYS[name]


def _did_you_mean(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name.lower().replace("-", "_"), KEYS, n=1, cutoff=0.5)
    return f" Did you mean {near[0]}?" if near else ""


def _read_file(path: Path) -> dict[str, Any]:
    try:
        body = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise EnvironmentProblemError(
            f"{path} cannot be read ({error.strerror}).", "prep config path   shows where it is"
        ) from error
    import tomllib

    try:
        return tomllib.loads(body.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EnvironmentProblemError(
            f"{path} is not valid TOML: {error}.", "prep config edit   opens it"
        ) from error
