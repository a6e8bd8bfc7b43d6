"""scripts/demo, its Python half: one command from nothing to a dev database, again, and away."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time

import pytest

from devdb.server import account

SCALE = "0.005"


@pytest.fixture
def environment(reachable_path):
    env = {key: os.environ[key] for key in ("PATH",)}
    # Variables of other work must not lead the demo to other servers.
    env.update(HOME=str(reachable_path), DEVDB_CACHE_DIR=str(reachable_path), PGHOST="192.0.2.1", PGDATABASE="nowhere")
    account.server_account().own(reachable_path, mode=0o755)
    yield env
    subprocess.run(argv("--stop"), env=env, check=True, capture_output=True)


def argv(*args):
    return [sys.executable, "-m", "devdb.cli.demo", *args]


def run(env, *args):
    return subprocess.run(argv(*args), env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def test_the_demo_runs_and_runs_again_and_goes(environment, reachable_path):
    first = run(environment, "--scale", SCALE)
    assert first.returncode == 0, first.stderr
    assert "loading the production database" in first.stderr
    assert (reachable_path / "devdb" / "demo" / "devdb.dump").stat().st_size > 10_000

    command = next(line for line in first.stdout.splitlines() if line.endswith(" devdb"))
    env = {"PATH": environment["PATH"], "HOME": environment["HOME"]}
    counted = subprocess.run(
        [*shlex.split(command), "-Atc", "SELECT count(*) > 0 FROM registry.well"],
        env=env,
        capture_output=True,
        text=True,
    )
    assert counted.stdout == "t\n", counted.stderr

    second = run(environment, "--scale", SCALE)
    assert second.returncode == 0, second.stderr
    assert "loading" not in second.stderr

    third = run(environment, "--scale", "0.006")
    assert third.returncode == 0, third.stderr
    assert "loading" in third.stderr

    assert run(environment, "--stop").returncode == 0
    assert not (reachable_path / "devdb").exists()


def test_interrupted_at_any_time_it_runs_again(environment):
    for after_s in (0.0, 0.4, 0.8, 1.2, 2.0):
        with subprocess.Popen(argv("--scale", SCALE), env=environment, stderr=subprocess.PIPE, text=True) as child:
            assert child.stderr is not None
            child.stderr.readline()
            time.sleep(after_s)
            child.send_signal(signal.SIGINT)
            _, said = child.communicate(timeout=60)
        assert child.returncode in (0, 130), said
    again = run(environment, "--scale", SCALE)
    assert again.returncode == 0, again.stderr


def test_two_at_once_are_one_too_many(environment):
    with subprocess.Popen(argv("--scale", SCALE), env=environment, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        child.stderr.readline()
        second = run(environment, "--scale", SCALE)
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
    assert second.returncode == 1
    assert "another demo is under way" in second.stderr
    assert child.returncode == 128 + signal.SIGTERM


def test_a_failing_build_is_a_failing_demo(environment):
    assert run(environment, "--scale", SCALE).returncode == 0
    folder = environment["DEVDB_CACHE_DIR"] + "/devdb/demo"
    with open(f"{folder}/devdb.yaml", "w") as settings:
        settings.write("no such key: 1\n")
    failed = run(environment, "--scale", SCALE)
    assert failed.returncode == 1
    assert "build-dev-db ended with status 1" in failed.stderr


@pytest.mark.parametrize("args", [["--scale", "0"], ["--scale", "many"], ["--nonsense"]])
def test_bad_usage(environment, args):
    assert run(environment, *args).returncode == 2
