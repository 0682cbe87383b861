"""People at the embedded tracker: what they see, what they do, and what is told of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import IssueGone, UsageError
from plansync.trackers.local.desk import LocalComment, LocalDesk, LocalEvent
from tests.support.clocks import NOON, FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk(tmp_path: Path, clock: FakeClock) -> Iterator[LocalDesk]:
    with LocalDesk(tmp_path / "tracker.db", "http://127.0.0.1:8484/", clock) as desk:
        yield desk


def test_a_new_issue_is_shown_with_all_it_has(desk: LocalDesk) -> None:
    number = desk.create_issue("  By  hand ", "Words\r\n", "ann")
    desk.set_milestone(number, desk.create_milestone("Q3", ""), "ann")
    for name in ("zebra", "Apple"):
        desk.add_label(number, name, "ann")
        desk.assign(number, name.lower(), "ann")
    issue = desk.show(number).issue
    assert (issue.number, issue.url) == (1, "http://127.0.0.1:8484/issues/1")
    assert (issue.title, issue.body, issue.author) == ("By hand", "Words\r\n", "ann")
    assert (issue.labels, issue.assignees, issue.milestone) == (("Apple", "zebra"), ("zebra", "apple"), "Q3")
    assert (issue.closed, issue.closed_at, issue.created_at, issue.updated_at) == (None, None, NOON, NOON)


def test_issues_are_listed_by_state(desk: LocalDesk) -> None:
    for title in ("One", "Two", "Three"):
        desk.create_issue(title, "", "ann")
    desk.close(2, not_planned=False, actor="ann")
    assert [issue.title for issue in desk.list_issues()] == ["One", "Three"]
    assert [issue.title for issue in desk.list_issues("closed")] == ["Two"]
    assert [issue.number for issue in desk.list_issues("all")] == [1, 2, 3]


def test_a_state_reads_as_people_say_it(desk: LocalDesk) -> None:
    number = desk.create_issue("One", "", "ann")
    assert desk.show(number).issue.state == "open"
    desk.close(number, not_planned=False, actor="ann")
    assert desk.show(number).issue.state == "closed"
    desk.reopen(number, "ann")
    desk.close(number, not_planned=True, actor="ann")
    assert desk.show(number).issue.state == "closed as not planned"


def test_everything_that_is_done_is_told_in_order(desk: LocalDesk, clock: FakeClock) -> None:
    number = desk.create_issue("One", "", "ann")
    milestone = desk.create_milestone("Q3", "")
    assert desk.rename(number, "Two", "bob")
    assert desk.set_body(number, "Words", "bob")
    assert desk.add_label(number, "urgent", "bob")
    assert desk.remove_label(number, "URGENT", "bob")
    assert desk.assign(number, "eve", "bob")
    assert desk.unassign(number, "eve", "bob")
    assert desk.set_milestone(number, milestone, "bob")
    assert desk.set_milestone(number, None, "bob")
    later = clock.advance()
    assert desk.close(number, not_planned=True, actor="bob")
    assert desk.reopen(number, "bob")
    told = desk.show(number).events
    assert [(event.kind, event.detail) for event in told] == [
        ("renamed", "Two"),
        ("edited", ""),
        ("labeled", "urgent"),
        ("unlabeled", "urgent"),
        ("assigned", "eve"),
        ("unassigned", "eve"),
        ("milestoned", "1"),
        ("demilestoned", "1"),
        ("closed", "not_planned"),
        ("reopened", ""),
    ]
    assert told[-1] == LocalEvent("reopened", "", "bob", later)


def test_what_is_so_already_is_not_done_again(desk: LocalDesk) -> None:
    number = desk.create_issue("One", "Words", "ann")
    assert not desk.rename(number, " One ", "ann")
    assert not desk.set_body(number, "Words", "ann")
    assert not desk.remove_label(number, "urgent", "ann")
    assert not desk.unassign(number, "eve", "ann")
    assert not desk.set_milestone(number, None, "ann")
    assert not desk.reopen(number, "ann")
    desk.close(number, not_planned=False, actor="ann")
    assert not desk.close(number, not_planned=False, actor="ann")
    desk.add_label(number, "urgent", "ann")
    assert not desk.add_label(number, "Urgent", "ann")
    desk.assign(number, "eve", "ann")
    assert not desk.assign(number, "eve", "ann")
    assert [event.kind for event in desk.show(number).events] == ["closed", "labeled", "assigned"]


def test_comments_are_told_in_order_with_author_and_time(desk: LocalDesk, clock: FakeClock) -> None:
    number = desk.create_issue("One", "", "ann")
    desk.comment(number, "Hello", "ann")
    later = clock.advance()
    desk.comment(number, "Good evening", "bob")
    page = desk.show(number)
    assert page.comments == (LocalComment("ann", "Hello", NOON), LocalComment("bob", "Good evening", later))
    assert page.issue.updated_at == later


def test_reopening_forgets_when_it_was_closed(desk: LocalDesk) -> None:
    number = desk.create_issue("One", "", "ann")
    desk.close(number, not_planned=False, actor="ann")
    assert (desk.show(number).issue.closed, desk.show(number).issue.closed_at) == (CloseReason.COMPLETED, NOON)
    desk.reopen(number, "ann")
    assert desk.show(number).issue.closed_at is None


def test_a_deleted_issue_takes_everything_with_it(desk: LocalDesk) -> None:
    number = desk.create_issue("One", "", "ann")
    desk.comment(number, "Hello", "ann")
    desk.add_label(number, "urgent", "ann")
    desk.delete(number)
    assert desk.list_issues("all") == ()
    again = desk.create_issue("Two", "", "ann")
    assert again > number
    assert desk.show(again).comments == ()


def test_a_deleted_milestone_leaves_its_issues(desk: LocalDesk) -> None:
    number = desk.create_issue("One", "", "ann")
    milestone = desk.create_milestone("Q3", "")
    desk.set_milestone(number, milestone, "ann")
    desk.delete_milestone(milestone)
    assert desk.show(number).issue.milestone == ""
    with pytest.raises(IssueGone, match="milestone 1 does not exist"):
        desk.set_milestone(number, milestone, "ann")


def test_milestones_are_changed_by_name(desk: LocalDesk) -> None:
    milestone = desk.create_milestone("Q3", "")
    assert desk.change_milestone(milestone, title="Q4", closed=True)
    assert not desk.change_milestone(milestone, title="Q4", closed=True)


def test_an_issue_that_is_not_there_is_told_with_a_hint(desk: LocalDesk) -> None:
    for write in (
        lambda: desk.show(7),
        lambda: desk.close(7, not_planned=False, actor="ann"),
        lambda: desk.comment(7, "Hello", "ann"),
        lambda: desk.add_label(7, "urgent", "ann"),
        lambda: desk.delete(7),
    ):
        with pytest.raises(IssueGone, match="issue #7 does not exist") as caught:
            write()
        assert caught.value.hint


@pytest.mark.parametrize("text", ["", "  \n"])
def test_empty_words_are_refused(desk: LocalDesk, text: str) -> None:
    number = desk.create_issue("One", "", "ann")
    with pytest.raises(UsageError, match="a comment needs"):
        desk.comment(number, text, "ann")
    with pytest.raises(UsageError, match="a title needs"):
        desk.create_issue(text, "", "ann")
    with pytest.raises(UsageError, match="a label needs"):
        desk.add_label(number, text, "ann")
    assert desk.show(number).comments == ()
