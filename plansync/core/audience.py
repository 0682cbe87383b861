"""Who may read plans and issues: what a private plan says must not be published without a word (spec §8). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Audience(IntEnum):
    """Who may read something on a host, the fewest first."""

    MEMBERS = 0
    """Those who were let in: a private project."""
    SERVER = 1
    """Everybody with an account there: an internal project."""
    ALL = 2


_WORDS = {Audience.MEMBERS: "private", Audience.SERVER: "internal", Audience.ALL: "public"}


@dataclass(frozen=True, slots=True)
class Exposure:
    """Who reads the issues of a project, and who the plans in the repository ``plans_in`` (None: not known)."""

    issues: Audience
    plans: Audience | None = None
    plans_in: str = ""

    @property
    def is_leak(self) -> bool:
        """Say whether the issues have readers that the plans have not."""
        return self.plans is not None and self.issues > self.plans

    @property
    def is_unknown(self) -> bool:
        """Say whether there may be a leak that nobody knows of."""
        return self.plans is None and self.issues is not Audience.MEMBERS

    def told(self, project: str) -> str:
        """Return in a sentence who reads what, for people."""
        issues = f"the issues of {project} are {_WORDS[self.issues]}"
        if self.plans is None:
            return f"{issues}; whether the plans are private is not known"
        return f"the plans in {self.plans_in} are {_WORDS[self.plans]}, and {issues}"
