"""Say what is wrong in a settings file: every mistake, with its line and the nearest right word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from devdb.errors import SettingsError
from devdb.settings.document import Document, KeyPath

PASSWORD_HINT = "put it into ~/.pgpass, PGPASSWORD or a service file (PGSERVICE); libpq finds it there"

_WITHOUT_PASSWORDS = ("sampling", "masking", "classification")  # there, names and values are columns and SQL
_SECRET_KEYS = frozenset(
    {"password", "passwd", "pass", "pwd", "passphrase", "secret", "pgpassword", "sslpassword", "oauth_client_secret"}
)
_SECRET_VALUE = re.compile(r"://[^/@\s:]*:[^@\s]+@|[?&\s](?:ssl)?password\s*=|^(?:ssl)?password\s*=", re.IGNORECASE)
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "mapping_type": "a mapping",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def one_error(errors: Sequence[SettingsError]) -> SettingsError:
    """Return the only error, or one that lists them all, in the order of the file."""
    if len(errors) == 1:
        return errors[0]
    listed = sorted(errors, key=lambda error: error.line or 0)
    lines = []
    for error in listed:
        lines.append(error.message if error.hint is None else f"{error.message} ({error.hint})")
    combined = SettingsError(f"{len(listed)} mistakes in the settings:\n  " + "\n  ".join(lines))
    combined.path, combined.line = listed[0].path, listed[0].line
    return combined


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return a hint naming the known word most like `name`; None when none is alike."""
    by_folded = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f"did you mean {by_folded[found[0]]}?" if found else None


def passwords(document: Document) -> dict[KeyPath, SettingsError]:
    """Return an error for every place of the file that holds a password. Their texts never repeat it."""
    errors = {}
    for keys in document.places:
        if keys[0] in _WITHOUT_PASSWORDS:
            continue
        written = document.written(keys) or ""
        if str(keys[-1]).casefold() in _SECRET_KEYS or _SECRET_VALUE.search(written):
            message = f"{dotted(keys)}: a password must not stand in the settings"
            errors[keys] = _error(document, keys, message, PASSWORD_HINT)
    return errors


def mistakes(
    exc: ValidationError,
    document: Document,
    root: type[BaseModel],
    *,
    at: KeyPath = (),
    but_not_at: Collection[KeyPath] = (),
) -> list[SettingsError]:
    """Return what pydantic found, in the words of the file; nothing about the places `but_not_at`.

    `root` is the model of what the document holds at `at`; () is the whole of it.
    """
    found = [((*at, *_keys(details)), details) for details in exc.errors(include_url=False)]
    return [_explain(keys, details, document, root, at) for keys, details in found if keys not in but_not_at]


def dotted(keys: KeyPath) -> str:
    """Return the name of a setting as the documentation calls it: sampling.tables.public.post.limit."""
    text = ""
    for key in keys:
        text += f"[{key + 1}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def _keys(details: ErrorDetails) -> KeyPath:
    loc = details["loc"]
    return loc[:-1] if loc and loc[-1] == "[key]" else loc  # pydantic's mark for "the key, not its value"


def _explain(
    keys: KeyPath, details: ErrorDetails, document: Document, root: type[BaseModel], at: KeyPath
) -> SettingsError:
    name = dotted(keys) or "the settings"
    kind = details["type"]
    written = document.written(keys)
    found = _describe(details["input"], written)
    if kind == "extra_forbidden":
        return _error(document, keys, f"{name}: unknown key", _hint_for_key(keys, root, at))
    if kind == "missing":
        return _error(document, keys, f"{name}: must be given", None)
    if kind in _EXPECTED:
        hint = "in quotes it is a text" if kind == "string_type" and written else None
        if kind == "tuple_type" and written:
            hint = f"write [{written}]"
        return _error(document, keys, f"{name}: expected {_EXPECTED[kind]}, found {found}", hint)
    if kind == "wrong_type":
        hint = nearest(written, details.get("ctx", {}).get("words", ())) if written else None
        return _error(document, keys, f"{name}: expected {details['msg']}, found {found}", hint)
    if kind == "literal_error":
        expected = details["ctx"]["expected"].replace("'", "")
        hint = nearest(written or "", re.split(", | or ", expected))
        return _error(document, keys, f"{name}: expected {expected}, found {found}", hint)
    if kind in ("too_short", "string_too_short"):
        return _error(document, keys, f"{name}: must not be empty", None)
    reason = details["msg"].replace("Input should be", "must be")
    return _error(document, keys, f"{name}: {reason}", details.get("ctx", {}).get("hint"))


def _hint_for_key(keys: KeyPath, root: type[BaseModel], at: KeyPath) -> str | None:
    key, known = str(keys[-1]), _known_keys(keys[len(at) : -1], root)
    for section in _sections(root):
        if key in _known_keys(section, root):
            return f"it belongs at {dotted((*at, *section, key))}"
    return nearest(key, known) or "known here: " + ", ".join(known)


def _sections(root: type[BaseModel]) -> list[KeyPath]:
    return [(), *((key,) for key in _known_keys((), root) if _known_keys((key,), root))]


def _known_keys(keys: KeyPath, root: type[BaseModel]) -> list[str]:
    """Return the keys that the mapping at `keys` may hold; none when any will do, or it is no mapping."""
    kind: Any = root
    for key in keys:
        if get_origin(kind) is Mapping:
            kind = get_args(kind)[1]
        elif _is_model(kind):
            kind = _fields(kind).get(str(key))
        else:
            return []
        if get_origin(kind) in (Union, UnionType):
            kind = next(inner for inner in get_args(kind) if inner is not NoneType)
    return list(_fields(kind)) if _is_model(kind) else []


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {item.alias or name: item.annotation for name, item in model.model_fields.items()}


def _describe(value: Any, written: str | None) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {written if written is not None else value}"
    if isinstance(value, int | float):
        return f"the number {value if written is None else written}"
    if isinstance(value, str):
        return f"the text {value if len(value) <= 40 else value[:37] + '...'}"
    return "a list" if isinstance(value, list | tuple) else "a mapping"


def _error(document: Document, keys: KeyPath, message: str, hint: str | None) -> SettingsError:
    return SettingsError(message, path=document.path, line=document.line(keys), hint=hint)
