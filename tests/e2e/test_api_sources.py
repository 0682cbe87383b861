"""The command line where plans and issues are in one repository, over the API alone; the token is in nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.e2e.test_canary import assert_nowhere
from tests.servers.github import GitHub
from tests.support.hosted_shell import PLAN, PROJECTS, HostedShell, Kind, hosted_shell
from tests.support.hosted_source_worlds import OnGitHub, OnGitLab, Repository
from tests.support.shell import Shell

A = "plans/a.md"


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, plansync: Shell, swift: None) -> Iterator[HostedShell]:
    del swift
    kind: Kind = request.param
    with hosted_shell(kind, plansync) as made:
        if isinstance(made.host, GitHub):
            made.host.accountant.off()
        place = f'kind = "{kind}", project = "{PROJECTS[kind]}", api_url = "{made.api_url}"'
        made.shell.write("plansync.toml", configuration(place))
        repository_of(made).put(A, PLAN.format("canal").encode())
        yield made


def configuration(place: str, more: str = "") -> str:
    return f'[[targets]]\nname = "web"\nsource = {{ {place}{more} }}\ntracker = {{ {place} }}\n'


def repository_of(site: HostedShell) -> Repository:
    return OnGitHub(site.host) if isinstance(site.host, GitHub) else OnGitLab(site.host)


def test_plans_are_linted_previewed_synced_and_examined_without_a_folder(site: HostedShell) -> None:
    repository = repository_of(site)
    assert f"{A}: 1 phase, 2 tasks" in site.shell("lint").stdout
    shown = site.shell("preview", code=0).stdout
    assert "Lay the first stone of canal" in shown
    assert site.server.writes == 0
    said = site.shell("once").stdout
    assert re.search(rb"Lay the first stone of canal \(\[#\d+\]", repository.read(A))
    assert repository.commits()[0].startswith(f"docs: sync {A} with the tracker")
    quiet = len(repository.commits())
    said += site.shell("once").stdout
    assert len(repository.commits()) == quiet
    checked = site.shell("doctor").stdout
    assert re.search(r"repository\s.*is at [0-9a-f]{10}", checked)
    assert_nowhere(site, shown + said + checked)


def test_what_waits_for_review_is_told_with_its_address_and_is_no_failure(site: HostedShell) -> None:
    text = (site.shell.folder / "plansync.toml").read_text("utf-8")
    site.shell.write("plansync.toml", text.replace(" }\ntracker", ', write = "request" }\ntracker'))
    done = site.shell("once")
    assert re.search(r"waits for review: http\S+/(pull|-/merge_requests)/\d+", done.stdout)
    assert len(repository_of(site).requests()) == 1
    assert_nowhere(site, done.stdout + done.stderr)
