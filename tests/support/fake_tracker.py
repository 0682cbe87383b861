"""A tracker in memory that keeps the laws of the port, and can be told to fail, to lag, and to hold less.

Stateful and shared: whoever needs a tracker that is not the embedded one takes this.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from plansync.core.assigning import people_after
from plansync.core.bodies import new_body
from plansync.core.changes import (
    NO_MILESTONE,
    Change,
    CloseIssue,
    CloseMilestone,
    CreateIssue,
    CreateMilestone,
    Done,
    Failed,
    MilestoneChange,
    MilestoneRef,
    Outcome,
    Relate,
    ReopenIssue,
    ReopenMilestone,
    Unknown,
    UpdateIssue,
    UpdateMilestone,
)
from plansync.core.fit import Capabilities, kept_line
from plansync.core.links import Address
from plansync.core.observed import ObservedIssue, ObservedState, Relation, RelationKind, StateEvent
from plansync.core.region import RegionDamaged, has_marker, write_region
from plansync.errors import IssueGone, TrackerUnavailable
from plansync.ports.tracker import Asked, Traffic
from tests.support.clocks import FakeClock
from tests.support.fake_project import US, FakePeople, FakeProject


class _Refused(ValueError):
    """The change has no effect, and why."""


def at(host: str, project: str) -> Address:
    """Return the address of a project of this kind of tracker."""
    root = f"https://{host}/{project}"
    return Address("fake", host, project, issues=f"{root}/issues/", milestones=f"{root}/milestones/")


@dataclass
class FakeTracker:
    """One client of a project in memory; several may share a ``project``, as several installations do.

    ``refuse``, ``lose_answers`` and ``lose_requests`` hold indexes of ``apply`` calls, counted from 0 (``calls``
    has the changes so far): those are refused without effect, applied but answered ``Unknown``, and not applied
    and answered ``Unknown``. ``strip`` names the fields (``labels``, ``milestone``) that creates are answered
    without; ``hide_new_for`` is how long a listing does not know new issues and milestones (asking by number does);
    ``unreadable`` makes ``observe`` raise.
    """

    clock: FakeClock = field(default_factory=FakeClock)
    capabilities: Capabilities = field(default_factory=lambda: Capabilities(name="fake", links=True))
    address: Address = field(default_factory=lambda: at("tracker.example", "acme/web"))
    users: Collection[str] | None = None
    strip: Sequence[str] = ()
    refuse: set[int] = field(default_factory=set)
    lose_answers: set[int] = field(default_factory=set)
    lose_requests: set[int] = field(default_factory=set)
    hide_new_for: timedelta = timedelta(0)
    unreadable: bool = False
    project: FakeProject = field(init=False)
    calls: list[Change] = field(default_factory=list)
    traffic: Traffic = field(default_factory=Traffic)

    def __post_init__(self) -> None:
        """Begin with an empty project; assign ``project`` to share another's."""
        path = "/".join(part for part in (self.address.host, self.address.project) if part)
        self.project = FakeProject(self.clock, f"https://{path}", self.capabilities.case_blind_labels)

    def people(self, name: str = "ann") -> FakePeople:
        """Return somebody who works in this project by hand."""
        return FakePeople(self.project, name)

    def observe(self, asked: Asked) -> ObservedState:
        self._count()
        if self.unreadable:
            raise TrackerUnavailable("the fake tracker does not answer", hint="Try again.")
        milestones = self.project.milestones
        ours = {number for number in milestones if number in asked.milestones or self._lists_milestone(number)}
        foreign = [milestone for number, milestone in milestones.items() if number not in ours]
        return ObservedState(
            issues=tuple(
                issue.seen
                for number, issue in self.project.issues.items()
                if number in asked.issues or self._lists_issue(issue.seen)
            ),
            milestones=tuple(
                replace(milestones[number], issues=self.project.issues_in(number)) for number in sorted(ours)
            ),
            gone=asked.issues - self.project.issues.keys(),
            gone_milestones=asked.milestones - milestones.keys(),
            at=self.clock.now(),
            foreign_milestone_titles=frozenset(milestone.title for milestone in foreign),
        )

    def apply(self, change: Change) -> Outcome:
        index = len(self.calls)
        self.calls.append(change)
        self._count()
        if index in self.refuse:
            return Failed("the fake tracker refuses", hint="Ask it nicely.")
        if index in self.lose_requests:
            return Unknown("the request was lost")
        before = self.project.writes
        try:
            number = self._carry_out(change)
        except (_Refused, RegionDamaged, IssueGone) as error:
            return Failed(str(error))
        self._count(requests=0, writes=int(self.project.writes > before))
        if index in self.lose_answers:
            return Unknown("the answer was lost")
        return self._done(change, number)

    def events(self, number: int, since: datetime) -> tuple[StateEvent, ...]:
        self._count()
        return tuple(event for event in self.project.issue(number).events if event.at > since)

    def relations(self, kind: RelationKind, number: int) -> frozenset[int]:
        self._count()
        there = self.project.relations
        return frozenset(r.other for r in there if (r.kind, r.number) == (kind, number))

    def existing_users(self, names: Collection[str]) -> frozenset[str]:
        self._count()
        if self.users is None:
            return frozenset(names)
        spelled = {user.casefold(): user for user in self.users}
        return frozenset(spelled[name.casefold()] for name in names if name.casefold() in spelled)

    def _carry_out(self, change: Change) -> int:
        match change:
            case CreateIssue():
                return self._create(change)
            case UpdateIssue():
                self._update(change)
            case CloseIssue():
                self._close(change)
            case ReopenIssue():
                seen = self.project.issue(change.number).seen
                labels = seen.labels - {self.project.spelled(label) for label in change.remove_labels}
                self.project.change(change.number, US, replace(seen, closed=None, labels=labels))
            case CreateMilestone(title=title, description=description):
                self._check(title, description)
                return self.project.open_milestone(kept_line(title), description)
            case UpdateMilestone():
                self._update_milestone(change)
            case CloseMilestone(number=number):
                self.project.change_milestone(replace(self.project.milestone(number), closed=True))
            case ReopenMilestone(number=number):
                self.project.change_milestone(replace(self.project.milestone(number), closed=False))
            case Relate():
                self._relate(change)
            case _:
                assert_never(change)
        return change.number

    def _create(self, change: CreateIssue) -> int:
        self._check(change.title, change.body)
        milestone = self._number_of(change.milestone)
        number = self.project.open_issue(kept_line(change.title), change.body, US)
        issue = self.project.issues[number]
        labels = () if "labels" in self.strip else change.labels
        issue.seen = replace(
            issue.seen,
            labels=frozenset(self.project.spelled(label) for label in labels),
            milestone=None if "milestone" in self.strip else milestone,
            assignees=tuple(dict.fromkeys(change.assignees)),
        )
        return number

    def _update(self, change: UpdateIssue) -> None:
        seen = self.project.issue(change.number).seen
        body = new_body(seen.body, change)
        title = seen.title if change.title is None else change.title
        self._check(title, body)
        labels = (seen.labels | {self.project.spelled(label) for label in change.add_labels}) - {
            self.project.spelled(label) for label in change.remove_labels
        }
        milestone = seen.milestone if change.milestone is None else self._number_of(change.milestone)
        people = people_after(seen.assignees, change)
        new = replace(seen, title=kept_line(title), body=body, labels=labels, milestone=milestone, assignees=people)
        self.project.change(change.number, US, new)

    def _close(self, change: CloseIssue) -> None:
        seen = self.project.issue(change.number).seen
        if change.comment and seen.closed is None:
            self.project.say(change.number, US, change.comment)
            seen = self.project.issue(change.number).seen
        labels = seen.labels | {self.project.spelled(label) for label in change.add_labels}
        self.project.change(change.number, US, replace(seen, closed=change.because, labels=labels))

    def _relate(self, change: Relate) -> None:
        self.project.issue(change.number)
        self.project.issue(change.other)
        relation = Relation(change.relation, change.number, change.other)
        self.project.writes += int(relation not in self.project.relations)
        self.project.relations.add(relation)

    def _update_milestone(self, change: UpdateMilestone) -> None:
        old = self.project.milestone(change.number)
        title = old.title if change.title is None else kept_line(change.title)
        text = old.description
        if change.region is not None:
            text = write_region(text, change.region, adopt=True)
        self._check(title, text)
        self.project.change_milestone(replace(old, title=title, description=text))

    def _number_of(self, milestone: MilestoneRef | None) -> int | None:
        if milestone is None or milestone == NO_MILESTONE:
            return None
        if milestone.number is None:
            raise _Refused("the milestone has no number yet")
        return self.project.milestone(milestone.number).number

    def _check(self, title: str, body: str) -> None:
        if len(title) > self.capabilities.title_limit or len(body) > self.capabilities.body_limit:
            raise _Refused("the text is longer than this tracker holds")

    def _done(self, change: Change, number: int) -> Done:
        url = f"{self.project.url}/{'milestones' if isinstance(change, MilestoneChange) else 'issues'}/{number}"
        sent = getattr(change, "title", None)
        kept = None if sent is None or kept_line(sent) == sent else kept_line(sent)
        stripped = tuple(name for name in self.strip if isinstance(change, CreateIssue) and bool(getattr(change, name)))
        return Done(number, url, stripped=stripped, answered_title=kept)

    def _lists_issue(self, issue: ObservedIssue) -> bool:
        return has_marker(issue.body) and issue.created_at <= self.clock.now() - self.hide_new_for

    def _lists_milestone(self, number: int) -> bool:
        is_old = self.project.births[number] <= self.clock.now() - self.hide_new_for
        return is_old and has_marker(self.project.milestones[number].description)

    def _count(self, *, requests: int = 1, writes: int = 0) -> None:
        self.traffic = Traffic(self.traffic.requests + requests, self.traffic.writes + writes)
