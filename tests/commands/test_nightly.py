"""What cron runs: the right action, one at a time, silent when all is well, told when it is not, and never a secret."""

from __future__ import annotations

import configparser
import fcntl
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import documents
import pytest
import yaml
from killing import at_work
from workbench import SLOW, Run, Start

from devdb.errors import CheckFailed
from devdb.nightly import dumps, log, status
from devdb.nightly.places import Places
from devdb.settings import Settings

FACTS = "nightly:\n  on_success: env | sort > told\n  on_failure: env | sort > told\n"
PAGE = documents.DOCS / "nightly.md"


def read(directory: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((directory / "nightly.json").read_text())
    return found


def told(directory: Path) -> dict[str, str]:
    """The variables that the command for the end was given."""
    lines = (directory / "told").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line.startswith(("DEVDB_", "PG")))


@pytest.mark.usefixtures("shop")
def test_nights_follow_each_other(run: Run, tell: Callable[..., None], tmp_path: Path) -> None:
    settings = f"{FACTS}  keep_dumps: 2\n  log_size: 1kB\n  log_files: 1\n"
    commands, stamps = [], []
    for night in range(3):
        if night == 1:
            tell("proddb", "ALTER TABLE orders ADD due date")
        done = run("devdb", "nightly", settings=settings, env={"DEVDB_MASK_KEY": "ab" * 32})
        # Whatever is printed, cron mails.
        assert (done.stdout, done.stderr) == ("", "")
        now = read(tmp_path)
        commands.append(now["command"])
        stamps.append(sorted(path.name for path in (tmp_path / "dumps").iterdir()))
        assert (now["state"], now["exit_status"], now["rows"], now["failures"]) == ("ok", 0, 250, 0)
        assert now["last_success"] == now["finished"]
    assert commands == ["build-dev-db", "update-dev-db-schema", "update-dev-db-data"]
    assert [len(names) for names in stamps] == [2, 4, 4]
    assert not set(stamps[0]) & set(stamps[2])
    newest = tmp_path / "dumps" / stamps[2][2]
    assert re.fullmatch(r"devdb-\d{4}-\d\d-\d\dT\d{6}Z\.dump", newest.name)
    assert os.path.samefile(newest, tmp_path / "devdb.dump")
    facts = told(tmp_path)
    assert facts["DEVDB_STATE"] == "ok"
    assert (facts["DEVDB_ROWS"], facts["DEVDB_COMMAND"]) == ("250", "update-dev-db-data")
    assert facts["DEVDB_STATUS_FILE"] == str(tmp_path / "nightly.json")
    assert "DEVDB_MASK_KEY" not in facts
    logs = {path.name for path in tmp_path.glob("nightly.log*")}
    assert logs == {"nightly.log", "nightly.log.1"}
    text = (tmp_path / "nightly.log.1").read_text() + (tmp_path / "nightly.log").read_text()
    assert "schema: column public.orders.due added (date)" in text
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ok after [\d.]+ s: 250 rows$", text, flags=re.MULTILINE)
    assert stat.S_IMODE((tmp_path / "nightly.log").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "nightly.json").stat().st_mode) == 0o644
    # Neither is what a run left there any trouble to the next command.
    assert "250 rows" in run("devdb", "nightly", "--check").stdout
    assert "the last success is" in run("devdb", "nightly", "--check", "--max-age", "0s", status=1).stderr


@pytest.mark.usefixtures("dev_db")
def test_a_failure_is_told_once_and_keeps_the_last_success(run: Run, tell: Callable[..., None], tmp_path: Path) -> None:
    before = {"state": "ok", "command": "build-dev-db", "started": "2020-01-01T00:00:00+00:00", "failures": 1}
    before |= {"last_success": "2020-01-01T00:00:09+00:00", "last_success_rows": 7, "last_success_seconds": 9.0}
    (tmp_path / "nightly.json").write_text(json.dumps(before))
    # A message may hold what the server was sent: here a name that is a secret as well.
    tell("proddb", "CREATE VIEW s3cret_pass AS SELECT 1", "ALTER TABLE orders ADD CHECK (note <> 'order 7') NOT VALID")
    settings = FACTS + "sampling: {tables: {public.orders: {where: \"'s3cret_pass' = note::int::text\"}}}\n"
    done = run("devdb", "nightly", settings=settings, env={"PGPASSWORD": "s3cret_pass"}, status=3)
    assert done.stdout == ""
    first, *others = done.stderr.splitlines()
    assert first.startswith("Error: update-dev-db-schema: devdb.yaml:4: ")
    assert others == [f"Hint: see {tmp_path}/nightly.log"]
    now = read(tmp_path)
    assert (now["state"], now["exit_status"], now["failures"], now["rows"]) == ("failed", 3, 2, None)
    assert (now["last_success"], now["last_success_rows"]) == ("2020-01-01T00:00:09+00:00", 7)
    assert now["age_seconds"] > 1e8
    facts = told(tmp_path)
    assert (facts["DEVDB_STATE"], facts["DEVDB_EXIT_STATUS"]) == ("failed", "3")
    assert facts["DEVDB_MESSAGE"] == now["message"]
    assert "PGPASSWORD" not in facts
    for path in tmp_path.iterdir():
        if path.is_file() and path.name not in ("devdb.yaml", "schema.sql"):
            assert b"s3cret_pass" not in path.read_bytes(), path
    assert "devdb: " in run("devdb", "nightly", "--check", status=1).stderr


