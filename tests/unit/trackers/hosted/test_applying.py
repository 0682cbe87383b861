"""Carrying out changes: what is sent, in which order, what is sent once, and what a refusal means."""

from typing import Any

import pytest

from plansync.core.changes import (
    Change,
    CloseMilestone,
    Done,
    Failed,
    MilestoneRef,
    ReopenMilestone,
    Unknown,
    UpdateMilestone,
)
from plansync.errors import OutcomeUnknown, TrackerError
from tests.servers.wire import Fault
from tests.support.changes import PHASE, PLAN, close, done, new_issue, new_milestone, region, reopen, update
from tests.unit.trackers.hosted.sites import HOUR, Site

WORDS = "Removed from the plan."


def change_milestone(number: int, **fields: Any) -> UpdateMilestone:
    return UpdateMilestone(plan=PLAN, key=PHASE, number=number, **fields)


def failed(site: Site, change: Change) -> Failed:
    outcome = site.run().apply(change)
    assert isinstance(outcome, Failed), outcome
    return outcome


# -------------------------------------------------------------------------------------------------------- labels


def test_labels_are_made_once_with_their_colour_and_description(site: Site) -> None:
    tracker = site.run()
    for _ in range(3):
        done(tracker, new_issue(labels=("plansync", "risk:high", "backend")))
    sent = [line for line in site.requests() if "/labels" in line]
    assert sent == ["GET /labels 200"] + ["POST /labels 201"] * 3
    made = {label.name: (label.color, label.description) for label in site.github.repository.labels}
    assert made["risk:high"] == ("b60205", "Likelihood times impact is 6 or more")
    assert made["plansync"][0] == "5319e7"
    assert made["backend"][0] == "ededed"


def test_labels_are_used_as_the_project_spells_them(site: Site) -> None:
    site.people.create_label("Risk:High", color="123456")
    number = done(site.run(), new_issue(labels=("risk:high",)))
    assert [label.name for label in site.people.issue(number).labels] == ["Risk:High"]
    assert not [line for line in site.requests() if line.startswith("POST /labels")]
    done(site.run(), update(number, remove_labels=("RISK:HIGH", "never-there")))
    assert site.people.issue(number).labels == []


def test_a_label_that_somebody_made_meanwhile_is_there(site: Site) -> None:
    tracker = site.run()
    done(tracker, new_issue(labels=("plansync",)))
    site.people.create_label("risk")
    number = done(tracker, new_issue(labels=("risk",)))
    assert [label.name for label in site.people.issue(number).labels] == ["risk"]


def test_without_labels_none_are_asked_for(site: Site) -> None:
    done(site.run(), new_issue())
    assert site.requests() == ["POST /issues 201"]


def test_a_label_whose_making_got_lost_is_made_once(site: Site) -> None:
    site.server.fault_next(Fault.RESET_APPLIED, 1)
    done(site.run(), new_issue(labels=("plansync",)))
    assert [label.name for label in site.github.repository.labels] == ["plansync"]


# ------------------------------------------------------------------------------------------------------ creating


def test_what_the_host_left_out_of_a_new_issue_is_told(site: Site) -> None:
    site.people.create_label("plansync")
    number = site.people.create_milestone("Web: Phase 1")
    site.github.may_push = False
    outcome = site.run().apply(new_issue(labels=("plansync",), milestone=MilestoneRef(number)))
    assert isinstance(outcome, Done)
    assert outcome.stripped == ("labels", "milestone")


def test_nothing_is_said_to_be_left_out_that_nobody_asked_for(site: Site) -> None:
    site.github.may_push = False
    outcome = site.run().apply(new_issue())
    assert isinstance(outcome, Done)
    assert outcome.stripped == ()


def test_a_create_whose_answer_was_lost_is_an_unknown_outcome(site: Site) -> None:
    for change in (new_issue(), new_milestone()):
        site.server.fault_next(Fault.ERROR_502_APPLIED)
        outcome = site.run().apply(change)
        assert isinstance(outcome, Unknown)
        assert "it answered 502" in outcome.message


def test_a_comment_whose_answer_was_lost_ends_the_run_and_is_found_by_the_next(site: Site) -> None:
    (number,) = site.make()
    tracker = site.run()
    site.observe(tracker=tracker)
    site.server.fault_next(Fault.RESET_APPLIED, 1)
    with pytest.raises(OutcomeUnknown):
        tracker.apply(close(number, comment=WORDS))
    assert site.people.issue(number).state == "open"
    site.github.lag = HOUR
    tracker = site.run()
    site.observe(tracker=tracker)
    done(tracker, close(number, comment=WORDS))
    assert (site.people.issue(number).state, len(site.people.comments(number))) == ("closed", 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (new_issue("x" * 256), "the title has 256 characters, and 255 are allowed"),
        (new_issue(body=region("x" * 65_536)), "and 65536 are allowed"),
        (new_issue(milestone=MilestoneRef(None, PHASE)), "the milestone has no number yet"),
        (new_issue(milestone=MilestoneRef(4711)), "milestone 4711 does not exist"),
        (new_milestone("x" * 256), "the milestone's title has 256 characters"),
        (update(4711, title="x"), "issue #4711 is not in the project any more"),
        (close(4711), "issue #4711 is not in the project any more"),
        (reopen(4711), "issue #4711 is not in the project any more"),
        (change_milestone(4711, title="x"), "milestone 4711 does not exist"),
        (CloseMilestone(plan=PLAN, key=PHASE, number=4711), "milestone 4711 does not exist"),
    ],
)
def test_what_cannot_be_is_one_change_that_failed_and_sends_no_write(site: Site, change: Change, words: str) -> None:
    assert words in failed(site, change).message
    assert site.server.writes == 0


