"""Desks at a GitLab of which only single answers exist."""

from collections.abc import Iterator

import pytest
import responses

from plansync.core.pace import Manners
from plansync.hosts.gitlab_wire import GitLabWire
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.trackers.gitlab.desk import GitLabDesk
from plansync.trackers.gitlab.tracker import capabilities_of
from tests.support.clocks import FakeClock
from tests.support.memory_pacing import MemoryPacing
from tests.unit.trackers.gitlab.wires import SITE, Wires


@pytest.fixture
def wires() -> Iterator[Wires]:
    with responses.RequestsMock() as mock:
        pace = Pace("gitlab.example.com", "gitlab.example.com:c", Manners(), MemoryPacing(), FakeClock())
        line = Line(GitLabWire("glpat-canary", SITE), pace)
        yield Wires(mock, GitLabDesk(line, "acme/core", SITE, capabilities=capabilities_of("a", "c", Manners())))


@pytest.fixture
def known(wires: Wires) -> Wires:
    """Return the same with a desk that knows its project's number."""
    wires.desk.id = 42
    return wires
