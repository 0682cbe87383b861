"""Plans and targets as typed on a command line become targets and paths of their sources, or a clear error."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from plansync.app.request import Target
from plansync.cli.targets import Choice, choose, root_of, shown_path
from plansync.core.rules import Limits, Rules
from plansync.errors import PlansyncError, SourceError, UsageError


class Listed:
    """A source that lists what it was told."""

    def __init__(self, uid: str, *paths: str) -> None:
        self.uid = uid
        self._paths = paths

    def list(self) -> Sequence[str]:
        return self._paths


def target(name: str, uid: str, *paths: str) -> Target:
    """Return a target whose source lists ``paths``."""
    parts: Any = {"source": Listed(uid, *paths), "tracker": None, "renderer": None}
    return Target(name=name, rules=Rules(), limits=Limits(), project="local:x", **parts)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Target:
    """A target on the working folder with one plan, and a file beside it that is none."""
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans/a.md").touch()
    (tmp_path / "README.md").touch()
    monkeypatch.chdir(tmp_path)
    return target("web", f"folder:{tmp_path}", "plans/a.md")


@pytest.fixture
def core() -> Target:
    """A target whose plans live behind an API."""
    return target("core", "github:github.com/acme/core@main", "docs/b.md")


def test_without_names_all_targets_are_meant(web: Target, core: Target) -> None:
    assert choose([web, core], []) == (Choice(web), Choice(core))
    assert choose([web, core], [], "core") == (Choice(core),)


@pytest.mark.parametrize("typed", ["plans/a.md", "./plans/../plans/a.md", "{root}/plans/a.md"])
def test_a_plan_is_found_however_its_path_is_written(web: Target, core: Target, typed: str, tmp_path: Path) -> None:
    assert choose([web, core], [Path(typed.format(root=tmp_path))]) == (Choice(web, ("plans/a.md",)),)


def test_a_plan_is_found_from_a_folder_below_and_through_a_link(
    web: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to("plans")
    assert choose([web], [Path("link/a.md"), Path("plans/a.md")]) == (Choice(web, ("plans/a.md",)),)
    monkeypatch.chdir(tmp_path / "plans")
    assert choose([web], [Path("a.md")]) == (Choice(web, ("plans/a.md",)),)


def test_a_plan_behind_an_api_is_named_by_its_path_there(web: Target, core: Target) -> None:
    assert choose([web, core], [Path("docs/b.md"), Path("plans/a.md")]) == (
        Choice(web, ("plans/a.md",)),
        Choice(core, ("docs/b.md",)),
    )


@pytest.mark.parametrize(
    ("typed", "error", "message", "hint"),
    [
        ("plans/none.md", SourceError, "plans/none.md: no such file", "working folder"),
        ("plans", UsageError, "plans is a folder, not a plan", "name the plan files"),
        ("README.md", UsageError, "README.md is not among the plans of target 'web'", "include"),
        (os.devnull, UsageError, "lies in no target's source", "web: /"),
    ],
)
def test_what_is_no_plan_of_any_target_is_refused_by_name(
    web: Target, typed: str, error: type[PlansyncError], message: str, hint: str
) -> None:
    with pytest.raises(error, match=message) as raised:
        choose([web], [Path(typed)])
    assert hint in raised.value.hint


def test_without_a_configuration_a_file_is_a_plan_because_it_was_named(web: Target, tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    assert choose([web], [Path("README.md")], anywhere=True) == (Choice(web, ("README.md",)),)
    with pytest.raises(SourceError, match="no such file"):
        choose([web], [Path("none.md")], anywhere=True)


def test_an_unknown_target_is_refused_with_the_known_ones(web: Target, core: Target) -> None:
    with pytest.raises(UsageError, match="there is no target named 'wbe'") as raised:
        choose([web, core], [], "wbe")
    assert raised.value.hint == "known targets: web, core"


def test_paths_are_shown_from_the_working_folder(web: Target, core: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("plans")
    assert shown_path(web.source, "plans/a.md") == "a.md"
    assert shown_path(core.source, "docs/b.md") == "docs/b.md"
    assert root_of(core.source) is None
