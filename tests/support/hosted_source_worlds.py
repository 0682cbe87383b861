"""Worlds whose plans live in a repository on a test server, beside their issues, with people who push there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from plansync.app.request import Target
from plansync.core.rules import Limits, Rules
from plansync.ports.source import Source
from plansync.rendering.renderer import TemplateRenderer
from plansync.sources.globs import Globs
from plansync.sources.hosted.desk import Desk
from plansync.sources.hosted.memory import Memory
from plansync.sources.hosted.source import HostedSource
from plansync.sources.hosted.tip import Tip
from tests.servers.github import GitHub
from tests.servers.gitlab import GitLab
from tests.servers.gitlab.values import DEVELOPER
from tests.support.hosted_sources import Write, github_desk, gitlab_desk
from tests.support.hosted_worlds import HostedWorld, github_world, gitlab_world

_RENDERER = TemplateRenderer()


class Repository:
    """The repository of plans as somebody sees it who uses no plansync."""

    def put(self, path: str, data: bytes | None, branch: str = "") -> None:
        raise NotImplementedError

    def read(self, path: str, branch: str = "") -> bytes:
        raise NotImplementedError

    def commits(self, branch: str = "") -> list[str]:
        """Return the messages of a branch, newest first."""
        raise NotImplementedError

    def protect(self) -> None:
        """Let nobody push to the default branch but by requests."""
        raise NotImplementedError

    def requests(self) -> list[tuple[str, str, str]]:
        """Return state (``open``, ``closed``), title and text of all requests for review."""
        raise NotImplementedError

    def merge(self, branch: str = "plansync/sync") -> None:
        """Merge the request, as a person does who reviewed it."""
        raise NotImplementedError

    def close(self) -> None:
        """Close all requests without merging."""
        raise NotImplementedError

    def drop(self, branch: str) -> None:
        """Delete a branch, which closes its request."""
        raise NotImplementedError

    def tip(self, branch: str = "") -> str:
        """Return the commit of a branch, empty without one."""
        raise NotImplementedError

    def amend(self, path: str, data: bytes, branch: str) -> None:
        """Let another commit take the place of a branch's last one: the same message, but a file has these bytes."""
        raise NotImplementedError


@dataclass
class OnGitHub(Repository):
    github: GitHub

    def put(self, path: str, data: bytes | None, branch: str = "") -> None:
        repository = self.github.repository
        from tests.servers.github.gitstore import Store

        with self.github.world.lock:
            store = Store(self.github.world, repository)
            store.commit(self.github.world.user("ann"), branch or repository.default_branch, {path: data}, "Change")

    def read(self, path: str, branch: str = "") -> bytes:
        repository = self.github.repository
        return repository.commits[repository.branches[branch or repository.default_branch]].files[path]

    def commits(self, branch: str = "") -> list[str]:
        repository = self.github.repository
        sha, found = repository.branches[branch or repository.default_branch], []
        while sha:
            commit = repository.commits[sha]
            found.append(commit.message)
            sha = commit.parents[0] if commit.parents else ""
        return found

    def protect(self) -> None:
        self.github.repository.protected.add(self.github.repository.default_branch)

    def requests(self) -> list[tuple[str, str, str]]:
        issues = self.github.repository.issues.values()
        return [(issue.state, issue.title, issue.body or "") for issue in issues if issue.pull is not None]

    def merge(self, branch: str = "plansync/sync") -> None:
        repository = self.github.repository
        commit = repository.commits[repository.branches[branch]]
        base = repository.commits[commit.parents[0]].files
        for path, data in commit.files.items():
            if base.get(path) != data:
                self.put(path, data)
        self.close()

    def close(self) -> None:
        for issue in self.github.repository.issues.values():
            if issue.pull is not None:
                issue.state = "closed"

    def drop(self, branch: str) -> None:
        del self.github.repository.branches[branch]
        self.close()

    def tip(self, branch: str = "") -> str:
        return self.github.repository.branches.get(branch or self.github.repository.default_branch, "")

    def amend(self, path: str, data: bytes, branch: str) -> None:
        from tests.servers.github.gitstore import Store

        repository = self.github.repository
        with self.github.world.lock:
            head = repository.commits[repository.branches[branch]]
            repository.branches[branch] = head.parents[0]
            files: dict[str, bytes | None] = {**head.files, path: data}
            Store(self.github.world, repository).commit(self.github.world.user("ann"), branch, files, head.message)


