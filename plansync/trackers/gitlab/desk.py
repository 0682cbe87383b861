"""One GitLab project as a desk of the hosted trackers."""

from __future__ import annotations

from dataclasses import dataclass, field

from plansync.core.fit import Capabilities
from plansync.trackers.gitlab.relating import GitLabRelates


@dataclass(slots=True)
class GitLabDesk(GitLabRelates):
    """Speaks GitLab's language for one project."""

    capabilities: Capabilities = field(default_factory=lambda: Capabilities(name="gitlab"), kw_only=True)

    @property
    def credential(self) -> str:
        return self.capabilities.credential

    @property
    def sent(self) -> tuple[int, int]:
        return self.line.sent, self.line.writes
