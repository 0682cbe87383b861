"""Looking at single issues: nothing is listed, and nothing is missed afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plansync.core.changes import Failed
from plansync.core.observed import CloseReason
from plansync.core.scope import Glimpse
from plansync.ports.tracker import Heard
from plansync.trackers.hosted.answers import is_expected
from plansync.trackers.hosted.desk import Patch
from plansync.trackers.hosted.observing import NARROW
from tests.support.changes import close, done, new_milestone, reopen, update
from tests.unit.trackers.hosted.sites import DAY, FULL, HOUR, MINUTE, SECOND, Site
from tests.unit.trackers.hosted.test_book import PHASE, ROW


def test_only_the_issues_named_are_read(site: Site) -> None:
    first, second, third = site.make(3)
    site.observe()
    site.people.rename(first, "One")
    site.people.rename(third, "Three")
    seen = site.observe(first, second, third, only=frozenset({third}))
    assert site.requests() == [f"GET /issues/{third} 200"]
    assert [issue.title for issue in seen.issues] == ["Write the parser", "Write the parser", "Three"]
    assert [issue.title for issue in site.observe().issues] == ["One", "Write the parser", "Three"]


def test_what_a_narrow_look_read_is_not_taken_back_by_a_list_that_lags(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    site.clock.advance(HOUR)
    site.people.rename(number, "New")
    site.observe(only=frozenset({number}))
    row = site.github.repository.issues[number]
    now, row.title = row.title, "Write the parser"
    moved, row.updated_at = row.updated_at, row.updated_at - MINUTE
    assert site.issue(number).title == "New"
    row.title, row.updated_at = now, moved
    site.people.rename(number, "Newer")
    assert site.issue(number).title == "Newer"


def test_the_watermark_stays_where_the_last_listing_left_it(site: Site) -> None:
    numbers = site.make(3)
    run = site.run()
    site.observe(tracker=run)
    for number in numbers:
        site.clock.advance(HOUR)
        site.people.rename(number, f"New {number}")
    site.observe(tracker=run, only=frozenset({numbers[-1]}))
    assert [i.title for i in site.observe(tracker=run).issues] == [f"New {number}" for number in numbers]


def test_what_is_asked_for_and_unknown_is_read_by_number(site: Site) -> None:
    (ours,) = site.make()
    site.observe()
    linked = site.people.create_issue("Linked in a plan", "Just so")
    seen = site.observe(ours, linked, 4711, only=frozenset({ours}))
    assert sorted(site.requests()) == [f"GET /issues/{n} {s}" for n, s in ((ours, 200), (linked, 200), (4711, 404))]
    assert ({issue.number for issue in seen.issues}, seen.gone) == ({ours, linked}, frozenset({4711}))


def test_an_issue_that_is_gone_is_asked_about_once(site: Site) -> None:
    first, second = site.make(2)
    site.observe()
    site.people.delete(second)
    seen = site.observe(first, second, only=frozenset({second}))
    assert site.requests() == [f"GET /issues/{second} 410"]
    assert ([issue.number for issue in seen.issues], seen.gone) == ([first], frozenset({second}))


@pytest.mark.parametrize("case", ["a day", "unsettled", "many", "none", "never"])
def test_otherwise_it_is_listed_as_usual(site: Site, case: str) -> None:
    (number,) = site.make()
    asked: dict[str, Any] = {"only": frozenset({number})}
    if case != "never":
        site.observe()
    match case:
        case "a day":
            site.clock.advance(DAY + SECOND)
        case "unsettled":
            asked["since"] = site.clock.now()
        case "many":
            asked["only"] = frozenset(range(1, NARROW + 2))
        case "none":
            asked["only"] = frozenset()
        case _:
            pass
    site.observe(number, **asked)
    requests = site.requests()
    assert requests[: len(FULL)] == FULL if case in {"a day", "never"} else requests[0].startswith("GET /issues ")


def test_milestones_are_as_the_last_listing_and_our_own_writes_left_them(site: Site) -> None:
    (number,) = site.make()
    site.observe()
    run = site.run()
    made = done(run, new_milestone())
    site.observe(number, tracker=run, milestones=frozenset({made}), only=frozenset({number}))
    assert site.requests() == [f"GET /issues/{number} 200"]
    site.people.delete_milestone(made)
    assert site.observe(milestones=frozenset({made})).gone_milestones == {made}
    with pytest.raises(KeyError):
        _ = {m.number: m for m in site.observe().milestones}[made]


def test_after_a_narrow_look_an_issue_is_read_before_it_is_closed(site: Site) -> None:
    first, second = site.make(2)
    site.observe()
    site.people.close(first)
    run = site.run()
    site.observe(tracker=run, only=frozenset({second}))
    site.requests()
    done(run, close(first))
    assert site.requests() == [f"GET /issues/{first} 200"]
    done(run, close(second))
    assert site.requests() == [f"PATCH /issues/{second} 200"]


def test_an_issue_that_is_gone_meanwhile_is_not_closed(site: Site) -> None:
    first, second = site.make(2)
    site.observe()
    site.people.delete(first)
    run = site.run()
    site.observe(tracker=run, only=frozenset({second}))
    assert isinstance(run.apply(close(first)), Failed)


# ---------------------------------------------------------------------------------------- whose doing it is


def _glimpse(site: Site, number: int, actor: str = "plansync") -> Glimpse:
    row = site.run().desk.issue(number)
    assert row is not None
    return Glimpse(actor or site.run().desk.login(), row.digest)


def test_a_write_that_met_a_person_s_change_is_not_all_our_own_doing(site: Site) -> None:
    """Else that change, made with our own token, would be taken for ours and not looked at."""
    (number,) = site.make()
    site.observe()
    run = site.run()
    us = run.desk.login()
    assert run.recall(number, _glimpse(site, number, us)) is Heard.OUR_DOING
    site.people.close(number)
    done(run, update(number, title="New"))
    assert site.run().recall(number, _glimpse(site, number, us)) is Heard.NEWS
    site.observe()
    assert site.run().recall(number, _glimpse(site, number, us)) is Heard.NEWS
    done(site.run(), reopen(number))
    assert site.run().recall(number, _glimpse(site, number, us)) is Heard.OUR_DOING
    site.people.comment(number, "Thanks")
    site.observe()
    assert site.run().recall(number, _glimpse(site, number, us)) is Heard.OUR_DOING


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        (Patch(title="New"), {"title": "New"}),
        (Patch(body="New"), {"body": "New\n"}),
        (Patch(add_labels=("Plan",)), {"labels": ("plansync", "risk", "plan", "a person's")}),
        (Patch(remove_labels=("risk",)), {"labels": ("plansync",)}),
        (Patch(reopen=True), {"closed": None}),
        (Patch(close=CloseReason.DUPLICATE), {"closed": "duplicate"}),
        (Patch(milestone=replace(PHASE, number=4)), {"milestone": 4}),
        (Patch(assignees=("bob",)), {"assignees": ("bob",)}),
        (Patch(title="New"), {"title": "New", "comments": 7, "updated_at": "2026-04-01T00:00:00+00:00"}),
    ],
)
def test_an_answer_that_shows_but_what_was_sent_is_expected(patch: Patch, after: dict[str, Any]) -> None:
    assert is_expected(ROW, patch, replace(ROW, **after))


@pytest.mark.parametrize(
    "after",
    [
        {"title": "Another"},
        {"body": "Another"},
        {"labels": ("plansync",)},
        {"closed": None},
        {"closed": "completed"},
        {"milestone": None},
        {"assignees": ()},
    ],
)
def test_an_answer_that_shows_more_is_not(after: dict[str, Any]) -> None:
    assert not is_expected(
        ROW, Patch(add_labels=("plan",)), replace(ROW, **{"labels": ("plansync", "risk", "plan"), **after})
    )
