"""Two writers on one branch, the other with plain git and no lock of ours: nothing of either is lost (spec §5)."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from plansync.ports.source import Changed, Content, Refused, Replacement
from plansync.sources.git.program import Credential
from plansync.sources.git.source import GitSource
from tests.servers.githttp import serve_git
from tests.support.git_remote import Remote, git, source_on
from tests.support.saving import NOTE

ROUNDS = int(os.environ.get("RACE_ROUNDS", "20"))
SHARED, OURS, THEIRS = "plans/shared.md", "plans/ours.md", "plans/theirs.md"


class Person:
    """Appends a line to two files, commits, and pushes until it is taken; a clone of their own, rebased by hand."""

    def __init__(self, remote: Remote, folder: Path) -> None:
        git(folder.parent, "clone", "--quiet", str(remote.folder), str(folder))
        self.folder = folder

    def append(self, line: str) -> None:
        while True:
            for path in (SHARED, THEIRS):
                file = self.folder / path
                file.write_bytes(file.read_bytes() + f"{line}\n".encode())
            git(self.folder, "commit", "--quiet", "--all", "--message", line)
            git(self.folder, "push", "--quiet", "origin", "HEAD:main", check=False)
            git(self.folder, "fetch", "--quiet", "origin")
            taken = git(self.folder, "log", "--format=%s", "origin/main").splitlines()
            git(self.folder, "reset", "--quiet", "--hard", "origin/main")
            if line in taken:
                return


def append(source: GitSource, line: str) -> None:
    """Append a line to two files as the app does: edit, save, and what changed is read and edited again."""
    left = [SHARED, OURS]
    source.refresh()
    while left:
        contents = [source.read(path) for path in left]
        wanted = [Replacement(c, c.data + f"{line}\n".encode()) for c in contents if isinstance(c, Content)]
        assert len(wanted) == len(left)
        answers = source.save(wanted, NOTE)
        assert all(isinstance(answer, Content | Changed | Refused) for answer in answers)
        left = [
            item.content.path for item, answer in zip(wanted, answers, strict=True) if not isinstance(answer, Content)
        ]


@contextmanager
def reached(kind: str, remote: Remote, folder: Path) -> Iterator[GitSource]:
    if kind == "file":
        yield source_on(str(remote.folder), folder / "state", limit=1_000_000)
        return
    with serve_git(remote.folder.parent, token="s3cret") as site:
        url = f"{site.url}/{remote.folder.name}"
        yield source_on(url, folder / "state", credential=Credential("s3cret"), limit=1_000_000)


@pytest.mark.parametrize("kind", ["file", "http"])
def test_two_writers_that_race_lose_no_line_and_make_no_merge(kind: str, tmp_path: Path) -> None:
    remote = Remote.new(tmp_path / "remote.git")
    git(remote.folder, "config", "core.logAllRefUpdates", "always")
    remote.commit(dict.fromkeys((SHARED, OURS, THEIRS), b""))
    start = remote.tip()
    person = Person(remote, tmp_path / "person")
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for number in range(ROUNDS):
                person.append(f"theirs {number}")
        except BaseException as error:
            faults.append(error)

    other = threading.Thread(target=work)
    with reached(kind, remote, tmp_path) as source:
        other.start()
        for number in range(ROUNDS):
            append(source, f"ours {number}")
        other.join()
    assert faults == []
    ours, theirs = [[f"{who} {number}" for number in range(ROUNDS)] for who in ("ours", "theirs")]
    assert sorted(remote.read(SHARED).decode().splitlines()) == sorted(ours + theirs)
    assert remote.read(OURS).decode().splitlines() == ours
    assert remote.read(THEIRS).decode().splitlines() == theirs
    assert_straight(remote, start)


def assert_straight(remote: Remote, start: str) -> None:
    """No commit has two parents, and each push led on from where the branch was."""
    assert git(remote.folder, "rev-list", "--merges", "main") == ""
    updates = git(remote.folder, "reflog", "show", "--format=%H", "main").splitlines()[::-1]
    updates = updates[updates.index(start) :]
    for before, after in itertools.pairwise(updates):
        git(remote.folder, "merge-base", "--is-ancestor", before, after)
    assert len(updates) > ROUNDS
