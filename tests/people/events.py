"""Every human event and its outcome: what people may do to issues, milestones and plans, and what becomes of it.

``docs/people.md`` shows the same table. Each event finds plans and tracker in step, and leaves it to the test to see that
the run after it, and the next one, are quiet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from plansync.app.report import TargetReport
from plansync.core.observed import CloseReason, ObservedIssue
from tests.people.hands import Hands, LocalHands
from tests.support.example import MAP, PLAN, SEND, STORE, TITLES
from tests.support.world import World, kinds

AT_TRACKER, IN_PLAN = "At the tracker", "In the plan"
_LINK = re.compile(r" \(\[#\d+\]\([^)]*\)\)")
OTHER = (
    PLAN.replace("021-parcels", "022-letters")
    .replace("Parcel tracking", "Letters")
    .replace("parcel", "letter")
    .replace("Parcel", "Letter")
)


@dataclass
class Scene:
    """A world in step, and somebody in it with a task, its number and its line."""

    world: World
    hands: Hands
    task: str = MAP

    @property
    def number(self) -> int:
        """Return the task's issue, by its link."""
        return self.world.number(self.task)

    @property
    def line(self) -> str:
        """Return the task's line."""
        return next(line for line in self.world.read().splitlines(keepends=True) if self.task in line)

    def issue(self, number: int) -> ObservedIssue:
        """Return an issue as it is."""
        return next(issue for issue in self.world.all_issues() if issue.number == number)

    def sync(self) -> TargetReport:
        """Run once, late enough for what only the daily listing shows."""
        self.world.clock.advance(timedelta(days=2))
        return self.world.sync()

    @property
    def is_local(self) -> bool:
        """Say whether it is the embedded tracker: a link to it proves nothing by itself (spec §3.5)."""
        return isinstance(self.hands, LocalHands)

    def codes(self, report: TargetReport) -> set[str]:
        """Return the codes of the Problems of a run."""
        return {found.code for plan in report.plans for found in plan.problems}


Act = Callable[[Scene], None]


@dataclass(frozen=True)
class Event:
    """What people do, what becomes of it, and the act that shows it."""

    where: str
    what: str
    outcome: str
    act: Act
    prepare: Act | None = field(default=None)


EVENTS: list[Event] = []


def event(where: str, what: str, outcome: str) -> Callable[[Act], Act]:
    """Enter an act into the table."""

    def enter(act: Act) -> Act:
        EVENTS.append(Event(where, what, outcome, act))
        return act

    return enter


@event(AT_TRACKER, "An issue is renamed", "Its title is put back, unless `own` leaves titles to people.")
def renamed(s: Scene) -> None:
    s.world.people.rename(s.number, "Something else")
    s.sync()
    assert s.issue(s.number).title == TITLES[4]


@event(AT_TRACKER, "Text is written above or below the managed region", "It stays, byte for byte.")
def written_outside(s: Scene) -> None:
    body = s.issue(s.number).body
    s.world.people.set_body(s.number, f"Before.\n\n{body}\n\nAfter.")
    assert kinds(s.sync()) == []
    assert s.issue(s.number).body == f"Before.\n\n{body}\n\nAfter."


@event(AT_TRACKER, "Text is written inside the managed region", "The region is put back; ticks on its lines stay.")
def written_inside(s: Scene) -> None:
    body = s.issue(s.number).body
    s.world.people.set_body(s.number, body.replace("\n<!-- /plansync -->", "\nscribble\n<!-- /plansync -->"))
    s.sync()
    assert s.issue(s.number).body == body


@event(
    AT_TRACKER, "A marker is deleted", "A new region is added below the text that is left; the link tells whose it is."
)
def marker_deleted(s: Scene) -> None:
    s.world.people.set_body(s.number, "All mine now.")
    s.sync()
    body = s.issue(s.number).body
    assert body.startswith("All mine now.")
    assert body.count("<!-- plansync:v1 ") == 1


