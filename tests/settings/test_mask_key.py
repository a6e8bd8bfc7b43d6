"""The key for masking is found, or made for its owner's eyes alone, and never shown."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from devdb.errors import SettingsError
from devdb.settings import Settings
from devdb.settings.mask_key import mask_key

Load = Callable[..., Settings]
KEY = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4


@pytest.fixture(autouse=True)
def _no_key_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEVDB_MASK_KEY", raising=False)


def key_file(path: Path, text: str = KEY, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def no_note(text: str) -> None:
    pytest.fail(text)


def refused(settings: Settings) -> str:
    with pytest.raises(SettingsError) as failure:
        mask_key(settings, note=no_note)
    return str(failure.value)


def test_a_missing_key_is_made_once_and_said(load: Load, tmp_path: Path) -> None:
    settings = load("masking: {}")
    notes: list[str] = []
    key = mask_key(settings, note=notes.append)
    path = tmp_path / "devdb.mask_key"
    assert re.fullmatch("[0-9a-f]{64}", key.get_secret_value())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(notes) == 1
    assert str(path) in notes[0]
    assert key.get_secret_value() not in notes[0] + repr(key) + str(key)
    assert mask_key(settings, note=no_note) == key
    assert [file.name for file in tmp_path.iterdir() if "mask_key" in file.name] == ["devdb.mask_key"]


def test_runs_that_start_at_once_get_the_same_key(load: Load) -> None:
    settings = load("masking: {}")
    notes: list[str] = []
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: mask_key(settings, note=notes.append).get_secret_value(), range(32)))
    assert len(set(keys)) == len(notes) == 1


def test_without_a_file_of_settings_the_key_is_in_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mask_key(Settings(), note=[].append)
    assert Path("devdb.mask_key").exists()


def test_the_variable_goes_before_the_file_and_the_named_file_before_the_default(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file(tmp_path / "devdb.mask_key", "0" * 64)
    key_file(tmp_path / "mask.key", f"\n{KEY.upper()}\r\n")
    assert mask_key(load("masking: {}"), note=no_note).get_secret_value() == "0" * 64
    assert mask_key(load("masking: {key_file: mask.key}"), note=no_note).get_secret_value() == KEY
    monkeypatch.setenv("DEVDB_MASK_KEY", OTHER)
    assert mask_key(load("masking: {key_file: mask.key}"), note=no_note).get_secret_value() == OTHER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found nothing"),
        (KEY[:-1], "found 63"),
        (KEY + "00", "found 66"),
        ("hunter2" * 9 + "!", "found 64 characters, not all of them such digits"),
        (f"key={KEY}", "found 68 characters"),
    ],
)
def test_a_wrong_key_is_refused_and_not_repeated(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str
) -> None:
    settings = load("masking: {key_file: mask.key}")
    path = key_file(tmp_path / "mask.key", text)
    of_file = refused(settings)
    monkeypatch.setenv("DEVDB_MASK_KEY", text)
    of_variable = refused(settings)
    for message, place in ((of_file, str(path)), (of_variable, "DEVDB_MASK_KEY")):
        assert message.startswith(f"{place}: expected a key of 64 hexadecimal digits, {words}")
        assert "openssl rand -hex 32" in message
        assert not text or text not in message


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_key_that_others_can_read_is_refused(load: Load, tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path / "devdb.mask_key", mode=mode)
    message = refused(load("masking: {}"))
    assert f"others may read the key for masking (mode 0{mode:o})\nHint: chmod 600 {path}" in message


def test_a_named_file_that_is_not_there_is_not_made(load: Load, tmp_path: Path) -> None:
    message = refused(load("masking: {key_file: mask.key}"))
    assert "masking.key_file: there is no file" in message
    assert "openssl rand -hex 32" in message
    assert not (tmp_path / "mask.key").exists()


def test_where_no_key_can_be_made_the_variable_is_named(load: Load, tmp_path: Path) -> None:
    settings = load("masking: {}")
    settings._path = tmp_path / "gone" / "devdb.yaml"
    assert "cannot be made: No such file or directory\nHint: set DEVDB_MASK_KEY" in refused(settings)
