"""What the milestones of a plan's phases need (spec §3.8, §4.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plansync.core.changes import (
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    FieldChange,
    ReopenIssue,
    ReopenMilestone,
    UpdateMilestone,
)
from plansync.core.context import Context
from plansync.core.decision import ItemDecision
from plansync.core.desired import Fate
from plansync.core.fit import cut_text, kept_text
from plansync.core.identity import PhaseKey
from plansync.core.marker import Signature
from plansync.core.observed import ObservedMilestone
from plansync.core.phases import PhaseMatch
from plansync.core.problems import Problem, problem_at
from plansync.core.reading import Reading
from plansync.core.region import RegionDamaged, sole_region
from plansync.core.stages import By
from plansync.core.texts import Texts

_SUFFIX = re.compile(r" \(\d+\)$")
_SIGNATURE = re.compile(r" sig=[0-9a-f]+(?= -->)")


def milestone_changes(
    context: Context, reading: Reading, texts: Texts, phases: Sequence[PhaseMatch], items: Sequence[ItemDecision]
) -> tuple[tuple[Change, ...], tuple[Problem, ...], Mapping[PhaseKey, str]]:
    """Return the changes of all milestones of a plan, the Problems met, and each phase's milestone title.

    A phase without any issue gets no milestone. A milestone is closed when every task of its phase has its issue, or
    needs none, and all are closed; it is reopened only if plansync closed it.
    """
    changes: list[Change] = []
    problems: list[Problem] = []
    titles: dict[PhaseKey, str] = {}
    ours = {owned.milestone.title.casefold() for owned in context.ownership.milestones.values()}
    taken = ours | context.ownership.foreign_titles
    for match in phases:
        phase = reading.plan.phases[match.index]
        inside = [item for item in items if item.match.placed.phase == match.index]
        if match.gone:
            message = "the milestone that this phase links to is gone"
            problems.append(problem_at("PS509", phase, message))
        if match.gone or not any(_has_issue(item) for item in inside):
            continue
        wanted = texts.milestone(match)
        if match.number is None:
            if match.key in context.waiting:
                continue
            title = _free_title(wanted.title, taken, context.capabilities.milestone_title_limit)
            taken.add(title.casefold())
            titles[match.key] = title
            changes += _creation(reading, match, title, wanted.region, inside)
            continue
        milestone = context.ownership.milestones[match.number].milestone
        others = taken - {milestone.title.casefold()}
        title = _kept_title(milestone.title, wanted.title, others, context.capabilities.milestone_title_limit)
        titles[match.key] = title
        texts_changed, damage = _update(context, reading, match, milestone, (title, wanted.region))
        changes += [*texts_changed, *_open_or_close(reading, match, milestone, inside)]
        problems += damage
    return tuple(changes), tuple(problems), titles


def _creation(
    reading: Reading, match: PhaseMatch, title: str, region: str, inside: Sequence[ItemDecision]
) -> list[Change]:
    """Open a milestone, and close it again at once where all its issues are (``create_done``)."""
    new = CreateMilestone(plan=reading.key, reason="new in the plan", key=match.key, title=title, description=region)
    return [new, _closing(reading, match, 0)] if all(map(_is_settled, inside)) else [new]


def _closing(reading: Reading, match: PhaseMatch, number: int) -> CloseMilestone:
    why = "every task of its phase is settled"
    return CloseMilestone(plan=reading.key, reason=why, key=match.key, number=number)


def _has_issue(item: ItemDecision) -> bool:
    return item.wish.fate is Fate.CREATE or (item.wish.fate is Fate.KEEP and item.issue is not None)


def _free_title(wanted: str, taken: set[str], limit: int) -> str:
    title, count = wanted, 1
    while title.casefold() in taken:
        count += 1
        suffix = f" ({count})"
        title = cut_text(wanted, limit - len(suffix)) + suffix
    return title


def _kept_title(have: str, wanted: str, others: set[str], limit: int) -> str:
    """Return the title the milestone shall have: the one it has, if that is the wanted one with a needed suffix."""
    if have != wanted and _SUFFIX.sub("", have) == wanted and wanted.casefold() in others:
        return have
    return _free_title(wanted, others, limit)


def _update(
    context: Context, reading: Reading, match: PhaseMatch, milestone: ObservedMilestone, wanted: tuple[str, str]
) -> tuple[list[Change], list[Problem]]:
    """Return what brings title and description in step, or the Problem that keeps the milestone from it."""
    try:
        return _differences(context, reading, match, milestone, wanted), []
    except RegionDamaged as damage:
        phase = reading.plan.phases[match.index]
        return [], [problem_at("PS508", phase, f"milestone {match.number}: {damage}")]


def _differences(
    context: Context, reading: Reading, match: PhaseMatch, milestone: ObservedMilestone, wanted: tuple[str, str]
) -> list[Change]:
    if "milestone" not in reading.rules.own or milestone.closed:
        return []
    title, region = wanted
    fields: list[FieldChange] = []
    if milestone.title != title:
        fields.append(FieldChange("title", milestone.title, title))
    old = sole_region(milestone.description)
    have = old.text if old else ""
    if not _same(context, reading, match, region, have):
        fields.append(FieldChange("description", have, region))
    if not fields:
        return []
    names = {field.name for field in fields}
    return [
        UpdateMilestone(
            plan=reading.key,
            reason="differs from the plan",
            key=match.key,
            number=milestone.number,
            title=title if "title" in names else None,
            region=region if "description" in names else None,
            fields=tuple(fields),
        )
    ]


def _same(context: Context, reading: Reading, match: PhaseMatch, wanted: str, have: str) -> bool:
    new, old = kept_text(wanted), kept_text(have)
    owned = context.ownership.milestones[match.number or 0]
    if owned.signature is Signature.VALID or not reading.rules.markers.keys:
        new, old = _SIGNATURE.sub("", new), _SIGNATURE.sub("", old)
    return new == old


def _open_or_close(
    reading: Reading, match: PhaseMatch, milestone: ObservedMilestone, inside: Sequence[ItemDecision]
) -> list[Change]:
    """Close a settled milestone, reopen one that is not settled any more; a person's word on it is left alone."""
    phases = reading.state.phases if reading.state else ()
    closed_by_us = any(state.key == match.key and state.closed_by_us for state in phases)
    settled = all(_is_settled(item) for item in inside)
    if settled and not milestone.closed and not closed_by_us:
        return [_closing(reading, match, milestone.number)]
    if not settled and milestone.closed and closed_by_us:
        why = "its phase has open tasks again"
        return [ReopenMilestone(plan=reading.key, reason=why, key=match.key, number=milestone.number)]
    return []


def _is_settled(item: ItemDecision) -> bool:
    """Say whether a task has its closed issue, or needs none, once this decision's changes are made."""
    if item.wish.fate is Fate.NOTHING:
        needs_none = {"already done", "cancelled", "its phase is marked complete", "ignored", By.ELSEWHERE.value}
        return item.wish.reason in needs_none
    if item.wish.fate is Fate.RELEASE:
        return True
    if any(isinstance(change, CloseIssue) for change in item.changes):
        return True
    opening = any(isinstance(change, CreateIssue | ReopenIssue) for change in item.changes)
    return not opening and item.issue is not None and item.issue.closed is not None
