"""What the fake tracker holds: issues and milestones in memory, and people who change them by hand."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from plansync.core.observed import CloseReason, ObservedIssue, ObservedMilestone, Relation, StateEvent
from plansync.errors import IssueGone
from tests.support.clocks import FakeClock

US = "plansync"


@dataclass
class FakeIssue:
    """One issue and what was said and done about it."""

    seen: ObservedIssue
    comments: list[tuple[str, str]] = field(default_factory=list)
    events: list[StateEvent] = field(default_factory=list)


@dataclass
class FakeProject:
    """Issues and milestones below ``url``; ``writes`` counts whatever was changed, by whomever."""

    clock: FakeClock = field(default_factory=FakeClock)
    url: str = "https://tracker.example/acme/web"
    case_blind_labels: bool = True
    issues: dict[int, FakeIssue] = field(default_factory=dict)
    milestones: dict[int, ObservedMilestone] = field(default_factory=dict)
    relations: set[Relation] = field(default_factory=set)
    births: dict[int, datetime] = field(default_factory=dict)
    """When each milestone was opened."""
    writes: int = 0
    _labels: dict[str, str] = field(default_factory=dict)
    _last_issue: int = 0
    _last_milestone: int = 0

    def issue(self, number: int) -> FakeIssue:
        """Return an issue; raises ``IssueGone``."""
        if number not in self.issues:
            raise IssueGone(f"issue #{number} does not exist")
        return self.issues[number]

    def milestone(self, number: int) -> ObservedMilestone:
        """Return a milestone; raises ``IssueGone``."""
        if number not in self.milestones:
            raise IssueGone(f"milestone {number} does not exist")
        return self.milestones[number]

    def open_issue(self, title: str, body: str, actor: str) -> int:
        """Open an issue and return its number, which is never given again."""
        self._last_issue += 1
        number, now = self._last_issue, self.clock.now()
        self.writes += 1
        seen = ObservedIssue(
            number=number,
            url=f"{self.url}/issues/{number}",
            title=title,
            body=body,
            author_is_us=actor == US,
            author_trusted=True,
            created_at=now,
            updated_at=now,
        )
        self.issues[number] = FakeIssue(seen)
        return number

    def open_milestone(self, title: str, description: str) -> int:
        """Open a milestone and return its number."""
        self._last_milestone += 1
        number = self._last_milestone
        self.births[number] = self.clock.now()
        self.writes += 1
        url = f"{self.url}/milestones/{number}"
        self.milestones[number] = ObservedMilestone(number=number, url=url, title=title, description=description)
        return number

    def change_milestone(self, new: ObservedMilestone) -> None:
        """Put ``new`` in the place of a milestone; nothing is counted where nothing differs."""
        self.writes += int(new != self.milestone(new.number))
        self.milestones[new.number] = new

    def change(self, number: int, actor: str, new: ObservedIssue) -> bool:
        """Put ``new`` in the place of an issue; False, and nothing noted, where nothing differs."""
        issue = self.issue(number)
        if new == issue.seen:
            return False
        now = self.clock.now()
        if new.closed != issue.seen.closed:
            issue.events.append(StateEvent(now, new.closed, actor == US))
        issue.seen = replace(new, updated_at=now)
        self._touch(issue, actor)
        return True

    def say(self, number: int, actor: str, text: str) -> None:
        """Add a comment."""
        issue = self.issue(number)
        issue.comments.append((actor, text))
        issue.seen = replace(issue.seen, updated_at=self.clock.now())
        self._touch(issue, actor)

    def spelled(self, label: str) -> str:
        """Return ``label`` as it is spelled in this project; made when it is new."""
        return self._labels.setdefault(label.casefold() if self.case_blind_labels else label, label)

    def issues_in(self, milestone: int) -> tuple[int, int]:
        """Return how many issues of a milestone are closed, and how many there are."""
        inside = [issue.seen for issue in self.issues.values() if issue.seen.milestone == milestone]
        return sum(issue.closed is not None for issue in inside), len(inside)

    def _touch(self, issue: FakeIssue, actor: str) -> None:
        self.writes += 1
        if actor != US:
            issue.seen = replace(issue.seen, touched_by_others=True)


@dataclass
class FakePeople:
    """Somebody at the fake tracker, as ``tests.support.people.People`` says."""

    project: FakeProject
    name: str

    def create_issue(self, title: str, body: str = "") -> int:
        return self.project.open_issue(title, body, self.name)

    def close(self, number: int, *, not_planned: bool = False) -> None:
        reason = CloseReason.NOT_PLANNED if not_planned else CloseReason.COMPLETED
        self._change(number, closed=reason)

    def reopen(self, number: int) -> None:
        self._change(number, closed=None)

    def comment(self, number: int, text: str) -> None:
        self.project.say(number, self.name, text)

    def comments(self, number: int) -> list[tuple[str, str]]:
        return self.project.issue(number).comments

    def rename(self, number: int, title: str) -> None:
        self._change(number, title=title)

    def set_body(self, number: int, body: str) -> None:
        self._change(number, body=body)

    def add_label(self, number: int, name: str) -> None:
        self._change(number, labels=self.project.issue(number).seen.labels | {self.project.spelled(name)})

    def remove_label(self, number: int, name: str) -> None:
        self._change(number, labels=self.project.issue(number).seen.labels - {self.project.spelled(name)})

    def assign(self, number: int, name: str) -> None:
        self._change(number, assignees=(*self.project.issue(number).seen.assignees, name))

    def delete(self, number: int) -> None:
        del self.project.issues[number]

    def create_milestone(self, title: str, description: str = "") -> int:
        return self.project.open_milestone(title, description)

    def describe_milestone(self, number: int, description: str) -> None:
        self.project.change_milestone(replace(self.project.milestone(number), description=description))

    def delete_milestone(self, number: int) -> None:
        del self.project.milestones[number]
        for issue in self.project.issues.values():
            if issue.seen.milestone == number:
                issue.seen = replace(issue.seen, milestone=None)

    def _change(self, number: int, **fields: object) -> None:
        seen = self.project.issue(number).seen
        self.project.change(number, self.name, replace(seen, **fields))  # type: ignore[arg-type]  # fields by name
