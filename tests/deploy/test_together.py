"""The services of docker-compose.yml as processes: with a token and a secret they keep plans and issues in step."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plansync.bootstrap import SystemClock
from tests.deploy.test_compose import FOLDER, GITHUB, ROOT, lay_out, services
from tests.servers.github import GitHub, serve
from tests.support.shell import Shell

PLAN = "plans/saved-searches.md"
LONGEST_S = 60


@contextmanager
def started(shell: Shell, name: str) -> Iterator[None]:
    """Run a service until the block ends; it must end well when it is asked to."""
    process = shell.start(*services()[name]["command"])
    try:
        yield
    finally:
        process.terminate()
        told = "".join(process.communicate(timeout=LONGEST_S))
    assert process.returncode == 0, told


def wait_until(reached: Callable[[], bool]) -> None:
    """Look again and again until it is so."""
    last = time.monotonic() + LONGEST_S
    while not reached():
        assert time.monotonic() < last
        time.sleep(0.05)


def git(folder: Path, *words: str) -> str:
    """Run git in a folder and return what it says."""
    identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def pushed(folder: Path) -> Path:
    """Return a bare repository that holds the sample plan."""
    work, bare = folder / "work", folder / "web.git"
    shutil.copytree(ROOT / "examples/plans", work / "plans")
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "plans")
    git(work, "commit", "--quiet", "--message", "docs: a plan")
    git(folder, "clone", "--quiet", "--bare", str(work), str(bare))
    return bare


def test_from_an_env_file_to_plans_in_step(
    tmp_path: Path, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = pushed(tmp_path)
    github = GitHub(SystemClock())
    github.repository.permissions[github.login] = "write"
    lay_out(tmp_path / "run", {**GITHUB, "PLANSYNC_GITHUB_TOKEN": github.token}, monkeypatch)
    (tmp_path / "run/database/url").chmod(0o600)
    (tmp_path / "run/database/url").write_text(empty_postgres_url)
    variables = {
        name: text.replace("/run/plansync", str(tmp_path / "run"))
        for name, text in services()["daemon"]["environment"].items()
    }
    with serve(github) as server:
        assert server.url
        shell = Shell(
            tmp_path,
            {
                **variables,
                "PLANSYNC_TARGETS__WEB__TRACKER__API_URL": github.api,
                "PLANSYNC_TARGETS__WEB__SOURCE__URL": str(repository),
                "PLANSYNC_PACING__WRITE_INTERVAL": "0",
            },
        )
        shutil.copy(FOLDER / "etc/plansync.toml", tmp_path / "plansync.toml")
        shell.process(*services()["migrate"]["command"])
        with started(shell, "daemon"), started(shell, "worker"):
            wait_until(lambda: "issues/17" in git(repository, "show", f"main:{PLAN}"))
    assert len(github.repository.issues) == 17
