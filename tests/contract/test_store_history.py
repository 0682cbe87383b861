"""The laws of the history port: what the journal kept is read back, by run, item and issue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plansync.ports.entries import Intent, Record, Run
from plansync.ports.history import Told, Wanted
from plansync.ports.store import Store
from plansync.store.open import open_store
from tests.support.clocks import NOON

MINUTE = timedelta(minutes=1)
CREATED = Record("api", "t-1", "CreateIssue", 7, "new in the plan", "done", "", "", NOON, '{"title": "Tür"}')
CLOSED = Record("api", "t-1", "CloseIssue", 7, "ticked in the plan", "done", "", '{"closed": null}', NOON)
MILESTONE = Record("web", "p-1", "CreateMilestone", 7, "new in the plan", "done", "", "", NOON)


def _run(store: Store, target: str, minute: int, *records: Record, ok: bool = True) -> Run:
    """Store a run that did what ``records`` say."""
    at = NOON + minute * MINUTE
    run = store.journal.start(target, "once", at)
    for record in records:
        store.journal.record(run, record)
    store.journal.finish(run, at + MINUTE, ok, "{}")
    return Run(run, target, "once", at, at + MINUTE, ok, "{}")


class HistoryLaws:
    """What every state database does; who subclasses gives the fixture ``store``."""

    def test_runs_that_did_nothing_are_left_out_unless_they_are_wanted(self, store: Store) -> None:
        first, quiet = _run(store, "web", 0, CREATED), _run(store, "web", 1)
        failed, other = _run(store, "web", 2, ok=False), _run(store, "docs", 3, MILESTONE)
        assert store.history.runs(Wanted()) == [other, failed, first]
        assert store.history.runs(Wanted(quiet=True)) == [other, failed, quiet, first]
        assert store.history.runs(Wanted(target="web", quiet=True, limit=2)) == [failed, quiet]
        assert store.history.runs(Wanted(plan="api")) == [first]
        assert store.history.runs(Wanted(plan="api", target="docs")) == []

    def test_runs_are_named_by_how_their_id_begins_or_ends(self, store: Store) -> None:
        first, second = _run(store, "web", 0), _run(store, "web", 60)
        assert store.history.named(first.id) == [first]
        assert store.history.named(first.id[-6:]) == [first]
        assert store.history.named("20260302T13") == [second]
        assert store.history.named("20260302") == [second, first]
        assert store.history.named("%") == store.history.named("") == store.history.named("x" * 99) == []

    def test_records_come_back_whole_and_in_order(self, store: Store) -> None:
        run = _run(store, "web", 0, CREATED, CLOSED)
        _run(store, "web", 1, MILESTONE)
        assert store.history.records(run.id) == [CREATED, CLOSED]
        assert store.history.records("none") == []

    def test_intents_are_kept_when_they_are_settled(self, store: Store) -> None:
        first = store.journal.intend("r", "project", "api", "t-1", NOON)
        second = store.journal.intend("r", "project", "api", "t-2", NOON)
        store.journal.intend("s", "project", "api", "t-3", NOON)
        store.journal.settle([first])
        assert store.history.intents("r") == [
            Intent(first, "r", "project", "api", "t-1", NOON),
            Intent(second, "r", "project", "api", "t-2", NOON),
        ]

    def test_what_was_done_for_an_item_or_to_an_issue_is_found_newest_first(self, store: Store) -> None:
        first, second = _run(store, "web", 0, CREATED, MILESTONE), _run(store, "web", 1, CLOSED)
        _run(store, "docs", 2, CREATED)
        told = [Told(second, CLOSED), Told(first, CREATED)]
        assert store.history.of_item("web", "api", "t-1") == told
        assert store.history.of_issue("web", 7) == told
        assert store.history.of_item("web", "web", "p-1") == [Told(first, MILESTONE)]
        assert store.history.of_issue("web", 8) == []

    def test_a_record_without_an_image_has_none(self, store: Store) -> None:
        run = _run(store, "web", 0, replace(CREATED, after=""))
        assert store.history.records(run.id)[0].after == ""


class TestSqliteHistory(HistoryLaws):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        with closing(open_store(f"sqlite:///{tmp_path}/state.db")) as store:
            yield store


class TestPostgresHistory(HistoryLaws):
    @pytest.fixture
    def store(self, postgres_url: str) -> Iterator[Store]:
        with closing(open_store(postgres_url)) as store:
            yield store
