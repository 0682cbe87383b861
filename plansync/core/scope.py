"""Which part of a target a sync looks at, and what becomes of several wishes for one: they are merged. Pure.

A scope goes through the queue's database as JSON, so that it holds nothing but JSON's own types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What events showed of an issue, to tell whether anybody needs to look.

    ``actor`` moved it (empty: several did, or nobody knows), ``digest`` is that of what it showed last
    (:func:`plansync.core.events.issue_digest`; empty where the event did not show all), ``changed_at`` is the host's
    time of that change (ISO 8601).
    """

    actor: str = ""
    digest: str = ""
    changed_at: str = ""

    def then(self, other: Glimpse) -> Glimpse:
        """Return both as one: the later look, and the actor if there is but one."""
        later = other if other.changed_at >= self.changed_at else self
        return Glimpse(self.actor if self.actor == other.actor else "", later.digest, later.changed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A target as a whole, or some of its plans (paths of the source) and some issues of its tracker project."""

    whole: bool = False
    plans: frozenset[str] = frozenset()
    issues: Mapping[int, Glimpse] = field(default_factory=dict)

    def __or__(self, other: Scope) -> Scope:
        """Return what covers both; ``other`` is the later wish."""
        if self.whole or other.whole:
            return WHOLE
        issues = dict(self.issues)
        for number, glimpse in other.issues.items():
            issues[number] = issues[number].then(glimpse) if number in issues else glimpse
        return Scope(plans=self.plans | other.plans, issues=issues)

    def as_json(self) -> dict[str, Any]:
        """Return it for the database."""
        if self.whole:
            return {"whole": True}
        issues = {str(number): asdict(glimpse) for number, glimpse in sorted(self.issues.items())}
        return {"plans": sorted(self.plans), "issues": issues}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what :meth:`as_json` gave."""
        issues = {int(number): Glimpse(**glimpse) for number, glimpse in data.get("issues", {}).items()}
        return cls(whole=data.get("whole", False), plans=frozenset(data.get("plans", ())), issues=issues)


WHOLE = Scope(whole=True)
