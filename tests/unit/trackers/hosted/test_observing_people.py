"""Who wrote a marker and may be trusted, and who touched an issue."""

from dataclasses import replace

import pytest

from plansync.ports.tracker import Asked
from tests.servers.github import apps
from tests.support.changes import MARKER, done, new_issue, region, update
from tests.unit.trackers.hosted.sites import DAY, SECOND, Site, github_desk

# ------------------------------------------------------------------------------------------ who wrote and touched


def test_a_marker_s_author_is_asked_about_once_a_day(site: Site) -> None:
    site.github.add_user("eve", "read")
    copied = site.github.people("eve").create_issue("Copied", region("x"))
    site.people.create_issue("Copied, too", region("x"))
    for _ in range(3):
        seen = {issue.number: issue for issue in site.observe(copied).issues}
        assert not seen[copied].author_trusted
        assert seen[copied + 1].author_trusted
    asked = [entry for entry in site.server.books if entry.path.endswith("/permission")]
    assert len(asked) == 2
    site.github.repository.permissions["eve"] = "write"
    assert not site.issue(copied).author_trusted
    site.clock.advance(DAY + SECOND)
    assert site.issue(copied).author_trusted


def test_nobody_is_asked_about_who_wrote_no_marker(site: Site) -> None:
    number = site.people.create_issue("By hand", f"They wrote {MARKER} in mid-line")
    assert not site.issue(number).author_trusted
    assert not [entry for entry in site.server.books if entry.path.endswith("/permission")]


@pytest.mark.parametrize("level", ["admin", "maintain", "write", "triage", "read"])
def test_trust_goes_by_the_right_to_write(site: Site, level: str) -> None:
    site.github.add_user("pat", level)
    number = site.github.people("pat").create_issue("Copied", region("x"))
    assert site.issue(number).author_trusted is (level in {"admin", "maintain", "write"})


def test_only_of_twins_it_is_asked_who_touched_them(site: Site) -> None:
    first, second = site.twins()
    (other,) = site.make()
    site.people.comment(second, "Mine.")
    site.people.comment(other, "Mine.")
    seen = {issue.number: issue for issue in site.observe().issues}
    assert [seen[number].touched_by_others for number in (first, second, other)] == [False, True, True]
    asked = [entry.path.split("/")[-2] for entry in site.server.books if entry.path.endswith("/timeline")]
    assert asked == [str(first), str(second)]


def test_closed_or_foreign_twins_count_as_touched(site: Site) -> None:
    first, second, closed = site.twins(3)
    site.people.close(closed)
    copied = site.people.create_issue("Copied", region("x"))
    seen = {issue.number: issue for issue in site.observe().issues}
    assert [seen[number].touched_by_others for number in (first, second, closed, copied)] == [False, False, True, True]


def test_a_twin_that_was_deleted_stops_nobody(site: Site) -> None:
    first, second = site.twins()
    site.observe()
    site.people.delete(second)
    seen = {issue.number: issue for issue in site.observe(second).issues}
    assert (seen[first].touched_by_others, seen[second].touched_by_others) == (False, True)
    assert [issue.number for issue in site.observe().issues] == [first]


def test_the_edits_of_an_app_are_its_own(site: Site) -> None:
    app = site.github.add_app()
    site.github.token = apps.hand_out(site.github.world, app).text
    tracker = site.run()
    github_desk(tracker).bot_of = lambda: "plansync[bot]"
    first, second = (done(tracker, new_issue(labels=("plansync",))) for _ in range(2))
    done(tracker, update(first, title="New", region=region("new")))
    seen = {issue.number: issue for issue in tracker.observe(Asked()).issues}
    assert [(seen[n].author_is_us, seen[n].touched_by_others) for n in (first, second)] == [(True, False)] * 2
    site.people.set_body(second, f"Mine.\n\n{region('x')}")
    seen = {issue.number: issue for issue in tracker.observe(Asked()).issues}
    assert seen[second].touched_by_others


def test_the_time_is_that_of_the_host(site: Site) -> None:
    assert site.observe().at == site.clock.now()
    assert replace(site.observe(), at=site.clock.now()) == site.observe()
