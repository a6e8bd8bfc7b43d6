"""Dockerfile.postgres-oraclefdw and docker-compose.yml: their own tools accept them, and they hold no secret."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "Dockerfile.postgres-oraclefdw"
COMPOSE = ROOT / "docker-compose.yml"

# An instruction with the lines that continue it, comments left out.
INSTRUCTIONS = re.findall(
    r"^([A-Z]+) ((?:.*\\\n)*.*)$", re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE.read_text()), flags=re.MULTILINE
)
PROFILES = {"devdb", "nightly", "prod", "oracle", "migrate"}


def program(name: str) -> str:
    """A program of the test extra."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"{name} is not to be had here")
    return str(path)


def said(instruction: str) -> list[str]:
    return [text.replace("\\\n", " ") for name, text in INSTRUCTIONS if name == instruction]


def services() -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([program("hadolint"), DOCKERFILE.name], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_what_hadolint_is_told_to_ignore_is_explained() -> None:
    text = (ROOT / ".hadolint.yaml").read_text()
    ignored = yaml.safe_load(text)["ignored"]
    assert ignored == re.findall(r"(?m)^  # .*\n  - (DL\d+)$", text)


def test_images_that_it_is_made_from_are_pinned() -> None:
    defaults = dict(text.split("=", 1) for text in said("ARG") if "=" in text)
    stages, made_from = set(), []
    for text in said("FROM"):
        image, _, stage = text.partition(" AS ")
        if image not in stages:
            made_from.append(re.sub(r"\$\{(\w+)\}", lambda found: defaults[found[1]], image))
        stages.add(stage)
    assert made_from == ["postgres:18-trixie"]
    assert tuple(map(int, defaults["ORACLE_FDW_TAG"].split("_")[2:])) >= (2, 8, 0)
    assert len(said("FROM")) >= 4


def test_the_final_image_has_a_user_a_health_check_and_labels() -> None:
    last = INSTRUCTIONS[max(at for at, (name, _) in enumerate(INSTRUCTIONS) if name == "FROM") :]
    assert [text for name, text in last if name == "USER"] == ["999:999"]
    assert any(name == "HEALTHCHECK" for name, _ in last)
    assert any("org.opencontainers.image.licenses" in text for name, text in last if name == "LABEL")
    # Nothing that is only needed for building.
    assert not re.search(r"\b(gcc|make|postgresql-server-dev|/opt/sdk)\b", " ".join(text for _, text in last))


def test_no_secret_is_an_argument_or_a_variable() -> None:
    names = [re.split(r"[= ]", text)[0] for text in said("ARG") + said("ENV")]
    assert not [name for name in names if re.search(r"(?i)pass|secret|token|key", name)]


def test_what_is_copied_is_there_and_only_that_is_sent() -> None:
    sources = [word for text in said("COPY") if "--from" not in text for word in text.split()[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    sent = {line[1:] for line in ignore if line.startswith("!")}
    assert {source.rstrip("/") for source in sources} == sent
    assert "*" in ignore


def test_every_line_can_be_read_by_builders_without_buildkit() -> None:
    text = DOCKERFILE.read_text()
    assert not re.search(
        r"--mount=|--chmod=|--link\b|<<[A-Z]|^# *syntax=|TARGET(ARCH|PLATFORM)", text, flags=re.MULTILINE
    )


@pytest.mark.parametrize("profile", [*sorted(PROFILES), "*"])
def test_docker_compose_accepts_it(profile: str) -> None:
    done = subprocess.run(
        [program("docker-compose"), "--profile", profile, "config", "--format", "json"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    chosen = json.loads(done.stdout)["services"]
    assert set(chosen) == {name for name, one in services().items() if profile == "*" or profile in one["profiles"]}


def test_every_service_is_in_a_profile_and_every_profile_has_one() -> None:
    assert {profile for one in services().values() for profile in one["profiles"]} == PROFILES
    described = set(re.findall(r"(?m)^#   (\w+) ", COMPOSE.read_text()))
    assert described == PROFILES


def test_what_a_service_waits_for_is_there_healthy_and_in_its_profiles() -> None:
    for one in services().values():
        for name, how in one.get("depends_on", {}).items():
            other = services()[name]
            assert set(one["profiles"]) <= set(other["profiles"])
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in other


def test_every_image_is_pinned_and_every_server_has_a_health_check() -> None:
    for name, one in services().items():
        _, _, tag = one["image"].partition(":")
        assert tag, name
        assert "latest" not in tag
        assert one["restart"] in ("no", "unless-stopped")
        assert ("healthcheck" in one) == (one["restart"] == "unless-stopped"), name


def test_passwords_are_secrets_from_files_that_are_not_in_the_repository() -> None:
    document = yaml.safe_load(COMPOSE.read_text())
    ignored = (ROOT / ".gitignore").read_text()
    used = {secret for one in services().values() for secret in one.get("secrets", [])}
    assert used == set(document["secrets"])
    for name, secret in document["secrets"].items():
        assert secret == {"file": f"./container/secrets/{name}"}
    assert "container/secrets/*" in ignored
    assert [path.name for path in (ROOT / "container" / "secrets").iterdir() if path.name in ignored] == [".gitkeep"]
    for one in services().values():
        variables = one.get("environment", {})
        secret_ones = [name for name in variables if re.search(r"(?i)pass|secret|token", name)]
        assert all(name.endswith("_FILE") and variables[name].startswith("/run/secrets/") for name in secret_ones)


def test_ports_are_open_on_this_machine_alone_and_what_is_mounted_is_there() -> None:
    named = set(yaml.safe_load(COMPOSE.read_text())["volumes"])
    mounted = set()
    for one in services().values():
        assert all(port.startswith("127.0.0.1:${") for port in one.get("ports", []))
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), source
                assert volume.endswith(":ro")
            else:
                mounted.add(source)
    assert mounted == named


def test_migrations_are_named_as_flyway_wants_them() -> None:
    names = sorted(path.name for path in (ROOT / "data" / "migrations").iterdir())
    assert names
    assert all(re.fullmatch(r"V\d+__\w+\.sql", name) for name in names)
