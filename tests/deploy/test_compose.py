"""docker-compose.yml as Compose itself understands it: what it needs, how tight its containers are, and what ties them."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sysconfig
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import plansync
from plansync.settings import load_settings
from plansync.settings.durations import parse_duration
from plansync.settings.tables import DaemonSettings, WebSettings

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config/deploy/compose"
COMPOSE = str(Path(sysconfig.get_path("scripts")) / "docker-compose")
GITHUB = {"PLANSYNC_GITHUB_TOKEN": "canary-token", "PLANSYNC_WEBHOOKS__GITHUB_SECRET": "canary-secret"}
GITLAB = {"PLANSYNC_GITLAB_TOKEN": "canary-token", "PLANSYNC_WEBHOOKS__GITLAB_TOKEN": "canary-secret"}
OURS = {"setup", "migrate", "daemon", "worker", "single"}

Service = dict[str, Any]


def compose(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Compose on the file with these variables, without the .env of whoever works here."""
    foreign = ("PLANSYNC_", "POSTGRES_", "COMPOSE_", "DOCKER_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
    which = ["--project-directory", str(ROOT), "--env-file", os.devnull, "--profile", "*"]
    command = [COMPOSE, *which, "config", *arguments]
    return subprocess.run(command, env=kept | variables, cwd=ROOT, capture_output=True, text=True, check=False)


@cache
def project() -> dict[str, Any]:
    """Return the whole file as Compose understands it, with the two variables that it needs."""
    done = compose(GITHUB, "--format", "json")
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def services() -> dict[str, Service]:
    """Return its services by name."""
    found: dict[str, Service] = project()["services"]
    assert found.keys() == OURS | {"postgres"}
    return found


@pytest.mark.parametrize("variables", [GITHUB, GITLAB], ids=["github", "gitlab"])
def test_a_token_and_a_webhook_secret_are_all_it_needs(variables: dict[str, str]) -> None:
    done = compose(variables, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("missing", [*GITHUB])
def test_without_one_of_them_it_says_which(missing: str) -> None:
    done = compose({name: text for name, text in GITHUB.items() if name != missing}, "--quiet")
    assert done.returncode == 1
    assert missing in done.stderr
    assert "into .env" in done.stderr


def test_the_example_of_the_env_file_asks_for_no_more_and_knows_all_that_the_file_reads() -> None:
    example = (FOLDER / ".env.example").read_text("utf-8")
    assert re.findall(r"^([A-Z_]+)=$", example, re.MULTILINE) == [*GITHUB]
    read = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)) == read


def test_the_defaults_in_the_example_are_those_of_the_file() -> None:
    example = re.findall(r"^#([A-Z_]+)=(\S+)", (FOLDER / ".env.example").read_text("utf-8"), re.MULTILINE)
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}$]+)\}", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert dict(example) == defaults


def test_the_env_file_is_seen_neither_by_git_nor_by_the_builder() -> None:
    assert "/.env" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines()[1] == "*"


@pytest.mark.parametrize("name", sorted(OURS | {"postgres"}))
def test_a_container_may_write_only_where_it_must_and_gains_no_rights(name: str) -> None:
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "pid", "ipc", "devices"} & service.keys()
    writable = {mount["target"] for mount in service["volumes"] if not mount.get("read_only")}
    assert writable == {
        "setup": {"/run/plansync/tokens", "/run/plansync/database"},
        "postgres": {"/var/lib/postgresql/data"},
    }.get(name, {"/plans", "/var/lib/plansync"})


def test_nothing_runs_as_root_but_what_lays_out_the_secrets_without_a_network() -> None:
    users = {name: service["user"] for name, service in services().items()}
    assert users == dict.fromkeys(OURS, "10001:0") | {"postgres": "999:999", "setup": "0:0"}
    assert services()["setup"]["network_mode"] == "none"


def test_secrets_go_to_the_one_service_that_puts_them_into_files() -> None:
    holders = {name for name, service in services().items() if "canary" in json.dumps(service)}
    assert holders == {"setup"}
    mounts = {
        name: {mount["source"] for mount in service["volumes"] if mount["type"] == "volume"}
        for name, service in services().items()
    }
    assert {name for name, sources in mounts.items() if "tokens" in sources} == OURS
    assert {name for name, sources in mounts.items() if "database" in sources} == OURS | {"postgres"}


