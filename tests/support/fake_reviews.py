"""Requests for review as a host keeps them, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from plansync.ports.reviews import Review


@dataclass
class FakeReviews:
    """Keeps requests, and counts what was asked and done."""

    opened: dict[int, Review] = field(default_factory=dict)
    """Those that are open, by number."""
    all: list[Review] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def find(self, branch: str, onto: str) -> Review | None:
        self.calls.append("find")
        return next(iter(self.opened.values()), None)

    def open(self, branch: str, onto: str, title: str, text: str) -> Review:
        self.calls.append("open")
        number = len(self.all) + 1
        made = Review(number, f"https://git.example.com/pulls/{number}", title, text)
        self.all.append(made)
        self.opened[number] = made
        return made

    def update(self, review: Review, title: str, text: str) -> Review:
        self.calls.append("update")
        self.opened[review.number] = replace(review, title=title, text=text)
        return self.opened[review.number]

    def close(self, review: Review) -> None:
        self.calls.append("close")
        del self.opened[review.number]

    def taken(self) -> list[str]:
        """Return what was called since the last time."""
        calls, self.calls = self.calls, []
        return calls
