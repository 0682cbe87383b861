"""Where the configuration is found, and where relative paths start."""

import os
from pathlib import Path

import pytest

from plansync.errors import ConfigError
from plansync.settings import Settings, find_place, load_settings
from plansync.settings.plain import source_path, state_url, templates_path, tracker_path


def checkout(folder: Path) -> Path:
    """Make ``folder`` look like a Git checkout."""
    (folder / ".git").mkdir(parents=True)
    return folder


def test_the_file_is_found_upwards_and_the_state_folder_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "plansync.toml").touch()
    deep = checkout(tmp_path / "a") / "b"
    deep.mkdir()
    place = find_place(deep)
    assert (place.file, place.root) == (tmp_path / "plansync.toml", tmp_path)
    assert place.state == tmp_path / ".plansync"


def test_a_folder_called_like_the_file_is_not_the_file(tmp_path: Path) -> None:
    (tmp_path / "plansync.toml").mkdir()
    assert find_place(tmp_path).file is None


def test_a_named_file_is_used_instead_of_searching(tmp_path: Path) -> None:
    (tmp_path / "plansync.toml").touch()
    (tmp_path / "other").mkdir()
    other = tmp_path / "other/my.toml"
    other.touch()
    assert find_place(tmp_path, Path("other/my.toml")).root == other.parent


@pytest.mark.parametrize(("name", "why"), [("gone.toml", "does not exist"), (".", "is a folder")])
def test_a_named_file_that_is_none_is_an_error(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=why):
        find_place(tmp_path, Path(name))


def test_without_a_file_paths_start_at_the_git_root(tmp_path: Path) -> None:
    root = checkout(tmp_path / "repo")
    (root / "a/b").mkdir(parents=True)
    place = find_place(root / "a/b")
    assert (place.file, place.root, place.state) == (None, root, root / ".plansync")


def test_without_a_file_the_nearest_state_folder_inside_the_checkout_is_used(tmp_path: Path) -> None:
    (tmp_path / ".plansync").mkdir()
    root = checkout(tmp_path / "repo")
    (root / "a/b").mkdir(parents=True)
    assert find_place(root / "a/b").state == root / ".plansync"
    (root / "a/.plansync").mkdir()
    assert find_place(root / "a/b").state == root / "a/.plansync"


def test_without_file_and_checkout_everything_is_in_the_working_folder(tmp_path: Path) -> None:
    place = find_place(tmp_path)
    assert (place.root, place.state) == (tmp_path, tmp_path / ".plansync")


def test_the_state_folder_is_made_unseen_by_git_and_left_alone_later(tmp_path: Path) -> None:
    state = find_place(tmp_path).make_state_folder()
    ignore = state / ".gitignore"
    assert ignore.read_text("utf-8") == "*\n"
    ignore.write_text("mine\n", "utf-8")
    find_place(tmp_path).make_state_folder()
    assert ignore.read_text("utf-8") == "mine\n"


def test_a_state_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / ".plansync").touch()
    with pytest.raises(ConfigError, match=r"\.plansync: cannot be made"):
        find_place(tmp_path).make_state_folder()


def test_without_a_file_the_usual_places_below_the_working_folder_are_meant(tmp_path: Path) -> None:
    root = checkout(tmp_path / "shop")
    (root / "web").mkdir()
    here = load_settings(working=root, environ={}).targets
    below = load_settings(working=root / "web", environ={}).targets
    assert [target.name for target in (*here, *below)] == ["shop", "shop"]
    assert here[0].source.include[0] == "plans/**/*.md"
    assert below[0].source.include == tuple(f"web/{pattern}" for pattern in here[0].source.include)


def test_paths_are_absolute_from_the_place_on(tmp_path: Path) -> None:
    file = tmp_path / "plansync.toml"
    file.write_text(
        'templates = "my"\n[state]\nurl = "sqlite:///db/s.db?timeout=1"\n'
        '[[targets]]\nname = "a"\nsource = { path = "docs" }\ntracker = { path = "../t.db" }\n',
        "utf-8",
    )
    settings = load_settings(config=file, environ={})
    (target,) = settings.targets
    assert state_url(settings) == f"sqlite:///{tmp_path}/db/s.db?timeout=1"
    assert templates_path(settings) == tmp_path / "my"
    assert source_path(settings, target) == tmp_path / "docs"
    assert os.path.normpath(tracker_path(settings, target)) == str(tmp_path.parent / "t.db")


def test_what_begins_with_the_state_folder_is_in_the_state_folder_in_use(tmp_path: Path) -> None:
    root = checkout(tmp_path / "repo")
    (root / "a/.plansync").mkdir(parents=True)
    settings = load_settings(working=root / "a", environ={})
    assert state_url(settings) == f"sqlite:///{root}/a/.plansync/state.db"
    assert tracker_path(settings, settings.targets[0]) == root / "a/.plansync/tracker.db"
    assert templates_path(settings) is None


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:////var/s.db", "postgresql+psycopg://db/plansync"]
)
def test_other_state_urls_stay_as_they_are(url: str, tmp_path: Path) -> None:
    assert state_url(load_settings(working=tmp_path, environ={"PLANSYNC_STATE__URL": url})) == url


def test_settings_made_by_hand_have_no_place() -> None:
    with pytest.raises(ValueError, match="not loaded"):
        _ = Settings.model_validate({"targets": [{"name": "a"}]}).place
