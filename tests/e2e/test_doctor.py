"""``plansync doctor`` on the test servers and on the embedded tracker: its lines, its codes, and that it writes nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.servers.github import GitHub
from tests.support.folder import snapshot
from tests.support.hosted_shell import CANARY, WEB, HostedShell, Kind, hosted_shell
from tests.support.shell import Shell

LINE = re.compile(r"(web  |notes)  [✓!✗?] (\w+) +\S.*")
KINDS: tuple[Kind, ...] = ("github", "gitlab")


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, plansync: Shell) -> Iterator[HostedShell]:
    with hosted_shell(request.param, plansync) as made:
        yield made


def names(output: str, target: str) -> list[str]:
    """Return the names of the checks of one target, in order; every line must have the form of one."""
    *lines, _summary = output.splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), output
    return [match[2] for match in found if match and match[1].strip() == target]


def test_each_target_has_one_line_a_check(site: HostedShell) -> None:
    done = site.shell.process("doctor")
    assert names(done.stdout, "web") == [
        *("source", "server", "token", "account", "scopes", "project", "access", "clock", "limits", "labels"),
        *(("audience",) if site.kind == "github" else ()),  # a public project, and plans that are nowhere
        *("milestones", "sync", "webhook"),
    ]
    assert names(done.stdout, "notes") == ["source", "server", "milestones", "sync"]
    assert done.stdout.splitlines()[-1] == f"{18 if site.kind == 'github' else 17} checks: all well"
    assert "1 to be made: web: Phase 1: Build" in done.stdout
    assert "plansync, risk, risk:high" in done.stdout
    assert CANARY[site.kind] not in done.stdout
    assert done.stderr == ""


def test_nothing_is_written_before_or_after_a_sync(site: HostedShell) -> None:
    before = snapshot(site.shell.folder)
    site.shell.process("doctor")
    assert snapshot(site.shell.folder) == before
    assert site.server.writes == 0
    site.shell("once")
    writes, plan = site.server.writes, site.shell.read(WEB)
    tracker = (site.shell.folder / ".plansync/tracker.db").read_bytes()
    site.shell("doctor")
    assert (site.server.writes, site.shell.read(WEB)) == (writes, plan)
    assert (site.shell.folder / ".plansync/tracker.db").read_bytes() == tracker


def test_what_was_synced_has_nothing_left_to_do(site: HostedShell) -> None:
    site.shell("once")
    lines = site.shell("doctor").stdout.splitlines()
    assert sum("milestones  none to be made" in line for line in lines) == 2
    assert sum("in step, nothing to do" in line for line in lines) == 2
    assert any("notes  ✓ access      everything" in line for line in lines)


def test_the_json_form_has_every_check(site: HostedShell) -> None:
    report = json.loads(site.shell("doctor", "--json").stdout)
    assert report["exit_code"] == 0
    web, notes = report["targets"]
    assert (web["target"], web["failed"], notes["target"]) == ("web", False, "notes")
    assert web["checks"][0] == {"name": "source", "ok": True, "message": "1 plan", "hint": ""}
    site.configure(project="acme/nowhere")
    failing = json.loads(site.shell("doctor", "--json", code=1).stdout)
    assert (failing["exit_code"], failing["targets"][0]["failed"], failing["targets"][1]["failed"]) == (1, True, False)


def test_quiet_tells_only_what_fails(site: HostedShell) -> None:
    done = site.shell("doctor", "--quiet")
    assert done.stdout + done.stderr == ""
    site.configure(project="acme/nowhere")
    done = site.shell("doctor", "--quiet", code=1)
    assert done.stdout == ""
    told, hint = done.stderr.splitlines()
    assert told.startswith("plansync: web: project: acme/nowhere on ")
    assert hint.startswith("hint: check tracker.project")


def test_one_target_may_be_named(site: HostedShell) -> None:
    done = site.shell("doctor", "--target", "notes")
    assert done.stdout.startswith("notes  ✓ source ")
    assert site.server.requests == 0
    assert "there is no target named 'other'" in site.shell("doctor", "--target", "other", code=2).stderr


def test_warnings_are_counted_and_fail_nothing(plansync: Shell) -> None:
    with hosted_shell("github", plansync) as site:
        assert isinstance(site.host, GitHub)
        site.host.rename_repository("acme/web", "acme/site")
        assert site.shell("doctor").stdout.splitlines()[-1] == "18 checks: 1 warning"


def test_a_token_that_lost_labels_creates_again_once_doctor_has_found_the_right(plansync: Shell) -> None:
    with hosted_shell("github", plansync) as site:
        assert isinstance(site.host, GitHub)
        site.shell("once")
        site.host.may_push = False
        first = "  - [ ] Lay the first"
        more = "  - [ ] Dig\n  - [ ] Fetch the stones\n"
        site.shell.write(WEB, site.shell.read(WEB).replace(first, more + first))
        assert "without its label or milestone" in site.shell("once", code=1).stderr
        assert "nothing is created" in site.shell("once", code=1).stderr
        held = site.shell("doctor", code=1).stdout
        assert "✗ access      Read: issues would be made without labels and milestone" in held
        assert "✗ fuse        the token was seen to lose labels" in held
        site.host.may_push = True
        assert "nothing is created" in site.shell("once", code=1).stderr
        assert "✓ fuse        the token may set labels and milestones now" in site.shell("doctor").stdout
        site.shell("once")
        assert site.links(WEB) == 4
        assert "fuse" not in site.shell("doctor").stdout


def test_without_configuration_the_embedded_tracker_is_examined(plansync: Shell) -> None:
    done = plansync("doctor", code=1)
    assert "✗ source      no plan was found" in done.stdout
    assert "✓ server      the embedded tracker has no file yet" in done.stdout
    plansync.write("plans/a.md", "# Implementation Plan: A\n\n**Status:** Draft\n\n### Phase 1: B\n\n- [ ] Do it\n")
    assert plansync("doctor").stdout.endswith("4 checks: all well\n")
    assert not (plansync.folder / ".plansync").exists()
