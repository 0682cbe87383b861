"""GitLab keeps the laws of the Tracker port, on a server that answers as GitLab does."""

from collections.abc import Iterator

import pytest

from plansync.ports.tracker import Tracker
from tests.contract.test_tracker import TrackerLaws
from tests.servers.gitlab.service import GitLab, serve
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import gitlab_on, labelling
from tests.support.hosted_worlds import gitlab_with_people
from tests.support.people import People


class TestGitLabTracker(TrackerLaws):
    kind = "gitlab"
    lenient: frozenset[str] = frozenset()

    @staticmethod
    def kept(body: str) -> str:
        """Return a text as GitLab's reader of quick actions leaves it: without carriage returns and trailing space."""
        return body.replace("\r", "").rstrip()

    @pytest.fixture
    def gitlab(self, clock: FakeClock) -> Iterator[GitLab]:
        gitlab = gitlab_with_people(clock)
        gitlab.licensed = True
        gitlab.lenient.update(self.lenient)
        with serve(gitlab):
            yield gitlab

    @pytest.fixture
    def tracker(self, gitlab: GitLab, clock: FakeClock) -> Tracker:
        return gitlab_on(gitlab, clock)

    @pytest.fixture
    def people(self, gitlab: GitLab) -> People:
        return labelling(gitlab.people("ann"))


class TestGitLabThatKeepsTexts(TestGitLabTracker):
    """A GitLab that leaves texts as they are sent, and says ``work_items`` in addresses."""

    lenient = frozenset({"tidied-texts"})

    @staticmethod
    def kept(body: str) -> str:
        return body

    @pytest.fixture
    def tracker(self, gitlab: GitLab, clock: FakeClock) -> Tracker:
        gitlab.entities.work_items = True
        return gitlab_on(gitlab, clock)
