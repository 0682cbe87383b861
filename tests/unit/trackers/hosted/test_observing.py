"""Observing cheaply: what is listed when, and what a quiet run costs."""

from plansync.core.observed import CloseReason
from tests.support.changes import region
from tests.unit.trackers.hosted.sites import DAY, FULL, HOUR, QUIET, SECOND, Site

# ------------------------------------------------------------------------------------------------ what is listed


def test_the_first_observation_lists_everything_whatever_its_labels(site: Site) -> None:
    (number,) = site.make(labels=())
    assert [issue.number for issue in site.observe().issues] == [number]
    assert site.requests() == FULL
    (listing,) = [entry for entry in site.server.books if entry.path.endswith("/issues") and not entry.writes]
    assert listing.query == {"state": "all", "sort": "created", "direction": "asc", "per_page": "100"}


def test_a_quiet_run_is_answered_without_content(site: Site) -> None:
    site.make(3)
    site.observe()
    first = site.observe()
    site.clock.advance(HOUR)
    assert site.observe().issues == first.issues
    assert site.requests() == QUIET


def test_later_runs_list_ours_last_changed_first_on_a_fixed_address(site: Site) -> None:
    site.make()
    for _ in range(3):
        site.observe()
        site.clock.advance(HOUR)
    queries = [entry.query for entry in site.server.books if entry.path.endswith("/issues") and "labels" in entry.query]
    assert len(queries) == 2
    assert queries[0] == queries[1]
    assert queries[0] == {
        "state": "all", "sort": "updated", "direction": "desc", "per_page": "100", "labels": "plansync",
    }  # fmt: skip


def test_what_changed_is_seen_with_one_listing(site: Site) -> None:
    first, second = site.make(2)
    site.observe()
    site.observe()
    site.people.rename(first, "New")
    site.people.close(second, not_planned=True)
    seen = {issue.number: issue for issue in site.observe().issues}
    assert (seen[first].title, seen[second].closed) == ("New", CloseReason.NOT_PLANNED)
    assert site.requests() == ["GET /issues 200", "GET /milestones 304"]


def test_a_listing_goes_on_down_to_what_is_known_and_no_further(site: Site) -> None:
    numbers = site.make(250)
    site.observe()
    site.clock.advance(HOUR)
    site.people.rename(numbers[0], "New")
    site.observe()
    assert len(site.listings()) == 1
    site.clock.advance(HOUR)
    for number in numbers[:130]:
        site.people.rename(number, "Newer")
    titles = [issue.title for issue in site.observe().issues]
    assert (titles.count("Newer"), len(titles)) == (130, 250)
    assert len(site.listings()) == 2


def test_pull_requests_are_none_of_the_issues(site: Site) -> None:
    (number,) = site.make()
    pull = site.people.open_pull_request("Implement it", region("copied"))
    site.people.add_label(pull, "plansync")
    for _ in range(2):
        state = site.observe(number, pull)
        assert [issue.number for issue in state.issues] == [number]
        assert state.gone == {pull}


def test_while_an_outcome_is_unknown_everything_made_since_is_listed(site: Site) -> None:
    site.make(150)
    site.observe()
    site.clock.advance(HOUR)
    since = site.clock.now()
    unlabelled = site.people.create_issue("By us, but its labels were dropped", region("x"))
    assert unlabelled not in {issue.number for issue in site.observe().issues}
    seen = {issue.number for issue in site.observe(since=since).issues}
    assert unlabelled in seen
    lists = [entry.query["sort"] for entry in site.listings()]
    assert lists == ["updated", "created"]


def test_a_first_observation_with_an_unknown_outcome_lists_everything_once(site: Site) -> None:
    site.make()
    assert len(site.observe(since=site.clock.now()).issues) == 1
    assert site.requests() == FULL


# ------------------------------------------------------------------------------------------------- once a day


def test_once_a_day_everything_is_listed(site: Site) -> None:
    site.make()
    site.observe()
    site.clock.advance(DAY)
    site.observe()
    assert site.requests() == ["GET /issues 200", "GET /milestones 304"]
    site.clock.advance(SECOND)
    site.observe()
    assert site.requests() == FULL
    site.observe()
    assert site.requests() == ["GET /issues 200", "GET /milestones 304"]


def test_the_full_listing_finds_what_was_deleted(site: Site) -> None:
    kept, deleted = site.make(2)
    site.observe()
    site.people.delete(deleted)
    assert len(site.observe(kept, deleted).issues) == 2  # no listing tells of a deletion
    site.clock.advance(DAY + SECOND)
    state = site.observe(kept, deleted)
    assert ([issue.number for issue in state.issues], set(state.gone)) == ([kept], {deleted})
    assert f"GET /issues/{deleted} 410" in site.requests()
    assert deleted in site.observe(kept, deleted).gone


def test_the_full_listing_finds_labels_that_people_took_off(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    site.people.remove_label(number, "plansync")
    site.people.rename(number, "New")
    assert [issue.title for issue in site.observe().issues] == ["Write the parser"]
    site.clock.advance(DAY + SECOND)
    (seen,) = site.observe().issues
    assert (seen.title, seen.labels) == ("New", frozenset())


def test_an_issue_without_our_label_is_read_by_number_whenever_it_is_asked_for(site: Site) -> None:
    number = site.people.create_issue("By hand")
    site.observe(number)
    site.people.rename(number, "New")
    assert site.issue(number).title == "New"
    assert f"GET /issues/{number} 200" in site.requests()


def test_a_label_may_be_spelled_in_another_case(site: Site) -> None:
    site.people.create_label("PlanSync")
    (number,) = site.make()
    site.observe(number)
    site.observe(number)
    assert site.requests() == ["GET /issues 200", "GET /milestones 304"]
    site.people.rename(number, "New")
    assert site.issue(number).title == "New"
    assert site.requests() == ["GET /issues 200", "GET /milestones 304"]
