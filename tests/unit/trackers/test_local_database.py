"""The file of the embedded tracker: locked, corrupt, newer, somebody else's, read by several processes, killed."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.core.changes import Unknown
from plansync.errors import OutcomeUnknown, TrackerError, TrackerUnavailable
from plansync.ports.tracker import Asked, Traffic
from plansync.trackers.local.database import Database
from plansync.trackers.local.desk import LocalDesk
from plansync.trackers.local.tables import VERSION
from plansync.trackers.local.tracker import LocalTracker
from tests.support.changes import new_issue
from tests.support.clocks import FakeClock

URL = "http://127.0.0.1:8484"
PROCESSES, ISSUES = 4, 10


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tracker.db"


@pytest.fixture
def tracker(path: Path) -> Iterator[LocalTracker]:
    with closing(LocalTracker(path, URL, FakeClock())) as tracker:
        yield tracker


def test_nothing_is_made_before_the_first_use(path: Path, tracker: LocalTracker) -> None:
    tracker.close()
    assert not path.exists()
    tracker.observe(Asked())
    assert path.exists()


def test_a_closed_file_is_opened_again_when_it_is_needed(tracker: LocalTracker) -> None:
    tracker.apply(new_issue())
    tracker.close()
    assert len(tracker.observe(Asked()).issues) == 1


def test_the_file_is_set_up_for_several_processes(path: Path) -> None:
    database = Database(path)
    with database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "user_version")
        }
    database.close()
    assert settings == {"journal_mode": "wal", "busy_timeout": 5000, "foreign_keys": 1, "user_version": VERSION}


def test_a_newer_file_is_left_alone_with_a_hint(path: Path, tracker: LocalTracker) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(TrackerError, match="made by a newer plansync") as caught:
        tracker.observe(Asked())
    assert caught.value.hint
    assert not caught.value.transient


def test_another_programs_database_is_left_alone(path: Path, tracker: LocalTracker) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE invoices (id INTEGER)")
    with pytest.raises(TrackerError, match="another program") as caught:
        tracker.apply(new_issue())
    assert caught.value.hint


def test_a_corrupt_file_is_told_with_the_way_out(path: Path, tracker: LocalTracker) -> None:
    path.write_bytes(b"not a database at all " * 500)
    with pytest.raises(TrackerError, match="is corrupt or no database") as caught:
        tracker.observe(Asked())
    assert "backup" in caught.value.hint
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        ("UPDATE issues SET created_at = '2026-03-02 1::00:00.000000'", "Invalid isoformat"),
        ("UPDATE issues SET created_at = '2026-13-02 10:00:00.000000'", "month must be in"),
        ("UPDATE issues SET closed = 'comple|ed'", "'comple|ed' is not a valid CloseReason"),
        ("UPDATE issues SET title = CAST(x'4c61ff0a79' AS TEXT)", "Could not decode to UTF-8"),
        ("DROP TABLE assignees", "no such table: assignees"),
    ],
)
def test_a_file_that_holds_what_nobody_wrote_is_told_with_the_way_out(
    path: Path, tracker: LocalTracker, harm: str, told: str
) -> None:
    tracker.apply(new_issue())
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(harm)
    with pytest.raises(TrackerError, match="is damaged: ") as caught:
        tracker.observe(Asked())
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "backup" in caught.value.hint


def test_a_place_that_cannot_be_used_is_told_with_a_hint(path: Path) -> None:
    with pytest.raises(TrackerError, match="cannot be opened") as caught:
        LocalTracker(path / "nowhere", URL, FakeClock()).observe(Asked())
    assert "folder exists" in caught.value.hint


def test_a_locked_file_may_be_tried_again(path: Path) -> None:
    with closing(Database(path, timedelta(0))) as database:
        with database.reading():
            pass
        with closing(sqlite3.connect(path)) as raw:
            raw.isolation_level = None
            raw.execute("BEGIN IMMEDIATE")
            with pytest.raises(TrackerUnavailable, match="locked by another process") as caught, database.writing():
                pass
    assert caught.value.transient


def test_an_error_without_a_name_of_its_own_tells_the_drivers_words(path: Path) -> None:
    with (
        closing(Database(path)) as database,
        pytest.raises(TrackerError, match=r'tracker\.db failed: near "SELEC": syntax error'),
        database.reading() as connection,
    ):
        connection.exec_driver_sql("SELEC 1")


def test_a_commit_that_fails_leaves_the_outcome_unknown(path: Path, tracker: LocalTracker) -> None:
    tracker.observe(Asked())
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE trap (id INTEGER REFERENCES issues(number) DEFERRABLE INITIALLY DEFERRED)")
        raw.execute("CREATE TRIGGER spring AFTER INSERT ON issues BEGIN INSERT INTO trap VALUES (-1); END")
    outcome = tracker.apply(new_issue())
    assert isinstance(outcome, Unknown)
    assert "did not confirm" in outcome.message
    assert tracker.observe(Asked()).issues == ()
    assert tracker.traffic == Traffic(requests=3, writes=0)
    with pytest.raises(OutcomeUnknown), LocalDesk(path, URL, FakeClock()) as desk:
        desk.create_issue("By hand", "", "ann")


CREATE = """
import sys
from pathlib import Path
from plansync.trackers.local.tracker import LocalTracker
from tests.support.changes import new_issue
from tests.support.clocks import FakeClock

tracker = LocalTracker(Path(sys.argv[1]), "http://127.0.0.1:8484", FakeClock())
for number in range(int(sys.argv[2])):
    print(tracker.apply(new_issue(labels=("plansync", "risk"), assignees=("ann",))).number, flush=True)
    if sys.argv[3] == "wait":
        sys.stdin.readline()
"""


def start(path: Path, mode: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CREATE, str(path), str(ISSUES), mode]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_that_create_at_once_lose_nothing(path: Path, tracker: LocalTracker) -> None:
    numbers: list[int] = []
    for process in [start(path, "run") for _ in range(PROCESSES)]:
        out, err = process.communicate()
        assert process.returncode == 0, err
        numbers += [int(line) for line in out.split()]
    seen = tracker.observe(Asked()).issues
    assert [issue.number for issue in seen] == sorted(numbers)
    assert len(seen) == PROCESSES * ISSUES
    assert {(issue.labels, issue.assignees) for issue in seen} == {(frozenset({"plansync", "risk"}), ("ann",))}


def test_a_killed_process_leaves_whole_issues(path: Path, tracker: LocalTracker) -> None:
    with start(path, "wait") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
    (seen,) = tracker.observe(Asked()).issues
    assert seen.labels == {"plansync", "risk"}
