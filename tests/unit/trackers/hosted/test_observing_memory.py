"""What is remembered between observations: lost, spoilt, broken off, or behind."""

import pytest

from plansync.errors import RateLimited
from plansync.ports.snapshots import Snapshot
from plansync.trackers.hosted.observing import LAG
from tests.servers.wire import Fault
from tests.unit.trackers.hosted.sites import FULL, HOUR, MINUTE, NAME, QUIET, SECOND, Site, github_desk

# --------------------------------------------------------------------------------------------------- snapshots


def test_a_lost_snapshot_costs_a_full_listing(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    site.snapshots.drop(NAME)
    assert [issue.number for issue in site.observe().issues] == [number]
    assert site.requests() == FULL


@pytest.mark.parametrize("spoil", [{"version": 99}, {"milestones": 7}, {"watermark": "soon"}])
def test_a_spoilt_snapshot_or_one_of_another_version_costs_a_full_listing(site: Site, spoil: dict[str, object]) -> None:
    (number,) = site.make()
    site.observe()
    old = site.snapshots.load(NAME)
    assert old is not None
    site.snapshots.replace(NAME, Snapshot({**old.head, **spoil}, old.rows))
    assert [issue.number for issue in site.observe().issues] == [number]
    assert site.requests() == FULL


def test_another_token_costs_one_listing_with_content(site: Site) -> None:
    site.make()
    site.observe()
    site.observe()
    github_desk(other := site.run()).token_digest = lambda: "another"
    site.observe(tracker=other)
    assert site.requests() == ["GET /issues 200", "GET /milestones 200"]
    github_desk(again := site.run()).token_digest = lambda: "another"
    site.observe(tracker=again)
    assert site.requests() == QUIET


def test_a_quiet_run_writes_no_snapshot(site: Site) -> None:
    site.make()
    site.observe()
    site.observe()
    site.snapshots.save = None  # type: ignore[method-assign,assignment]  # to save would be an error now
    site.observe()
    assert site.requests() == QUIET


def test_a_listing_that_breaks_off_is_read_again_as_a_whole(site: Site) -> None:
    numbers = site.make(150)
    tracker = site.run()
    site.observe(tracker=tracker)
    site.clock.advance(HOUR)
    for number in numbers:
        site.people.rename(number, "New")
        site.clock.advance(SECOND)
    site.server.fault_next(Fault.SECONDARY_WITH_HEADER, 1)
    with pytest.raises(RateLimited) as caught:
        site.observe(tracker=tracker)
    site.clock.advance(caught.value.retry_after)
    assert {issue.title for issue in site.observe(tracker=tracker).issues} == {"New"}


def test_a_full_listing_that_breaks_off_is_read_again_as_a_whole(site: Site) -> None:
    site.make(150)
    tracker = site.run()
    site.server.fault_next(Fault.SECONDARY_WITH_HEADER, 3)
    with pytest.raises(RateLimited) as caught:
        site.observe(tracker=tracker)
    site.clock.advance(caught.value.retry_after)
    assert len(site.observe(tracker=tracker).issues) == 150


# ---------------------------------------------------------------------------------------------- lag and overlap


def test_what_a_lagging_list_does_not_show_yet_is_read_by_number(site: Site) -> None:
    site.make()
    site.observe()
    site.clock.advance(HOUR)
    site.github.lag = 8 * MINUTE
    young = site.people.create_issue("A person's", "Linked in a plan")
    assert young not in {issue.number for issue in site.observe().issues}
    state = site.observe(young)
    assert (young in {issue.number for issue in state.issues}, state.gone) == (True, frozenset())


def test_what_we_made_is_known_before_a_lagging_list_shows_it(site: Site) -> None:
    site.make()
    site.observe()
    site.clock.advance(HOUR)
    site.github.lag = 8 * MINUTE
    since = site.clock.now()
    (young,) = site.make()
    assert young in {issue.number for issue in site.observe(young).issues}
    assert f"GET /issues/{young} 200" not in site.requests()
    assert site.observe(since=since).unlisted == {young}
    site.clock.advance(HOUR)
    assert site.observe(since=since).unlisted == frozenset()


def test_what_a_full_listing_does_not_show_is_read_before_it_is_called_gone(site: Site) -> None:
    site.github.lag = 8 * MINUTE
    (young,) = site.make()
    state = site.observe(young)
    assert ([issue.number for issue in state.issues], state.gone) == ([young], frozenset())
    assert f"GET /issues/{young} 200" in site.requests()


def test_the_first_observation_of_a_run_looks_back_beyond_the_watermark(site: Site) -> None:
    numbers = site.make(120)
    site.observe()
    site.clock.advance(HOUR)
    for number in numbers[:110]:
        site.people.rename(number, "New")
    site.clock.advance(LAG - MINUTE)
    site.people.rename(numbers[-1], "Newest")
    site.observe()
    site.people.rename(numbers[-1], "Newest of all")
    run = site.run()
    site.observe(tracker=run)
    assert len(site.listings()) == 2
    site.people.rename(numbers[-1], "Newer still")
    site.observe(tracker=run)
    assert len(site.listings()) == 1
    site.clock.advance(LAG / 2 + SECOND)
    site.people.rename(numbers[-1], "And again")
    site.observe(tracker=run)
    assert len(site.listings()) == 2
