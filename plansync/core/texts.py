"""The title and managed region that an item's issue, or a phase's milestone, shall have. Pure.

Plan text is neutralised here, before it reaches a template; references to other items stay tokens until their
numbers are known (:mod:`plansync.core.refs`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plansync.core.context import Context
from plansync.core.design import Component, Endpoint
from plansync.core.desired import priority
from plansync.core.facts import (
    ComponentFacts,
    DependencyFacts,
    DetailFacts,
    EndpointFacts,
    Facts,
    MilestoneFacts,
    PhaseFacts,
    PlanFacts,
    QuestionFacts,
    RiskFacts,
    TaskFacts,
    TrackingFacts,
)
from plansync.core.fit import cut_body, cut_text, kept_line
from plansync.core.identity import text_digest, tracking_key
from plansync.core.marker import Marker, wrap
from plansync.core.match import Match
from plansync.core.mentions import mentioned_components, mentioned_endpoints
from plansync.core.model import Detail, Phase, Risk, State, Task
from plansync.core.neutralise import ActingText, neutralise, neutralise_line
from plansync.core.observed import ObservedIssue
from plansync.core.pages import address_of
from plansync.core.phases import PhaseMatch
from plansync.core.reading import Reading
from plansync.core.refs import narrow, reference, widen
from plansync.core.region import find_regions
from plansync.core.stages import By
from plansync.core.together import beside

_LINK_ROOM = 40
"""Characters that a link to come needs beside host and project: scheme, path, number twice, brackets."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A title and a whole managed region, tokens unresolved."""

    title: str
    region: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Makes the texts of one plan."""

    context: Context
    reading: Reading
    matches: Sequence[Match]
    phases: Sequence[PhaseMatch]

    def issue(self, match: Match, *, adopted: bool) -> Wanted:
        """Return what the issue of ``match`` shall read."""
        item = match.placed.item
        marker = Marker(
            plan=self.reading.key,
            item=match.key,
            text=text_digest(item.text),
            id=item.id or "",
            phase=self.phases[match.placed.phase].key if match.placed.phase >= 0 else "",
            file=item.file,
            adopted=adopted,
        )
        capabilities, found = self.context.capabilities, self.context.issue(match.number)
        theirs = _length_outside(found.body if found is not None else "")
        return self._wanted(self._facts(match), marker, capabilities.title_limit, capabilities.body_limit - theirs)

    def milestone(self, phase_match: PhaseMatch) -> Wanted:
        """Return what the milestone of a phase shall read."""
        phase = self.reading.plan.phases[phase_match.index]
        marker = Marker(
            plan=self.reading.key, item=phase_match.key, text=text_digest(phase.name or ""), id=phase.id or ""
        )
        facts = MilestoneFacts(plan=self._plan("", phase.file), phase=self._phase(phase_match.index))
        capabilities = self.context.capabilities
        return self._wanted(facts, marker, capabilities.milestone_title_limit, capabilities.milestone_body_limit)

    def tracking(self, issue: ObservedIssue | None, *, adopted: bool = False) -> Wanted:
        """Return what the plan's tracking issue shall read; ``issue`` is the one that it has."""
        named = (self._phase(index) for index in range(len(self.reading.plan.phases)))
        facts = TrackingFacts(plan=self._plan(""), phases=tuple(phase for phase in named if phase is not None))
        marker = Marker(plan=self.reading.key, item=tracking_key(self.reading.key), adopted=adopted)
        capabilities = self.context.capabilities
        theirs = _length_outside(issue.body if issue is not None else "")
        return self._wanted(facts, marker, capabilities.title_limit, capabilities.body_limit - theirs)

    def breaking(self, match: Match) -> bool:
        """Say whether the task names an endpoint whose change is breaking."""
        item = match.placed.item
        return isinstance(item, Task) and any(endpoint.breaking for endpoint in self._endpoints(item))

    def detail_texts(self, match: Match) -> tuple[str, ...]:
        """Return the item's details as they read in a region."""
        return tuple(self._line(detail.text) for detail in match.placed.item.details)

    def _wanted(self, facts: Facts, marker: Marker, title_limit: int, body_limit: int) -> Wanted:
        title, body = self.context.render(facts)
        keys, address = self.reading.rules.markers.keys, self.context.address
        room = body_limit - len(wrap(marker, "", keys))
        fitted = narrow(cut_body(widen(body, len(address.host) + len(address.project) + _LINK_ROOM), room))
        return Wanted(cut_text(kept_line(title), title_limit), wrap(marker, fitted, keys))

    @property
    def _acts(self) -> ActingText:
        capabilities, rules = self.context.capabilities, self.reading.rules
        return ActingText(
            quick_actions=capabilities.quick_actions,
            references=capabilities.references,
            references_live=rules.references == "live",
            mentions_allowed=rules.mentions,
        )

    def _line(self, text: str) -> str:
        return neutralise_line(text, self._acts)

    def _block(self, text: str) -> str:
        return neutralise(text, self._acts)

    def _facts(self, match: Match) -> Facts:
        item = match.placed.item
        if isinstance(item, Task):
            return self._task(match, item)
        if isinstance(item, Risk):
            return self._risk(item)
        return QuestionFacts(
            text=self._line(item.text),
            id=item.id or "",
            plan=self._plan("", item.file),
            details=self._details(item.details),
        )

    def _task(self, match: Match, task: Task) -> TaskFacts:
        phase = self.reading.plan.phases[match.placed.phase]
        said = (task.text, task.body, *task.files, *(detail.text for detail in task.details))
        return TaskFacts(
            text=self._line(task.text),
            id=task.id or "",
            plan=self._plan(phase.anchor, phase.file),
            phase=self._phase(match.placed.phase),
            body=self._block(task.body),
            details=self._details(task.details),
            dependencies=self._dependencies(task),
            components=tuple(map(self._component, mentioned_components(said, self.reading.plan.components))),
            endpoints=tuple(map(self._endpoint, self._endpoints(task))),
            files=tuple(map(self._line, task.files)),
            assignee=self._line(task.assignee or ""),
            label=self._line(task.label or ""),
            size=self._line(task.size or ""),
            repo=self._line(task.repo or ""),
        )

    def _risk(self, risk: Risk) -> RiskFacts:
        level = priority(risk.score)
        components = mentioned_components((risk.text, risk.body, risk.mitigation), self.reading.plan.components)
        return RiskFacts(
            text=self._line(risk.text),
            id=risk.id or "",
            plan=self._plan("", risk.file),
            likelihood=self._line(risk.likelihood.raw),
            impact=self._line(risk.impact.raw),
            likelihood_level=risk.likelihood.level,
            impact_level=risk.impact.level,
            score=risk.score,
            priority=level.name.casefold() if level else "",
            body=self._block(risk.body),
            mitigation=self._mitigation(risk),
            owner=self._line(risk.owner or ""),
            components=tuple(map(self._component, components)),
        )

    def _mitigation(self, risk: Risk) -> tuple[DetailFacts, ...]:
        if risk.details:
            return self._details(risk.details)
        return tuple(DetailFacts(self._line(step), 0, False) for step in split_steps(risk.mitigation))

    def _details(self, details: Sequence[Detail]) -> tuple[DetailFacts, ...]:
        return tuple(DetailFacts(self._line(d.text), d.depth, d.box is not None and d.box.ticked) for d in details)

    def _dependencies(self, task: Task) -> tuple[DependencyFacts, ...]:
        targets = dependencies_of(task, self.matches)
        return tuple(self._dependency(match) for match in targets)

    def _dependency(self, match: Match) -> DependencyFacts:
        item = match.placed.item
        text = self._line(item.text)
        if match.by is By.ELSEWHERE and match.link is not None:
            return DependencyFacts(item.id or "", text, f"[{match.link.label}]({match.link.url}) {text}")
        return DependencyFacts(item.id or "", text, reference(match.key, text))

    def _plan(self, anchor: str, file: str = "") -> PlanFacts:
        plan, path = self.reading.plan, beside(self.reading.path, file)
        return PlanFacts(
            title=self._line(plan.title) or path,
            feature_id=self._line(plan.feature_id or ""),
            spec=self._line(plan.spec or ""),
            path=path.replace("`", "'"),
            place=f"{path}#{anchor}".replace("`", "'") if anchor else path.replace("`", "'"),
            url=address_of(self.reading.rules.plans_at, path, anchor),
        )

    def _phase(self, index: int) -> PhaseFacts | None:
        phase = self.reading.plan.phases[index]
        if not phase.heading:
            return None
        before = {other.id: other for other in self.reading.plan.phases if other.id}
        return PhaseFacts(
            id=phase.id or "",
            name=self._line(phase.name or ""),
            heading=self._line(phase.heading),
            goal=self._block(phase.goal or ""),
            deliverable=self._block(phase.deliverable or ""),
            depends_on=tuple(self._line(before[i].heading) for i in phase.depends_on if i in before),
            tasks=_countable(phase),
        )

    def _endpoints(self, task: Task) -> tuple[Endpoint, ...]:
        said = (task.text, task.body, *(detail.text for detail in task.details))
        return mentioned_endpoints(said, self.reading.plan.endpoints)

    def _component(self, component: Component) -> ComponentFacts:
        return ComponentFacts(
            name=self._line(component.name),
            modified=component.modified,
            purpose=self._line(component.purpose),
            location=self._line(component.location),
            change=self._block(component.change),
            risk=self._line(component.risk),
        )

    def _endpoint(self, endpoint: Endpoint) -> EndpointFacts:
        return EndpointFacts(
            name=self._line(endpoint.name),
            modified=endpoint.modified,
            purpose=self._line(endpoint.purpose),
            input=self._line(endpoint.input),
            output=self._line(endpoint.output),
            errors=self._line(endpoint.errors),
            current_behavior=self._line(endpoint.current_behavior),
            new_behavior=self._line(endpoint.new_behavior),
            breaking=endpoint.breaking,
        )


