r"""The backslash commands of a script.

Each takes its arguments and returns what remains to be done once the line is finished: `\g` may be followed by a
statement on its line, and COPY data begin on the next.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from devdb.server.connecting import connect_again
from devdb.server.copying import run_copy
from devdb.server.sending import gexec, gset, send_results
from devdb.server.settings_commands import pset, set_variable, toggled
from devdb.sqltext.arguments import ENDS_STATEMENT, Arguments, CommandError, nearest
from devdb.sqltext.copy_command import parse_copy
from devdb.sqltext.variables import boolean, is_name

if TYPE_CHECKING:
    from devdb.server.runner import ScriptFile

Action = Callable[[], object]
Command = Callable[["ScriptFile", Arguments], "Action | None"]

_BRANCHES = frozenset({"if", "elif", "else", "endif"})


def run_command(file: ScriptFile, arguments: Arguments) -> None:
    """Run the command at which the lexer has stopped. Raises CommandError when it cannot be carried out."""
    name = arguments.name
    if file.session.restricted_by is not None and name != "unrestrict":
        raise CommandError(r"backslash commands are restricted; only \unrestrict is allowed")
    if not file.conditions.active and name not in _BRANCHES:
        arguments.skip()
        file.lexer.skip(arguments.position)
        return
    command = _COMMANDS.get(name)
    if command is None:
        raise CommandError(rf"invalid command \{name}", hint=nearest(name, _COMMANDS, "\\"))
    action = command(file, arguments)
    for extra in arguments.finish():
        file.session.warn(rf'\{name}: extra argument "{extra}" ignored')
    file.lexer.skip(arguments.position)
    if name in ENDS_STATEMENT:
        file.lexer.forget_statement()
    if action is not None:
        action()


def _set(file: ScriptFile, arguments: Arguments) -> Action | None:
    name = arguments.next()
    if name is None:
        for variable, value in sorted(file.session.variables.items()):
            file.session.out.write(f"{variable} = '{value}'\n")
        return None
    value = "".join(iter(arguments.next, None))
    set_variable(file.session, name, value)
    return None


def _unset(file: ScriptFile, arguments: Arguments) -> Action | None:
    name = arguments.next()
    if name is None:
        raise CommandError(r"\unset: missing required argument")
    if not is_name(name):
        raise CommandError(f'invalid variable name: "{name}"')
    if name == "ON_ERROR_STOP":
        set_variable(file.session, name, "off")
    else:
        file.session.variables.pop(name, None)
    return None


def _getenv(file: ScriptFile, arguments: Arguments) -> Action | None:
    name, variable = arguments.next(), arguments.next()
    if name is None or variable is None:
        raise CommandError(r"\getenv: missing required argument")
    if variable in os.environ:
        set_variable(file.session, name, os.environ[variable])
    return None


def _echo(file: ScriptFile, arguments: Arguments) -> Action | None:
    text = _echoed(arguments)
    out = {"echo": file.session.standard_out, "qecho": file.session.out, "warn": file.session.err}[arguments.name]
    out.write(text)
    return None


def _echoed(arguments: Arguments) -> str:
    words: list[str] = []
    newline = "\n"
    while True:
        word, quote = arguments.next_with_quote()
        if word is None:
            return " ".join(words) + newline
        if word == "-n" and not quote and not words and newline:
            newline = ""
        else:
            words.append(word)


def _include(file: ScriptFile, arguments: Arguments) -> Action | None:
    name = arguments.next_file()
    if name is None:
        raise CommandError(rf"\{arguments.name}: missing required argument")
    return lambda: file.include(name, relative=arguments.name in ("ir", "include_relative"))


def _if(file: ScriptFile, arguments: Arguments) -> Action | None:
    value = _condition(file, arguments) if file.conditions.active else _ignored(arguments)
    length, parentheses = file.query.length, file.lexer.parentheses
    file.conditions.begin(value=value, line=arguments.line, length=length, parentheses=parentheses)
    return None


def _elif(file: ScriptFile, arguments: Arguments) -> Action | None:
    length, parentheses = file.query.length, file.lexer.parentheses
    conditions = file.conditions
    decides = conditions.wants_elif
    dropped = conditions.elif_(value=decides, length=length, parentheses=parentheses)
    # The branch is active by now, so that the condition's variables are expanded.
    value = _condition(file, arguments) if decides else _ignored(arguments)
    if decides and not value:
        conditions.refuse_branch()
    return lambda: _drop(file, dropped)


def _else(file: ScriptFile, _arguments: Arguments) -> Action | None:
    dropped = file.conditions.else_(length=file.query.length, parentheses=file.lexer.parentheses)
    return lambda: _drop(file, dropped)


def _endif(file: ScriptFile, _arguments: Arguments) -> Action | None:
    dropped = file.conditions.end(length=file.query.length, parentheses=file.lexer.parentheses)
    return lambda: _drop(file, dropped)


def _drop(file: ScriptFile, dropped: tuple[int, int] | None) -> None:
    if dropped is not None:
        length, parentheses = dropped
        file.query.cut(length)
        file.lexer.set_parentheses(parentheses)


def _condition(file: ScriptFile, arguments: Arguments) -> bool:
    text = " ".join(iter(arguments.next, None))
    value = boolean(text.strip())
    if value is None:
        file.session.warn(rf'unrecognized value "{text}" for "\{arguments.name} expression": Boolean expected')
    return bool(value)


def _ignored(arguments: Arguments) -> bool:
    arguments.skip()
    return False


def _send(file: ScriptFile, arguments: Arguments) -> Action | None:
    return send_results(file, arguments)


def _gset(file: ScriptFile, arguments: Arguments) -> Action | None:
    prefix = arguments.next() or ""
    return lambda: gset(file, prefix)


def _gexec(file: ScriptFile, arguments: Arguments) -> Action | None:
    return lambda: gexec(file, arguments.line)


def _connect(file: ScriptFile, arguments: Arguments) -> Action | None:
    words = list(iter(arguments.next_name, None))
    return lambda: connect_again(file.session, words)


def _copy(file: ScriptFile, arguments: Arguments) -> Action | None:
    command = parse_copy(arguments.rest_of_line())
    return lambda: run_copy(file, command, arguments.line)


def _encoding(file: ScriptFile, arguments: Arguments) -> Action | None:
    name = arguments.next()
    if name is None:
        file.session.out.write(f"{file.session.variables['ENCODING']}\n")
        return None

    def act() -> None:
        quoted = "'" + name.replace("'", "''") + "'"
        file.sender.send_text(f"SET client_encoding TO {quoted}", arguments.line)
        file.session.variables["ENCODING"] = name

    return act


def _restrict(file: ScriptFile, arguments: Arguments) -> Action | None:
    key = arguments.next()
    if not key:
        raise CommandError(r"\restrict: missing required argument")
    file.session.restricted_by = key
    return None


def _unrestrict(file: ScriptFile, arguments: Arguments) -> Action | None:
    key = arguments.next()
    if not key:
        raise CommandError(r"\unrestrict: missing required argument")
    if file.session.restricted_by is None:
        raise CommandError(r"\unrestrict: not currently in restricted mode")
    if key != file.session.restricted_by:
        raise CommandError(r"\unrestrict: wrong key")
    file.session.restricted_by = None
    return None


def _pset(file: ScriptFile, arguments: Arguments) -> Action | None:
    pset(file.session, arguments.next(), arguments.next())
    return None


def _toggle(file: ScriptFile, arguments: Arguments) -> Action | None:
    display = file.session.display
    value = arguments.next()
    if arguments.name == "x":
        display.expanded = toggled(display.expanded, value)
    elif arguments.name == "t":
        display.tuples_only = toggled(display.tuples_only, value)
    elif arguments.name == "a":
        display.format = "aligned" if display.format != "aligned" else "unaligned"
    elif arguments.name == "f" and value is not None:
        display.field_separator = value
    elif arguments.name == "C":
        display.title = value
    return None  # \timing is accepted and measures nothing


def _output(file: ScriptFile, arguments: Arguments) -> Action | None:
    file.session.send_output_to(arguments.next_file())
    return None


def _print(file: ScriptFile, _arguments: Arguments) -> Action | None:
    text = (file.query.text or file.previous.text).removesuffix("\n")
    file.session.out.write(f"{text}\n" if text else "Query buffer is empty.\n")
    return None


def _reset(file: ScriptFile, _arguments: Arguments) -> Action | None:
    file.query.cut(0)
    return None


def _quit(file: ScriptFile, _arguments: Arguments) -> Action | None:
    file.ended = True
    return None


def _refused(_file: ScriptFile, arguments: Arguments) -> Action | None:
    raise CommandError(rf"\{arguments.name} is refused: scripts run no programs", hint="run the program outside")


_COMMANDS: dict[str, Command] = {
    "!": _refused,
    "C": _toggle,
    "a": _toggle,
    "c": _connect,
    "connect": _connect,
    "copy": _copy,
    "echo": _echo,
    "elif": _elif,
    "else": _else,
    "encoding": _encoding,
    "endif": _endif,
    "f": _toggle,
    "g": _send,
    "getenv": _getenv,
    "gexec": _gexec,
    "gset": _gset,
    "gx": _send,
    "i": _include,
    "if": _if,
    "include": _include,
    "include_relative": _include,
    "ir": _include,
    "o": _output,
    "out": _output,
    "p": _print,
    "print": _print,
    "pset": _pset,
    "q": _quit,
    "qecho": _echo,
    "quit": _quit,
    "r": _reset,
    "reset": _reset,
    "restrict": _restrict,
    "set": _set,
    "t": _toggle,
    "timing": _toggle,
    "unrestrict": _unrestrict,
    "unset": _unset,
    "warn": _echo,
    "x": _toggle,
}
