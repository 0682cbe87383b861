"""The laws of the Tracker port on writing: what a change does, what it leaves alone, and what is refused."""

from dataclasses import replace

import pytest

from plansync.core.changes import (
    NO_MILESTONE,
    Change,
    CloseMilestone,
    Done,
    Failed,
    MilestoneRef,
    ReopenMilestone,
    UpdateMilestone,
)
from plansync.errors import IssueGone
from plansync.ports.tracker import Asked, Tracker
from tests.support.changes import (
    MARKER,
    PHASE,
    PLAN,
    close,
    done,
    issue,
    milestone,
    new_issue,
    new_milestone,
    region,
    reopen,
    update,
)
from tests.support.clocks import FakeClock
from tests.support.people import People


class WritingLaws:
    """What every tracker does with a change.

    Who subclasses gives the fixtures ``tracker`` and ``people``, who work in the same project by hand.
    """

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock()

    @staticmethod
    def kept(body: str) -> str:
        """Return a body as the tracker keeps it: as it was sent, unless a subclass says otherwise."""
        return body

    def test_a_created_milestone_is_observed_with_its_issues_counted(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_milestone())
        for _ in range(2):
            done(tracker, new_issue(milestone=MilestoneRef(number)))
        people.close(tracker.observe(Asked()).issues[0].number)
        (seen,) = tracker.observe(Asked(counts=True)).milestones
        assert (seen.number, seen.title, seen.description) == (number, "Web: Phase 1", region("A goal."))
        assert (seen.closed, seen.issues) == (False, (1, 2))

    def test_a_foreign_milestone_shows_its_title_and_comes_when_asked_for(
        self, tracker: Tracker, people: People
    ) -> None:
        done(tracker, new_milestone())
        number = people.create_milestone("Q3")
        assert tracker.observe(Asked()).foreign_milestone_titles == {"Q3"}
        assert milestone(tracker, number).issues == (0, 0)

    def test_updating_a_milestone_keeps_what_people_wrote_around_the_region(
        self, tracker: Tracker, people: People
    ) -> None:
        number = done(tracker, new_milestone())
        people.describe_milestone(number, f"Above\r\n\r\n{region('old')}\r\nBelow")
        change = UpdateMilestone(plan=PLAN, key=PHASE, number=number, title="Web: Phase I", region=region("A b."))
        done(tracker, change)
        done(tracker, change)
        seen = milestone(tracker, number)
        assert seen.title == "Web: Phase I"
        assert seen.description == "Above\r\n\r\n" + region("A b.").replace("\n", "\r\n") + "\r\nBelow"

    def test_a_milestone_whose_region_people_removed_gets_one_below_their_text(
        self, tracker: Tracker, people: People
    ) -> None:
        number = people.create_milestone("Q3", "Our words")
        done(tracker, UpdateMilestone(plan=PLAN, key=PHASE, number=number, region=region("x")))
        assert milestone(tracker, number).description == f"Our words\n\n{region('x')}"
        assert milestone(tracker, number).title == "Q3"

    def test_a_milestone_is_closed_and_reopened(self, tracker: Tracker) -> None:
        number = done(tracker, new_milestone())
        for _ in range(2):
            done(tracker, CloseMilestone(plan=PLAN, key=PHASE, number=number))
            assert milestone(tracker, number).closed
        done(tracker, ReopenMilestone(plan=PLAN, key=PHASE, number=number))
        assert not milestone(tracker, number).closed

    def test_an_issue_is_moved_between_milestones(self, tracker: Tracker) -> None:
        first, second = (done(tracker, new_milestone(title)) for title in ("One", "Two"))
        number = done(tracker, new_issue(milestone=MilestoneRef(first)))
        done(tracker, update(number, milestone=MilestoneRef(second)))
        assert issue(tracker, number).milestone == second

    def test_an_update_touches_only_what_it_names(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue(labels=("plansync",), assignees=("ann",)))
        people.add_label(number, "urgent")
        before = issue(tracker, number)
        done(tracker, update(number, title="Write the lexer"))
        after = issue(tracker, number)
        assert replace(after, updated_at=before.updated_at) == replace(before, title="Write the lexer")

    def test_people_are_assigned_where_nobody_is_and_taken_off_where_nobody_else_is(
        self, tracker: Tracker, people: People
    ) -> None:
        number = done(tracker, new_issue())
        done(tracker, update(number, assignees=("ann",)))
        assert issue(tracker, number).assignees == ("ann",)
        done(tracker, update(number, assignees=("bob",)))
        done(tracker, update(number, unassign=("bob",)))
        assert issue(tracker, number).assignees == ("ann",)
        done(tracker, update(number, unassign=("ann",)))
        assert issue(tracker, number).assignees == ()
        people.assign(number, "bob")
        done(tracker, update(number, unassign=("ann",)))
        assert issue(tracker, number).assignees == ("bob",)

    def test_every_byte_that_people_wrote_around_the_region_stays(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue())
        people.set_body(number, "Above  \r\n\r\n" + region("old").replace("\n", "\r\n") + "\r\n\r\n\tBelow\r\n")
        done(tracker, update(number, region=region("new\n\n- one")))
        new = region("new\n\n- one").replace("\n", "\r\n")
        assert issue(tracker, number).body == self.kept(f"Above  \r\n\r\n{new}\r\n\r\n\tBelow\r\n")

    def test_ticks_that_people_set_are_kept_and_the_plans_own_lines_decided(
        self, tracker: Tracker, people: People
    ) -> None:
        number = done(tracker, new_issue(words="- [ ] theirs\n- [ ] ours"))
        people.set_body(number, region("- [x] theirs\n- [x] ours"))
        done(tracker, update(number, region=region("More.\n\n- [ ] theirs\n- [ ] ours"), ticks=(("ours", 0, False),)))
        assert issue(tracker, number).body == region("More.\n\n- [x] theirs\n- [ ] ours")

    def test_adopting_appends_the_region_and_releasing_takes_it_out(self, tracker: Tracker, people: People) -> None:
        number = people.create_issue("By hand", "Their words\n")
        for _ in range(2):
            done(tracker, update(number, region=region("ours"), adopt=True))
            assert issue(tracker, number).body == self.kept(f"Their words\n\n{region('ours')}\n")
        for _ in range(2):
            done(tracker, update(number, region=""))
            assert issue(tracker, number).body == self.kept("Their words\n")

    @pytest.mark.parametrize("body", ["none at all", f"{MARKER}\nnot ended", f"{region('a')}\n{region('b')}"])
    def test_a_damaged_region_refuses_the_whole_update(self, tracker: Tracker, people: People, body: str) -> None:
        number = done(tracker, new_issue())
        people.set_body(number, body)
        before = issue(tracker, number)
        outcome = tracker.apply(update(number, title="New", region=region("new"), add_labels=("risk",)))
        assert isinstance(outcome, Failed)
        assert "region" in outcome.message
        assert issue(tracker, number) == before

    def test_labels_go_by_add_and_remove_as_the_tracker_spells_them(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue(labels=("plansync", "risk:low")))
        people.add_label(number, "Risk")
        people.add_label(number, "theirs")
        done(tracker, update(number, add_labels=("risk", "risk:high"), remove_labels=("RISK:LOW", "nowhere")))
        added = {"risk:high"} if tracker.capabilities.case_blind_labels else {"risk:high", "risk"}
        assert issue(tracker, number).labels == {"plansync", "Risk", "theirs"} | added

    def test_an_issue_is_taken_out_of_its_milestone_once(self, tracker: Tracker) -> None:
        number = done(tracker, new_issue(milestone=MilestoneRef(done(tracker, new_milestone()))))
        done(tracker, update(number, milestone=NO_MILESTONE))
        assert issue(tracker, number).milestone is None
        writes = tracker.traffic.writes
        done(tracker, update(number, milestone=NO_MILESTONE))
        assert tracker.traffic.writes == writes

    def test_the_plan_assigns_only_where_nobody_is_assigned(self, tracker: Tracker, people: People) -> None:
        number = done(tracker, new_issue())
        done(tracker, update(number, assignees=("ann", "bob")))
        done(tracker, update(number, assignees=("eve",)))
        assert issue(tracker, number).assignees == ("ann", "bob")

    def test_an_update_with_equal_values_writes_nothing(
        self, tracker: Tracker, people: People, clock: FakeClock
    ) -> None:
        in_milestone = MilestoneRef(done(tracker, new_milestone()))
        number = done(tracker, new_issue(labels=("plansync",), milestone=in_milestone, assignees=("ann",)))
        before, writes = issue(tracker, number), tracker.traffic.writes
        clock.advance()
        same = update(
            number,
            title="Write the parser",
            region=region("All of it."),
            add_labels=("Plansync" if tracker.capabilities.case_blind_labels else "plansync",),
            remove_labels=("risk",),
            milestone=in_milestone,
            assignees=("ann",),
        )
        done(tracker, same)
        done(tracker, reopen(number))
        done(tracker, ReopenMilestone(plan=PLAN, key=PHASE, number=in_milestone.number or 0))
        done(tracker, UpdateMilestone(plan=PLAN, key=PHASE, number=in_milestone.number or 0, region=region("A goal.")))
        assert issue(tracker, number) == before
        assert tracker.traffic.writes == writes

    def test_a_title_is_kept_as_one_trimmed_line_and_the_answer_says_so(self, tracker: Tracker) -> None:
        outcome = tracker.apply(new_issue("  Write \n the parser "))
        assert isinstance(outcome, Done)
        assert outcome.answered_title == issue(tracker, outcome.number).title == "Write the parser"
        assert tracker.apply(update(outcome.number, title="Plain")) == Done(outcome.number, outcome.url)

    @pytest.mark.parametrize(
        "change",
        [
            update(4711, title="x"),
            update(4711, region=""),
            close(4711),
            reopen(4711),
            UpdateMilestone(plan=PLAN, key=PHASE, number=4711, title="x"),
            CloseMilestone(plan=PLAN, key=PHASE, number=4711),
            ReopenMilestone(plan=PLAN, key=PHASE, number=4711),
            new_issue(milestone=MilestoneRef(4711)),
            new_issue(milestone=MilestoneRef(None, PHASE)),
            new_issue("x" * 300),
            new_issue(words="x" * 2_000_000),
        ],
        ids=lambda change: type(change).__name__,
    )
    def test_what_cannot_be_done_is_refused_without_effect(self, tracker: Tracker, change: Change) -> None:
        outcome = tracker.apply(change)
        assert isinstance(outcome, Failed)
        assert outcome.message
        assert tracker.observe(Asked()).issues == ()
        assert tracker.traffic.writes == 0

    def test_a_gone_issue_has_no_events_to_tell(self, tracker: Tracker, clock: FakeClock) -> None:
        with pytest.raises(IssueGone):
            tracker.events(4711, clock.now())
