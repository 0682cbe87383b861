"""GitHub keeps the laws of the Tracker port, on a server that answers as GitHub does."""

from collections.abc import Iterator

import pytest

from plansync.ports.tracker import Tracker
from tests.contract.test_tracker import TrackerLaws
from tests.servers.github import GitHub, serve
from tests.support.clocks import FakeClock
from tests.support.hosted import github_on
from tests.support.people import People


class TestGitHubTracker(TrackerLaws):
    @pytest.fixture
    def github(self, clock: FakeClock) -> Iterator[GitHub]:
        github = GitHub(clock, login="plansync")
        for name in ("ann", "bob", "eve"):
            github.add_user(name, "write")
        with serve(github):
            yield github

    @pytest.fixture
    def tracker(self, github: GitHub, clock: FakeClock) -> Tracker:
        return github_on(github, clock)

    @pytest.fixture
    def people(self, github: GitHub) -> People:
        return github.people("ann")
