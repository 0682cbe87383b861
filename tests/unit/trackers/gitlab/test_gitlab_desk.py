"""The desk on a server that answers as GitLab does: renames, moves, roles, groups and history."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import ChangeRefused, CredentialRefused, IssueGone, OutcomeUnknown, TrackerError
from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.gitlab.tracker import gitlab_tracker, place_of
from plansync.trackers.hosted.desk import Listing, NewIssue, Patch
from plansync.trackers.hosted.rows import IssueRow
from tests.servers.gitlab import GitLab, serve
from tests.servers.gitlab.values import GUEST, REPORTER, TokenKind
from tests.servers.wire import Fault, TestServer
from tests.support.changes import region
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import desk_on
from tests.support.memory_snapshots import MemorySnapshots

NEW = NewIssue(title="Write the parser", body=region("All of it."), labels=("plansync",))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gitlab(clock: FakeClock) -> GitLab:
    return GitLab(clock)


@pytest.fixture
def server(gitlab: GitLab) -> Iterator[TestServer]:
    with serve(gitlab) as server:
        yield server


@pytest.fixture
def desk(gitlab: GitLab, server: TestServer, clock: FakeClock) -> GitLabDesk:
    return desk_on(gitlab, clock)


def read(desk: GitLabDesk, number: int) -> IssueRow:
    row = desk.issue(number)
    assert row is not None
    return row


def test_a_renamed_project_is_read_and_written_under_its_old_name(gitlab: GitLab, desk: GitLabDesk) -> None:
    gitlab.rename_project("acme/tools/kernel")
    number = desk.create_issue(NEW).number
    assert desk.facts().path == "acme/tools/kernel"
    assert [row.number for row in desk.issues(Listing(label="plansync")).rows] == [number]
    assert desk.patch_issue(read(desk, number), Patch(title="New")).title == "New"


def test_a_rename_in_mid_run_is_not_felt(gitlab: GitLab, desk: GitLabDesk) -> None:
    row = desk.create_issue(NEW)
    gitlab.rename_project("acme/tools/kernel")
    assert desk.patch_issue(row, Patch(title="New")).title == "New"


def test_a_gitlab_below_a_path_has_it_in_every_address(gitlab: GitLab, clock: FakeClock) -> None:
    with serve(gitlab, root="/git"):
        desk = desk_on(gitlab, clock)
        row = desk.create_issue(NEW)
        tracker = gitlab_tracker(desk, MemorySnapshots(), "n")
        assert row.url == f"{gitlab.base}/acme/platform/core/-/issues/{row.number}"
        assert tracker.address.host == f"{gitlab.base.removeprefix('http://')}"
        assert place_of("https://gitlab.example.com/") == "gitlab.example.com"


@pytest.mark.parametrize(
    ("path", "where"), [("acme/platform/tools", "acme/platform/tools"), ("other/tools", "other/tools")]
)
def test_a_moved_issue_says_where_it_went(
    gitlab: GitLab, server: TestServer, desk: GitLabDesk, path: str, where: str
) -> None:
    number = desk.create_issue(NEW).number
    moved = gitlab.people("ann").move(number, gitlab.state.add_project(path))
    url = f"{gitlab.base}/{where}/-/issues/{moved.iid}"
    assert (read(desk, number).closed, read(desk, number).moved_to) == (CloseReason.MOVED.value, url)
    before = server.requests
    assert [row.moved_to for row in desk.issues(Listing()).rows] == [url]
    assert server.requests == before + 1


def test_where_a_foreign_issue_of_a_listing_went_is_not_asked(
    gitlab: GitLab, server: TestServer, desk: GitLabDesk
) -> None:
    people = gitlab.people("ann")
    number = people.create_issue("By hand")
    people.move(number, gitlab.state.add_project("acme/tools"))
    (row,) = desk.issues(Listing()).rows
    assert (row.closed, row.moved_to, server.requests) == (CloseReason.MOVED.value, None, 1)


@pytest.mark.parametrize(("licensed", "told"), [(True, ("moved", 1)), (False, ("completed", 0))])
def test_only_where_there_are_epics_it_is_asked_whether_an_issue_became_one(
    gitlab: GitLab, server: TestServer, desk: GitLabDesk, licensed: bool, told: tuple[str, int]
) -> None:
    gitlab.licensed = licensed
    number = desk.create_issue(NEW).number
    gitlab.people("ann").promote(number)
    row, before = read(desk, number), server.requests
    assert row.closed == CloseReason.COMPLETED
    assert (desk.why_closed(row), server.requests - before) == told


def test_a_closed_issue_whose_history_tells_of_no_epic_is_completed(gitlab: GitLab, desk: GitLabDesk) -> None:
    gitlab.licensed = True
    number = desk.create_issue(NEW).number
    gitlab.people("ann").comment(number, "promoted to epic &3")
    assert desk.why_closed(read(desk, number)) is None
    gitlab.people("ann").close(number)
    assert desk.why_closed(read(desk, number)) == CloseReason.COMPLETED


def test_an_issue_that_somebody_marked_as_a_duplicate_is_one(gitlab: GitLab, desk: GitLabDesk) -> None:
    first, second = desk.create_issue(NEW).number, desk.create_issue(NEW).number
    gitlab.people("ann").mark_duplicate(second, first)
    assert read(desk, second).closed == CloseReason.DUPLICATE.value


def test_listings_go_on_page_by_page(gitlab: GitLab, desk: GitLabDesk) -> None:
    people = gitlab.people("ann")
    for number in range(101):
        people.create_issue(f"Issue {number}")
    first, second = desk.issues(Listing()), desk.issues(Listing(), "2")
    assert (len(first.rows), first.next) == (100, "2")
    assert ([row.title for row in second.rows], second.next) == (["Issue 100"], "")


def test_what_did_not_change_is_answered_without_content(desk: GitLabDesk) -> None:
    desk.create_issue(NEW)
    page = desk.issues(Listing())
    assert page.etag
    assert not desk.issues(Listing(), "", page.etag).fresh
    assert not desk.milestones(1, desk.milestones(1).etag).fresh


def test_a_groups_milestones_take_titles_and_are_none_of_ours(gitlab: GitLab, desk: GitLabDesk) -> None:
    group = gitlab.project.group
    theirs = gitlab.desk.new_milestone(group, gitlab.user("plansync-bot"), "Q3", {})
    ours = desk.create_milestone("Web: Phase 1", "")
    assert desk.taken_titles() == {"Q3"}
    assert [row.number for row in desk.milestones(1).rows] == [ours.number]
    number = desk.create_issue(NEW).number
    gitlab.issue(number).milestone = theirs
    assert read(desk, number).milestone == -theirs.id
    with pytest.raises(ChangeRefused, match="already being used") as caught:
        desk.create_milestone("Q3", "")
    assert "another title" in caught.value.hint


def test_labels_of_the_groups_count_and_are_not_made_again(gitlab: GitLab, desk: GitLabDesk) -> None:
    gitlab.desk.new_label(gitlab.project.group, "risk")
    assert desk.labels() == ["risk"]
    desk.create_label("risk", "d4a72c", "A risk")
    assert desk.labels() == ["risk"]
    with pytest.raises(ChangeRefused, match="could not make the label a,b"):
        desk.create_label("a,b", "d4a72c", "")


def test_a_closed_milestone_reads_as_closed_and_is_opened_again(desk: GitLabDesk) -> None:
    row = desk.patch_milestone(desk.create_milestone("m", ""), closed=True)
    assert row.closed
    assert not desk.patch_milestone(row, closed=False).closed
    with pytest.raises(IssueGone, match="could not change milestone"):
        desk.patch_milestone(replace(row, id=4711), title="x")


def test_closings_are_told_with_who_did_them_and_the_last_with_its_reason(
    gitlab: GitLab, desk: GitLabDesk, clock: FakeClock
) -> None:
    people, row = gitlab.people("ann"), desk.create_issue(NEW)
    for step in range(3):
        clock.advance()
        if step == 1:
            people.reopen(row.number)
        else:
            desk.patch_issue(row, Patch(close=CloseReason.NOT_PLANNED))
    told = [(event.closed, event.actor) for event in desk.happenings(read(desk, row.number))]
    bot = "plansync-bot"
    assert told == [(CloseReason.COMPLETED, bot), (None, "ann"), (CloseReason.NOT_PLANNED, bot)]


def test_a_row_that_is_older_than_the_closing_is_read_again(desk: GitLabDesk, clock: FakeClock) -> None:
    row = desk.create_issue(NEW)
    clock.advance()
    desk.patch_issue(row, Patch(close=CloseReason.DUPLICATE))
    assert [event.closed for event in desk.happenings(row)] == [CloseReason.DUPLICATE]


def test_an_issue_that_was_reopened_since_counts_as_closed_as_completed_then(
    gitlab: GitLab, desk: GitLabDesk, clock: FakeClock
) -> None:
    row = desk.create_issue(NEW)
    clock.advance()
    desk.patch_issue(row, Patch(close=CloseReason.NOT_PLANNED))
    clock.advance()
    gitlab.people("ann").reopen(row.number)
    assert [event.closed for event in desk.happenings(row)] == [CloseReason.COMPLETED, None]


def test_who_may_write_has_a_developers_role_in_the_project_or_above(gitlab: GitLab, desk: GitLabDesk) -> None:
    gitlab.add_user("dev")
    gitlab.add_user("rep", REPORTER)
    gitlab.state.add_user("chief")
    gitlab.project.group.members[gitlab.user("chief").id] = 50
    assert {name: desk.may_write(name) for name in ("DEV", "rep", "chief", "nobody")} == {
        "DEV": True,
        "rep": False,
        "chief": True,
        "nobody": False,
    }


def test_users_are_assigned_as_they_are_spelled(gitlab: GitLab, desk: GitLabDesk) -> None:
    gitlab.add_user("Ann")
    assert (desk.assignable("ann"), desk.assignable("an")) == ("Ann", None)
    assert desk.create_issue(replace(NEW, assignees=("ANN", "nobody"))).assignees == ("Ann",)


def test_a_guests_issue_is_answered_without_what_a_guest_may_not_set(
    gitlab: GitLab, server: TestServer, clock: FakeClock
) -> None:
    gitlab.add_user("guest", GUEST, "glpat-guest")
    gitlab.state.lenient.discard("labels-dropped-for-guests")
    desk = desk_on(gitlab, clock, token="glpat-guest")
    assert desk.login() == "guest"
    assert desk.create_issue(NEW).labels == ()


@pytest.mark.parametrize("token", ["glpat-expired", "glpat-unknown", "glpat-job"])
def test_a_token_of_no_use_is_refused_and_never_shown(
    gitlab: GitLab, server: TestServer, clock: FakeClock, token: str
) -> None:
    gitlab.add_token("plansync-bot", "glpat-expired", expires_on=clock.now().date())
    gitlab.add_token("plansync-bot", "glpat-job", kind=TokenKind.JOB)
    with pytest.raises(TrackerError) as caught:
        desk_on(gitlab, clock, token=token).facts()
    assert "glpat" not in f"{caught.value} {caught.value.hint}"


def test_a_token_that_only_reads_says_which_scope_writing_takes(
    gitlab: GitLab, server: TestServer, clock: FakeClock
) -> None:
    gitlab.add_token("plansync-bot", "glpat-read", scopes=("read_api",))
    desk = desk_on(gitlab, clock, token="glpat-read")
    assert desk.issues(Listing()).rows == ()
    with pytest.raises(CredentialRefused, match="its scope does not allow it") as caught:
        desk.create_issue(NEW)
    assert "scope api" in caught.value.hint


def test_an_archived_project_is_named_as_such(gitlab: GitLab, desk: GitLabDesk) -> None:
    gitlab.project.archived = True
    with pytest.raises(TrackerError, match=r"acme/platform/core on .* is archived"):
        desk.create_issue(NEW)


def test_switched_off_issues_are_no_gone_ones(gitlab: GitLab, desk: GitLabDesk) -> None:
    number = desk.create_issue(NEW).number
    gitlab.project.issues_enabled = False
    desk.facts()
    with pytest.raises(TrackerError, match="issues are switched off"):
        desk.issue(number)
    with pytest.raises(TrackerError, match="issues are switched off"):
        desk.create_issue(NEW)


def test_a_create_whose_answer_was_lost_is_sent_once(gitlab: GitLab, server: TestServer, desk: GitLabDesk) -> None:
    desk.facts()
    server.fault_next(Fault.ERROR_502_APPLIED)
    with pytest.raises(OutcomeUnknown):
        desk.create_issue(NEW)
    assert len(desk.issues(Listing()).rows) == 1
    assert server.writes == 1


def test_what_the_plan_says_is_carried_out_by_nobody(gitlab: GitLab, desk: GitLabDesk) -> None:
    number = desk.create_issue(replace(NEW, body="```\n/close\n```\n\n/\u200bclose\n\n- /close")).number
    desk.comment(number, "`/close`")
    with pytest.raises(ChangeRefused, match="/close"):
        desk.patch_issue(read(desk, number), Patch(body="/close"))
    assert gitlab.executed == []
    assert read(desk, number).closed is None


def test_requests_and_the_hosts_clock_are_told(desk: GitLabDesk, clock: FakeClock) -> None:
    assert desk.sent == (0, 0)
    desk.create_issue(NEW)
    assert desk.sent == (2, 1)
    assert (desk.now, desk.credential, desk.capabilities.name) == (clock.now(), "c", "gitlab")
