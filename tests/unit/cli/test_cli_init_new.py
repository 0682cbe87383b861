"""What ``init`` writes fits the folder and is a valid configuration; files that are there are never lost."""

import tomllib
from pathlib import Path

import pytest

from plansync.cli.init import Remote, configuration, parse_remote, read_remote
from plansync.cli.new import create_file, shown
from plansync.errors import SourceError, UsageError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("git@github.com:acme/web.git", Remote("github", "github.com", "acme/web")),
        ("https://github.com/acme/web", Remote("github", "github.com", "acme/web")),
        ("https://ann:secret@gitlab.com/acme/platform/core.git", Remote("gitlab", "gitlab.com", "acme/platform/core")),
        ("ssh://git@gitlab.example.com:2222/acme/core.git", Remote("gitlab", "gitlab.example.com", "acme/core")),
        ("https://example.com/acme/web.git", None),
        ("git@github.com:web.git", None),
        ("/srv/git/github/web.git", None),
        ("https://[github/acme/web", None),
        ("", None),
    ],
)
def test_a_remote_is_read_without_its_credentials(url: str, expected: Remote | None) -> None:
    assert parse_remote(url) == expected


def test_a_folder_without_a_remote_has_none(tmp_path: Path) -> None:
    assert read_remote(tmp_path) is None


def test_the_configuration_is_one_local_target() -> None:
    text = configuration('odd "name"', ["plans/**/*.md"], None)
    assert tomllib.loads(text) == {
        "targets": [
            {
                "name": 'odd "name"',
                "source": {"kind": "folder", "path": ".", "include": ["plans/**/*.md"]},
                "tracker": {"kind": "local"},
            }
        ]
    }


@pytest.mark.parametrize(
    ("remote", "tracker"),
    [
        (Remote("github", "github.com", "acme/web"), {"kind": "github", "project": "acme/web"}),
        (
            Remote("github", "github.example.com", "acme/web"),
            {"kind": "github", "project": "acme/web", "api_url": "https://github.example.com/api/v3"},
        ),
        (
            Remote("gitlab", "gitlab.example.com", "acme/core"),
            {"kind": "gitlab", "project": "acme/core", "api_url": "https://gitlab.example.com"},
        ),
    ],
)
def test_the_remote_is_suggested_as_a_comment_that_can_be_used_as_it_is(
    remote: Remote, tracker: dict[str, str]
) -> None:
    text = configuration("web", ["plans/**/*.md"], remote)
    wanted = text.replace('tracker = { kind = "local" }\n', "").replace("# tracker =", "tracker =")
    assert tomllib.loads(wanted)["targets"][0]["tracker"] == tracker
    assert f"PLANSYNC_{remote.kind.upper()}_TOKEN" in text


def test_every_behaviour_in_a_comment_can_be_uncommented() -> None:
    lines = configuration("web", ["plans/**/*.md"], None).splitlines()
    section = [line.removeprefix("# ") for line in lines[lines.index("# [sync]") :]]
    assert set(tomllib.loads("\n".join(section))["sync"]) == {
        "questions",
        "risks",
        "create_done",
        "checkboxes",
        "publish_when",
    }


def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/plan.md"
    create_file(path, "one\n")
    with pytest.raises(UsageError, match="exists already"):
        create_file(path, "two\n")
    assert path.read_text("utf-8") == "one\n"
    create_file(path, "two\n", replace=True)
    assert path.read_text("utf-8") == "two\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="cannot be written: File exists"):
        create_file(tmp_path / "file/plan.md", "")


def test_paths_below_the_working_folder_are_shown_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "plans/a.md") == "plans/a.md"
    assert shown(Path("/elsewhere/a.md")) == "/elsewhere/a.md"