@event(AT_TRACKER, "plansync's label is taken off an issue", "It is put back; labels of people stay.")
def label_removed(s: Scene) -> None:
    s.world.people.add_label(s.number, "help wanted")
    s.world.people.remove_label(s.number, "plansync")
    s.sync()
    assert s.issue(s.number).labels == {"plansync", "help wanted"}


@event(AT_TRACKER, "plansync's label is renamed in the project", "The issues get the label under its own name again.")
def label_renamed(s: Scene) -> None:
    s.hands.rename_label("plansync", "from-plans")
    s.sync()
    assert s.issue(s.number).labels >= {"plansync", "from-plans"}


@event(AT_TRACKER, "plansync's label is deleted in the project", "It is made again.")
def label_deleted(s: Scene) -> None:
    s.hands.delete_label("plansync")
    s.sync()
    assert "plansync" in s.issue(s.number).labels


@event(AT_TRACKER, "An issue is taken out of its milestone", "It is put back into it.")
def taken_out_of_milestone(s: Scene) -> None:
    before = s.issue(s.number).milestone
    s.hands.take_out_of_milestone(s.number)
    s.sync()
    assert s.issue(s.number).milestone == before


@event(AT_TRACKER, "A milestone is renamed", "Its title is put back.")
def milestone_renamed(s: Scene) -> None:
    (title, milestone), *_ = s.world.milestones().items()
    s.hands.rename_milestone(milestone.number, "Autumn")
    s.sync()
    assert title in s.world.milestones()


@event(AT_TRACKER, "A milestone is closed by hand", "It stays closed, and its issues stay as they are.")
def milestone_closed(s: Scene) -> None:
    (title, milestone), *_ = s.world.milestones().items()
    s.hands.close_milestone(milestone.number)
    assert kinds(s.sync()) == []
    assert s.world.milestones()[title].closed


@event(
    AT_TRACKER,
    "A milestone is deleted",
    "Problem PS509; none is made in its place while the plan's field names it. (On the embedded tracker it is made anew.)",
)
def milestone_deleted(s: Scene) -> None:
    count = len(s.world.milestones())
    s.world.people.delete_milestone(next(iter(s.world.milestones().values())).number)
    report = s.sync()
    assert ("PS509" in s.codes(report)) is not s.is_local
    assert len(s.world.milestones()) == (count if s.is_local else count - 1)


@event(AT_TRACKER, "An issue is closed as completed", "The box is ticked.")
def closed(s: Scene) -> None:
    s.world.people.close(s.number)
    assert kinds(s.sync()) == []
    assert "- [x]" in s.line


@event(
    AT_TRACKER,
    "An issue is closed as not planned",
    "The box stays; the task no longer counts for Status and milestone.",
)
def closed_as_not_planned(s: Scene) -> None:
    s.world.people.close(s.number, not_planned=True)
    report = s.sync()
    assert "- [ ]" in s.line
    assert report.plans[0].status.total == 4


@event(AT_TRACKER, "An issue is reopened", "The box is unticked, and the milestone opened if plansync had closed it.")
def reopened(s: Scene) -> None:
    s.world.people.close(s.number)
    s.sync()
    s.world.people.reopen(s.number)
    s.sync()
    assert "- [ ]" in s.line
    assert s.issue(s.number).closed is None


@event(
    AT_TRACKER,
    "An issue is deleted",
    "Problem PS502; none is made in its place while its link stands. (On the embedded tracker it is made anew.)",
)
def deleted(s: Scene) -> None:
    number, count = s.number, len(s.world.all_issues())
    s.world.people.delete(number)
    report = s.sync()
    assert ("PS502" in s.codes(report)) is not s.is_local
    assert kinds(report) == (["create_issue"] if s.is_local else [])
    assert len(s.world.all_issues()) == (count if s.is_local else count - 1)
    assert (s.number == number) is not s.is_local


