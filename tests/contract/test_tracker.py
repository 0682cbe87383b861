"""Every tracker that there is keeps the laws of the Tracker port."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest

from plansync.ports.tracker import Tracker
from plansync.trackers.local.tracker import LocalTracker
from tests.contract.test_tracker_closing import ClosingLaws
from tests.contract.test_tracker_reading import ReadingLaws
from tests.contract.test_tracker_relating import RelatingLaws
from tests.contract.test_tracker_writing import WritingLaws
from tests.support.clocks import FakeClock
from tests.support.fake_tracker import FakeTracker
from tests.support.people import LocalPeople, People


class TrackerLaws(ReadingLaws, WritingLaws, ClosingLaws, RelatingLaws):
    """All laws at once. Who subclasses gives the fixtures ``tracker`` and ``people``, both at the time of ``clock``.

    ``kind`` is which tracker keeps them: ``test_every_adapter.py`` looks for each one that there is.
    """

    kind: ClassVar[str]

    def test_the_tracker_under_test_is_of_the_kind_that_the_class_says(self, tracker: Tracker) -> None:
        assert tracker.address.kind == self.kind


class TestFakeTracker(TrackerLaws):
    kind = "fake"

    @pytest.fixture
    def tracker(self, clock: FakeClock) -> Iterator[FakeTracker]:
        yield FakeTracker(clock)

    @pytest.fixture
    def people(self, tracker: FakeTracker) -> Iterator[People]:
        yield tracker.people()


class TestLocalTracker(TrackerLaws):
    kind = "local"

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "tracker.db"

    @pytest.fixture
    def tracker(self, path: Path, clock: FakeClock) -> Iterator[Tracker]:
        with closing(LocalTracker(path, "http://127.0.0.1:8484", clock)) as tracker:
            yield tracker

    @pytest.fixture
    def people(self, path: Path, clock: FakeClock) -> Iterator[People]:
        people = LocalPeople(path, "http://127.0.0.1:8484", clock)
        with people.desk:
            yield people
