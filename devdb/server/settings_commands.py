r"""Variables that psql treats specially, and the options of \pset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devdb.server.results import Display
from devdb.sqltext.arguments import CommandError, nearest
from devdb.sqltext.variables import boolean, is_name

if TYPE_CHECKING:
    from devdb.server.session import Session

# What psql presets. Those that would make it read or send statements in another way can only keep their value.
PRESETS = {
    "AUTOCOMMIT": "on",
    "COMP_KEYWORD_CASE": "preserve-upper",
    "ECHO": "none",
    "ECHO_HIDDEN": "off",
    "FETCH_COUNT": "0",
    "HIDE_TABLEAM": "off",
    "HIDE_TOAST_COMPRESSION": "off",
    "HISTCONTROL": "none",
    "HISTSIZE": "500",
    "IGNOREEOF": "0",
    "LAST_ERROR_MESSAGE": "",
    "LAST_ERROR_SQLSTATE": "00000",
    "ON_ERROR_ROLLBACK": "off",
    "ON_ERROR_STOP": "on",
    "QUIET": "off",
    "SHOW_ALL_RESULTS": "on",
    "SHOW_CONTEXT": "errors",
    "SINGLELINE": "off",
    "SINGLESTEP": "off",
    "VERBOSITY": "default",
}
SPECIAL = frozenset(PRESETS)

_BOOLEANS = frozenset({"AUTOCOMMIT", "ON_ERROR_STOP", "QUIET", "SINGLELINE", "SINGLESTEP"})
_FIXED = frozenset({"AUTOCOMMIT", "SINGLELINE", "SINGLESTEP"})
_FORMATS = ("aligned", "unaligned", "csv", "wrapped")
_IGNORED = frozenset(
    {
        "border", "columns", "csv_fieldsep", "fieldsep_zero", "linestyle", "numericlocale", "pager", "pager_min_lines",
        "recordsep", "recordsep_zero", "tableattr", "unicode_border_linestyle", "unicode_column_linestyle",
        "unicode_header_linestyle", "xheader_width",
    }
)  # fmt: skip
_OPTIONS = ("expanded", "fieldsep", "footer", "format", "null", "title", "tuples_only")


def set_variable(session: Session, name: str, value: str) -> None:
    """Set a variable. Errors always stop a script: another value for ON_ERROR_STOP earns a warning and is ignored."""
    if not is_name(name):
        raise CommandError(f'invalid variable name: "{name}"')
    if name in _BOOLEANS:
        on = boolean(value) if value else name != "AUTOCOMMIT"
        if on is None:
            raise CommandError(f'unrecognized value "{value}" for "{name}": Boolean expected')
        normal = "on" if on else "off"
        if name == "ON_ERROR_STOP" and not on:
            session.warn("ON_ERROR_STOP stays on: a script ends at its first error")
            return
        if name in _FIXED and normal != PRESETS[name]:
            raise CommandError(f"{name} cannot be {normal} here", hint=f"leave it {PRESETS[name]}")
        value = normal
    session.variables[name] = value


def pset(session: Session, name: str | None, value: str | None) -> None:
    r"""`\pset`."""
    if name is not None:
        apply_option(session.display, name, value)


def apply_option(display: Display, name: str, value: str | None) -> None:
    """Set one option of a display; those that only matter to people's eyes are accepted and do nothing."""
    if name == "format":
        choices = [] if value is None else [known for known in _FORMATS if known.startswith(value)]
        if not choices:
            raise CommandError(rf"\pset: the format is one of {', '.join(_FORMATS)}")
        display.format = "aligned" if choices[0] == "wrapped" else choices[0]
    elif name in ("expanded", "x", "vertical"):
        display.expanded = toggled(display.expanded, None if value == "auto" else value)
    elif name in ("tuples_only", "t"):
        display.tuples_only = toggled(display.tuples_only, value)
    elif name == "footer":
        display.footer = toggled(display.footer, value)
    elif name == "null":
        display.null = display.null if value is None else value
    elif name == "fieldsep":
        display.field_separator = display.field_separator if value is None else value
    elif name == "title":
        display.title = value
    elif name not in _IGNORED:
        raise CommandError(rf"\pset: unknown option: {name}", hint=nearest(name, [*_OPTIONS, *_IGNORED]))


def toggled(current: bool, value: str | None) -> bool:
    """What a switch becomes: the value named, or the other one if none is."""
    if value is None:
        return not current
    wanted = boolean(value)
    if wanted is None:
        raise CommandError(f'unrecognized value "{value}": Boolean expected')
    return wanted