@dataclass
class OnGitLab(Repository):
    gitlab: GitLab

    def put(self, path: str, data: bytes | None, branch: str = "") -> None:
        self.gitlab.commit({path: data}, branch)

    def read(self, path: str, branch: str = "") -> bytes:
        project = self.gitlab.project
        return project.branches[branch or project.default_branch].tree[path]

    def commits(self, branch: str = "") -> list[str]:
        from tests.servers.gitlab.repository import history

        project = self.gitlab.project
        return [commit.message for commit in history(project.branches[branch or project.default_branch])]

    def protect(self) -> None:
        self.gitlab.set_access("plansync", DEVELOPER)

    def requests(self) -> list[tuple[str, str, str]]:
        found = self.gitlab.project.merge_requests
        return [("open" if one.state == "opened" else one.state, one.title, one.description) for one in found]

    def merge(self, branch: str = "plansync/sync") -> None:
        commit = self.gitlab.project.branches[branch]
        base = commit.parent.tree if commit.parent is not None else {}
        for path, data in commit.tree.items():
            if base.get(path) != data:
                self.put(path, data)
        self.close()

    def close(self) -> None:
        for request in self.gitlab.project.merge_requests:
            request.state = "closed"

    def drop(self, branch: str) -> None:
        del self.gitlab.project.branches[branch]
        self.close()

    def tip(self, branch: str = "") -> str:
        found = self.gitlab.project.branches.get(branch or self.gitlab.project.default_branch)
        return found.id if found is not None else ""

    def amend(self, path: str, data: bytes, branch: str) -> None:
        from tests.servers.gitlab.repository import Push, add_commit

        lab, head = self.gitlab, self.gitlab.project.branches[branch]
        user = lab.state.find_user("ann") or lab.add_user("ann")
        push = Push(branch, None, head.message, [], begin=head.parent)
        add_commit(lab.desk, lab.project, user, push, {**head.tree, path: data})


@dataclass
class SourceWorld(HostedWorld):
    """A world whose ``repository`` holds the plans; reading and writing them is pushing there."""

    repository: Repository = field(kw_only=True)
    desk: Callable[[], Desk] = field(kw_only=True)
    write_by: Write = "auto"

    def write(self, text: str, path: str = "plans/plan.md") -> Path:
        self.repository.put(path, text.encode())
        return self.root / path

    def read(self, path: str = "plans/plan.md") -> str:
        return self.repository.read(path).decode()

    def source(self) -> HostedSource:
        """Return the source as a new process makes it."""
        memory = Memory(self.store.snapshots, "source:test")
        tip = Tip(self.desk(), Globs(("plans/**/*.md",)), self.limits.plan_bytes, memory)
        return HostedSource("source:test", tip, write=self.write_by)

    def target(self) -> Target:
        source: Source = self.source()
        return Target(
            self.name, source, self.tracker, self.rules, self.limits, _RENDERER, "project", self.gather, self.together
        )


def source_world(
    kind: str, root: Path, stack: ExitStack, *, write: Write = "auto", limits: Limits | None = None
) -> SourceWorld:
    """Return a world on a server of its own, which ends with ``stack``; its repository holds a README."""
    plain = {"github": github_world, "gitlab": gitlab_world}[kind](root, stack, Rules(), limits, free=True)
    service = plain.server.service
    repository: Repository
    desk: Callable[[], Desk]
    if isinstance(service, GitHub):
        repository, clock = OnGitHub(service), plain.clock
        hub = service
        desk = lambda: github_desk(hub, clock)  # noqa: E731
    else:
        assert isinstance(service, GitLab)
        lab, clock = service, plain.clock
        repository = OnGitLab(lab)
        desk = lambda: gitlab_desk(lab, clock)  # noqa: E731
    repository.put("README.md", b"# Read me\n")
    kept: Mapping[str, object] = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
    return SourceWorld(**kept, repository=repository, desk=desk, write_by=write)  # type: ignore[arg-type]
