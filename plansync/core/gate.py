"""The hash gate: what a plan's last quiet run depended on, as one digest (spec §4, §3.2). Pure.

While file, rules, templates and the plan's issues are what they were, there is nothing to decide: the plan is
neither parsed nor compared.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from plansync.core.baseline import PlanState
from plansync.core.fit import Capabilities, kept_text
from plansync.core.identity import PlanKey
from plansync.core.observed import ObservedIssue, ObservedMilestone
from plansync.core.ownership import Ownership
from plansync.core.rules import Rules
from plansync.core.sheets import Sheet

_OF_NO_MATTER = frozenset({"account", "grain", "manners"})
"""Capabilities that say how fast something is done, not what."""


def bytes_digest(data: bytes) -> str:
    """Return the digest of a plan file."""
    return hashlib.sha256(data).hexdigest()


def sheets_digest(sheets: Sequence[Sheet]) -> str:
    """Return the digest of all files of a plan, which is that of its bytes where it has one."""
    digests = [bytes_digest(sheet.data) for sheet in sheets]
    return digests[0] if len(sheets) == 1 else _digest([[s.name, d] for s, d in zip(sheets, digests, strict=True)])


def rules_digest(rules: Rules, capabilities: Capabilities, templates: str, version: str) -> str:
    """Return the digest of everything beside plan and tracker that decisions depend on."""
    holds = {name: value for name, value in asdict(capabilities).items() if name not in _OF_NO_MATTER}
    return _digest([asdict(rules), holds, templates, version])


def gate_digest(rules: str, key: PlanKey, path: str, ownership: Ownership, numbers: Iterable[int]) -> str:
    """Return the gate of one plan: ``numbers`` are the issues that its items hold, whoever owns them."""
    ours = (*ownership.of_plan(key), *ownership.tracking_of(key))
    issues: dict[int, ObservedIssue] = {owned.number: owned.issue for owned in ours}
    missing: list[int] = []
    for number in numbers:
        issue = ownership.issue(number)
        if issue is None:
            missing.append(number)
        else:
            issues[number] = issue
    milestones = [owned.milestone for owned in ownership.milestones_of(key)]
    return _digest(
        [
            rules,
            key,
            path,
            [_issue(issue) for _, issue in sorted(issues.items())],
            [_milestone(milestone) for milestone in milestones],
            sorted(missing),
        ]
    )


def numbers_of(state: PlanState) -> frozenset[int]:
    """Return the issues that the store knows the plan's items by."""
    return frozenset(item.number for item in state.items if item.number is not None)


def _issue(issue: ObservedIssue) -> list[Any]:
    return [
        issue.number,
        issue.url,
        issue.title,
        kept_text(issue.body),
        issue.closed,
        sorted(issue.labels),
        issue.milestone,
        sorted(issue.assignees),
        issue.moved_to,
    ]


def _milestone(milestone: ObservedMilestone) -> list[Any]:
    return [
        milestone.number,
        milestone.url,
        milestone.title,
        kept_text(milestone.description),
        milestone.closed,
        milestone.issues,
    ]


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=_plain).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