def test_the_database_is_reached_by_no_one_outside() -> None:
    assert services()["postgres"]["networks"] == {"database": None}
    assert project()["networks"]["database"]["internal"] is True
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert ports.keys() == {"daemon", "single"}
    for (port,) in ports.values():
        assert (port["host_ip"], port["target"]) == ("127.0.0.1", WebSettings().port)


def test_the_database_is_migrated_before_anything_works_with_it() -> None:
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services().items()
    }
    done = "service_completed_successfully"
    assert waits == {
        "setup": {},
        "postgres": {"setup": done},
        "migrate": {"postgres": "service_healthy"},
        "daemon": {"setup": done, "migrate": done},
        "worker": {"setup": done, "migrate": done},
        "single": {"setup": done},
    }
    assert services()["migrate"]["command"] == ["db", "upgrade"]


def test_containers_have_longer_to_end_than_the_step_in_hand() -> None:
    for name in ("daemon", "worker", "single"):
        assert parse_duration(services()[name]["stop_grace_period"]) > DaemonSettings().grace


def test_every_server_has_a_health_check_and_nothing_else_is_asked_for_one() -> None:
    off = {name for name, service in services().items() if service.get("healthcheck", {}).get("disable")}
    assert off == {"setup", "migrate", "worker"}
    assert services()["postgres"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]


def test_images_have_versions() -> None:
    images = {name: service["image"] for name, service in services().items()}
    assert {images[name] for name in OURS} == {f"plansync:{plansync.__version__}"}
    assert re.fullmatch(r"postgres:\d+-\w+", images["postgres"])


def test_anything_can_be_scaled_that_is_said_to_be() -> None:
    worker = services()["worker"]
    assert not {"container_name", "ports", "hostname"} & worker.keys()


def lay_out(folder: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what the service setup runs, in ``folder``, with the variables that Compose gives to it."""
    given = services()["setup"]["environment"]
    for name in given:
        monkeypatch.setenv(name, variables.get(name, ""))
    monkeypatch.setenv("SETUP_FOLDER", str(folder))
    runpy.run_path(str(FOLDER / "setup.py"), run_name="__main__")


def test_the_daemon_finds_the_secrets_that_were_laid_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay_out(tmp_path, GITHUB, monkeypatch)
    assert "canary" not in capsys.readouterr().out
    environ = {
        name: text.replace("/run/plansync", str(tmp_path)) for name, text in services()["daemon"]["environment"].items()
    }
    settings = load_settings(config=FOLDER / "etc/plansync.toml", environ=environ)
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "canary-token"
    assert [secret.get_secret_value() for secret in settings.webhooks.github_secret] == ["canary-secret"]
    password = (tmp_path / "database/password").read_text("utf-8")
    assert len(password) >= 32
    url = settings.state.url.get_secret_value()
    assert url == f"postgresql+psycopg://plansync:{password}@postgres:5432/plansync"


def test_one_process_alone_keeps_its_state_in_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, GITHUB, monkeypatch)
    assert services()["single"]["environment"] == {"PLANSYNC_SECRETS_DIR": "/run/plansync/tokens"}
    environ = {"PLANSYNC_SECRETS_DIR": str(tmp_path / "tokens")}
    settings = load_settings(config=FOLDER / "etc/plansync.toml", environ=environ)
    assert settings.state.url.get_secret_value().startswith("sqlite:")


def test_secrets_that_were_taken_away_go_and_the_password_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, GITHUB, monkeypatch)
    before = (tmp_path / "database/password").read_bytes()
    lay_out(tmp_path, GITLAB, monkeypatch)
    assert {file.name for file in (tmp_path / "tokens").iterdir()} == {name.lower() for name in GITLAB}
    assert (tmp_path / "database/password").read_bytes() == before
    assert {file.stat().st_mode & 0o777 for file in tmp_path.rglob("*") if file.is_file()} == {0o444}
