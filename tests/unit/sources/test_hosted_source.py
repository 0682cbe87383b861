"""The sources over an API: what they ask the host, and what stands in the way (spec §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Proposed, Refused, Replacement, Unreadable
from plansync.sources.hosted.desk import Desk
from plansync.sources.hosted.source import HostedSource
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitkinds import Linked, Module
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.openapi import rest
from tests.servers.wire import Fault, TestServer
from tests.support.clocks import FakeClock
from tests.support.hosted_source_worlds import OnGitHub, OnGitLab, Repository
from tests.support.hosted_sources import github_desk, gitlab_desk, source_on
from tests.support.memory_snapshots import MemorySnapshots
from tests.support.saving import NOTE, save

PLAN = b"# Plan\n\n- [ ] a task\n"
A, B = "plans/a.md", "plans/b.md"


@dataclass
class Site:
    """A host with a repository that holds two plans, and sources on it that remember together."""

    host: GitHub | GitLab
    server: TestServer
    repository: Repository
    desk: Callable[[], Desk]
    snapshots: MemorySnapshots = field(default_factory=MemorySnapshots)

    def source(self, *include: str, **more: Any) -> HostedSource:
        """Return a source as a new process makes it."""
        return source_on(self.desk(), *include, snapshots=self.snapshots, **more)

    def sent(self) -> list[str]:
        """Return what was sent since the last time: method and status."""
        done = [f"{entry.method} {entry.status}" for entry in self.server.books]
        self.server.books.clear()
        return done


@pytest.fixture
def github() -> Iterator[Site]:
    host = GitHub(FakeClock())
    host.commit({A: PLAN, B: PLAN + b"b\n"})
    with serve_github(host, rest().check) as server:
        yield Site(host, server, OnGitHub(host), lambda: github_desk(host, FakeClock()))


@pytest.fixture
def gitlab() -> Iterator[Site]:
    host = GitLab(FakeClock(), login="plansync")
    host.commit({A: PLAN, B: PLAN + b"b\n"})
    with serve_gitlab(host) as server:
        yield Site(host, server, OnGitLab(host), lambda: gitlab_desk(host, FakeClock()))


@pytest.fixture(params=["github", "gitlab"])
def site(request: pytest.FixtureRequest) -> Site:
    made: Site = request.getfixturevalue(request.param)
    return made


def read(source: HostedSource, path: str = A) -> Content:
    content = source.read(path)
    assert isinstance(content, Content), content
    return content


def fault(source: HostedSource, path: str) -> str:
    answer = source.read(path)
    assert isinstance(answer, Unreadable)
    return answer.message


# ---------------------------------------------------------------------------------------------------------- requests


def test_what_was_read_is_remembered_and_a_quiet_look_is_one_request_without_content(site: Site) -> None:
    first = site.source()
    assert [read(first, path).data for path in first.list()] == [PLAN, PLAN + b"b\n"]
    assert site.sent() == ["GET 200"] * 4  # head, tree, two plans
    second = site.source()
    assert [read(second, path).data for path in second.list()] == [PLAN, PLAN + b"b\n"]
    assert site.sent() == ["GET 304"]


def test_only_plans_with_new_content_are_read_again(site: Site) -> None:
    source = site.source()
    read(source)
    site.repository.put(A, PLAN + b"new\n")
    site.sent()
    source.refresh()
    assert read(source).data == PLAN + b"new\n"
    assert site.sent() == ["GET 200"] * 3


def test_two_plans_become_one_commit(site: Site) -> None:
    source = site.source()
    before = len(site.repository.commits())
    answers = source.save([Replacement(read(source, path), b"new") for path in (A, B)], NOTE)
    assert all(isinstance(answer, Content) for answer in answers)
    assert len(site.repository.commits()) == before + 1
    assert site.repository.commits()[0].startswith(f"docs: {A}, {B}\n\nPlansync-Run: run-1")


def test_a_memory_that_is_of_no_use_is_thrown_away(site: Site) -> None:
    read(site.source())
    site.snapshots.save("source:test", {"version": 1, "head": "?"}, {})
    assert read(site.source()).data == PLAN
    site.snapshots.save("source:test", {"version": 99}, {})
    assert read(site.source()).data == PLAN


def test_two_processes_see_each_other_s_work(site: Site) -> None:
    one, other = site.source(), site.source()
    content = read(one)
    read(other)
    assert isinstance(save(other, content, b"theirs"), Content)
    assert isinstance(save(one, content, b"ours"), Changed)
    assert read(one).data == b"theirs"


# ------------------------------------------------------------------------------------------------------ odd files


def test_links_are_followed_inside_the_repository_and_never_out_of_it(site: Site) -> None:
    for path, data in {
        "docs/real.md": PLAN,
        "plans/link.md": Linked(b"../docs/real.md"),
        "plans/out.md": Linked(b"../../etc/passwd"),
        "plans/abs.md": Linked(b"/etc/passwd"),
        "plans/one.md": Linked(b"two.md"),
        "plans/two.md": Linked(b"one.md"),
        "vendor": Module(b"1" * 40),
        "plans/sub.md": Linked(b"../vendor/x.md"),
    }.items():
        site.repository.put(path, data)
    source = site.source()
    assert read(source, "plans/link.md").data == PLAN
    assert "out of the repository" in fault(source, "plans/out.md")
    assert "out of the repository" in fault(source, "plans/abs.md")
    assert "in a circle" in fault(source, "plans/one.md")
    assert "into a submodule" in fault(source, "plans/sub.md")
    assert isinstance(save(source, read(source, "plans/link.md"), b"new"), Content)
    assert site.repository.read("docs/real.md") == b"new"


def test_files_of_git_lfs_are_told(site: Site) -> None:
    site.repository.put(A, b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    assert "Git LFS" in fault(site.source(), A)


def test_case_twins_and_odd_names_are_plans_of_their_own(site: Site) -> None:
    names = ["plans/A.md", "plans/ä ö.md", "plans/%2e%2e.md", "plans/#1?.md", "plans/日本.md"]
    for number, name in enumerate(names):
        site.repository.put(name, b"# %d\n" % number)
    source = site.source()
    for number, name in enumerate(names):
        assert name in source.list()
        content = read(source, name)
        assert content.data == b"# %d\n" % number
        assert isinstance(save(source, content, content.data + b"new\n"), Content)
        assert site.repository.read(name) == b"# %d\nnew\n" % number


def test_paths_that_no_checkout_would_make_are_passed_over(site: Site) -> None:
    for path in ("plans/../x.md", "plans/.git/x.md", "plans/.GIT/y.md"):
        site.repository.put(path, PLAN)
    assert list(site.source("**/*.md").list()) == [A, B]


def test_a_plan_that_grew_too_large_and_a_limit_that_was_raised(site: Site) -> None:
    site.repository.put(A, b"x" * 2000)
    assert "2,000 bytes" in fault(site.source(), A)
    assert len(read(site.source(limit=5000)).data) == 2000
    assert "2,000 bytes" in fault(site.source(limit=1500), A)


def test_a_tree_that_is_cut_short_is_listed_by_folders(github: Site) -> None:
    assert isinstance(github.host, GitHub)
    for number in range(8):
        github.repository.put(f"src/{number}/x.txt", b"x")
    github.host.world.tree_limit = 6
    assert list(github.source().list()) == [A, B]
    assert github.sent() == ["GET 200"] * 4  # head, the tree twice, the one folder that may hold plans


def test_a_long_listing_is_read_page_by_page(gitlab: Site) -> None:
    for number in range(130):
        gitlab.repository.put(f"plans/{number:03}.md", PLAN)
    assert len(gitlab.source().list()) == 132


# --------------------------------------------------------------------------------------------------- what is missing


def test_a_repository_that_is_not_there_is_told(site: Site) -> None:
    source = site.source()
    source.tip.desk.path = "acme/nowhere"  # type: ignore[misc]
    with pytest.raises(SourceError, match=r"acme/nowhere on .* was not found"):
        source.list()


def test_a_branch_that_is_not_there_is_told(site: Site) -> None:
    with pytest.raises(SourceError, match="has no branch gone"):
        site.source(branch="gone").list()


def test_a_branch_with_a_slash_is_read(site: Site) -> None:
    site.repository.put(A, PLAN, "plans/next")
    source = site.source(branch="plans/next")
    assert read(source).data == PLAN
    assert isinstance(save(source, read(source), b"new"), Content)
    assert site.repository.read(A, "plans/next") == b"new"
    assert site.repository.read(A) == PLAN


def test_an_empty_repository_is_told() -> None:
    github, gitlab = GitHub(FakeClock()), GitLab(FakeClock(), login="plansync")
    with serve_github(github), pytest.raises(SourceError, match="is empty"):
        source_on(github_desk(github, FakeClock())).list()
    with serve_gitlab(gitlab), pytest.raises(SourceError, match="is empty"):
        source_on(gitlab_desk(gitlab, FakeClock())).list()


def test_a_renamed_repository_is_read_and_written_under_its_old_name(site: Site) -> None:
    if isinstance(site.host, GitHub):
        site.host.rename_repository("acme/web", "acme/site")
    else:
        site.host.rename_project("acme/platform/site")
    source = site.source()
    assert isinstance(save(source, read(source), b"new"), Content)
    assert site.repository.read(A) == b"new"
    assert ("name", True) in [(check.name, check.ok) for check in source.examine()]


def test_an_archived_repository_is_told(site: Site) -> None:
    source = site.source()
    content = read(source)
    (site.host.repository if isinstance(site.host, GitHub) else site.host.project).archived = True
    with pytest.raises(SourceError, match="archived"):
        save(source, content, b"new")
    assert ("write", False) in [(check.name, check.ok) for check in site.source().examine()]


def test_without_the_right_to_write_the_run_says_which_is_needed(site: Site) -> None:
    if isinstance(site.host, GitHub):
        site.host.may_push = False
    else:
        site.host.set_access("plansync", 20)
    source = site.source(write="direct")
    answer = save(source, read(source), b"new")
    assert isinstance(answer, Refused)
    assert "takes no commit" in answer.reason
    assert answer.hint
    source = site.source()
    try:
        answer = save(source, read(source), b"new")
        assert isinstance(answer, Refused)
    except SourceError as error:
        assert error.hint


# ------------------------------------------------------------------------------------------------------------- races


def racing(site: Site, turns: int, path: str, *, compares: bool = True) -> HostedSource:
    """Return a source behind whose back somebody pushes right before each of its first commits.

    Without ``compares`` the host is not told what to compare files with.
    """
    source = site.source()
    desk = source.tip.desk
    commit, left = desk.commit, iter(range(turns))

    class Racer:
        def __getattr__(self, name: str) -> Any:
            return getattr(desk, name)

        def commit(self, draft: Any) -> Any:
            if (turn := next(left, None)) is not None:
                site.repository.put(path, b"theirs %d" % turn)
            if not compares:
                draft = replace(draft, edits=[replace(edit, changed_in="") for edit in draft.edits])
            return commit(draft)

    source.tip.desk = Racer()
    return source


def test_a_push_of_something_else_costs_another_try(site: Site) -> None:
    source = racing(site, 3, B)
    assert isinstance(save(source, read(source), b"ours"), Content)
    assert site.repository.read(A) == b"ours"
    assert site.repository.read(B).startswith(b"theirs")


def test_a_push_of_the_same_plan_is_not_written_over(site: Site) -> None:
    source = racing(site, 1, A)
    assert isinstance(save(source, read(source), b"ours"), Changed)
    assert site.repository.read(A) == b"theirs 0"
    assert isinstance(save(source, read(source), b"theirs and ours"), Content)
    assert site.repository.read(A) == b"theirs and ours"


def test_where_files_are_not_compared_what_was_written_over_is_put_back(
    gitlab: Site,
) -> None:
    source = racing(gitlab, 1, A, compares=False)
    assert isinstance(save(source, read(source), b"ours"), Changed)
    assert gitlab.repository.read(A) == b"theirs 0"
    assert gitlab.repository.commits()[0].startswith("docs: put back what was committed meanwhile")
    assert read(source).data == b"theirs 0"


def test_a_branch_that_keeps_moving_is_given_up(github: Site) -> None:
    source = racing(github, 9, B)
    answer = save(source, read(source), b"ours")
    assert isinstance(answer, Refused)
    assert "kept moving" in answer.reason


def test_a_lost_answer_of_a_commit_that_took_effect_is_found_out(site: Site) -> None:
    source = site.source()
    content = read(source)
    source.tip.desk.project()
    site.server.fault_next(Fault.RESET_APPLIED, after=1)
    assert isinstance(save(source, content, b"ours"), Content)
    assert site.repository.read(A) == b"ours"
    assert len([m for m in site.repository.commits() if "Plansync-Run" in m]) == 1


# ----------------------------------------------------------------------------------------------------------- requests


def test_what_waits_already_sends_nothing(site: Site) -> None:
    source = site.source(write="request")
    content = read(source)
    answer = save(source, content, b"ours")
    assert isinstance(answer, Proposed)
    assert answer.content == content
    assert answer.where.startswith("http")
    site.sent()
    again = site.source(write="request")
    assert save(again, read(again), b"ours") == answer
    assert site.sent() == ["GET 304"]


def test_the_text_of_the_request_follows_what_waits(site: Site) -> None:
    source = site.source(write="request")
    save(source, read(source), b"ours")
    source.save([Replacement(read(source, B), b"new b")], NOTE)
    assert [title for _, title, _ in site.repository.requests()] == [f"docs: {A}, {B}"]
    source.save([Replacement(read(source), PLAN)], NOTE)
    assert [title for _, title, _ in site.repository.requests()] == [f"docs: {B}"]
    assert site.repository.read(A, "plansync/sync") == PLAN


def test_a_source_that_may_write_directly_again_does_and_closes_its_request(site: Site) -> None:
    source = site.source(write="request")
    save(source, read(source), b"ours")
    source = site.source(write="direct")
    assert isinstance(save(source, read(source), b"ours"), Content)
    assert site.repository.read(A) == b"ours"
    assert [state for state, _, _ in site.repository.requests()] == ["closed"]


def test_after_the_memory_is_lost_the_same_request_goes_on(site: Site) -> None:
    source = site.source(write="request")
    save(source, read(source), b"ours")
    site.snapshots = MemorySnapshots()
    source = site.source(write="request")
    assert isinstance(save(source, read(source), b"ours"), Proposed)
    assert len(site.repository.requests()) == 1
