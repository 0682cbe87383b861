"""Issues lead to their plan: which address a folder's remote has, and that no checkout changes it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from plansync.bootstrap.pages import plans_at
from plansync.settings import load_settings
from tests.support.hosted_shell import PLAN, PROJECTS, HostedShell, Kind, hosted_shell
from tests.support.shell import Shell

IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
LOCAL = '[[targets]]\nname = "web"\nsource = { path = "plans" }\n'
GITHUB = LOCAL + 'tracker = { kind = "github", project = "acme/web" }\n'
ENTERPRISE = (
    LOCAL + 'tracker = { kind = "github", project = "acme/web", api_url = "https://git.example.com:8443/api/v3" }\n'
)
GITLAB = LOCAL + 'tracker = { kind = "gitlab", project = "acme/web", api_url = "https://git.example.com/lab" }\n'


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep this machine's and user's Git configuration and checkouts out."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=True, capture_output=True)


def begins(folder: Path, url: str, text: str = LOCAL, **others: str) -> str:
    """Return what addresses begin with in a checkout of ``url``; ``others`` are further remotes by name."""
    (folder / "plans").mkdir()
    git(folder, "init", "-b", "main")
    for name, address in {"origin": url, **others}.items():
        git(folder, "remote", "add", name, address)
    file = folder / "plansync.toml"
    file.write_text(text, "utf-8")
    settings = load_settings(config=file, environ={})
    return plans_at(settings, settings.targets[0])


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/web",
        "https://github.com/acme/web.git/",
        "https://x-access-token:secret@github.com/acme/web.git",
        "git@github.com:acme/web.git",
        "ssh://git@github.com/acme/web.git",
        "ssh://git@ssh.github.com:443/acme/web.git",
    ],
)
def test_however_a_remote_is_reached_its_address_is_one(tmp_path: Path, url: str) -> None:
    assert begins(tmp_path, url) == "https://github.com/acme/web/blob/HEAD/plans/"


def test_gitlabs_addresses_are_its_own(tmp_path: Path) -> None:
    assert begins(tmp_path, "git@gitlab.com:acme/a/web.git") == "https://gitlab.com/acme/a/web/-/blob/HEAD/plans/"


@pytest.mark.parametrize(
    ("text", "url", "wanted"),
    [
        (GITLAB, "https://git.example.com/lab/acme/web.git", "https://git.example.com/lab/acme/web/-/blob/HEAD/plans/"),
        (GITLAB, "git@git.example.com:acme/web.git", "https://git.example.com/lab/acme/web/-/blob/HEAD/plans/"),
        (GITLAB, "https://git.example.com/laboratory/acme/web.git", ""),
        (GITLAB, "https://git.example.com/lab", ""),
        (ENTERPRISE, "https://git.example.com:8443/acme/web", "https://git.example.com:8443/acme/web/blob/HEAD/plans/"),
        (ENTERPRISE, "ssh://git@git.example.com:22/a/b", "https://git.example.com:8443/a/b/blob/HEAD/plans/"),
        (ENTERPRISE, "https://git.example.com/acme/web", ""),
    ],
)
def test_servers_of_ones_own_are_known_by_their_tracker(tmp_path: Path, text: str, url: str, wanted: str) -> None:
    assert begins(tmp_path, url, text) == wanted


@pytest.mark.parametrize(
    "url", ["https://code.example.org/acme/web", "/srv/git/web.git", "file:///srv/git/web.git", "https://[::1", "x"]
)
def test_where_the_host_is_not_known_there_is_no_link(tmp_path: Path, url: str) -> None:
    assert begins(tmp_path, url, GITHUB) == ""


def test_a_clone_of_a_fork_leads_to_the_project_itself(tmp_path: Path) -> None:
    address = begins(tmp_path, "git@github.com:ann/web.git", GITHUB, upstream="https://github.com/Acme/web")
    assert address == "https://github.com/Acme/web/blob/HEAD/plans/"


def test_else_the_first_remote_counts(tmp_path: Path) -> None:
    address = begins(tmp_path, "git@github.com:acme/plans.git", GITHUB, other="https://github.com/ann/plans")
    assert address == "https://github.com/acme/plans/blob/HEAD/plans/"


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('kind = "git", url = "https://github.com/acme/plans.git"', "https://github.com/acme/plans/blob/HEAD/"),
        ('kind = "git", url = "git@github.com:a/b.git", branch = "x/y"', "https://github.com/a/b/blob/x/y/"),
        ('kind = "git", url = "/srv/plans.git"', ""),
        ('kind = "github", project = "acme/plans"', "https://github.com/acme/plans/blob/HEAD/"),
        ('kind = "gitlab", project = "acme/plans"', "https://gitlab.com/acme/plans/-/blob/HEAD/"),
    ],
)
def test_plans_that_are_far_away_have_addresses_too(tmp_path: Path, source: str, wanted: str) -> None:
    file = tmp_path / "plansync.toml"
    file.write_text(f'[[targets]]\nname = "web"\nsource = {{ {source} }}\n', "utf-8")
    settings = load_settings(config=file, environ={})
    assert plans_at(settings, settings.targets[0]) == wanted


def test_a_folder_outside_git_has_no_address(tmp_path: Path) -> None:
    file = tmp_path / "plansync.toml"
    file.write_text(GITHUB, "utf-8")
    settings = load_settings(config=file, environ={})
    assert plans_at(settings, settings.targets[0]) == ""


# ---------------------------------------------------------------------------------------------- as seen in the issues


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HostedShell]:
    kind: Kind = request.param
    with hosted_shell(kind, Shell(tmp_path)) as made:
        yield made


def checked_out(site: HostedShell, folder: Path, *, detached: bool = False, url: str = "") -> Shell:
    """Return the command line in another checkout of the same commit."""
    git(site.shell.folder, "clone", "-q", str(site.shell.folder), str(folder))
    git(folder, "remote", "set-url", "origin", url or f"{site.host.base}/{PROJECTS[site.kind]}.git")
    if detached:
        git(folder, "checkout", "-q", "--detach")
    (folder / "plansync.toml").write_text(site.shell.read("plansync.toml"), "utf-8")
    return Shell(folder, site.shell.variables)


def body(site: HostedShell) -> str:
    """Return the text of the first issue."""
    issue = site.host.people("ann").issue(1)
    return str(getattr(issue, "body", None) or getattr(issue, "description", ""))


def test_an_upgrade_updates_once_and_no_checkout_changes_it_again(site: HostedShell, tmp_path: Path) -> None:
    shell, sync = site.shell, ["once", "--target", "web", "--any-branch"]
    shell(*sync)  # outside Git: no link
    assert "- **Plan:** `plan.md#phase-1-build`" in body(site)
    git(shell.folder, "init", "-q", "-b", "trunk")
    git(shell.folder, "add", "web")
    git(shell.folder, "commit", "-q", "-m", "plans")
    git(shell.folder, "remote", "add", "origin", f"{site.host.base}/{PROJECTS[site.kind]}.git")
    shell(*sync)
    blobs = f"{site.host.base}/{PROJECTS[site.kind]}/{'-/' if site.kind == 'gitlab' else ''}blob/HEAD"
    assert f"- **Plan:** [`plan.md#phase-1-build`]({blobs}/web/plan.md#phase-1-build)" in body(site)

    writes = site.server.writes
    shell(*sync)
    for name, detached in (("home", False), ("ci", True)):
        checked_out(site, tmp_path / name, detached=detached)(*sync)
    assert site.server.writes == writes


def test_what_is_not_committed_yet_is_read_and_stays_uncommitted(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.write("plans/a.md", PLAN.format("a"))
    shell.write("plans/b.md", PLAN.format("b"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "plans/a.md")
    git(tmp_path, "commit", "-q", "-m", "a plan")
    staged = PLAN.format("a").replace("first", "very first")
    shell.write("plans/a.md", staged)
    git(tmp_path, "add", "plans/a.md")
    dirty = staged.replace("**Status:** Draft", "**Status:** Draft\n\nA note that nobody has saved anywhere else.")
    shell.write("plans/a.md", dirty)

    before = [_said(tmp_path, *words) for words in (("rev-parse", "HEAD"), ("ls-files", "--stage"), ("stash", "list"))]
    shell("once")
    after = [_said(tmp_path, *words) for words in (("rev-parse", "HEAD"), ("ls-files", "--stage"), ("stash", "list"))]
    assert after == before  # neither a commit nor the index
    written = shell.read("plans/a.md")
    assert re.sub(r" \(\[#\d+\]\([^)]*\)\)|- \*\*Milestone:\*\*.*\n", "", written).replace("Planned", "Draft") == dirty
    assert "Lay the very first stone of a ([#" in written
    assert "/issues/" in shell.read("plans/b.md")


def _said(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return done.stdout