@event(
    AT_TRACKER,
    "An issue is transferred inside the host",
    "The link follows; the task is tracked elsewhere and counts by its box.",
)
def transferred(s: Scene) -> None:
    address = s.hands.transfer(s.number)
    assert kinds(s.sync()) == []
    assert address in s.line
    assert "- [ ]" in s.line


@event(AT_TRACKER, "An issue's discussion is locked", "Nothing changes: it is kept in step as before.")
def locked(s: Scene) -> None:
    s.hands.lock(s.number)
    assert kinds(s.sync()) == []
    s.world.edit("on a map", "on a large map")
    s.sync()
    assert s.issue(s.number).title.endswith("on a large map")


@event(AT_TRACKER, "An issue is converted (discussion, epic)", "The box stays, and no issue is made in its place.")
def converted(s: Scene) -> None:
    s.hands.convert(s.number)
    report = s.sync()
    assert kinds(report) == []
    assert "- [ ]" in s.line


@event(AT_TRACKER, "Somebody is assigned", "They stay: assignees are people's once there is one.")
def assigned(s: Scene) -> None:
    s.world.people.assign(s.number, "bob")
    assert kinds(s.sync()) == []
    assert s.issue(s.number).assignees == ("bob",)


@event(AT_TRACKER, "A comment is written", "Nothing changes.")
def commented(s: Scene) -> None:
    s.world.people.comment(s.number, "How far is this?")
    assert kinds(s.sync()) == []


@event(AT_TRACKER, "An issue with a task's title is opened by hand", "It is never touched.")
def namesake(s: Scene) -> None:
    number = s.world.people.create_issue(TITLES[4], "By hand.")
    assert kinds(s.sync()) == []
    assert s.issue(number).body.strip() == "By hand."


@event(IN_PLAN, "A box is ticked", "The issue is closed as completed.")
def ticked(s: Scene) -> None:
    s.world.edit(s.line, s.line.replace("[ ]", "[x]"))
    assert kinds(s.sync()) == ["close_issue"]
    assert s.issue(s.number).closed is CloseReason.COMPLETED


@event(IN_PLAN, "A box is unticked", "The issue is reopened.")
def unticked(s: Scene) -> None:
    ticked(s)
    s.world.edit(s.line, s.line.replace("[x]", "[ ]"))
    assert "reopen_issue" in kinds(s.sync())
    assert s.issue(s.number).closed is None


@event(IN_PLAN, "A task is reworded, however much, and keeps its link", "Its issue gets the new title and text.")
def reworded(s: Scene) -> None:
    number = s.number
    s.world.edit(TITLES[4], "Paint the van")
    assert kinds(s.sync()) == ["update_issue"]
    assert s.issue(number).title == "Paint the van"


@event(
    IN_PLAN,
    "A task is reworded beyond recognition, without its link",
    "A new issue; the old one is closed as not planned.",
)
def reworded_without_link(s: Scene) -> None:
    number = s.number
    s.world.edit(s.line, "  - [ ] Paint the van\n")
    assert sorted(kinds(s.sync())) == ["close_issue", "create_issue"]
    assert s.issue(number).closed is CloseReason.NOT_PLANNED


@event(IN_PLAN, "A task is split in two", "The line that keeps the link keeps the issue; the other one gets its own.")
def split(s: Scene) -> None:
    number = s.number
    s.world.edit(s.line, f"{s.line}  - [ ] Choose the colours of that map\n")
    assert kinds(s.sync()) == ["create_issue"]
    assert s.number == number


@event(IN_PLAN, "Two tasks are merged", "The issue whose link is kept goes on; the other is closed as not planned.")
def merged(s: Scene) -> None:
    other = s.world.number(SEND)
    gone = next(line for line in s.world.read().splitlines(keepends=True) if SEND in line)
    s.world.edit(gone, "")
    s.world.edit(TITLES[4], f"{TITLES[4]}, and send a message")
    assert sorted(kinds(s.sync())) == ["close_issue", "update_issue"]
    assert s.issue(other).closed is CloseReason.NOT_PLANNED


