"""Plans that Git ignores, in real checkouts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from plansync.sources.checkout import Checkout
from plansync.sources.folder import FolderSource
from plansync.sources.globs import Globs


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's and user's Git configuration out."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return checkout(tmp_path / "web")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def checkout(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", ".")
    return folder


def put(root: Path, *paths: str, text: str = "x") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")


def listed(root: Path) -> Sequence[str]:
    return FolderSource(root, Globs(("*.md",)), 1000, Checkout(root)).list()


def test_what_git_ignores_is_no_plan(root: Path) -> None:
    put(root, "plans/a.md", "plans/drafts/b.md", "build/c.md", "plans/d.md", "plans/e.md")
    put(root, ".gitignore", text="build/\n")
    put(root, "plans/.gitignore", text="drafts\n!/e.md\n")
    put(root, ".git/info/exclude", text="d.md\ne.md\n")
    assert listed(root) == ["plans/a.md", "plans/e.md"]


def test_what_is_tracked_is_not_ignored(root: Path) -> None:
    put(root, "plans/a.md", "plans/b.md")
    put(root, ".gitignore", text="plans/\n")
    git(root, "add", "--force", "plans/a.md")
    assert listed(root) == ["plans/a.md"]


def test_a_user_s_own_ignore_file_counts(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "mine", text="*.local.md\n")
    put(tmp_path, "gitconfig", text=f"[core]\n\texcludesFile = {tmp_path}/mine\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    put(root, "plans/a.md", "plans/a.local.md")
    assert listed(root) == ["plans/a.md"]


def test_a_folder_below_the_checkout_s_root_is_asked_about_in_its_place(root: Path) -> None:
    put(root, "docs/plans/a.md", "docs/plans/b.md")
    put(root, ".gitignore", text="/docs/plans/b.md\n")
    assert listed(root / "docs") == ["plans/a.md"]


def test_a_folder_that_is_ignored_itself_was_chosen_all_the_same(root: Path) -> None:
    put(root, "private/a.md")
    put(root, ".gitignore", text="private/\n")
    assert listed(root / "private") == ["a.md"]
    assert listed(root) == []


def test_a_checkout_inside_answers_for_its_own_files(root: Path) -> None:
    inner, vendored = checkout(root / "tools/inner"), checkout(root / "vendor/other")
    put(inner, "a.md", "b.md")
    put(inner, ".git/info/exclude", text="b.md\n")
    put(vendored, "plans/c.md")
    put(root, "d.md")
    put(root, ".gitignore", text="vendor/\na.md\n")
    assert listed(root) == ["d.md", "tools/inner/a.md"]


def test_a_submodule_does_not_stop_git_from_answering(root: Path) -> None:
    inner = checkout(root / "inner")
    put(inner, "plans/a.md")
    git(inner, "-c", "user.name=Ann", "-c", "user.email=a@b.c", "commit", "--quiet", "--allow-empty", "-m", "one")
    git(root, "add", "inner")
    put(root, "b.md", "c.md")
    put(root, ".gitignore", text="c.md\n")
    assert listed(root) == ["b.md", "inner/plans/a.md"]


def test_a_checkout_in_a_folder_outside_git_answers_too(tmp_path: Path) -> None:
    inner = checkout(tmp_path / "inner")
    put(inner, "a.md", "b.md")
    put(inner, ".gitignore", text="b.md\n")
    put(tmp_path, "c.md")
    assert listed(tmp_path) == ["c.md", "inner/a.md"]


def test_odd_names_are_names(root: Path) -> None:
    names = [":(glob)a.md", "-a.md", "a\nb.md", "ä.md", '"q".md']
    put(root, *names)
    put(root, ".gitignore", text=r"/-a.md" + "\nä.md\n")
    assert listed(root) == sorted(set(names) - {"-a.md", "ä.md"})


def test_a_link_is_ignored_by_its_own_name(root: Path) -> None:
    put(root, "a.md")
    (root / "b.md").symlink_to("a.md")
    put(root, ".gitignore", text="a.md\n")
    assert listed(root) == ["b.md"]


def test_where_git_cannot_say_nothing_is_ignored(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "a.md")
    put(root, ".gitignore", text="a.md\n")
    (root / ".git/HEAD").unlink()
    assert listed(root) == ["a.md"]
    git(root, "init", "--quiet", ".")
    assert listed(root) == []
    monkeypatch.setenv("PATH", str(root))
    assert listed(root) == ["a.md"]


def test_git_is_asked_once_and_only_inside_a_checkout(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/words\nPATH={os.environ["PATH"]} exec git "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    for folder in (root, tmp_path / "plain"):
        put(folder, *(f"plans/{number}.md" for number in range(300)))
        assert len(listed(folder)) == 300
    assert len((tmp_path / "words").read_text().splitlines()) == 1
