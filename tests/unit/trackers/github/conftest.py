"""Desks at a GitHub of which only single answers exist."""

from collections.abc import Iterator

import pytest
import responses

from plansync.core.pace import Manners
from plansync.hosts.github_wire import GitHubWire, token_auth
from plansync.hosts.line import Line
from plansync.hosts.pace import Pace
from plansync.trackers.github.desk import GitHubDesk
from tests.support.clocks import FakeClock
from tests.support.memory_pacing import MemoryPacing
from tests.unit.trackers.github.wires import Wires


@pytest.fixture
def wires() -> Iterator[Wires]:
    with responses.RequestsMock() as mock:
        pace = Pace("api.github.com", "api.github.com:c", Manners(), MemoryPacing(), FakeClock())
        yield Wires(mock, GitHubDesk(Line(GitHubWire(token_auth("ghp_canary")), pace), "acme/web"))
