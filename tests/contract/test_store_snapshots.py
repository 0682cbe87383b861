"""The laws of the Snapshots port; every database and every fake keeps them by subclassing ``SnapshotLaws``."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from plansync.ports.snapshots import Json, Snapshot, Snapshots
from plansync.store.open import open_store
from tests.support.memory_snapshots import MemorySnapshots

HEAD = {"etag": 'W/"3f"', "seen": [1, 2.5, None, True], "page": {"next": 2}}
ROWS: dict[int, Json] = {7: {"title": "Write the **parser**, 解析 ✅"}, 3: {"title": "", "labels": []}}
NAME, OTHER = "github.com/acme/web", "github.com/acme/api"


class SnapshotLaws:
    """What every keeper of snapshots does. Who subclasses gives the fixture ``snapshots``."""

    def test_what_was_never_saved_is_not_there(self, snapshots: Snapshots) -> None:
        assert snapshots.load(NAME) is None

    def test_what_is_saved_comes_back_whole_and_by_number(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, HEAD, ROWS)
        loaded = snapshots.load(NAME)
        assert loaded == Snapshot(HEAD, ROWS)
        assert loaded is not None
        assert list(loaded.rows) == [3, 7]

    def test_a_head_can_be_had_alone(self, snapshots: Snapshots) -> None:
        assert snapshots.head(NAME) is None
        snapshots.save(NAME, HEAD, ROWS)
        assert snapshots.head(NAME) == HEAD

    def test_an_empty_snapshot_is_one(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, {}, {})
        assert snapshots.load(NAME) == Snapshot({}, {})

    def test_saving_replaces_the_head_and_only_the_rows_that_are_named(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, HEAD, {1: {"n": 1}, 2: {"n": 2}, 3: {"n": 3}})
        snapshots.save(NAME, {"etag": "new"}, {2: {"n": "two"}, 3: None, 4: {"n": 4}})
        assert snapshots.load(NAME) == Snapshot({"etag": "new"}, {1: {"n": 1}, 2: {"n": "two"}, 4: {"n": 4}})

    def test_a_row_that_never_was_may_go(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, HEAD, {1: None})
        assert snapshots.load(NAME) == Snapshot(HEAD, {})

    def test_replacing_leaves_no_old_row(self, snapshots: Snapshots) -> None:
        snapshots.replace(NAME, Snapshot(HEAD, ROWS))
        snapshots.replace(NAME, Snapshot({"etag": "new"}, {9: {"n": 9}}))
        assert snapshots.load(NAME) == Snapshot({"etag": "new"}, {9: {"n": 9}})

    def test_what_is_dropped_is_gone_with_its_rows_and_may_be_dropped_again(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, HEAD, ROWS)
        snapshots.drop(NAME)
        snapshots.drop(NAME)
        assert snapshots.load(NAME) is None
        snapshots.save(NAME, {}, {})
        assert snapshots.load(NAME) == Snapshot({}, {})

    def test_snapshots_do_not_see_each_other(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, HEAD, ROWS)
        snapshots.save(OTHER, {}, {7: {"n": 7}})
        snapshots.save(OTHER, {}, {3: None})
        snapshots.replace(OTHER, Snapshot({}, {8: {}}))
        assert snapshots.load(NAME) == Snapshot(HEAD, ROWS)
        snapshots.drop(NAME)
        assert snapshots.load(OTHER) == Snapshot({}, {8: {}})

    @pytest.mark.parametrize("text", ["a\0b", "\ud800", "\u2028\r\n", "🎈" * 3])
    def test_any_text_is_kept(self, snapshots: Snapshots, text: str) -> None:
        snapshots.save(NAME, {text: text}, {1: {text: [text]}})
        assert snapshots.load(NAME) == Snapshot({text: text}, {1: {text: [text]}})

    def test_numbers_may_be_large(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, {}, {2**62: {"n": 2**80}})
        assert snapshots.load(NAME) == Snapshot({}, {2**62: {"n": 2**80}})

    def test_what_was_given_or_taken_may_be_changed_without_harm(self, snapshots: Snapshots) -> None:
        labels = ["risk"]
        head: dict[str, Any] = {"labels": labels}
        snapshots.save(NAME, head, {1: {"labels": labels}})
        labels.append("bug")
        loaded = snapshots.load(NAME)
        assert loaded is not None
        loaded.rows[1]["labels"].clear()
        assert snapshots.load(NAME) == Snapshot({"labels": ["risk"]}, {1: {"labels": ["risk"]}})

    def test_what_is_no_json_is_refused_and_changes_nothing(self, snapshots: Snapshots) -> None:
        snapshots.save(NAME, HEAD, ROWS)
        with pytest.raises(TypeError):
            snapshots.save(NAME, {"etag": "new"}, {1: {"n": 1}, 2: {"n": object()}})
        with pytest.raises(TypeError):
            snapshots.replace(NAME, Snapshot({"etag": object()}, {}))
        assert snapshots.load(NAME) == Snapshot(HEAD, ROWS)

    def test_ten_thousand_rows_are_kept(self, snapshots: Snapshots) -> None:
        rows = {number: {"number": number} for number in range(10_000)}
        snapshots.save(NAME, HEAD, rows)
        assert snapshots.load(NAME) == Snapshot(HEAD, rows)


class TestMemorySnapshots(SnapshotLaws):
    @pytest.fixture
    def snapshots(self) -> Snapshots:
        return MemorySnapshots()


class TestSqliteSnapshots(SnapshotLaws):
    @pytest.fixture
    def snapshots(self, tmp_path: Path) -> Iterator[Snapshots]:
        with closing(open_store(f"sqlite:///{tmp_path}/state.db")) as store:
            yield store.snapshots


class TestPostgresSnapshots(SnapshotLaws):
    @pytest.fixture
    def snapshots(self, postgres_url: str) -> Iterator[Snapshots]:
        with closing(open_store(postgres_url)) as store:
            yield store.snapshots
