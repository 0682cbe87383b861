"""Merge requests of one project: https://docs.gitlab.com/api/merge_requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from plansync.ports.reviews import Review
from plansync.sources.hosted.reviews import HostedReviews, plain_text


@dataclass(frozen=True, slots=True)
class GitLabReviews(HostedReviews):
    """The merge requests of one project.

    ``number`` returns the project's, under which alone a renamed one takes writes; ``path`` is for messages.
    """

    name = "merge request"
    edit = "PUT"
    twin = 409
    closed: ClassVar[Mapping[str, str]] = {"state_event": "close"}

    number: Callable[[], int]
    path: str

    def _root(self) -> str:
        return f"/projects/{self.number()}/merge_requests"

    def _where(self) -> str:
        return self.path

    def _query(self, branch: str, onto: str) -> Mapping[str, str]:
        return {"state": "opened", "source_branch": branch, "target_branch": onto, "per_page": "1"}

    def _branches(self, branch: str, onto: str) -> Mapping[str, str]:
        return {"source_branch": branch, "target_branch": onto}

    def _texts(self, title: str, text: str) -> Mapping[str, str]:
        return {"title": title, "description": text}

    def _review(self, wire: Mapping[str, Any]) -> Review:
        return Review(wire["iid"], wire["web_url"], wire["title"], plain_text(wire["description"]))