@event(IN_PLAN, "Words are written behind a task's link", "They become part of the title; the link does not.")
def written_on(s: Scene) -> None:
    number, line = s.number, s.line
    s.world.edit(line, line.replace("\n", " by Friday\n"))
    s.sync()
    assert s.issue(number).title == f"{TITLES[4]} by Friday"
    assert s.issue(number).closed is None


@event(IN_PLAN, "A task is moved to another phase", "Its issue goes into that phase's milestone.")
def moved_to_phase(s: Scene) -> None:
    number, line = s.number, s.line
    below = next(one for one in s.world.read().splitlines(keepends=True) if STORE in one)
    s.world.edit(line, "")
    s.world.edit(below, below + line)
    s.sync()
    assert s.number == number
    assert s.issue(number).milestone == s.issue(s.world.number(STORE)).milestone


@event(IN_PLAN, "A task is moved to another plan with its link", "Its issue goes with it: marker, milestone, text.")
def moved_to_plan(s: Scene) -> None:
    s.world.write(OTHER, "plans/other.md")
    s.sync()
    number, line = s.number, s.line
    s.world.edit(line, "")
    below = next(one for one in s.world.read("plans/other.md").splitlines(keepends=True) if SEND in one)
    s.world.edit(below, below + line, "plans/other.md")
    assert "create_issue" not in kinds(s.sync())
    assert s.world.number(MAP, "plans/other.md") == number
    assert s.issue(number).closed is None
    assert "plan=022-letters" in s.issue(number).body


@event(
    IN_PLAN, "A task is copied with its link", "The one whose text is the issue's keeps it; the copy is Problem PS501."
)
def copied_with_link(s: Scene) -> None:
    number, line = s.number, s.line
    s.world.edit(line, f"{line}{line.replace(TITLES[4], 'Draw the way on paper')}")
    report = s.sync()
    assert "PS501" in s.codes(report)
    assert kinds(report) == []
    assert s.issue(number).title == TITLES[4]


@event(IN_PLAN, "A link is deleted", "The issue is found by its marker, and the link written again.")
def link_deleted(s: Scene) -> None:
    number, line = s.number, s.line
    s.world.edit(line, _LINK.sub("", line))
    assert kinds(s.sync()) == []
    assert s.number == number


@event(
    IN_PLAN,
    "A link is changed to another task's issue",
    "The issue stays with the task whose text it has; Problem PS501.",
)
def link_changed(s: Scene) -> None:
    other = s.world.number(SEND)
    link = _LINK.search(next(line for line in s.world.read().splitlines() if SEND in line))
    assert link is not None
    s.world.edit(s.line, _LINK.sub(link[0], s.line))
    report = s.sync()
    assert "PS501" in s.codes(report)
    assert s.issue(other).title == TITLES[3]


@event(
    IN_PLAN,
    "A link to an issue of people is put on a task",
    "It is adopted: a region below their text; title and people stay. (On the embedded tracker the task gets its own.)",
)
def adopted(s: Scene) -> None:
    number = s.world.people.create_issue("The van rattles", "Since Monday.")
    link = _LINK.search(s.line)
    assert link is not None
    theirs = re.sub(r"\d+\)\)$", f"{number}))", re.sub(r"#\d+", f"#{number}", link[0]))
    s.world.edit(s.line, f"{s.line}  - [ ] Oil the van{theirs}\n")
    s.sync()
    found = s.issue(number)
    assert found.title == "The van rattles"
    assert found.body.startswith("Since Monday.")
    assert ("<!-- plansync:v1 " in found.body) is not s.is_local


@event(IN_PLAN, "A task is taken out", "Its issue is closed as not planned, with one comment that says why.")
def taken_out(s: Scene) -> None:
    number, line = s.number, s.line
    s.world.edit(line, "")
    assert kinds(s.sync()) == ["close_issue"]
    assert s.issue(number).closed is CloseReason.NOT_PLANNED
    assert len(s.world.people.comments(number)) == 1


