"""The key on which masked values depend: from the environment, a file, or made when there is none."""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from devdb.errors import SettingsError
from devdb.settings.settings import Settings

VARIABLE = "DEVDB_MASK_KEY"
FILE_NAME = "devdb.mask_key"

_BYTES = 32
_DIGITS = 2 * _BYTES
_REMEDY = "openssl rand -hex 32 prints such a key"
_MOST_READ = 4096  # more than a key needs; what is larger is something else


def mask_key(settings: Settings, *, note: Callable[[str], None]) -> SecretStr:
    """Return the key, 64 hexadecimal digits in lower case.

    DEVDB_MASK_KEY goes before the file that the settings name, and that before devdb.mask_key beside the settings. Only
    this last one is made when it is missing, and `note` is told. Raises SettingsError naming the variable or the file;
    no text ever holds the key.
    """
    if (said := os.environ.get(VARIABLE)) is not None:
        return _checked(said, VARIABLE)
    if (named := settings.masking.key_file) is not None:
        path = settings.beside / named
        if (key := _read(path)) is None:
            raise SettingsError(
                f"masking.key_file: there is no file {path}",
                path=settings.path,
                hint=f"(umask 077; openssl rand -hex 32 > {path}) makes one; or set {VARIABLE}",
            )
        return key
    path = settings.beside / FILE_NAME
    key = _read(path)
    if key is None and _make(path):
        note(f"{path}: made a key for masking; keep it, and out of version control: another key masks differently")
    return key or _read(path) or _make_failed(path, "it vanished")


def _read(path: Path) -> SecretStr | None:
    """Return the key that the file holds; None when there is no file."""
    try:
        with path.open("rb") as file:
            _check_mode(path, os.fstat(file.fileno()))
            content = file.read(_MOST_READ)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise SettingsError(f"the key for masking cannot be read: {exc.strerror}", path=path) from exc
    return _checked(content.decode("ascii", errors="replace").strip(), str(path))


def _check_mode(path: Path, status: os.stat_result) -> None:
    # As libpq has it for the keys of certificates: root may let a group read, others nobody.
    allowed = 0o740 if status.st_uid == 0 and os.geteuid() != 0 else 0o700
    if stat.S_ISREG(status.st_mode) and status.st_mode & 0o777 & ~allowed:
        mode = f"{status.st_mode & 0o777:04o}"
        raise SettingsError(f"others may read the key for masking (mode {mode})", path=path, hint=f"chmod 600 {path}")


def _checked(text: str, place: str) -> SecretStr:
    if re.fullmatch(rf"[0-9A-Fa-f]{{{_DIGITS}}}", text):
        return SecretStr(text.lower())
    if re.fullmatch(r"[0-9A-Fa-f]+", text):
        found = f"found {len(text)}"
    elif not text:
        found = "found nothing"
    else:
        found = f"found {len(text)} characters, not all of them such digits"
    raise SettingsError(f"{place}: expected a key of {_DIGITS} hexadecimal digits, {found}", hint=_REMEDY)


def _make(path: Path) -> bool:
    """Make the file, complete and for nobody else to read; False when it is there already."""
    try:
        # It gets its name when it is complete, so that another run finds no key or a whole one.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f"{path.name}.") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
            os.link(file.name, path)
    except FileExistsError:
        return False
    except OSError as exc:
        _make_failed(path, str(exc.strerror))
    return True


def _make_failed(path: Path, reason: str) -> SecretStr:
    raise SettingsError(f"a key for masking cannot be made: {reason}", path=path, hint=f"set {VARIABLE}")