def dependencies_of(task: Task, matches: Sequence[Match]) -> tuple[Match, ...]:
    """Return the matches of the tasks that ``task`` depends on, in the order it names them, itself left out."""
    by_id: Mapping[str, Match] = {
        match.placed.item.id: match
        for match in reversed(matches)
        if match.placed.item.id and isinstance(match.placed.item, Task)
    }
    found = (by_id.get(wanted) for wanted in task.depends_on)
    return tuple(match for match in found if match is not None and match.placed.item is not task)


def split_steps(mitigation: str) -> tuple[str, ...]:
    """Split a mitigation cell into steps at ``;`` and ``<br>``, never inside a code span."""
    steps: list[str] = [""]
    for index, part in enumerate(mitigation.split("`")):
        if index:
            steps[-1] += "`"
        if index % 2:
            steps[-1] += part
            continue
        first, *rest = part.replace("<br/>", ";").replace("<br>", ";").split(";")
        steps[-1] += first
        steps += rest
    return tuple(step.strip() for step in steps if step.strip())


def _length_outside(body: str) -> int:
    """Return the length of what people wrote around the region, and of the blank line between.

    The blank line counts from the creation on, so that the text is cut at the same place ever after.
    """
    return len(body) - sum(len(region.text) for region in find_regions(body)) + len("\r\n\r\n")


def _countable(phase: Phase) -> int:
    return sum(task.state is not State.CANCELLED for task in phase.tasks)
