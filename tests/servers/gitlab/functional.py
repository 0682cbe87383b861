"""python-gitlab's own functional tests, made for a real GitLab, run against this one.

They come in the sdist of the release that is installed. pip fetches it, pinned to a digest, when a test first wants it;
it is kept beside the environment and never copied into this tree. ``PLANSYNC_TESTS_CACHE`` names another place.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tests.servers.wire import TestServer

VERSION = "8.6.0"
SHA256 = "d1602164fb58ab280ceef460faf015cec6e7d83bb2d9cbae44ba448adb5568ef"

SELECTED = (
    "test_issues.py",
    "test_groups.py::test_group_hooks",
    "test_groups.py::test_group_labels",
    "test_groups.py::test_group_milestones",
    "test_projects.py::test_project_groups_list",
    "test_projects.py::test_project_head",
    "test_projects.py::test_project_hooks",
    "test_projects.py::test_project_label_promotion",
    "test_projects.py::test_project_labels",
    "test_projects.py::test_project_members",
    "test_projects.py::test_project_milestone_promotion",
    "test_projects.py::test_project_milestones",
    "test_projects.py::test_projects_head",
)
"""All tests about issues, milestones, labels, notes and hooks. None of them is left out."""

_CONFTEST = '''
"""Stands in for the container: the server is there already."""

import os

import gitlab
import pytest


@pytest.fixture(scope="session")
def gitlab_url():
    return os.environ["PLANSYNC_TEST_URL"]


@pytest.fixture(scope="session")
def gitlab_token():
    return os.environ["PLANSYNC_TEST_TOKEN"]


@pytest.fixture(scope="session")
def gl(gitlab_url, gitlab_token):
    found = gitlab.Gitlab(gitlab_url, private_token=gitlab_token, timeout=20)
    found.auth()
    return found
'''


class Unavailable(RuntimeError):
    """The sdist is not in the cache and could not be fetched."""


def run(folder: Path, server: TestServer, base: str, token: str) -> subprocess.CompletedProcess[str]:
    """Run the selected tests from ``folder`` against ``server`` and return what pytest said."""
    root = _unpacked(folder)
    package = root / "tests" / "functional"
    (package / "api" / "conftest.py").write_text(_CONFTEST)
    (package / "fixtures" / "docker.py").write_text("")
    wanted = [f"tests/functional/api/{name}" for name in SELECTED]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:cov", "-p", "no:xdist"]
    known = {"PLANSYNC_TEST_URL": base, "PLANSYNC_TEST_TOKEN": token, "NO_PROXY": "127.0.0.1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_", "COVERAGE_"))}
    return subprocess.run(
        [*command, "--import-mode=importlib", *wanted],
        cwd=root,
        env={**kept, **known, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _unpacked(folder: Path) -> Path:
    with tarfile.open(sdist()) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"python_gitlab-{VERSION}"


def sdist() -> Path:
    """Return the sdist, out of the cache or fetched; other test processes wait meanwhile."""
    named = os.environ.get("PLANSYNC_TESTS_CACHE")
    cache = Path(named) if named else Path(sys.prefix) / "share" / "plansync-tests"
    cache.mkdir(parents=True, exist_ok=True)
    kept = cache / f"python_gitlab-{VERSION}.tar.gz"
    with (cache / "python-gitlab.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _fetch(kept)
    return kept


def _fetch(kept: Path) -> None:
    """Have pip fetch the sdist. pip checks the digest first, and then asks its build back end for its metadata."""
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        pins = Path(folder) / "pins.txt"
        pins.write_text(f"python-gitlab=={VERSION} --hash=sha256:{SHA256}\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        options = ["--require-hashes", "--no-binary", "python-gitlab", "--dest", folder, "-r", str(pins)]
        try:
            subprocess.run([*command, *options], check=True, capture_output=True, text=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as error:
            said = str(getattr(error, "stderr", None) or "")
            raise Unavailable(f"pip could not fetch python-gitlab {VERSION}: {error} {said[-500:]}") from error
        (archive,) = Path(folder).glob("*.tar.gz")
        archive.replace(kept)
