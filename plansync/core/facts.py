"""What issue and milestone templates may use. Plain values; every plan text in them is already neutralised.

The names of classes and fields are the vocabulary of the templates in ``templates/issues/`` and are documented for
users in ``docs/templates.md``; a field is only ever added.
"""

from __future__ import annotations

from dataclasses import dataclass

from plansync.core.model import Level


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The plan an item belongs to; ``place`` is its path from the root, with ``#heading`` where known.

    ``url`` is that place's address on the web, empty where there is none.
    """

    title: str
    feature_id: str
    spec: str
    path: str
    place: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class PhaseFacts:
    """A phase; all texts empty where the plan has none. ``heading`` reads ``Phase 1: Foundation``."""

    id: str
    name: str
    heading: str
    goal: str
    deliverable: str
    depends_on: tuple[str, ...]
    """Headings of the phases that come first."""
    tasks: int
    """How many tasks it has, cancelled ones apart."""


@dataclass(frozen=True, slots=True)
class DetailFacts:
    """One line of an item's checklist; ``depth`` 0 is the outermost."""

    text: str
    depth: int
    ticked: bool


@dataclass(frozen=True, slots=True)
class DependencyFacts:
    """A task that comes first: ``link`` renders as the link to its issue followed by its text."""

    id: str
    text: str
    link: str


@dataclass(frozen=True, slots=True)
class ComponentFacts:
    """A component of the plan whose file or name the item mentions."""

    name: str
    modified: bool
    purpose: str
    location: str
    change: str
    risk: str


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """An endpoint or method of the plan that the item mentions."""

    name: str
    modified: bool
    purpose: str
    input: str
    output: str
    errors: str
    current_behavior: str
    new_behavior: str
    breaking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What ``task.md.j2`` and ``task.title.j2`` see, as ``task``."""

    text: str
    """The full text of the task."""
    id: str
    plan: PlanFacts
    phase: PhaseFacts | None
    body: str
    details: tuple[DetailFacts, ...]
    dependencies: tuple[DependencyFacts, ...]
    components: tuple[ComponentFacts, ...]
    endpoints: tuple[EndpointFacts, ...]
    files: tuple[str, ...]
    assignee: str
    label: str
    size: str
    repo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFacts:
    """What ``risk.md.j2`` and ``risk.title.j2`` see, as ``risk``; levels are the raw words of the plan."""

    text: str
    id: str
    plan: PlanFacts
    likelihood: str
    impact: str
    likelihood_level: Level | None
    impact_level: Level | None
    score: int | None
    priority: str
    """``high``, ``medium``, ``low``, or empty."""
    body: str
    mitigation: tuple[DetailFacts, ...]
    owner: str
    components: tuple[ComponentFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFacts:
    """What ``question.md.j2`` and ``question.title.j2`` see, as ``question``."""

    text: str
    id: str
    plan: PlanFacts
    details: tuple[DetailFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneFacts:
    """What ``milestone.md.j2`` and ``milestone.title.j2`` see, as ``milestone``; ``phase`` is None without phases."""

    plan: PlanFacts
    phase: PhaseFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingFacts:
    """What ``tracking.md.j2`` and ``tracking.title.j2`` see, as ``tracking``: the plan, and its phases that have names.

    The tasks are not in it: a task that is added to the plan changes no other issue.
    """

    plan: PlanFacts
    phases: tuple[PhaseFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFacts:
    """A plan file in a commit: how many links were put into it, how many boxes ticked or unticked.

    ``status`` is the word that its Status line got, empty where that stayed.
    """

    path: str
    links: int
    boxes: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFacts:
    """What ``commit.md.j2`` sees, as ``commit``: the target's name, and the plans that are written, by path.

    ``undoes`` names the run whose edits are taken back, and is empty for a sync.
    """

    target: str
    plans: tuple[WrittenFacts, ...]
    undoes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """What ``request.md.j2`` sees, as ``request``: the target's name, and the plans that wait for review, by path."""

    target: str
    plans: tuple[WrittenFacts, ...]


NoteFacts = CommitFacts | RequestFacts
Facts = TaskFacts | RiskFacts | QuestionFacts | MilestoneFacts | TrackingFacts
