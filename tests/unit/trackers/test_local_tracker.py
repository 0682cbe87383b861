"""What is the embedded tracker's own: its address, its labels' looks, who may be assigned, what it can hold."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from plansync.core.changes import Failed, Relate
from plansync.core.links import Address
from plansync.core.observed import CloseReason, RelationKind
from plansync.ports.tracker import Asked, Traffic
from plansync.trackers.local.desk import LocalDesk
from plansync.trackers.local.tracker import DEFAULT_URL, LocalTracker
from tests.support.changes import KEY, PLAN, close, done, new_issue, region, reopen, update
from tests.support.clocks import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracker.db"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (DEFAULT_URL, Address("local", "127.0.0.1:8484", "")),
        ("https://Plans.example/team/", Address("local", "plans.example", "team")),
        ("https://plans.example:443", Address("local", "plans.example", "")),
    ],
)
def test_the_address_is_that_of_the_dashboard(path: Path, url: str, address: Address) -> None:
    assert LocalTracker(path, url, FakeClock()).address == address


def test_issue_and_milestone_links_begin_with_the_address(path: Path) -> None:
    with closing(LocalTracker(path, DEFAULT_URL + "/", FakeClock())) as tracker:
        done(tracker, new_issue())
        assert [issue.url for issue in tracker.observe(Asked()).issues] == ["http://127.0.0.1:8484/issues/1"]


def test_it_needs_no_branch_no_quarantine_and_no_pacing(path: Path) -> None:
    capabilities = LocalTracker(path, DEFAULT_URL, FakeClock()).capabilities
    assert capabilities.name == "local"
    assert not capabilities.branch_bound
    assert not capabilities.quarantine


def test_anyone_may_be_assigned_unless_the_users_are_named(path: Path) -> None:
    anyone = LocalTracker(path, DEFAULT_URL, FakeClock())
    assert anyone.existing_users(["ann", "Bob"]) == {"ann", "Bob"}
    named = LocalTracker(path, DEFAULT_URL, FakeClock(), users=["Ann", "bob"])
    assert named.existing_users(["ann", "eve"]) == {"Ann"}
    assert named.traffic == Traffic(requests=1)


def test_plansyncs_labels_have_looks_of_their_own(path: Path) -> None:
    with closing(LocalTracker(path, DEFAULT_URL, FakeClock())) as tracker:
        done(tracker, new_issue(labels=("plansync", "risk:high", "theirs")))
    with closing(sqlite3.connect(path)) as raw:
        looks = dict(raw.execute("SELECT name, colour FROM labels"))
    assert looks.keys() == {"plansync", "risk:high", "theirs"}
    assert len(set(looks.values())) == 3


def test_another_account_has_other_issues_of_its_own(path: Path) -> None:
    clock = FakeClock()
    with (
        closing(LocalTracker(path, DEFAULT_URL, clock)) as ours,
        closing(LocalTracker(path, DEFAULT_URL, clock, actor="robot")) as theirs,
    ):
        number = done(theirs, new_issue())
        assert not ours.observe(Asked()).issues[0].author_is_us
        assert theirs.observe(Asked()).issues[0].author_is_us
        start = clock.now()
        clock.advance()
        done(theirs, close(number))
        assert [event.by_us for event in ours.events(number, start)] == [False]
        assert [event.by_us for event in theirs.events(number, start)] == [True]


def test_a_closed_issue_can_be_given_another_reason_and_keeps_its_time(path: Path) -> None:
    clock = FakeClock()
    with closing(LocalTracker(path, DEFAULT_URL, clock)) as tracker, LocalDesk(path, DEFAULT_URL, clock) as desk:
        number = done(tracker, new_issue())
        done(tracker, close(number))
        closed_at = clock.now()
        clock.advance()
        done(tracker, close(number, CloseReason.NOT_PLANNED, "Not any more."))
        page = desk.show(number)
    assert (page.issue.closed, page.issue.closed_at, page.comments) == (CloseReason.NOT_PLANNED, closed_at, ())


def test_a_failure_in_the_middle_of_a_change_undoes_its_beginning(path: Path) -> None:
    clock = FakeClock()
    with closing(LocalTracker(path, DEFAULT_URL, clock)) as tracker:
        number = done(tracker, new_issue())
        before = tracker.observe(Asked())
        outcome = tracker.apply(update(number, region=region("new words"), title="x" * 256))
        assert isinstance(outcome, Failed)
        assert outcome.message == "the title has 256 characters, and 255 are allowed"
        assert tracker.observe(Asked()) == before


def test_a_relation_is_an_event_that_people_see_once(path: Path) -> None:
    clock = FakeClock()
    kind = RelationKind.SUB_ISSUE
    with closing(LocalTracker(path, DEFAULT_URL, clock)) as tracker, LocalDesk(path, DEFAULT_URL, clock) as desk:
        one, two = done(tracker, new_issue("One")), done(tracker, new_issue("Two"))
        relate = Relate(plan=PLAN, key=KEY, number=one, relation=kind, other_key=KEY, other=two)
        for _ in range(2):
            done(tracker, relate)
        assert [(event.kind, event.detail) for event in desk.show(one).events] == [("sub_issue", str(two))]
        desk.delete(two)
        assert tracker.relations(kind, one) == frozenset()


def test_an_open_issue_is_reopened_without_a_trace(path: Path) -> None:
    clock = FakeClock()
    with closing(LocalTracker(path, DEFAULT_URL, clock)) as tracker, LocalDesk(path, DEFAULT_URL, clock) as desk:
        number = done(tracker, new_issue())
        done(tracker, reopen(number))
        assert desk.show(number).events == ()


def test_an_examination_counts_the_issues_and_writes_nothing(path: Path) -> None:
    with closing(LocalTracker(path, DEFAULT_URL, FakeClock())) as tracker:
        done(tracker, new_issue())
        files = [file for file in path.parent.iterdir() if not file.name.endswith("-shm")]  # that one holds the locks
        before = [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]
        server, access = tracker.examine()
        assert [(file.read_bytes(), file.stat().st_mtime_ns) for file in files] == before
    assert (server.ok, server.message) == (True, f"the embedded tracker, 1 issue in {path}")
    assert access.ok


def test_an_examination_of_a_spoiled_file_says_so(path: Path) -> None:
    path.write_bytes(b"no database " * 100)
    with closing(LocalTracker(path, DEFAULT_URL, FakeClock())) as tracker:
        (server,) = tracker.examine()
    assert server.ok is False
    assert str(path) in server.message
    assert server.hint


def test_a_tracker_without_a_file_is_well() -> None:
    with closing(LocalTracker(Path(":memory:"), DEFAULT_URL, FakeClock())) as tracker:
        (server,) = tracker.examine()
    assert (server.ok, "the first sync makes it" in server.message) == (True, True)
