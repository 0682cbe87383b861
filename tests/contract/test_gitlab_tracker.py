"""GitLab keeps the laws of the Tracker port, on a server that answers as GitLab does."""

from collections.abc import Iterator

import pytest

from plansync.core.observed import CloseReason
from plansync.ports.tracker import Tracker
from plansync.trackers.gitlab.mapping import REASON_LABELS
from tests.contract.test_tracker import TrackerLaws
from tests.servers.gitlab.people import GitLabPeople
from tests.servers.gitlab.service import GitLab, serve
from tests.support.clocks import FakeClock
from tests.support.hosted_gitlab import gitlab_on
from tests.support.people import People


class Labelling(GitLabPeople):
    """Somebody who says with plansync's label why an issue is closed, as GitLab has no other word for it."""

    def close(self, number: int, *, not_planned: bool = False) -> None:
        if not_planned:
            self.add_label(number, REASON_LABELS[CloseReason.NOT_PLANNED])
        super().close(number)


class TestGitLabTracker(TrackerLaws):
    lenient: frozenset[str] = frozenset()

    @staticmethod
    def kept(body: str) -> str:
        """Return a text as GitLab's reader of quick actions leaves it: without carriage returns and trailing space."""
        return body.replace("\r", "").rstrip()

    @pytest.fixture
    def gitlab(self, clock: FakeClock) -> Iterator[GitLab]:
        gitlab = GitLab(clock, login="plansync")
        gitlab.licensed = True
        gitlab.lenient.update(self.lenient)
        for name in ("ann", "bob", "eve"):
            gitlab.add_user(name)
        with serve(gitlab):
            yield gitlab

    @pytest.fixture
    def tracker(self, gitlab: GitLab, clock: FakeClock) -> Tracker:
        return gitlab_on(gitlab, clock)

    @pytest.fixture
    def people(self, gitlab: GitLab) -> People:
        ann = gitlab.people("ann")
        return Labelling(ann.state, ann.scribe, ann.project, ann.user)


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
