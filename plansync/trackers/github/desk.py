"""One GitHub repository as a desk of the hosted trackers: its reading and its writing half together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from plansync.core.fit import Capabilities
from plansync.hosts.github_app import Installation
from plansync.trackers.github.relating import GitHubRelates
from plansync.trackers.github.writing import GitHubWrites


def _no_digest() -> str:
    return ""


@dataclass(slots=True)
class GitHubDesk(GitHubRelates, GitHubWrites):
    """Speaks GitHub's language for one repository.

    ``token_digest`` tells one token from the next (an App's change). ``app`` is the installation that it acts as, if
    it is an App.
    """

    capabilities: Capabilities = field(default_factory=lambda: Capabilities(name="github"))
    token_digest: Callable[[], str] = _no_digest
    app: Installation | None = None

    @property
    def credential(self) -> str:
        return self.token_digest()

    @property
    def sent(self) -> tuple[int, int]:
        return self.line.sent, self.line.writes

    @property
    def now(self) -> datetime:
        return self.line.now
