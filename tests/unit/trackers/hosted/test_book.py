"""What a hosted tracker remembers: saved in parts, loaded whole or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plansync.core.observed import CloseReason
from plansync.ports.snapshots import Snapshot
from plansync.trackers.hosted.book import VERSION, Book, MilestonePage
from plansync.trackers.hosted.rows import IssueRow, MilestoneRow, utc_text
from tests.support.clocks import NOON
from tests.support.memory_snapshots import MemorySnapshots

NAME = "github:github.com/acme/web"
ROW = IssueRow(
    number=7,
    id=1007,
    url="https://github.com/acme/web/issues/7",
    title="Write the parser",
    body="All of it.",
    closed="not_planned",
    labels=("plansync", "risk"),
    milestone=3,
    assignees=("ann",),
    author="plansync-bot",
    comments=2,
    created_at=utc_text(NOON),
    updated_at=utc_text(NOON + timedelta(hours=1)),
    moved_to="https://github.com/acme/core/issues/1",
)
PHASE = MilestoneRow(number=3, id=703, url="u", title="Web: Phase 1", description="A goal.", closed=True)
WHOLE = Book(
    credential="c",
    path="acme/web",
    login="plansync-bot",
    etag='"a"',
    watermark=NOON,
    full_at=NOON - timedelta(hours=3),
    issues={7: ROW},
    milestones=[MilestonePage('"m"', (PHASE,)), MilestonePage("", ())],
    taken_titles=("Q3",),
    trusted={"ann": True, "eve": False},
    changed={7},
)


def saved(book: Book = WHOLE) -> MemorySnapshots:
    snapshots = MemorySnapshots()
    replace(book, changed=set(book.issues)).save(snapshots, NAME)
    return snapshots


def test_a_book_comes_back_as_it_was_saved() -> None:
    assert Book.load(saved(), NAME) == WHOLE
    assert Book.load(MemorySnapshots(), NAME) == Book()
    assert Book.load(saved(Book()), NAME) == Book()


def test_only_what_changed_is_written() -> None:
    snapshots = saved()
    book = Book.load(snapshots, NAME)
    book.put(replace(ROW))
    assert book.changed == set()
    book.put(replace(ROW, number=8))
    assert book.changed == {8}
    spoilt = snapshots.load(NAME)
    assert spoilt is not None
    snapshots.save(NAME, spoilt.head, {7: {"untouched": True}})
    book.save(snapshots, NAME)
    after = snapshots.load(NAME)
    assert after is not None
    assert (after.rows[7], book.changed) == ({"untouched": True}, set())


def test_what_is_dropped_is_gone_from_the_snapshot_too() -> None:
    snapshots = saved()
    book = Book.load(snapshots, NAME)
    book.drop(7)
    book.drop(99)
    assert book.changed == {7}
    book.save(snapshots, NAME)
    assert Book.load(snapshots, NAME).issues == {}


@pytest.mark.parametrize(
    "head",
    [
        {"version": VERSION + 1},
        {"version": None},
        {"watermark": "soon"},
        {"watermark": "2026-03-02T12:00:00"},
        {"watermark": 7},
        {"full_at": "2026-03-02"},
        {"milestones": 7},
        {"milestones": [["etag"]]},
        {"milestones": [["etag", [{"number": 1}]]]},
        {"milestones": [["etag", [7]]]},
        {"taken_titles": None},
        {"trusted": None},
        {"trusted": [1, 2]},
    ],
)
def test_a_spoilt_head_means_to_begin_anew(head: dict[str, Any]) -> None:
    snapshots = saved()
    old = snapshots.load(NAME)
    assert old is not None
    snapshots.save(NAME, {**old.head, **head}, {})
    assert Book.load(snapshots, NAME) == Book()


@pytest.mark.parametrize(
    "name", ["version", "credential", "path", "login", "etag", "watermark", "milestones", "trusted"]
)
def test_a_head_that_lacks_something_means_to_begin_anew(name: str) -> None:
    snapshots = saved()
    old = snapshots.load(NAME)
    assert old is not None
    snapshots.replace(NAME, Snapshot({key: value for key, value in old.head.items() if key != name}, old.rows))
    assert Book.load(snapshots, NAME) == Book()


@pytest.mark.parametrize(
    "row", [{}, {"number": 7}, {**ROW.as_json(), "labels": None}, {**ROW.as_json(), "weight": 3}, {"labels": 7}]
)
def test_a_spoilt_row_means_to_begin_anew(row: dict[str, Any]) -> None:
    snapshots = saved()
    old = snapshots.load(NAME)
    assert old is not None
    snapshots.save(NAME, old.head, {7: row})
    assert Book.load(snapshots, NAME) == Book()


def test_another_token_voids_the_answers_to_conditional_reads_and_nothing_else() -> None:
    book = Book.load(saved(), NAME)
    book.for_credential("c")
    assert book == WHOLE
    book.for_credential("d")
    assert (book.etag, [page.etag for page in book.milestones], book.credential) == ("", ["", ""], "d")
    assert (book.issues, book.watermark, book.milestone_rows()) == ({7: ROW}, NOON, {3: PHASE})


def test_the_watermark_goes_on_to_the_latest_change_and_never_back() -> None:
    book = Book()
    book.see([])
    assert book.watermark is None
    book.see(
        [replace(ROW, updated_at="2026-03-02T12:00:00+00:00"), replace(ROW, updated_at="2026-03-02T11:00:00+00:00")]
    )
    assert book.watermark == NOON
    book.see([replace(ROW, updated_at="2026-03-02T11:00:00+00:00")])
    assert book.watermark == NOON


def test_a_head_s_digest_tells_whether_it_has_to_be_saved() -> None:
    book = Book.load(saved(), NAME)
    digest = book.head_digest()
    assert Book.load(saved(), NAME).head_digest() == digest
    book.put(replace(ROW, title="New"))
    assert book.head_digest() == digest
    book.etag = '"b"'
    assert book.head_digest() != digest


def test_rows_become_what_the_core_knows() -> None:
    seen = ROW.observed(is_us=True, trusted=False, touched=True)
    assert (seen.number, seen.closed, sorted(seen.labels)) == (7, CloseReason.NOT_PLANNED, ["plansync", "risk"])
    assert (seen.created_at, seen.updated_at) == (datetime(2026, 3, 2, 12, tzinfo=UTC), NOON + timedelta(hours=1))
    assert (seen.author_is_us, seen.author_trusted, seen.touched_by_others) == (True, False, True)
    assert seen.moved_to == ROW.moved_to
    assert replace(ROW, closed=None).observed(is_us=False, trusted=True, touched=False).closed is None
    phase = PHASE.observed((2, 3))
    assert (phase.number, phase.title, phase.closed, phase.issues) == (3, "Web: Phase 1", True, (2, 3))
    assert PHASE.observed().issues is None