def test_texts_that_the_host_keeps_in_another_form_are_told(site: Site) -> None:
    outcome = site.run().apply(new_issue("  Write   the parser "))
    assert isinstance(outcome, Done)
    assert outcome.answered_title == "Write the parser"
    number = outcome.number
    site.run().apply(update(number, title="New", region=region("new")))
    outcome = site.run().apply(update(number, title=" Newer "))
    assert isinstance(outcome, Done)
    assert (outcome.answered_title, outcome.answered_body) == ("Newer", None)


def test_a_milestone_s_title_that_is_taken_fails_with_the_host_s_words(site: Site) -> None:
    done(site.run(), new_milestone())
    assert "already_exists" in failed(site, new_milestone()).message


def test_a_text_with_two_regions_is_left_alone(site: Site) -> None:
    number = site.people.create_issue("Mine", region("a") + "\n" + region("b"))
    outcome = failed(site, update(number, region=region("new")))
    assert "exactly one managed region" in outcome.hint
    assert site.server.writes == 0


# ------------------------------------------------------------------------------------------------------ updating


def test_what_is_so_already_is_not_written_again(site: Site) -> None:
    milestone = done(site.run(), new_milestone())
    (number,) = site.make(labels=("plansync", "risk"), milestone=MilestoneRef(milestone))
    site.requests()
    same = update(
        number,
        title="Write the parser",
        add_labels=("RISK",),
        remove_labels=("never-there",),
        milestone=MilestoneRef(milestone),
    )
    done(site.run(), same)
    assert [line for line in site.requests() if not line.startswith("GET")] == []
    done(site.run(), close(number))
    done(site.run(), close(number, comment=WORDS))
    assert site.people.comments(number) == []
    done(site.run(), reopen(number))
    site.requests()
    done(site.run(), reopen(number, "never-there"))
    assert [line for line in site.requests() if not line.startswith("GET")] == []


def test_people_s_labels_and_assignees_are_left_alone(site: Site) -> None:
    (number,) = site.make()
    site.people.add_label(number, "theirs")
    site.people.assign(number, "ann")
    done(site.run(), update(number, title="New", add_labels=("risk",), assignees=("plansync-bot",)))
    issue = site.people.issue(number)
    assert {label.name for label in issue.labels} == {"plansync", "theirs", "risk"}
    assert [user.login for user in issue.assignees] == ["ann"]


def test_an_issue_that_was_moved_away_is_not_changed(site: Site) -> None:
    (number,) = site.make()
    site.github.add_repository("acme/core")
    there = site.people.transfer(number, "acme/core")
    writes = site.server.writes
    assert "not in the project any more" in failed(site, update(number, title="New")).message
    assert site.server.writes == writes
    assert site.github.people("ann", "acme/core").issue(there).title == "Write the parser"


def test_a_rename_in_mid_run_is_not_felt(site: Site) -> None:
    (number,) = site.make()
    tracker = site.run()
    site.observe(tracker=tracker)
    site.github.rename_repository("acme/web", "acme/site")
    done(tracker, update(number, title="New"))
    assert site.people.issue(number).title == "New"


def test_an_archived_repository_ends_the_run(site: Site) -> None:
    (number,) = site.make()
    site.github.repository.archived = True
    for change in (update(number, title="New"), new_issue()):
        with pytest.raises(TrackerError, match=r"acme/web on .* is archived") as caught:
            site.run().apply(change)
        assert "unarchive" in caught.value.hint


def test_milestones_are_changed_closed_and_opened_with_one_request_each(site: Site) -> None:
    tracker = site.run()
    number = done(tracker, new_milestone())
    site.requests()
    done(tracker, change_milestone(number, title="Web: Phase 2", region=region("A new goal.")))
    done(tracker, change_milestone(number, title="Web: Phase 2", region=region("A new goal.")))
    done(tracker, CloseMilestone(plan=PLAN, key=PHASE, number=number))
    done(tracker, CloseMilestone(plan=PLAN, key=PHASE, number=number))
    done(tracker, ReopenMilestone(plan=PLAN, key=PHASE, number=number))
    place = f"/milestones/{number}"
    assert site.requests() == [
        f"GET {place} 200", f"PATCH {place} 200", f"GET {place} 200", f"PATCH {place} 200", f"PATCH {place} 200",
    ]  # fmt: skip
    milestone = site.github.repository.milestones[number]
    assert (milestone.title, milestone.state) == ("Web: Phase 2", "open")
