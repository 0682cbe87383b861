"""What stands in a private repository is not published in a public project, but where that is meant."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.servers.github import GitHub
from tests.servers.gitlab.service import GitLab
from tests.support.hosted_shell import PLAN, PROJECTS, HostedShell, Kind, hosted_shell
from tests.support.shell import Shell

PLANS = {"github": "acme/plans", "gitlab": "acme/platform/plans"}
SYNC = ("once", "--target", "web", "--any-branch")


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch, plansync: Shell) -> None:
    """Keep this machine's and user's Git configuration and checkouts out."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(plansync.folder.parent))


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, plansync: Shell) -> Iterator[HostedShell]:
    kind: Kind = request.param
    with hosted_shell(kind, plansync) as made:
        if isinstance(made.host, GitHub):
            made.host.accountant.off()
        yield made


def plans_in(site: HostedShell, repository: str) -> None:
    """Make the folder a checkout of ``repository``."""
    for words in (["init", "-q", "-b", "main"], ["remote", "add", "origin", f"{site.host.base}/{repository}.git"]):
        subprocess.run(["git", *words], cwd=site.shell.folder, check=True, capture_output=True)


def allow(site: HostedShell) -> None:
    text = site.shell.read("plansync.toml")
    site.shell.write("plansync.toml", text.replace('name = "web"', 'name = "web"\npublish_private = true'))


def private_plans(site: HostedShell) -> None:
    add_repository(site, PLANS[site.kind], private=True)
    plans_in(site, PLANS[site.kind])


def add_repository(site: HostedShell, name: str, *, private: bool) -> None:
    if isinstance(site.host, GitHub):
        site.host.add_repository(name, private=private)
    else:
        project = site.host.state.add_project(name)
        project.visibility = "private" if private else "public"


def make_public(site: HostedShell) -> None:
    if not isinstance(site.host, GitHub):
        site.host.project.visibility = "public"


def test_a_private_plan_is_not_published(site: HostedShell) -> None:
    make_public(site)
    private_plans(site)
    done = site.shell(*SYNC, code=1)
    assert (
        f"the plans in {PLANS[site.kind]} are private, and the issues of {PROJECTS[site.kind]} are public"
        in done.stderr
    )
    assert "nothing is published" in done.stderr
    assert "publish_private = true" in done.stderr
    assert site.server.writes == 0
    assert "/issues/" not in site.shell.read("web/plan.md")


def test_preview_and_doctor_say_so_and_show_the_rest(site: HostedShell) -> None:
    make_public(site)
    private_plans(site)
    shown = site.shell("preview", "web/plan.md", code=1)
    assert "`once` will publish nothing" in shown.stderr
    assert "Lay the first stone of web" in shown.stdout
    examined = site.shell("doctor", "--target", "web", code=1)
    assert "are private, and the issues of" in examined.stdout
    assert "publish_private = true" in examined.stdout
    assert site.server.writes == 0


def test_where_it_is_meant_it_is_published_and_told_at_first(site: HostedShell) -> None:
    make_public(site)
    private_plans(site)
    allow(site)
    assert "are private, and the issues of" in site.shell("preview", "web/plan.md").stdout
    site.shell(*SYNC)
    assert site.links("web/plan.md") == 2
    assert "are private, and the issues of" not in site.shell("preview", "web/plan.md").stdout
    assert "publish_private allows it" in site.shell("doctor", "--target", "web").stdout


def test_a_public_plan_is_published(site: HostedShell) -> None:
    make_public(site)
    add_repository(site, PLANS[site.kind], private=False)
    plans_in(site, PLANS[site.kind])
    assert "private" not in site.shell("preview", "web/plan.md").stdout
    site.shell(*SYNC)
    assert site.links("web/plan.md") == 2


def test_a_plan_in_the_trackers_own_repository_costs_no_request(site: HostedShell) -> None:
    make_public(site)
    site.shell("preview", "web/plan.md")
    outside = site.server.requests
    plans_in(site, PROJECTS[site.kind])
    site.shell("preview", "web/plan.md")
    assert site.server.requests == 2 * outside


def test_where_it_is_not_known_that_is_said_once(site: HostedShell) -> None:
    make_public(site)
    plans_in(site, "elsewhere.example.com/plans")
    subprocess.run(
        ["git", "remote", "set-url", "origin", "https://elsewhere.example.com/acme/plans"],
        cwd=site.shell.folder,
        check=True,
    )
    told = "whether the plans are private is not known"
    assert told in site.shell("preview", "web/plan.md").stdout
    assert told in site.shell("doctor", "--target", "web").stdout
    site.shell(*SYNC)
    assert told not in site.shell("preview", "web/plan.md").stdout


def test_it_is_asked_once_a_day(site: HostedShell) -> None:
    make_public(site)
    add_repository(site, PLANS[site.kind], private=False)
    plans_in(site, PLANS[site.kind])
    site.shell(*SYNC)
    sent = site.server.requests
    site.shell(*SYNC)
    quiet = site.server.requests - sent
    assert quiet <= 2

    with time_machine.travel(datetime.now(UTC) + timedelta(days=1, minutes=5)):
        if isinstance(site.host, GitHub):
            site.host.world.repository(PLANS["github"]).private = True  # type: ignore[union-attr]  # it is there
        else:
            for project in site.host.state.projects.values():
                if project.full_path == PLANS["gitlab"]:
                    project.visibility = "private"
        assert "nothing is published" in site.shell(*SYNC, code=1).stderr


def test_plans_read_over_the_api_of_another_host_are_asked_about_there(plansync: Shell) -> None:
    with hosted_shell("gitlab", Shell(plansync.folder / "lab")) as lab, hosted_shell("github", plansync) as hub:
        assert isinstance(hub.host, GitHub)
        assert isinstance(lab.host, GitLab)
        lab.host.commit({"plan.md": PLAN.format("far").encode()}, "main")
        source = f'kind = "gitlab", project = "{PROJECTS["gitlab"]}", api_url = "{lab.api_url}", include = ["*.md"]'
        text = hub.shell.read("plansync.toml")
        hub.shell.write("plansync.toml", text.replace('path = "web", include = ["*.md"]', source))
        shell = hub.shell.given(PLANSYNC_GITLAB_TOKEN=lab.shell.variables["PLANSYNC_TOKEN_WEB"])
        done = shell("once", "--target", "web", code=1)
        assert f"{PROJECTS['gitlab']} are private, and the issues of acme/web are public" in done.stderr
        assert hub.server.writes == 0
