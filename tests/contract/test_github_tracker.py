"""GitHub keeps the laws of the Tracker port, on a server that answers as GitHub's own description says."""

from collections.abc import Iterator

import pytest

from plansync.ports.tracker import Tracker
from tests.contract.test_tracker import TrackerLaws
from tests.servers.github import GitHub, serve
from tests.servers.openapi import rest
from tests.support.clocks import FakeClock
from tests.support.hosted import github_on
from tests.support.hosted_worlds import github_with_people
from tests.support.people import People


class TestGitHubTracker(TrackerLaws):
    kind = "github"

    @pytest.fixture
    def github(self, clock: FakeClock) -> Iterator[GitHub]:
        github = github_with_people(clock)
        with serve(github, rest().check):
            yield github

    @pytest.fixture
    def tracker(self, github: GitHub, clock: FakeClock) -> Tracker:
        return github_on(github, clock)

    @pytest.fixture
    def people(self, github: GitHub) -> People:
        return github.people("ann")
