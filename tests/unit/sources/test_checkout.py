"""Which branch a folder is on, and whether it may be synced, in real Git checkouts."""

import os
import subprocess
from pathlib import Path

import pytest

from plansync.errors import SourceError
from plansync.sources.checkout import Checkout, Home, ci_branch

IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's and user's Git configuration out."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder: Path, *arguments: str, check: bool = True) -> None:
    subprocess.run(["git", *IDENTITY, *arguments], cwd=folder, check=check, capture_output=True)


def commit(folder: Path, text: str) -> None:
    (folder / "plan.md").write_text(text, "utf-8")
    git(folder, "add", "plan.md")
    git(folder, "commit", "-m", text)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of a repository with one commit on main, its default branch."""
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-b", "main")
    commit(origin, "one")
    git(tmp_path, "clone", "origin", "clone")
    (tmp_path / "clone/plans").mkdir()
    return tmp_path / "clone"


def reason(folder: Path, branch: str = "", named_by_ci: str = "") -> str:
    """Return why ``folder`` may not be synced; empty if it may."""
    rule = Checkout(folder, branch, named_by_ci).rule()
    assert rule.allowed == (not rule.reason)
    assert ("--any-branch" in rule.hint) != rule.allowed
    return rule.reason


def test_a_folder_outside_git_may_be_synced(tmp_path: Path) -> None:
    assert reason(tmp_path) == ""


def test_a_checkout_without_a_remote_may_be_synced(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "whatever")
    assert reason(tmp_path) == ""


def test_the_remote_s_default_branch_may_be_synced_from_any_folder_of_it(clone: Path) -> None:
    assert reason(clone) == ""
    assert reason(clone / "plans") == ""


def test_another_branch_may_not(clone: Path) -> None:
    git(clone, "switch", "-c", "feature")
    assert reason(clone / "plans") == "the checkout is on branch feature, and plans are synced from main"


def test_the_configured_branch_wins_over_the_default_one(clone: Path) -> None:
    assert "plans are synced from release/1" in reason(clone, "release/1")
    git(clone, "switch", "-c", "release/1")
    assert reason(clone, "release/1") == ""


def test_the_remote_s_word_on_its_default_branch_counts_more_than_usual_names(clone: Path) -> None:
    git(clone, "switch", "-c", "trunk")
    git(clone, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(clone, "remote", "set-head", "origin", "trunk")
    assert reason(clone) == ""


@pytest.mark.parametrize("name", ["main", "master"])
def test_without_the_remote_s_word_a_usual_name_counts(name: str, clone: Path) -> None:
    git(clone, "remote", "set-head", "origin", "--delete")
    git(clone, "update-ref", f"refs/remotes/origin/{name}", "HEAD")
    if name == "master":
        git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    git(clone, "switch", "-C", name)
    assert reason(clone) == ""
    git(clone, "switch", "-c", "feature")
    assert f"synced from {name}" in reason(clone)


def test_a_remote_that_was_never_fetched_is_taken_to_have_the_usual_name(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "main")
    commit(tmp_path, "one")
    git(tmp_path, "remote", "add", "origin", "https://git.example.com/acme/web")
    assert reason(tmp_path) == ""


def test_a_default_branch_that_nobody_can_tell_is_no_permission(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "trunk")
    commit(tmp_path, "one")
    git(tmp_path, "remote", "add", "origin", "https://git.example.com/acme/web")
    assert reason(tmp_path).startswith("the default branch of origin is not known here")
    assert reason(tmp_path, "trunk") == ""


def test_the_branch_s_own_remote_counts_more_than_origin(clone: Path) -> None:
    git(clone, "remote", "add", "fork", "https://git.example.com/ann/web")
    git(clone, "update-ref", "refs/remotes/fork/next", "HEAD")
    git(clone, "symbolic-ref", "refs/remotes/fork/HEAD", "refs/remotes/fork/next")
    assert reason(clone) == ""
    git(clone, "config", "branch.main.remote", "fork")
    assert "synced from next" in reason(clone)


def test_without_origin_the_first_remote_counts(clone: Path) -> None:
    git(clone, "remote", "rename", "origin", "upstream")
    git(clone, "config", "--unset", "branch.main.remote", check=False)
    assert reason(clone) == ""
    git(clone, "switch", "-c", "feature")
    assert "synced from main" in reason(clone)


def test_a_detached_head_counts_as_the_branch_that_ci_names(clone: Path) -> None:
    commit(clone, "two")
    git(clone, "checkout", "--detach")
    assert reason(clone, named_by_ci="main") == ""
    assert reason(clone, named_by_ci="feature") == "CI runs for branch feature, and plans are synced from main"


def test_ci_s_word_counts_for_a_detached_head_only(clone: Path) -> None:
    git(clone, "switch", "-c", "feature")
    assert "on branch feature" in reason(clone, named_by_ci="main")


def test_a_detached_head_counts_as_the_remote_branch_whose_tip_it_is(clone: Path) -> None:
    git(clone, "checkout", "--detach")
    assert reason(clone) == ""
    commit(clone, "two")
    assert reason(clone) == "HEAD is detached and not the tip of origin/main, which plans are synced from"


def test_a_conflicting_merge_is_no_time_to_sync(clone: Path) -> None:
    diverge(clone)
    git(clone, "merge", "other", check=False)
    assert reason(clone) == "a merge is under way in the checkout"
    git(clone, "merge", "--abort")
    assert reason(clone) == ""


@pytest.mark.parametrize("backend", ["--merge", "--apply"])
def test_a_stopped_rebase_is_no_time_to_sync(backend: str, clone: Path) -> None:
    diverge(clone)
    git(clone, "rebase", backend, "other", check=False)
    assert reason(clone, named_by_ci="main") == "a rebase is under way in the checkout"
    git(clone, "rebase", "--abort")
    assert reason(clone) == ""


def test_a_stopped_cherry_pick_is_no_time_to_sync(clone: Path) -> None:
    diverge(clone)
    git(clone, "cherry-pick", "other", check=False)
    assert reason(clone) == "a cherry-pick is under way in the checkout"


def test_a_worktree_has_a_state_of_its_own(clone: Path, tmp_path: Path) -> None:
    git(clone, "worktree", "add", "-b", "other", str(tmp_path / "tree"))
    assert "on branch other" in reason(tmp_path / "tree")
    assert reason(clone) == ""


def test_variables_of_a_surrounding_git_do_not_point_elsewhere(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(clone, "switch", "-c", "feature")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "origin/.git"))
    assert "on branch feature" in reason(clone)


def test_a_checkout_that_git_refuses_to_read_may_not_be_synced(clone: Path) -> None:
    (clone / ".git/config").write_text("[core\n", "utf-8")
    assert reason(clone).startswith("git says: ")


def test_without_a_git_program_the_folder_may_be_synced_and_the_reason_is_told(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    rule = Checkout(clone).rule()
    assert rule.allowed
    assert "no git program" in rule.reason


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no folder"):
        Checkout(tmp_path / "gone").rule()


def test_a_source_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="is no folder"):
        Checkout(tmp_path / "file").rule()


@pytest.mark.parametrize(
    ("environ", "branch"),
    [
        ({}, ""),
        ({"GITHUB_REF_NAME": "main"}, "main"),
        ({"GITHUB_REF_NAME": "main", "GITHUB_REF_TYPE": "branch"}, "main"),
        ({"GITHUB_REF_NAME": "v1", "GITHUB_REF_TYPE": "tag"}, ""),
        ({"CI_COMMIT_BRANCH": "main"}, "main"),
    ],
)
def test_ci_names_its_branch(environ: dict[str, str], branch: str) -> None:
    assert ci_branch(environ) == branch


def diverge(clone: Path) -> None:
    """Let main and a branch ``other`` change the same line."""
    git(clone, "branch", "other")
    commit(clone, "here")
    git(clone, "switch", "other")
    commit(clone, "there")
    git(clone, "switch", "main")


def test_a_folder_knows_where_in_which_repository_it_lies(clone: Path) -> None:
    url = str(clone.parent / "origin")
    assert Checkout(clone).home() == Home(url, "")
    assert Checkout(clone / "plans").home() == Home(url, "plans/")
    git(clone, "remote", "set-url", "origin", "git@github.com:acme/web.git")
    assert Checkout(clone / "plans").home() == Home("git@github.com:acme/web.git", "plans/")
    git(clone, "remote", "remove", "origin")
    assert Checkout(clone / "plans").home() == Home("", "plans/")


def test_a_folder_without_a_checkout_has_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert Checkout(tmp_path).home() is None
    assert Checkout(tmp_path / "missing").home() is None


def test_without_a_git_program_no_folder_has_a_home(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert Checkout(clone).home() is None
