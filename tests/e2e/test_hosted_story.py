"""The command line as a process against each server: the example plan synced, people's work reflected, quiet runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.github import GitHub
from tests.support.hosted_shell import CANARY, WEB, HostedShell, Kind, hosted_shell
from tests.support.people import People
from tests.support.shell import Shell

EXAMPLE = Path(__file__).parents[2] / "examples/plans/saved-searches.md"
FIRST = "Create the `saved_search` table"


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest, plansync: Shell) -> Iterator[HostedShell]:
    kind: Kind = request.param
    with hosted_shell(kind, plansync) as made:
        made.shell.write(WEB, EXAMPLE.read_text("utf-8"))
        yield made


def people_of(site: HostedShell) -> People:
    return site.host.people("ann")


def line_with(site: HostedShell, words: str) -> str:
    return next(line for line in site.shell.read(WEB).splitlines() if words in line)


def test_the_example_is_synced_and_what_people_do_comes_back(site: HostedShell) -> None:
    if isinstance(site.host, GitHub):
        site.host.accountant.off()
    site.shell.process("once", "--target", "web")
    linked = line_with(site, FIRST)
    assert "- [ ] " in linked
    assert linked.endswith("/issues/1))")

    people_of(site).close(1)
    site.shell.process("once", "--target", "web")
    assert line_with(site, FIRST) == linked.replace("[ ]", "[x]")
    assert "**Status:** In Progress" in site.shell.read(WEB)

    before, text = site.server.writes, site.shell.read(WEB)
    quiet = site.shell.process("once", "--target", "web")
    assert "in step" in quiet.stdout
    assert (site.server.writes, site.shell.read(WEB)) == (before, text)


def test_a_preview_sends_no_write_and_makes_no_file(site: HostedShell) -> None:
    files = sorted(path for path in site.shell.folder.rglob("*") if path.is_file())
    shown = site.shell.process("preview", WEB, "--exit-code", code=3)
    assert FIRST in shown.stdout
    assert site.server.writes == 0
    assert sorted(path for path in site.shell.folder.rglob("*") if path.is_file()) == files


def test_without_a_store_nothing_is_made_again(site: HostedShell) -> None:
    if isinstance(site.host, GitHub):
        site.host.accountant.off()
    site.shell.process("once", "--target", "web")
    writes = site.server.writes
    for file in (site.shell.folder / ".plansync").glob("state.db*"):
        file.unlink()
    site.shell.process("once", "--target", "web")
    assert site.server.writes == writes


def test_the_token_is_in_nothing_that_stays(site: HostedShell) -> None:
    done = site.shell.process("once", "--target", "web", "--verbose", "--log-format", "json")
    said = done.stdout + done.stderr
    kept = b"".join(path.read_bytes() for path in site.shell.folder.rglob("*") if path.is_file())
    assert CANARY[site.kind] not in said
    assert CANARY[site.kind].encode() not in kept
