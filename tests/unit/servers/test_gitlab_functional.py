"""The GitLab test server is true: the tests that python-gitlab runs against a real GitLab pass against it."""

from importlib.metadata import version
from pathlib import Path

from tests.servers.gitlab import GitLab, serve
from tests.servers.gitlab.functional import VERSION, run
from tests.support.clocks import TickingClock


def test_the_tests_are_those_of_the_release_that_is_installed() -> None:
    assert version("python-gitlab") == VERSION


def test_what_python_gitlab_asks_of_a_real_gitlab_holds_here(tmp_path: Path) -> None:
    gitlab = GitLab(TickingClock(), login="root", token="glpat-root")
    gitlab.user("root").admin = True
    gitlab.licensed = True
    with serve(gitlab) as server:
        done = run(tmp_path, server, gitlab.base, "glpat-root")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "20 passed" in done.stdout, done.stdout[-500:]
