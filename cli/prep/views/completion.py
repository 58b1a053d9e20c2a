"""Completion scripts: commands and options are written into them, names are asked of prep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

SLUGS = "@slugs"
"""Stands for the exercises, which the script asks prep for."""


class Option(NamedTuple):
    """An option: its names, whether a value follows, and the values that there are."""

    names: tuple[str, ...]
    takes_value: bool
    values: tuple[str, ...]
    help: str


class Command(NamedTuple):
    """A command: `path` is `log` or `config set`; "" is prep itself.

    Attributes:
        words: what can follow: subcommands with their help, values, or `SLUGS`.
    """

    path: str
    options: tuple[Option, ...]
    words: tuple[tuple[str, str], ...]


def script(shell: str, commands: Sequence[Command]) -> str:
    """The script for `bash`, `zsh` or `fish`."""
    return SHELLS[shell](commands)


def _groups(commands: Iterable[Command]) -> str:
    return "|".join(sorted({c.path.split()[0] for c in commands if " " in c.path}))


_PLACES = ("--workspace", "--file", "--editor")  # their values are files and programs


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _bash(commands: Sequence[Command]) -> str:
    cases: list[str] = []
    values: dict[str, str] = {}
    for command in commands:
        names = " ".join(name for option in command.options for name in option.names)
        words = " ".join(word for word, _ in command.words if word != SLUGS)
        asks = any(word == SLUGS for word, _ in command.words)
        cases.append(
            f"        {_quoted(command.path)}) options={_quoted(names)}"
            f" words={_quoted(words)} asks={int(asks)} ;;"
        )
        values.update(_values(command))
    replies = [
        f"        {pattern}) {f'words={_quoted(v)}' if v else 'return'} ;;"
        for pattern, v in values.items()
    ]
    return _BASH.format(
        groups=_groups(commands), cases="\n".join(cases), replies="\n".join(replies)
    )


def _values(command: Command) -> dict[str, str]:
    """Pattern of a command and an option before the cursor -> the values that can follow."""
    own = [o for o in command.options if o.takes_value and o.names[0] not in _PLACES]
    patterns = ["|".join(_quoted(f"{command.path}:{name}") for name in o.names) for o in own]
    return {pattern: " ".join(o.values) for pattern, o in zip(patterns, own, strict=True)}


_BASH = """\
# bash completion for prep; in ~/.bashrc: eval "$(prep completion bash)"
_prep() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}
    local path= word options= words= asks=0 i
    for (( i = 1; i < COMP_CWORD; i++ )); do
        word=${{COMP_WORDS[i]}}
        case $word in
            -w|--workspace) (( i++ )) ;;
            -*) ;;
            *)
                if [[ -z $path ]]; then path=$word
                elif [[ $path =~ ^({groups})$ ]]; then path="$path $word"; fi ;;
        esac
    done
    COMPREPLY=()
    case $prev in
        -w|--workspace) COMPREPLY=( $(compgen -d -- "$cur") ); return ;;
        --file) COMPREPLY=( $(compgen -f -- "$cur") ); return ;;
        --editor) COMPREPLY=( $(compgen -c -- "$cur") ); return ;;
    esac
    case "$path:$prev" in
{replies}
    esac
    if [[ -n $words ]]; then COMPREPLY=( $(compgen -W "$words" -- "$cur") ); return; fi
    case $path in
{cases}
        *) return ;;
    esac
    if [[ $cur == -* ]]; then words=$options
    elif (( asks )); then words="$words $("${{COMP_WORDS[0]}}" list --slugs 2>/dev/null)"; fi
    COMPREPLY=( $(compgen -W "$words" -- "$cur") )
}}
complete -F _prep prep
"""


def _zsh(commands: Sequence[Command]) -> str:
    cases: list[str] = []
    values: dict[str, str] = {}
    for command in commands:
        options = " ".join(
            _quoted(f"{name}:{option.help}") for option in command.options for name in option.names
        )
        words = " ".join(
            _quoted(f"{word}:{text}" if text else word)
            for word, text in command.words
            if word != SLUGS
        )
        asks = any(word == SLUGS for word, _ in command.words)
        cases.append(
            f"        {_quoted(command.path)})\n            options=({options})\n"
            f"            found=({words}) asks={int(asks)} ;;"
        )
        values.update(_values(command))
    replies = [
        f"        {pattern}) {f'compadd -- {v}; ' if v else ''}return ;;"
        for pattern, v in values.items()
    ]
    return _ZSH.format(groups=_groups(commands), cases="\n".join(cases), replies="\n".join(replies))


_ZSH = """\
#compdef prep
# zsh completion for prep; in ~/.zshrc, after compinit: source <(prep completion zsh)
_prep() {{
    local where= word asks=0 i
    local -a options found
    for (( i = 2; i < CURRENT; i++ )); do
        word=$words[i]
        case $word in
            -w|--workspace) (( i++ )) ;;
            -*) ;;
            *)
                if [[ -z $where ]]; then where=$word
                elif [[ $where == ({groups}) ]]; then where="$where $word"; fi ;;
        esac
    done
    case $words[CURRENT-1] in
        -w|--workspace) _files -/; return ;;
        --file) _files; return ;;
        --editor) _command_names -e; return ;;
    esac
    case "$where:$words[CURRENT-1]" in
{replies}
    esac
    case $where in
{cases}
        *) return ;;
    esac
    if [[ $words[CURRENT] == -* ]]; then
        _describe -o option options
        return
    fi
    (( asks )) && found+=( ${{(f)"$($words[1] list --slugs 2>/dev/null)"}} )
    (( $#found )) && _describe word found
}}
if [[ $funcstack[1] == _prep ]]; then _prep "$@"; else compdef _prep prep; fi
"""


def _fish(commands: Sequence[Command]) -> str:
    rows = []
    for command in commands:
        at = f"complete -c prep -n '__prep_at {_quoted_inside(command.path)}'"
        for word, text in command.words:
            what = "(__prep_slugs)" if word == SLUGS else word
            rows.append(
                f"{at} -a {_fish_quoted(what)}" + (f" -d {_fish_quoted(text)}" * bool(text))
            )
        for option in command.options:
            flags = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                for name in option.names
            )
            value = "" if not option.takes_value else " -r" if option.names[0] in _PLACES else " -x"
            value += f" -a {_fish_quoted(' '.join(option.values))}" if option.values else ""
            value += _FISH_VALUES.get(option.names[0], "")
            rows.append(f"{at} {flags}{value} -d {_fish_quoted(option.help)}")
    return _FISH.format(groups=_groups(commands).replace("|", " "), rows="\n".join(rows))


_FISH_VALUES = {
    "--workspace": " -a '(__fish_complete_directories)'",
    "--file": " -F",
    "--editor": " -a '(__fish_complete_command)'",
}


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quoted_inside(path: str) -> str:
    return f'"{path}"'


_FISH = """\
# fish completion for prep; once: prep completion fish > ~/.config/fish/completions/prep.fish
function __prep_at
    set -l path
    set -l skip 0
    for word in (commandline -opc)[2..]
        if test $skip = 1
            set skip 0
        else if contains -- $word -w --workspace
            set skip 1
        else if string match -q -- '-*' $word
            continue
        else if test -z "$path"
            set path $word
        else if contains -- $path {groups}
            set path "$path $word"
        end
    end
    test "$path" = "$argv[1]"
end
function __prep_slugs
    set -l prep (commandline -opc)[1]
    command $prep list --slugs 2>/dev/null
end
complete -c prep -f
{rows}
"""

SHELLS: dict[str, Callable[[Sequence[Command]], str]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