@pytest.mark.usefixtures("dev_db")
def test_a_command_that_fails_is_told_and_hides_nothing(run: Run, tmp_path: Path) -> None:
    done = run("devdb", "nightly", "--no-dump", settings="nightly: {on_success: echo said; exit 4}")
    assert (done.stdout, done.stderr) == ("", "warning: nightly.on_success ended with status 4\n")
    assert read(tmp_path)["state"] == "ok"
    assert "\nsaid\n" in (tmp_path / "nightly.log").read_text()
    settings = "nightly: {on_failure: exit 5}\nsource: {dbname: nowhere}"
    done = run("devdb", "nightly", settings=settings, status=2)
    assert done.stderr.splitlines()[1:] == [
        "nightly.on_failure ended with status 5", f"Hint: see {tmp_path}/nightly.log"
    ]  # fmt: skip


def test_a_killed_run_is_in_nobody_s_way(
    start: Start, run: Run, dev_db: str, ask: Callable[..., Any], databases: Callable[[], set[str]], tmp_path: Path
) -> None:
    # Slow enough for a second run to come, and be sent away, on a busy machine.
    process = start("devdb", "nightly", "--no-dump", settings=SLOW.replace("0.06", "0.6"))
    at_work(ask)
    assert read(tmp_path)["state"] == "running"
    busy = run("devdb", "nightly", status=1).stderr
    assert busy.startswith(f"Error: another nightly run is at work: process {process.pid}, since ")
    assert read(tmp_path)["pid"] == process.pid
    process.kill()
    process.wait()
    assert read(tmp_path)["state"] == "running"
    assert "there was no success yet; a run is at work since" in run("devdb", "nightly", "--check", status=1).stderr
    run("devdb", "nightly", "--no-dump", settings="")
    assert (read(tmp_path)["state"], read(tmp_path)["command"]) == ("ok", "update-dev-db-data")
    assert " was interrupted" in (tmp_path / "nightly.log").read_text()
    assert ask(dev_db, "SELECT count(*) FROM orders") == 200
    assert databases() & {"devdb__next", "devdb__old"} == set()


@pytest.mark.usefixtures("dev_db")
def test_a_run_that_is_ended_says_so(start: Start, ask: Callable[..., Any], tmp_path: Path) -> None:
    process = start("devdb", "nightly", settings=SLOW + FACTS)
    at_work(ask)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143
    assert (read(tmp_path)["state"], read(tmp_path)["exit_status"]) == ("failed", 143)
    assert told(tmp_path)["DEVDB_MESSAGE"] == "interrupted"


def test_a_held_lock_is_respected_and_a_left_one_is_not(tmp_path: Path, run: Run) -> None:
    places = Places.of(Settings.load(_file(tmp_path, "nightly: {status: state/of.json}")))
    assert (places.status, places.log) == (tmp_path / "state" / "of.json", tmp_path / "nightly.log")
    places.lock.parent.mkdir()
    places.lock.write_text("process 1, since long ago\n")
    with places.lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "process 1, since long ago" in run("devdb", "nightly", status=1).stderr
        assert not places.status.exists()
    run("devdb", "nightly", "--prod-db", "nowhere", status=2)
    assert json.loads(places.status.read_text())["state"] == "failed"


