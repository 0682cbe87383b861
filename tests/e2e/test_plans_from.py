"""Plans of a proposal, with the configuration that was agreed on; and where there is nothing to comment on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from plansync.bootstrap.comments import Pipeline, pipeline_of
from plansync.errors import UsageError
from tests.support.hosted_shell import PLAN
from tests.support.shell import Shell

FOLDER = '[[targets]]\nname = "web"\nsource = { path = "docs", include = ["*.md"] }\n'
FAR = '[[targets]]\nname = "web"\nsource = { kind = "git", url = "git@github.com:acme/web.git", include = ["*.md"] }\n'


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's and user's Git configuration out."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def checkout(folder: Path, url: str) -> None:
    folder.mkdir(exist_ok=True)
    for words in (["init", "-q", "-b", "main"], ["remote", "add", "origin", url]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def test_a_folders_plans_are_read_from_the_same_place_of_the_other_checkout(plansync: Shell) -> None:
    plansync.write("base/plansync.toml", FOLDER)
    plansync.write("base/docs/a.md", PLAN.format("old"))
    plansync.write("head/docs/a.md", PLAN.format("new"))
    base = Shell(plansync.folder / "base")
    shown = base("preview", "--plans-from", "../head").stdout
    assert "stone of new" in shown
    assert "stone of old" not in shown
    assert "../head/docs/a.md" in base("lint", "--plans-from", "../head").stdout


def test_plans_that_are_far_away_are_read_from_a_checkout_of_their_repository(plansync: Shell) -> None:
    plansync.write("base/plansync.toml", FAR)
    plansync.write("head/a.md", PLAN.format("new"))
    checkout(plansync.folder / "head", "https://github.com/acme/web")
    assert "stone of new" in Shell(plansync.folder / "base")("preview", "--plans-from", "../head").stdout


def test_a_folder_outside_the_repository_stays_where_it_is(plansync: Shell) -> None:
    plansync.write("base/plansync.toml", FOLDER.replace('"docs"', '"../other"'))
    plansync.write("other/a.md", PLAN.format("other"))
    plansync.write("head/a.md", PLAN.format("new"))
    assert "stone of other" in Shell(plansync.folder / "base")("preview", "--plans-from", "../head").stdout


def test_what_is_no_folder_is_said(plansync: Shell) -> None:
    plansync.write("plansync.toml", FOLDER)
    assert "--plans-from: nowhere is no folder" in plansync("preview", "--plans-from", "nowhere", code=2).stderr


def test_without_a_request_there_is_nothing_to_comment_on(plansync: Shell) -> None:
    plansync.write("plansync.toml", FOLDER)
    plansync.write("docs/a.md", PLAN.format("a"))
    shell = plansync.given(GITHUB_ACTIONS="true", GITHUB_REF="refs/heads/main", GITLAB_CI="", CI_MERGE_REQUEST_IID="")
    done = shell("preview", "--comment", code=2)
    assert "there is no pull or merge request here" in done.stderr
    assert done.stdout == ""


def test_without_a_token_there_is_a_summary_alone(plansync: Shell) -> None:
    plansync.write("plansync.toml", FOLDER)
    plansync.write("docs/a.md", PLAN.format("a"))
    summary = plansync.folder / "summary"
    variables = {"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/pull/7/merge", "GITHUB_REPOSITORY": "acme/web"}
    shell = plansync.given(**variables, GITHUB_TOKEN="", GITHUB_STEP_SUMMARY=str(summary))
    assert "not posted, for want of a token" in shell("preview", "--comment").stderr
    assert summary.read_text("utf-8").startswith("### Merging this opens 2 issues and 1 milestone")


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_REPOSITORY": "a/b"},
            Pipeline("github", "https://api.github.com", "a/b", 12),
        ),
        (
            {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_PROJECT_PATH": "a/b/c"},
            Pipeline("gitlab", "https://gitlab.com/api/v4", "a/b/c", 3),
        ),
    ],
)
def test_a_pipeline_says_which_request_it_is_for(environ: dict[str, str], wanted: Pipeline) -> None:
    assert pipeline_of(environ) == wanted


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"GITHUB_REF": "refs/pull/12/merge"},
        {"GITHUB_ACTIONS": "true", "GITHUB_REF": "refs/heads/refs/pull/12/merge"},
        {"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": ""},
    ],
)
def test_other_runs_are_for_none(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        pipeline_of(environ)
