"""What becomes of the issues and milestones of a plan that is ended on purpose (spec §4.3, §9). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    FieldChange,
    UpdateIssue,
)
from plansync.core.desired import BREAKING_LABEL, LABEL, QUESTION_LABEL, RISK_LABEL, risk_label
from plansync.core.fields import present_labels
from plansync.core.identity import PlanKey
from plansync.core.model import Level
from plansync.core.observed import CloseReason
from plansync.core.ownership import CLOSING_LABELS, RETIRED_LABEL, OwnedIssue, Ownership
from plansync.core.policy import slice_changes
from plansync.core.region import RegionDamaged, remove_region
from plansync.core.tracking import PLAN_LABEL

RETIRED_COMMENT = "The plan `{path}` was retired, so plansync closed the issue as not planned."
_WHY = "its plan is retired"
_OWN_LABELS = (
    LABEL,
    RISK_LABEL,
    *(risk_label(level) for level in Level),
    QUESTION_LABEL,
    BREAKING_LABEL,
    PLAN_LABEL,
    *CLOSING_LABELS,
)
Retired = tuple[tuple[Change, ...], tuple[str, ...]]
"""The changes in the order to carry them out, and in words what is left as it is."""


@dataclass(frozen=True, slots=True)
class Retiring:
    """The issues of one plan, found by their markers."""

    plan: PlanKey
    path: str
    ownership: Ownership

    def closed(self) -> Retired:
        """Close what is open as not planned; issues that people opened are theirs again, and stay open."""
        changes: list[Change] = []
        left: list[str] = []
        for owned in self._issues():
            if owned.issue.closed is not None:
                continue
            if owned.marker.adopted:
                self._release(owned, changes, left)
            else:
                changes.append(self._closing(owned))
        for milestone in self.ownership.milestones_of(self.plan):
            if not milestone.milestone.closed:
                number = milestone.milestone.number
                changes.append(CloseMilestone(plan=self.plan, reason=_WHY, key=milestone.key, number=number))
        return slice_changes(changes, 0).changes, tuple(left)

    def released(self) -> Retired:
        """Let the open issues go as they are, without plansync's text and labels.

        Milestones stay as they are, or a plan that is taken up again would get new ones.
        """
        changes: list[Change] = []
        left: list[str] = []
        for owned in self._issues():
            if owned.issue.closed is None:
                self._release(owned, changes, left)
        return slice_changes(changes, 0).changes, tuple(left)

    def _issues(self) -> tuple[OwnedIssue, ...]:
        return (*self.ownership.of_plan(self.plan), *self.ownership.tracking_of(self.plan))

    def _closing(self, owned: OwnedIssue) -> CloseIssue:
        return CloseIssue(
            plan=self.plan,
            reason=_WHY,
            key=owned.key,
            number=owned.number,
            because=CloseReason.NOT_PLANNED,
            comment=RETIRED_COMMENT.format(path=self.path.replace("`", "'")),
            add_labels=(RETIRED_LABEL,),
        )

    def _release(self, owned: OwnedIssue, changes: list[Change], left: list[str]) -> None:
        issue = owned.issue
        labels = present_labels(_OWN_LABELS, issue)
        try:
            fields = [FieldChange("body", issue.body, remove_region(issue.body))]
        except RegionDamaged as damage:
            left.append(f"issue #{issue.number}: {damage}; its text stays as it is")
            return
        fields += [FieldChange("labels", ", ".join(labels), "")] if labels else []
        changes.append(
            UpdateIssue(
                plan=self.plan,
                reason=f"{_WHY}: released",
                key=owned.key,
                number=issue.number,
                region="",
                remove_labels=labels,
                fields=tuple(fields),
            )
        )
