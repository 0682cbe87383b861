"""A commit of somebody else on the branch of ours, from which a request for review comes: nothing is rebuilt (spec §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from plansync.ports.source import Content, Note, Proposed, Refused, Replacement, Saved, Source
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.support import hosted_sources, saving
from tests.support.clocks import FakeClock
from tests.support.fake_reviews import FakeReviews
from tests.support.git_remote import Remote, git, source_on
from tests.support.hosted_source_worlds import OnGitHub, OnGitLab, Repository
from tests.support.memory_snapshots import MemorySnapshots

A, B, WHY = "plans/a.md", "plans/b.md", "docs/why.md"
OLD = b"# Plan\n\n- [ ] a task\n"
SYNC = "plansync/sync"


@dataclass
class OnRemote(Repository):
    """A bare repository, and requests for review that a host keeps elsewhere."""

    remote: Remote
    reviews: FakeReviews

    def put(self, path: str, data: bytes | None, branch: str = "") -> None:
        self.remote.commit({path: data}, branch=branch or "main")

    def read(self, path: str, branch: str = "") -> bytes:
        return self.remote.read(path, branch or "main")

    def requests(self) -> list[tuple[str, str, str]]:
        return [("open", review.title, review.text) for review in self.reviews.opened.values()]

    def drop(self, branch: str) -> None:
        git(self.remote.folder, "update-ref", "-d", f"refs/heads/{branch}")
        self.reviews.opened.clear()

    def tip(self, branch: str = "") -> str:
        return self.remote.tip(branch or "main")

    def amend(self, path: str, data: bytes, branch: str) -> None:
        said = git(self.remote.folder, "log", "--max-count=1", "--format=%B", branch)
        tree = git(self.remote.folder, "rev-parse", f"{self.remote.commit({path: data}, branch)}^{{tree}}")
        made = git(self.remote.folder, "commit-tree", tree, "-p", f"{branch}~2", "-m", said)
        git(self.remote.folder, "update-ref", f"refs/heads/{branch}", made)


@dataclass
class Place:
    """A repository with two plans; ``source`` returns what reads and writes them as a new process makes it."""

    repository: Repository
    source: Callable[[], Source]
    runs: int = 0

    def save(self, **data: bytes) -> list[Saved]:
        """Let a run want these plans, named by a letter; what they are already is nothing to be written."""
        self.runs += 1
        note = Note(
            run=f"run-{self.runs}", target="web", trigger="once", message=saving.message, request=saving.request
        )
        source, wanted = self.source(), []
        source.refresh()
        for letter, new in data.items():
            content = source.read(f"plans/{letter}.md")
            assert isinstance(content, Content)
            wanted.append(Replacement(content, new))
        return list(source.save(wanted, note))


def on_git(folder: Path) -> Iterator[Place]:
    """Yield a bare repository."""
    remote, reviews = Remote.new(folder / "remote.git"), FakeReviews()
    url = str(remote.folder)
    yield Place(OnRemote(remote, reviews), lambda: source_on(url, folder / "state", write="request", reviews=reviews))


def on_github(folder: Path) -> Iterator[Place]:
    """Yield a repository on GitHub."""
    github, snapshots = GitHub(FakeClock()), MemorySnapshots()
    github.add_user("ann", "write")
    with serve_github(github):
        yield Place(
            OnGitHub(github),
            lambda: hosted_sources.source_on(
                hosted_sources.github_desk(github, FakeClock()), write="request", snapshots=snapshots
            ),
        )


def on_gitlab(folder: Path) -> Iterator[Place]:
    """Yield a project on GitLab."""
    gitlab, snapshots = GitLab(FakeClock(), login="plansync"), MemorySnapshots()
    with serve_gitlab(gitlab):
        yield Place(
            OnGitLab(gitlab),
            lambda: hosted_sources.source_on(
                hosted_sources.gitlab_desk(gitlab, FakeClock()), write="request", snapshots=snapshots
            ),
        )


@pytest.fixture(params=[on_git, on_github, on_gitlab], ids=["git", "github", "gitlab"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    for made in request.param(tmp_path):
        made.repository.put(A, OLD)
        made.repository.put(B, OLD)
        yield made


def foreign(place: Place) -> str:
    """Let somebody commit on top of ours, and return the commit."""
    place.repository.put(WHY, b"because", SYNC)
    return place.repository.tip(SYNC)


def test_the_same_edits_go_on_waiting_beside_a_foreign_commit(place: Place) -> None:
    place.save(a=b"new")
    theirs = foreign(place)
    for _ in range(2):
        [answer] = place.save(a=b"new")
        assert isinstance(answer, Proposed)
    assert place.repository.tip(SYNC) == theirs


def test_other_edits_are_refused_in_words_that_name_the_commit_and_the_way_out(place: Place) -> None:
    place.save(a=b"new")
    theirs = foreign(place)
    for _ in range(2):
        answers = place.save(a=b"new", b=b"new b")
        assert [type(answer) for answer in answers] == [Refused, Refused]
        assert isinstance(answers[1], Refused)
        assert f"plansync's ({theirs[:10]})" in answers[1].reason
        assert SYNC in answers[1].reason
        assert "delete the branch" in answers[1].hint
    assert place.repository.tip(SYNC) == theirs
    assert [place.repository.read(path, SYNC) for path in (A, B, WHY)] == [b"new", OLD, b"because"]
    assert place.repository.read(B) == OLD


def test_a_branch_with_a_foreign_commit_and_its_request_stay_when_nothing_is_left_of_ours(place: Place) -> None:
    place.save(a=b"new")
    theirs = foreign(place)
    for _ in range(2):
        [answer] = place.save(a=OLD)
        assert isinstance(answer, Content)
    assert place.repository.tip(SYNC) == theirs
    assert [state for state, _, _ in place.repository.requests()] == ["open"]


def test_a_commit_of_ours_that_somebody_amended_is_theirs(place: Place) -> None:
    place.save(a=b"new")
    place.repository.amend(A, b"new and theirs", SYNC)
    theirs = place.repository.tip(SYNC)
    [answer] = place.save(a=b"newer")
    assert isinstance(answer, Refused)
    assert (place.repository.tip(SYNC), place.repository.read(A, SYNC)) == (theirs, b"new and theirs")


def test_once_the_branch_is_deleted_what_waits_is_proposed_anew(place: Place) -> None:
    place.save(a=b"new")
    foreign(place)
    place.save(a=b"newer")
    place.repository.drop(SYNC)
    [answer] = place.save(a=b"newer")
    assert isinstance(answer, Proposed)
    assert place.repository.read(A, SYNC) == b"newer"
    assert [state for state, _, _ in place.repository.requests()][-1] == "open"


def test_once_the_branch_is_merged_the_next_edits_are_a_commit_of_their_own(place: Place) -> None:
    place.save(a=b"new")
    foreign(place)
    for path, data in ((A, b"new"), (WHY, b"because")):
        place.repository.put(path, data)
    place.repository.drop(SYNC)
    assert isinstance(place.save(a=b"new")[0], Content)
    assert isinstance(place.save(a=b"newer")[0], Proposed)
    assert [place.repository.read(path, SYNC) for path in (A, WHY)] == [b"newer", b"because"]
