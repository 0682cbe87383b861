"""The laws of the source port, kept by every adapter."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from plansync.ports.source import Changed, Content, Replacement, Source, Unreadable
from plansync.sources.checkout import Checkout
from plansync.sources.folder import FolderSource
from plansync.sources.git.program import Credential
from plansync.sources.globs import Globs
from plansync.sources.hosted.source import HostedSource
from tests.servers.githttp import serve_git
from tests.servers.github import GitHub
from tests.servers.github import serve as serve_github
from tests.servers.gitlab import GitLab
from tests.servers.gitlab import serve as serve_gitlab
from tests.servers.openapi import rest
from tests.support import hosted_sources
from tests.support.clocks import FakeClock
from tests.support.git_remote import LIMIT, Remote, source_on
from tests.support.saving import NOTE, save

PLAN = "# A\r\n\r\n- [ ] täglich\tmessen".encode()

Put = Callable[[str, bytes | None], None]
"""Puts bytes at a path behind the source's back, as a person does; None removes the file."""


class SourceLaws:
    """What the app relies on. A subclass gives ``source``, which has ``plans/**/*.md``, and ``put``.

    ``kind`` is which source keeps them: ``test_every_adapter.py`` looks for each one that there is.
    """

    kind: ClassVar[str]

    def test_the_source_under_test_is_of_the_kind_that_the_class_says(self, source: Source) -> None:
        speaks = source.tip.desk if isinstance(source, HostedSource) else source
        assert type(speaks).__module__.split(".")[2] == self.kind

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        """Return the source under test, empty."""
        raise LookupError("a subclass gives it")

    @pytest.fixture
    def put(self, tmp_path: Path) -> Put:
        """Return the way behind its back."""
        raise LookupError("a subclass gives it")

    def read(self, source: Source, path: str) -> Content:
        content = source.read(path)
        assert isinstance(content, Content)
        return content

    def test_a_source_without_plans_lists_nothing(self, source: Source) -> None:
        assert list(source.list()) == []

    def test_plans_are_listed_sorted_by_path(self, source: Source, put: Put) -> None:
        for path in ("plans/b.md", "plans/a/z.md", "plans/A.md", "plans/a.md", "notes.md", "plans/a.txt"):
            put(path, PLAN)
        assert list(source.list()) == ["plans/A.md", "plans/a.md", "plans/a/z.md", "plans/b.md"]

    def test_a_plan_is_read_byte_by_byte(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        assert self.read(source, "plans/a.md").data == PLAN

    def test_an_unchanged_plan_has_the_same_token(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        assert self.read(source, "plans/a.md") == self.read(source, "plans/a.md")

    def test_a_changed_plan_has_another_token(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        before = self.read(source, "plans/a.md")
        put("plans/a.md", PLAN.replace(b" ", b"x", 1))
        source.refresh()
        assert self.read(source, "plans/a.md").token != before.token

    def test_a_plan_that_is_missing_is_a_value(self, source: Source) -> None:
        answer = source.read("plans/gone.md")
        assert isinstance(answer, Unreadable)
        assert (answer.path, answer.code) == ("plans/gone.md", "PS103")
        assert answer.message

    def test_a_plan_that_is_too_large_is_a_value_that_names_the_limit(self, source: Source, put: Put) -> None:
        put("plans/a.md", b"x" * LIMIT)
        put("plans/b.md", b"x" * (LIMIT + 1))
        assert len(self.read(source, "plans/a.md").data) == LIMIT
        answer = source.read("plans/b.md")
        assert isinstance(answer, Unreadable)
        assert answer.code == "PS102"
        assert "1,001 bytes" in answer.message
        assert "1,000" in answer.message

    def test_what_was_written_is_read_again(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        written = save(source, self.read(source, "plans/a.md"), b"new")
        assert isinstance(written, Content)
        assert written.data == b"new"
        assert self.read(source, "plans/a.md") == written
        source.refresh()
        assert self.read(source, "plans/a.md") == written

    def test_what_was_written_can_be_written_again(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        once = save(source, self.read(source, "plans/a.md"), b"one")
        assert isinstance(once, Content)
        twice = save(source, once, b"two")
        assert isinstance(twice, Content)
        assert twice.data == b"two"

    def test_a_plan_that_somebody_saved_meanwhile_is_not_overwritten(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        content = self.read(source, "plans/a.md")
        put("plans/a.md", b"theirs")
        answer = save(source, content, b"ours")
        assert isinstance(answer, Changed)
        assert answer.path in answer.reason
        assert self.read(source, "plans/a.md").data == b"theirs"

    def test_a_plan_that_changed_meanwhile_can_be_written_once_it_is_read_again(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        content = self.read(source, "plans/a.md")
        put("plans/a.md", b"theirs")
        assert isinstance(save(source, content, b"ours"), Changed)
        written = save(source, self.read(source, "plans/a.md"), b"theirs and ours")
        assert isinstance(written, Content)
        source.refresh()
        assert self.read(source, "plans/a.md").data == b"theirs and ours"

    def test_a_plan_that_is_gone_meanwhile_is_not_made_again(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        content = self.read(source, "plans/a.md")
        put("plans/a.md", None)
        assert isinstance(save(source, content, b"ours"), Changed)
        assert isinstance(source.read("plans/a.md"), Unreadable)
        assert list(source.list()) == []

    def test_plans_that_are_saved_together_are_answered_in_order_each_for_itself(
        self, source: Source, put: Put
    ) -> None:
        for path in ("plans/a.md", "plans/b.md", "plans/c.md", "plans/d.md"):
            put(path, PLAN)
        a, b, c, d = (self.read(source, f"plans/{name}.md") for name in "abcd")
        put("plans/b.md", b"theirs")
        put("plans/d.md", None)
        wanted = [Replacement(a, b"new a"), Replacement(b, b"ours"), Replacement(c, b"new c"), Replacement(d, b"ours")]
        answers = source.save(wanted, NOTE)
        assert [type(answer) for answer in answers] == [Content, Changed, Content, Changed]
        source.refresh()
        assert [self.read(source, f"plans/{name}.md").data for name in "abc"] == [b"new a", b"theirs", b"new c"]
        assert [self.read(source, "plans/a.md"), self.read(source, "plans/c.md")] == [answers[0], answers[2]]

    def test_equal_bytes_are_nothing_to_write(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        content = self.read(source, "plans/a.md")
        assert save(source, content, PLAN) == content
        source.refresh()
        assert self.read(source, "plans/a.md") == content

    def test_nothing_to_save_is_nothing_done(self, source: Source) -> None:
        assert list(source.save([], NOTE)) == []

    def test_writing_leaves_other_plans_alone(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        put("plans/b.md", PLAN)
        other = self.read(source, "plans/b.md")
        save(source, self.read(source, "plans/a.md"), b"new")
        assert self.read(source, "plans/b.md") == other
        assert list(source.list()) == ["plans/a.md", "plans/b.md"]

    def test_a_plan_that_comes_is_listed_after_the_next_look(self, source: Source, put: Put) -> None:
        put("plans/a.md", PLAN)
        assert list(source.list()) == ["plans/a.md"]
        put("plans/b.md", PLAN)
        put("plans/a.md", None)
        source.refresh()
        assert list(source.list()) == ["plans/b.md"]

    def test_a_source_has_a_name_that_stays(self, source: Source) -> None:
        assert source.uid
        assert source.uid == source.uid

    def test_a_plain_source_may_be_synced(self, source: Source) -> None:
        assert source.branch_rule().allowed


class TestFolderSource(SourceLaws):
    kind = "folder"

    @pytest.fixture
    def source(self, tmp_path: Path) -> Source:
        return FolderSource(tmp_path, Globs(["plans/**/*.md"]), LIMIT, Checkout(tmp_path))

    @pytest.fixture
    def put(self, tmp_path: Path) -> Put:
        def put(path: str, data: bytes | None) -> None:
            file = tmp_path / path
            if data is None:
                file.unlink()
                return
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)

        return put


class TestGitSource(SourceLaws):
    kind = "git"

    @pytest.fixture
    def remote(self, tmp_path: Path) -> Remote:
        return Remote.new(tmp_path / "remote.git")

    @pytest.fixture
    def source(self, tmp_path: Path, remote: Remote) -> Source:
        return source_on(str(remote.folder), tmp_path / "state")

    @pytest.fixture
    def put(self, remote: Remote) -> Put:
        def put(path: str, data: bytes | None) -> None:
            remote.commit({path: data})

        return put


class TestGitSourceThatMayAskForReview(TestGitSource):
    @pytest.fixture
    def source(self, tmp_path: Path, remote: Remote) -> Source:
        return source_on(str(remote.folder), tmp_path / "state", write="auto")


class TestGitSourceOverHttp(TestGitSource):
    @pytest.fixture
    def source(self, tmp_path: Path, remote: Remote) -> Iterator[Source]:
        with serve_git(tmp_path, token="s3cret") as site:
            url = f"{site.url}/{remote.folder.name}"
            yield source_on(url, tmp_path / "state", credential=Credential("s3cret"))


class TestGitHubSource(SourceLaws):
    kind = "github"

    @pytest.fixture
    def github(self) -> Iterator[GitHub]:
        github = GitHub(FakeClock())
        github.commit({"README.md": b"# Read me"})
        with serve_github(github, rest().check):
            yield github

    @pytest.fixture
    def source(self, github: GitHub) -> Source:
        return hosted_sources.source_on(hosted_sources.github_desk(github, FakeClock()), limit=LIMIT)

    @pytest.fixture
    def put(self, github: GitHub) -> Put:
        def put(path: str, data: bytes | None) -> None:
            github.commit({path: data})

        return put


class TestGitLabSource(SourceLaws):
    kind = "gitlab"

    @pytest.fixture
    def gitlab(self) -> Iterator[GitLab]:
        gitlab = GitLab(FakeClock())
        gitlab.commit({"README.md": b"# Read me"})
        with serve_gitlab(gitlab):
            yield gitlab

    @pytest.fixture
    def source(self, gitlab: GitLab) -> Source:
        return hosted_sources.source_on(hosted_sources.gitlab_desk(gitlab, FakeClock()), limit=LIMIT)

    @pytest.fixture
    def put(self, gitlab: GitLab) -> Put:
        def put(path: str, data: bytes | None) -> None:
            gitlab.commit({path: data})

        return put
