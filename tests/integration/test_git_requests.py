"""Plans on a branch that takes no push: one branch of ours, one request, kept up to date (spec §5)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from plansync.app.report import TargetReport
from plansync.app.request import SyncRequest, Workshop
from plansync.app.sync import run_sync
from plansync.core.parser import parse_plan
from plansync.errors import SourceError
from plansync.ports.source import Changed, Content, Proposed, Refused, Replacement, Saved
from plansync.sources.git.source import GitSource
from plansync.sources.style import Style
from tests.servers.githttp import serve_git
from tests.support.example import MAP, PLAN
from tests.support.fake_reviews import FakeReviews
from tests.support.git_remote import Remote, git, source_on
from tests.support.saving import NOTE, save
from tests.support.world import World, fake_world, kinds

A, B, C = "plans/a.md", "plans/b.md", "plans/c.md"
OLD = b"# Plan\n\n- [ ] a task\n"
SYNC = "plansync/sync"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    made = Remote.new(tmp_path / "remote.git")
    made.commit({A: OLD, B: OLD, C: OLD})
    made.refuse()
    return made


@pytest.fixture
def reviews() -> FakeReviews:
    return FakeReviews()


def opened(
    remote: Remote,
    tmp_path: Path,
    reviews: FakeReviews | None,
    write: Literal["auto", "request"] = "auto",
    copy: str = "state",
) -> GitSource:
    return source_on(str(remote.folder), tmp_path / copy, write=write, reviews=reviews, limit=100_000)


@pytest.fixture
def source(remote: Remote, tmp_path: Path, reviews: FakeReviews) -> GitSource:
    return opened(remote, tmp_path, reviews)


def replaced(source: GitSource, **data: bytes) -> list[Saved]:
    """Save the plans named by a letter; the same bytes say that nothing is left to be written."""
    source.refresh()
    wanted = []
    for letter, new in data.items():
        content = source.read(f"plans/{letter}.md")
        assert isinstance(content, Content)
        wanted.append(Replacement(content, new))
    return list(source.save(wanted, NOTE))


def by_hand(remote: Remote, branch: str, **data: bytes) -> str:
    """Commit as a person does, on a branch that may be protected against pushes."""
    return remote.commit({f"plans/{letter}.md": new for letter, new in data.items()}, branch=branch)


def merge(remote: Remote) -> None:
    """Merge the request as a host does: by a merge commit."""
    tree = git(remote.folder, "rev-parse", f"{SYNC}^{{tree}}")
    parents = ["-p", "main", "-p", SYNC]
    git(
        remote.folder, "update-ref", "refs/heads/main", git(remote.folder, "commit-tree", tree, *parents, "-m", "merge")
    )


@pytest.mark.parametrize("write", ["auto", "request"])
def test_edits_wait_in_one_commit_on_one_branch_with_one_request(
    write: Literal["auto", "request"], remote: Remote, reviews: FakeReviews, tmp_path: Path
) -> None:
    source = opened(remote, tmp_path, reviews, write)
    answers = replaced(source, a=b"new a", b=b"new b", c=OLD)
    assert [type(answer) for answer in answers] == [Proposed, Proposed, Content]
    assert isinstance(answers[0], Proposed)
    assert (answers[0].content.data, answers[0].where) == (OLD, "https://git.example.com/pulls/1")
    assert remote.read(A) == OLD
    assert [remote.read(path, SYNC) for path in (A, B, C)] == [b"new a", b"new b", OLD]
    assert remote.log("%P", SYNC)[0] == remote.tip()
    [review] = reviews.opened.values()
    assert review.title == "docs: plans/a.md, plans/b.md"
    assert reviews.taken() == ["find", "open"]


def test_the_same_edits_again_are_quiet(source: GitSource, remote: Remote, reviews: FakeReviews) -> None:
    replaced(source, a=b"new", b=OLD)
    before, first = remote.tip(SYNC), reviews.taken()
    for _ in range(3):
        [answer, other] = replaced(source, a=b"new", b=OLD)
        assert isinstance(answer, Proposed)
        assert isinstance(other, Content)
    assert first == ["find", "open"]
    assert remote.tip(SYNC) == before
    assert set(reviews.taken()) == {"find"}


def test_a_branch_that_moves_on_elsewhere_leaves_the_request_as_it_is(source: GitSource, remote: Remote) -> None:
    replaced(source, a=b"new")
    before = remote.tip(SYNC)
    by_hand(remote, "main", b=b"theirs")
    replaced(source, a=b"new", b=b"theirs")
    assert remote.tip(SYNC) == before


def test_other_edits_rebuild_the_branch_on_the_tip_and_update_the_request(
    source: GitSource, remote: Remote, reviews: FakeReviews
) -> None:
    replaced(source, a=b"new")
    by_hand(remote, "main", b=b"theirs")
    replaced(source, a=b"newer", b=b"theirs and ours")
    assert remote.log("%P", SYNC)[0] == remote.tip()
    assert [remote.read(path, SYNC) for path in (A, B)] == [b"newer", b"theirs and ours"]
    assert [review.title for review in reviews.opened.values()] == ["docs: plans/a.md, plans/b.md"]
    assert reviews.taken() == ["find", "open", "find", "update"]


def test_plans_that_were_not_decided_anew_go_on_waiting_unless_they_changed(source: GitSource, remote: Remote) -> None:
    replaced(source, a=b"new a", b=b"new b", c=b"new c")
    by_hand(remote, "main", b=b"theirs")
    replaced(source, a=b"newer a")
    assert [remote.read(path, SYNC) for path in (A, B, C)] == [b"newer a", b"theirs", b"new c"]


def test_a_request_of_which_nothing_is_left_is_closed_and_its_branch_goes(
    source: GitSource, remote: Remote, reviews: FakeReviews
) -> None:
    replaced(source, a=b"new")
    assert isinstance(replaced(source, a=OLD)[0], Content)
    assert remote.tip(SYNC) == ""
    assert reviews.opened == {}
    assert reviews.taken()[2:] == ["find", "close"]
    replaced(source, a=OLD)
    assert reviews.taken() == []


def test_what_was_merged_is_over(source: GitSource, remote: Remote, reviews: FakeReviews) -> None:
    replaced(source, a=b"new")
    merge(remote)
    reviews.opened.clear()
    [answer] = replaced(source, a=b"new")
    assert isinstance(answer, Content)
    assert remote.tip(SYNC) == ""
    assert reviews.taken()[2:] == ["find"]


def test_a_branch_that_takes_pushes_again_gets_them_and_the_request_is_closed(
    source: GitSource, remote: Remote, reviews: FakeReviews
) -> None:
    replaced(source, a=b"new")
    (remote.folder / "hooks/update").unlink()
    assert isinstance(replaced(source, a=b"newer")[0], Content)
    assert remote.read(A) == b"newer"
    assert (remote.tip(SYNC), reviews.opened) == ("", {})


def test_a_request_that_people_closed_is_not_opened_again_until_there_is_something_new(
    source: GitSource, remote: Remote, reviews: FakeReviews
) -> None:
    replaced(source, a=b"new")
    reviews.opened.clear()
    [answer] = replaced(source, a=b"new")
    assert isinstance(answer, Proposed)
    assert "request was closed" in answer.where
    assert "open" not in reviews.taken()[2:]
    replaced(source, a=b"newer")
    assert list(reviews.opened) == [2]


def test_a_commit_of_somebody_else_on_the_branch_is_left_alone(source: GitSource, remote: Remote) -> None:
    replaced(source, a=b"new")
    by_hand(remote, SYNC, c=b"theirs")
    theirs = remote.tip(SYNC)
    [same] = replaced(source, a=b"new")
    assert isinstance(same, Refused | Proposed)
    [other] = replaced(source, a=b"newer")
    assert isinstance(other, Refused)
    assert theirs[:10] in other.reason
    assert "delete the branch" in other.hint
    replaced(source, a=OLD)
    assert remote.tip(SYNC) == theirs


def test_a_commit_of_ours_that_somebody_amended_is_not_ours(source: GitSource, remote: Remote) -> None:
    replaced(source, a=b"new")
    tree = git(remote.folder, "rev-parse", f"{SYNC}^{{tree}}")
    message = git(remote.folder, "log", "--max-count=1", "--format=%B", SYNC)
    amended = git(remote.folder, "commit-tree", tree, "-p", f"{SYNC}^", "-m", message)
    git(remote.folder, "update-ref", f"refs/heads/{SYNC}", amended)
    assert isinstance(replaced(source, a=b"newer")[0], Refused)


def test_another_installation_knows_the_branch_by_its_trailer(
    source: GitSource, remote: Remote, reviews: FakeReviews, tmp_path: Path
) -> None:
    replaced(source, a=b"new", b=b"new b")
    again = opened(remote, tmp_path, reviews, copy="elsewhere")
    assert isinstance(replaced(again, a=b"newer")[0], Proposed)
    assert [remote.read(path, SYNC) for path in (A, B)] == [b"newer", b"new b"]
    assert len(reviews.all) == 1


def test_a_commit_that_only_says_that_it_is_ours_brings_no_other_files_along(
    source: GitSource, remote: Remote, reviews: FakeReviews, tmp_path: Path
) -> None:
    replaced(source, a=b"new", b=b"new b")
    blob = remote.blob(b"#!/bin/sh\n")
    index = {"GIT_INDEX_FILE": str(remote.folder / "forged")}
    git(remote.folder, "read-tree", SYNC, extra=index)
    git(remote.folder, "update-index", "--add", "--cacheinfo", f"100755,{blob},README.md", extra=index)
    who = {"GIT_COMMITTER_NAME": "plansync", "GIT_COMMITTER_EMAIL": "plansync@localhost"}
    message = git(remote.folder, "log", "--max-count=1", "--format=%B", SYNC)
    tree = git(remote.folder, "write-tree", extra=index)
    forged = git(remote.folder, "commit-tree", tree, "-p", f"{SYNC}^", "-m", message, extra=who)
    git(remote.folder, "update-ref", f"refs/heads/{SYNC}", forged)
    assert isinstance(replaced(opened(remote, tmp_path, reviews), a=b"newer")[0], Proposed)
    assert [remote.read(path, SYNC) for path in (A, B)] == [b"newer", b"new b"]
    assert remote.read("README.md", SYNC) == b"# Read me\n"


def test_a_run_that_was_killed_before_its_request_is_finished_by_the_next(
    remote: Remote, reviews: FakeReviews, tmp_path: Path
) -> None:
    class Killed(FakeReviews):
        def find(self, branch: str, onto: str) -> None:
            raise SourceError("killed")

    with pytest.raises(SourceError, match="killed"):
        replaced(opened(remote, tmp_path, Killed()), a=b"new")
    before = remote.tip(SYNC)
    assert isinstance(replaced(opened(remote, tmp_path, reviews), a=b"new")[0], Proposed)
    assert (remote.tip(SYNC), list(reviews.opened)) == (before, [1])


def test_without_a_host_that_knows_requests_the_branch_is_named(remote: Remote, tmp_path: Path) -> None:
    source = opened(remote, tmp_path, None)
    [answer] = replaced(source, a=b"new")
    assert isinstance(answer, Proposed)
    assert answer.where == f"branch {SYNC} of file://{remote.folder}"
    replaced(source, a=OLD)
    assert remote.tip(SYNC) == ""


def test_somebody_who_moves_our_branch_in_the_middle_is_noticed(
    remote: Remote, reviews: FakeReviews, tmp_path: Path
) -> None:
    with serve_git(tmp_path) as site:
        source = source_on(f"{site.url}/remote.git", tmp_path / "state", write="request", reviews=reviews)
        content = source.read(A)
        assert isinstance(content, Content)
        rounds = iter(["once"])
        site.before_push = lambda: next(rounds, None) and by_hand(remote, SYNC, c=b"theirs")
        answer = save(source, content, b"new")
    assert isinstance(answer, Refused)
    assert remote.read(C, SYNC) == b"theirs"


def test_a_branch_of_ours_that_may_not_be_pushed_is_told(remote: Remote, reviews: FakeReviews, tmp_path: Path) -> None:
    remote.refuse(SYNC)
    answer = replaced(opened(remote, tmp_path, reviews, "request"), a=b"new")[0]
    assert isinstance(answer, Refused)
    assert "GH006" in answer.reason
    assert reviews.all == []


def test_a_plan_that_changed_meanwhile_is_read_again_and_proposed(source: GitSource, remote: Remote) -> None:
    content = source.read(A)
    assert isinstance(content, Content)
    by_hand(remote, "main", a=b"theirs")
    assert isinstance(save(source, content, b"ours"), Changed)
    assert isinstance(replaced(source, a=b"theirs and ours")[0], Proposed)


def test_trailers_and_skip_ci_are_no_part_of_the_request(remote: Remote, reviews: FakeReviews, tmp_path: Path) -> None:
    style = Style(sign_off=True, skip_ci=True)
    source = source_on(str(remote.folder), tmp_path / "state", write="request", reviews=reviews, style=style)
    replaced(source, a=b"new")
    assert (reviews.all[0].title, reviews.all[0].text) == ("docs: plans/a.md", "")
    assert remote.log("%s", SYNC)[0] == "docs: plans/a.md [skip ci]"


class Story:
    """The main job on a protected branch, with a tracker in memory."""

    def __init__(self, remote: Remote, reviews: FakeReviews, tmp_path: Path) -> None:
        self.remote, self.reviews, self.tmp_path = remote, reviews, tmp_path
        (tmp_path / "world").mkdir()
        self.world: World = fake_world(tmp_path / "world")

    def sync(self) -> TargetReport:
        self.world.clock.advance()
        source = opened(self.remote, self.tmp_path, self.reviews)
        target = replace(self.world.target(), source=source)
        workshop = Workshop((target,), self.world.store, self.world.clock, parse_plan, "host:1:1")
        report = run_sync(workshop, target, SyncRequest())
        self.world.clock.advance()
        assert not report.failed, report
        return report

    def number(self, line: str) -> int:
        text = self.remote.read(A, SYNC).decode()
        found = next(entry for entry in text.splitlines() if line in entry)
        return int(found.split("[#")[1].split("]")[0])


def test_while_a_request_waits_issues_close_and_reopen_and_plansync_moves_none_of_them(
    remote: Remote, reviews: FakeReviews, tmp_path: Path
) -> None:
    remote.commit({A: PLAN.encode(), B: None, C: None})
    story = Story(remote, reviews, tmp_path)
    first = story.sync()
    assert kinds(first).count("create_issue") == 7
    assert first.plans[0].waits_at == "https://git.example.com/pulls/1"
    assert remote.read(A) == PLAN.encode()
    number = story.number(MAP)
    for turn in range(10):
        people = story.world.people
        if turn % 2:
            people.reopen(number)
        else:
            people.close(number)
        assert kinds(story.sync()) == []
        box = "[ ]" if turn % 2 else "[x]"
        assert f"- {box} {MAP}" in remote.read(A, SYNC).decode()
        tip, writes, _ = remote.tip(SYNC), story.world.tracker.traffic.writes, reviews.taken()
        quiet = story.sync()
        assert (kinds(quiet), remote.tip(SYNC), set(reviews.taken())) == ([], tip, {"find"})
        assert story.world.tracker.traffic.writes == writes
    assert len(reviews.all) == 1
    assert len(story.world.all_issues()) == 7
    merge(remote)
    reviews.opened.clear()
    assert kinds(story.sync()) == []
    assert remote.tip(SYNC) == ""
    assert kinds(story.sync()) == []
