"""The container's password: made once, in a file that nobody else may read, and as libpq's passfile."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from devdb.errors import SettingsError
from devdb.settings import Settings

FILE_NAME = "devdb.server_password"


def password_path(settings: Settings) -> Path:
    return (settings.beside / (settings.docker.password_file or FILE_NAME)).absolute()


def passfile(settings: Settings) -> Path:
    """Where `write_passfile` puts what libpq reads; it is there while the server is up."""
    path = password_path(settings)
    return path.with_name(f"{path.name}.pgpass")


def password(settings: Settings) -> str:
    """The password, from the file that the settings name, or from devdb.server_password, which is made when missing."""
    path = password_path(settings)
    try:
        with path.open(encoding="utf-8") as file:
            # A secret of Docker's lies in a closed directory and is readable itself: who may enter decides.
            if os.fstat(file.fileno()).st_mode & 0o077 and path.parent.stat().st_mode & 0o077:
                raise SettingsError("others may read the server's password", path=path, hint=f"chmod 600 {path}")
            text = file.readline().rstrip("\n")
    except FileNotFoundError:
        if settings.docker.password_file is not None:
            raise SettingsError(
                f"docker.password_file: there is no file {path}",
                path=settings.path,
                hint=f"(umask 077; openssl rand -hex 16 > {path}) makes one",
            ) from None
        text = secrets.token_urlsafe(24)
        _write(path, text + "\n")
    except (OSError, UnicodeError) as exc:
        raise SettingsError(f"the server's password cannot be read: {exc}", path=path) from exc
    if not text:
        raise SettingsError("the file holds no password", path=path)
    return text


def write_passfile(settings: Settings, *, host: str, user: str) -> Path:
    """Write the passfile for the server on `host`, and return its path."""
    escaped = password(settings).replace("\\", "\\\\").replace(":", "\\:")
    path = passfile(settings)
    _write(path, f"{host}:{settings.docker.port}:*:{user}:{escaped}\n")
    return path


def remove_passfile(settings: Settings) -> None:
    passfile(settings).unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), stat.S_IRUSR | stat.S_IWUSR)
                file.write(text)
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as exc:
        raise SettingsError(f"cannot be written: {exc.strerror}", path=path) from exc
