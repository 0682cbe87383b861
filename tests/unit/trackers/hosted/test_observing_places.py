"""Projects and issues that moved, went, or cannot be had; and milestones."""

import pytest

from plansync.core.observed import CloseReason
from plansync.errors import TrackerError
from tests.support.changes import done, milestone, new_milestone
from tests.unit.trackers.hosted.sites import DAY, MINUTE, QUIET, SECOND, Site

# ---------------------------------------------------------------------------------------------- what is special


def test_a_transferred_issue_says_where_it_went(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    site.github.add_repository("acme/core")
    there = site.people.transfer(number, "acme/core")
    site.clock.advance(DAY + SECOND)
    (seen,) = site.observe(number).issues
    assert (seen.number, seen.closed) == (number, CloseReason.MOVED)
    assert seen.moved_to == f"{site.github.base}/acme/core/issues/{there}"


def test_an_issue_that_was_transferred_out_of_sight_is_gone(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    site.github.add_repository("acme/secret", private=True).permissions.clear()
    site.people.transfer(number, "acme/secret")
    site.clock.advance(DAY + SECOND)
    assert site.observe(number).gone == {number}


def test_a_renamed_repository_is_observed_and_known_by_both_names(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    site.github.rename_repository("acme/web", "acme/site")
    site.clock.advance(DAY + SECOND)
    run = site.run()
    assert [issue.number for issue in site.observe(number, tracker=run).issues] == [number]
    assert (run.address.project, run.address.formerly) == ("acme/site", ("acme/web",))
    assert site.run().address.project == "acme/site"
    assert site.issue(number).moved_to is None


def test_a_renamed_repository_s_issue_that_is_read_by_number_was_not_moved(site: Site) -> None:
    number = site.people.create_issue("By hand")
    site.observe(number)
    site.github.rename_repository("acme/web", "acme/site")
    seen = site.issue(number)
    assert (seen.number, seen.closed, seen.moved_to) == (number, None, None)


def test_an_archived_repository_is_observed(site: Site) -> None:
    (number,) = site.make()
    site.github.repository.archived = True
    assert [issue.number for issue in site.observe().issues] == [number]


def test_where_issues_are_switched_off_that_is_said(site: Site) -> None:
    site.github.repository.has_issues = False
    with pytest.raises(TrackerError, match="issues are switched off in acme/web on") as caught:
        site.observe()
    assert "switch them on" in caught.value.hint


def test_a_repository_that_is_not_there_is_said_to_be_so(site: Site) -> None:
    with pytest.raises(TrackerError, match=r"acme/nowhere on .* was not found") as caught:
        site.observe(tracker=site.run("acme/nowhere"))
    assert "404 for both" in caught.value.hint


# -------------------------------------------------------------------------------------------------- milestones


def test_milestones_are_listed_a_hundred_a_page_each_with_an_answer_of_its_own(site: Site) -> None:
    for number in range(150):
        site.people.create_milestone(f"Milestone {number}")
    ours = done(site.run(), new_milestone())
    state = site.observe()
    assert [found.number for found in state.milestones] == [ours]
    assert len(state.foreign_milestone_titles) == 150
    site.observe()
    assert site.requests()[1:] == ["GET /milestones 304", "GET /milestones 304"]
    site.people.change_milestone(ours, title="New")
    assert site.observe().milestones[0].title == "New"
    assert site.requests()[1:] == ["GET /milestones 304", "GET /milestones 200"]


def test_a_page_of_milestones_that_came_is_noticed_within_a_day_and_one_that_went_at_once(site: Site) -> None:
    numbers = [site.people.create_milestone(f"Milestone {number}") for number in range(100)]
    site.observe()
    site.observe()
    assert site.requests()[1:] == ["GET /milestones 304"]
    one_more = site.people.create_milestone("One more")
    asked = site.observe(milestones=frozenset({one_more}))
    assert [found.number for found in asked.milestones] == [one_more]
    site.clock.advance(DAY + SECOND)
    assert len(site.observe().foreign_milestone_titles) == 101
    for number in numbers[:50]:
        site.people.delete_milestone(number)
    assert len(site.observe().foreign_milestone_titles) == 51
    site.observe()
    assert site.requests() == QUIET


def test_a_milestone_that_is_asked_for_and_not_listed_is_read_by_number(site: Site) -> None:
    gone = site.people.create_milestone("Gone")
    site.people.delete_milestone(gone)
    site.github.lag = 8 * MINUTE
    young = site.people.create_milestone("Young")
    state = site.observe(milestones=frozenset({gone, young}))
    assert ([found.number for found in state.milestones], set(state.gone_milestones)) == ([young], {gone})


def test_a_milestone_s_issues_are_counted_without_pull_requests_and_only_when_wanted(site: Site) -> None:
    number = done(site.run(), new_milestone())
    open_one, closed, pull = (
        site.people.create_issue("a"),
        site.people.create_issue("b"),
        site.people.open_pull_request("p"),
    )
    for each in (open_one, closed, pull):
        site.people.put_in_milestone(each, number)
    site.people.close(closed)
    assert milestone(site.run(), number).issues == (1, 2)
    assert site.observe().milestones[0].issues is None
