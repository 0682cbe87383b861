"""Pull requests of one repository: https://docs.github.com/en/rest/pulls/pulls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from plansync.ports.reviews import Review
from plansync.sources.hosted.reviews import HostedReviews, plain_text


@dataclass(frozen=True, slots=True)
class GitHubReviews(HostedReviews):
    """The pull requests of one repository; ``current`` returns its path as it is now."""

    name = "pull request"
    edit = "PATCH"
    twin = 422
    closed: ClassVar[Mapping[str, str]] = {"state": "closed"}

    current: Callable[[], str]

    def _root(self) -> str:
        return f"/repos/{self.current()}/pulls"

    def _where(self) -> str:
        return self.current()

    def _query(self, branch: str, onto: str) -> Mapping[str, str]:
        owner = self.current().partition("/")[0]
        return {"state": "open", "head": f"{owner}:{branch}", "base": onto, "per_page": "1"}

    def _branches(self, branch: str, onto: str) -> Mapping[str, str]:
        return {"head": branch, "base": onto}

    def _texts(self, title: str, text: str) -> Mapping[str, str]:
        return {"title": title, "body": text}

    def _review(self, wire: Mapping[str, Any]) -> Review:
        return Review(wire["number"], wire["html_url"], wire["title"], plain_text(wire["body"]))