@pytest.mark.usefixtures("dev_db")
def test_the_script_needs_no_environment(tmp_path: Path, server_env: dict[str, str]) -> None:
    root = _checkout(tmp_path / "checkout")
    address = f"{{host: {server_env['PGHOST']}, port: {server_env['PGPORT']}}}"
    _file(tmp_path, f"source: {address}\ntarget: {address}\n")
    link = tmp_path / "nightly"
    link.symlink_to(root / "scripts" / "nightly-dev-db")
    argv = ["env", "-i", "PATH=/usr/bin:/bin", str(link), "-c", str(tmp_path / "devdb.yaml")]
    done = subprocess.run(argv, cwd="/", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert read(tmp_path)["command"] == "update-dev-db-data"
    assert len(list((tmp_path / "dumps").iterdir())) == 2
    done = subprocess.run(["env", "-i", *argv[3:], "--help"], cwd="/", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "--max-age" in done.stdout


def _file(directory: Path, settings: str) -> Path:
    path = directory / "devdb.yaml"
    path.write_text(settings)
    return path


def _checkout(root: Path) -> Path:
    """A checkout whose environment is there already: with what is installed here, nothing being downloaded."""
    (root / "devdb").mkdir(parents=True)
    for name in ("pyproject.toml", "setup.cfg", "devdb/__init__.py"):
        shutil.copy(documents.ROOT / name, root / name)
    shutil.copytree(documents.ROOT / "scripts", root / "scripts")
    programs = root / ".venv" / "bin"
    programs.mkdir(parents=True)
    (root / ".venv" / "pyvenv.cfg").touch()
    for name in ("python", "devdb"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {Path(sys.executable).with_name(name)} "$@"\n')
        program.chmod(0o755)
    sums = subprocess.run(
        "cat pyproject.toml setup.cfg devdb/__init__.py | cksum", shell=True, cwd=root, capture_output=True, text=True
    )
    (root / ".venv" / ".devdb-installed").write_text(f"{root.resolve()} {sums.stdout.strip()}\n")
    (root / ".venv" / ".devdb-root").write_text(f"{root.resolve()}\n")
    return root


def test_dumps_on_another_disk_are_copied_and_old_ones_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_args: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_link)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / ".dated.left").touch()
    (kept / "devdb-of-last-year.dump").touch()
    files = [tmp_path / "devdb.dump", tmp_path / "devdb.sql.gz"]
    first = datetime(2024, 2, 28, 23, 59, 58, tzinfo=timezone.utc)
    for night in range(4):
        for file in files:
            file.write_text(f"night {night}")
        made = dumps.keep(files, kept, at=first + timedelta(days=night), count=2)
        assert [path.read_text() for path in made] == [f"night {night}"] * 2
    assert sorted(path.name for path in kept.iterdir()) == [
        "devdb-2024-03-01T235958Z.dump",
        "devdb-2024-03-01T235958Z.sql.gz",
        "devdb-2024-03-02T235958Z.dump",
        "devdb-2024-03-02T235958Z.sql.gz",
        "devdb-of-last-year.dump",
    ]
    assert dumps.keep(files, kept, at=first, count=0) == []
    assert [path.name for path in kept.iterdir()] == ["devdb-of-last-year.dump"]


def test_a_log_is_rotated_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "nightly.log"
    log.rotate(path, size_bytes=1, files=2)
    for night in range(4):
        path.write_text(f"night {night}")
        log.rotate(path, size_bytes=8 if night == 1 else 3, files=2)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "nightly.log.1": "night 3",
        "nightly.log.2": "night 2",
    }


@pytest.mark.parametrize("text", ["", "{", "[]", '{"state": "ok"}', '{"state": "ok", "last_success": "soon"}'])
def test_a_status_that_is_none_is_as_good_as_no_status(tmp_path: Path, text: str) -> None:
    path = tmp_path / "nightly.json"
    with pytest.raises(CheckFailed, match="no nightly run has left a status"):
        status.check(path, max_age_s=60)
    path.write_text(text)
    assert status.read(path) is None


def test_the_page_lists_every_field_of_the_status() -> None:
    named = documents.inline_code(documents.text(PAGE))
    assert [name for name in status.Status.__dataclass_fields__ if name not in named] == []


def test_what_the_page_has_one_copy_is_well_formed() -> None:
    units = configparser.ConfigParser(interpolation=None)
    for block in documents.blocks(PAGE, "ini"):
        units.read_string(block)
    assert units["Service"]["Type"] == "oneshot"
    assert "nightly" in units["Service"]["ExecStart"]
    assert units["Timer"]["Persistent"] == "true"
    (job,) = (list(yaml.safe_load_all(block)) for block in documents.blocks(PAGE, "yml"))
    kinds = {each["kind"]: each for each in job}
    assert kinds["CronJob"]["spec"]["concurrencyPolicy"] == "Forbid"
    (container,) = kinds["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert container["command"][:2] == ["devdb", "nightly"]
    (line,) = (block for block in documents.blocks(PAGE, "crontab") if "nightly-dev-db" in block)
    assert re.search(r"^\d+ \d+ \* \* \* +/\S+/scripts/nightly-dev-db -c /\S+/devdb\.yaml$", line, flags=re.MULTILINE)