@event(
    IN_PLAN,
    "A task is indented below another, or its list or heading is broken, and its link stands",
    "Its issue stays as it is, with Problem PS511; put right, all is as before.",
)
def lost_by_a_slip(s: Scene) -> None:
    line, number, before = s.line, s.number, s.world.read()
    heading = "### Phase 2: Telling\n"
    for old, new in ((line, f"    {line}"), (line, line.replace("- [ ]", "-[ ]")), (heading, "## Telling\n")):
        s.world.edit(old, new)
        report = s.sync()
        assert "close_issue" not in kinds(report)
        assert "PS511" in s.codes(report)
        assert s.issue(number).closed is None
        s.world.write(before)
        s.sync()
        assert (s.number, s.issue(number).closed) == (number, None)


@event(IN_PLAN, "A task that was taken out is put back", "Its issue is reopened.")
def put_back(s: Scene) -> None:
    line, number = s.line, s.number
    before = s.world.read()
    s.world.edit(line, "")
    s.sync()
    s.world.write(before)
    assert "reopen_issue" in kinds(s.sync())
    assert s.number == number


@event(IN_PLAN, "A task is struck out", "Its issue is closed as not planned.")
def struck_out(s: Scene) -> None:
    s.world.edit(TITLES[4], f"~~{TITLES[4]}~~")
    s.sync()
    assert s.issue(s.number).closed is CloseReason.NOT_PLANNED


@event(
    IN_PLAN,
    "A task is marked `<!-- plansync:ignore -->`",
    "Its issue is released: region and own labels go, it stays open.",
)
def ignored(s: Scene) -> None:
    number = s.number
    s.world.edit(s.line, s.line.rstrip("\n") + " <!-- plansync:ignore -->\n")
    s.sync()
    found = s.issue(number)
    assert found.closed is None
    assert "<!-- plansync:v1 " not in found.body
    assert "plansync" not in found.labels


@event(IN_PLAN, "The plan's file is renamed", "Nothing is opened, closed or doubled; the issues name the new path.")
def plan_renamed(s: Scene) -> None:
    count = len(s.world.all_issues())
    (s.world.root / "plans/plan.md").rename(s.world.root / "plans/renamed.md")
    assert not {"create_issue", "close_issue"} & set(kinds(s.sync()))
    assert len(s.world.all_issues()) == count
    (s.world.root / "plans/renamed.md").rename(s.world.root / "plans/plan.md")


@event(
    IN_PLAN,
    "A plan is archived or deleted",
    "Its issues are reported and stay as they are; nobody read that they are gone.",
)
def plan_deleted(s: Scene) -> None:
    s.world.write(OTHER, "plans/other.md")
    s.sync()
    text = s.world.read()
    (s.world.root / "plans/plan.md").unlink()
    report = s.sync()
    assert kinds(report) == []
    assert any("021-parcels" in note for note in report.notes)
    s.world.write(text)


@event(IN_PLAN, "A deleted plan is restored from Git's history", "It has its issues again; nothing is opened.")
def plan_restored(s: Scene) -> None:
    count, old = len(s.world.all_issues()), PLAN
    plan_deleted(s)
    s.world.write(old)
    assert "create_issue" not in kinds(s.sync())
    assert len([i for i in s.world.all_issues() if "021-parcels" in i.body]) == count


@event(IN_PLAN, "A plan is copied with all its links", "The copy takes nothing: each link is Problem PS501 there.")
def plan_copied(s: Scene) -> None:
    count = len(s.world.all_issues())
    s.world.write(s.world.read(), "plans/zz-copy.md")
    report = s.sync()
    assert "PS501" in s.codes(report)
    assert not {"create_issue", "close_issue"} & set(kinds(report))
    assert len(s.world.all_issues()) == count


