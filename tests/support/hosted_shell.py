"""The command line on a folder with a hosted target ``web`` and a local one ``notes``, against the test servers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from plansync.bootstrap import SystemClock
from tests.servers.github import GitHub
from tests.servers.gitlab.service import GitLab
from tests.servers.openapi import rest
from tests.servers.wire import TestServer
from tests.support.leniency import ordered
from tests.support.shell import Shell

CANARY = {"github": "ghp_canary0canary0canary0", "gitlab": "glpat-canary0canary0canary"}
"""Tokens that must not be seen in any output."""
PROJECTS = {"github": "acme/web", "gitlab": "acme/platform/core"}
Kind = Literal["github", "gitlab"]
PLAN = """# Implementation Plan: {0}

**Feature ID:** {0}-plan
**Status:** Draft

## 5. Implementation Phases

### Phase 1: Build

- **Tasks:**
  - [ ] Lay the first stone of {0}
  - [ ] Lay the second stone of {0}
"""
WEB, NOTES = "web/plan.md", "notes/plan.md"


@dataclass
class HostedShell:
    """One host that serves ``web``'s project, and the command line that works on it. ``host`` is the service."""

    kind: Kind
    host: GitHub | GitLab
    server: TestServer
    shell: Shell

    @property
    def api_url(self) -> str:
        """Return what ``api_url`` has to be."""
        return self.host.api if isinstance(self.host, GitHub) else self.host.base

    def configure(self, *, api_url: str | None = None, project: str | None = None, more: str = "") -> None:
        """Write the configuration; ``more`` are keys of the tracker's table."""
        tracker = f'kind = "{self.kind}", project = "{project or PROJECTS[self.kind]}"'
        tracker += f', api_url = "{api_url or self.api_url}"{more}'
        self.shell.write(
            "plansync.toml",
            f'[[targets]]\nname = "web"\nsource = {{ path = "web", include = ["*.md"] }}\ntracker = {{ {tracker} }}\n\n'
            '[[targets]]\nname = "notes"\nsource = { path = "notes", include = ["*.md"] }\n',
        )

    def links(self, path: str) -> int:
        """Return how many items of a plan are linked to their issue."""
        return self.shell.read(path).count("/issues/") + self.shell.read(path).count("/work_items/")


def _github(clock: SystemClock, token: str) -> GitHub:
    github = GitHub(clock, token=token)
    github.lenient = set(ordered("github"))
    return github


def _gitlab(clock: SystemClock, token: str) -> GitLab:
    gitlab = GitLab(clock, token=token)
    gitlab.lenient.update(ordered("gitlab"))
    return gitlab


@contextmanager
def hosted_shell(kind: Kind, shell: Shell, tls: ssl.SSLContext | None = None) -> Iterator[HostedShell]:
    """Start a host on the machine's own clock, and return the command line on it, configured and with a token."""
    clock, token = SystemClock(), CANARY[kind]
    host = _github(clock, token) if kind == "github" else _gitlab(clock, token)
    given = shell.given(PLANSYNC_TOKEN_WEB=token, PLANSYNC_PACING__WRITE_INTERVAL="0")
    with TestServer(host, watch=rest().check if kind == "github" else None, tls=tls) as server:
        host.base = server.url
        made = HostedShell(kind, host, server, given)
        made.configure()
        given.write(WEB, PLAN.format("web"))
        given.write(NOTES, PLAN.format("notes"))
        yield made
