"""The rules of behaviour that a target runs under (spec §10, ``[sync]``, ``[limits]``, ``[markers]``). Plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

OWNABLE = ("title", "body", "milestone", "labels")


@dataclass(frozen=True, slots=True)
class StatusWords:
    """The words of spec §6: which are known in each group and which one plansync writes for a stage.

    The extra words of the configuration are added to the built-in ones; compare without case and separators.
    """

    not_started: str = "Planned"
    in_progress: str = "In Progress"
    complete: str = "Complete"
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Group name (``not_started``, ``in_progress``, ``complete``, ``held``) → further words."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The fuses and sizes of spec §4.5 and §10."""

    create_quarantine: timedelta = timedelta(minutes=10)
    plan_bytes: int = 5 * 1024 * 1024
    creates: int = 200
    removals: int = 5
    removals_share: float = 0.2
    removal_confirm: timedelta = timedelta(minutes=10)
    slice_creations: int = 50
    slice_time: timedelta = timedelta(minutes=5)
    lease: timedelta = timedelta(seconds=60)
    lease_wait: timedelta = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class MarkerRules:
    """Keys that sign markers: the first signs, all verify."""

    keys: tuple[str, ...] = field(default=(), repr=False)
    require_signature: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that changes what a target's plans want, beside the plans themselves."""

    publish_when: tuple[str, ...] = ()
    publish_private: bool = False
    create_done: bool = False
    checkboxes: bool = False
    questions: bool = False
    risks: bool = True
    own: frozenset[str] = frozenset(OWNABLE)
    references: str = "inert"
    bare_links: bool = False
    mentions: tuple[str, ...] = ()
    assignees: Mapping[str, str] = field(default_factory=dict)
    progress: str = "tasks"
    tracking_issue: bool = False
    dependencies: str = "text"
    status_insert: bool = False
    status_words: StatusWords = StatusWords()
    markers: MarkerRules = MarkerRules()
    plans_at: str = ""
    """What the addresses of plans begin with, path and heading to come; empty where plans have no address."""
