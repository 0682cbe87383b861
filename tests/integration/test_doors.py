"""Settings become doors for webhooks, which know where each target's plans and issues live."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plansync.app.hearing import Place
from plansync.bootstrap.doors import open_doors, places_of, remote_page
from plansync.core.scope import WHOLE, Scope
from plansync.errors import ConfigError
from plansync.ports.queue import Letter
from plansync.ports.webhook import Door, Refused
from plansync.settings import load_settings
from tests.servers.openapi_package import examples
from tests.support.clocks import NOON
from tests.support.posting import SECRET, from_github, from_gitlab

BOTH = {"PLANSYNC_WEBHOOKS__GITHUB_SECRET": SECRET, "PLANSYNC_WEBHOOKS__GITLAB_TOKEN": SECRET}
GITHUB = '[[targets]]\nname = "web"\ntracker = { kind = "github", project = "Acme/Web", formerly = ["acme/site"] }\n'


@pytest.fixture(autouse=True)
def _own_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep this machine's and user's Git configuration and checkouts out."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def checkout(folder: Path, url: str = "") -> None:
    git(folder, "init", "-b", "main")
    if url:
        git(folder, "remote", "add", "origin", url)


def doors(folder: Path, text: str = GITHUB, environ: dict[str, str] = BOTH) -> dict[str, Door]:
    file = folder / "plansync.toml"
    file.write_text(text, "utf-8")
    return dict(open_doors(load_settings(config=file, environ=environ)))


def places(folder: Path, text: str) -> tuple[Place, ...]:
    file = folder / "plansync.toml"
    file.write_text(text, "utf-8")
    return places_of(load_settings(config=file, environ={}))


def pushed(*paths: str, branch: str = "main", page: str = "https://github.com/acme/web") -> dict[str, object]:
    return {
        "ref": f"refs/heads/{branch}",
        "commits": [{"added": list(paths), "modified": [], "removed": []}],
        "repository": {"html_url": page, "default_branch": "main"},
    }


def scopes(door: Door, event: str, payload: object) -> list[tuple[str, Scope]]:
    letter = door.read(*from_github(event, payload), NOON)
    assert isinstance(letter, Letter)
    return [(ask.target, ask.scope) for ask in letter.asks]


# ------------------------------------------------------------------------------------------------------- which doors


@pytest.mark.parametrize("kinds", [(), ("github",), ("gitlab",), ("github", "gitlab")])
def test_a_host_without_a_secret_has_no_door(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    names = {"github": "PLANSYNC_WEBHOOKS__GITHUB_SECRET", "gitlab": "PLANSYNC_WEBHOOKS__GITLAB_TOKEN"}
    assert tuple(doors(tmp_path, environ={names[kind]: SECRET for kind in kinds})) == kinds


@pytest.mark.parametrize("name", list(BOTH))
@pytest.mark.parametrize("text", ['[""]', '["good", ""]'])
def test_an_empty_secret_is_refused(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ConfigError):
        doors(tmp_path, environ={name: text})


def test_several_secrets_open_a_door(tmp_path: Path) -> None:
    door = doors(tmp_path, environ={"PLANSYNC_WEBHOOKS__GITHUB_SECRET": f'["new", "{SECRET}"]'})["github"]
    for secret in ("new", SECRET):
        assert isinstance(door.read(*from_github("ping", {}, secret=secret), NOON), Letter)
    assert door.read(*from_github("ping", {}, secret="another"), NOON) == Refused(401, "the signature is wrong")


# ---------------------------------------------------------------------------------------------------- what they read


def test_a_letter_has_the_name_of_its_delivery(tmp_path: Path) -> None:
    both = doors(tmp_path)
    assert both["github"].read(*from_github("ping", {}, "n1"), NOON) == Letter((), "github:n1")
    assert both["gitlab"].read(*from_gitlab({}, "n1"), NOON) == Letter((), "gitlab:n1")


def test_a_body_that_is_no_json_is_refused_only_if_it_is_signed(tmp_path: Path) -> None:
    both = doors(tmp_path)
    assert both["github"].read(*from_github("push", b"{"), NOON) == Refused(400, "the body is no JSON")
    assert both["gitlab"].read(*from_gitlab(b"{"), NOON) == Refused(400, "the body is no JSON")
    assert both["github"].read({}, b"{", NOON) == Refused(401, "it is not signed")
    assert both["gitlab"].read({}, b"{", NOON) == Refused(401, "it has no token")


def test_a_repository_renamed_is_heard_under_its_earlier_name_and_in_any_case(tmp_path: Path) -> None:
    door = doors(tmp_path)["github"]
    for page in ("https://github.com/acme/web", "https://GitHub.com/ACME/WEB", "https://github.com/Acme/Site"):
        payload = {"action": "closed", "milestone": {}, "repository": {"html_url": page}}
        assert scopes(door, "milestone", payload) == [("web", WHOLE)]
    for page in ("https://ghe.example.com/acme/web", "https://github.com/acme/web2"):
        payload = {"action": "closed", "milestone": {}, "repository": {"html_url": page}}
        assert scopes(door, "milestone", payload) == []


def test_all_published_examples_of_github_are_letters(tmp_path: Path) -> None:
    text = GITHUB.replace("Acme/Web", "codertocat/hello-world")
    door = doors(tmp_path, text)["github"]
    asking: set[str] = set()
    for event, payload in examples():
        letter = door.read(*from_github(event, payload), NOON)
        assert isinstance(letter, Letter), (event, letter)
        asking |= {ask.reason for ask in letter.asks}
    assert {"milestone closed", "label deleted", "issues deleted #1", "repository publicized"} <= asking
    assert not {reason for reason in asking if "#2" in reason}, "number 2 is a pull request"


# ------------------------------------------------------------------------------------------------ where targets live


def test_a_folder_of_a_checkout_is_asked_for_its_own_plans_alone(tmp_path: Path) -> None:
    checkout(tmp_path, "git@github.com:acme/web.git")
    (tmp_path / "docs").mkdir()
    source = 'source = { path = "docs", include = ["plans/**/*.md"], exclude = ["plans/old/*.md"] }\n'
    door = doors(tmp_path, GITHUB + source)["github"]
    touched = pushed("docs/plans/a.md", "plans/b.md", "docs/plans/old/c.md", "docs/plans/.git/d.md", "docs/README.md")
    assert scopes(door, "push", touched) == [("web", Scope(plans=frozenset({"plans/a.md"})))]
    assert scopes(door, "push", pushed("plans/b.md")) == []
    assert scopes(door, "push", pushed("docs/plans/a.md", branch="work")) == []


def test_the_source_s_own_branch_wins_over_the_repository_s_default(tmp_path: Path) -> None:
    checkout(tmp_path, "https://github.com/acme/web.git")
    door = doors(tmp_path, f'{GITHUB}source = {{ branch = "work" }}\n')["github"]
    assert scopes(door, "push", pushed("plans/a.md")) == []
    assert scopes(door, "push", pushed("plans/a.md", branch="work")) == [
        ("web", Scope(plans=frozenset({"plans/a.md"})))
    ]


def test_plans_may_live_in_another_repository_than_issues(tmp_path: Path) -> None:
    checkout(tmp_path, "https://github.com/acme/plans")
    door = doors(tmp_path)["github"]
    assert scopes(door, "push", pushed("plans/a.md")) == []
    assert scopes(door, "push", pushed("plans/a.md", page="https://github.com/acme/plans")) != []


def test_plans_of_the_embedded_tracker_are_heard_of_too(tmp_path: Path) -> None:
    checkout(tmp_path, "https://github.com/acme/web")
    door = doors(tmp_path, '[[targets]]\nname = "here"\n')["github"]
    assert scopes(door, "push", pushed("plans/a.md")) == [("here", Scope(plans=frozenset({"plans/a.md"})))]


def test_a_folder_outside_any_checkout_belongs_to_its_tracker_s_project(tmp_path: Path) -> None:
    door = doors(tmp_path)["github"]
    assert scopes(door, "push", pushed("any/file.txt")) == [("web", WHOLE)]


def test_a_checkout_without_a_page_belongs_to_its_tracker_s_project(tmp_path: Path) -> None:
    checkout(tmp_path, "/srv/git/web.git")
    (place,) = places(tmp_path, GITHUB)
    assert place.repositories == place.projects
    assert place.below == ""


def test_each_host_s_projects_have_their_own_pages(tmp_path: Path) -> None:
    found = places(
        tmp_path,
        """
        [[targets]]
        name = "ghe"
        tracker = { kind = "github", project = "acme/web", api_url = "https://ghe.example.com:8443/api/v3" }
        [[targets]]
        name = "below"
        tracker = { kind = "gitlab", project = "acme/platform/core", api_url = "https://example.com/git/api/v4" }
        [[targets]]
        name = "com"
        source = { kind = "gitlab", project = "acme/plans", branch = "main" }
        tracker = { kind = "gitlab", project = "acme/core", formerly = ["gitlab.example.com/acme/core"] }
        [[targets]]
        name = "here"
        """,
    )
    ghe, below, com, here = found
    assert ghe.projects == {"ghe.example.com:8443/acme/web"}
    assert below.projects == {"example.com/git/acme/platform/core"}
    assert {"gitlab.com/acme/core", "gitlab.example.com/acme/core"} <= com.projects
    assert com.repositories == {"gitlab.com/acme/plans"}
    assert (com.branch, com.below) == ("main", "")
    assert (here.projects, here.repositories) == (frozenset(), frozenset())


def test_a_gitlab_below_a_path_is_reached_by_ssh_without_it(tmp_path: Path) -> None:
    checkout(tmp_path, "git@example.com:acme/core.git")
    tracker = 'tracker = { kind = "gitlab", project = "acme/core", api_url = "https://example.com/git" }'
    (place,) = places(tmp_path, f'[[targets]]\nname = "core"\n{tracker}\n')
    assert place.repositories == {"example.com/acme/core", "example.com/git/acme/core"}


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://github.com/Acme/Web.git", "github.com/acme/web"),
        ("https://x-access-token:s@github.com/acme/web/", "github.com/acme/web"),
        ("http://127.0.0.1:8080/acme/web", "127.0.0.1:8080/acme/web"),
        ("git@github.com:acme/web.git", "github.com/acme/web"),
        ("github.com:/acme/web", "github.com/acme/web"),
        ("git@[::1]:acme/web", "[::1]/acme/web"),
        ("ssh://git@gitlab.example.com:2222/acme/platform/core.git", "gitlab.example.com/acme/platform/core"),
        ("git://example.com/acme/web", "example.com/acme/web"),
        ("/srv/git/web.git", ""),
        ("../web", ""),
        ("./a:b", ""),
        ("file:///srv/git/web.git", ""),
        ("ssh://[", ""),
        ("", ""),
    ],
)
def test_a_remote_has_the_page_that_people_open(url: str, page: str) -> None:
    assert remote_page(url) == page


# -------------------------------------------------------------------------------------------- whatever is sent to them


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Door]:
    return doors(tmp_path_factory.mktemp("doors"))


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
NAMES = st.sampled_from(
    [
        "action",
        "object_kind",
        "event_name",
        "object_attributes",
        "issue",
        "number",
        "iid",
        "html_url",
        "web_url",
        "repository",
        "project",
        "ref",
        "commits",
        "added",
        "modified",
        "removed",
        "labels",
        "assignees",
        "sender",
        "user",
        "login",
        "username",
        "changes",
        "owner",
        "from",
        "name",
        "title",
        "body",
        "description",
        "state",
        "created_at",
        "updated_at",
        "size",
        "total_commits_count",
        "path_with_namespace",
        "milestone",
        "default_branch",
    ]
)
WORDS = st.sampled_from(
    ["push", "issue", "work_item", "milestone", "project_rename", "refs/heads/main", "closed", "open"]
)
ODD = st.recursive(
    LEAVES | WORDS | st.just("https://github.com/acme/web"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(), inner, max_size=8),
    max_leaves=30,
)
EVENTS = st.sampled_from(["push", "issues", "sub_issues", "issue_dependencies", "milestone", "label", "repository"])


@settings(max_examples=200)
@given(event=EVENTS | st.text(), payload=st.dictionaries(NAMES, ODD) | ODD)
def test_no_payload_makes_a_door_fail(both: dict[str, Door], event: str, payload: object) -> None:
    for answer in (
        both["github"].read(*from_github(event, payload), NOON),
        both["gitlab"].read(*from_gitlab(payload), NOON),
    ):
        assert isinstance(answer, Letter)
        for ask in answer.asks:
            assert Scope.of_json(ask.scope.as_json()) == ask.scope
            assert ask.reason.isprintable()


@given(body=st.binary())
def test_no_body_makes_a_door_fail(both: dict[str, Door], body: bytes) -> None:
    for answer in (
        both["github"].read(*from_github("push", body), NOON),
        both["gitlab"].read(*from_gitlab(body), NOON),
    ):
        assert isinstance(answer, Letter) or answer.status == 400


HEADERS = st.sampled_from(
    [
        "x-hub-signature-256",
        "x-github-event",
        "x-github-delivery",
        "x-gitlab-token",
        "x-gitlab-event",
        "x-gitlab-instance",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "idempotency-key",
        "x-gitlab-event-uuid",
        "content-type",
    ]
)


@given(headers=st.dictionaries(HEADERS | st.text(), st.text()), body=st.binary())
def test_no_headers_make_a_door_fail_or_open(both: dict[str, Door], headers: dict[str, str], body: bytes) -> None:
    for door in both.values():
        answer = door.read(headers, body, NOON)
        assert isinstance(answer, Refused)
        assert answer.status == 401


@given(headers=st.dictionaries(HEADERS, st.text()))
def test_no_other_headers_make_an_open_door_fail(both: dict[str, Door], headers: dict[str, str]) -> None:
    for kind, (right, body) in (("github", from_github("push", {})), ("gitlab", from_gitlab({}))):
        believed = {name: right[name] for name in ("x-hub-signature-256", "x-gitlab-token") if name in right}
        assert isinstance(both[kind].read(headers | believed, body, NOON), Letter | Refused)


@pytest.mark.parametrize("url", ["https://github.com/acme/docs.git", "git@github.com:acme/docs.git"])
def test_a_push_to_a_repository_that_is_reached_by_its_address_asks_for_its_plans(tmp_path: Path, url: str) -> None:
    checkout(tmp_path, "https://github.com/acme/other.git")
    text = GITHUB + f'source = {{ kind = "git", url = "{url}", include = ["plans/*.md"] }}\n'
    door = doors(tmp_path, text)["github"]
    page = "https://github.com/acme/docs"
    assert scopes(door, "push", pushed("plans/a.md", page=page)) == [("web", Scope(plans=frozenset({"plans/a.md"})))]
    assert scopes(door, "push", pushed("src/a.c", page=page)) == []
    assert scopes(door, "push", pushed("plans/a.md", page="https://github.com/acme/other")) == []
