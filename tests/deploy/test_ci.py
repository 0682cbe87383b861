"""The steps of action.yml and of the GitLab template, run as CI runs them, against servers with state."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from plansync.app.commenting import MARK
from tests.servers.github import GitHub
from tests.servers.gitlab.service import GitLab
from tests.servers.gitlab.values import MergeRequest
from tests.support.ci import Runner, run_bash
from tests.support.hosted_shell import CANARY, PLAN, PROJECTS, HostedShell, Kind, hosted_shell
from tests.support.shell import Shell

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
WORKFLOW = yaml.safe_load((ROOT / "config/ci/github-workflow.yml").read_text("utf-8"))
GITLAB = yaml.safe_load((ROOT / "config/ci/gitlab.yml").read_text("utf-8"))
IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
BAD = "  - [ ] Third @ann `x` ![i](http://a/b) <!-- $(touch pwned) --> #1\n"


def git(folder: Path, *arguments: str) -> str:
    words = ["git", *IDENTITY, *arguments]
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout


class Pipeline:
    """A repository with a proposal, checked out as CI does it, beside a server with the project and the request."""

    def __init__(self, site: HostedShell, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.origin, self.work = folder / "origin.git", folder / "work"
        self.summary = folder / "summary.md"
        self.work.mkdir()
        git(self.work, "init", "-q", "-b", "main")
        text = site.shell.read("plansync.toml").partition('\n\n[[targets]]\nname = "notes"')[0]
        self._write("plansync.toml", text)
        self._write("web/plan.md", PLAN.format("web"))
        self.base = self._commit()
        git(folder, "clone", "-q", "--bare", str(self.work), str(self.origin))
        git(self.work, "remote", "add", "origin", str(self.origin))

    def propose(self, text: str, **files: str) -> None:
        """Make the head of the proposal, and check out both sides."""
        git(self.work, "checkout", "-q", "-B", "topic", self.base)
        self._write("web/plan.md", text)
        for name, content in files.items():
            self._write(name.replace("_", "."), content)
        self._commit()
        self._check_out()

    def check_out_branch(self) -> None:
        self._clone("plansync-base", "main")

    def _check_out(self) -> None:
        git(self.work, "push", "-q", "-f", "origin", "topic")
        self._clone("plansync-base", self.base)
        self._clone("plansync-head", "origin/topic")

    def _clone(self, name: str, what: str) -> None:
        shutil.rmtree(self.folder / name, ignore_errors=True)
        git(self.folder, "clone", "-q", str(self.origin), name)
        git(self.folder / name, "checkout", "-q", what)

    def _write(self, path: str, text: str) -> None:
        (self.work / path).parent.mkdir(exist_ok=True)
        (self.work / path).write_text(text, "utf-8")

    def _commit(self) -> str:
        git(self.work, "add", "--all")
        git(self.work, "commit", "-q", "--allow-empty", "-m", "change")
        return git(self.work, "rev-parse", "HEAD").strip()


def pipeline_on(kind: Kind, folder: Path) -> Iterator[Pipeline]:
    (folder / "site").mkdir()
    with hosted_shell(kind, Shell(folder / "site")) as site:
        if isinstance(site.host, GitHub):
            site.host.accountant.off()
        yield Pipeline(site, folder)


# --------------------------------------------------------------------------------------------------- GitHub Actions


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Pipeline]:
    yield from pipeline_on("github", tmp_path)


def runner(hub: Pipeline, number: int, *, event: str = "pull_request", fork: bool = False) -> Runner:
    host = hub.site.host
    assert isinstance(host, GitHub)
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF": f"refs/pull/{number}/merge" if event == "pull_request" else "refs/heads/main",
        "GITHUB_REPOSITORY": "acme/web",
        "GITHUB_API_URL": host.api,
        "GITHUB_SERVER_URL": host.base,
        "GITHUB_STEP_SUMMARY": str(hub.summary),
    }
    context = {
        "github.event_name": event,
        "github.event.pull_request.head.repo.full_name": "mallory/web" if fork else "acme/web",
        "github.repository": "acme/web",
        "github.ref_name": "main",
        "github.event.repository.default_branch": "main",
        "inputs.token": CANARY["github"],
        "inputs.config": "plansync.toml",
        "inputs.commit": "true",
    }
    return Runner(hub.folder, context, variables)


def run_steps(hub: Pipeline, number: int = 0, *, code: int = 0, **how: Any) -> str:
    """Run the steps whose condition holds, but those that take and install; return what they said."""
    runs = runner(hub, number, **how)
    said = ""
    for step in STEPS:
        if "run" in step and step.get("name") != "Install plansync" and runs.holds(step):
            done = runs.run(step)
            said += done.stdout + done.stderr
            assert done.returncode == code, said
    assert CANARY["github"] not in said
    return said


def comments(hub: Pipeline, number: int) -> list[str]:
    return [text for _, text in hub.site.host.people("ann").comments(number)]


def test_a_pull_request_has_one_comment_that_is_kept_up_to_date(hub: Pipeline) -> None:
    number = hub.site.host.people("ann").open_pull_request("A plan")  # type: ignore[union-attr]  # it is a GitHub
    hub.propose(PLAN.format("web"))
    run_steps(hub, number)
    [first] = comments(hub, number)
    assert first.startswith(f"{MARK}\n### Merging this opens 2 issues and 1 milestone\n")
    assert "- opens issue `Lay the first stone of web`" in first
    assert hub.summary.read_text("utf-8") == first.removeprefix(f"{MARK}\n")

    run_steps(hub, number)
    assert comments(hub, number) == [first]
    hub.propose(PLAN.format("web") + BAD)
    assert "comment: updated" in run_steps(hub, number)
    [second] = comments(hub, number)
    assert "opens 3 issues" in second
    assert "Third @ann 'x'" in second
    assert not list(hub.folder.rglob("pwned"))


def test_when_nothing_is_left_to_say_the_comment_goes(hub: Pipeline) -> None:
    number = hub.site.host.people("ann").open_pull_request("A plan")  # type: ignore[union-attr]  # it is a GitHub
    hub.propose(PLAN.format("web"))
    run_steps(hub, number)
    hub.propose(PLAN.format("web").replace("- [ ] ", "- [x] "))
    said = run_steps(hub, number)
    assert "comment: removed" in said or "milestone" in comments(hub, number)[0]


def test_a_mark_in_somebody_elses_comment_is_nothing_to_us(hub: Pipeline) -> None:
    people = hub.site.host.people("mallory")
    number = people.open_pull_request("A plan")  # type: ignore[union-attr]  # it is a GitHub
    people.comment(number, f"{MARK}\nmine")
    hub.propose(PLAN.format("web"))
    run_steps(hub, number)
    assert comments(hub, number)[0] == f"{MARK}\nmine"
    assert len(comments(hub, number)) == 2


def test_configuration_and_templates_of_a_proposal_are_not_used(hub: Pipeline) -> None:
    number = hub.site.host.people("ann").open_pull_request("A plan")  # type: ignore[union-attr]  # it is a GitHub
    evil = (
        '[[targets]]\nname = "web"\ntracker = { kind = "github", project = "a/b", api_url = "http://evil.invalid" }\n'
    )
    hub.propose(PLAN.format("web"), plansync_toml=evil)
    run_steps(hub, number)
    assert "opens 2 issues" in comments(hub, number)[0]


def test_a_fork_gets_a_summary_and_no_token(hub: Pipeline) -> None:
    hub.propose(PLAN.format("web").replace("### Phase 1: Build", "### Phase 1: Build\n\n### Phase 1: Build"))
    runs = runner(hub, 1, fork=True)
    [step] = [step for step in STEPS if "run" in step and step.get("name") != "Install plansync" and runs.holds(step)]
    assert "GITHUB_TOKEN" not in step["env"]
    done = runs.run(step)
    assert re.search(r"^::(error|warning|notice) file=[^:]*web/plan.md,line=\d+", done.stdout, re.MULTILINE), done
    assert "web/plan.md" in hub.summary.read_text("utf-8")
    assert hub.site.server.requests == 0


def test_a_push_to_the_default_branch_syncs_and_pushes_the_links(hub: Pipeline) -> None:
    hub.check_out_branch()
    run_steps(hub, event="push")
    assert git(hub.origin, "show", "main:web/plan.md").count("/issues/") == 2
    assert git(hub.origin, "log", "-1", "--format=%an %s", "main") == "plansync docs: sync plans with the tracker\n"
    writes = hub.site.server.writes
    hub.check_out_branch()
    run_steps(hub, event="push")
    assert hub.site.server.writes == writes
    assert git(hub.origin, "rev-list", "--count", "main") == "2\n"


def test_no_expression_reaches_a_shell_and_every_action_is_pinned() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
            persists = step["with"].get("persist-credentials", True) if "checkout" in step["uses"] else False
            assert not persists or step["if"] == "github.event_name != 'pull_request'"


def test_the_workflow_asks_for_no_more_than_it_needs() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["preview"]["permissions"] == {
        "contents": "read",
        "issues": "read",
        "pull-requests": "write",
    }
    assert WORKFLOW["jobs"]["sync"]["permissions"] == {"contents": "write", "issues": "write"}
    assert "group" in WORKFLOW["concurrency"]
    assert "pull_request_target" not in WORKFLOW[True]  # YAML reads "on" as a truth


# -------------------------------------------------------------------------------------------------------- GitLab CI


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Pipeline]:
    yield from pipeline_on("gitlab", tmp_path)


def run_job(lab: Pipeline, name: str, *, job: int = 1, token: bool = True, code: int = 0) -> str:
    host = lab.site.host
    assert isinstance(host, GitLab)
    builds = lab.folder / "builds"
    builds.mkdir(exist_ok=True)
    variables = {
        **{key: str(value) for key, value in GITLAB[".plansync"]["variables"].items()},
        "GITLAB_CI": "true",
        "CI_BUILDS_DIR": str(builds),
        "CI_JOB_ID": str(job),
        "CI_PROJECT_DIR": str(lab.folder / ("plansync-head" if name != "plansync-sync" else "plansync-base")),
        "CI_SERVER_URL": host.base,
        "CI_API_V4_URL": f"{host.base}/api/v4",
    }
    if name != "plansync-sync":
        variables |= {
            "CI_MERGE_REQUEST_IID": "1",
            "CI_MERGE_REQUEST_PROJECT_PATH": PROJECTS["gitlab"],
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": lab.base,
        }
    if token:
        variables["GITLAB_TOKEN" if name != "plansync-sync" else "PLANSYNC_GITLAB_TOKEN"] = CANARY["gitlab"]
    done = run_bash("\n".join(GITLAB[name]["script"]), Path(variables["CI_PROJECT_DIR"]), variables)
    assert done.returncode == code, done.stdout + done.stderr
    assert CANARY["gitlab"] not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_merge_request_has_one_comment_that_is_kept_up_to_date(lab: Pipeline) -> None:
    host = lab.site.host
    assert isinstance(host, GitLab)
    now = host.now()
    request = MergeRequest(900, 1, "topic", "main", "A plan", "", host.add_user("ann"), now, now)
    host.project.merge_requests.append(request)
    lab.propose(PLAN.format("web"))
    assert "comment: posted" in run_job(lab, "plansync-preview")
    assert "comment: up to date" in run_job(lab, "plansync-preview", job=2)
    [note] = request.notes
    assert note.body.startswith(f"{MARK}\n### Merging this opens 2 issues and 1 milestone")
    lab.propose(PLAN.format("web") + BAD)
    assert "comment: updated" in run_job(lab, "plansync-preview", job=3)
    assert len(request.notes) == 1


def test_a_fork_on_gitlab_asks_the_tracker_nothing(lab: Pipeline) -> None:
    lab.propose(PLAN.format("web"))
    run_job(lab, "plansync-lint", token=False)
    assert lab.site.server.requests == 0


def test_the_default_branch_is_synced_on_gitlab(lab: Pipeline) -> None:
    lab.check_out_branch()
    run_job(lab, "plansync-sync")
    assert (lab.folder / "plansync-base/web/plan.md").read_text("utf-8").count("/work_items/") + (
        lab.folder / "plansync-base/web/plan.md"
    ).read_text("utf-8").count("/issues/") == 2
