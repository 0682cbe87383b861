"""Settings become sources over an API: with which credential, on which host, and where they are heard of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from plansync.app.request import Workshop
from plansync.bootstrap import close_workshop, open_workshop
from plansync.bootstrap.connections import source_spot
from plansync.bootstrap.doors import places_of
from plansync.errors import ConfigError, SourceError
from plansync.ports.source import Content
from plansync.settings import Settings, load_settings
from plansync.sources.git.source import GitSource
from plansync.sources.hosted.source import HostedSource
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import TOKEN
from tests.support.saving import save

GITHUB, GITLAB, OWN = "ghp_shared0shared0", "glpat-shared0shared0", "own-0-own-0-own-0"
SHARED = {"PLANSYNC_GITHUB_TOKEN": GITHUB, "PLANSYNC_GITLAB_TOKEN": GITLAB, "PLANSYNC_TOKEN_WEB": OWN}


@pytest.fixture(autouse=True)
def _no_ambient_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def target(source: dict[str, object], tracker: dict[str, object] | None = None, name: str = "web") -> str:
    """Return the configuration of a target."""
    tables = [("source", source)] + ([("tracker", tracker)] if tracker else [])
    shown = [f"{key} = {{ {', '.join(f'{k} = {json.dumps(v)}' for k, v in table.items())} }}" for key, table in tables]
    return f'[[targets]]\nname = "{name}"\n' + "\n".join(shown) + "\n"


def settings_of(folder: Path, text: str, **environ: str) -> Settings:
    file = folder / "plansync.toml"
    file.write_text(text, "utf-8")
    return load_settings(config=file, environ=environ)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def opened(stack: ExitStack, settings: Settings) -> Workshop:
    workshop = open_workshop(settings, clock=FakeClock())
    stack.callback(close_workshop, workshop)
    return workshop


@pytest.mark.parametrize(
    ("source", "tracker", "token"),
    [
        ({"kind": "github"}, None, OWN),
        ({"kind": "github"}, {"kind": "github", "project": "acme/core"}, OWN),
        ({"kind": "gitlab"}, {"kind": "github", "project": "acme/core"}, GITLAB),
        (
            {"kind": "github", "api_url": "https://ghe.example.com/api/v3"},
            {"kind": "github", "project": "acme/core"},
            GITHUB,
        ),
        (
            {"kind": "github", "api_url": "https://ghe.example.com:8443/api/v3"},
            {"kind": "github", "project": "acme/core", "api_url": "https://ghe.example.com/api/v3"},
            GITHUB,
        ),
    ],
)
def test_a_target_s_own_token_goes_to_the_tracker_s_host_alone(
    source: dict[str, object], tracker: dict[str, object] | None, token: str, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, target({"project": "acme/web", **source}, tracker), **SHARED)
    spot = source_spot(settings, settings.targets[0])
    assert spot.token == token
    assert token not in repr(spot)


def test_the_app_and_the_trust_of_the_tracker_are_used_on_its_host_alone(tmp_path: Path) -> None:
    tracker: dict[str, object] = {"kind": "github", "project": "acme/core", "app_id": 7, "ca_file": "ca.pem"}
    home = settings_of(tmp_path, target({"kind": "github", "project": "acme/web"}, tracker), **SHARED)
    spot = source_spot(home, home.targets[0])
    assert (spot.app_id, spot.ca_file, spot.token) == (7, str(tmp_path / "ca.pem"), "")
    other = settings_of(tmp_path, target({"kind": "gitlab", "project": "acme/web"}, tracker), **SHARED)
    spot = source_spot(other, other.targets[0])
    assert (spot.app_id, spot.ca_file, spot.token) == (None, "", GITLAB)


def test_a_source_without_a_token_says_which_variable_is_missing(tmp_path: Path, stack: ExitStack) -> None:
    workshop = opened(stack, settings_of(tmp_path, target({"kind": "gitlab", "project": "acme/web"})))
    with pytest.raises(SourceError, match="there is no token for the target web") as error:
        workshop.targets[0].source.list()
    assert "PLANSYNC_GITLAB_TOKEN" in error.value.hint


def test_nothing_is_sent_until_something_is_asked(tmp_path: Path, stack: ExitStack) -> None:
    github = GitHub(FakeClock())
    server = stack.enter_context(serve_github(github))
    source: dict[str, object] = {"kind": "github", "project": "acme/web", "api_url": github.api}
    settings = settings_of(tmp_path, target(source), PLANSYNC_GITHUB_TOKEN=github.token)
    opened(stack, settings)
    assert server.requests == 0


def test_two_targets_of_one_repository_have_files_and_branches_of_their_own(tmp_path: Path, stack: ExitStack) -> None:
    gitlab = GitLab(FakeClock(), login="plansync")
    gitlab.commit({"a/x.md": b"# X\n", "b/y.md": b"# Y\n"})
    stack.enter_context(serve_gitlab(gitlab))
    project = gitlab.project.full_path
    place = {"kind": "gitlab", "project": project, "api_url": gitlab.base}
    two = target({**place, "include": ["a/*.md"]}, name="one a") + target({**place, "include": ["b/*.md"]}, name="b")
    sources = [t.source for t in opened(stack, settings_of(tmp_path, two, PLANSYNC_GITLAB_TOKEN=TOKEN)).targets]
    assert [list(source.list()) for source in sources] == [["a/x.md"], ["b/y.md"]]
    branches = [source.requests for source in sources if isinstance(source, HostedSource)]
    assert branches == ["plansync/sync-one-a", "plansync/sync-b"]
    same = target({**place, "include": ["a/*.md"]}, name="one") + target({**place, "include": ["**/*.md"]}, name="b")
    with pytest.raises(ConfigError, match=r"a/x\.md: stands in two targets, one and b"):
        opened(stack, settings_of(tmp_path, same, PLANSYNC_GITLAB_TOKEN=TOKEN))


def test_a_source_by_git_opens_requests_itself_on_the_tracker_s_host_alone(tmp_path: Path, stack: ExitStack) -> None:
    github = GitHub(FakeClock())
    github.commit({"plans/a.md": b"# A\n"})
    server = stack.enter_context(serve_github(github))
    tracker: dict[str, object] = {"kind": "github", "project": "acme/core", "api_url": github.api}
    found = []
    for url in (f"{github.base}/acme/web.git", "https://git.example.com/acme/web.git"):
        text = target({"kind": "git", "url": url}, tracker)
        workshop = opened(stack, settings_of(tmp_path, text, PLANSYNC_GITHUB_TOKEN=github.token))
        source = workshop.targets[0].source
        assert isinstance(source, GitSource)
        found.append(source.reviews)
    assert server.requests == 0
    assert found[1] is None
    assert found[0] is not None
    assert found[0].find("plansync/sync", "main") is None


def test_a_push_to_the_source_s_repository_and_branch_is_heard(tmp_path: Path) -> None:
    source: dict[str, object] = {"kind": "github", "project": "Acme/Plans", "branch": "next", "include": ["p/*.md"]}
    tracker: dict[str, object] = {"kind": "github", "project": "acme/web"}
    (place,) = places_of(settings_of(tmp_path, target(source, tracker)))
    assert place.repositories == frozenset({"github.com/acme/plans"})
    assert (place.branch, place.below) == ("next", "")
    assert place.is_plan("p/a.md")
    assert not place.is_plan("q/a.md")


def test_an_app_reads_and_writes_plans_as_itself(tmp_path: Path, stack: ExitStack) -> None:
    github = GitHub(FakeClock())
    github.commit({"plans/a.md": b"# A\n"})
    rights = {"issues": "write", "metadata": "read", "contents": "write", "pull_requests": "write"}
    app = github.add_app(permissions=rights)
    stack.enter_context(serve_github(github))
    place: dict[str, object] = {"kind": "github", "project": "acme/web", "api_url": github.api}
    text = target(place, {**place, "app_id": app.id})
    workshop = opened(stack, settings_of(tmp_path, text, PLANSYNC_GITHUB_APP_KEY=app.private_key))
    source = workshop.targets[0].source
    content = source.read("plans/a.md")
    assert isinstance(content, Content)
    assert isinstance(save(source, content, b"# B\n"), Content)
    commit = github.repository.commits[github.repository.branches["main"]]
    assert (commit.author.login, commit.files["plans/a.md"]) == ("plansync[bot]", b"# B\n")
    assert app.handed_out == 1