@event(IN_PLAN, "A plan's Feature ID is changed", "The plan keeps its key, and so its issues.")
def feature_id_changed(s: Scene) -> None:
    count = len(s.world.all_issues())
    s.world.edit("021-parcels", "044-parcels")
    assert not {"create_issue", "close_issue"} & set(kinds(s.sync()))
    assert len(s.world.all_issues()) == count


@event(IN_PLAN, "A phase is renumbered or renamed", "Its milestone is renamed, and its issues stay.")
def phase_renamed(s: Scene) -> None:
    count = len(s.world.milestones())
    s.world.edit("### Phase 2: Telling", "### Phase 3: Messages")
    assert "create_milestone" not in kinds(s.sync())
    assert len(s.world.milestones()) == count
    assert any("Phase 3: Messages" in title for title in s.world.milestones())


@event(IN_PLAN, "A phase is split", "A milestone for the new one; its tasks' issues go into it.")
def phase_split(s: Scene) -> None:
    s.world.edit(s.line, f"\n### Phase 3: Maps\n\n- **Tasks:**\n{s.line}")
    report = s.sync()
    assert kinds(report).count("create_milestone") == 1
    assert "create_issue" not in kinds(report)
    assert "Phase 3: Maps" in next(
        title for title, m in s.world.milestones().items() if m.number == s.issue(s.number).milestone
    )


@event(IN_PLAN, "A section's heading is renumbered or renamed", "Nothing changes: sections are found by name.")
def section_renamed(s: Scene) -> None:
    s.world.edit("## 7. Risks and Mitigations", "## 9. Risks")
    s.world.edit("## 5. Implementation Phases", "## 3. Implementation Plan")
    assert not {"create_issue", "close_issue", "create_milestone"} & set(kinds(s.sync()))


@event(IN_PLAN, "Status is written by hand: a word of the stage's own group", "It stays.")
def status_of_the_stage(s: Scene) -> None:
    s.world.edit("**Status:** Draft", "**Status:** Approved")
    s.sync()
    assert "**Status:** Approved" in s.world.read()


@event(IN_PLAN, "Status is written by hand: an in-progress word before anything is done", "It stays: work has begun.")
def status_in_progress(s: Scene) -> None:
    s.world.edit("**Status:** Draft", "**Status:** Active")
    s.sync()
    assert "**Status:** Active" in s.world.read()


@event(IN_PLAN, "Status is written by hand: a complete word while tasks are open", "The stage's word is written.")
def status_complete(s: Scene) -> None:
    s.world.edit("**Status:** Draft", "**Status:** Done")
    s.sync()
    assert "**Status:** Planned" in s.world.read()


@event(IN_PLAN, "Status is written by hand: a held word", "It stays, whatever becomes of the tasks.")
def status_held(s: Scene) -> None:
    s.world.edit("**Status:** Draft", "**Status:** On Hold")
    s.world.people.close(s.number)
    s.sync()
    assert "**Status:** On Hold" in s.world.read()


@event(IN_PLAN, "Status is written by hand: words that plansync does not know", "They stay, with Problem PS701.")
def status_unknown(s: Scene) -> None:
    s.world.edit("**Status:** Draft", "**Status:** Waiting for the vendor")
    assert "PS701" in s.codes(s.sync())
    assert "**Status:** Waiting for the vendor" in s.world.read()


@event(
    IN_PLAN,
    "The file is saved with other line ends, or a BOM",
    "Nothing changes but what is to be written, in the file's own line ends.",
)
def saved_with_crlf(s: Scene) -> None:
    s.world.write("\ufeff" + s.world.read().replace("\n", "\r\n"))
    assert kinds(s.sync()) == []


@event(
    IN_PLAN,
    "A merge is under way: the file has conflict markers",
    "It is left alone, and nothing of any plan is removed.",
)
def conflict(s: Scene) -> None:
    s.world.write(s.world.read() + "\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n")
    report = s.sync()
    assert kinds(report) == []
    s.world.write(s.world.read().partition("\n<<<<<<<")[0] + "\n")
