"""The fields of an issue on the way back, each by itself: title, managed region, milestone, labels, assignees. Pure."""

from __future__ import annotations

from dataclasses import replace

from plansync.core.changes import FieldChange, MilestoneRef, UpdateIssue
from plansync.core.checklist import merge_ticks, read_checklist
from plansync.core.deeds import Trace
from plansync.core.fit import kept_line, kept_text
from plansync.core.identity import ItemKey
from plansync.core.images import IssueImage
from plansync.core.observed import ObservedIssue
from plansync.core.region import RegionDamaged, sole_region

Found = tuple[UpdateIssue, list[str]]
"""The update so far, and what is left, in words."""


def fields_back(trace: Trace, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Found:
    """Return the update that puts back what is still as the run left it, and what is not, in words."""
    update = UpdateIssue(plan=trace.plan, reason="undone", key=ItemKey(trace.key), number=issue.number)
    left: list[str] = []
    for step in (_title, _body, _milestone, _labels, _people):
        update, said = step(update, before, after, issue)
        left += [f"issue #{issue.number}: its {what} was changed since, and stays so" for what in said]
    texts = {change.name for change in update.fields} <= {"title", "body"}
    return replace(update, text_only=bool(update.fields) and texts), left


def _title(update: UpdateIssue, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Found:
    have, wrote, had = (kept_line(text) for text in (issue.title, after.title, before.title))
    if had in {wrote, have}:
        return update, []
    if have != wrote:
        return update, ["title"]
    return _with(replace(update, title=before.title), "title", issue.title, before.title), []


def _body(update: UpdateIssue, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Found:
    """Put the region back. Ticks that people gave its lines since are theirs, and no reason to leave it."""
    try:
        have, wrote, raw = (_region(text) for text in (issue.body, after.body, before.body))
    except RegionDamaged:
        return update, ["text"] if before.body != after.body else []
    have, wrote, had = (kept_text(region) for region in (have, wrote, raw))
    if had == wrote or _is_same(had, have):
        return update, []
    if not _is_same(wrote, have):
        return update, ["text"]
    marks = {line.key: line.ticked for line in read_checklist(wrote)}
    ticks = tuple(
        (line.text, line.occurrence, line.ticked)
        for line in read_checklist(had)
        if marks.get(line.key, line.ticked) is not line.ticked
    )
    region = merge_ticks(raw, have, {(text, occurrence): ticked for text, occurrence, ticked in ticks})
    update = replace(update, region=region, adopt=bool(had) and not have, ticks=ticks)
    return _with(update, "body", have, region), []


def _milestone(update: UpdateIssue, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Found:
    if before.milestone in {after.milestone, issue.milestone}:
        return update, []
    if issue.milestone != after.milestone:
        return update, ["milestone"]
    update = replace(update, milestone=MilestoneRef(before.milestone or 0))
    return _with(update, "milestone", str(issue.milestone or ""), str(before.milestone or "")), []


def _labels(update: UpdateIssue, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Found:
    """Labels go back one by one; one that people took off or put on again is as it was already."""
    had, wrote, have = (_folded(labels) for labels in (before.labels, after.labels, issue.labels))
    update = replace(
        update,
        add_labels=tuple(sorted(had[name] for name in had.keys() - wrote.keys() - have.keys())),
        remove_labels=tuple(sorted(have[name] for name in (wrote.keys() - had.keys()) & have.keys())),
    )
    if not (update.add_labels or update.remove_labels):
        return update, []
    return _with(update, "labels", ", ".join(update.remove_labels), ", ".join(update.add_labels)), []


def _people(update: UpdateIssue, before: IssueImage, after: IssueImage, issue: ObservedIssue) -> Found:
    have, wrote, had = (sorted(map(str.casefold, one.assignees)) for one in (issue, after, before))
    if had in (wrote, have):
        return update, []
    if have != wrote:
        return update, ["assignment"]
    update = replace(update, unassign=after.assignees, assignees=before.assignees)
    return _with(update, "assignees", ", ".join(after.assignees), ", ".join(before.assignees)), []


def _with(update: UpdateIssue, name: str, old: str, new: str) -> UpdateIssue:
    return replace(update, fields=(*update.fields, FieldChange(name, old, new)))


def _folded(labels: frozenset[str]) -> dict[str, str]:
    return {label.casefold(): label for label in labels}


def _region(body: str) -> str:
    """Return the managed region, empty for none; raises ``RegionDamaged``."""
    found = sole_region(body)
    return found.text if found is not None else ""


def _is_same(one: str, other: str) -> bool:
    """Say whether two regions are the same but for the ticks of their lines."""
    return kept_text(merge_ticks(one, other, {})) == other
